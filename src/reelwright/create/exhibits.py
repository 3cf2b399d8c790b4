"""Exhibits: the tables and the code of an article, shown while their section is spoken of.

A table of names and figures becomes a chart. What is shown is the article's own, word for word;
which line shows it is decided by where it stands and by the words they share.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reelwright.core.nouns import Language
from reelwright.create.article import Article, Block
from reelwright.create.ideas import Idea
from reelwright.create.keywords import alike, vectors
from reelwright.create.scenes.series import params_of, series_of_table

_MOST_ROWS, _MOST_COLUMNS, _LONGEST_CELL = 8, 5, 40
_MOST_LINES, _LONGEST_LINE = 18, 110
_NEAR = 0.1
"""How much a line must have to do with what it shows."""
_POINTS_AT_CODE = re.compile(
    r"代码|命令|运行|执行|脚本|函数|安装|输入|\b(?:run|code|command|function|script|install|type|"
    r"write|call|line)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Exhibit:
    """A scene that a line shows."""

    scene: str
    params: dict[str, Any]


def exhibits(
    article: Article, chosen: Sequence[tuple[Idea, tuple[str, ...]]], language: Language
) -> dict[int, Exhibit]:
    """Which lines show a table or code of their section, at most one line each.

    Args:
        article: its blocks.
        chosen: what is said, in order.
        language: of it.

    Returns:
        By the place of a line among all lines of `chosen`.
    """
    said = [(idea, line) for idea, lines in chosen for line in lines]
    found: dict[int, Exhibit] = {}
    for index, block in enumerate(article.blocks):
        if block.kind not in ("table", "code"):
            continue
        own = [at for at, (idea, _) in enumerate(said) if idea.section == block.section]
        beside = _beside(article.blocks, index)
        at = _place(block, beside, [(at, *said[at]) for at in own if at not in found], language)
        shown = _of(block, _heading(article.blocks, index), said[at][1]) if at is not None else None
        if at is not None and shown is not None:
            found[at] = shown
    return found


def _heading(blocks: Sequence[Block], at: int) -> str:
    """The heading over a block, where it stands right under it or after one paragraph."""
    near = blocks[max(0, at - 2) : at]
    return blocks[at].section[:60] if any(block.kind == "heading" for block in near) else ""


def _beside(blocks: Sequence[Block], at: int) -> tuple[str, str]:
    """The paragraph right before a block and the one right after it, in its section."""
    texts = ["", ""]
    for side, other in enumerate((at - 1, at + 1)):
        if 0 <= other < len(blocks) and blocks[other].section == blocks[at].section:
            texts[side] = blocks[other].text if blocks[other].kind == "paragraph" else ""
    return texts[0], texts[1]


def _place(
    block: Block,
    beside: tuple[str, str],
    lines: Sequence[tuple[int, Idea, str]],
    language: Language,
) -> int | None:
    """The line that speaks of a table or code most; None where none does.

    That is the line that says a row of it, else the one that stands beside it or shares words.
    """
    rows = [at for at, idea, _ in lines if block.kind == "table" and idea.kind == "table"]
    if rows or not lines:
        return rows[0] if rows else None
    about, *own = vectors([block.text, *(line for _, _, line in lines)], language)

    def nearness(place: int) -> float:
        _, idea, line = lines[place]
        near = alike(about, own[place])
        if block.kind == "code" and _POINTS_AT_CODE.search(line):
            near += 0.2
        for text, worth in zip(beside, (0.25, 0.05), strict=True):
            if any(sentence.rstrip("。.") in text for sentence in idea.sentences):
                near += worth
        return round(near, 3)

    best = max(range(len(lines)), key=lambda place: (nearness(place), place))
    return lines[best][0] if nearness(best) >= _NEAR else None


def _of(block: Block, title: str, line: str) -> Exhibit | None:
    """A block as a scene; None where it is too large to be read in a few seconds."""
    if block.kind == "code":
        lines = block.text.split("\n")
        if len(lines) > _MOST_LINES or max(map(len, lines)) > _LONGEST_LINE:
            return None
        return Exhibit("code", {"code": block.text, "language": block.source[:24]})
    header, *rows = block.rows
    cells = [cell for row in block.rows for cell in row]
    even = all(len(row) == len(header) for row in rows)
    if not rows or not even or not 2 <= len(header) <= _MOST_COLUMNS:
        return None
    if len(rows) > _MOST_ROWS or max(map(len, cells)) > _LONGEST_CELL:
        return None
    series = series_of_table(header, rows)
    if series is not None:
        name = "bars"
        if series.whole:
            name = "ring"
        elif series.time and len(series.items) > 2:
            name = "line"
        return Exhibit(name, {**params_of(series), "title": series.title or title})
    named = (number for number, row in enumerate(rows, start=1) if row[0] and row[0] in line)
    params = {"header": list(header), "rows": [list(row) for row in rows], "title": title}
    return Exhibit("table", {**params, "best": next(named, 0)})
