"""What every event of an ASS file is written with: its page, its times, its tags, its text."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from reelwright.core.nouns import Format, Language
from reelwright.core.time import frame_ms
from reelwright.core.timeline import TextStyle, Timeline
from reelwright.edit.export.letters import points

if TYPE_CHECKING:
    from reelwright.media.fonts import FontFile

STYLE = (
    "Style: {name},{family},{size},{colour},{colour},{outline},{back},"
    "0,0,0,0,100,100,0,0,{border},{width},{shadow},{align},0,0,0,1"
)


@dataclass(frozen=True)
class Page:
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
        """Pixels of the timeline as pixels of the picture, written out."""
        return f"{value * self.factor:.2f}".rstrip("0").rstrip(".")

    def window(self, start: int, frames: int) -> tuple[int, int] | None:
        """First frame and frame after the last, counted from `first`; None if never seen."""
        begin = max(start, self.first) - self.first
        end = min(start + frames, self.last) - self.first
        return (begin, end) if begin < end else None

    def ms(self, frame: int) -> int:
        """When a frame, counted from `first`, begins; what came before is negative."""
        return frame_ms(frame, self.rate) if frame >= 0 else -frame_ms(-frame, self.rate)

    def head(self, style: str, begin: int, end: int, layer: int) -> str:
        """An event up to its text."""
        return f"Dialogue: {layer},{self._time(begin)},{self._time(end)},{style},,0,0,0,,"

    def start_ms(self, begin: int) -> int:
        """The event's start as it is written: whole centiseconds."""
        return self.ms(begin) // 10 * 10

    def _time(self, frame: int) -> str:
        cs = self.ms(frame) // 10
        return f"{cs // 360_000}:{cs // 6000 % 60:02d}:{cs // 100 % 60:02d}.{cs % 100:02d}"


def page_of(
    timeline: Timeline, first: int = 0, last: int | None = None, scale: Format | None = None
) -> Page:
    """The page of a timeline from frame `first` to before `last`, in a picture like `scale`."""
    size = scale or timeline.format
    return Page(
        style=timeline.text.style,
        language=timeline.language,
        rate=timeline.format.rate,
        width=timeline.format.width,
        height=timeline.format.height,
        factor=size.width / timeline.format.width,
        first=first,
        last=timeline.frames if last is None else last,
    )


def font_tags(font: FontFile, size: float, page: Page) -> str:
    """Overrides for a font at an em of `size` pixels of the timeline."""
    return f"\\fn{font.family}\\b{font.weight}\\fs{page.px(points(font, size))}"


def plain(text: str) -> str:
    """One line: control characters and line separators become spaces."""
    return "".join(" " if char < " " or char in "\x7f\x85\u2028\u2029" else char for char in text)


def escape(text: str) -> str:
    """Text as libass shows it word for word.

    A backslash would begin ``\\N`` or ``\\h``: a word joiner (drawn as nothing) after it keeps it a
    backslash.
    """
    joined = text.replace("\\", "\\\u2060")
    return joined.replace("{", "\\{").replace("}", "\\}")


def colour(name: str, *, alpha: bool = True) -> str:
    """``#rrggbb`` as ASS writes it: blue, green, red."""
    red, green, blue = name[1:3], name[3:5], name[5:7]
    return f"&H{'00' if alpha else ''}{blue}{green}{red}".upper() + ("" if alpha else "&")
