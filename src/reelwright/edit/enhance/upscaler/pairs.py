"""Small and large pictures that belong together: what an upscaler learns from and is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.luma import luma_of, psnr
from reelwright.edit.enhance.material import Frames
from reelwright.edit.enhance.upscaler.settings import UpscalerSettings

Plane = npt.NDArray[np.uint8]
_SIZES = 5
"""Sizes at which each picture is learnt from."""


@dataclass(frozen=True)
class Pair:
    """Luma at both sizes: height × width, and scale times that."""

    small: Plane
    large: Plane


def pair_of(rgb: npt.NDArray[np.uint8], scale: int) -> Pair:
    """The pair that the literature measures with: cut to whole small pixels, shrunk bicubically."""
    return Pair(shrink(large := _luma(rgb, scale), scale, "BICUBIC"), large)


def judging_pairs(pictures: Sequence[Frames], settings: UpscalerSettings) -> list[Pair]:
    """Pairs to judge by: at the largest size that is learnt from, bicubically shrunk."""
    part = settings.largest
    return [pair_of(_resized(frames[0], part), settings.scale) for frames in pictures]


def training_pairs(
    pictures: Sequence[Frames], settings: UpscalerSettings, chance: np.random.Generator
) -> list[Pair]:
    """Each picture at several sizes, shrunk as the settings say."""
    parts = np.geomspace(settings.largest, settings.smallest, _SIZES)
    least = settings.patch * settings.scale
    found: list[Pair] = []
    for frames in pictures:
        for part in parts if settings.smallest < settings.largest else parts[:1]:
            large = _luma(_resized(frames[0], float(part)), settings.scale)
            if min(large.shape) < least:
                continue
            small = _made_small(large, settings, chance)
            found.append(Pair(small, large))
    return found


def patches(
    pairs: Sequence[Pair], settings: UpscalerSettings, steps: int, chance: np.random.Generator
) -> Iterator[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
    """Batches of small and large patches, n × 1 × H × W, 0 to 1; turned and mirrored at random.

    Pictures count by their size.
    """
    scale, side = settings.scale, settings.patch
    weights = np.array([pair.small.size for pair in pairs], np.float64)
    weights /= weights.sum()
    for _ in range(steps):
        small, large = list[Plane](), list[Plane]()
        for index in chance.choice(len(pairs), settings.batch, p=weights):
            pair = pairs[int(index)]
            top = int(chance.integers(pair.small.shape[0] - side + 1))
            left = int(chance.integers(pair.small.shape[1] - side + 1))
            one = pair.small[top : top + side, left : left + side]
            two = pair.large[
                top * scale : (top + side) * scale, left * scale : (left + side) * scale
            ]
            turns, mirrored = int(chance.integers(4)), bool(chance.integers(2))
            small.append(_turned(one, turns, mirrored))
            large.append(_turned(two, turns, mirrored))
        yield _floats(small), _floats(large)


def shrink(large: Plane, scale: int, kernel: str) -> Plane:
    """A plane at a scale-th of its size, by one of Pillow's kernels (which all smooth enough)."""
    from PIL import Image

    high, wide = large.shape
    size = (wide // scale, high // scale)
    # In floats: Pillow would round between rows and columns as well.
    exact = Image.fromarray(large.astype(np.float32)).resize(size, Image.Resampling[kernel])
    return np.clip(np.rint(np.asarray(exact)), 0, 255).astype(np.uint8)


def _made_small(large: Plane, settings: UpscalerSettings, chance: np.random.Generator) -> Plane:
    import cv2

    kernel = "BICUBIC"
    if settings.shrink == "mixed":
        kernel = str(chance.choice(["BICUBIC", "LANCZOS", "BOX", "HAMMING", "BILINEAR"]))
    small = shrink(large, settings.scale, kernel)
    if chance.random() < settings.spoil:
        quality = int(chance.integers(60, 98))
        _, packed = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
        small = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return small


def _luma(rgb: npt.NDArray[np.uint8], scale: int) -> Plane:
    high, wide = (side - side % scale for side in rgb.shape[:2])
    return np.rint(luma_of(rgb[:high, :wide])).astype(np.uint8)


def _resized(rgb: npt.NDArray[np.uint8], part: float) -> npt.NDArray[np.uint8]:
    if part == 1:
        return rgb
    from PIL import Image

    size = (max(1, round(rgb.shape[1] * part)), max(1, round(rgb.shape[0] * part)))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC))


def _turned(plane: Plane, turns: int, mirrored: bool) -> Plane:
    turned = np.rot90(plane, turns)
    return turned[:, ::-1] if mirrored else turned


def _floats(planes: Sequence[Plane]) -> npt.NDArray[np.float32]:
    return np.stack(planes)[:, None].astype(np.float32) / np.float32(255)


def cubic_psnr(pairs: Sequence[Pair]) -> float:
    """The mean PSNR that bicubic interpolation reaches, as `task.psnr_of` measures it."""
    from PIL import Image

    found: list[float] = []
    for pair in pairs:
        high, wide = pair.large.shape
        cut = high // pair.small.shape[0]
        exact = Image.fromarray(pair.small.astype(np.float32))
        made = np.asarray(exact.resize((wide, high), Image.Resampling.BICUBIC))
        made = np.clip(np.rint(made), 0, 255)
        found.append(psnr(made[cut:-cut, cut:-cut], pair.large[cut:-cut, cut:-cut]))
    return float(np.mean(found))
