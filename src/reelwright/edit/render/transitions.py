"""Transitions: how one shot takes over from another, as filter graph text.

Most are ffmpeg's xfade. Those that move are crops over both pictures side by side, because xfade
knows no easing: a push that starts and stops at once looks like a machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelwright.core.errors import ScriptError, TimelineError, nearest
from reelwright.core.nouns import Format
from reelwright.core.time import decimal, format_rate, to_seconds

CUT = "cut"
"""No transition at all."""

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
    "diagonal": "diagbr",
    "circle": "circleopen",
    "clock": "radial",
    "blur": "hblur",
    "slices-across": "hlslice",
    "slices-down": "vuslice",
}
"""Our name of a transition → xfade's. Another kind of transition is another line here."""

_SOFT = "st(0,{p});if(lt(ld(0),0.5),4*pow(ld(0),3),1-4*pow(1-ld(0),3))"
"""Eased in and out."""
_FAST = "st(0,{p});if(lt(ld(0),0.5),16*pow(ld(0),5),1-16*pow(1-ld(0),5))"
"""The same, with most of the way in the middle."""

_PUSH = {
    "left": "[a][b]hstack,crop={w}:{h}:x='{w}*({e})':y=0",
    "right": "[b][a]hstack,crop={w}:{h}:x='{w}*(1-({e}))':y=0",
    "up": "[a][b]vstack,crop={w}:{h}:x=0:y='{h}*({e})'",
    "down": "[b][a]vstack,crop={w}:{h}:x=0:y='{h}*(1-({e}))'",
}
# The leaving page is drawn along a little and grows dark while the other slides over it.
_PAGE = {
    "left": "[a]fade=out:0:{twice},pad={w}*5/4:{h}:0:0,crop={w}:{h}:x='{w}/4*({e})':y=0[under];"
    "[under][b]overlay=x='{w}*(1-({e}))':y=0:format=yuv444",
    "up": "[a]fade=out:0:{twice},pad={w}:{h}*5/4:0:0,crop={w}:{h}:x=0:y='{h}/4*({e})'[under];"
    "[under][b]overlay=x=0:y='{h}*(1-({e}))':format=yuv444",
}
_VIEW = "x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=1:s={w}x{h}:fps={rate}"
# Only a moment in the middle shows both, or their words would lie over each other.
_ZOOM = (
    "[a]zoompan=z='1+1.6*pow((on+1)/{count},2)':" + _VIEW + "[near];"
    "[b]trim=start_frame={skip},setpts=PTS-STARTPTS,"
    "zoompan=z='1+0.6*pow(1-(on+1+{skip})/{count},2)':" + _VIEW + "[far];"
    "[near][far]xfade=transition=fade:duration={brief}:offset={away}"
)

MOVES = (
    {f"push-{way}": text.replace("{e}", _SOFT) for way, text in _PUSH.items()}
    | {f"whip-{way}": text.replace("{e}", _FAST) + "{blur}" for way, text in _PUSH.items()}
    | {f"page-{way}": text.replace("{e}", _SOFT) for way, text in _PAGE.items()}
    | {"zoom": _ZOOM}
)
"""Our name → filters from ``[a]`` and ``[b]`` to the one picture."""

FAMILIES = {
    "push": ("push-left", "push-up", "push-left", "push-down"),
    "wipe": ("smooth-left", "smooth-up", "diagonal"),
    "whip": ("whip-left", "whip-right", "whip-up"),
    "page": ("page-left", "page-up"),
    "slices": ("slices-across", "slices-down"),
}
"""Names that leave the direction open; a line's seed chooses."""

SECONDS = {"dissolve": 0.25, "whip": 0.3, "push": 0.36, "zoom": 0.36, "page": 0.45, "circle": 0.4}
"""How long they last, by the first part of their name; others 0.33."""


def names() -> list[str]:
    """The transitions there are, whole names."""
    return sorted({*XFADE, *MOVES})


def families() -> list[str]:
    """What a theme or a line may ask for: whole names, families, and the plain cut."""
    return sorted({*names(), *FAMILIES, CUT})


def choose(wanted: str, seed: int) -> str:
    """A whole name for what was asked for. Raises ScriptError naming the nearest there is."""
    if wanted not in families():
        raise ScriptError(f'there is no transition "{wanted}"', hint=nearest(wanted, families()))
    kinds = FAMILIES.get(wanted, (wanted,))
    return kinds[seed % len(kinds)]


def pick(weights: Mapping[str, int], seed: int, *, cut: bool = True) -> str:
    """One of a theme's transitions by its weights: a whole name, or the plain cut.

    Args:
        weights: name or family → how often.
        seed: decides; the same seed gives the same.
        cut: whether it may be the plain cut.
    """
    chances = [(name, weight) for name, weight in weights.items() if cut or name != CUT]
    at = seed % max(1, sum(weight for _, weight in chances))
    for name, weight in chances:
        at -= weight
        if at < 0:
            # Another part of the seed says which way, or all pushes of a video would be alike.
            return choose(name, seed // 97)
    return CUT


def seconds_of(name: str) -> Fraction:
    """How long a transition lasts."""
    return Fraction(str(SECONDS.get(name.split("-")[0], 0.33)))


def mixing(name: str, format: Format, frames: int) -> str:
    """The filters that take ``[a]`` and ``[b]``, full-size chroma, and mix them over `frames`.

    Raises TimelineError naming the nearest there is.
    """
    lasts = decimal(to_seconds(frames, format.rate))
    if name in XFADE:
        return f"[a][b]xfade=transition={XFADE[name]}:duration={lasts}:offset=0"
    if name not in MOVES:
        raise TimelineError(f'there is no transition "{name}"', hint=nearest(name, names()))
    text, away = MOVES[name], frames * 2 // 5
    values = {
        "p": f"(n+1)/{frames + 1}",
        "count": str(frames + 1),
        "w": str(format.width),
        "h": str(format.height),
        "twice": str(frames * 2),
        "skip": str(away),
        "away": decimal(to_seconds(away, format.rate)),
        "brief": decimal(to_seconds(max(1, frames - 2 * away), format.rate)),
        "rate": format_rate(format.rate),
        "blur": _blur(name, format, frames),
    }
    for key, value in values.items():
        text = text.replace(f"{{{key}}}", value)
    return text


def _blur(name: str, format: Format, frames: int) -> str:
    """Blur along the way, as strong as it is fast: nothing at both ends, most in the middle."""
    along = name in ("whip-left", "whip-right")
    side = format.width if along else format.height
    text = ""
    for number in range(frames):
        now, after = (_fast((number + step) / (frames + 1)) for step in (0.5, 1.5))
        sigma = round((after - now) * side * 0.22, 1)
        if sigma >= 2:
            ways = f"sigma={sigma}:sigmaV=0.1" if along else f"sigma=0.1:sigmaV={sigma}"
            text += f",gblur={ways}:enable='eq(n,{number})'"
    return text


def _fast(p: float) -> float:
    return 16 * p**5 if p < 0.5 else 1 - 16 * (1 - p) ** 5
