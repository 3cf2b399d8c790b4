"""Films as arrays, made of noise: a place, and things that move before it."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

Film = npt.NDArray[np.uint8]
RATE = 6


def texture(seed: int, high: int, wide: int) -> npt.NDArray[np.float32]:
    """Something with edges at every size, from 0 to 255."""
    rng = np.random.default_rng(seed)
    total = np.zeros((high, wide), np.float32)
    for size in (4, 9, 20, 45):
        grain = rng.random((max(2, high // size), max(2, wide // size))).astype(np.float32)
        total += cv2.resize(grain, (wide, high), interpolation=cv2.INTER_NEAREST) * size**0.5
    total -= total.min()
    return total * (255 / total.max())


def film(place: int, motion: int, seconds: float = 4.0, speed: float = 1.0) -> Film:
    """Frames (n × 180 × 320, luma) of three things that move before a fixed camera."""
    ground = texture(place, 180, 320)
    rng = np.random.default_rng(1000 + motion)
    things = [texture(2000 + 10 * motion + n, 56, 48) for n in range(3)]
    phases, paces = rng.uniform(0, 6, (3, 2)), rng.uniform(0.5, 1.1, (3, 2))
    frames: list[npt.NDArray[np.uint8]] = []
    for number in range(round(seconds * RATE / speed)):
        at = number / RATE * speed
        frame = ground.copy()
        for thing, phase, pace in zip(things, phases, paces, strict=True):
            x = int(136 + 130 * np.sin(pace[0] * at + phase[0]))
            y = int(62 + 58 * np.cos(pace[1] * at + phase[1]))
            frame[y : y + 56, x : x + 48] = thing
        frames.append(frame.astype(np.uint8))
    return np.stack(frames)


def fitted(frames: Film, wide: int, high: int) -> Film:
    """At another size."""
    size = (wide, high)
    return np.stack([cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in frames])


def within(ground: Film, frames: Film, left: int, top: int) -> Film:
    """Frames put into others."""
    out = np.broadcast_to(ground, (len(frames), *ground.shape[1:])).copy()
    out[:, top : top + frames.shape[1], left : left + frames.shape[2]] = frames
    return out


def compressed(frames: Film, quality: int) -> Film:
    """As JPEG at a quality leaves them."""
    flag = [cv2.IMWRITE_JPEG_QUALITY, quality]
    packed = [cv2.imencode(".jpg", one, flag)[1] for one in frames]
    return np.stack([cv2.imdecode(one, cv2.IMREAD_GRAYSCALE) for one in packed])


def captioned(frames: Film) -> Film:
    """With a caption on a bar."""
    out = frames.copy()
    out[:, 140:168] = 12
    for one in out:
        cv2.putText(one, "some words said here", (24, 160), 0, 0.7, 240, 2)
    return out


def marked(frames: Film) -> Film:
    """With a logo."""
    out = frames.copy()
    for one in out:
        cv2.circle(one, (280, 28), 20, 230, -1)
        cv2.putText(one, "TV", (268, 34), 0, 0.6, 20, 2)
    return out


def edits(place: int = 1, motion: int = 1) -> dict[str, Film]:
    """Copies of a film, by what was done to them."""
    whole = film(place, motion)
    other = film(77, 77)
    small = np.zeros((1, 320, 180), np.uint8)
    return {
        "compressed": compressed(whole, 12),
        "240p": fitted(fitted(whole, 160, 90), 320, 180),
        "colour": np.clip(whole * 0.6 + 60, 0, 255).astype(np.uint8),
        "logo": marked(whole),
        "caption": captioned(whole),
        "letterbox": within(np.zeros((1, 320, 320), np.uint8), whole, 0, 70),
        "crop 5 %": fitted(whole[:, 4:176, 8:312], 320, 180),
        "crop 15 %": fitted(whole[:, 13:167, 24:296], 320, 180),
        "crop 9:16": fitted(whole[:, :, 110:211], 180, 320),
        "pad 9:16": within(small, fitted(whole, 180, 101), 0, 110),
        "mirror": np.ascontiguousarray(whole[:, :, ::-1]),
        "faster": film(place, motion, speed=1.1),
        "slower": film(place, motion, speed=0.9),
        "trim": whole[4:21],
        "picture in picture": within(other[:1], fitted(whole, 224, 126), 48, 27),
    }
