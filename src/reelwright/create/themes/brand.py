"""The brandable theme: everything derived from two colours, and checked for contrast.

The first colour is what things stand on, the second what catches the eye. Both stay as they are
where that can be read; else the ground becomes a shade or a tint of the first.
"""

from __future__ import annotations

from typing import Any

from reelwright.core.errors import SettingError
from reelwright.create.themes.contrast import contrast, luminance, mix

_WHITE, _BLACK = "#ffffff", "#0c0d10"
_FURTHEST = {_BLACK: 0.6, _WHITE: 0.35}
"""How much black or white the ground may take before it is no longer the person's colour."""
_ROOM = 4.6
"""The contrast asked for on the plain ground, a little above what text needs."""


def derive(first: str, second: str) -> dict[str, Any]:
    """Palette, background and caption colours from two brand colours (``#rrggbb``).

    Raises:
        SettingError: no shade of the first lets the second be read on it.
    """
    ground = _ground(first, second)
    dark = luminance(ground) < 0.18
    text = max((_WHITE, _BLACK), key=lambda colour: contrast(colour, ground))
    far = _BLACK if dark else _WHITE
    on_accent = max((_WHITE, _BLACK), key=lambda colour: contrast(colour, second))
    ink = second if contrast(second, _BLACK) >= 4.5 else mix(second, _WHITE, 0.6)
    return {
        "palette": {
            "ground": ground,
            "text": text,
            "muted": _readable(mix(text, ground, 0.22), text, ground),
            "accent": second,
            "second": _readable(mix(second, text, 0.45), text, ground),
            "on_accent": on_accent,
            "card": f"{far}38" if dark else "#ffffffa0",
            "edge": f"{text}30",
        },
        "background": {
            "colours": [mix(ground, far, 0.1), ground, mix(ground, far, 0.22)],
            # Shapes on it only go away from the text, never towards it.
            "glows": [second, first, mix(ground, far, 0.4)],
        },
        "captions": {"fill": _WHITE, "highlight": ink, "outline": _BLACK},
    }


def _ground(first: str, second: str) -> str:
    """The shade of the first colour nearest to it on which the second and text can be read."""
    for step in range(31):
        for towards, furthest in _FURTHEST.items():
            shade = mix(first, towards, min(step / 50, furthest))
            text = max(contrast(_WHITE, shade), contrast(_BLACK, shade))
            if contrast(second, shade) >= _ROOM and text >= 6:
                return shade
    raise SettingError(
        f"{first} and {second} cannot be read together (their contrast is "
        f"{contrast(first, second):.1f}, and no shade of {first} brings it to 4.5)",
        where="setting style.colours",
        hint="choose a lighter or a darker second colour, like #ffffff or #ffd60a on a dark one",
    )


def _readable(colour: str, text: str, ground: str) -> str:
    """A colour brought towards that of text until it can be read on the ground."""
    for step in range(11):
        found = mix(colour, text, step / 10)
        if contrast(found, ground) >= _ROOM:
            return found
    return text
