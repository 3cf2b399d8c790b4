"""Shots made from nothing: a camera over painted scenery, with things that move before it.

For measuring where no footage is at hand. Each shot has its own palette, subject, light, camera and
speed, and some have what confuses a detector of cuts: a shaking hand, a whip pan, flashes, strobes,
captions that pop up, grain, a page that scrolls. All of it follows from the seed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
Picture = npt.NDArray[np.float32]

CAMERAS = ("still", "drift", "pan", "zoom", "hand", "shake", "whip")
EVENTS = ("none", "none", "flash", "lightning", "strobe", "captions", "crowd", "grain", "explosion")


def film(seed: int, frames: int, size: tuple[int, int]) -> Iterator[Frame]:
    """A shot of so many frames (height × width × 3, RGB)."""
    rng = np.random.default_rng([7, seed])
    width, height = size
    ground = WORLDS[seed % len(WORLDS)](rng, round(width * 1.9), round(height * 1.9))
    camera = CAMERAS[int(rng.integers(len(CAMERAS)))]
    event = EVENTS[int(rng.integers(len(EVENTS)))]
    actors = [_actor(rng, height) for _ in range(int(rng.integers(0, 4)))]
    if event == "crowd":
        actors += [_actor(rng, height) for _ in range(6)]
    path = _camera_path(rng, camera, frames, ground.shape, size)
    light = _light(rng, event, frames)
    grain = float(rng.uniform(6, 14)) if event == "grain" else float(rng.uniform(0, 3))
    for index in range(frames):
        x, y, scale, angle, blur = path[index]
        picture = _look(ground, x, y, scale, angle, size)
        for actor in actors:
            _paste(picture, actor, index)
        if event == "captions" and (index // 40) % 2:
            _caption(picture, index // 40, seed)
        if blur > 1:
            kernel = np.full((1, int(blur)), 1 / int(blur), np.float32)
            picture = cv2.filter2D(picture, -1, kernel)
        gain, white = light[index]
        picture = picture * gain * (1 - white) + 255 * white
        if grain:
            picture += grain * rng.standard_normal((height, width, 1)).astype(np.float32)
        yield np.clip(picture, 0, 255).astype(np.uint8)


def _clouds(rng: np.random.Generator, width: int, height: int, rough: float = 1.5) -> Picture:
    """A field that is smooth at large and rough in detail, mean 0 and spread 1."""
    fy = np.fft.fftfreq(height)[:, None]
    fx = np.fft.rfftfreq(width)[None, :]
    falloff = np.maximum(np.hypot(fx, fy), 1 / width) ** -rough
    field = np.fft.irfft2(
        np.fft.rfft2(rng.standard_normal((height, width))) * falloff, (height, width)
    )
    return ((field - field.mean()) / field.std()).astype(np.float32)


def _palette(rng: np.random.Generator) -> tuple[Picture, Picture]:
    base = rng.uniform(30, 200, 3).astype(np.float32)
    return base, rng.uniform(-60, 60, 3).astype(np.float32)


def _nature(rng: np.random.Generator, width: int, height: int) -> Picture:
    base, swing = _palette(rng)
    light = _clouds(rng, width, height, float(rng.uniform(1.2, 1.9)))
    colour = _clouds(rng, width, height, 2.0)
    picture = base + light[..., None] * float(rng.uniform(18, 45)) + colour[..., None] * swing / 2
    horizon = int(height * rng.uniform(0.25, 0.6))
    sky = rng.uniform(90, 240, 3).astype(np.float32)
    ramp = np.linspace(1, 0.6, horizon, dtype=np.float32)[:, None, None]
    picture[:horizon] = sky * ramp + 12 * light[:horizon, :, None]
    return picture


def _town(rng: np.random.Generator, width: int, height: int) -> Picture:
    picture = _nature(rng, width, height) * 0.6 + 40
    for _ in range(int(rng.integers(14, 26))):
        wide, high = int(rng.integers(40, 220)), int(rng.integers(60, height // 2))
        left = int(rng.integers(0, width - wide))
        bottom = int(rng.integers(height // 2, height))
        wall = rng.uniform(20, 210, 3)
        picture[max(0, bottom - high) : bottom, left : left + wide] = wall
        lit = wall * rng.uniform(0.3, 1.6)
        for top in range(max(0, bottom - high) + 8, bottom - 12, 22):
            for x in range(left + 6, left + wide - 10, 18):
                if rng.random() < 0.8:
                    picture[top : top + 12, x : x + 9] = lit
    return picture.astype(np.float32)


def _room(rng: np.random.Generator, width: int, height: int) -> Picture:
    base, swing = _palette(rng)
    ramp = np.linspace(-1, 1, width, dtype=np.float32)[None, :, None]
    picture = base + ramp * swing / 2 + np.zeros((height, width, 3), np.float32)
    picture += 4 * _clouds(rng, width, height)[..., None]
    for _ in range(int(rng.integers(6, 16))):
        colour = tuple(float(v) for v in rng.uniform(10, 235, 3))
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        axes = (int(rng.integers(15, 130)), int(rng.integers(15, 110)))
        if rng.random() < 0.5:
            cv2.ellipse(picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1)
        else:
            end = (centre[0] + axes[0], centre[1] + axes[1])
            cv2.rectangle(picture, centre, end, colour, -1)
    return cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.5, 3)))


def _page(rng: np.random.Generator, width: int, height: int) -> Picture:
    dark = rng.random() < 0.4
    ground, ink = (30.0, 210.0) if dark else (245.0, 40.0)
    picture = np.full((height, width, 3), ground, np.float32)
    top = 20
    while top < height - 30:
        left = int(rng.integers(20, 200))
        size = float(rng.uniform(0.5, 1.2))
        words = "".join(chr(int(c)) for c in rng.integers(97, 123, int(rng.integers(10, 60))))
        colour = (ink,) * 3 if rng.random() < 0.8 else tuple(rng.uniform(40, 220, 3).tolist())
        cv2.putText(picture, words, (left, top), cv2.FONT_HERSHEY_SIMPLEX, size, colour, 2)
        top += int(28 * size + 14)
        if rng.random() < 0.08:
            block = rng.uniform(30, 230, 3)
            picture[top : top + 90, left : left + 400] = block
            top += 110
    return picture


def _night(rng: np.random.Generator, width: int, height: int) -> Picture:
    picture = np.full((height, width, 3), 10, np.float32) + rng.uniform(0, 20, 3).astype(np.float32)
    picture += 5 * _clouds(rng, width, height)[..., None]
    for _ in range(60):
        colour = tuple(float(v) for v in rng.uniform(80, 255, 3))
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(picture, centre, int(rng.integers(2, 26)), colour, -1)
    return cv2.GaussianBlur(picture, (0, 0), 3)


WORLDS: tuple[Callable[[np.random.Generator, int, int], Picture], ...] = (
    _nature,
    _town,
    _room,
    _page,
    _night,
)


def _camera_path(
    rng: np.random.Generator,
    kind: str,
    frames: int,
    ground: tuple[int, ...],
    size: tuple[int, int],
) -> list[tuple[float, float, float, float, float]]:
    """For each frame the middle looked at, the scale, the angle and the length of motion blur."""
    high, wide = ground[:2]
    width, height = size
    t = np.arange(frames) / 30
    x = np.full(frames, wide / 2) + rng.uniform(-0.1, 0.1) * wide
    y = np.full(frames, high / 2) + rng.uniform(-0.1, 0.1) * high
    scale, angle = np.ones(frames), np.zeros(frames)
    if kind == "drift":
        x += 40 * np.sin(t * rng.uniform(0.3, 0.9))
        y += 20 * np.cos(t * rng.uniform(0.3, 0.9))
    elif kind == "pan":
        x += np.clip((t - t.mean()) * rng.choice([-1, 1]) * rng.uniform(60, 300), -270, 270)
    elif kind == "zoom":
        scale = 1 + (t / max(t[-1], 0.1)) * rng.uniform(0.2, 0.9) * rng.choice([-0.5, 1])
    elif kind in ("hand", "shake"):
        force = rng.uniform(4, 9) if kind == "hand" else rng.uniform(14, 28)
        for axis in (x, y):
            noise = np.convolve(rng.standard_normal(frames + 8), np.hanning(9) / 4, "valid")
            axis += force * noise[:frames]
        angle = force / 8 * np.convolve(rng.standard_normal(frames + 8), np.hanning(9) / 4, "valid")
    elif kind == "whip":
        middle = t[frames // 2]
        x += rng.choice([-1, 1]) * 250 * np.tanh((t - middle) * rng.uniform(5, 12))
    speed = np.abs(np.gradient(x))
    blur = np.minimum(speed * 0.6, 60)
    room_x, room_y = width / 2 / scale + 8, height / 2 / scale + 8
    x = np.clip(x, room_x, wide - room_x)
    y = np.clip(y, room_y, high - room_y)
    return list(zip(x, y, scale, angle, blur, strict=True))


def _look(
    ground: Picture, x: float, y: float, scale: float, angle: float, size: tuple[int, int]
) -> Picture:
    width, height = size
    turn = cv2.getRotationMatrix2D((x, y), angle, scale)
    turn[:, 2] += (width / 2 - x, height / 2 - y)
    return cv2.warpAffine(ground, turn, size, borderMode=cv2.BORDER_REFLECT)


def _light(rng: np.random.Generator, event: str, frames: int) -> list[tuple[float, float]]:
    """For each frame how much the light is turned up, and how much white covers the picture."""
    gain, white = np.ones(frames), np.zeros(frames)
    gain *= 1 + rng.uniform(0, 0.12) * np.sin(np.arange(frames) / 30 * rng.uniform(0.5, 3))
    if event == "flash":
        for start in rng.integers(12, max(13, frames - 20), 2):
            peak = rng.uniform(0.5, 1)
            for n, share in enumerate((0.8, 1, 0.6, 0.25, 0.1)):
                if start + n < frames:
                    white[start + n] = peak * share
    elif event == "lightning":
        gain *= 0.5
        for start in rng.integers(12, max(13, frames - 20), 3):
            gain[start : start + int(rng.integers(1, 5))] *= rng.uniform(2.5, 4)
    elif event == "strobe":
        start = int(rng.integers(10, max(11, frames - 40)))
        every = int(rng.integers(3, 7))
        for n in range(start, min(frames - 8, start + 30)):
            if n % every == 0:
                gain[n] *= rng.uniform(0.1, 0.3) if rng.random() < 0.5 else 2.5
    elif event == "explosion":
        start = int(rng.integers(12, max(13, frames - 30)))
        for n in range(16):
            if start + n < frames:
                white[start + n] = max(white[start + n], 0.95 * float(np.exp(-n / 5)))
    return list(zip(gain.tolist(), white.tolist(), strict=True))


def _actor(rng: np.random.Generator, height: int) -> dict[str, object]:
    side = int(rng.uniform(0.12, 0.6) * height)
    texture = _clouds(rng, side, side, 1.3)[..., None] * 25 + rng.uniform(20, 220, 3)
    yy, xx = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j]
    mask = np.clip((1 - np.hypot(xx, yy)) * 8, 0, 1).astype(np.float32)[..., None]
    return {
        "texture": texture.astype(np.float32),
        "mask": mask,
        "start": rng.uniform(-0.3, 1.1, 2),
        "speed": rng.uniform(-0.02, 0.02, 2) * (1, 0.3),
        "bob": rng.uniform(0, 0.05),
    }


def _paste(picture: Picture, actor: dict[str, object], index: int) -> None:
    texture, mask = np.asarray(actor["texture"]), np.asarray(actor["mask"])
    height, width = picture.shape[:2]
    place = np.asarray(actor["start"]) + np.asarray(actor["speed"]) * index
    left = int(place[0] * width)
    top = int((place[1] + float(str(actor["bob"])) * np.sin(index / 5)) * height)
    side = len(mask)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + side), min(height, top + side)
    if x0 >= x1 or y0 >= y1:
        return
    m = mask[y0 - top : y1 - top, x0 - left : x1 - left]
    part = picture[y0:y1, x0:x1]
    part += m * (texture[y0 - top : y1 - top, x0 - left : x1 - left] - part)


def _caption(picture: Picture, turn: int, seed: int) -> None:
    height, width = picture.shape[:2]
    words = ("so this is", "what happens", "when nobody", "is looking")[(turn + seed) % 4]
    for colour, thick in (((0, 0, 0), 9), ((255, 255, 255), 3)):
        cv2.putText(
            picture,
            words,
            (width // 8, int(height * 0.85)),
            cv2.FONT_HERSHEY_DUPLEX,
            height / 260,
            colour,
            thick,
        )
