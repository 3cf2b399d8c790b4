"""A media file of the person's, probed once and remembered by content."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from reelwright.core.nouns import Asset, MediaFacts, Origin
from reelwright.create.footage import describe
from reelwright.publish.label import read_label
from reelwright.stages.run import Run
from reelwright.store import atomic
from reelwright.store.steps import Step


def probe_source(run: Run, path: Path, roots: Sequence[Path] = ()) -> Asset:
    """A file as an asset, with the words of its name and of its folders under `roots`.

    Raises FootageError when it cannot be used.
    """

    def make(out: Path) -> None:
        from reelwright.media.probing import probe

        facts = probe(path)
        # Whoever made a clip with AI had to say so in it, and the word is passed on.
        labelled = facts.kind == "video" and read_label(path) is not None
        found = {"facts": facts.model_dump(mode="json"), "labelled": labelled}
        atomic.write_text(out, json.dumps(found))

    found = json.loads(run.steps.run(Step("probe", 1, make, {}, (path,), ".json")).read_bytes())
    facts = MediaFacts.model_validate(found["facts"])
    content = run.steps.store.hash_file(path)
    if facts.kind == "audio":
        return Asset(id=content, path=str(path), facts=facts, origin=Origin(provider="person"))
    asset = describe(path, roots, facts, content)
    if not found["labelled"]:
        return asset
    origin = asset.origin.model_copy(update={"ai_made": True})
    return asset.model_copy(update={"origin": origin})
