"""table: rows under a head, coming in one after the other."""

from __future__ import annotations

import re
from math import ceil
from typing import Any

from pydantic import Field, model_validator

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage
from reelwright.create.scenes.rows import heading
from reelwright.media.drawing import Box, Type, measure
from reelwright.media.typesetting import Setting

_LARGEST, _SMALLEST = 54.0, 20.0
_LEADING = 1.2
_NUMBER = re.compile(r"\s*[-−+~约]?[$¥￥£€]?\d[\d,.]*\s?\S{0,5}\s*|[-—–/]?")


class Params(SceneParams):
    """A table of two to six columns; `text` is not shown."""

    header: tuple[str, ...] = Field(default=(), max_length=6)
    rows: tuple[tuple[str, ...], ...] = Field(min_length=1, max_length=12)
    title: str = Field(default="", max_length=120)
    best: int = Field(default=0, ge=0, le=12)
    """Which row stands out, from 1; 0 for none."""

    @model_validator(mode="after")
    def _even(self) -> Params:
        widths = {len(row) for row in (self.header, *self.rows) if row}
        if len(widths) != 1:
            raise ValueError("every row must have as many cells as the header")
        if not 1 <= next(iter(widths)) <= 6:
            raise ValueError("a table has one to six columns")
        return self


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """No line by itself: a table comes from the article, or from the person."""
    return None


class _Grid:
    """Cells set at one size: their column widths, their row heights, the texts."""

    def __init__(self, params: Params, stage: Stage, width: float, size: float) -> None:
        self.size = size
        head = bool(params.header)
        self.cells = [*([params.header] if head else []), *params.rows]
        self.pad = size * 0.6 * stage.u
        self.gap = size * 0.9 * stage.u
        self.kinds = [
            [
                self._kind(stage, cell, head and not at, not across)
                for across, cell in enumerate(row)
            ]
            for at, row in enumerate(self.cells)
        ]
        self.widths = self._columns(stage, width)

    def _kind(self, stage: Stage, cell: str, head: bool, first: bool) -> Type:
        return stage.type(cell or "a", title=head or first)

    def _columns(self, stage: Stage, width: float) -> list[float]:
        """The widths: as wide as their cells where there is room, else shared fairly."""
        em = self.size * stage.u
        natural = [
            max(
                measure(row[at], kinds[at]) * em
                for row, kinds in zip(self.cells, self.kinds, strict=True)
            )
            + 2
            for at in range(len(self.cells[0]))
        ]
        room = width - self.gap * (len(natural) - 1)
        if sum(natural) <= room:
            return natural
        # The narrow columns keep their width; the others share what is left.
        shares = dict(enumerate(natural))
        fixed: dict[int, float] = {}
        while True:
            left = room - sum(fixed.values())
            even = left / len(shares)
            narrow = {at: own for at, own in shares.items() if own <= even}
            if not narrow:
                break
            fixed |= narrow
            shares = {at: own for at, own in shares.items() if at not in narrow}
        total = sum(own**0.5 for own in shares.values())
        fixed |= {at: left * own**0.5 / total for at, own in shares.items()}
        return [fixed[at] for at in range(len(natural))]

    def set(self, stage: Stage, most: int) -> list[list[Setting]]:
        """The cells, each in at most `most` lines."""
        em = self.size * stage.u
        return [
            [
                stage.set(
                    cell,
                    kind,
                    (self.widths[at], em * (1 + _LEADING * (most - 1)) + 1),
                    self.size,
                    smallest=self.size,
                    lines=most,
                    leading=_LEADING,
                )
                for at, (cell, kind) in enumerate(zip(row, kinds, strict=True))
            ]
            for row, kinds in zip(self.cells, self.kinds, strict=True)
        ]


def compose(params: Params, stage: Stage) -> None:
    """The heading, the head in the accent, the rows under hairlines."""
    u = stage.u
    above = heading(stage, params.title)
    room = stage.height - above.height
    inset = 28 * u
    grid, settings, heights = _fitted(params, stage, stage.width - 2 * inset, room)
    spare = stage.width - 2 * inset - sum(grid.widths) - grid.gap * (len(grid.widths) - 1)
    # Room that is left goes between the columns; in a landscape the table is no wider than needed.
    between = grid.gap + max(0.0, spare) / max(1, len(grid.widths) - 1) * (0.3 if stage.wide else 1)
    wide = sum(grid.widths) + between * (len(grid.widths) - 1) + 2 * inset
    if len(grid.widths) == 1:
        wide = min(stage.width, wide)
    left = stage.box.left + (stage.width - wide) / 2
    top = stage.top_of(above.height + sum(heights))
    above.place(stage, top, max(stage.box.left, min(left, _latest(stage, above))))
    y = top + above.height
    head = bool(params.header)
    numeric = [
        at > 0 and all(_NUMBER.fullmatch(row[at]) for row in params.rows)
        for at in range(len(grid.widths))
    ]
    for at, (row, height) in enumerate(zip(settings, heights, strict=True)):
        band = Box(left, y, left + wide, y + height)
        _row(params, stage, grid, row, band, at - head, inset, between, numeric)
        y += height
        if at + 1 < len(settings):
            thick = (4 if head and at == 0 else 2) * u
            tint = stage.colours.accent if head and at == 0 else stage.colours.edge
            if params.best - 1 not in (at - head, at - head + 1) or (head and at == 0):
                stage.bar(Box(left, y - thick / 2, left + wide, y + thick / 2), tint, gap=0.0)
        stage.turn(0.13)


def _latest(stage: Stage, above: Any) -> float:
    """How far right the heading may start."""
    return stage.box.right - (above.setting.width if above.setting else 0.0)


def _fitted(
    params: Params, stage: Stage, width: float, room: float
) -> tuple[_Grid, list[list[Setting]], list[float]]:
    """The grid at the largest size at which its rows fit, in few lines a cell."""
    size = _LARGEST
    while size > _SMALLEST and not _likely(_Grid(params, stage, width, size), stage, room):
        size -= 2.0
    while True:
        last = size <= _SMALLEST
        grid = _Grid(params, stage, width, max(size, _SMALLEST))
        many = len(grid.cells)
        em = grid.size * stage.u
        fits = int(((room / many - 2 * grid.pad) / em - 1) / _LEADING + 1.001)
        settings = grid.set(stage, max(1, fits) if last else _most(size))
        heights = [max(each.height for each in row) + 2 * grid.pad for row in settings]
        whole = not any(_cut(setting) for row in settings for setting in row)
        if last or (whole and sum(heights) <= room):
            over = sum(heights) - room
            if over > 0:
                heights = [height - over / many for height in heights]
            # Rows breathe where there is room.
            stretch = max(1.0, min(1.4, 0.8 * room / sum(heights)))
            return grid, settings, [height * stretch for height in heights]
        size -= 6.0


def _most(size: float) -> int:
    """How many lines a cell may have."""
    return 3 if size < 40 else 2


def _likely(grid: _Grid, stage: Stage, room: float) -> bool:
    """Whether the cells fit by the measure of their texts, before any is set."""
    em = grid.size * stage.u
    tall = 0.0
    for row, kinds in zip(grid.cells, grid.kinds, strict=True):
        lines = 1
        for cell, kind, width in zip(row, kinds, grid.widths, strict=True):
            share = measure(cell, kind) * em / width
            # Lines are never quite full.
            lines = max(lines, ceil(share * 1.12) if share > 1 else 1)
        if lines > _most(grid.size):
            return False
        tall += em * (1 + _LEADING * (lines - 1)) + 2 * grid.pad
    return tall <= room


def _cut(setting: Setting) -> bool:
    return bool(setting.lines) and setting.lines[-1][-1].text.endswith("…")


def _row(
    params: Params,
    stage: Stage,
    grid: _Grid,
    row: list[Setting],
    band: Box,
    number: int,
    inset: float,
    between: float,
    numeric: list[bool],
) -> None:
    """A row: its cells in the middle of it; on the accent where it stands out."""
    colours = stage.colours
    strong = number >= 0 and number == params.best - 1
    if strong:
        stage.card(band, fill=colours.accent, edge=colours.accent, radius=18, gap=0.0)
    x = band.left + inset
    for at, setting in enumerate(row):
        tone = colours.text
        if number < 0:
            tone = colours.accent
        elif strong:
            tone = colours.on_accent
        middle = (band.top + band.bottom - setting.height) / 2
        place = Box(x, middle, x + grid.widths[at], stage.box.bottom)
        kind = grid.kinds[number + bool(params.header)][at]
        align = "right" if numeric[at] else "left"
        if setting.lines:
            stage.lines(setting, kind, place, tone, align=align, motion="rise", gap=0.0)
        x += grid.widths[at] + between
