"""Persons: which of the people that the person has named are seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.annotators import Annotator, Kind, Subject, Watcher
from reelwright.library.annotators.faces import SIGHTS, Sight
from reelwright.library.people import examples_now, whose
from reelwright.providers.people import load_teller

if TYPE_CHECKING:
    from reelwright.core.ports import FaceTeller
    from reelwright.library.people import Examples

_CLOSE = 4.0
"""Seconds between two sights of somebody that are one stretch."""


class Persons(Annotator):
    """Gives ``person``, ``{"name": …}``, for each stretch in which somebody is seen whose face
    was named (`reel library label --person`)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"person"})
    beside = frozenset({"faces"})

    def __init__(self, teller: FaceTeller, examples: Examples) -> None:
        self.teller, self.examples = teller, examples

    @classmethod
    def make(cls, settings: Settings) -> Persons | None:
        """With the teller that is set; None where there is none, or nobody was named yet."""
        teller = load_teller(settings.people)
        examples = examples_now(settings, teller) if teller else {}
        return cls(teller, examples) if teller and examples else None

    def key(self) -> Mapping[str, Any]:
        """The teller's, and who was named: with each new example everybody is looked at again."""
        return {**self.teller.key(), "examples": self.examples}

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.teller, self.examples)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, teller: FaceTeller, examples: Examples) -> None:
        self.subject, self.teller, self.examples = subject, teller, examples

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        sights: Sequence[Sight] = self.subject.shared.get(SIGHTS, ())
        seen: dict[str, list[tuple[float, float]]] = {}
        for sight in sorted(sights, key=lambda one: one.time):
            for vector in self.teller.describe(sight.frame, sight.boxes):
                name, sure = whose(vector, self.examples, self.teller.near)
                if name:
                    seen.setdefault(name, []).append((sight.time, sure))
        for name, times in sorted(seen.items()):
            for run in _runs(times):
                moving = self.subject.kind == "video"
                yield Annotation(
                    name="person", value={"name": name},
                    confidence=round(max(sure for _, sure in run), 3),
                    start=run[0][0] if moving else None,
                    end=run[-1][0] + 1.0 if moving else None,
                    annotator="persons", version=Persons.version,
                )  # fmt: skip


def _runs(times: Sequence[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = []
    for one in times:
        if runs and one[0] - runs[-1][-1][0] <= _CLOSE:
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs
