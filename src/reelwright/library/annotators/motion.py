"""Motion: how much moves, and what the camera does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import EVERY, Annotator, Kind, Subject, Watcher
from reelwright.media.movement import MovementMeter, follow_camera

_WORDS = ((0.012, "still"), (0.06, "calm"), (0.2, "lively"), (float("inf"), "hectic"))
"""Upper ends, in picture widths a second."""
STEPS = "movement"
"""What the measured steps are shared as: a list of `media.movement.Step`."""


class Motion(Annotator):
    """Gives ``motion``, ``{"kind": still, calm, lively or hectic, "amount": how far things move in
    the picture, in its widths a second}``, of the whole; and ``camera``, ``{"kind": still, pan
    left …, "speed": widths (of a zoom, shares of the size) a second}``, for each stretch."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video"})
    gives = frozenset({"motion", "camera"})
    after = frozenset({"shots"})
    look = EVERY

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject)


class _Watcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.meter = MovementMeter()
        self.last = 0.0

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        self.meter.see(times, frames)
        self.last = float(times[-1])

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        steps = self.meter.steps
        self.subject.shared[STEPS] = steps
        if not steps:
            return
        shots = shots_of(told, self.last)
        cuts = np.array([start for start, _ in shots[1:]])
        whole = [s for s in steps if not ((cuts > s.at - s.seconds) & (cuts <= s.at)).any()]
        seconds = sum(step.seconds for step in whole)
        amount = sum(step.flow for step in whole) / seconds if seconds else 0.0
        word = next(word for most, word in _WORDS if amount < most)
        yield _say("motion", {"kind": word, "amount": round(amount, 4)})
        for start, end in shots:
            for one in follow_camera(steps, start, end):
                yield _say(
                    "camera",
                    {"kind": one.camera, "speed": round(one.speed, 3)},
                    round(one.sure, 3),
                    round(one.start, 3),
                    round(one.end, 3),
                )


def shots_of(told: Sequence[Annotation], last: float) -> list[tuple[float, float]]:
    """The shots among what is told of a film, in order; without any, all of it is one."""
    shots = sorted(
        (one.start, one.end)
        for one in told
        if one.name == "shot" and one.start is not None and one.end is not None
    )
    return shots or [(0.0, last)]


def _say(
    name: str,
    value: Mapping[str, Any],
    confidence: float = 1.0,
    start: float | None = None,
    end: float | None = None,
) -> Annotation:
    return Annotation(
        name=name, value=dict(value), confidence=confidence, start=start, end=end,
        annotator="motion", version=Motion.version,
    )  # fmt: skip
