"""Videos that share footage: which of it the others show."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from reelwright.core.nouns import Pace, Script, Shot
from reelwright.core.settings import home
from reelwright.core.time import to_seconds
from reelwright.core.timeline import Footage, Timeline
from reelwright.stages.run import Run
from reelwright.store.usage import NAME, Stretch, Usage, footage_usage


@contextmanager
def shared_usage(run: Run) -> Generator[Usage | None]:
    """The home's record of shown footage, held, if this video is to look into it; else None.

    A video that was once made fresh stays so: made again by itself, it comes out the same.
    """
    wanted = run.settings.fresh == "on" or (run.settings.fresh == "auto" and run.batch)
    if run.settings.fresh == "off" or not (wanted or (home() / NAME).is_file()):
        yield None
        return
    with footage_usage() as usage:
        yield usage if wanted or usage.knows(run.project.root) else None


def planned_seconds(
    run: Run, script: Script, shots: Sequence[Shot], pace: Pace
) -> dict[str, float]:
    """About how long each asset will be shown, by its id and by the page it came from.

    The page is known before a clip is fetched, the id (its content's hash) only after.
    """
    from reelwright.create.words import units

    seconds: dict[str, float] = {}
    for shot in shots:
        if shot.asset:
            say = script.lines[shot.line].say
            needed = units(say, run.language) / pace.units_per_second + pace.pause
            for name in (shot.asset.id, shot.asset.origin.url):
                if name:
                    seconds[name] = seconds.get(name, 0.0) + needed
    return seconds


def shown_stretches(timeline: Timeline, assets: Mapping[str, str]) -> dict[str, list[Stretch]]:
    """The stretches of clips that a timeline shows, in seconds, by asset.

    Args:
        assets: the ids of assets by the paths that stand in the timeline, for scenes that show a
            clip themselves.
    """
    shown: dict[str, list[Stretch]] = {}
    for clip in timeline.picture.clips:
        source = clip.source
        if isinstance(source, Footage):
            asset, start = (source.asset if source.kind == "video" else None), source.start
        else:
            asset = assets.get(str(source.params.get("clip")))
            start = float(source.params.get("start", 0.0)) if asset else 0.0
        if asset:
            end = start + float(to_seconds(clip.frames, timeline.format.rate))
            shown.setdefault(asset, []).append((start, end))
    return shown
