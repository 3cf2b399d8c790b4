"""Footage collected, and a shot for each line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from reelwright.core.nouns import Asset, MediaFacts, Script, Shot
from reelwright.create import footage as footage_room
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

            atomic.write_text(out, probe(path).model_dump_json())

        step = Step("probe", 1, make, inputs=(path,), suffix=".json")
        facts = MediaFacts.model_validate_json(run.steps.run(step).read_bytes())
        content = run.steps.store.hash_file(path)
        assets.append(footage_room.describe(path, roots, facts, content))
    return tuple(assets)


def plan_shots(run: Run, script: Script, assets: Sequence[Asset]) -> tuple[Shot, ...]:
    """A shot for each line."""
    pace = measure_pace(run)

    def make(out: Path) -> None:
        from reelwright.create import scenes
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
    }
    path = run.steps.run(Step("shots", 1, make, params, suffix=".json"))
    return tuple(Shot.model_validate(shot) for shot in json.loads(path.read_bytes()))
