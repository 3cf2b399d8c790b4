"""Filler words and takes begun again: told by the transcript, believed where the sound agrees."""

from __future__ import annotations

import pytest

from reelwright.core.nouns import Word
from reelwright.edit.cut.fillers import find_fillers, find_repeats


def spoken(text: str, language: str = "en") -> list[Word]:
    """Words 0.3 s long; ``|`` is a pause of 0.4 s."""
    words: list[Word] = []
    at = 0.0
    parts = text.split() if language == "en" else list(text)
    for part in parts:
        if part == "|":
            at += 0.4
        elif words and not any(map(str.isalnum, part)):
            words[-1] = words[-1].model_copy(update={"text": words[-1].text + part})
        else:
            words.append(
                Word(text=part + (" " if language == "en" else ""), start=at, end=at + 0.3)
            )
            at += 0.3
    return words


def gaps(words: list[Word]) -> list[tuple[float, float]]:
    found = [(-1.0, 0.0)]
    for before, after in zip(words, words[1:], strict=False):
        if after.start - before.end > 0.01:
            found.append((before.end, after.start))
    return [*found, (words[-1].end, words[-1].end + 1)]


def left(words: list[Word], gone: tuple[tuple[float, float], ...]) -> str:
    """What is still said."""
    kept = [
        word.text
        for word in words
        if not any(a <= (word.start + word.end) / 2 <= b for a, b in gone)
    ]
    return "".join(kept).strip()


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("tea | um, | is good", "tea is good", "en"),
        ("Um, | tea is good", "tea is good", "en"),
        ("tea | ummm | uh | is good", "tea is good", "en"),
        ("tea | um uh, | is good", "tea is good", "en"),
        # No gap to cut in: it stays.
        ("tea um is | good", "tea um is good", "en"),
        # These say something unless pauses set them apart.
        ("I | like | tea", "I tea", "en"),
        ("I like tea | so much", "I like tea so much", "en"),
        ("it | you know | works", "it works", "en"),
        ("you know that | it works", "you know that it works", "en"),
        ("茶|嗯，|很好喝", "茶很好喝", "zh"),
        ("茶|那个，|很好喝", "茶很好喝", "zh"),
        ("那个人|很好", "那个人很好", "zh"),
    ],
)
def test_fillers_go_where_pauses_set_them_apart(text: str, said: str, language: str) -> None:
    words = spoken(text, language)
    assert left(words, find_fillers(words, gaps(words))) == said


def test_rough_times_of_a_transcript_are_moved_to_the_gaps() -> None:
    words = [
        Word(text="tea ", start=0.0, end=0.55),
        Word(text="um ", start=0.55, end=1.3),
        Word(text="works", start=1.3, end=1.6),
    ]
    sound = [(-1.0, 0.0), (0.4, 0.7), (1.0, 1.25), (1.6, 2.0)]
    assert find_fillers(words, sound) == ((0.7, 1.0),)
    # A gap that is nowhere near, and one beyond a neighbour, are none.
    assert find_fillers(words, [(-1.0, 0.0), (0.4, 0.7), (1.9, 2.0)]) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        # Broken off and begun again, once and twice.
        ("so today we talk | so today we talk about tea.", "so today we talk about tea."),
        (
            "so today we | so today we are | so today we are talking tea.",
            "so today we are talking tea.",
        ),
        ("Tea is a very, tea is a very old drink.", "tea is a very old drink."),
        # With an excuse between them.
        (
            "the first tea came | sorry, | the first tea came from China.",
            "the first tea came from China.",
        ),
        # A whole sentence said again: the last one counts.
        (
            "Tea is good for the heart. | Tea is good for the heart. | And cheap.",
            "Tea is good for the heart. And cheap.",
        ),
        # The last try was broken off: the one before it counts.
        (
            "Tea is good for the heart. | Tea is good | anyway, coffee is not.",
            "Tea is good for the heart. anyway, coffee is not.",
        ),
        # Rhetoric and emphasis stay.
        ("no, no, no, | that is wrong.", "no, no, no, that is wrong."),
        (
            "We fight on the beaches. | We fight in the fields and in the streets.",
            "We fight on the beaches. We fight in the fields and in the streets.",
        ),
        ("Tea is good. | Tea is good for you.", "Tea is good. Tea is good for you."),
        ("one two three four five", "one two three four five"),
        ("", ""),
    ],
)
def test_of_takes_begun_again_the_last_complete_one_is_kept(text: str, said: str) -> None:
    words = spoken(text)
    assert left(words, find_repeats(words, "en")) == said


def test_repeats_in_chinese_are_told_by_characters() -> None:
    words = spoken("今天我们来说|今天我们来说一说茶。|茶很好。", "zh")
    assert left(words, find_repeats(words, "zh")) == "今天我们来说一说茶。茶很好。"
    words = spoken("好的好的，|我们开始。", "zh")
    assert find_repeats(words, "zh") == ()
