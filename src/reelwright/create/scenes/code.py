"""code: a piece of code on a card, in a font of even width, coming in line by line."""

from __future__ import annotations

from textwrap import dedent
from typing import Any

from pydantic import Field, field_validator

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage
from reelwright.create.scenes.charting import blend
from reelwright.create.scenes.highlighting import Kind, Piece, highlight
from reelwright.media import drawing
from reelwright.media.drawing import BASELINE, Box, Type, measure
from reelwright.media.fonts import monospaced

_LEADING = 1.5
_LARGEST, _COMFORT, _SMALLEST = 50.0, 33.0, 20.0
"""Sizes in units: the largest, the one down to which lines are not broken, the smallest."""


class Params(SceneParams):
    """A piece of code; `text` is not shown."""

    code: str = Field(max_length=4000)
    language: str = Field(default="", max_length=24)
    """As a Markdown fence names it."""
    title: str = Field(default="", max_length=80)
    """Over the code: a file's name, what it does. Left out: the language."""
    mark: tuple[int, ...] = ()
    """Lines to point at, from 1."""

    @field_validator("code")
    @classmethod
    def _tidy(cls, code: str) -> str:
        tidied = dedent(code.expandtabs(4)).strip("\n").rstrip()
        if not tidied:
            raise ValueError("there is no code")
        return tidied


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """No line by itself: code comes from the article, or from the person."""
    return None


def compose(params: Params, stage: Stage) -> None:
    """A card, the title (or the language) at its top, then the lines with their numbers."""
    u = stage.u
    code = highlight(params.code, params.language)
    kind = Type(weight=400, family=monospaced(params.code), language="en")
    pad = 48 * u
    title = params.title or params.language
    head = 84 * u if title else 0.0
    digits = len(str(len(code)))
    gutter = measure("0", kind) * (digits + 2) if len(code) > 1 else 0.0
    width, room = stage.width - 2 * pad, stage.height - 2 * pad - head
    size, lines = _fitted(code, kind, gutter, (width, room), u)
    tall = len(lines) * _LEADING * size
    top = stage.top_of(tall + 2 * pad + head)
    left, right = stage.box.left, stage.box.right
    if stage.wide:
        # No wider than the code, in the middle.
        widest = max(_wide(line, kind) for _, line in lines) + gutter
        card = min(stage.width, max(widest * size + 2 * pad, stage.width * 0.5))
        left += (stage.width - card) / 2
        right = left + card
    stage.card(Box(left, top, right, top + tall + 2 * pad + head), gap=0.1)
    if title:
        _head(stage, title, Box(left + pad, top + 30 * u, right - pad, top + head), kind)
    y = top + pad + head
    marked = False
    for number, line in lines:
        # What goes on from a marked line is marked with it.
        marked = number in params.mark if number else marked
        at = Box(left + pad, y, right - pad, y + _LEADING * size)
        _line(stage, number, line, kind, size, at, gutter, marked)
        y += _LEADING * size


def _fitted(
    code: list[list[Piece]], kind: Type, gutter: float, room: tuple[float, float], u: float
) -> tuple[float, list[tuple[int, list[Piece]]]]:
    """The size, and the lines with their numbers (0 for what goes on from the line above)."""
    size = _LARGEST
    found: list[tuple[int, list[Piece]]] = []
    while size >= _SMALLEST:
        ems = room[0] / (size * u) - gutter
        found = _wrapped(code, kind, ems)
        whole = len(found) == len(code)
        if len(found) * _LEADING * size * u <= room[1] and (whole or size <= _COMFORT):
            return size * u, found
        size -= 1.0
    size = _SMALLEST * u
    most = max(1, int(room[1] / (_LEADING * size)))
    if len(found) > most:
        number, _ = found[most - 1]
        found = [*found[: most - 1], (number, [("comment", "…")])]
    return size, found


def _wrapped(code: list[list[Piece]], kind: Type, ems: float) -> list[tuple[int, list[Piece]]]:
    """Lines no wider than `ems`; what is too long goes on under its own start."""
    made: list[tuple[int, list[Piece]]] = []
    for number, line in enumerate(code, start=1):
        text = "".join(piece for _, piece in line)
        indent = min(len(text) - len(text.lstrip()) + 2, 12)
        rest, shown = list(line), number
        while _wide(rest, kind) > ems:
            first, rest = _parted(rest, kind, ems)
            made.append((shown, first))
            rest, shown = [("plain", " " * indent), *rest], 0
        made.append((shown, rest))
    return made


def _parted(line: list[Piece], kind: Type, ems: float) -> tuple[list[Piece], list[Piece]]:
    """A line in two, the first no wider than `ems`, after a space or a comma where there is one."""
    text = "".join(piece for _, piece in line)
    fits = start = len(text) - len(text.lstrip())
    used = measure(text[:start], kind)
    while fits < len(text) and (used := used + measure(text[fits], kind)) <= ems:
        fits += 1
    fits = max(fits, start + 1)
    breaks = [
        at
        for at in range(start + 1, fits + 1)
        # The mark of a comment keeps to what it opens.
        if text[at - 1] in " ,;(|，、。" and not text[:at].rstrip().endswith(("#", "//", "--"))
    ]
    cut = breaks[-1] if breaks and breaks[-1] > start + (fits - start) * 0.5 else fits
    first: list[Piece] = []
    rest: list[Piece] = []
    at = 0
    for kind_of, piece in line:
        split = max(0, min(len(piece), cut - at))
        if split:
            first.append((kind_of, piece[:split]))
        if split < len(piece):
            rest.append((kind_of, piece[split:]))
        at += len(piece)
    return first, rest


def _wide(line: list[Piece], kind: Type) -> float:
    return sum(measure(piece, kind) for _, piece in line)


def _head(stage: Stage, title: str, box: Box, kind: Type) -> None:
    """What the code is, small, and a hairline under it."""
    own = stage.type(title)
    plain = kind if title.isascii() else own
    setting = stage.set(
        title, plain, (box.right - box.left, 44 * stage.u), 34, smallest=18, lines=1
    )
    stage.lines(setting, plain, box, stage.colours.muted, motion="fade", gap=0.05)
    low = box.bottom + 2 * stage.u
    stage.bar(Box(box.left, low, box.right, low + 2 * stage.u), stage.colours.edge, gap=0.05)


def _line(
    stage: Stage,
    number: int,
    line: list[Piece],
    kind: Type,
    size: float,
    box: Box,
    gutter: float,
    marked: bool,
) -> None:
    """A line of code, its number before it."""
    baseline = box.top + (_LEADING - 1) / 2 * size + BASELINE * size
    start = box.left + gutter * size
    if marked:
        pad = 18 * stage.u
        band = Box(box.left - pad, box.top, box.right + pad, box.bottom)
        _band(stage, band)
    text = "".join(piece for _, piece in line)
    count = str(number) if number and gutter else ""
    if not text.strip() and not count:
        return
    colours = _colours(stage)
    quiet = stage.colours.accent if marked else stage.colours.muted
    boxes: list[Box] = []
    if count:
        right = start - measure("0", kind) * 2 * size
        at = right - measure(count, kind) * size
        boxes.append(drawing.ink_box(count, at, baseline, size, kind))
        stage.drawing.boxes.append((count, boxes[0]))
    else:
        at = start
    if text.strip():
        own = drawing.ink_box(text, start, baseline, size, kind)
        boxes.append(own)
        stage.drawing.boxes.append((text.strip(), own))

    def draw(canvas: Any) -> None:
        if count:
            drawing.draw_text(canvas, count, at, baseline, size, kind, drawing.paint(quiet, 0.7))
        x = start
        for piece_kind, piece in line:
            ink = drawing.paint(colours[piece_kind])
            x = drawing.draw_text(canvas, piece, x, baseline, size, kind, ink)

    picture = drawing.picture_of(drawing.union(boxes), draw, pad=4)
    stage.sprite(picture, motion="left", gap=0.09)


def _band(stage: Stage, box: Box) -> None:
    radius = (4 if stage.theme.type.serif else 12) * stage.u
    stage.bar(box, stage.colours.edge, radius=radius, gap=0.0)


def _colours(stage: Stage) -> dict[Kind, str]:
    own = stage.colours
    return {
        "plain": own.text,
        "keyword": own.accent,
        "string": own.second,
        "comment": own.muted,
        "number": blend(own.accent, own.text, 0.55),
        "call": blend(own.second, own.text, 0.5),
        "key": own.accent,
    }
