"""ASS: captions and marks as libass draws them, for the renderer and for other players.

One event a line of a caption; the words change colour through ``\\t`` at absolute times, so nothing
accumulates and nothing moves when a word lights up. Every line is placed by its baseline, worked
out from the metrics of its fonts, so lines in different scripts stand equally high. libass takes
``Fontsize`` as the font's ascent plus descent as Windows counts them (OS/2 ``usWinAscent`` and
``usWinDescent``), not as the em: `_points` turns the size asked for into that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import Format, Language
from reelwright.core.time import frame_ms, to_frames
from reelwright.core.timeline import Caption, Mark, TextStyle, TimedWord, Timeline

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

FILE = "captions.ass"
LINE = 1.32
"""Distance of baselines, in letter sizes."""
HOLD = 0.3
"""Seconds of silence after a word that do not end its highlight."""
CAPTION_WEIGHT = 700
MARK_WEIGHT = 500

_STYLE = (
    "Style: {name},{family},{size},{colour},{colour},{outline},{back},"
    "0,0,0,0,100,100,0,0,{border},{width},{shadow},{align},0,0,0,1"
)


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
    page = _Page(
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
        f"Title: {_plain(timeline.title)}",
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
        found |= {font: None for _, font in _mark_runs(_plain(mark.text).strip(), language)}
    if style.name != "none":
        for caption in timeline.text.captions:
            for line in caption.lines:
                text = _plain("".join(word.text for word in line)).strip()
                runs = _runs(text, style.family, CAPTION_WEIGHT, language)
                found |= {font: None for _, font in runs}
    return list(found)


@dataclass(frozen=True)
class _Page:
    """Where and how text is put: sizes of the timeline, and the factor to the picture's."""

    style: TextStyle
    language: Language
    rate: Fraction
    width: int
    height: int
    factor: float
    first: int
    last: int

    def px(self, value: float) -> str:
        return f"{value * self.factor:.2f}".rstrip("0").rstrip(".")

    def window(self, start: int, frames: int) -> tuple[int, int] | None:
        """First frame and frame after the last, counted from `first`; None if never seen."""
        begin = max(start, self.first) - self.first
        end = min(start + frames, self.last) - self.first
        return (begin, end) if begin < end else None

    def ms(self, frame: int) -> int:
        return frame_ms(frame, self.rate)

    def head(self, style: str, begin: int, end: int, layer: int) -> str:
        return f"Dialogue: {layer},{self._time(begin)},{self._time(end)},{style},,0,0,0,,"

    def start_ms(self, begin: int) -> int:
        """The event's start as it is written: whole centiseconds."""
        return self.ms(begin) // 10 * 10

    def _time(self, frame: int) -> str:
        cs = self.ms(frame) // 10
        return f"{cs // 360_000}:{cs // 6000 % 60:02d}:{cs // 100 % 60:02d}.{cs % 100:02d}"


# ── captions ──────────────────────────────────────────────────────────────────────────────────────


def _caption_style(page: _Page) -> str:
    style = page.style
    return _STYLE.format(
        name="Caption",
        family=_default(page),
        size=page.px(style.size),
        colour=_colour(style.fill),
        outline=_colour(style.outline),
        back="&H80000000",
        border=1,
        width=page.px(style.outline_width),
        shadow=page.px(style.size * 0.045),
        align=2,
    )


def _default(page: _Page) -> str:
    """The style's font: every run names its own, but libass looks this one up all the same."""
    probe = "字" if page.language == "zh" else "a"
    return _runs(probe, page.style.family, CAPTION_WEIGHT, page.language)[0][1].family


def _caption_events(caption: Caption, page: _Page, layer: int) -> Iterator[str]:
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
        runs = _runs(text, page.style.family, CAPTION_WEIGHT, page.language)
        # The last line's descent ends at the safe bottom: 0.22 em is what Latin and Chinese
        # letters reach below their baseline.
        above = len(caption.lines) - 1 - index
        size = page.style.size * _squeeze(text, page)
        base = page.height - page.style.safe[3] - page.style.size * (0.22 + LINE * above)
        bottom = base + max(_below(font, size) for _, font in runs)
        body = "".join(_pieces(spans, runs, size, page, page.start_ms(begin)))
        place = f"{{\\an2\\pos({page.px(page.width / 2)},{page.px(bottom)})}}"
        yield page.head("Caption", begin, end, layer) + place + body


_STRAIGHT = str.maketrans("“”‘’", "\"\"''")


def _quoted(text: str, page: _Page) -> str:
    """English with straight quotation marks where the font's curly ones are a whole em wide.

    Chinese fonts draw them for Chinese, and libass cannot ask for the narrow ones.
    """
    if page.language == "zh" or text == text.translate(_STRAIGHT):
        return text
    from reelwright.media.textwidth import ems

    wide = ems("“", family=page.style.family, weight=CAPTION_WEIGHT, language=page.language)
    return text.translate(_STRAIGHT) if wide > 0.7 else text


def _squeeze(text: str, page: _Page) -> float:
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


def _shown(line: tuple[TimedWord, ...], page: _Page) -> list[str]:
    """The words' texts with the spaces at both ends of the line taken off."""
    parts = [_quoted(_plain(word.text), page) for word in line]
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


def _states(words: list[TimedWord], caption: Caption, page: _Page) -> list[_State]:
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
    runs: list[tuple[str, FontFile]],
    size: float,
    page: _Page,
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
                tags = _font_tags(runs[run_at][1], size, page)
            count = min(run_left, len(text))
            if word_begins:
                tags += _colour_tags(state, page, zero)
                word_begins = False
            yield (f"{{{tags}}}" if tags else "") + _escape(text[:count])
            text, run_left = text[count:], run_left - count


def _colour_tags(state: _State, page: _Page, zero: int) -> str:
    fill, light = (
        f"\\1c{_colour(c, alpha=False)}" for c in (page.style.fill, page.style.highlight)
    )
    if state.on is None:
        return fill
    # libass reads a \t that ends at 0 as one that lasts the whole event, hence the plain tag for
    # what has happened before the event begins.
    changes = [(page.ms(state.on) - zero, light)]
    if state.off is not None:
        changes.append((page.ms(state.off) - zero, fill))
    tags = fill
    for at, colour in changes:
        tags = colour if at <= 0 else f"{tags}\\t({at},{at},{colour})"
    return tags


# ── marks ─────────────────────────────────────────────────────────────────────────────────────────


def _mark_style(page: _Page) -> str:
    return _STYLE.format(
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


def _mark_events(mark: Mark, page: _Page) -> Iterator[str]:
    window = page.window(mark.start, mark.frames)
    text = _plain(mark.text).strip()
    if window is None or not text:
        return
    runs = _mark_runs(text, page.language)
    size = mark_size(mark.height, text, [font for _, font in runs])
    pad = round(size * 0.18)
    left, top = page.style.safe[0] + pad, page.style.safe[1] + pad
    body = "".join(f"{{{_font_tags(font, size, page)}}}{_escape(run)}" for run, font in runs)
    place = f"{{\\an7\\pos({page.px(left)},{page.px(top)})\\bord{page.px(pad)}}}"
    yield page.head("Mark", *window, 2) + place + body


def _mark_runs(text: str, language: Language) -> list[tuple[str, FontFile]]:
    # A Chinese font has the Latin letters too: one font, and so one box of one height.
    mixed = any(char > "\u2e80" for char in text)
    return _runs(text, "", MARK_WEIGHT, "zh" if mixed else language)


def mark_size(height: int, text: str, fonts: list[FontFile]) -> float:
    """The em in pixels at which every letter of a mark is at least `height` pixels high.

    Chinese characters fill at least 0.84 of the em; Latin capitals and digits as much as the font
    says. Small letters are not counted: no mark the rule asks for needs them.
    """
    latin = any(char.isascii() and char.isalnum() for char in text)
    share = min(_metrics(font).capital for font in fonts) if latin else 0.84
    # Two pixels more: the soft edge of a letter is no part of its height.
    return (height + 2) / share


# ── fonts ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Metrics:
    """Of a font, in ems: libass' line above and below the baseline, and a capital's height."""

    above: float
    below: float
    capital: float


def _metrics(font: FontFile) -> _Metrics:
    return _read_metrics(font.path, font.index)


@lru_cache(maxsize=64)
def _read_metrics(path: Path, index: int) -> _Metrics:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        # fontTools makes the tables' fields as it reads them: they have no types to check.
        tables: Any = font
        em = tables["head"].unitsPerEm
        windows = tables.get("OS/2", None)
        above, below = (windows.usWinAscent, windows.usWinDescent) if windows else (0, 0)
        if above + below == 0:
            above, below = tables["hhea"].ascent, -tables["hhea"].descent
        # Fonts older than OpenType 1.2 do not say; most capitals are higher than this.
        capital = getattr(windows, "sCapHeight", 0) or 0.65 * em
    return _Metrics(above / em, below / em, capital / em)


def _below(font: FontFile, size: float) -> float:
    return _metrics(font).below * size


def _points(font: FontFile, size: float) -> float:
    """libass' font size for an em of `size` pixels."""
    metrics = _metrics(font)
    return size * (metrics.above + metrics.below)


def _font_tags(font: FontFile, size: float, page: _Page) -> str:
    return f"\\fn{font.family}\\b{font.weight}\\fs{page.px(_points(font, size))}"


def _runs(text: str, family: str, weight: int, language: Language) -> list[tuple[str, FontFile]]:
    from reelwright.media.fonts import covering

    return covering(text, family=family, weight=weight, language=language) if text else []


# ── text ──────────────────────────────────────────────────────────────────────────────────────────


def _plain(text: str) -> str:
    """One line: control characters and line separators become spaces."""
    return "".join(" " if char < " " or char in "\x7f\x85\u2028\u2029" else char for char in text)


def _escape(text: str) -> str:
    """Text as libass shows it word for word.

    A backslash would begin ``\\N`` or ``\\h``: a word joiner (drawn as nothing) after it keeps it a
    backslash.
    """
    joined = text.replace("\\", "\\\u2060")
    return joined.replace("{", "\\{").replace("}", "\\}")


def _colour(colour: str, *, alpha: bool = True) -> str:
    """``#rrggbb`` as ASS writes it: blue, green, red."""
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"&H{'00' if alpha else ''}{blue}{green}{red}".upper() + ("" if alpha else "&")


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``captions.ass`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_ass(timeline))
    return out / FILE
