"""The clip that a living background is learnt from: whether it fits, held still, kept.

A steady camera is assumed: what moves must be the water or the fire, and not the picture. A hand's
small sway is taken out; cuts and moving cameras are errors that say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import DataError, FootageError
from reelwright.core.nouns import MediaFacts
from reelwright.core.time import format_rate

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

KEPT = "clip.mp4"
"""The clip in the model folder: what new frames take their detail from."""
COARSE = 320
"""Pixels across of the small frames that codes are made of."""
_CRF = "14"
_SECONDS = 15.0
"""What is used of a longer clip: its first so many seconds."""
_LARGEST = 1920 * 1088
_FEWEST = 24
_SURE = 0.5
"""Share of the corners that must agree on how the camera moved for it to be believed."""
_SWAY = 0.03
"""Picture widths that a hand may sway; more is a moving camera."""
_STILL = 0.4
"""Pixels of the small frames up to which a camera stands."""


@dataclass(frozen=True)
class Filmed:
    """A clip that fits.

    Attributes:
        facts: of the file.
        size: width and height of what is kept of its picture, even.
        crop: first line and row of that, in pixels.
        shifts: T × 2, pixels to move each frame right and down by, so that the camera stands.
        rate: frames a second.
        notes: what a person should know.
    """

    facts: MediaFacts
    size: tuple[int, int]
    crop: tuple[int, int]
    shifts: Floats
    rate: Fraction
    notes: tuple[str, ...]


def look(path: Path) -> Filmed:
    """Whether a clip fits, and how it is to be held still.

    Raises:
        DataError: it is no video, too short, has cuts, or its camera moves.
    """
    from reelwright.media.probing import probe
    from reelwright.media.shots import find_shots
    from reelwright.media.sweep import sweep

    try:
        facts = probe(path)
        if facts.kind != "video":
            raise _unfit(path, f"is a {facts.kind}, not a video", "give a clip of a few seconds")
        rate = facts.rate or Fraction(25)
        blocks = [block.frames for block in sweep(path, facts, width=COARSE, end=_SECONDS)]
    except FootageError as error:
        raise DataError(error.message, where=error.where, hint=error.hint) from error
    small = np.concatenate(blocks) if blocks else np.zeros((0, 1, 1, 3), np.uint8)
    if len(small) < _FEWEST or min(facts.width, facts.height) < 64:
        told = f"has {len(small)} frames of {facts.width}×{facts.height}"
        raise _unfit(path, told, f"film at least {_FEWEST} frames; 5 seconds do well")
    for change in find_shots([small], float(rate)):
        if change.kind == "cut" or _another_scene(small, change.first, change.last):
            hint = "cut the clip so that one shot is left, filmed without a stop"
            raise _unfit(path, f"has a {change.kind} at {change.middle / float(rate):.1f} s", hint)
    if np.abs(np.diff(small[:: max(1, len(small) // 50)].astype(np.int16), axis=0)).mean() < 0.2:
        raise _unfit(path, "shows nothing that moves", "film water, fire, clouds, traffic …")
    shifts, notes = _steadied(path, small, facts)
    if facts.seconds > _SECONDS + 0.5:
        notes += (f"only the first {_SECONDS:g} s of the clip are used",)
    left, top = (int(np.ceil(np.abs(shifts[:, axis]).max())) for axis in (0, 1))
    factor = min(1.0, (_LARGEST / (facts.width * facts.height)) ** 0.5)
    if factor < 1:
        notes += (f"the clip is shrunk to {factor:.0%} of its size",)
    width = (round(facts.width * factor) - 2 * left) // 2 * 2
    height = (round(facts.height * factor) - 2 * top) // 2 * 2
    return Filmed(facts, (width, height), (top, left), shifts * np.float32(factor), rate, notes)


def keep(path: Path, filmed: Filmed, out: Path) -> None:
    """Write the clip as it is worked with: steady, upright, SDR, H.264."""
    from reelwright.media import ffmpeg
    from reelwright.media.encoders import choose_encoder, encode_args, steady_args
    from reelwright.store.atomic import replacing

    encoder = choose_encoder("libx264")
    args = ["-v", "error", "-f", "rawvideo", "-pixel_format", "rgb24", "-video_size"]
    args += ["{}x{}".format(*filmed.size), "-framerate", format_rate(filmed.rate), "-i", "pipe:0"]
    args += ["-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]
    args += [*encode_args(encoder, "veryfast", int(_CRF), filmed.rate), *steady_args(encoder)]
    with replacing(out) as temporary:
        ffmpeg.run([*args, temporary], what=f"keeping {path.name}", stdin=_steady(path, filmed))


def _steady(path: Path, filmed: Filmed) -> Iterator[Bytes]:
    import cv2

    from reelwright.media.sweep import sweep

    (width, height), (top, left) = filmed.size, filmed.crop
    whole = width + 2 * left
    count = 0
    for block in sweep(path, filmed.facts, width=whole, end=_SECONDS):
        for frame in block.frames:
            right, down = filmed.shifts[min(count, len(filmed.shifts) - 1)]
            count += 1
            if right or down:
                move = np.array([[1, 0, right], [0, 1, down]], np.float32)
                frame = cv2.warpAffine(frame, move, frame.shape[1::-1], flags=cv2.INTER_CUBIC)
            yield np.array(frame[top : top + height, left : left + width], np.uint8)


def _another_scene(small: Bytes, first: int, last: int) -> bool:
    """Whether nothing after a dissolve or fade looks like anything before it.

    Waves and flames go over into each other as if they were dissolved, but they come back.
    """
    import cv2

    tiny = [cv2.resize(frame, (16, 9), interpolation=cv2.INTER_AREA) for frame in small]
    rows = np.stack(tiny).reshape(len(small), -1).astype(np.float32)
    before, after = rows[:first], rows[last + 1 :]
    if not len(before) or not len(after):
        return False

    def apart(a: Floats, b: Floats) -> Floats:
        return np.abs(a[:, None] - b[None]).mean(2)

    usual = max(float(np.median(apart(side, side))) for side in (before, after))
    return bool(apart(before, after).min() > usual + 2)


def _steadied(path: Path, small: Bytes, facts: MediaFacts) -> tuple[Floats, tuple[str, ...]]:
    """How to move each frame so that the camera stands, in pixels of the file's."""
    from reelwright.media.movement import measure, to_gray

    gray = [to_gray(frame) for frame in small]
    wide = gray[0].shape[1]
    steps = [measure(gray[0], each, index / 30, 1 / 30) for index, each in enumerate(gray)]
    nothing = np.zeros((len(small), 2), np.float32)
    if np.median([step.sure for step in steps[1:]]) < _SURE:
        # Water or fire from edge to edge has no corners that stand: nobody can tell.
        if _runs_away(gray):
            raise _moving(path)
        return nothing, ()
    sure = np.array([step.sure >= _SURE for step in steps])
    away = np.array([(step.right, step.down) for step in steps], np.float32)
    zoom = np.array([step.zoom for step in steps])
    for axis in (0, 1):
        away[:, axis] = np.interp(np.arange(len(away)), np.flatnonzero(sure), away[sure, axis])
    away -= np.median(away, axis=0)
    if np.abs(away).max() > _SWAY or np.abs(zoom[sure]).max() > 2 * _SWAY:
        raise _moving(path)
    if np.abs(away).max() * wide < _STILL:
        return nothing, ()
    return away * np.float32(facts.width), ("the camera's sway was taken out",)


def _runs_away(gray: list[Any]) -> bool:
    """Whether the picture as a whole goes somewhere fast."""
    from reelwright.media.movement import measure

    steps = [measure(a, b, 0.0, 1 / 30) for a, b in pairwise(gray)]
    sure = [step for step in steps if step.sure >= _SURE]
    if len(sure) < len(steps) / 3:
        return False
    return bool(np.mean([np.hypot(step.right, step.down) for step in sure]) > 0.008)


def _moving(path: Path) -> DataError:
    hint = "film with the camera on a tripod, or leaned against something"
    return _unfit(path, "was filmed with a moving camera", hint)


def _unfit(path: Path, what: str, hint: str) -> DataError:
    return DataError(what, where=str(path), hint=hint)
