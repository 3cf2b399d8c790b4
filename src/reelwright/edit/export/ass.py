"""ASS: captions and marks as libass draws them, for the renderer and for other players.

One event a line of a caption; the words change colour through ``\\t`` at absolute times, so nothing
accumulates and nothing moves when a word lights up. Every line is placed by its baseline, worked
out from the metrics of its fonts, so lines in different scripts stand equally high.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.core.nouns import Format
from reelwright.core.time import to_frames
from reelwright.core.timeline import Caption, Mark, TimedWord, Timeline
from reelwright.edit.export.asspage import STYLE, Page, colour, escape, font_tags, plain
from reelwright.edit.export.letters import (
    CAPTION_WEIGHT,
    Runs,
    below,
    caption_runs,
    mark_runs,
    mark_size,
)

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

FILE = "captions.ass"
LINE = 1.32
"""Distance of baselines, in letter sizes."""
HOLD = 0.3
"""Seconds of silence after a word that do not end its highlight."""


def write_ass(
    timeline: Timeline, *, first: int = 0, last: int | None = None, scale: Format | None = None
) -> str:
    """Captions and marks as ASS.

    Args:
        timeline: what to write; `timeline.text` holds captions, marks and their style.
        first: frame of the timeline that becomes time 0.
        last: frame after the last one wanted; None goes to the end.
        scale: the picture the text is for, where it is not the timeline's own (a draft). Sizes and
            positions are scaled by its width; its rate is not looked at.

    Returns:
        The file's text, ending in a newline. Without anything to show it holds no events.

    Raises:
        FontError: a character that no font of this machine can draw.
    """
    end = timeline.frames if last is None else last
    size = scale or timeline.format
    page = Page(
        style=timeline.text.style,
        language=timeline.language,
        rate=timeline.format.rate,
        width=timeline.format.width,
        height=timeline.format.height,
        factor=size.width / timeline.format.width,
        first=first,
        last=end,
    )
    events: list[str] = []
    for mark in timeline.text.marks:
        events += _mark_events(mark, page)
    if page.style.name != "none":
        for index, caption in enumerate(timeline.text.captions):
            events += _caption_events(caption, page, layer=index % 2)
    head = [
        "[Script Info]",
        f"Title: {plain(timeline.title)}",
        "ScriptType: v4.00+",
        f"PlayResX: {size.width}",
        f"PlayResY: {size.height}",
        f"LayoutResX: {size.width}",
        f"LayoutResY: {size.height}",
        "WrapStyle: 2",
        "ScaledBorderAndShadow: yes",
        "YCbCr Matrix: TV.709",
        "",
        "[V4+ Styles]",
        "Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, "
        "BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, "
        "BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding",
        _caption_style(page),
        _mark_style(page),
        "",
        "[Events]",
        "Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text",
    ]
    return "\n".join([*head, *events]) + "\n"


def fonts_of(timeline: Timeline) -> list[FontFile]:
    """The font files that captions and marks are drawn with, each once, in order of first use.

    They are to be linked into the folder given to libass as ``fontsdir``.
    """
    style, language = timeline.text.style, timeline.language
    found: dict[FontFile, None] = {}
    for mark in timeline.text.marks:
        found |= {font: None for _, font in mark_runs(plain(mark.text).strip(), language)}
    if style.name != "none":
        for caption in timeline.text.captions:
            for line in caption.lines:
                text = plain("".join(word.text for word in line)).strip()
                runs = caption_runs(text, style.family, language)
                found |= {font: None for _, font in runs}
    return list(found)


# ── captions ──────────────────────────────────────────────────────────────────────────────────────


def _caption_style(page: Page) -> str:
    style = page.style
    return STYLE.format(
        name="Caption",
        family=_default(page),
        size=page.px(style.size),
        colour=colour(style.fill),
        outline=colour(style.outline),
        back="&H80000000",
        border=1,
        width=page.px(style.outline_width),
        shadow=page.px(style.size * 0.045),
        align=2,
    )


def _default(page: Page) -> str:
    """The style's font: every run names its own, but libass looks this one up all the same."""
    probe = "字" if page.language == "zh" else "a"
    return caption_runs(probe, page.style.family, page.language)[0][1].family


def _caption_events(caption: Caption, page: Page, layer: int) -> Iterator[str]:
    window = page.window(caption.start, caption.frames)
    if window is None:
        return
    begin, end = window
    words = [word for line in caption.lines for word in line]
    states = _states(words, caption, page)
    at = 0
    for index, line in enumerate(caption.lines):
        spans = list(zip(_shown(line, page), states[at : at + len(line)], strict=True))
        at += len(line)
        text = "".join(part for part, _ in spans)
        if not text:
            continue
        runs = caption_runs(text, page.style.family, page.language)
        # The last line's descent ends at the safe bottom: 0.22 em is what Latin and Chinese
        # letters reach below their baseline.
        above = len(caption.lines) - 1 - index
        size = page.style.size * _squeeze(text, page)
        base = page.height - page.style.safe[3] - page.style.size * (0.22 + LINE * above)
        bottom = base + max(below(font, size) for _, font in runs)
        body = "".join(_pieces(spans, runs, size, page, page.start_ms(begin)))
        place = f"{{\\an2\\pos({page.px(page.width / 2)},{page.px(bottom)})}}"
        yield page.head("Caption", begin, end, layer) + place + body


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def _quoted(text: str, page: Page) -> str:
    """English with straight quotation marks where the font's curly ones are a whole em wide.

    Chinese fonts draw them for Chinese, and libass cannot ask for the narrow ones.
    """
    if page.language == "zh" or text == text.translate(_STRAIGHT):
        return text
    from reelwright.media.textwidth import ems

    wide = ems("“", family=page.style.family, weight=CAPTION_WEIGHT, language=page.language)
    return text.translate(_STRAIGHT) if wide > 0.7 else text


def _squeeze(text: str, page: Page) -> float:
    """1, or the factor that brings an overlong line inside the safe area.

    Captions are cut to fit; only a single word wider than the picture, or a hand-edited line, needs
    this.
    """
    left, _, right, _ = page.style.safe
    room = (page.width - 2 * max(left, right)) / page.style.size
    if room <= 0 or len(text) <= room:  # no letter is wider than an em
        return 1.0
    from reelwright.media.textwidth import ems

    wide = ems(text, family=page.style.family, weight=CAPTION_WEIGHT, language=page.language)
    return min(1.0, room / wide)


def _shown(line: tuple[TimedWord, ...], page: Page) -> list[str]:
    """The words' texts with the spaces at both ends of the line taken off."""
    parts = [_quoted(plain(word.text), page) for word in line]
    for index in range(len(parts)):
        parts[index] = parts[index].lstrip()
        if parts[index]:
            break
    for index in range(len(parts) - 1, -1, -1):
        parts[index] = parts[index].rstrip()
        if parts[index]:
            break
    return parts


@dataclass(frozen=True)
class _State:
    """When a word has the highlight colour, in frames from `first`; None: never, or for ever."""

    on: int | None = None
    off: int | None = None


def _states(words: list[TimedWord], caption: Caption, page: Page) -> list[_State]:
    if page.style.name != "karaoke":
        return [_State(on=-1) if word.strong else _State() for word in words]
    hold = to_frames(HOLD, page.rate)
    states: list[_State] = []
    for index, word in enumerate(words):
        later = index + 1 < len(words)
        follows = words[index + 1].start if later else caption.start + caption.frames
        off = follows if follows - word.end <= hold else word.end
        # A strong word keeps the colour it got when it was spoken.
        states.append(
            _State(on=word.start - page.first, off=None if word.strong else off - page.first)
        )
    return states


def _pieces(
    spans: list[tuple[str, _State]],
    runs: Runs,
    size: float,
    page: Page,
    zero: int,
) -> Iterator[str]:
    """The line's text with overrides where a word or a font begins."""
    run_at, run_left = -1, 0
    for text, state in spans:
        word_begins = True
        while text:
            tags = ""
            if run_left == 0:
                run_at += 1
                run_left = len(runs[run_at][0])
                tags = font_tags(runs[run_at][1], size, page)
            count = min(run_left, len(text))
            if word_begins:
                tags += _colour_tags(state, page, zero)
                word_begins = False
            yield (f"{{{tags}}}" if tags else "") + escape(text[:count])
            text, run_left = text[count:], run_left - count


def _colour_tags(state: _State, page: Page, zero: int) -> str:
    fill, light = (f"\\1c{colour(c, alpha=False)}" for c in (page.style.fill, page.style.highlight))
    if state.on is None:
        return fill
    # libass reads a \t that ends at 0 as one that lasts the whole event, hence the plain tag for
    # what has happened before the event begins.
    changes = [(page.ms(state.on) - zero, light)]
    if state.off is not None:
        changes.append((page.ms(state.off) - zero, fill))
    tags = fill
    for at, tag in changes:
        tags = tag if at <= 0 else f"{tags}\\t({at},{at},{tag})"
    return tags


# ── marks ─────────────────────────────────────────────────────────────────────────────────────────


def _mark_style(page: Page) -> str:
    return STYLE.format(
        name="Mark",
        family=_default(page),
        size=page.px(page.style.size),
        colour="&H00FFFFFF",
        outline="&H70000000",
        back="&HFF000000",
        border=3,
        width=page.px(10),
        shadow=0,
        align=7,
    )


def _mark_events(mark: Mark, page: Page) -> Iterator[str]:
    window = page.window(mark.start, mark.frames)
    text = plain(mark.text).strip()
    if window is None or not text:
        return
    runs = mark_runs(text, page.language)
    size = mark_size(mark.height, text, [font for _, font in runs])
    pad = round(size * 0.18)
    left, top = page.style.safe[0] + pad, page.style.safe[1] + pad
    body = "".join(f"{{{font_tags(font, size, page)}}}{escape(run)}" for run, font in runs)
    place = f"{{\\an7\\pos({page.px(left)},{page.px(top)})\\bord{page.px(pad)}}}"
    yield page.head("Mark", *window, 2) + place + body


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``captions.ass`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_ass(timeline))
    return out / FILE
