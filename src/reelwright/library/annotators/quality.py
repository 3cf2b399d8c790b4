"""Quality: how good material is as a whole, from its faults, its size and its sharpness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import Annotator, Kind, Subject, Watcher
from reelwright.library.annotators.faults import faults_of

_COSTS = {
    "damaged": 0.9, "black": 0.7, "frozen": 0.3, "blurred": 0.7, "shaking": 0.5,
    "overexposed": 0.5, "underexposed": 0.5, "silent": 0.2, "clipped": 0.4, "short": 0.3,
}  # fmt: skip
"""What a fault takes away where it holds all of the time."""
_SILENT_SOUND = 0.9
"""What silence takes away of a recording that is nothing but sound."""
_LEAST = 0.15
"""Of what a fault may take, so much is lost however short it is."""
_SOMEWHERE = 0.3
"""Share that counts as damaged where it is not known what is."""
_GOOD_SIDE, _GOOD_EDGE = 1080, 0.0012
"""Pixels of the shorter side, and softness of the edges, from which on nothing is lost."""
_SIZE, _EDGE = 0.3, 0.2
"""What the smallest and the softest picture lose."""


class Quality(Annotator):
    """Gives ``quality``: 0 (of no use) to 1."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio", "picture"})
    gives = frozenset({"quality"})
    after = frozenset({"pictures", "sharpness", "steadiness", "noises"})

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject)


class _Watcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        value = round(_judge(self.subject, told), 3)
        yield Annotation(name="quality", value=value, annotator="quality", version=Quality.version)


def _judge(subject: Subject, told: Sequence[Annotation]) -> float:
    facts = subject.facts
    seconds = facts.seconds if facts else 0.0
    good = 1.0
    shares: dict[str, float] = {}
    for one in faults_of(told):
        if one.value["kind"] == "damaged" and one.start is None:
            share = _SOMEWHERE
        elif one.start is None or one.end is None or seconds <= 0:
            share = 1.0
        else:
            share = min(1.0, max(_LEAST, (one.end - one.start) / seconds))
        kind = str(one.value["kind"])
        shares[kind] = min(1.0, shares.get(kind, 0.0) + share)
    for kind, share in shares.items():
        cost = _COSTS.get(kind, 0.0)
        if kind == "silent" and subject.kind == "audio":
            cost = _SILENT_SOUND
        good *= 1 - cost * share
    if facts is not None and facts.kind != "audio":
        side = min(1.0, min(facts.width, facts.height) / _GOOD_SIDE)
        good *= 1 - _SIZE * (1 - side)
        soft = [one.value for one in told if one.name == "sharpness"]
        if soft:
            over = max(0.0, float(soft[0]) / _GOOD_EDGE - 1)
            good *= 1 - _EDGE * min(1.0, over / 3)
    return good
