"""Fades: the picture becomes flat (black, white, any colour), and another comes out of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.media.comparing import Comparer, comes_back
from reelwright.media.patches import Floats, Frame, grey, light_and_contrast

Ramp = tuple[int, int, float]
"""The first and the last frame of a change, and how sure it is (0 to 1)."""

_FLAT = 0.16
"""Share of the contrast around it under which a picture counts as flat."""
_FLATTEST = 5.0
"""Spread of light (0 to 255) that a picture may have and be flat in itself."""
_CONTRAST = 10.0
"""Spread of light of a picture that can fade."""
_EMERGED = 0.45
"""Share of a faint picture that may differ from the full one it becomes: things move meanwhile."""
_LONGEST = 2.2
"""Seconds that one side of a fade, or half a dissolve, takes at most."""
_FAINT = 3.0
"""Spread of light (0 to 255) of a picture that shows something; a flat one fades."""


def find_fades(frames: Frame, rate: float, look: Comparer) -> list[Ramp]:
    """Fades through a flat picture (black, white, any colour), in order.

    A film's first fade in and its last fade out join no two shots and are left out.

    Args:
        frames: n × height × width × 3, RGB, small.
        rate: frames a second.
        look: compares these frames.
    """
    contrast = np.array([light_and_contrast(grey(frame))[1] for frame in frames], np.float32)
    far = max(4, round(_LONGEST * rate))
    found: list[Ramp] = []
    at = 1
    while at < len(frames) - 1:
        around = contrast[max(0, at - far) : at + far + 1].max()
        flat = min(_FLAT * around, 3 * _FLATTEST)
        if contrast[at] > flat or around < _CONTRAST:
            at += 1
            continue
        end = at
        while end + 1 < len(frames) and contrast[end + 1] <= flat:
            end += 1
        fade = _fade(frames, contrast, at, end, rate, look)
        if fade and found and fade[0] <= found[-1][1]:
            fade = (found.pop()[0], fade[1], fade[2])
        if fade:
            found.append(fade)
        at = max(end, fade[1] if fade else 0) + 1
    return found


def _fade(
    frames: Frame, contrast: Floats, start: int, end: int, rate: float, look: Comparer
) -> Ramp | None:
    """The fade around the flat frames `start` to `end`, if that is what they are part of."""
    if start <= 1 or end >= len(frames) - 2:
        return None
    far, quick = max(4, round(_LONGEST * rate)), max(3, round(0.1 * rate))
    flattest = start + int(np.argmin(contrast[start : end + 1]))
    ground = frames[flattest].mean((0, 1))
    before = start - _climb(frames[max(0, start - far) : start + 1][::-1], ground)
    after = end + _climb(frames[end : end + far + 1], ground)
    down, up = start - before, after - end
    # A side that takes at most two frames is a cut to or from a flat picture.
    shown = min(contrast[max(0, before - 3) : before + 1].max(), contrast[after : after + 4].max())
    if max(down, up) < quick or shown < max(_FAINT, 2 * contrast[flattest]):
        return None
    # What comes out of the flat picture must be there from the beginning, if faintly.
    if (down >= quick and not _emerges(frames, start, before, ground)) or (
        up >= quick and not _emerges(frames, end, after, ground)
    ):
        return None
    brighter = ground.mean() > max(frames[before].mean(), frames[after].mean())
    # Light that flares up and dies away leaves the same picture behind; so does a blink.
    if (brighter or min(down, up) < quick) and comes_back(look, before, after, rate, len(frames)):
        return None
    # The same when things moved on meanwhile: it shows through as soon as the light dies away.
    if (
        brighter
        and down < quick
        and any(look.unlike(before, n, light_counts=False) < 0.25 for n in range(end + 1, end + 4))
    ):
        return None
    return before + 1, after - 1, 1.0


def _emerges(frames: Frame, flat: int, full: int, ground: npt.NDArray[np.floating[Any]]) -> bool:
    """Whether the frames between a flat picture and a full one are that one, only fainter."""
    colour = ground.astype(np.float32)
    picture = frames[full] - colour
    good = 0
    for part in (0.35, 0.5, 0.65):
        here = frames[round(flat + part * (full - flat))] - colour
        size = max(float((here * here).sum()), 1e-6)
        share = float((here * picture).sum()) / max(float((picture * picture).sum()), 1e-6)
        good += float(((here - share * picture) ** 2).sum()) / size < _EMERGED
    return good >= 2


def _climb(frames: Frame, ground: npt.NDArray[np.floating[Any]]) -> int:
    """How many frames it takes, from the first one, until the picture no longer leaves a colour."""
    colour = ground.astype(np.float32)
    away = [float(np.abs(frame - colour).mean()) for frame in frames[:2]]
    at = 0
    for at in range(len(frames) - 1):
        if at + 2 < len(frames):
            away.append(float(np.abs(frames[at + 2] - colour).mean()))
        # Two frames on, since one may be repeated; a fade's steps stay about as large as they were.
        ahead = (away[-1] - away[at]) / max(1, len(away) - 1 - at)
        usual = (away[at] - away[0]) / at if at else 0.0
        if ahead < max(0.25 * usual, 0.15):
            return at
    return at
