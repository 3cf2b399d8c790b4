"""What is said and had better not been: filler words, and takes that were begun again.

Only a transcript can tell them, and a transcript's times are rough. So nothing is taken out unless
the sound agrees: there must be a gap on both sides to cut in, and that is where it is cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from reelwright.core.nouns import Word

Stretch = tuple[float, float]

ALWAYS = frozenset(("嗯", "呃", "额", "唔", "em", "um", "uh", "uhm", "er", "erm", "hm", "mhm"))
"""Words that say nothing wherever they stand, however long they are drawn."""
ALONE = frozenset(("啊", "哦", "那个", "这个", "就是", "就是说", "然后", "like", "so", "well"))
"""Words that say something in a sentence, and nothing where pauses set them apart."""
PHRASES = (("you", "know"), ("i", "mean"), ("sort", "of"), ("kind", "of"))
"""Fillers of two words, which say nothing where pauses set them apart."""
_GAP = 0.05
"""Seconds of gap at each side of a word that always is a filler."""
_APART = 0.14
"""Seconds at each side of one that only is where it stands apart."""
_LONGEST = 1.6
"""Seconds: what lasts longer is no filler, or its times are wrong."""
_REACH = 0.3
"""Seconds by which the times of a transcript may be off."""

_AGAIN = 20.0
"""Seconds after its beginning in which a take is begun again."""
_PAUSE = 0.18
"""Seconds between two phrases, at least; a comma parts them too."""
_LEAST = {"zh": 4, "en": 3}
"""Characters, or words, that a take has at least."""
_EXCUSE = {"zh": 8, "en": 5}
"""What may be said between two takes ("sorry, once more"), at most."""
_BROKEN, _WHOLE = 0.74, 0.86
"""How alike what follows must be to a take that was broken off, and to one that was not: sentences
that begin alike on purpose go on to say something else."""
_SENTENCE = re.compile(r"(?<!\.)[。！？!?.][”’」』）)\]\"'\s]*$")
_COMMA = re.compile(r"[，、；：,;:—…-]\W*$|\.\.\W*$")


def find_fillers(words: Sequence[Word], gaps: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """The stretches of filler words, from gap to gap, in order.

    Args:
        words: of a transcript, in order.
        gaps: where nothing is heard (`speech.find_gaps`).
    """
    found: list[Stretch] = []
    index = 0
    while index < len(words):
        count, apart = _filler_at(words, index)
        if count:
            start, end = words[index].start, words[index + count - 1].end
            cut = _between(start, end, gaps, _APART if apart else _GAP)
            if cut and cut[1] - cut[0] <= _LONGEST and not _holds(cut, words, index, count):
                found.append(cut)
        index += max(1, count)
    return tuple(found)


def _filler_at(words: Sequence[Word], index: int) -> tuple[int, bool]:
    """How many words from here on are a filler, and whether only where they stand apart."""
    first = bare(words[index].text)
    run = index
    while run < len(words) and _is_always(words[run]):
        run += 1
    if run > index:
        return run - index, False
    if index + 1 < len(words) and (first, bare(words[index + 1].text)) in PHRASES:
        return 2, True
    # Chinese transcripts come by the character.
    pair = first + bare(words[index + 1].text) if index + 1 < len(words) else ""
    if len(pair) == 2 and pair in ALONE and not pair.isascii():
        return 2, True
    return (1, True) if first in ALONE else (0, False)


def _is_always(word: Word) -> bool:
    return re.sub(r"(.)\1+", r"\1", bare(word.text)) in ALWAYS


def _between(start: float, end: float, gaps: Sequence[Stretch], least: float) -> Stretch | None:
    """The sound between the gaps before and after a word; None where it leans on a neighbour."""
    middle = (start + end) / 2
    wide = [gap for gap in gaps if gap[1] - gap[0] >= least]
    before = [gap for gap in wide if gap[1] <= middle and gap[1] >= start - _REACH]
    after = [gap for gap in wide if gap[0] >= middle and gap[0] <= end + _REACH]
    if not before or not after:
        return None
    return before[-1][1], after[0][0]


def _holds(cut: Stretch, words: Sequence[Word], index: int, count: int) -> bool:
    """Whether a stretch holds another word, or most of one."""
    near = [*words[max(0, index - 3) : index], *words[index + count : index + count + 3]]
    return any(cut[0] < (word.start + word.end) / 2 < cut[1] for word in near)


def find_repeats(words: Sequence[Word], language: str) -> tuple[Stretch, ...]:
    """The stretches of takes that were begun again, in order.

    Of takes of one thing, one right after the other, the last complete one is kept. What is
    repeated within a few words ("no, no, no") is how people talk, and sentences that only begin
    alike are rhetoric; both stay.

    Args:
        words: of a transcript, in order.
        language: ``zh`` counts characters, anything else words.
    """
    said = [(unit, index) for index, word in enumerate(words) for unit in _units(word, language)]
    starts = [at for at in range(len(said)) if _begins(words, said, at)]
    gone: list[tuple[int, int]] = []
    for place, first in enumerate(starts):
        if gone and first < gone[-1][1]:
            continue
        then = _again(words, said, starts, place, language)
        if then is not None:
            gone.append((first, then))
            continue
        then = _given_up(words, said, starts, place, language)
        if then is not None:
            gone.append(then)
    return tuple(
        (words[said[first][1]].start, words[said[then - 1][1]].end) for first, then in gone
    )


Said = Sequence[tuple[str, int]]


def _again(
    words: Sequence[Word], said: Said, starts: Sequence[int], place: int, language: str
) -> int | None:
    """Where the take that begins here is begun again; None where it is not."""
    least, excuse = _LEAST.get(language, 3), _EXCUSE.get(language, 5)
    first = starts[place]
    found: int | None = None
    for number, then in enumerate(starts[place + 1 :], place + 1):
        if words[said[then][1]].start - words[said[first][1]].start > _AGAIN:
            break
        for end in starts[place + 1 : number + 1]:
            long = end - first
            if long < least or then - end > excuse or len(said) - then < min(long, least):
                continue
            whole = bool(_SENTENCE.search(words[said[end - 1][1]].text))
            if whole and not 0.8 * long <= _length(words, said, then) <= 1.2 * long:
                continue
            if _alike(said, first, then, long) >= (_WHOLE if whole else _BROKEN):
                found = then
        if found:
            break
    return found


def _given_up(
    words: Sequence[Word], said: Said, starts: Sequence[int], place: int, language: str
) -> tuple[int, int] | None:
    """The try that follows the complete take that begins here, if it was broken off."""
    least = _LEAST.get(language, 3)
    first = starts[place]
    ends = [end for end in starts[place + 1 :] if _SENTENCE.search(words[said[end - 1][1]].text)]
    if not ends:
        return None
    then = ends[0]
    stop = next((at for at in starts if at > then), len(said))
    long = stop - then
    broken = not _SENTENCE.search(words[said[stop - 1][1]].text)
    if broken and least <= long < then - first and _alike(said, then, first, long) >= _WHOLE:
        return then, stop
    return None


def _length(words: Sequence[Word], said: Said, first: int) -> int:
    """How many units the sentence has that begins here."""
    for at in range(first, len(said)):
        if _SENTENCE.search(words[said[at][1]].text):
            return at + 1 - first
    return len(said) - first


def _alike(said: Said, first: int, then: int, long: int) -> float:
    """How alike so many units from two places on are, 0 to 1; they must begin with the same."""
    a = [unit for unit, _ in said[first : first + long]]
    b = [unit for unit, _ in said[then : then + long]]
    if a[0] != b[0]:
        return 0.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _begins(words: Sequence[Word], said: Said, at: int) -> bool:
    """Whether a phrase begins with a unit."""
    index = said[at][1]
    if at == 0:
        return True
    if said[at - 1][1] == index:
        return False
    before = words[said[at - 1][1]]
    parted = _SENTENCE.search(before.text) or _COMMA.search(before.text)
    return bool(parted) or words[index].start - before.end >= _PAUSE


def _units(word: Word, language: str) -> list[str]:
    if language == "zh":
        return [char for char in word.text.lower() if char.isalnum()]
    return [unit for unit in (bare(part) for part in word.text.split()) if unit]


def settle_in_gaps(cuts: Sequence[Stretch], gaps: Sequence[Stretch]) -> tuple[Stretch, ...]:
    """Stretches whose edges are moved to the sound's, where a gap is near enough to be meant."""
    settled: list[Stretch] = []
    for start, end in cuts:
        begins = [gap[1] for gap in gaps if abs(gap[1] - start) <= _REACH]
        ends = [gap[0] for gap in gaps if abs(gap[0] - end) <= _REACH]
        first = min(begins, key=lambda at: abs(at - start), default=start)
        last = min(ends, key=lambda at: abs(at - end), default=end)
        settled.append((first, last) if first < last else (start, end))
    return tuple(settled)


def bare(text: str) -> str:
    """A word without case, white space and punctuation."""
    return re.sub(r"[^\w]+", "", text).lower()
