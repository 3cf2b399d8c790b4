"""What a composed scene consists of: elements that come in, each a picture or a way of drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from reelwright.media import drawing
from reelwright.media.drawing import Box, Picture
from reelwright.media.easing import back_out, cubic_out, progress, quint_out

skia: Any = drawing.skia


@dataclass
class Element:
    """Something that comes in: `draw(canvas, p)` with p from 0 (not there) to 1 (settled)."""

    draw: Callable[[Any, float], None]
    delay: float
    length: float


@dataclass
class Drawing:
    """A composed scene."""

    elements: list[Element] = field(default_factory=list)
    boxes: list[tuple[str, Box]] = field(default_factory=list)
    """What text stands where, settled."""
    film: Callable[[float, float], bool] | None = None
    """Called before each frame with the seconds and the share of the shot gone by: goes on to what
    a clip or camera inside the scene shows then, and says whether that is another picture."""
    ground: Any = None
    """A background of its own: `place(share)` of the shot gone by, and `draw(canvas, place)`."""
    sticker: Callable[[Any, float], None] | None = None
    """What plays over everything: `draw(canvas, seconds)`."""

    @property
    def settled(self) -> float:
        """Seconds after which nothing comes in any more."""
        return max((each.delay + each.length for each in self.elements), default=0.0)


@lru_cache(maxsize=8)
def _sampling() -> Any:
    return skia.SamplingOptions(skia.FilterMode.kLinear)


def mover(picture: Picture, motion: str, travel: float, ease: str) -> Callable[[Any, float], None]:
    """How a picture comes in: `draw(canvas, p)`. Motions: rise, fade, left, right, pop, wipe."""
    shape = {"quint": quint_out, "cubic": cubic_out, "back": back_out}[ease]
    image, x, y = picture.image, picture.x, picture.y
    wide, high = image.width(), image.height()
    dx = {"left": -travel, "right": travel}.get(motion, 0.0)
    dy = travel if motion == "rise" else 0.0

    def draw(canvas: Any, p: float) -> None:
        if p >= 1:
            canvas.drawImage(image, x, y)
            return
        moved = shape(p)
        fading = skia.Paint(Alphaf=min(1.0, p * 2.2))
        if motion == "pop":
            grown = 0.7 + 0.3 * back_out(p)
            left, top = x + wide * (1 - grown) / 2, y + high * (1 - grown) / 2
            target = skia.Rect.MakeXYWH(left, top, wide * grown, high * grown)
            canvas.drawImageRect(image, target, _sampling(), fading)
        elif motion == "wipe":
            canvas.save()
            canvas.clipRect(skia.Rect.MakeXYWH(x, y, wide * moved, high))
            canvas.drawImage(image, x, y)
            canvas.restore()
        else:
            shift = (round(x + dx * (1 - moved)), round(y + dy * (1 - moved)))
            canvas.drawImage(image, *shift, skia.SamplingOptions(), fading)

    return draw


def seconds_in(element: Element, now: float) -> float:
    """How far an element has come at an instant, 0 to 1."""
    return progress(now, element.delay, element.length)
