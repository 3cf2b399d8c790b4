"""Hard cuts: frames that have nothing in common with what was there before, and stay so."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from reelwright.media.comparing import Comparer
from reelwright.media.patches import Frame, difference, resized

_STANDS_OUT = 1.3
"""How many times as much as the frames around it a frame must change, to be looked at closely."""
_AROUND = 5
_FAINTEST = 1.0
"""Mean change (0 to 255) under which nobody sees a cut."""
_LEAST = 0.5
"""How unlike (0 to 1) frames of two shots are at least."""
_SHARE = 0.6
"""How alike two shots may be, as a share of how alike neighbouring frames within them are."""
_SAME = 0.8
"""Correlation of the middle of a picture with a place in another that it was swung to."""
_MOVING = 0.15
"""How unlike neighbouring frames are while a camera is swung, at least."""
_FLASH = 0.6
"""Seconds within which a picture comes back after a flash."""
_GLITCH = 3
"""Frames within which any picture that comes back was a fault rather than a shot."""
_BACK = 0.4
"""How unlike the picture that comes back may be."""
_THROUGH = 4
"""Frames within which a picture shows through the light of a flash."""
_SHOWS = 0.4
"""How unlike, light aside, what shows through may be."""
_NEARER = 0.15
"""By how much less unlike it must be in the end."""
_ONE_WAY = 0.85
"""Share of the picture that a flash makes brighter (or a blackout darker)."""


def find_cuts(
    frames: Frame, first: int, last: int, rate: float, look: Comparer
) -> list[tuple[int, float]]:
    """The first frame of each new shot from `first` to before `last`, and how sure (0 to 1)."""
    changed = changes_of(frames, first, last)
    found: list[tuple[int, float]] = []
    for at in range(first + 1, last):
        here = changed[at - first]
        if here < _FAINTEST:
            continue
        near = np.delete(
            changed[max(1, at - first - _AROUND) : at - first + _AROUND + 1],
            min(at - first - 1, _AROUND),
        )
        usual = float(np.median(near)) if len(near) else 0.0
        if here < _STANDS_OUT * usual:
            continue
        apart = _apart(look, at, first, last)
        if apart and not _comes_back(frames, at, first, last, rate, look):
            if found and at - found[-1][0] <= 2:
                if apart > found[-1][1]:
                    found[-1] = (at, apart)
            else:
                found.append((at, apart))
    return found


def changes_of(frames: Frame, first: int, last: int) -> npt.NDArray[np.float64]:
    """Mean change (0 to 255) of each frame from `first` to before `last` to the one before it."""
    steps = [difference(frames[n], frames[n - 1]) for n in range(first + 1, last)]
    return np.array([0.0, *steps])


def _apart(look: Comparer, at: int, first: int, last: int) -> float:
    """How unlike what is before and after a frame is; 0 if no more so than a shot's own frames."""
    apart = look.unlike(at - 1, at)
    if apart < _LEAST:
        return 0.0
    if at - 2 >= first:
        apart = min(apart, look.unlike(at - 2, at))
    if at + 1 < last:
        apart = min(apart, look.unlike(at - 1, at + 1))
    if apart < _LEAST:
        return 0.0
    before = [look.unlike(n - 1, n) for n in range(at - 3, at) if n - 1 >= first]
    after = [look.unlike(n - 1, n) for n in range(at + 1, at + 4) if n < last]
    usual = max(float(np.median(side)) if side else 0.0 for side in (before, after))
    if 1 - apart > _SHARE * (1 - usual):
        return 0.0
    # A camera that is swung does not start from rest between two frames.
    swung = usual > _MOVING and look.shifted(at - 1, at) > _SAME
    return 0.0 if swung else apart


def _comes_back(frames: Frame, at: int, first: int, last: int, rate: float, look: Comparer) -> bool:
    """Whether the picture before a frame is there again soon after: a flash, not a cut."""
    far = max(_GLITCH, round(_FLASH * rate))
    lit = _one_way(frames[at - 1], frames[at])
    if lit and _dies_away(at, first, min(at + far, last - 1), look):
        return True
    steps = [n for n in range(1, far + 1) if n <= 6 or n % 3 == 0]
    for step in steps:
        if step > _GLITCH and not lit:
            break
        # The flash begins here, or ends here, or dies away from here on.
        pairs = [(at - 1, at + step), (at - 1 - step, at)]
        if lit:
            pairs += [(at - 1 - n, at + step) for n in (1, 2)]
        if any(first <= a and b < last and look.unlike(a, b) < _BACK for a, b in pairs):
            return True
    return False


def _dies_away(at: int, first: int, end: int, look: Comparer) -> bool:
    """Whether light dies away: the picture from before shows through, and comes nearer and nearer.

    It may be too far for the picture to be back at the end, or things may have moved on.
    """
    return any(
        look.unlike(before, end) < look.unlike(before, at) - _NEARER
        and any(
            look.unlike(before, n, light_counts=False) < _SHOWS
            for n in range(at, min(at + _THROUGH, end) + 1)
        )
        for before in range(max(first, at - 3), at)
    )


def _one_way(a: Frame, b: Frame) -> bool:
    """Whether nearly everything got brighter, or nearly everything darker."""
    rise = resized(b, (16, 12)).mean(-1) - resized(a, (16, 12)).mean(-1)
    rest = np.abs(rise) < 4
    return max(float(((rise > 0) | rest).mean()), float(((rise < 0) | rest).mean())) >= _ONE_WAY
