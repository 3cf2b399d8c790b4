"""Footage collected, and a shot for each line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from reelwright.core.nouns import Asset, MediaFacts, Script, Shot
from reelwright.create import footage as footage_room
from reelwright.publish.label import read_label
from reelwright.stages.run import Run
from reelwright.stages.sound import measure_pace
from reelwright.store import atomic
from reelwright.store.steps import Step


def collect_footage(run: Run) -> tuple[Asset, ...]:
    """The person's clips and pictures, probed once and remembered by content."""
    given = [(run.project.root / Path(p).expanduser()).resolve() for p in run.settings.footage]
    roots = [*([run.project.footage] if run.project.footage.is_dir() else []), *given]
    assets: list[Asset] = []
    for path in footage_room.find_media(roots):

        def make(out: Path, path: Path = path) -> None:
            from reelwright.media.probing import probe

            facts = probe(path)
            # Whoever made a clip with AI had to say so in it, and the word is passed on.
            labelled = facts.kind == "video" and read_label(path) is not None
            found = {"facts": facts.model_dump(mode="json"), "labelled": labelled}
            atomic.write_text(out, json.dumps(found))

        step = Step("probe", 1, make, inputs=(path,), suffix=".json")
        found = json.loads(run.steps.run(step).read_bytes())
        facts = MediaFacts.model_validate(found["facts"])
        content = run.steps.store.hash_file(path)
        asset = footage_room.describe(path, roots, facts, content)
        if found["labelled"]:
            origin = asset.origin.model_copy(update={"ai_made": True})
            asset = asset.model_copy(update={"origin": origin})
        assets.append(asset)
    return tuple(assets)


def plan_shots(run: Run, script: Script, assets: Sequence[Asset]) -> tuple[Shot, ...]:
    """A shot for each line."""
    from reelwright.create import scenes

    pace = measure_pace(run)

    def make(out: Path) -> None:
        from reelwright.create.shots import plan_shots as plan

        shots = plan(
            script,
            language=run.language,
            assets=assets,
            pace=pace,
            suit=scenes.suit,
            check=scenes.check,
            scenes=scenes.names(),
            channel=run.settings.channel,
        )
        atomic.write_text(out, json.dumps([shot.model_dump(mode="json") for shot in shots]))

    params = {
        "script": script,
        "language": run.language,
        "assets": assets,
        "pace": pace,
        "channel": run.settings.channel,
        "scenes": scenes.PAINTER_VERSION,
    }
    path = run.steps.run(Step("shots", 1, make, params, suffix=".json"))
    return tuple(Shot.model_validate(shot) for shot in json.loads(path.read_bytes()))
