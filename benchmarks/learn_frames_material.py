"""Stand-ins for what people film: water (waves of many lengths, each at its own pace) and fire.

5 s at 720p, drawn, so that anybody can measure the same.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from reelwright.media.ffmpeg import binary

WIDTH, HEIGHT, RATE, COUNT = 1280, 720, 30, 150


def draw(name: str, out: Path) -> Path:
    """Draw `water` or `fire` as a clip."""
    frames = {"water": _water, "fire": _fire}[name](np.random.default_rng(3))
    command = [binary(), "-v", "error", "-y", "-f", "rawvideo", "-pixel_format", "rgb24"]
    command += ["-video_size", f"{WIDTH}x{HEIGHT}", "-framerate", str(RATE), "-i", "pipe:0"]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "14", "-pix_fmt", "yuv420p"]
    pipe = subprocess.Popen([*command, str(out)], stdin=subprocess.PIPE)
    assert pipe.stdin is not None
    for frame in frames:
        pipe.stdin.write(np.clip(frame, 0, 255).astype(np.uint8).tobytes())
    pipe.stdin.close()
    if pipe.wait():
        raise RuntimeError(f"{out} could not be drawn")
    return out


def _seen(field: np.ndarray, right: np.ndarray, down: np.ndarray) -> np.ndarray:
    return cv2.remap(
        field.astype(np.float32),
        right.astype(np.float32),
        down.astype(np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_WRAP,
    )


def _water(chance: np.random.Generator) -> Iterator[np.ndarray]:
    """A lake towards the sun: a spectrum of waves (Tessendorf 2001) in perspective."""
    size, metres = 1024, 60.0
    along = 2 * np.pi * np.fft.fftfreq(size, metres / size)
    down, right = along[:, None], along[None]
    number = np.maximum(np.hypot(right, down), 1e-6)
    wind = ((0.8 * right + 0.6 * down) / number) ** 2
    power = np.exp(-1 / (number * 9.0**2 / 9.81) ** 2) / number**4 * wind
    power *= np.exp(-((number * 0.08) ** 2))
    start = (chance.normal(size=(size, size)) + 1j * chance.normal(size=(size, size))) * power**0.5
    start[0, 0] = 0
    back = np.conj(np.roll(start[::-1, ::-1], 1, (0, 1)))
    pace = np.sqrt(9.81 * number)
    far = 6 / (0.12 + np.linspace(0, 1, HEIGHT)[:, None] * 0.9)
    side = np.linspace(-0.5, 0.5, WIDTH)[None] * far * 1.6
    places = (side / metres * size) % size, (far / metres * size) % size * np.ones((1, WIDTH))
    scale = 0.0
    for frame in range(COUNT):
        phase = np.exp(1j * pace * frame / RATE)
        height = start * phase + back * np.conj(phase)
        slopes = [np.fft.ifft2(1j * axis * height).real for axis in (right, down)]
        scale = scale or 0.22 / float(np.std(slopes[0]))
        across, up = (_seen(slope * scale, *places) for slope in slopes)
        sky = np.clip(0.15 + 1.1 * (up * 0.9 + 0.25), 0, 1)[..., None] ** 1.3
        sun = np.exp(-((across + side / far * 0.35) ** 2 + (up - 0.28) ** 2) * 90)[..., None]
        deep, light = np.array([18, 62, 84.0]), np.array([178, 206, 226.0])
        yield deep + (light - deep) * sky + sun * np.array([255, 236, 190]) * 0.9


def _fire(chance: np.random.Generator) -> Iterator[np.ndarray]:
    """Flames: clouds of noise that rise at several paces and bend each other."""
    size = 1024
    steps = np.hypot(np.fft.fftfreq(size)[:, None], np.fft.fftfreq(size)[None])
    steps[0, 0] = np.inf
    fields = []
    for _ in range(3):
        noise = chance.normal(size=(size, size)) + 1j * chance.normal(size=(size, size))
        field = np.fft.ifft2(noise * steps**-1.5).real
        fields.append(field / field.std())
    down, right = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    side, up = (right / WIDTH - 0.5) * 2, 1 - down / HEIGHT
    heat_at = [0, 40, 90, 150, 200, 255]
    colours = ([0, 40, 170, 240, 255, 255], [0, 4, 40, 120, 200, 250], [4, 6, 8, 20, 80, 225])
    tables = [np.interp(np.arange(256), heat_at, colour) for colour in colours]
    for frame in range(COUNT):
        t = frame / RATE
        bend = _seen(fields[2], (right * 0.5 + 40 * t) % size, (down * 0.5 + 150 * t) % size)
        wide = _seen(fields[0], (right * 0.8 + 16 * bend) % size, (down * 0.55 + 420 * t) % size)
        fine = _seen(
            fields[1], (right * 1.5 + 20 * bend) % size, (down + 640 * t + 10 * bend) % size
        )
        flicker = 1 + 0.08 * np.sin(7 * t) + 0.05 * np.sin(17.3 * t)
        heat = (1.25 - 1.45 * up - side**2 * (1 + 1.2 * up)) * flicker
        heat = heat + (0.30 * wide + 0.17 * fine) * (0.3 + up)
        level = np.clip(heat * 210, 0, 255).astype(np.uint8)
        noise = chance.normal(size=(HEIGHT, WIDTH, 1)) * 1.5
        yield np.stack([table[level] for table in tables], -1) + noise
