"""What engines say of words, as a `Transcript` wants it: whole text, rising times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reelwright.core.nouns import Word

LANGUAGES = {
    "chinese": "zh",
    "mandarin": "zh",
    "cantonese": "yue",
    "english": "en",
    "japanese": "ja",
    "korean": "ko",
    "french": "fr",
    "german": "de",
    "spanish": "es",
    "russian": "ru",
    "portuguese": "pt",
    "italian": "it",
}
"""Names by which services call languages → codes."""
PROMPTS = {
    "zh": "嗯，那个，以下是普通话的句子，停顿和语气词也写下来。",
    "en": "Um, uh, so, like, this is a verbatim transcript, you know, with every filler word.",
}
"""Said before the recording: engines then punctuate, and leave fillers in rather than out."""
_SHORTEST = 0.02
"""Seconds a word lasts at least."""
_AHEAD = 24
"""How many characters further on a word is looked for in the text."""


def language_code(name: str) -> str:
    """A language as a code: ``Chinese`` → ``zh``, ``en-US`` → ``en``."""
    plain = name.strip().lower()
    return LANGUAGES.get(plain, plain.replace("_", "-").split("-")[0])


def place_words(text: str, heard: Iterable[tuple[str, float, float]]) -> tuple[Word, ...]:
    """Words with the punctuation and white space that the whole text has after them.

    Services give words bare and the text apart from them. Each word is looked for where the one
    before it ended. Words that the text writes otherwise (``ten`` as 10) are one word, as the text
    has it; those it leaves out altogether stand for themselves.

    Args:
        text: all that was said.
        heard: words in order, with start and end in seconds.

    Returns:
        Words whose times never run backwards, each lasting a moment at least.
    """
    text = text.strip()
    lower = text.lower()
    found: list[tuple[str, float, float]] = []
    lost: list[tuple[str, float, float]] = []
    at = 0
    for word, start, end in heard:
        bare = word.strip()
        if not bare:
            continue
        place = lower.find(bare.lower(), at, at + len(bare) + _AHEAD)
        if place < 0:
            lost.append((bare, start, end))
            continue
        _fill(found, lost, text[at:place])
        lost = []
        at = place + len(bare)
        opening = text[:place] if not found else ""
        found.append((opening + text[place:at], start, end))
    _fill(found, lost, text[at:])
    return rising(found)


def _fill(
    found: list[tuple[str, float, float]], lost: list[tuple[str, float, float]], between: str
) -> None:
    """What stands between two words: words written otherwise, or what follows the first."""
    written = between.strip()
    if lost and any(map(str.isalnum, written)):
        before = between[: len(between) - len(between.lstrip())]
        if found and before:
            found[-1] = (found[-1][0] + before, *found[-1][1:])
        found.append((between.lstrip(), lost[0][1], lost[-1][2]))
        return
    if found:
        found[-1] = (found[-1][0] + between, *found[-1][1:])
    for word, start, end in lost:
        apart = word[0].isascii()
        if found and apart and not found[-1][0].endswith(" "):
            found[-1] = (found[-1][0] + " ", *found[-1][1:])
        found.append((word + (" " if apart else ""), start, end))


def rising(words: Sequence[tuple[str, float, float]]) -> tuple[Word, ...]:
    """Words whose times never run backwards nor overlap, even where an engine's do."""
    starts: list[float] = []
    for _, start, _ in words:
        starts.append(max(start, starts[-1] + _SHORTEST if starts else 0.0))
    made: list[Word] = []
    for index, (text, _, end) in enumerate(words):
        latest = starts[index + 1] if index + 1 < len(words) else float("inf")
        finish = min(max(end, starts[index] + _SHORTEST), latest)
        made.append(Word(text=text, start=round(starts[index], 3), end=round(finish, 3)))
    return tuple(made)


def spread(text: str, start: float, end: float) -> list[tuple[str, float, float]]:
    """The words of a stretch whose own times nobody told, by their lengths.

    Text without spaces (Chinese) is taken character by character.
    """
    pieces: list[str] = []
    for part in text.split():
        pieces += list(part) if any("㐀" <= char <= "鿿" for char in part) else [part]
    total = sum(map(len, pieces))
    spoken: list[tuple[str, float, float]] = []
    at = 0
    for piece in pieces:
        begin = start + (end - start) * at / total
        at += len(piece)
        spoken.append((piece, begin, start + (end - start) * at / total))
    return spoken
