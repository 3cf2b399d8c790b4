"""Boxes that a detector gives: each thing once, and as shares of the picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reelwright.core.nouns import Box

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Rows = npt.NDArray[np.float64]
    """n × 5: left, top, width, height (any unit), and how sure (0 to 1)."""


def keep_apart(rows: Rows, same: float, inside: float = 2.0) -> list[int]:
    """Which boxes to keep, so that each thing has one: its surest (greedy non-maximum suppression).

    Args:
        rows: n × 5, see `Rows`.
        same: overlap (intersection over union) beyond which two are the same thing.
        inside: share of a box inside a surer one that makes it the same; above 1: never.

    Returns:
        Their numbers, the surest first.
    """
    import numpy as np

    order = np.lexsort((rows[:, 0], rows[:, 1], -rows[:, 4]))
    kept: list[int] = []
    for number in order.tolist():
        box = rows[number]
        if box[2] * box[3] > 0 and not any(_same(box, rows[n], same, inside) for n in kept):
            kept.append(number)
    return kept


def _same(box: Rows, surer: Rows, same: float, inside: float) -> bool:
    across = min(box[0] + box[2], surer[0] + surer[2]) - max(box[0], surer[0])
    down = min(box[1] + box[3], surer[1] + surer[3]) - max(box[1], surer[1])
    if across <= 0 or down <= 0:
        return False
    both, own = across * down, box[2] * box[3]
    return bool(both / (own + surer[2] * surer[3] - both) > same or both / own > inside)


def box_of(row: Rows) -> Box:
    """A box as a noun, from left, top, width, height (shares of the picture) and how sure."""
    left, top, wide, high, score = row.tolist()
    return Box(
        left=round(left, 4),
        top=round(top, 4),
        width=round(wide, 4),
        height=round(high, 4),
        score=round(min(1.0, max(0.0, score)), 3),
    )
