"""Another frame rate: pictures put in between where movement can be followed, mixed where not.

Between two pictures, movement is found both ways (dense inverse search, Kroeger et al. 2016) and
bent to the instant between (Jiang et al. 2018). Each picture is brought there and counts by how
near it is and how well both ways agree (what is covered agrees nowhere). Where they agree too
seldom the two are mixed; where shots meet, or pictures are missing, nothing is put in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from reelwright.core.time import format_rate, parse_rate
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Look, Picture
from reelwright.edit.enhance.order import Order

_WIDTH = 640
"""Pixels across, at most, of what movement is found in."""
_AGREE = 1.5
"""Pixels by which there and back may miss, per place, to be believed."""
_MOST = 0.35
"""Share of places that may not agree: beyond, pictures are mixed."""
_LIKE = 18.0
"""Difference of colour at which what was brought from both sides counts half."""
_GAP = 4
"""Usual steps between two pictures from which on some are missing."""
_NEAR = Fraction(1, 20)
"""Share of a step within which a picture is shown as it is."""


class Rate(Filter):
    """Pictures at even instants, so many a second."""

    name = "fps"
    version = 1
    deep = True
    memory = 6

    def __init__(self, rate: Fraction, given: Fraction) -> None:
        self.rate = rate
        self.given = given

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        return {"rate": format_rate(self.rate)}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        before: Picture | None = None
        number = 0
        for picture in pictures:
            if before is None:
                number = -floor(-picture.at * self.rate)
            else:
                between = _Between(before, picture)
                while (at := number / self.rate) < picture.at:
                    yield self._shown(between, at)
                    number += 1
            before = picture
        while before is not None and (at := number / self.rate) < before.at + 1 / self.given:
            yield replace(before, at=at)
            number += 1

    def _shown(self, between: _Between, at: Fraction) -> Picture:
        one, two = between.one, between.two
        share = (at - one.at) / (two.at - one.at)
        missing = two.at - one.at > _GAP / self.given
        if share <= _NEAR or one.shot != two.shot or missing:
            return replace(one, at=at)
        if share >= 1 - _NEAR:
            return replace(two, at=at)
        made = between.at(float(share))
        shown = one.showing(made) if made.dtype == np.uint8 else one.showing_fine(made)
        return replace(shown, at=at)

    def told(self) -> str:
        """See `Filter.told`."""
        given = f"{float(self.given):.5g}"
        return f"fps: {given} → {float(self.rate):.5g}, put in between along what moves"


class _Between:
    """The movement between two pictures, found once and when it is needed."""

    def __init__(self, one: Picture, two: Picture) -> None:
        self.one, self.two = one, two
        self._found = False
        self._there: Any = None
        self._back: Any = None
        self._sure: Any = None

    def at(self, share: float) -> Any:
        """The picture at a share of the way from one to the other."""
        if not self._found:
            self._find(self.one, self.two)
            self._found = True
        one: Any = self.one.rgb if self.one.fine is None else self.one.fine
        two: Any = self.two.rgb if self.two.fine is None else self.two.fine
        if self._sure is None:
            return np.round(one * (1 - share) + two * share).astype(one.dtype)
        return _woven(one, two, self._there, self._back, self._sure, share)

    def _find(self, one: Picture, two: Picture) -> None:
        import cv2

        high, wide = one.rgb.shape[:2]
        scale = min(1.0, _WIDTH / wide)
        size = (max(16, round(wide * scale)), max(16, round(high * scale)))
        a, b = (
            cv2.cvtColor(cv2.resize(p.rgb, size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
            for p in (one, two)
        )
        follow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        there: Any = follow.calc(a, b, None)  # type: ignore[call-overload]
        back: Any = follow.calc(b, a, None)  # type: ignore[call-overload]
        sure_there, sure_back = _agreeing(there, back), _agreeing(back, there)
        self._there, self._back = there, back
        if min(sure_there.mean(), sure_back.mean()) >= 1 - _MOST:
            self._sure = sure_there, sure_back


def _agreeing(flow: Any, other: Any) -> Any:
    """How well going there and coming back end where one began, 0 to 1 for each place."""
    import cv2

    brought = _moved(other, flow)
    miss = np.linalg.norm(flow + brought, axis=-1)
    return cv2.blur(np.exp(-((miss / _AGREE) ** 2)).astype(np.float32), (5, 5))


def _moved(values: Any, flow: Any) -> Any:
    """What lies where each place's flow leads."""
    import cv2

    high, wide = flow.shape[:2]
    x, y = np.meshgrid(np.arange(wide, dtype=np.float32), np.arange(high, dtype=np.float32))
    places = np.dstack([x, y]) + flow
    return cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]


def _woven(one: Any, two: Any, there: Any, back: Any, sure: Any, share: float) -> Any:
    """Both pictures brought to the instant between and laid over each other."""
    import cv2

    high, wide = one.shape[:2]
    factor = np.array([wide / there.shape[1], high / there.shape[0]], np.float32)
    # The movement from the instant between to either side.
    ahead = share * share * back - share * (1 - share) * there
    behind = (1 - share) ** 2 * there - share * (1 - share) * back
    ahead, behind = (cv2.resize(flow, (wide, high)) * factor for flow in (ahead, behind))
    a, b = _moved(one, ahead).astype(np.float32), _moved(two, behind).astype(np.float32)
    sure_a, sure_b = (cv2.resize(s, (wide, high)) for s in sure)
    left, right = (1 - share) * (sure_a + 0.02), share * (sure_b + 0.02)
    # Where the two show something else, the nearer one is more likely right.
    full = np.iinfo(one.dtype).max
    apart = np.abs(a - b).mean(axis=-1) / (_LIKE * full / 255)
    lean = 1 / (1 + apart)
    left, right = left ** (2 - lean), right ** (2 - lean)
    weight = (right / (left + right))[..., None]
    return np.clip(np.round(a * (1 - weight) + b * weight), 0, full).astype(one.dtype)


def plan_rate(look: Look, order: Order) -> Filter | str:
    """The filter for the rate that was asked, or why it is left alone."""
    rate = parse_rate(order.fps)
    given = look.facts.rate or Fraction(25)
    if look.still:
        return "fps: a still picture has none"
    if rate == given and not look.facts.variable_rate:
        return f"fps: left alone, it has {float(rate):.5g} already"
    return Rate(rate, given)
