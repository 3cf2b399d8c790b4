"""Captions in their styles, as ASS events.

A word changes through ``\\t`` at absolute times, or is an event of its own that stands from one
frame to another; where words stand is worked out once (`captionlines`), so nothing moves when one
lights up. Three layers a caption: boxes below, letters, and what is drawn over its neighbours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from reelwright.core.time import to_frames
from reelwright.core.timeline import CAPTION_MARGINS, Caption
from reelwright.edit.export.asspage import Page, colour, escape, font_tags
from reelwright.edit.export.captionlines import (
    DESCENT,
    SetLine,
    SetWord,
    set_caption,
    set_translation,
    space_width,
    tight,
)
from reelwright.media import emoji

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

HOLD = 0.3
"""Seconds of silence after a word that do not end its highlight."""
_IN, _SETTLE, _OUT = 70, 60, 60
"""Milliseconds in which a word pops, settles, and goes back."""
_STAYS = 0.65
"""How much of its growth a popping word keeps while it is spoken."""
_HIDDEN = "\\1a&HFF&\\3a&HFF&\\4a&HFF&"
_SEEN = "\\1a&H00&\\3a&H00&\\4a&H80&"


@dataclass(frozen=True)
class Moment:
    """When a word is being spoken, in frames from `Page.first`."""

    on: int
    off: int


def caption_events(caption: Caption, page: Page, layer: int) -> Iterator[str]:
    """The events of a caption, in layers `layer` to `layer` + 2."""
    window = page.window(caption.start, caption.frames)
    if window is None:
        return
    lines = set_caption(caption, page)
    moments = _moments(lines, caption, page)
    draw = _STYLES.get(page.style.name, _lit)
    at = 0
    for line in lines:
        yield from draw(line, moments[at : at + len(line.words)], page, window, layer)
        at += len(line.words)
    if page.style.name == "bilingual":
        for line in set_translation(caption, page):
            thin = f"\\bord{page.px(page.style.outline_width * 0.7)}"
            yield _line(line, page, window, layer + 1, lambda _: _fill(page), first=thin)


# ── one style each ────────────────────────────────────────────────────────────────────────────────

Window = tuple[int, int]


def _plain(
    line: SetLine, moments: list[Moment], page: Page, window: Window, layer: int
) -> Iterator[str]:
    """Strong words in their colour; nothing happens."""
    yield _line(line, page, window, layer + 1, lambda i: _resting(line.words[i], page))


def _lit(
    line: SetLine, moments: list[Moment], page: Page, window: Window, layer: int
) -> Iterator[str]:
    """The spoken word has the highlight colour; a strong one keeps it."""
    zero = page.start_ms(window[0])

    def tags(index: int) -> str:
        changes = [(page.ms(moments[index].on) - zero, _light(page))]
        if not line.words[index].timed.strong:
            changes.append((page.ms(moments[index].off) - zero, _fill(page)))
        return _timed(_fill(page), changes)

    yield _line(line, page, window, layer + 1, tags)


def _sweep(
    line: SetLine, moments: list[Moment], page: Page, window: Window, layer: int
) -> Iterator[str]:
    """The highlight colour runs through the line as it is spoken: the line twice, one clipped."""
    yield _line(line, page, window, layer + 1, lambda _: _fill(page))
    zero = page.start_ms(window[0])
    top, bottom = page.px(line.base - line.above - line.size), page.px(line.base + line.size)

    def clip(right: float) -> str:
        return f"\\clip(0,{top},{page.px(right)},{bottom})"

    left = line.words[0].left
    tags = clip(left)
    for word, moment in zip(line.words, moments, strict=True):
        begin = page.ms(moment.on) - zero
        end = page.ms(max(moment.on + 1, word.timed.end - page.first)) - zero
        right = word.left + word.width + page.style.outline_width
        if begin < 0 < end:  # the event begins while the word is spoken
            tags, begin = clip(left + (right - left) * -begin / (end - begin)), 0
        tags = clip(right) if end <= 0 else f"{tags}\\t({begin},{end},{clip(right)})"
        left = right
    yield _line(line, page, window, layer + 2, lambda _: _light(page), first=tags)


def _typed(
    line: SetLine, moments: list[Moment], page: Page, window: Window, layer: int
) -> Iterator[str]:
    """Words appear as they are spoken, each in the place it will have in the whole line."""
    zero = page.start_ms(window[0])

    def tags(index: int) -> str:
        colours = _resting(line.words[index], page)
        return colours + _timed(_HIDDEN, [(page.ms(moments[index].on) - zero, _SEEN)])

    yield _line(line, page, window, layer + 1, tags)


def _boxed(
    line: SetLine, moments: list[Moment], page: Page, window: Window, layer: int
) -> Iterator[str]:
    """A box in the highlight colour stands behind the spoken word."""
    zero = page.start_ms(window[0])
    width, shadow = page.px(page.style.outline_width), page.px(page.style.size * 0.045)
    bare = f"\\1c{colour(_ink(page), alpha=False)}\\bord0\\shad0"
    edged = f"\\bord{width}\\shad{shadow}"

    def tags(index: int) -> str:
        after = _resting(line.words[index], page) + edged
        moment = moments[index]
        changes = [(page.ms(moment.on) - zero, bare), (page.ms(moment.off) - zero, after)]
        return _timed(_fill(page) + edged, changes)

    for word, moment in zip(line.words, moments, strict=True):
        seen = page.window(moment.on + page.first, moment.off - moment.on)
        seen = _within(seen, window)
        if seen is not None:
            yield _box(word, line, page, seen, layer, fresh=seen[0] == moment.on)
    yield _line(line, page, window, layer + 1, tags)


def _popped(
    line: SetLine, moments: list[Moment], page: Page, window: Window, layer: int
) -> Iterator[str]:
    """The spoken word grows a little, over its neighbours, in the highlight colour.

    Each word is an event of its own, held by its middle: growing moves nothing else.
    """
    middle = line.base + (line.below - line.above) / 2
    for word, moment in zip(line.words, moments, strict=True):
        pieces, left, wide = tight(word, line, page)
        if not pieces:
            continue
        word = replace(word, pieces=pieces, width=wide)
        place = f"\\an5\\pos({page.px(left + wide / 2)},{page.px(middle)})"
        most = 1 + min(0.2, 2 * CAPTION_MARGINS["pop"] * line.size / max(wide, 1.0))
        spoken = (moment.on, moment.off)
        parts: list[tuple[Window | None, int, str | None]] = [
            ((window[0], min(window[1], spoken[0])), 1, _fill(page)),
            (_within(spoken, window), 2, None),
            ((max(window[0], spoken[1]), window[1]), 1, _resting(word, page)),
        ]
        for seen, over, tags in parts:
            if seen is None or seen[0] >= seen[1]:
                continue
            if tags is None:
                tags = _light(page) + _growth(spoken, seen, most, page)
            body = "".join(_body(word, line, page, {}))
            yield page.head("Caption", *seen, layer + over) + f"{{{place}{tags}}}{body}"


Style = Callable[[SetLine, list[Moment], Page, Window, int], Iterator[str]]

_STYLES: dict[str, Style] = {
    "karaoke": _lit,
    "fill": _sweep,
    "pop": _popped,
    "box": _boxed,
    "typewriter": _typed,
    "bilingual": _lit,
    "plain": _plain,
}


# ── what they share ───────────────────────────────────────────────────────────────────────────────


def _moments(lines: list[SetLine], caption: Caption, page: Page) -> list[Moment]:
    hold = to_frames(HOLD, page.rate)
    words = [word.timed for line in lines for word in line.words]
    moments: list[Moment] = []
    for index, word in enumerate(words):
        later = index + 1 < len(words)
        follows = words[index + 1].start if later else caption.start + caption.frames
        off = follows if follows - word.end <= hold else word.end
        moments.append(Moment(word.start - page.first, max(off, word.start + 1) - page.first))
    return moments


def _line(
    line: SetLine,
    page: Page,
    window: Window,
    layer: int,
    tags: Callable[[int], str],
    first: str = "",
) -> str:
    """A whole line as one event; `tags` says how the word of an index looks."""
    place = f"\\an2\\pos({page.px(page.width / 2)},{page.px(line.base + line.below)})"
    state: dict[str, object] = {}
    body = ""
    for index, word in enumerate(line.words):
        if word.pieces:
            body += "".join(_body(word, line, page, state, tags(index)))
    return page.head("Caption", *window, layer) + f"{{{place}{first}}}" + body


def _body(
    word: SetWord, line: SetLine, page: Page, state: dict[str, object], tags: str = ""
) -> Iterator[str]:
    """A word's letters, with the font named where it changes, and room where an emoji stands."""
    for piece in word.pieces:
        font = piece.font or cast("FontFile | None", state.get("font")) or line.font
        if state.get("font") != font:
            tags = font_tags(font, line.size, page) + tags
            state["font"] = font
        if piece.font is None:
            # A space as wide as the picture that will stand there.
            wide = emoji.WIDTH / space_width(font, page)
            yield f"{{{tags}\\fscx{100 * wide:.2f}}}\\h{{\\fscx100}}"
        else:
            yield (f"{{{tags}}}" if tags else "") + escape(piece.text)
        tags = ""


def _timed(before: str, changes: list[tuple[int, str]]) -> str:
    """Tags that change at instants, in milliseconds from the event's start.

    Each change says everything that the one before it did.
    """
    # libass reads a \t that ends at 0 as one that lasts the whole event, hence the plain tag for
    # what has happened before the event begins.
    tags = before
    for at, tag in changes:
        tags = tag if at <= 0 else f"{tags}\\t({at},{at},{tag})"
    return tags


def _within(seen: Window | None, window: Window) -> Window | None:
    if seen is None:
        return None
    both = max(seen[0], window[0]), min(seen[1], window[1])
    return both if both[0] < both[1] else None


def _fill(page: Page) -> str:
    return f"\\1c{colour(page.style.fill, alpha=False)}"


def _light(page: Page) -> str:
    return f"\\1c{colour(page.style.highlight, alpha=False)}"


def _resting(word: SetWord, page: Page) -> str:
    return _light(page) if word.timed.strong else _fill(page)


def _growth(spoken: Window, seen: Window, most: float, page: Page) -> str:
    """Sizes of a popping word over the event that shows it."""
    zero = page.start_ms(seen[0])
    on, off = page.ms(spoken[0]) - zero, page.ms(spoken[1]) - zero
    quick = min(1.0, (off - on) / (_IN + _SETTLE + _OUT))

    def grow(begin: float, end: float, size: float) -> str:
        shape = f"\\fscx{size * 100:.1f}\\fscy{size * 100:.1f}"
        last = round(end)
        return shape if last <= 0 else f"\\t({round(begin)},{last},{shape})"

    tags = grow(on, on + _IN * quick, most)
    tags += grow(on + _IN * quick, on + (_IN + _SETTLE) * quick, 1 + (most - 1) * _STAYS)
    return tags + grow(off - _OUT * quick, off, 1.0)


def _box(word: SetWord, line: SetLine, page: Page, seen: Window, layer: int, *, fresh: bool) -> str:
    size, pad = line.size, CAPTION_MARGINS["box"] * line.size
    wide, high = word.core + 2 * pad, size * 1.18
    x = word.left + word.core / 2
    y = line.base + size * DESCENT - high / 2
    corner = min(page.style.corner * size, high / 2)
    path = _rounded(wide * page.factor, high * page.factor, corner * page.factor)
    grow = "\\fscx86\\fscy86\\t(0,70,\\fscx100\\fscy100)" if fresh else ""
    tags = f"\\an5\\pos({page.px(x)},{page.px(y)}){_light(page)}\\bord0\\shad0{grow}\\p1"
    return page.head("Caption", *seen, layer) + f"{{{tags}}}{path}"


def _rounded(wide: float, high: float, corner: float) -> str:
    """A box with round corners as an ASS drawing, from 0, 0."""
    w, h, r = round(wide), round(high), round(corner)
    if r < 1:
        return f"m 0 0 l {w} 0 {w} {h} 0 {h}"
    k = round(r * 0.45)  # control points of a quarter circle, seen from the corner
    return (
        f"m {r} 0 l {w - r} 0 b {w - k} 0 {w} {k} {w} {r} l {w} {h - r} "
        f"b {w} {h - k} {w - k} {h} {w - r} {h} l {r} {h} b {k} {h} 0 {h - k} 0 {h - r} "
        f"l 0 {r} b 0 {k} {k} 0 {r} 0"
    )


def _ink(page: Page) -> str:
    """The colour of letters on the highlight colour: the one of the style's two that is clearer."""
    behind = _light_of(page.style.highlight)

    def contrast(name: str) -> float:
        one, two = sorted((_light_of(name), behind))
        return (two + 0.05) / (one + 0.05)

    return max((page.style.outline, page.style.fill), key=contrast)


def _light_of(name: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2)."""
    parts = [int(name[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
