"""Where a spoken line is cut into captions, and a caption into lines. Pure: no clock, no fonts.

The unit is the atom: a word with the punctuation that may not part from it. Both cuts are found by
the least total cost over all ways to cut, so one bad cut is never the price of a good one before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.core.nouns import Language, Word

OPENING = frozenset("“‘「『（《〈【〔([{$¥￥£€#@&+-−～~<")
"""What belongs to the word after it."""
_SENTENCE = re.compile(r"[。！？!?…][”’」』）》)\]\"'\s]*$|(?<![.\s])\.[”’)\]\"']*\s*$")
_CLAUSE = re.compile(r"[，、；：,;:—][”’」』）》)\]\"'\s]*$")
_SHORT = re.compile(
    r"^(?:[A-Za-z]|(?:[A-Za-z]\.)+[A-Za-z]?|mrs?|ms|dr|st|vs|etc|no|fig)\.\s*$", re.I
)
# A line does not end on what introduces the next word, nor begin on what completes the last one.
_LEADER = re.compile(
    r"(?:a|an|the|of|to|in|on|at|by|for|with|from|and|or|but|is|are|was|were|be|been|not|no|its|"
    r"your|my|our|their|his|her|this|that|these|as|if|than|i|you|he|she|we|they|"
    r"和|与|或|在|把|被|从|对|向|给|让|是|不|没|很|最|更|这|那|每|一|第|因为|所以|如果|但是|但|而|就|也|都|还|大|小|新|老)",
    re.IGNORECASE,
)
_TRAILERS = frozenset("的了着过吗呢吧啊们得地里上下中后前时个种等")


@dataclass(frozen=True)
class Atom:
    """Words that stay together: `first` to `last` (exclusive) index the words it was made from."""

    first: int
    last: int
    text: str
    start: float
    end: float


@dataclass(frozen=True)
class Room:
    """What a line holds.

    Attributes:
        width: of the safe area, in ems.
        units: of a line that reads easily: characters of Chinese, letters of English.
        narrow: what a Latin letter or digit counts for: half a character within Chinese.
        ideal: width of a good caption, in ems.
    """

    width: float
    units: int
    narrow: float
    ideal: float


def is_wide(char: str) -> bool:
    """Whether a character fills a whole em: Chinese, kana, hangul, and full-width forms."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0x9FFF
        or 0xAC00 <= code <= 0xD7A3
        or 0xF900 <= code <= 0xFAFF
        or 0xFE30 <= code <= 0xFE4F
        or 0xFF01 <= code <= 0xFF60
        or 0x20000 <= code <= 0x3FFFF
    )


def has_sound(text: str) -> bool:
    """Whether there is a letter, a digit or a symbol that is read: not mere punctuation."""
    return any(char.isalnum() or char in "%‰℃°+=×÷" for char in text)


def atoms(words: Sequence[Word]) -> list[Atom]:
    """Words joined where no line may end between them: at punctuation, inside numbers."""
    found: list[Atom] = []
    pending: int | None = None  # first word of opening punctuation that waits for its word
    for index, word in enumerate(words):
        if not has_sound(word.text):
            opens = word.text.strip() and all(char in OPENING for char in word.text.strip())
            if opens or not found:
                pending = index if pending is None else pending
            elif pending is None:
                found[-1] = _grown(found[-1], words, index + 1)
            continue
        first = index if pending is None else pending
        pending = None
        atom = Atom(
            first, index + 1, _joined(words, first, index + 1), words[index].start, word.end
        )
        if found and _tied(found[-1].text, atom.text):
            last = found[-1]
            atom = Atom(last.first, atom.last, last.text + atom.text, last.start, atom.end)
            found[-1] = atom
        else:
            found.append(atom)
    if pending is not None and found:
        found[-1] = _grown(found[-1], words, len(words))
    return _terms_whole(found)


_TERM = re.compile(r"《[^《》]{1,8}》|「[^「」]{1,8}」|『[^『』]{1,8}』|“[^“”]{1,8}”")


def _terms_whole(items: Sequence[Atom]) -> list[Atom]:
    """A title or a term in marks (《…》, “…”) as one atom, if it is short enough for a line."""
    text = "".join(item.text for item in items)
    spans = [match.span() for match in _TERM.finditer(text)]
    whole: list[Atom] = []
    at = 0
    for item in items:
        if whole and any(start < at < end for start, end in spans):
            last = whole[-1]
            whole[-1] = Atom(last.first, item.last, last.text + item.text, last.start, item.end)
        else:
            whole.append(item)
        at += len(item.text)
    return whole


def _joined(words: Sequence[Word], first: int, last: int) -> str:
    return "".join(word.text for word in words[first:last])


def _grown(atom: Atom, words: Sequence[Word], last: int) -> Atom:
    return Atom(atom.first, last, _joined(words, atom.first, last), atom.start, atom.end)


def _tied(before: str, after: str) -> bool:
    """Whether two neighbours make one word or number: no space and no Chinese between them."""
    if before[-1].isspace():
        return False
    a, b = before[-1], after[0]
    if a in OPENING or a in "/／" or not (b.isalnum() or b in OPENING or is_wide(b)):
        return True
    return (a.isalnum() or a in ".,:/'’-") and b.isalnum() and not is_wide(a) and not is_wide(b)


def cut(
    items: Sequence[Atom], widths: Sequence[float], room: Room, language: Language
) -> list[int]:
    """Where captions end: indices after their last atoms, the last being ``len(items)``.

    Args:
        items: what is said.
        widths: of each atom's text, in ems.
        room: what a line holds.
        language: ``zh`` prefers captions of one line, ``en`` of up to two.
    """
    best = [0.0] + [float("inf")] * len(items)
    back = [0] * (len(items) + 1)
    for end in range(1, len(items) + 1):
        for begin in range(end - 1, -1, -1):
            lines = fold(items[begin:end], widths[begin:end], room)
            if lines is None and end - begin > 1:
                break
            cost = best[begin] + _cue_cost(items, widths, begin, end, lines, room, language)
            if cost < best[end]:
                best[end], back[end] = cost, begin
    cuts: list[int] = []
    at = len(items)
    while at:
        cuts.append(at)
        at = back[at]
    return cuts[::-1]


def fold(items: Sequence[Atom], widths: Sequence[float], room: Room) -> int | None:
    """Where a caption's second line begins: 0 if one line is enough, None if two are too few.

    The two lines are as equal as the words allow, and rather cut at a comma than within a clause.
    """
    total = sum(widths)
    if total <= room.width and _units(items, room) <= room.units:
        return 0
    best: tuple[float, int] | None = None
    upper = 0.0
    for at in range(1, len(items)):
        upper += widths[at - 1]
        lower = total - upper
        if max(upper, lower) > room.width:
            continue
        if max(_units(items[:at], room), _units(items[at:], room)) > room.units * 1.15:
            continue
        cost = abs(upper - lower) / total + 0.25 * _roughness(items[at - 1], items[at])
        if best is None or cost < best[0]:
            best = (cost, at)
    return best[1] if best else None


def _units(items: Sequence[Atom], room: Room) -> float:
    text = "".join(item.text for item in items).strip()
    return sum(1 if is_wide(char) else room.narrow for char in text)


def _cue_cost(
    items: Sequence[Atom],
    widths: Sequence[float],
    begin: int,
    end: int,
    lines: int | None,
    room: Room,
    language: Language,
) -> float:
    width = sum(widths[begin:end])
    cost = 1.0  # a caption more is a jump for the eye
    if end < len(items):
        cost += 2.2 * _roughness(items[end - 1], items[end])
        pause = items[end].start - items[end - 1].end
        cost -= min(max(pause, 0.0), 0.6) * 2
    for at in range(begin, end - 1):
        if is_sentence_end(items[at], items[at + 1]):
            cost += 6
        elif _CLAUSE.search(items[at].text):
            cost += 0.5 + 0.12 * width
        cost += min(max(items[at + 1].start - items[at].end - 0.25, 0.0), 1.0) * 5
    cost += 3.0 * ((width - room.ideal) / room.ideal) ** 2
    cost += 20 * max(0.0, 0.5 - width / room.ideal)
    if lines is None:
        cost += 50
    elif lines and language == "zh":
        cost += 1.2
    seconds = (items[end].start if end < len(items) else items[end - 1].end) - items[begin].start
    return cost + max(0.0, 0.8 - seconds) * 8 + max(0.0, seconds - 4.0)


def _roughness(before: Atom, after: Atom) -> float:
    """How much a cut between two atoms hurts: 0 at a sentence's end, 1 within a clause."""
    if is_sentence_end(before, after):
        return 0.0
    if _CLAUSE.search(before.text):
        return 0.35
    cost = 1.0
    leads = _LEADER.fullmatch(before.text.strip()) or _SHORT.match(before.text)
    if leads or after.text.strip() in _TRAILERS:
        cost += 0.9
    if before.text[-1].isdigit() or (
        before.text.strip()[-1].isdigit() and after.text[:1].isalpha()
    ):
        cost += 1.5
    if before.text.strip()[-1].isdigit() and after.text[:1].isdigit():
        cost += 1.5
    return cost


def is_sentence_end(before: Atom, after: Atom) -> bool:
    """Whether a sentence ends between two atoms; an abbreviation's full stop ends none."""
    if not _SENTENCE.search(before.text):
        return False
    return not (_SHORT.match(before.text) or after.text[:1].islower())
