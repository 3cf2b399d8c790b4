"""Pictures run through a network piece by piece, without seams and within the memory there is."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import MediaError

Planes = npt.NDArray[np.float32]
"""channels × height × width."""
Run = Callable[[Planes], Planes]
"""Planes → planes, as large or larger by a whole factor; MemoryError where there is too little."""

SIDE = 640
"""Pixels of a tile's sides, at first."""
_LEAST = 64


class Tiler:
    """Runs pictures through a network in tiles; in smaller ones once memory has run out.

    Each tile is given with as much around it as the network looks at, which is cut away from what
    comes out: what is made of a tile is what would be made of the whole.

    Args:
        run: the network.
        scale: how much larger its output is.
        rim: pixels around one that decide what becomes of it.
        step: the network's own grid; tiles begin on it, and the whole is enlarged to it.
        slower: makes another `run` that needs less of the memory that ran out, such as on the CPU.
        say: is told when tiles become smaller.
        side: pixels of a tile's sides.
    """

    def __init__(
        self,
        run: Run,
        *,
        scale: int,
        rim: int,
        step: int = 1,
        slower: Callable[[], Run] | None = None,
        say: Callable[[str], None] = lambda _: None,
        side: int = SIDE,
    ) -> None:
        self._run, self._slower, self._say = run, slower, say
        self._scale, self._step = scale, step
        self._rim = -(-rim // step) * step
        self._side = max(step, side // step * step)
        self._changing = Lock()

    def __call__(self, planes: Planes) -> Planes:
        """The whole picture through the network.

        Raises:
            MediaError: there is too little memory for the smallest tiles, too.
        """
        high, wide = planes.shape[1:]
        down, right = -high % self._step, -wide % self._step
        if down or right:
            planes = np.pad(planes, ((0, 0), (0, down), (0, right)), mode="symmetric")
        while True:
            run, side = self._run, self._side
            try:
                made = self._tiled(planes, run, side)
                return made[:, : high * self._scale, : wide * self._scale]
            except MemoryError:
                self._shrink(run, side)

    def _tiled(self, planes: Planes, run: Run, side: int) -> Planes:
        high, wide = planes.shape[1:]
        if max(high, wide) <= side + self._rim:
            return run(planes)
        scale, rim = self._scale, self._rim
        out: Any = None
        for top in range(0, high, side):
            for left in range(0, wide, side):
                above, before = min(rim, top), min(rim, left)
                below, after = min(high, top + side), min(wide, left + side)
                tile = planes[:, top - above : below + rim, left - before : after + rim]
                made = run(np.ascontiguousarray(tile))
                if out is None:
                    out = np.empty((len(made), high * scale, wide * scale), np.float32)
                kept = made[
                    :,
                    above * scale : (above + below - top) * scale,
                    before * scale : (before + after - left) * scale,
                ]
                out[:, top * scale : below * scale, left * scale : after * scale] = kept
        return out

    def _shrink(self, run: Run, side: int) -> None:
        with self._changing:
            if (self._run, self._side) != (run, side):
                return  # Another thread has done so.
            if side // 2 >= max(_LEAST, self._step):
                self._side = side // 2 // self._step * self._step
                self._say(f"memory ran out: going on with tiles of {self._side} pixels")
            elif self._slower is not None:
                self._run, self._slower, self._side = self._slower(), None, SIDE
                self._say("the GPU's memory is too small: going on with the CPU, more slowly")
            else:
                raise MediaError(
                    "there is too little memory, even for the smallest tiles",
                    hint="close other programs, or choose a smaller model",
                )
