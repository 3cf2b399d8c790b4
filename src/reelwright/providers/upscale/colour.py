"""Whole pictures through a network that enlarges RGB."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.media.tiles import Planes, Run, Tiler

SIDE = 256
"""Pixels of a tile's sides: these networks have many channels."""
RIM = 32
"""Pixels around a tile that are given with it; what lies further off hardly matters."""
STEP = 4
"""Some networks begin with squares of so many pixels."""
PROBE = 32
"""Side of the picture that tells what a network does."""


def tiler_of(
    run: Run,
    scale: int,
    *,
    fixed: tuple[int, int] | None = None,
    slower: Callable[[], Run] | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> Tiler:
    """What runs pictures through a network.

    Args:
        run: the network, 3 × H × W planes of 0 to 1 in and out.
        scale: how much it enlarges.
        fixed: height and width that it takes; None: any.
        slower: see `Tiler`.
        say: see `Tiler`.
    """
    if fixed is None:
        return Tiler(run, scale=scale, rim=RIM, step=STEP, slower=slower, say=say, side=SIDE)
    least = min(fixed)
    rim = min(RIM, least // 4)
    return Tiler(_filled(run, scale, fixed), scale=scale, rim=rim, say=say, side=least - 2 * rim)


def enlarge(frame: Any, tiler: Tiler) -> npt.NDArray[np.uint8]:
    """A picture (height × width × 3, 0 to 255) enlarged."""
    planes = np.ascontiguousarray(frame.transpose(2, 0, 1), np.float32) / np.float32(255)
    made = np.clip(np.rint(tiler(planes) * 255), 0, 255)
    return np.ascontiguousarray(made.transpose(1, 2, 0).astype(np.uint8))


def scale_of(given: tuple[int, ...], made: tuple[int, ...]) -> int:
    """How much larger planes became; 0 where it is no whole factor of 2 to 8, the same for both."""
    if len(made) != 3 or made[0] != 3:
        return 0
    scale = made[1] // given[1]
    fits = made[1:] == (given[1] * scale, given[2] * scale)
    return scale if fits and 2 <= scale <= 8 else 0


def _filled(run: Run, scale: int, size: tuple[int, int]) -> Run:
    """A network that takes one size only, for planes up to that size."""

    def filled(planes: Planes) -> Planes:
        high, wide = planes.shape[1:]
        rim = ((0, 0), (0, size[0] - high), (0, size[1] - wide))
        return run(np.pad(planes, rim, mode="edge"))[:, : high * scale, : wide * scale]

    return filled
