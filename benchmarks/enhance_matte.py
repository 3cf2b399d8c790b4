"""Mattes without a green screen, on talking heads before a wall of one colour.

`matting`: mean intersection over union (mattes above a half) with what the chroma key gives, which
is not told to the other. `matting-speed`: CPU seconds a picture at 720p, matte and composition.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from reelwright.edit.enhance.background.chroma import find_key, key_matte
from reelwright.edit.enhance.background.composite import compose
from reelwright.edit.enhance.background.matte import SMALL, matte_shot, to_lab
from reelwright.edit.enhance.background.scene import Scene, learn_scene
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.motion import shrink
from reelwright.media.probing import probe
from reelwright.media.sweep import sweep
from reelwright.providers.faces.nudenet import NudeNetFaces

_RIM = 4
"""Pixels at the frame's borders that are left out: old recordings show black lines there."""


def _finder() -> NudeNetFaces:
    return NudeNetFaces(NudeNetFaces.Options(threads=1))


def read_clip(path: Path) -> list[np.ndarray]:
    """All pictures of a clip."""
    facts = probe(path)
    return [frame for block in sweep(path, facts, width=facts.width) for frame in block.frames]


def learn(frames: Sequence[np.ndarray], finder: NudeNetFaces) -> Scene:
    """What a shot shows, from some of its pictures."""
    chosen = np.linspace(0, len(frames) - 1, 12).round().astype(int).tolist()
    small = [shrink(frames[number], SMALL) for number in chosen]
    times = [number / 25 for number in chosen]
    return learn_scene([to_lab(frame) for frame in small], times, finder.find(small))


def overlap(path: Path, every: int = 3) -> tuple[float, float]:
    """How far the two mattes of a clip agree; and of the person alone, the largest piece keyed."""
    frames, finder = read_clip(path), _finder()
    key = find_key([shrink(frame, SMALL) for frame in frames[::10]])
    if key is None:
        raise SystemExit(f"{path}: there is no wall of one colour")
    pictures = (Picture(frame, Fraction(n, 25)) for n, frame in enumerate(frames))
    shares: list[float] = []
    single: list[float] = []
    for number, found in enumerate(matte_shot(pictures, learn(frames, finder), finder.find)):
        if number % every:
            continue
        keyed = key_matte(Picture(frames[number]), key).edge.matte[_RIM:-_RIM, _RIM:-_RIM] > 0.5
        own = found.edge.matte[_RIM:-_RIM, _RIM:-_RIM] > 0.5
        shares.append(float((own & keyed).sum() / (own | keyed).sum()))
        keyed = _largest(keyed)
        single.append(float((own & keyed).sum() / (own | keyed).sum()))
    return float(np.mean(shares)), float(np.mean(single))


def _largest(mask: np.ndarray) -> np.ndarray:
    _, labels, facts, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    return labels == 1 + int(np.argmax(facts[1:, cv2.CC_STAT_AREA]))


def measure_cost(path: Path, count: int = 24) -> dict[str, float]:
    """CPU seconds a picture at 720p; what learning costs is given by itself."""
    frames = [np.asarray(cv2.resize(f, (1280, 720))) for f in read_clip(path)[:count]]
    finder = _finder()
    finder.find([shrink(frames[0], SMALL)])
    began = time.process_time()
    scene = learn(frames, finder)
    learnt = time.process_time()
    ground = np.full_like(frames[0], 128)
    pictures = (Picture(frame, Fraction(n, 25)) for n, frame in enumerate(frames))
    for found in matte_shot(pictures, scene, finder.find):
        compose(found.picture.rgb, found.edge, ground, shade=found.shade)
    return {
        "a picture": (time.process_time() - learnt) / len(frames),
        "learning a shot": learnt - began,
    }


def measure(key: str, data: Path) -> dict[str, float]:
    """The figures of a key, on the shared data."""
    if key == "matting-speed":
        return measure_cost(data / "clips_intel" / "asl_book.mkv")
    found: dict[str, float] = {}
    both = [(path.stem, overlap(path)) for path in sorted((data / "clips_grid").glob("*.mpg"))]
    for name, (share, _) in both:
        found[name] = share
    found["mean"] = float(np.mean([share for _, (share, _) in both]))
    found["mean, largest piece"] = float(np.mean([single for _, (_, single) in both]))
    return found


KEYS = ("matting", "matting-speed")

if __name__ == "__main__":
    import sys

    for key in sys.argv[2:] or KEYS:
        for name, value in measure(key, Path(sys.argv[1])).items():
            print(f"{key:14} {name:20} {value:.4f}")
