"""Setting text: where lines break, and how large letters may be to fit a box.

Works on tokens (words with what follows them) and a function that measures them, and knows nothing
of fonts or pixels. Closing punctuation never starts a line and opening punctuation never ends one;
lines are balanced, prefer to end at punctuation, and none is left with a single character.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, inf

CLOSING = "，。、；：？！）】》」』’”…—,.;:?!)]}%‰℃°"
OPENING = "（【《「『‘“([{$¥￥£€#@"
PAUSES = "，。、；：？！,;:?!…—"
"""A line that ends after one of these ends where a reader would breathe."""

_QUOTED = {"《": "》", "「": "」", "『": "』", "“": "”", "〈": "〉"}
_LONGEST_TERM = 14
"""Characters up to which what stands between such marks is kept in one line where it fits."""
_NEVER = 10**9


_LEAN_ZH = """
不 没 没有 很 更 最 太 都 也 就 把 被 让 给 在 从 对 比 和 与 或 跟 并 再 还 又 才 只 别 请 一
这 那 每 各 该 按 用 向 往 由 因 为 以 而 但 越 会 要 能 可 将 已 所 比较 非常 十分 不是 不会
不要 不能 如果 因为 所以 但是 可以 一个 一种 这个 那个
"""
_LEAN_EN = """
a an the of to in on at for with and or by is are was were be not no my your our their his her its
this that these those from as than into if but so very more most
"""
_LEANS = frozenset((_LEAN_ZH + _LEAN_EN).split())
"""Words that belong to the next: a line that ends in one leaves the reader hanging."""
_TIGHT = frozenset("不没很更最太别一") | {"a", "an", "the"}
"""Those of them that mean nothing before what follows is read."""
_NUMERALS = "零一二两三四五六七八九十百千万亿"
_CLINGS = "的地得了着过吗呢吧啊呀们者性"
"""What clings to the word before, where a segmenter left it alone."""


@dataclass(frozen=True)
class Token:
    """A word, with the space and punctuation that follow it."""

    text: str
    strong: bool = False
    """Whether it is highlighted."""


Line = tuple[Token, ...]
Measure = Callable[[str], float]
"""The width of a text in ems."""


@dataclass(frozen=True)
class Setting:
    """A text set into lines at a size."""

    lines: tuple[Line, ...]
    size: float
    """Height of the em in pixels."""
    leading: float
    """Distance between baselines, in ems."""
    width: float
    """The widest line, in pixels."""

    @property
    def height(self) -> float:
        """From the top of the first em to the bottom of the last, in pixels."""
        return self.size * (1 + self.leading * (len(self.lines) - 1)) if self.lines else 0.0


def tie(tokens: Sequence[Token]) -> list[Token]:
    """Join tokens that must not be parted: closing marks to the word before, opening to the next.

    Line breaks inside tokens become spaces.
    """
    tied: list[Token] = []
    for token in tokens:
        text = " ".join(token.text.split("\n")) if "\n" in token.text else token.text
        if not text:
            continue
        before = tied[-1].text if tied else ""
        bare = before.strip()
        closes = text.strip() and text.strip()[0] in CLOSING + '"' and not before.endswith(" ")
        # A straight quotation mark opens after a space, and closes after anything else.
        opened = bare and (bare[-1] in OPENING or before.endswith(' "'))
        opened = opened or before == '"'
        if tied and (closes or opened or not text.strip()):
            tied[-1] = Token(before + text, tied[-1].strong or (token.strong and bool(opened)))
        else:
            tied.append(Token(text, token.strong))
    return tied


def set_text(
    tokens: Sequence[Token],
    measure: Measure,
    box: tuple[float, float],
    *,
    largest: float,
    smallest: float,
    leading: float = 1.25,
    most_lines: int = 99,
) -> Setting:
    """Set tokens at the largest size at which they fit the box.

    Words are kept whole if a size at least half of `largest` allows it. A text that does not fit
    even at `smallest` is cut there, ending in ``…``.

    Args:
        tokens: the text; see `Token`.
        measure: width of a text in ems.
        box: width and height in pixels.
        largest: size to start from, in pixels.
        smallest: size to stop at.
        leading: distance between baselines in ems.
        most_lines: never more lines than this.
    """
    words = tie(tokens)
    if not words:
        return Setting((), largest, leading, 0.0)
    # Latin words are cut only where even the smallest letters do not fit them into a line.
    broken = _split(words, lambda word: measure(word.rstrip()) * smallest > box[0])
    sizes = _sizes(largest, smallest)
    for size in sizes:
        room = min(most_lines, int((box[1] / size - 1) / leading + 1.0001))
        whole = size >= largest / 2
        found = _try(words if whole else broken, measure, box[0] / size, room)
        if found is None:
            continue
        # A little smaller is better where lines then end at pauses.
        best, best_size = found, size
        for smaller in sizes:
            if whole and 0.66 * size <= smaller < size:
                room = min(most_lines, int((box[1] / smaller - 1) / leading + 1.0001))
                other = _try(words, measure, box[0] / smaller, room)
                if other and other[1] + 0.45 * (1 - smaller / size) < best[1] + 0.45 * (
                    1 - best_size / size
                ):
                    best, best_size = other, smaller
        return _setting(best[0], measure, best_size, leading)
    size = sizes[-1]
    room = max(1, min(most_lines, int((box[1] / size - 1) / leading + 1.0001)))
    # Enough for a line to hold something, however narrow the box.
    kept, low, high = None, 1, len(broken) - 1
    while low <= high:
        middle = (low + high) // 2
        last = broken[middle - 1]
        ended = [*broken[: middle - 1], Token(last.text.rstrip() + "…", last.strong)]
        if _lines_needed(ended, measure, box[0] / size) <= room:
            kept, low = ended, middle + 1
        else:
            high = middle - 1
    found = _try(kept, measure, box[0] / size, room) if kept else None
    return _setting(found[0] if found else [tuple(broken[:1])], measure, size, leading)


def break_lines(tokens: Sequence[Token], measure: Measure, width: float) -> list[Line]:
    """Break tokens into balanced lines no wider than `width` ems (words that are get split)."""
    words = tie(tokens)
    found = _try(words, measure, width, 999) or _try(
        _split(words, lambda _: True), measure, width, 999
    )
    return found[0] if found else []


def _sizes(largest: float, smallest: float) -> list[float]:
    sizes = [largest]
    while sizes[-1] * 0.965 > smallest:
        sizes.append(sizes[-1] * 0.965)
    return [*sizes, min(smallest, largest)]


def _split(words: Sequence[Token], cut: Callable[[str], bool]) -> list[Token]:
    """Tokens of single characters, with closing and opening punctuation kept in place.

    Words that hold no Chinese stay whole unless `cut` says so.
    """
    parts: list[Token] = []
    for word in words:
        whole = all(ord(char) < 0x2E80 for char in word.text) and not cut(word.text)
        pieces = [word.text] if whole else list(word.text)
        parts += [Token(piece, word.strong) for piece in pieces]
    return tie(parts)


def _try(
    words: Sequence[Token], measure: Measure, width: float, room: int
) -> tuple[list[Line], float] | None:
    """Balanced lines and their cost, or None where `room` lines of `width` ems are too few."""
    if room < 1:
        return None
    count = _lines_needed(words, measure, width)
    if count > room or count == _NEVER:
        return None
    full = [measure(word.text) for word in words]
    bare = [measure(word.text.rstrip()) for word in words]
    # One line more than needed, where that lets lines end at pauses.
    even = _balance(words, full, bare, width, count)
    if count < 2 or count >= room:
        return even
    more = _balance(words, full, bare, width, count + 1)
    return more if more[1] + 0.06 < even[1] else even


def _lines_needed(words: Sequence[Token], measure: Measure, width: float) -> int:
    """The fewest lines of `width` ems that hold the words; `_NEVER` where one is wider."""
    count, used = 1, 0.0
    for word in words:
        # What ends a line loses its trailing space.
        bare = measure(word.text.rstrip())
        if bare > width:
            return _NEVER
        if used + bare > width and used:
            count, used = count + 1, 0.0
        used += measure(word.text)
    return count


def _balance(
    words: Sequence[Token], full: Sequence[float], bare: Sequence[float], width: float, count: int
) -> tuple[list[Line], float]:
    """The most even way to set words in exactly `count` lines, and its cost for each line."""
    total = len(words)
    sums = [0.0]
    for each in full:
        sums.append(sums[-1] + each)
    even = sums[-1] / count

    inside = _terms(words)
    parting = [
        _parting(words[at - 1].text, words[at].text) + 2.5 * inside[at] for at in range(1, total)
    ]

    # Asked for by every row of the search.
    @cache
    def cost(first: int, last: int) -> float:
        length = sums[last - 1] - sums[first] + bare[last - 1]
        if length > width:
            return inf
        price = ((length - even) / max(even, 1e-6)) ** 2
        text = "".join(word.text for word in words[first:last]).strip()
        if last < total:
            # A break where one breathes reads better than a perfectly even one.
            price += parting[last - 1]
            # 倒掉，因为听说|…: the end of one clause and the start of the next make no line.
            if text[-1:] not in PAUSES and any(char in "，；,;" for char in text[:-1]):
                price += 0.3
        if len(text.rstrip(CLOSING)) < 2 and count > 1:
            price += 4.0
        # A sentence that ends inside a line is missed.
        price += 0.5 * sum(char in "。！？!?" for char in text[:-1].rstrip(CLOSING))
        # Nor does a line read well that opens with the last character of a clause.
        if first > 0 and text[1:2] in PAUSES:
            price += 0.4
        return price

    best = [[inf] * (total + 1) for _ in range(count + 1)]
    came = [[0] * (total + 1) for _ in range(count + 1)]
    best[0][0] = 0.0
    for row in range(1, count + 1):
        for last in range(row, total + 1):
            for first in range(last - 1, row - 2, -1):
                price = cost(first, last)
                if price == inf and first < last - 1:
                    break
                if best[row - 1][first] + price < best[row][last]:
                    best[row][last] = best[row - 1][first] + price
                    came[row][last] = first
    lines: list[Line] = []
    last = total
    for row in range(count, 0, -1):
        first = came[row][last]
        lines.append(tuple(words[first:last]))
        last = first
    lines.reverse()
    return lines, best[count][total] / count


def _terms(words: Sequence[Token]) -> list[bool]:
    """Before which words a line would break inside a title or a term in marks (《…》, 「…」)."""
    text = "".join(word.text for word in words)
    held = [False] * (len(text) + 1)
    for at, char in enumerate(text):
        end = text.find(_QUOTED[char], at) if char in _QUOTED else -1
        if at < end <= at + _LONGEST_TERM:
            held[at + 1 : end + 1] = [True] * (end - at)
    found, at = list[bool](), 0
    for word in words:
        found.append(held[at])
        at += len(word.text)
    return found


def _parting(before: str, after: str) -> float:
    """What it costs to break a line between two words: negative where one breathes."""
    bare, opens = before.strip(), after[:1]
    if bare[-1:] in PAUSES:
        return -0.3
    if bare[-1:] in _NUMERALS and opens in _NUMERALS:
        return 1.2
    word = bare.lower().lstrip(OPENING)
    if opens in _CLINGS and len(after.rstrip().rstrip(CLOSING)) == 1:
        return 1.2
    if bare[-1:].isdigit() and not opens.isspace():
        return 1.0 if before == bare or opens.isdigit() else 0.4
    if word in _LEANS:
        return 1.1 if word in _TIGHT else 0.6
    # 干净的|杯子: a noun follows; 喝|8杯水: so does what is counted.
    return 0.15 if word.endswith("的") or opens.isdigit() else 0.0


def _setting(lines: Sequence[Line], measure: Measure, size: float, leading: float) -> Setting:
    width = max((measure("".join(t.text for t in line).rstrip()) for line in lines), default=0.0)
    return Setting(tuple(lines), size, leading, ceil(width * size))
