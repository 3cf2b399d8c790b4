"""definition: a term as a dictionary prints it, how it is said, and what it means."""

from __future__ import annotations

import re

from pydantic import Field

from reelwright.core.errors import FontError, ProviderError
from reelwright.core.nouns import Language, Line
from reelwright.core.words import is_cjk
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.explaining import find_definition
from reelwright.media import drawing
from reelwright.media.drawing import BASELINE, Box, Type, measure
from reelwright.media.typesetting import Setting, Token

_RUBY = 6
"""Characters up to which each has its own reading over it."""


class Params(SceneParams):
    """`text` is what `term` means."""

    term: str = Field(min_length=1, max_length=120)
    reading: str | None = None
    """How the term is said: Chinese syllables in pinyin, parted by spaces, or phonetics. Left out,
    Chinese terms get their pinyin; empty, there is none."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that says what something is, means or is called."""
    found = find_definition(line.say, language)
    if found is None:
        return None
    term, meaning = found
    reading = pinyin(term) or phonetics(term)
    params = {"term": term, "text": meaning, "reading": reading}
    return Fit("definition", 0.82, f"says what “{term}” means", params)


def pinyin(term: str) -> str:
    """The syllables of a Chinese term with their tone marks; empty for any other."""
    if not term or not all(is_cjk(char) for char in term):
        return ""
    from pypinyin import Style, lazy_pinyin

    return " ".join(lazy_pinyin(term, style=Style.TONE))


def phonetics(term: str) -> str:
    """How an English term is said, in the international phonetic alphabet; empty if unknown."""
    if not term.isascii() or any(char.isdigit() for char in term) or term.isupper():
        return ""
    from reelwright.providers.tts.espeak_engine import phonemes

    try:
        found = phonemes(term, "en-us").strip()
    except ProviderError:
        return ""
    return f"/{_STRESS.sub(_to_syllable, found)}/" if found else ""


_STRESS = re.compile(r"(?P<first>(?<![^ ]))?(?P<onset>[^\sˈˌaeiouæɑɒɔəɚɛɜɪʊʌːˑ]+)(?P<mark>[ˈˌ])")
_CLUSTER = re.compile(r"(?:s?[pbtdkɡgfθʃv][ɹlwj]|s[ptkmnlw]|tʃ|dʒ|.)$")


def _to_syllable(match: re.Match[str]) -> str:
    """A stress mark moved from before the vowel, where the engine writes it, to the syllable."""
    onset = match["onset"]
    if match["first"] is not None:
        return match["mark"] + onset
    own = _CLUSTER.search(onset)
    at = own.start() if own else len(onset)
    return onset[:at] + match["mark"] + onset[at:]


def compose(params: Params, stage: Stage) -> None:
    """The term, large, its reading over each character or under it, a stroke, the meaning."""
    u = stage.u
    term = params.term.strip()
    reading = pinyin(term) if params.reading is None else params.reading.strip()
    kind, small = stage.type(term, title=True), stage.type(reading or "a")
    if reading and not _covered(reading, small):
        reading = ""
    syllables = reading.split()
    ruby = len(term) == len(syllables) <= _RUBY and all(is_cjk(char) for char in term)
    wide = stage.wide
    # In a landscape the term stands beside its meaning.
    width = stage.width * 0.42 if wide and params.text else stage.width
    room = stage.height * (0.8 if wide else 0.4)
    largest = (190 if len(term) <= 4 else 150) * stage.theme.type.scale
    if ruby:
        em = min(largest * u, width / (len(term) * 1.12), room / 1.5)
        head = em * 1.46
    else:
        under = 0.0
        said: Setting | None = None
        if reading:
            said = stage.set(reading, small, (width, 90 * u), 58, smallest=24, lines=1)
            under = 26 * u + said.height
        setting = stage.set(
            term, kind, (width, room - under), largest, lines=3, leading=1.16, smallest=30
        )
        head = setting.height + under
        em = 0.0
    gap = 0.0 if not params.text else 124 * u
    text = ends_cleaned(params.text)
    body = stage.type(text)
    left = stage.box.left + (width + 0.08 * stage.width if wide else 0.0)
    meaning_room = (stage.box.right - left, stage.height * 0.94 if wide else
                    stage.height - head - gap)  # fmt: skip
    meaning = stage.set(
        text, body, meaning_room, 92 * stage.theme.type.scale, smallest=26, leading=1.42,
        strong=params.strong,
    )  # fmt: skip
    centred = not wide and stage.pick(2) == 1
    total = max(head, meaning.height) if wide else head + gap + meaning.height
    top = stage.top_of(total)
    start = top + (total - head) / 2 if wide else top
    if ruby:
        _ruby(stage, term, syllables, kind, em, start, width, centred)
    else:
        align = "center" if centred else "left"
        box = Box(stage.box.left, start, stage.box.left + width, start + head)
        stage.lines(setting, kind, box, stage.colours.text, align=align, gap=0.1)
        if said:
            low = start + setting.height + 26 * u
            box = Box(stage.box.left, low, stage.box.left + width, low + said.height)
            stage.lines(said, small, box, stage.colours.accent, align=align, motion="fade")
    if not text:
        return
    if wide:
        x = left - 0.04 * stage.width
        high = max(total, 200 * u)
        middle = top + total / 2
        stroke = Box(x - 3 * u, middle - high / 2, x + 3 * u, middle + high / 2)
        stage.bar(stroke, stage.colours.edge, radius=3 * u, gap=0.1)
        box = Box(left, top + (total - meaning.height) / 2, stage.box.right, stage.box.bottom)
    else:
        y = top + head + gap * 0.46
        x = stage.box.left + ((stage.width - 120 * u) / 2 if centred else 0.0)
        stage.bar(Box(x, y - 5 * u, x + 120 * u, y + 5 * u), stage.colours.accent, radius=5 * u)
        box = Box(stage.box.left, top + head + gap, stage.box.right, stage.box.bottom)
    align = "center" if centred else "left"
    stage.lines(meaning, body, box, stage.colours.text, align=align, gap=0.07)


def _covered(text: str, kind: Type) -> bool:
    """Whether the fonts here have every letter: phonetic signs are in few."""
    try:
        measure(text, kind)
    except FontError:
        return False
    return True


def _ruby(
    stage: Stage,
    term: str,
    syllables: list[str],
    kind: Type,
    em: float,
    top: float,
    width: float,
    centred: bool,
) -> None:
    """A term whose characters carry their syllables."""
    small = stage.type("a")
    advance = em * 1.12
    widest = max(measure(syllable, small) for syllable in syllables)
    size = min(em * 0.3, advance * 0.94 / widest)
    # The first character stands flush with the lines below.
    x = stage.box.left - (advance - em) / 2
    if centred:
        x = stage.box.left + (width - advance * len(term)) / 2
    for char, syllable in zip(term, syllables, strict=True):
        wide = measure(syllable, small) * size
        line = (Token(syllable),)
        over = drawing.text_picture(
            line, x + (advance - wide) / 2, top + 0.32 * em, size, small, stage.colours.accent
        )
        shift = x + (advance - measure(char, kind) * em) / 2
        baseline = top + 0.46 * em + em * BASELINE
        under = drawing.text_picture((Token(char),), shift, baseline, em, kind, stage.colours.text)
        stage.drawing.boxes += [(syllable, over.ink), (char, under.ink)]
        stage.sprite(under, gap=0.0)
        stage.sprite(over, motion="fade", gap=0.09)
        x += advance
