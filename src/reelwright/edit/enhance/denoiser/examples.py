"""Noise put on clean pictures: what a denoiser learns from and is judged by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.edit.enhance.denoiser.settings import DenoiserSettings
from reelwright.edit.enhance.material import Frames

Floats = npt.NDArray[np.float32]
_LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)
_EVEN = float(np.sqrt((_LUMA**2).sum()))
"""Of noise that is the same and independent in red, green and blue, so much is left in luma."""
_FASTEST = 4
"""Pixels by which what a still picture shows moves from one picture to the next, at most."""
_COARSE = 0.4
"""The part of the examples with coarse noise in colour, as cameras and codecs leave it."""


@dataclass(frozen=True)
class Batch:
    """What the network takes and should give, 0 to 1.

    Attributes:
        noisy: n × frames·channels × H × W.
        noise: n × 1 × 1 × 1, the noise's standard deviation in luma.
        clean: n × channels × H × W: the middle one.
    """

    noisy: Floats
    noise: Floats
    clean: Floats


def batches(
    material: Sequence[Frames], settings: DenoiserSettings, steps: int, chance: np.random.Generator
) -> Iterator[Batch]:
    """Batches of noisy patches; mirrored and turned at random. All pictures count alike."""
    for _ in range(steps):
        picked = chance.integers(len(material), size=settings.batch)
        clean = np.stack([_patch(material[int(index)], settings, chance) for index in picked])
        levels = chance.uniform(settings.lowest, settings.highest, settings.batch)
        noisy = [
            add_noise(one, float(level), chance) for one, level in zip(clean, levels, strict=True)
        ]
        middle = clean[:, settings.frames // 2]
        yield Batch(
            np.concatenate([to_input(one) for one in noisy]),
            (levels / 255).astype(np.float32)[:, None, None, None],
            np.concatenate([to_input(one[None]) for one in middle]),
        )


def add_noise(clean: npt.NDArray[np.uint8], level: float, chance: np.random.Generator) -> Floats:
    """Noise on pictures, so strong that it has a standard deviation of `level` in luma.

    Args:
        clean: n × H × W × channels.
        level: of 255.
        chance: decides the noise, and of what sort it is.

    Returns:
        As float; of gray pictures neither rounded nor clipped, as the literature does (Zhang et al.
        2017), of colour ones both, as those of a clip are.
    """
    shape = clean.shape
    if shape[-1] == 1:
        noise = chance.standard_normal(shape, dtype=np.float32) * np.float32(level)
        return np.asarray(clean + noise, np.float32)
    if chance.random() >= _COARSE:
        noise = chance.standard_normal(shape, dtype=np.float32) * np.float32(level / _EVEN)
    else:
        noise = _coarse(shape, level, chance)
    return np.asarray(np.clip(np.rint(clean + noise), 0, 255), np.float32)


def to_input(frames: npt.NDArray[np.generic]) -> Floats:
    """Pictures as the network takes them: n × H × W × c, 0 to 255 → 1 × n·c × H × W, 0 to 1."""
    count, high, wide, channels = frames.shape
    planes = frames.transpose(0, 3, 1, 2).reshape(1, count * channels, high, wide)
    return np.ascontiguousarray(planes, np.float32) / np.float32(255)


def as_channels(frames: Frames, settings: DenoiserSettings) -> Frames:
    """RGB as it is, or the gray that it comes to."""
    if settings.colour:
        return frames
    if (frames[..., :1] == frames[..., 1:]).all():
        return frames[..., :1]
    return np.rint(frames.astype(np.float32) @ _LUMA).astype(np.uint8)[..., None]


def _coarse(
    shape: tuple[int, ...], level: float, chance: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Noise in luma, and weaker or stronger one in colour differences at half the size."""
    count, high, wide, _ = shape
    luma = chance.standard_normal((count, high, wide, 1), dtype=np.float32) * np.float32(level)
    small = chance.standard_normal((count, -(-high // 2), -(-wide // 2), 2), dtype=np.float32)
    colour = small.repeat(2, 1).repeat(2, 2)[:, :high, :wide]
    colour *= np.float32(level * chance.uniform(0.2, 1.2))
    blue, red = colour[..., :1], colour[..., 1:]
    green = -(_LUMA[0] * red + _LUMA[2] * blue) / _LUMA[1]
    return luma + np.concatenate([red, green, blue], -1)


def _patch(
    run: Frames, settings: DenoiserSettings, chance: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """A patch through all pictures: frames × patch × patch × channels."""
    side, count = settings.patch, settings.frames
    if len(run) >= count:
        high, wide = run.shape[1:3]
        top, left = int(chance.integers(high - side + 1)), int(chance.integers(wide - side + 1))
        patch = run[:count, top : top + side, left : left + side]
    else:
        patch = _panned(run[0], side, count, chance)
    if count > 1 and chance.integers(2):
        patch = patch[::-1]
    patch = np.rot90(patch, int(chance.integers(4)), (1, 2))
    return patch[:, :, ::-1] if chance.integers(2) else patch


def _panned(
    picture: npt.NDArray[np.uint8], side: int, count: int, chance: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """A still picture as a camera that moves evenly shows it; as fast as it has room for."""
    places: list[npt.NDArray[np.int64]] = []
    for length in picture.shape[:2]:
        room = length - side
        most = min(_FASTEST, room // max(1, count - 1)) if count > 1 else 0
        speed = int(chance.integers(-most, most + 1))
        first = int(chance.integers(room - abs(speed) * (count - 1) + 1))
        places.append(first + speed * np.arange(count) + max(0, -speed * (count - 1)))
    rows, columns = places
    return np.stack(
        [
            picture[top : top + side, left : left + side]
            for top, left in zip(rows, columns, strict=True)
        ]
    )
