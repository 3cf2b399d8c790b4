"""Footage collected, and a shot for each line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from reelwright.core.errors import ReelError
from reelwright.core.nouns import Asset, MediaFacts, Origin, Pace, Script, Shot
from reelwright.create import footage as footage_room
from reelwright.create.script_file import placed
from reelwright.publish.label import read_label
from reelwright.stages.enhancing import enhance_footage
from reelwright.stages.finding import find_more
from reelwright.stages.looking import glance_at, measure_nearness
from reelwright.stages.run import Run
from reelwright.stages.script import is_untouched
from reelwright.stages.sharing import planned_seconds, shared_usage
from reelwright.stages.shelving import ask_library
from reelwright.stages.sound import measure_pace
from reelwright.store import atomic
from reelwright.store.steps import Step


def collect_footage(run: Run) -> tuple[Asset, ...]:
    """The person's clips and pictures, probed once and remembered by content."""
    given = [(run.project.root / Path(p).expanduser()).resolve() for p in run.settings.footage]
    roots = [*([run.project.footage] if run.project.footage.is_dir() else []), *given]
    found = footage_room.find_media(roots)
    return glance_at(
        run,
        [(_living if path.is_dir() else _enhanced)(run, path, roots) for path in found],
    )


def _enhanced(run: Run, path: Path, roots: Sequence[Path]) -> Asset:
    """A file of the person's as an asset, made better first where that is asked."""
    asset = _described(run, path, roots)
    made = enhance_footage(run, asset)
    if made is None:
        return asset
    file, origin = made
    shown = _described(run, file, ())
    return shown.model_copy(update={"tags": asset.tags, "origin": origin})


def _living(run: Run, folder: Path, roots: Sequence[Path]) -> Asset:
    """A living background as an asset: new footage of it, synthesised once and kept."""
    from reelwright.learn.frames.footage import files_of, film

    def make(out: Path) -> None:
        film(folder, out)

    what = f"footage of {folder.name}"
    step = Step("living", 1, make, inputs=files_of(folder), suffix=".mp4", what=what)
    if run.steps.find(step) is None:
        run.say(f"making {what}")
    asset = _described(run, run.steps.run(step), ())
    named = footage_room.describe(folder, roots, asset.facts, asset.id)
    origin = Origin(provider="frames", model=folder.name, ai_made=True)
    return named.model_copy(update={"path": asset.path, "origin": origin})


def _described(run: Run, path: Path, roots: Sequence[Path]) -> Asset:
    """A file as an asset, with what probing says of it."""

    def make(out: Path) -> None:
        from reelwright.media.probing import probe

        facts = probe(path)
        # Whoever made a clip with AI had to say so in it, and the word is passed on.
        labelled = facts.kind == "video" and read_label(path) is not None
        found = {"facts": facts.model_dump(mode="json"), "labelled": labelled}
        atomic.write_text(out, json.dumps(found))

    step = Step("probe", 1, make, inputs=(path,), suffix=".json")
    found = json.loads(run.steps.run(step).read_bytes())
    facts = MediaFacts.model_validate(found["facts"])
    asset = footage_room.describe(path, roots, facts, run.steps.store.hash_file(path))
    if found["labelled"]:
        origin = asset.origin.model_copy(update={"ai_made": True})
        asset = asset.model_copy(update={"origin": origin})
    return asset


def _from_library(
    run: Run, script: Script, assets: Sequence[Asset]
) -> tuple[tuple[Asset, ...], Mapping[tuple[int, str], tuple[float, str]]]:
    """The assets, with those that the library has for the lines; and what those answer."""
    found = ask_library(run, script, [asset.id for asset in assets])
    more = [_described(run, Path(path), ()) for path in found.paths.values()]
    # What was written over since the library read it is something else.
    more = [asset for asset in more if asset.id in found.paths]
    return (*assets, *glance_at(run, more)), found.fits


def plan_shots(run: Run, script: Script, assets: Sequence[Asset]) -> tuple[Shot, ...]:
    """A shot for each line: of the person's footage or their library, else found or generated, else
    drawn.
    """
    pace = measure_pace(run)
    assets, found = _from_library(run, script, assets)
    near = measure_nearness(run, script, assets)
    root = run.project.root
    with shared_usage(run) as usage:
        elsewhere = usage.planned_before(root, [asset.id for asset in assets]) if usage else {}
        shots = _plan(run, script, assets, pace, near, elsewhere, found)
        if usage:
            usage.plan(root, planned_seconds(run, script, shots, pace))
        seen = set(usage.planned_before(root)) if usage else set[str]()
    more = find_more(run, script, shots, pace, seen)
    if more != shots:
        # Not held while the network is asked.
        with shared_usage(run) as usage:
            if usage:
                usage.plan(root, planned_seconds(run, script, more, pace))
    return more


def _plan(
    run: Run,
    script: Script,
    assets: Sequence[Asset],
    pace: Pace,
    near: Mapping[tuple[int, str], float],
    elsewhere: Mapping[str, float],
    found: Mapping[tuple[int, str], tuple[float, str]],
) -> tuple[Shot, ...]:
    from reelwright.create import scenes

    # A scene in a script that nobody edited is the writer's: a table or code of the article.
    named = "the article's own" if is_untouched(run) else "named in script.yaml"

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
            format=run.settings.picture,
            near=near,
            elsewhere=elsewhere,
            named=named,
            found=found,
        )
        atomic.write_text(out, json.dumps([shot.model_dump(mode="json") for shot in shots]))

    params = {
        "script": script,
        "language": run.language,
        "assets": assets,
        "pace": pace,
        "channel": run.settings.channel,
        "format": run.settings.picture,
        "scenes": scenes.PAINTER_VERSION,
        "near": [[index, asset, value] for (index, asset), value in near.items()],
        "elsewhere": elsewhere,
        "found": [[index, asset, *fit] for (index, asset), fit in found.items()],
        "named": named if any(line.scene for line in script.lines) else "",
    }
    try:
        path = run.steps.run(Step("shots", 5, make, params, suffix=".json"))
    except ReelError as error:
        raise placed(error, run.project.script) from error
    return tuple(Shot.model_validate(shot) for shot in json.loads(path.read_bytes()))
