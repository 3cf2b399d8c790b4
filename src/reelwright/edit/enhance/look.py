"""Looking at a clip or picture before anything is done to it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path

from reelwright.core.errors import FootageError
from reelwright.edit.enhance import noise
from reelwright.edit.enhance.frame import Look, Picture
from reelwright.edit.enhance.reading import Clip, read_pictures
from reelwright.media.scenes import find_scenes
from reelwright.store import atomic
from reelwright.store.steps import Step, Steps

_RUNS, _LENGTH = 3, 7
"""Runs of sample pictures, and pictures of each."""
_BYTES = 160_000_000
"""Of sample pictures, at most."""
_EASE = Fraction(1, 500)
"""Seconds before its first picture at which a shot is said to begin: stamps are rounded."""


def look_at_clip(clip: Clip, steps: Steps) -> Look:
    """What is to be known of a video.

    Raises FootageError when it cannot be read, or nothing of it can be decoded.
    """
    clip = replace(clip, deep=False)
    changes = _changes(clip, steps)
    length = max(2, min(_LENGTH, _BYTES // (_RUNS * 3 * clip.facts.width * clip.facts.height)))
    runs: list[list[Picture]] = []
    for number in range(_RUNS):
        middle = Fraction(clip.facts.seconds * (2 * number + 1) / (2 * _RUNS))
        # Whole even at the end of a short clip: what looks at neighbours is judged by them.
        ends = Fraction(clip.facts.seconds) - length / clip.rate
        at = max(Fraction(0), min(middle - length / clip.rate / 2, ends)).limit_denominator(1000)
        run = _run(clip, changes, at, length)
        # Of a very short clip all samples would be the same.
        if run and all(run[0].at != other[0].at for other in runs):
            runs.append(run)
    runs = runs or [_run(clip, changes, Fraction(0), length)]
    if not runs[0]:
        raise FootageError(
            "no picture of it can be decoded",
            where=str(clip.path),
            hint="copy it again, or convert it to mp4 (H.264)",
        )
    return Look(clip.path, clip.facts, runs, changes, noise.estimate(r[0] for r in runs), steps)


def look_at_picture(path: Path, picture: Picture, steps: Steps) -> Look:
    """What is to be known of a still picture."""
    from reelwright.media.probing import probe

    return Look(path, probe(path), [[picture]], (), noise.estimate([picture]), steps)


def _run(clip: Clip, changes: Sequence[Fraction], at: Fraction, length: int) -> list[Picture]:
    """Neighbouring pictures of one shot."""
    found = list(islice(read_pictures(clip, changes, start=at), length))
    return [picture for picture in found if picture.shot == found[0].shot]


def _changes(clip: Clip, steps: Steps) -> tuple[Fraction, ...]:
    """When new shots begin, a little early."""

    def make(out: Path) -> None:
        steps.progress.say(f"looking for the shots of {clip.path.name}")
        found = [scene.at for scene in find_scenes(clip.path, clip.facts)]
        atomic.write_text(out, json.dumps(found))

    step = Step("scenes", 1, make, {}, (clip.path,), ".json", clip.path.name)
    found = json.loads(steps.run(step).read_bytes())
    return tuple(Fraction(at).limit_denominator(100_000) - _EASE for at in found)
