"""What the charts share: parameters, how figures are written, which item stands out, colours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from reelwright.create.scenes.base import SceneParams, Stage, language_of
from reelwright.create.scenes.rows import Heading, heading
from reelwright.create.scenes.series import PERCENT, in_time
from reelwright.media import drawing
from reelwright.media.drawing import Box, Type, format_number, measure

MOST = 8
"""Items in a chart: more cannot be read in a few seconds."""


class Item(BaseModel):
    """A name and its figure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = Field(min_length=1, max_length=120)
    value: float = Field(ge=-1e15, le=1e15)


class ChartParams(SceneParams):
    """Figures under a heading; `text` is not shown."""

    items: tuple[Item, ...] = Field(min_length=2, max_length=MOST)
    title: str = Field(default="", max_length=120)
    unit: str = Field(default="", max_length=24)
    prefix: str = Field(default="", max_length=4)
    decimals: int | None = Field(default=None, ge=0, le=6)
    """Digits after the point; left out: as many as the values have."""
    best: int | None = Field(default=None, ge=0, le=MOST)
    """Which item stands out, from 1; 0 for none. Left out: the last in time, else the largest."""


def standing_out(params: ChartParams) -> int | None:
    """The place of the item in the accent, from 0."""
    if params.best is not None:
        return params.best - 1 if 0 < params.best <= len(params.items) else None
    values = [item.value for item in params.items]
    if in_time([item.label for item in params.items]):
        return len(values) - 1
    return values.index(max(values))


def decimals_of(params: ChartParams) -> int:
    """Digits after the point for all figures alike."""
    if params.decimals is not None:
        return params.decimals
    tails = (f"{item.value:.3f}".rstrip("0").partition(".")[2] for item in params.items)
    return max(len(tail) for tail in tails)


class Figures:
    """How a chart writes its figures: number and unit beside it, or the unit said once above."""

    def __init__(self, params: ChartParams, stage: Stage, *, bare: bool = False) -> None:
        self._stage = stage
        self._decimals = decimals_of(params)
        said = params.title + params.unit + "".join(item.label for item in params.items)
        self._chinese = language_of(said) == "zh"
        self._prefix = params.prefix
        unit = "%" if params.unit.lower() in PERCENT else params.unit
        self.kind: Type = stage.type(unit or "0", title=True)
        aside = unit != "%" and (bare or measure(unit, self.kind) > 2.4 if unit else False)
        self.note = "" if not aside else f"单位：{unit}" if self._chinese else unit
        """The unit where it is said once."""
        self._unit = "" if aside else unit

    def text(self, value: float) -> str:
        """A value as written, without its unit."""
        # Chinese reads four digits without a mark; English does not.
        grouped = abs(value) >= (10000 if self._chinese else 1000)
        sign = "−" if value < 0 else ""
        return sign + self._prefix + format_number(abs(value), self._decimals, grouped=grouped)

    def width(self, value: float) -> float:
        """How wide a value is with its unit, in ems."""
        unit = measure(self._unit, self.kind) * self._scale + self._gap if self._unit else 0.0
        return sum(measure(char, self.kind) for char in self.text(value)) + unit

    def draw(
        self, canvas: Any, value: float, x: float, baseline: float, size: float, fill: str
    ) -> None:
        """Draw a value and its unit from `x` on."""
        ink = drawing.paint(fill)
        text = self.text(value)
        drawing.draw_text(canvas, text, x, baseline, size, self.kind, ink)
        if self._unit:
            # Digit by digit: whole figures that count up would fill the memory.
            x += (sum(measure(char, self.kind) for char in text) + self._gap) * size
            own = size * self._scale
            drawing.draw_text(canvas, self._unit, x, baseline, own, self.kind, ink)

    def box(self, value: float, x: float, baseline: float, size: float) -> Box:
        """The box of a value's ink, unit and all."""
        text = self.text(value)
        box = drawing.ink_box(text, x, baseline, size, self.kind)
        if not self._unit:
            return box
        x += (sum(measure(char, self.kind) for char in text) + self._gap) * size
        own = drawing.ink_box(self._unit, x, baseline, size * self._scale, self.kind)
        return drawing.union([box, own])

    def shown(self, value: float) -> str:
        """A value and its unit as text."""
        return f"{self.text(value)}{self._unit}"

    @property
    def _scale(self) -> float:
        return 1.0 if self._unit == "%" else 0.62

    @property
    def _gap(self) -> float:
        return 0.0 if self._unit == "%" else 0.1


class Above:
    """The heading of a chart, and under it the unit where it is said once."""

    def __init__(self, stage: Stage, title: str, note: str) -> None:
        self._head: Heading = heading(stage, title)
        self._note = note
        self._size = 40 * stage.u if note else 0.0
        drawn = 44 * stage.u if title else 0.0
        self.height = self._head.height + (self._size + 40 * stage.u - drawn * 0.6 if note else 0.0)

    def place(self, stage: Stage, top: float, left: float) -> None:
        """Add them, from `left` on or as far to the left of it as the heading needs."""
        left = fitting_left(stage, self._head, left)
        self._head.place(stage, top, left)
        if not self._note:
            return
        kind = stage.type(self._note)
        room = (stage.box.right - left, self._size * 1.1)
        setting = stage.set(self._note, kind, room, 40, smallest=20, lines=1)
        low = top + max(0.0, self._head.height - 26 * stage.u)
        stage.lines(
            setting, kind, Box(left, low, stage.box.right, low + self._size), stage.colours.muted
        )


def fitting_left(stage: Stage, head: Heading, left: float) -> float:
    """Where a heading starts: at `left`, or further left where it would not fit."""
    if head.setting is None:
        return left
    return max(stage.box.left, min(left, stage.box.right - head.setting.width))


def blend(one: str, other: str, share: float) -> str:
    """A colour between two: `share` of the first, the rest of the second."""
    a, b = one.lstrip("#"), other.lstrip("#")
    mixed = (
        round(int(a[at : at + 2], 16) * share + int(b[at : at + 2], 16) * (1 - share))
        for at in (0, 2, 4)
    )
    return "#" + "".join(f"{value:02x}" for value in mixed)


def tints(stage: Stage, many: int, best: int | None) -> list[str]:
    """A colour for each item: the accent for the one that stands out, steps of the second else."""
    colours = stage.colours
    others = many - (best is not None)
    made: list[str] = []
    step = 0
    for number in range(many):
        if number == best:
            made.append(colours.accent)
            continue
        share = 1.0 if others < 2 else 1.0 - 0.6 * step / (others - 1)
        made.append(blend(colours.second, colours.ground, share))
        step += 1
    return made


def common_size(
    stage: Stage,
    texts: Sequence[str],
    room: tuple[float, float],
    largest: float,
    *,
    smallest: float,
    lines: int,
) -> float:
    """The size (in units) at which all texts fit the same room."""
    size = largest
    for text in texts:
        found = stage.set(
            text, stage.type(text), room, size, smallest=smallest, lines=lines, leading=1.16
        )
        size = min(size, found.size / stage.u)
    return size
