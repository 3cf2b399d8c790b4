"""A drawn landscape, near enough to a filmed one: mountains in haze, a lake, pines and a boat.

Nobody's pictures may be committed, so this stands in for what a camera would see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np

WIDE, HIGH = 1536, 720
SHORE = 470
"""Row where the water begins."""
_SUN = (940, 300)
_NEAR, _FAR = np.array([22, 38, 46], float), np.array([196, 178, 186], float)


def draw_landscape(seed: int = 11) -> Any:
    """The whole view: 720 × 1536 × 3, RGB."""
    random = np.random.default_rng(seed)
    view = _sky(random)
    for number, depth in enumerate((1.0, 0.74, 0.5, 0.3, 0.14)):
        _mountain(view, random, number, depth)
    view = _lake(view, random)
    _boat(view)
    _pines(view, random)
    return np.clip(view, 0, 255).astype(np.uint8)


def film_landscape(count: int, size: tuple[int, int]) -> Iterator[Any]:
    """Pictures (height × width × 3) of a camera that wanders slowly over it."""
    view = draw_landscape()
    wide, high = size
    across = HIGH * wide / high
    for number in range(count):
        left = (WIDE - across) / 2 + 1.7 * number - 0.8 * count
        scale = HIGH / high
        turn = np.array([[scale, 0, left], [0, scale, 0]])
        soft = cv2.GaussianBlur(view, (0, 0), 0.4 * scale)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        yield cv2.warpAffine(soft, turn, size, flags=flags, borderMode=cv2.BORDER_REFLECT)


def _clouds(random: np.random.Generator, across: float, down: float, octaves: int = 6) -> Any:
    """Noise of many sizes, 0 to 1: height × width."""
    total = np.zeros((HIGH, WIDE), np.float32)
    for octave in range(octaves):
        grid = max(2, round(across * 2**octave)), max(2, round(down * 2**octave))
        small = random.standard_normal((grid[1], grid[0])).astype(np.float32)
        total += cv2.resize(small, (WIDE, HIGH), interpolation=cv2.INTER_CUBIC) / 1.9**octave
    return np.clip(0.5 + total / 4.2, 0, 1)


def _sky(random: np.random.Generator) -> Any:
    rows = np.linspace(0, 1, HIGH)[:, None, None] * HIGH / SHORE
    colours = np.array([[58, 96, 150], [132, 164, 196], [246, 206, 160], [252, 188, 128]], float)
    places = np.clip(rows[..., 0], 0, 1) * 3
    sky = np.stack([np.interp(places, range(4), colours[:, n]) for n in range(3)], axis=-1)
    sky = np.repeat(sky, WIDE, axis=1)
    y, x = np.indices((HIGH, WIDE))
    far = np.hypot(x - _SUN[0], y - _SUN[1])
    glow = np.exp(-far / 170)[..., None]
    sky += glow * np.array([70, 50, 12])
    cover = np.clip((_clouds(random, 3, 9) - 0.5) * 3.2, 0, 1)[..., None]
    lit = np.array([255, 214, 176]) * (0.82 + 0.25 * glow) + 30 * (glow - 0.3)
    sky += 0.75 * cover * (lit - sky)
    disc = np.clip((27 - far) / 1.5 + 0.5, 0, 1)[..., None]
    return sky + disc * (np.array([255, 246, 220]) - sky)


def _mountain(view: Any, random: np.random.Generator, number: int, depth: float) -> None:
    """One ridge, hazy by its depth (1: farthest), lit from the sun's side."""
    line = np.zeros(WIDE)
    for octave in range(9):
        knots = random.standard_normal(round(3.2 * 2**octave) + 2)
        rough = 0.52 if depth > 0.4 else 0.5
        places = np.linspace(0, len(knots) - 1.001, WIDE)
        line += np.interp(places, np.arange(len(knots)), knots) * rough**octave
    top = SHORE - (58 + 108 * depth) - line * (24 + 40 * depth)
    y, x = np.indices((HIGH, WIDE))
    below = y - top[None]
    inside = np.clip(below + 0.5, 0, 1)[..., None]
    grain = _clouds(random, 12, 8, 7) - 0.5
    slope = np.gradient(cv2.GaussianBlur(top[None].astype(np.float32), (0, 0), 5)[0])
    light = np.clip(0.5 + 0.5 * slope * np.sign(x - _SUN[0]) + 1.3 * grain, 0, 1)[..., None]
    rock = _NEAR + (light * np.array([66, 62, 48])) * (1 - 0.5 * depth)
    haze = min(0.93, 0.12 + 0.82 * depth)
    colour = rock + haze * (_FAR - rock)
    foot = np.clip(below / (70 + 110 * depth), 0, 1)[..., None]
    mist = np.clip(foot * (0.35 + 0.3 * depth) + 0.25 * grain[..., None] * foot, 0, 1)
    colour = colour + mist * (np.array([238, 214, 196]) - colour)
    view += inside * (colour - view)
    if number == 4:
        _wood(view, random, top)


def _wood(view: Any, random: np.random.Generator, top: Any) -> None:
    """Far trees along the nearest ridge."""
    for place in np.sort(random.uniform(0, WIDE, 520)):
        foot = top[int(place)] + random.uniform(4, 46)
        if foot < SHORE - 4:
            _pine(view, random, place, foot, random.uniform(9, 20), np.array([34, 52, 56.0]), 0.8)


def _lake(view: Any, random: np.random.Generator) -> Any:
    """Water that mirrors what stands above, broken by small waves."""
    y, x = np.indices((HIGH, WIDE), np.float32)
    deep = np.clip((y - SHORE) / (HIGH - SHORE), 0, 1)
    waves = _clouds(random, 10, 90, 5) - 0.5
    wide = _clouds(random, 4, 40, 4) - 0.5
    over = SHORE - 1 - (y - SHORE) * 0.98 + 26 * deep * waves + 10 * wide * deep
    aside = x + 34 * waves * deep
    mirror = cv2.remap(
        view.astype(np.float32), aside.astype(np.float32), over.astype(np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT,
    )  # fmt: skip
    water = mirror * 0.80 + np.array([12, 26, 36]) * (0.6 + 0.7 * deep[..., None])
    glint = np.clip((waves + 0.12 * wide) * 4.5 - 0.62, 0, 1) * np.exp(
        -np.square((x - _SUN[0]) / (60 + 170 * deep))
    )
    water += glint[..., None] * np.array([150, 118, 74])
    edge = np.clip(y - SHORE + 0.5, 0, 1)[..., None]
    return view + edge * (water - view)


def _boat(view: Any) -> None:
    """A boat with somebody in it, and both in the water."""
    over = view.copy()
    at = np.array([700, 560])
    grip, blade = (at + np.array(place) for place in ((44, -40), (12, 10)))
    hull = np.array([[-62, -6], [-40, 6], [38, 6], [66, -9], [40, -2], [-38, -2]])
    body = np.array([[-12, -2], [-10, -26], [-4, -34], [6, -33], [12, -20], [13, -2]])
    hat = np.array([[-20, -42], [0, -57], [20, -42]])
    for flip, dark in ((-1, 0.55), (1, 1.0)):
        for shape, colour in ((hull, (52, 36, 30)), (body, (64, 58, 70)), (hat, (150, 112, 66))):
            points = at + shape * np.array([1, flip]) + np.array([0, 14 if flip < 0 else 0])
            paint = tuple(float(v * dark + 40 * (1 - dark)) for v in colour)
            cv2.fillPoly(over, [np.round(points * 16).astype(np.int32)], paint, cv2.LINE_AA, 4)
        if flip < 0:
            cv2.circle(over, (at + np.array([0, 53])).tolist(), 7, (128, 100, 84), -1, cv2.LINE_AA)
            over[:] = view + 0.55 * (over - view)
    cv2.circle(over, (at + np.array([0, -40])).tolist(), 7, (196, 150, 118), -1, cv2.LINE_AA)
    hat_on = np.round((at + hat + np.array([0, 1])) * 16).astype(np.int32)
    cv2.fillPoly(over, [hat_on], (150, 112, 66), cv2.LINE_AA, 4)
    cv2.line(over, grip.tolist(), blade.tolist(), (60, 40, 28), 3, cv2.LINE_AA)
    view[:] = over


def _pines(view: Any, random: np.random.Generator) -> None:
    """The near shore with its trees, and reeds."""
    y, x = np.indices((HIGH, WIDE))
    for side in (0, 1):
        line = HIGH - 14 - 150 * np.exp(-np.abs(x[0] - side * WIDE * 0.97 - 30) / 240)
        ground = np.clip(y - line[None] + 0.5, 0, 1)[..., None]
        view += ground * (np.array([20, 26, 24]) - view)
    for place, tall in ((215, 400), (300, 300), (345, 210), (1180, 250), (1262, 430), (1330, 330)):
        side = place > WIDE / 2
        foot = HIGH - 6 - 150 * np.exp(-abs(place - side * WIDE * 0.97 - 30) / 240)
        _pine(view, random, place, foot, tall, np.array([16, 28, 26.0]), 1.0)
    for _ in range(260):
        place = random.uniform(0, WIDE)
        side = place > WIDE / 2
        foot = HIGH - 2 - 150 * np.exp(-abs(place - side * WIDE * 0.97 - 30) / 240)
        lean, tall = random.uniform(-10, 10), random.uniform(14, 44)
        ends = [round(16 * v) for v in (place, foot + 6, place + lean, foot - tall)]
        shade = tuple(random.uniform(0.7, 1.5) * np.array([30, 36, 24]))
        cv2.line(view, ends[:2], ends[2:], shade, 1, cv2.LINE_AA, 4)


def _pine(
    view: Any, random: np.random.Generator, at: float, foot: float, tall: float, colour: Any,
    cover: float,
) -> None:  # fmt: skip
    """A tree of branches that hang, drawn stroke by stroke."""
    left, right = max(0, int(at - tall / 2)), min(WIDE, int(at + tall / 2) + 1)
    top, bottom = max(0, int(foot - tall) - 3), min(HIGH, int(foot) + 2)
    if right - left < 2 or bottom - top < 2:
        return
    part = view[top:bottom, left:right]
    mask = np.zeros(part.shape[:2], np.float32)
    tones = np.ones(part.shape[:2], np.float32)

    def stroke(x0: float, y0: float, x1: float, y1: float, thick: int) -> None:
        ends = [round(16 * v) for v in (x0 - left, y0 - top, x1 - left, y1 - top)]
        cv2.line(mask, ends[:2], ends[2:], 1.0, thick, cv2.LINE_AA, 4)
        cv2.line(tones, ends[:2], ends[2:], float(random.uniform(0.8, 1.7)), thick, 4, 4)

    stroke(at, foot, at, foot - tall * 0.94, max(1, round(tall / 60)))
    rows = max(8, round(tall / 3.4))
    for row in range(rows):
        share = row / rows
        height = foot - tall * (0.10 + 0.9 * share)
        reach = tall * 0.25 * (1 - share) ** 0.85 * random.uniform(0.75, 1.15)
        for way in (-1, 1):
            for _ in range(1 if tall < 40 else 4):
                drop = reach * random.uniform(0.25, 0.6)
                end = at + way * reach * random.uniform(0.5, 1)
                start = height - random.uniform(0, tall * 0.03)
                stroke(at, start, end, height + drop, max(1, round(tall / 110)))
    share = (mask * cover)[..., None]
    part += share * (colour * tones[..., None] - part)
