"""How near a living background is to the clip it was learnt from, and how new it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import DataError
from reelwright.core.progress import Progress
from reelwright.learn.frames import planes
from reelwright.learn.kind import Report

if TYPE_CHECKING:
    from reelwright.learn.kind import Kind

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

SECONDS = 10.0
"""How much new footage is judged."""
_STEP = 4
"""One of so many pixels, each way, is looked at; sharpness is judged on all."""
_SAME = 0.5
"""Grey levels up to which a frame counts as an exact copy."""
_REPLAYED = 0.5
"""Of what usually changes from frame to frame: up to so much, a frame counts as replayed."""


@dataclass(frozen=True)
class Measured:
    """What is measured of some footage.

    Attributes:
        light: T × h × w, thinned.
        sharpness: of each tenth frame, the variance of its second differences.
    """

    light: Floats
    sharpness: float


def measure(frames: Iterable[Bytes]) -> Measured:
    """Look at frames (I420) as they come."""
    import cv2

    light, sharp = list[Any](), list[float]()
    for index, frame in enumerate(frames):
        whole = planes.split(frame)[0]
        light.append(whole[::_STEP, ::_STEP].copy())
        if index % 10 == 0:
            sharp.append(float(cv2.Laplacian(whole, cv2.CV_32F).var()))
    return Measured(np.stack(light).astype(np.float32), float(np.mean(sharp)))


def compare(made: Measured, clip: Measured) -> dict[str, float]:
    """Figures of new footage against the clip.

    Returns:
        `variance`: change over time, at a pixel, by the clip's; `flicker`: change from frame to
        frame by the clip's; `seam`: the step from the last frame to the first by the usual step;
        `sharpness` by the clip's; `copied`: share of frames that are the clip's;
        `replayed`: seconds' worth of frames in the longest run that goes through the clip in order
        and looks the same.
    """
    steps = np.abs(np.diff(made.light, axis=0)).mean((1, 2))
    own = np.abs(np.diff(clip.light, axis=0)).mean((1, 2))
    seam = float(np.abs(made.light[0] - made.light[-1]).mean())
    nearest, away = _nearest(made.light, clip.light)
    usual = float(np.median(own))
    run = longest = 0
    for index in range(len(nearest)):
        same = away[index] <= _REPLAYED * usual
        goes_on = index > 0 and nearest[index] == nearest[index - 1] + 1
        run = (run + 1 if goes_on else 1) if same else 0
        longest = max(longest, run)
    return {
        "variance": float(made.light.var(0).mean() / clip.light.var(0).mean()),
        "flicker": float(steps.mean() / own.mean()),
        "worst_step": float(steps.max() / own.max()),
        "seam": seam / float(steps.mean()),
        "sharpness": made.sharpness / max(clip.sharpness, 1e-9),
        "copied": float((away <= _SAME).mean()),
        "replayed_frames": float(longest),
        "novelty": float(np.median(away)) / usual,
    }


def _nearest(made: Floats, clip: Floats) -> tuple[npt.NDArray[np.int64], Floats]:
    """For each new frame the clip's nearest, and how many grey levels away that is."""
    thin = slice(None, None, 2)
    there = clip[:, thin, thin].reshape(len(clip), -1)
    nearest, away = np.empty(len(made), np.int64), np.empty(len(made), np.float32)
    for index, frame in enumerate(made[:, thin, thin]):
        apart = np.abs(there - frame.reshape(1, -1)).mean(1)
        nearest[index] = int(apart.argmin())
        away[index] = apart[nearest[index]]
    return nearest, away


def evaluate(model: Kind, data: Sequence[Path], progress: Progress) -> Report:
    """Ten seconds of new footage beside the clip in `data`."""
    from reelwright.learn.frames.filming import look
    from reelwright.learn.frames.living import Background, Wish

    if len(data) != 1:
        raise DataError("a living background is judged against one clip")
    background = Background(model)
    filmed = look(data[0])
    if filmed.size != background.size:
        there, here = ("{}×{}".format(*size) for size in (filmed.size, background.size))
        hint = "give the clip that it was trained on, or one filmed alike"
        raise DataError(
            f"is {there}; the model was made from {here}", where=str(data[0]), hint=hint
        )
    progress.start("evaluate", 2)
    clip = measure(_kept(data[0], filmed))
    progress.advance("evaluate")
    made = measure(background.frames(Wish(seconds=SECONDS)))
    progress.advance("evaluate")
    progress.finish("evaluate")
    notes = ["variance, flicker and sharpness are by the clip's, the seam by the usual step"]
    return Report({**compare(made, clip), "share": model.config.facts["share"]}, notes=notes)


def _kept(path: Path, filmed: Any) -> Iterator[Bytes]:
    from tempfile import TemporaryDirectory

    from reelwright.learn.frames.filming import KEPT, keep

    with TemporaryDirectory() as place:
        kept = Path(place) / KEPT
        keep(path, filmed, kept)
        yield from planes.decode(kept)
