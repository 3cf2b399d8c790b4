"""Of two copies: which shows more, and what is around or over its picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.media.matching import Match
from reelwright.media.patches import blurred
from reelwright.media.prints import Print

_WHOLE = 0.97
_DETAIL = 0.5
_MOST_THUMBS = 120
_CHANGES = 6.0
_STILL = 1.5
_EDGE = 0.01


@dataclass(frozen=True)
class Framing:
    """How one of two copies stands to the other."""

    field: float
    """What share of its picture the other one shows too."""
    plain: bool
    """Whether what it shows besides has hardly any detail: bars, or a blurred copy."""
    inset: bool
    """Whether it shows more on sides that meet: of a picture in a picture, or of one that was cut
    all around."""
    covered: float
    """In what share of what both show it stands still while the other one moves: a logo, a
    caption. 0 for pictures."""


def frame_copies(this: Print, other: Print, match: Match) -> tuple[Framing, Framing]:
    """How two copies stand to each other: the first to the second, the second to the first.

    Args:
        this: a print.
        other: another one.
        match: what `media.matching` says of `this` and `other`.
    """
    side = this.mirrored() if match.mirrored else this
    forth = np.array([*match.affine, 0.0, 0.0, 1.0]).reshape(3, 3)
    back = np.linalg.inv(forth)
    here, there = (
        _pick(side, match.start, match.end),
        _pick(other, match.other_start, match.other_end),
    )
    shared_here, shared_there = _shared(forth, here.shape[1]), _shared(back, there.shape[1])
    return (
        Framing(
            round(float(shared_here.mean()), 3),
            _is_plain(here, shared_here),
            _is_inset(shared_here),
            _covered(here, there, forth, shared_here),
        ),
        Framing(
            round(float(shared_there.mean()), 3),
            _is_plain(there, shared_there),
            _is_inset(shared_there),
            _covered(there, here, back, shared_there),
        ),
    )


def _pick(one: Print, start: float, end: float) -> npt.NDArray[np.float32]:
    """Thumbnails spread over a stretch."""
    inside = np.flatnonzero((one.moments >= start - 0.1) & (one.moments <= end + 0.1))
    if not len(inside):
        inside = np.arange(len(one.thumbs))
    step = max(1, len(inside) // _MOST_THUMBS)
    return one.thumbs[inside[::step]].astype(np.float32)


def _mapped(affine: npt.NDArray[np.float64], side: int) -> npt.NDArray[np.float64]:
    middle = (np.arange(side) + 0.5) / side
    points = np.stack([np.tile(middle, side), np.repeat(middle, side)], axis=1)
    return points @ affine[:2, :2].T + affine[:2, 2]


def _shared(affine: npt.NDArray[np.float64], side: int) -> npt.NDArray[np.bool_]:
    """Which cells of a thumbnail (side × side) the other one shows too."""
    points = _mapped(affine, side)
    inside = ((points > -_EDGE) & (points < 1 + _EDGE)).all(axis=1)
    return inside.reshape(side, side)


def _is_plain(thumbs: npt.NDArray[np.float32], shared: npt.NDArray[np.bool_]) -> bool:
    """Whether what lies outside of what is shared has hardly any detail: bars, a blurred copy."""
    if shared.mean() > _WHOLE or not shared.any():
        return False
    around = np.stack([blurred(one, 3) for one in thumbs[:: max(1, len(thumbs) // 12)]])
    detail = np.abs(thumbs[:: max(1, len(thumbs) // 12)] - around).mean(axis=0)
    # At the edge of what is shared there is detail whatever lies outside.
    edge = blurred(shared.astype(np.float32), 3)
    outside = edge < 0.01 if (edge < 0.01).any() else ~shared
    return float(detail[outside].mean()) < _DETAIL * float(detail[shared].mean())


def _is_inset(shared: npt.NDArray[np.bool_]) -> bool:
    """Whether there is more of the picture both beside and above or below what is shared."""
    rows, columns = shared.any(axis=1), shared.any(axis=0)
    return not rows.all() and not columns.all()


def _covered(
    here: npt.NDArray[np.float32],
    there: npt.NDArray[np.float32],
    affine: npt.NDArray[np.float64],
    shared: npt.NDArray[np.bool_],
) -> float:
    """Share of the shared cells that stand still here and change there."""
    if len(here) < 3 or len(there) < 3 or not shared.any():
        return 0.0
    spread_here, spread_there = here.std(axis=0), there.std(axis=0)
    size = there.shape[1]
    cells = np.clip((_mapped(affine, shared.shape[0]) * size).astype(int), 0, size - 1)
    other = spread_there[cells[:, 1], cells[:, 0]].reshape(shared.shape)
    hidden = shared & (spread_here < _STILL) & (other > _CHANGES)
    return round(float(hidden.sum()) / float(shared.sum()), 3)
