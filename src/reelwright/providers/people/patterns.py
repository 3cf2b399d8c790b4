"""Faces told apart without a network: by the fine patterns of their parts.

Local binary patterns (Ojala, Pietikäinen and Mäenpää 2002) counted in a grid over the face, as
Ahonen, Hadid and Pietikäinen (2006) did, after the light was evened out (Tan and Triggs 2007). This
knows somebody again in one recording, or under like light and looking the same way; it does not
know them from the side or years later. So `near` is strict: it says "the same" seldom, and means
it; for more, install the extra ``people``.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations
from typing import Any, ClassVar

from pydantic import BaseModel

from reelwright.core.nouns import Box
from reelwright.media.portrait import SIDE, UPPER, find_eyes

VERSION = 1
"""Raised whenever the same face would give other numbers."""

_SIDE = 96
_CELLS = 8
_EYES = ((0.3, 0.34), (0.7, 0.34))
"""Where the eyes come to stand in the face that is compared."""
_APART = (0.25, 0.6)
"""How far apart eyes are, in widths of a face: what is not, are not eyes."""


class PatternPeople:
    """Vectors of faces by their patterns."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "Apache-2.0"
    languages: ClassVar[tuple[str, ...]] = ()
    near: ClassVar[float] = 0.42

    class Options(BaseModel):
        """There is nothing to choose."""

    def __init__(self, options: Options) -> None:
        self._options = options

    def describe(self, frame: Any, faces: Sequence[Box]) -> tuple[tuple[float, ...], ...]:
        """A vector for each face of a frame (height × width × 3 bytes, RGB, upright)."""
        if not faces:
            return ()
        import cv2
        import numpy as np

        gray = cv2.cvtColor(np.ascontiguousarray(frame), cv2.COLOR_RGB2GRAY)
        return tuple(_describe(_aligned(gray, face)) for face in faces)

    def key(self) -> dict[str, Any]:
        """What decides the answer besides the pictures."""
        return {"engine": "patterns", "version": VERSION}


def _aligned(gray: Any, face: Box) -> Any:
    """A face `_SIDE` pixels across, its eyes level and in their places where they are seen."""
    import cv2
    import numpy as np

    high, wide = gray.shape
    left, top = face.left * wide, face.top * high
    across, down = max(8.0, face.width * wide), max(8.0, face.height * high)
    corners = np.array([[left, top], [left + across, top], [left, top + down]], np.float32)
    whole = SIDE, round(SIDE * down / across)
    there = np.array([[0, 0], [whole[0], 0], [0, whole[1]]], np.float32)
    crop = cv2.warpAffine(
        gray, cv2.getAffineTransform(corners, there), whole, borderMode=cv2.BORDER_REPLICATE
    )
    eyes = _two_eyes(crop[: max(24, round(whole[1] * UPPER))])
    if eyes is None:
        return cv2.resize(crop, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    # The one turn, scale and shift that brings both eyes to where they belong.
    one, two = (complex(*eye) for eye in eyes)
    wanted = [complex(x * _SIDE, y * _SIDE) for x, y in _EYES]
    turn = (wanted[1] - wanted[0]) / (two - one)
    shift = wanted[0] - turn * one
    move = np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])
    return cv2.warpAffine(crop, move, (_SIDE, _SIDE), borderMode=cv2.BORDER_REPLICATE)


def _two_eyes(crop: Any) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """The middles of both eyes, where two are seen that can be a pair."""
    spots = [(x + wide / 2, y + high * 0.55) for x, y, wide, high in find_eyes(crop)]
    pairs = [
        (abs(two[1] - one[1]), one, two)
        for one, two in combinations(spots, 2)
        if _APART[0] * SIDE < two[0] - one[0] < _APART[1] * SIDE
        and abs(two[1] - one[1]) < 0.35 * (two[0] - one[0])
    ]
    return min(pairs)[1:] if pairs else None


def _describe(face: Any) -> tuple[float, ...]:
    """How often each uniform pattern occurs in each cell: square roots, so that the distance of two
    vectors is that of Hellinger, 0 (alike) to 1."""
    import cv2
    import numpy as np

    light = (face.astype(np.float32) / 255 + 0.02) ** 0.25
    even = cv2.GaussianBlur(light, (0, 0), 1.0) - cv2.GaussianBlur(light, (0, 0), 4.0)
    middle = even[2:-2, 2:-2]
    code = np.zeros(middle.shape, np.uint8)
    for bit, (down, right) in enumerate(_RING):
        high, wide = middle.shape
        around = even[2 + down : 2 + down + high, 2 + right : 2 + right + wide]
        code |= (around > middle).astype(np.uint8) << bit
    kinds = _uniform()[code]
    cells: list[Any] = []
    for band in np.array_split(kinds, _CELLS, axis=0):
        for cell in np.array_split(band, _CELLS, axis=1):
            cells.append(np.bincount(cell.ravel(), minlength=59) / cell.size)
    numbers = np.sqrt(np.concatenate(cells) / (2 * _CELLS * _CELLS))
    return tuple(round(float(number), 5) for number in numbers)


_RING = ((-2, 0), (-1, 1), (0, 2), (1, 1), (2, 0), (1, -1), (0, -2), (-1, -1))


@lru_cache(maxsize=1)
def _uniform() -> Any:
    """The kind of each pattern of eight bits: those of at most two changes of bit each have their
    own, all others share one."""
    import numpy as np

    kinds = np.full(256, 58, np.int64)
    count = 0
    for code in range(256):
        turned = (code >> 1) | ((code & 1) << 7)
        if bin(code ^ turned).count("1") <= 2:
            kinds[code] = count
            count += 1
    return kinds
