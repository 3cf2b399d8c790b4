"""Captions: the words of a take, cut into cues that are read while they are heard.

A cue is at most two balanced lines inside the platform's safe area. It stands from its first word
until the next cue begins, or for a moment after its last word. Words keep the times their voice
gave them, rounded once to frames.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from reelwright.core.errors import SettingError, nearest
from reelwright.core.nouns import Format, Language, Word
from reelwright.core.settings import Settings
from reelwright.core.time import to_frames
from reelwright.core.timeline import (
    CAPTION_MARGINS,
    CAPTION_STYLES,
    TRANSLATION_LINE,
    TRANSLATION_SIZE,
    Caption,
    TextStyle,
    TimedWord,
)
from reelwright.create.cueing import Atom, Room, atoms, cut, fold, has_sound, is_wide
from reelwright.create.platforms import safe_area
from reelwright.create.words import segment
from reelwright.media.textwidth import ems

STYLES = CAPTION_STYLES
WEIGHT = 700
"""Captions are set in bold; their widths are measured in it."""
LINGER = 0.3
"""Seconds a caption stands after its last word."""
FLICKER = 0.25
"""Seconds without a caption that are too short to be worth taking it away."""
SHORTEST = 0.5
"""Seconds a caption stands at least, where the next one leaves it the time."""

_HIDDEN = re.compile(
    r"[，。、；：,;:]+(?=[”’」』）》)\]\"']*$)|(?<![.A-Z])(?<!\.\w)\.(?=[”’」』）》)\"']*$)"
)
_LEADING = re.compile(r"^[\s，。、；：！？…—,.;:!?·”’」』）》)\]%]+(?=\S)")


def make_captions(
    words: Sequence[Word],
    *,
    start: int,
    rate: Fraction,
    language: Language,
    emphasis: Sequence[str] = (),
    style: TextStyle,
    format: Format,
    translation: str = "",
) -> tuple[Caption, ...]:
    """Cut a take's words into captions.

    Args:
        words: in order; `text` keeps trailing punctuation and white space, times are seconds from
            the take's start.
        start: frame of the timeline at which the take starts.
        rate: frames a second of the timeline.
        language: of the words; Chinese captions do not show a comma or full stop at a line's end.
        emphasis: stretches of the text whose words are strong.
        style: its size, family and safe area decide how much a line holds.
        format: the picture.
        translation: of the whole line; stands below its captions where the style is bilingual.

    Returns:
        Captions in order, never overlapping, each at least one frame long; none where there is
        nothing to read. The last one may reach past the take: `settle` fits the takes together.

    Raises:
        FontError: a character that no font of this machine can draw.
    """
    items = atoms(words)
    if not items:
        return ()
    room = _room(style, format, language)
    widths = [
        ems(item.text, family=style.family, weight=WEIGHT, language=language) for item in items
    ]
    strong = _strong(words, emphasis)
    captions: list[Caption] = []
    begin = 0
    for end in cut(items, widths, room, language):
        chosen = items[begin:end]
        second = fold(chosen, widths[begin:end], room) or 0
        parts = [chosen[:second], chosen[second:]] if second else [chosen]
        lines = tuple(_line(part, words, strong, start, rate, language) for part in parts)
        first = lines[0][0].start
        if captions:
            # Where an engine gives two words one instant, their captions follow frame by frame.
            first = max(first, captions[-1].start + 1)
        last = max(lines[-1][-1].end, first + 1)
        captions.append(Caption(start=first, frames=last - first, lines=lines))
        begin = end
    if translation.strip() and style.name == "bilingual":
        captions = _translated(captions, translation, style, format)
    return settle(captions, rate)


def _translated(
    captions: Sequence[Caption], translation: str, style: TextStyle, format: Format
) -> list[Caption]:
    """Captions with their translation: all of it below each if it fits, else shared out.

    A translation's words have no times. Where it is too long for two lines it is cut where one
    breathes, and each part goes to the captions that are heard meanwhile.
    """
    language: Language = "zh" if any(map(is_wide, translation)) else "en"
    small = style.model_copy(update={"size": round(style.size * TRANSLATION_SIZE)})
    # Smaller letters than a caption's, read beside it: as many a line as there is room for.
    room = _room(small, format, language)
    room = replace(room, units=round(room.units * 1.6), ideal=room.width * 1.5)
    whole = captions[-1].start + captions[-1].frames - captions[0].start
    texts = segment(translation.strip(), language)
    step = whole / len(texts) / 1000
    words = [Word(text=t, start=i * step, end=(i + 1) * step) for i, t in enumerate(texts)]
    items = atoms(words)
    if not items:
        return list(captions)
    widths = [
        ems(item.text, family=style.family, weight=WEIGHT, language=language) for item in items
    ]
    if fold(items, widths, room) is not None:
        ends = [len(items)]
    else:
        ends = cut(items, widths, room, language)
    parts: list[tuple[float, tuple[str, ...]]] = []
    begin = 0
    for end in ends:
        second = fold(items[begin:end], widths[begin:end], room) or 0
        rows = [items[begin : begin + second], items[begin + second : end]]
        lines = tuple("".join(item.text for item in row).strip() for row in rows if row)
        parts.append((sum(widths[:begin]) / sum(widths), lines))
        begin = end
    made: list[Caption] = []
    for index, caption in enumerate(captions):
        begun = (caption.start - captions[0].start) / max(1, whole)
        # The part whose share of the line is nearest; never back, and the last ones never lost.
        least = len(parts) - (len(captions) - index)
        near = max(range(len(parts)), key=lambda i: (-abs(parts[i][0] - begun), i))
        made.append(caption.model_copy(update={"translation": parts[max(near, least, 0)][1]}))
    return made


def settle(
    captions: Sequence[Caption], rate: Fraction, *, end: int | None = None
) -> tuple[Caption, ...]:
    """Decide how long captions stand: until the next one, or a moment after their last word.

    Args:
        captions: in order, of one take or of the whole video; how long they stand now does not
            matter, so that settling again changes nothing.
        rate: frames a second.
        end: frame after the video's last one.

    Returns:
        The same captions with new lengths, never overlapping; those that start at or after `end`
        are left out.
    """
    linger, flicker, shortest = (to_frames(value, rate) for value in (LINGER, FLICKER, SHORTEST))
    settled: list[Caption] = []
    for index, caption in enumerate(captions):
        spoken = max(word.end for line in caption.lines for word in line)
        last = max(spoken + linger, caption.start + shortest)
        if index + 1 < len(captions):
            following = captions[index + 1].start
            last = following if following - last < flicker else last
        if end is not None:
            if caption.start >= end:
                break
            last = end if end - last < flicker else last
        frames = max(1, last - caption.start)
        settled.append(caption.model_copy(update={"frames": frames}))
    return tuple(settled)


def check_style(name: str, where: str = "setting style.captions") -> str:
    """A style of captions by its name, which is given back. Raises SettingError with the nearest.

    Args:
        name: one of `core.timeline.CAPTION_STYLES`.
        where: what to call the place that names it (a setting, a theme's file).
    """
    if name not in CAPTION_STYLES:
        raise SettingError(
            f'there is no caption style "{name}"', where=where, hint=nearest(name, CAPTION_STYLES)
        )
    return name


def top_of(style: TextStyle, format: Format) -> int:
    """How far down captions of two lines begin, in pixels, with air above them."""
    lines = 2.8
    if style.name == "bilingual":
        lines += 2 * TRANSLATION_SIZE * TRANSLATION_LINE + 0.16
    return format.height - style.safe[3] - round(lines * style.size)


def caption_style(
    settings: Settings,
    format: Format,
    *,
    fill: str = "#ffffff",
    highlight: str = "#ffd54a",
    outline: str = "#101418",
    square: bool = False,
) -> TextStyle:
    """The look of captions: from the settings, the picture and a theme's colours (``#rrggbb``).

    Letters are 6.1 % of the width of a tall picture (66 px of 1080), a little less where the
    picture is less tall, and the outline is a sixteenth of that.

    Raises:
        SettingError: `settings.style.captions` is no style, or the platform is unknown.
    """
    name = settings.style.captions
    check_style(name)
    tall = format.height / format.width
    share = 0.061 if tall >= 1.5 else 0.056 if tall >= 1 else 0.052
    size = round(share * min(format.width, format.height))
    return TextStyle(
        name=name,
        family=settings.style.font,
        size=size,
        fill=fill,
        highlight=highlight,
        outline=outline,
        outline_width=max(1.0, round(size / 16, 1)),
        corner=0.06 if square else 0.26,
        safe=safe_area(settings.platform, format),
    )


def _room(style: TextStyle, format: Format, language: Language) -> Room:
    """What a line holds. Lines are centred on the picture, so the wider margin counts twice."""
    left, _, right, _ = style.safe
    edge = 2 * (style.outline_width + CAPTION_MARGINS.get(style.name, 0.0) * style.size)
    width = max(1.0, (format.width - 2 * max(left, right) - edge) / style.size)
    wide = format.width > format.height
    if language == "zh":
        units, narrow = (20 if wide else 14), 0.5
        ideal = min(width, units) * 0.85
    else:
        units, narrow = (42 if wide else 28), 1.0
        ideal = min(width, units * 0.55) * 1.35
    return Room(width, units, narrow, ideal)


def _line(
    items: Sequence[Atom],
    words: Sequence[Word],
    strong: Sequence[bool],
    start: int,
    rate: Fraction,
    language: Language,
) -> tuple[TimedWord, ...]:
    line: list[TimedWord] = []
    for item in items:
        prefix = ""
        for index in range(item.first, item.last):
            word = words[index]
            if not has_sound(word.text):
                # Punctuation has no time of its own: it goes with the word it belongs to.
                if line and index > item.first:
                    line[-1] = line[-1].model_copy(update={"text": line[-1].text + word.text})
                else:
                    prefix += word.text
                continue
            first = start + to_frames(word.start, rate)
            last = max(first + 1, start + to_frames(word.end, rate))
            text, prefix = prefix + word.text, ""
            line.append(TimedWord(text=text, start=first, end=last, strong=strong[index]))
    line[0] = line[0].model_copy(update={"text": _LEADING.sub("", line[0].text)})
    ending = line[-1].text.rstrip()
    if language == "zh":
        ending = _HIDDEN.sub("", ending) or ending
    line[-1] = line[-1].model_copy(update={"text": ending})
    return tuple(line)


def _strong(words: Sequence[Word], emphasis: Sequence[str]) -> list[bool]:
    """Which words lie in one of the emphasised stretches."""
    text = "".join(word.text for word in words)
    marked = [False] * len(text)
    for phrase in filter(None, (phrase.strip() for phrase in emphasis)):
        pattern = re.escape(phrase)
        # "tea" is no part of "team"; Chinese has no such borders.
        if phrase[0].isalnum() and not is_wide(phrase[0]):
            pattern = r"(?<![A-Za-z0-9])" + pattern
        if phrase[-1].isalnum() and not is_wide(phrase[-1]):
            pattern += r"(?![A-Za-z0-9])"
        for match in re.finditer(pattern, text, re.IGNORECASE):
            marked[match.start() : match.end()] = [True] * (match.end() - match.start())
    strong: list[bool] = []
    at = 0
    for word in words:
        size = len(word.text)
        strong.append(any(marked[i] and text[i].isalnum() for i in range(at, at + size)))
        at += size
    return strong
