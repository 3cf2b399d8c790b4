"""Colours set right: white balance, exposure, contrast and saturation, one setting for each shot.

A shot is measured in small pictures from all of it. Its white balance is that of what is nearly
grey in it (the grey-world assumption of Buchsbaum 1980, without colours that are meant: Lam 2005),
skin left out of the measure; its tone curve moves the middle towards where middles lie and spreads
what lies flat. Every change is bounded and none is made that would be small, since a setting that
was chosen with taste is worth more than an average. Shots of one clip move towards a common middle.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Look, Picture
from reelwright.edit.enhance.order import Order
from reelwright.media.sweep import sweep
from reelwright.store import atomic
from reelwright.store.steps import Step

_WIDTH, _RATE = 160, 1.0
"""Pixels across and pictures a second of what is measured."""
_MOST = 600
"""Pictures of a shot that are measured, at most."""
_CAST = 0.3
"""The most that a channel is strengthened or weakened by."""
_HEED = 0.75
"""How much of a cast that was found is taken out."""
_MIDDLE = 0.44
"""Luma that the middle of a picture is moved towards."""
_GAMMA = (0.72, 1.3)
"""Exponents of luma, at the least and at the most."""
_LOW, _HIGH = 0.07, 0.86
"""How dark the darkest and how bright the brightest may become by being stretched: what is further
inside is meant to be there."""
_CHROMA = 0.085
"""Mean distance of colours from grey under which a picture looks pale."""
_MOST_CHROMA = 1.22
_PLAIN = 0.02
"""A change of so little is not made."""


@dataclass(frozen=True)
class Setting:
    """What is done to one shot; values of channels are 0 to 1."""

    gains: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Of red, green and blue, in linear light."""
    black: float = 0.0
    white: float = 1.0
    """Code values that become 0 and 1."""
    gamma: float = 1.0
    """Exponent of what lies between."""
    chroma: float = 1.0
    """How much farther colours lie from grey."""

    @property
    def plain(self) -> bool:
        """Whether it changes nothing that anybody would see."""
        return self == Setting()


class Colour(Filter):
    """Each shot with its own setting."""

    name = "colour"
    version = 1
    deep = True

    def __init__(self, settings: Sequence[Setting]) -> None:
        self.settings = tuple(settings)

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        return {"settings": [asdict(setting) for setting in self.settings]}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        for picture in pictures:
            setting = self.settings[min(picture.shot, len(self.settings) - 1)]
            if setting.plain:
                yield picture
            elif picture.fine is not None:
                yield picture.showing_fine(adjust(picture.fine, setting))
            else:
                yield picture.showing(adjust(picture.rgb, setting))

    def told(self) -> str:
        """See `Filter.told`."""
        changed = [setting for setting in self.settings if not setting.plain]
        parts: list[str] = []
        if any(setting.gains != (1.0, 1.0, 1.0) for setting in changed):
            parts.append("white balance")
        if any(setting.gamma != 1 for setting in changed):
            brighter = np.mean([setting.gamma for setting in changed]) < 1
            parts.append(f"exposure ({'brighter' if brighter else 'darker'})")
        if any(setting.black > 0 or setting.white < 1 for setting in changed):
            parts.append("contrast")
        if any(setting.chroma != 1 for setting in changed):
            parts.append("saturation")
        of = f" of {len(changed)} of {len(self.settings)} shots" if len(self.settings) > 1 else ""
        return f"colour: {', '.join(parts)} set right{of}"


def plan_colour(look: Look, order: Order) -> Filter | str:
    """The filter for a clip or picture, or why its colours are left alone."""
    settings = settle(_measures(look))
    if all(setting.plain for setting in settings):
        return "colour: left alone, nothing was found wrong with it"
    return Colour(settings)


def adjust(rgb: Any, setting: Setting) -> Any:
    """A picture (height × width × 3, of 8 or 16 bits) by a setting."""
    import cv2

    fine = rgb.dtype == np.uint16
    toned: Any = cv2.LUT(rgb, _table(setting)) if not fine else _looked_up(rgb, setting)
    if setting.chroma == 1:
        return toned
    c = setting.chroma
    luma = np.array([0.2126, 0.7152, 0.0722])
    matrix = c * np.eye(3) + (1 - c) * luma[None, :]
    return np.asarray(cv2.transform(toned, matrix), rgb.dtype)


def _looked_up(rgb: Any, setting: Setting) -> Any:
    table = _table(setting, 65_536)[0]
    return np.stack([np.take(table[:, n], rgb[..., n]) for n in range(3)], axis=-1)


@lru_cache(maxsize=64)
def _table(setting: Setting, count: int = 256) -> Any:
    """Code value → code value of each channel: 1 × count × 3."""
    code = np.arange(count)[:, None] / (count - 1)
    balanced = code * np.array(setting.gains)[None, :] ** (1 / 2.2)
    spread = np.clip((balanced - setting.black) / (setting.white - setting.black), 0, 1)
    return np.round((count - 1) * spread**setting.gamma).astype(
        np.uint8 if count == 256 else np.uint16
    )[None]


@dataclass(frozen=True)
class Measure:
    """What was measured of a shot; luma and channels 0 to 1."""

    cast: tuple[float, float, float]
    """Mean linear red, green and blue of what is nearly grey, by their luma; 1 is grey."""
    grey: float
    """Share of the picture that this was told from."""
    dark: float
    middle: float
    bright: float
    chroma: float
    skin: float
    """Share of the picture that has the colours of skin."""
    weight: int
    """How many pixels were measured."""


def measure(frames: Any) -> Measure:
    """What small pictures of a shot show (n × height × width × 3, RGB)."""
    values = np.asarray(frames, np.float32).reshape(-1, 3) / 255
    luma = values @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    dark, middle, bright = (float(q) for q in np.quantile(luma, [0.005, 0.5, 0.995]))
    skin = is_skin(values)
    apart = np.abs(values - luma[:, None]).max(axis=1)
    nearly = (apart < 0.09 + 0.09 * luma) & (luma > 0.12) & (luma < 0.93) & ~skin
    share = float(nearly.mean())
    cast = (1.0, 1.0, 1.0)
    if share > 0:
        linear = (values[nearly] ** 2.2).mean(axis=0)
        linear /= linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        cast = (float(linear[0]), float(linear[1]), float(linear[2]))
    chroma = float(np.abs(values - luma[:, None]).mean())
    return Measure(cast, share, dark, middle, bright, chroma, float(skin.mean()), len(values))


def is_skin(values: Any) -> Any:
    """Which colours (n × 3, RGB, 0 to 1) may be those of skin, whatever its lightness: by their
    chroma (Chai and Ngan 1999)."""
    cb = 128 + 255 * (values @ np.array([-0.1687, -0.3313, 0.5], np.float32))
    cr = 128 + 255 * (values @ np.array([0.5, -0.4187, -0.0813], np.float32))
    return (cb > 77) & (cb < 127) & (cr > 133) & (cr < 173)


def settle(measures: Sequence[Measure]) -> list[Setting]:
    """The setting of each shot, so that they fit each other."""
    if not measures:
        return [Setting()]
    weights = np.array([measure.weight for measure in measures], float)
    middles = np.array([measure.middle for measure in measures])
    common = float((middles * weights).sum() / weights.sum())
    return [_setting(measure, common) for measure in measures]


def _setting(seen: Measure, common: float) -> Setting:
    sure = min(1.0, seen.grey / 0.15) * (0.6 if seen.skin > 0.25 else 1.0)
    gains = [float(np.clip(c ** -(_HEED * sure), 1 - _CAST, 1 + _CAST)) for c in seen.cast]
    if max(abs(gain - 1) for gain in gains) < 1.5 * _PLAIN:
        gains = [1.0, 1.0, 1.0]
    black = min(max(seen.dark - 0.015, 0.0), _LOW)
    white = max(min(seen.bright + 0.015, 1.0), _HIGH) if seen.bright > 0.45 else 1.0
    black, white = (0.0 if black < _PLAIN else black), (1.0 if white > 1 - _PLAIN else white)
    middle = float(np.clip((seen.middle - black) / (white - black), 0.02, 0.98))
    # Half of the way to where middles lie, and half of what keeps this shot from the others.
    goal = middle**0.55 * _MIDDLE**0.45
    goal = goal**0.75 * float(np.clip(common, 0.05, 0.95)) ** 0.25
    gamma = float(np.clip(np.log(goal) / np.log(middle), *_GAMMA))
    # Night is meant to be dark: what has bright lights in the dark is exposed as wanted.
    if seen.middle < 0.12 and seen.bright > 0.8:
        gamma = max(gamma, 0.88)
    gamma = 1.0 if abs(gamma - 1) < 3 * _PLAIN else gamma
    chroma = 1.0
    if 0.01 < seen.chroma < _CHROMA:
        chroma = min(_MOST_CHROMA, (_CHROMA / seen.chroma) ** 0.5)
        # Faces look sunburnt long before anything else looks too colourful.
        chroma = 1 + (chroma - 1) * (0.5 if seen.skin > 0.03 else 1.0)
    rounded = [round(value, 4) for value in (*gains, black, white, gamma, chroma)]
    r, g, b, black, white, gamma, chroma = rounded
    return Setting((r, g, b), black, white, gamma, 1.0 if chroma < 1 + _PLAIN else chroma)


def _measures(look: Look) -> list[Measure]:
    """What each shot measures, in order; remembered, since a whole clip is looked through."""
    if look.still:
        import cv2

        rgb = look.samples[0].rgb
        high = max(1, round(rgb.shape[0] * _WIDTH / rgb.shape[1]))
        return [measure(np.asarray(cv2.resize(rgb, (_WIDTH, high), interpolation=cv2.INTER_AREA)))]

    def make(out: Path) -> None:
        rows = [asdict(measure(frames)) for frames in _by_shot(look)]
        atomic.write_text(out, json.dumps(rows))

    params = {"changes": [str(at) for at in look.changes]}
    step = Step("colours", Colour.version, make, params, (look.path,), ".json", look.path.name)
    rows = json.loads(look.steps.run(step).read_bytes())
    return [Measure(**{**row, "cast": tuple(row["cast"])}) for row in rows]


def _by_shot(look: Look) -> Iterator[Any]:
    """Small pictures of each shot, in order; of one too short for any, a black one."""
    edges = [float(at) for at in look.changes]
    held: list[Any] = []
    shot = 0
    for block in sweep(look.path, look.facts, width=_WIDTH, rate=_RATE):
        for at, frame in zip(block.times, block.frames, strict=True):
            while shot < len(edges) and at >= edges[shot]:
                yield _stack(held)
                held, shot = [], shot + 1
            # Every second one goes when there are many: an hour without a cut is one shot.
            held = held[::2] if len(held) >= _MOST else held
            held.append(frame)
    for _ in range(shot, len(edges) + 1):
        yield _stack(held)
        held = []


def _stack(frames: Sequence[Any]) -> Any:
    return np.stack(frames) if frames else np.zeros((1, 2, 2, 3), np.uint8)
