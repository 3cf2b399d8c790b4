"""Styles on real clips: how much they boil, and what they cost.

`style`: the flow-warped error of a look with and without smoothing over time. Each picture is laid
over the one before, carried along by dense flow of the clip itself; places where the clip's own
pictures do not agree so are left out. `style-speed`: CPU seconds a picture at 720p.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.restyle import pixel
from reelwright.edit.enhance.restyle.looks import LOOKS
from reelwright.edit.enhance.restyle.steady import steady_shot
from reelwright.media.probing import probe
from reelwright.media.sweep import sweep

NAMES = (*LOOKS, "pixel")
_AGREE = 20
"""Difference (0 to 255) up to which the clip's own pictures show the same at a place."""


def read_720p(path: Path, count: int, start: float = 0.5) -> list[np.ndarray]:
    """Pictures of a clip whose shorter side has 720 pixels, from some second on."""
    frames: list[np.ndarray] = []
    facts = probe(path)
    for block in sweep(path, facts, width=facts.width, start=start):
        for frame in block.frames:
            scale = 720 / min(frame.shape[:2])
            size = round(frame.shape[1] * scale), round(frame.shape[0] * scale)
            frames.append(np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_CUBIC)))
            if len(frames) == count:
                return frames
    return frames


def paint(name: str, frames: Sequence[np.ndarray], *, steady: bool) -> Iterator[np.ndarray]:
    """The pictures in a look, each by itself or as a film."""
    pictures = [Picture(frame) for frame in frames]
    runs = [pictures] if steady else [[picture] for picture in pictures]
    for run in runs:
        if name == "pixel":
            # A picture alone has the colours that suit it best; a shot keeps those of all of it.
            palette = pixel.find_palette([run[0].rgb])
            made = pixel.paint_shot(iter(run), palette, 1.0)
        elif steady:
            made = steady_shot(iter(run), LOOKS[name])
        else:
            made = (Picture(LOOKS[name](picture.rgb)) for picture in run)
        yield from (picture.rgb for picture in made)


class Warp:
    """Lays pictures of a clip over those before, by the clip's own flow."""

    def __init__(self, frames: Sequence[np.ndarray]) -> None:
        search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        grays = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in frames]
        high, wide = grays[0].shape
        self._places = []
        for before, now in pairwise(grays):
            flow = search.calc(now, before, None)
            across = np.arange(wide, dtype=np.float32)[None] + flow[..., 0]
            down = np.arange(high, dtype=np.float32)[:, None] + flow[..., 1]
            self._places.append((across, down))
        self._same = [
            np.abs(self._carry(n, frames[n]).astype(int) - frames[n + 1]).max(2) < _AGREE
            for n in range(len(self._places))
        ]

    def error(self, made: Sequence[np.ndarray]) -> float:
        """Root mean square of what carried pictures differ by, of 255."""
        squares = [
            np.square(self._carry(n, made[n]).astype(np.float32) - made[n + 1])[same].mean()
            for n, same in enumerate(self._same)
        ]
        return float(np.sqrt(np.mean(squares)))

    def _carry(self, number: int, frame: np.ndarray) -> np.ndarray:
        return cv2.remap(
            frame, *self._places[number], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )


def measure_boiling(clips: Sequence[Path], count: int = 10) -> dict[str, float]:
    """Of each look, the error with smoothing as a share of that without, mean over clips."""
    shares: dict[str, list[float]] = {name: [] for name in NAMES}
    for path in clips:
        frames = read_720p(path, count)
        warp = Warp(frames)
        for name in NAMES:
            alone = warp.error(list(paint(name, frames, steady=False)))
            shares[name].append(warp.error(list(paint(name, frames, steady=True))) / alone)
    return {name: float(np.mean(values)) for name, values in shares.items()}


def measure_cost(path: Path, count: int = 8) -> dict[str, float]:
    """CPU seconds a picture at 720p of each look, smoothing included."""
    frames = read_720p(path, count)
    costs: dict[str, float] = {}
    for name in NAMES:
        made = paint(name, frames, steady=True)
        next(made)
        began = time.process_time()
        list(made)
        costs[name] = (time.process_time() - began) / (len(frames) - 1)
    return costs


def measure(key: str, data: Path) -> dict[str, float]:
    """The figures of a key, on the shared data."""
    walking = data / "clips_sam2" / "01_dog.mp4"
    if key == "style-speed":
        return measure_cost(walking)
    return measure_boiling([walking, data / "clips_intel" / "asl_book.mkv"])


KEYS = ("style", "style-speed")

if __name__ == "__main__":
    import sys

    for key in sys.argv[2:] or KEYS:
        for name, value in measure(key, Path(sys.argv[1])).items():
            print(f"{key:14} {name:10} {value:.3f}")
