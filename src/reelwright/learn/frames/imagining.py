"""New codes for as long as wanted, in numpy: from the network's step, torch's or ONNX's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Step = Callable[..., dict[str, np.ndarray]]

_FAR = 2.6
"""How far from the mean a code may go, in standard deviations, before it is held back."""
_RAMP = 1.5
"""How fast that grows."""


def imagine(
    step: Step, codes: Floats, width: int, count: int, chance: np.random.Generator, close: int = 0
) -> Floats:
    """Codes that go on as those of the clip do.

    Args:
        step: `dynamics.INPUTS` → `dynamics.OUTPUTS`.
        codes: T × K, of the clip; a stretch of them sets it off.
        width: of the hidden state.
        count: how many are wanted.
        close: over how many the end goes over into the beginning, for a loop; 0 for none.

    Returns:
        count × K, each number about as spread as those of the clip.
    """
    warm = min(len(codes), 24)
    first = int(chance.integers(0, len(codes) - warm + 1))
    hidden = kept = np.zeros((1, width), np.float32)
    moved = np.zeros((1, codes.shape[1]), np.float32)
    told = {}
    for index in range(first, first + warm):
        code = codes[index : index + 1]
        moved = code - codes[index - 1 : index] if index > first else moved
        told = step(code=code, moved=moved, hidden=hidden, kept=kept)
        hidden, kept = told["next_hidden"], told["next_kept"]
    made = np.empty((count + close, codes.shape[1]), np.float32)
    last = codes[first + warm - 1 : first + warm]
    for index in range(len(made)):
        noise = chance.standard_normal(last.shape).astype(np.float32)
        code = (told["mean"] + told["spread"] * noise).astype(np.float32)
        over = np.maximum(np.abs(code) - _FAR, 0)
        code = np.sign(code) * (np.abs(code) - over + np.tanh(over / _RAMP) * _RAMP / 2)
        code = code.astype(np.float32)
        made[index] = code[0]
        told = step(code=code, moved=code - last, hidden=hidden, kept=kept)
        hidden, kept, last = told["next_hidden"], told["next_kept"], code
    spread = made.std(0)
    made = (made - made.mean(0)) * np.where(spread > 0.05, 1 / np.maximum(spread, 0.3), 1)
    if close:
        turn = (np.arange(close, dtype=np.float32) + 0.5)[:, None] / close * (np.pi / 2)
        made[:close] = np.cos(turn) * made[count:] + np.sin(turn) * made[:close]
    return made[:count].astype(np.float32)
