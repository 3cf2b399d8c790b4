"""ASS: captions and marks as libass draws them, for the renderer and for other players.

Every line is placed by its baseline, worked out from the metrics of its fonts, so lines in
different scripts stand equally high (`captionlines`). What happens to words while they are spoken
is the caption style's (`captionstyles`). Emoji are no part of it: `sprites` says where they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.core.nouns import Format, Language
from reelwright.core.timeline import Mark, Timeline
from reelwright.edit.export.asspage import STYLE, Page, colour, escape, font_tags, page_of, plain
from reelwright.edit.export.captionlines import set_caption, set_translation
from reelwright.edit.export.captionstyles import caption_events
from reelwright.edit.export.letters import MARK_WEIGHT, caption_runs, mark_runs, mark_size
from reelwright.media.textwidth import ems

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

FILE = "captions.ass"


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
    size = scale or timeline.format
    page = page_of(timeline, first, last, size)
    events: list[str] = []
    for mark in timeline.text.marks:
        events += _mark_events(mark, page)
    if page.style.name != "none":
        for index, caption in enumerate(timeline.text.captions):
            events += caption_events(caption, page, layer=3 * (index % 2))
    return _script(events, page, timeline.title, size.width, size.height)


def write_mark(mark: Mark, page: Page) -> str:
    """One mark alone as ASS, on a page of its own. Raises FontError as `write_ass` does."""
    return _script([*_mark_events(mark, page)], page, "", page.width, page.height)


def mark_fonts(mark: Mark, language: Language) -> list[FontFile]:
    """The font files that a mark is drawn with. Raises FontError where none covers a character."""
    return [font for _, font in mark_runs(plain(mark.text).strip(), language)]


def _script(events: Sequence[str], page: Page, title: str, width: int, height: int) -> str:
    head = [
        "[Script Info]",
        f"Title: {plain(title)}",
        "ScriptType: v4.00+",
        f"PlayResX: {width}",
        f"PlayResY: {height}",
        f"LayoutResX: {width}",
        f"LayoutResY: {height}",
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
        found |= dict.fromkeys(mark_fonts(mark, language))
    if style.name != "none":
        page = page_of(timeline)
        for caption in timeline.text.captions:
            lines = set_caption(caption, page)
            lines += set_translation(caption, page) if style.name == "bilingual" else []
            for word in (word for line in lines for word in line.words):
                found |= {piece.font: None for piece in word.pieces if piece.font}
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


# ── marks ─────────────────────────────────────────────────────────────────────────────────────────


MARK_JOINT = " · "
"""What stands between the languages of a label (`reelwright.publish.label`)."""


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
    wide = ems(text, weight=MARK_WEIGHT, language=page.language) * size + 2 * pad
    room = page.width - page.style.safe[0] - page.style.safe[2]
    # A label in two languages that is wider than the picture stands in two lines.
    parts = text.split(MARK_JOINT) if wide > room else [text]
    body = "\\N".join(
        "".join(
            f"{{{font_tags(font, size, page)}}}{escape(run)}"
            for run, font in mark_runs(part, page.language)
        )
        for part in parts
    )
    place = f"{{\\an7\\pos({page.px(left)},{page.px(top)})\\bord{page.px(pad)}}}"
    yield page.head("Mark", *window, 9) + place + body


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``captions.ass`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_ass(timeline))
    return out / FILE
