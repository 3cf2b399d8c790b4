"""Transitions: how one shot takes over from another, as ffmpeg's xfade knows them."""

from __future__ import annotations

from reelwright.core.errors import TimelineError, nearest

XFADE = {
    "dissolve": "fade",
    "black": "fadeblack",
    "white": "fadewhite",
    "wipe-left": "wipeleft",
    "wipe-right": "wiperight",
    "wipe-up": "wipeup",
    "wipe-down": "wipedown",
    "slide-left": "slideleft",
    "slide-right": "slideright",
    "slide-up": "slideup",
    "slide-down": "slidedown",
    "smooth-left": "smoothleft",
    "smooth-right": "smoothright",
    "smooth-up": "smoothup",
    "smooth-down": "smoothdown",
    "circle": "circleopen",
    "blur": "hblur",
    "zoom": "zoomin",
}
"""Our name of a transition → xfade's. Another kind of transition is another line here."""


def names() -> list[str]:
    """The transitions there are."""
    return sorted(XFADE)


def xfade(name: str) -> str:
    """xfade's name of a transition. Raises TimelineError naming the nearest there is."""
    if name not in XFADE:
        raise TimelineError(f'there is no transition "{name}"', hint=nearest(name, XFADE))
    return XFADE[name]
