"""keywords: the words a line turns on, as a block of type or as tags; below, what is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import Field

from reelwright.core.nouns import Language, Line, Role
from reelwright.create.keywords import names, nouns
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.enumerating import find_row
from reelwright.media import drawing
from reelwright.media.drawing import BASELINE, Box, Type, measure
from reelwright.media.typesetting import Setting, Token


class Params(SceneParams):
    """`words`, the weightiest first; `text` says something of them (may be empty)."""

    words: tuple[str, ...] = Field(min_length=1, max_length=8)


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """A line that names several things at once; one with three key words, for a change."""
    if line.role is not Role.POINT:
        return None
    row, said = find_row(line.say)
    if row:
        return Fit("keywords", 0.64, f"names {', '.join(row)}", {"words": row, "text": said})
    marked = [word for word in line.emphasis if word in line.say]
    sought = [word for word in line.search if word in line.say]
    own = nouns(line.say, language)
    words: list[str] = []
    for word in [*marked, *(word for word in sought if names(word, language)), *own]:
        new = not any(word.lower() in each.lower() or each.lower() in word.lower()
                      for each in words)  # fmt: skip
        if new and len(word) <= (8 if language == "zh" else 16) and word not in words:
            words.append(word)
    if len(words) < 3 or sum(names(word, language) for word in words) < 3:
        return None
    why = f"has key words: {', '.join(words[:4])}"
    # A sentence with its key word set off says more than loose words do.
    return Fit("keywords", 0.34 if len(marked) > 2 else 0.26, why, {"words": tuple(words[:5])})


def compose(params: Params, stage: Stage) -> None:
    """Words in rows as wide as the frame, or on tags; the sentence under them."""
    u = stage.u
    words = [word.strip() for word in params.words if word.strip()] or ["…"]
    text = ends_cleaned(params.text)
    foot = 0.0
    said: Setting | None = None
    kind = stage.type(text or "a")
    room = (stage.width * 0.9, stage.height * 0.3)
    if text:
        said = stage.set(
            text, kind, room, 86 * stage.theme.type.scale, smallest=28, lines=4, leading=1.36,
            strong=params.strong,
        )  # fmt: skip
        foot = 76 * u + said.height
    tags = stage.pick(2) == 1 or max(len(word) for word in words) > 24
    place = _tags if tags else _block
    high = place(words, stage, stage.height - foot, None)
    top = stage.top_of(high + foot)
    place(words, stage, stage.height - foot, top)
    if said:
        low = top + high + 76 * u
        box = Box(stage.box.left, low, stage.box.right, low + said.height)
        stage.turn(0.1)
        align = "center" if stage.wide or tags else "left"
        stage.lines(said, kind, box, stage.colours.muted, align=align, gap=0.07)


# ── A block of type ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class _Row:
    words: tuple[str, ...]
    kind: Type
    size: float
    width: float


def _rows(words: Sequence[str], stage: Stage, room: float) -> list[_Row]:
    """Words in rows, each as large as fits; of the ways to part them, the one with most ink."""
    kind = stage.type("".join(words), title=True)
    space, lead = 0.5, 1.16
    ems = [measure(word, kind) for word in words]
    largest = 230 * stage.u * stage.theme.type.scale
    best: tuple[float, list[_Row]] | None = None
    for target in (1.5, 3, 4.5, 6, 8, 10, 13, 18):
        groups: list[list[int]] = []
        for index, wide in enumerate(ems):
            last = groups[-1] if groups else []
            used = sum(ems[i] + space for i in last)
            if last and used + wide <= target:
                last.append(index)
            else:
                groups.append([index])
        widths = [sum(ems[i] for i in group) + space * (len(group) - 1) for group in groups]
        sizes = [min(largest, stage.width / wide) for wide in widths]
        total = lead * sum(sizes)
        # Latin letters reach below the em box.
        shrink = min(1.0, 0.95 * room / total)
        sizes = [size * shrink for size in sizes]
        ink = sum(size**1.5 * wide for size, wide in zip(sizes, widths, strict=True))
        worth = ink * (min(sizes) / max(sizes)) ** 0.25
        if best is None or worth > best[0]:
            best = (worth, [
                _Row(tuple(words[i] for i in group), kind, size, wide * size)
                for group, size, wide in zip(groups, sizes, widths, strict=True)
            ])  # fmt: skip
    return best[1] if best else []


def _block(words: Sequence[str], stage: Stage, room: float, top: float | None) -> float:
    rows = _rows(words, stage, room)
    heights = [row.size * 1.16 for row in rows]
    if top is None:
        return sum(heights)
    inks = (stage.colours.accent, stage.colours.text, stage.colours.second, stage.colours.text)
    number = 0
    for row, high in zip(rows, heights, strict=True):
        x = stage.box.left + ((stage.width - row.width) / 2 if stage.wide else 0.0)
        baseline = top + high / 2 + row.size * (BASELINE - 0.5)
        for word in row.words:
            ink = inks[number % len(inks)]
            picture = drawing.text_picture((Token(word),), x, baseline, row.size, row.kind, ink)
            stage.drawing.boxes.append((word, picture.ink))
            stage.sprite(picture, motion="pop" if number == 0 else "rise", gap=0.13)
            x += (measure(word, row.kind) + 0.5) * row.size
            number += 1
        top += high
    return sum(heights)


# ── Tags ─────────────────────────────────────────────────────────────────────────────────────────


def _flow(
    words: Sequence[str], stage: Stage, room: float
) -> tuple[float, float, list[list[tuple[Setting, Type]]]]:
    """Tags in rows no wider than the box: height of a tag, gap, rows of set words."""
    size = 126 * stage.u * stage.theme.type.scale
    while True:
        pad, gap, high = size * 0.5, size * 0.34, size * 1.66
        kinds = [stage.type(word) for word in words]
        inner = stage.width - 2 * pad
        smallest = size / stage.u
        set_words = [
            stage.set(word, kind, (inner, size * 1.01), smallest, smallest=min(18, smallest),
                      lines=1)
            for word, kind in zip(words, kinds, strict=True)
        ]  # fmt: skip
        rows: list[list[tuple[Setting, Type]]] = [[]]
        used = 0.0
        for setting, kind in zip(set_words, kinds, strict=True):
            wide = setting.width + 2 * pad
            if rows[-1] and used + gap + wide > stage.width:
                rows.append([])
                used = 0.0
            used += wide + (gap if rows[-1] else 0.0)
            rows[-1].append((setting, kind))
        total = len(rows) * high + (len(rows) - 1) * gap
        shrunk = any(setting.size < size * 0.7 for setting in set_words)
        if (total <= room and not shrunk) or size <= 30 * stage.u:
            return high, gap, rows
        size *= 0.94


def _tags(words: Sequence[str], stage: Stage, room: float, top: float | None) -> float:
    high, gap, rows = _flow(words, stage, room)
    total = len(rows) * high + (len(rows) - 1) * gap
    if top is None:
        return total
    pad = high / 1.66 * 0.5
    number = 0
    for row in rows:
        across = sum(setting.width + 2 * pad for setting, _ in row) + gap * (len(row) - 1)
        x = stage.box.left + (stage.width - across) / 2
        for setting, kind in row:
            box = Box(x, top, x + setting.width + 2 * pad, top + high)
            _tag(stage, box, setting, kind, first=number == 0)
            x = box.right + gap
            number += 1
        top += high + gap
    return total


def _tag(stage: Stage, box: Box, setting: Setting, kind: Type, *, first: bool) -> None:
    text = "".join(drawing.line_text(line) for line in setting.lines)
    y = box.top + (box.bottom - box.top) / 2 + setting.size * (BASELINE - 0.5)
    x = box.left + (box.right - box.left - setting.width) / 2
    ink = stage.colours.on_accent if first else stage.colours.text
    letters = drawing.ink_box(text, x, y, setting.size, kind)

    def draw(canvas: Any) -> None:
        corner = 8 * stage.u if stage.theme.type.serif else (box.bottom - box.top) / 2
        fill = stage.colours.accent if first else stage.colours.card
        drawing.rounded(canvas, box, corner, drawing.paint(fill))
        if not first:
            edge = drawing.paint(stage.colours.edge)
            edge.setStyle(drawing.skia.Paint.kStroke_Style)
            edge.setStrokeWidth(2.5 * stage.u)
            drawing.rounded(canvas, box, corner, edge)
        drawing.draw_text(canvas, text, x, y, setting.size, kind, drawing.paint(ink))

    stage.drawing.boxes.append((text, letters))
    stage.sprite(drawing.picture_of(box, draw, pad=4), motion="pop", gap=0.12)
