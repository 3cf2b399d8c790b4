"""Labels and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from reelwright.core.errors import DataError

_SHOWN = 8


@dataclass(frozen=True)
class Labels:
    """The labels a model knows, each with its number: its place in `names`."""

    names: tuple[str, ...]

    @classmethod
    def seen(cls, labels: Iterable[str], *, where: str = "") -> Labels:
        """The labels that occur, sorted, so that their numbers do not depend on the rows' order.

        Raises:
            DataError: there are fewer than two: nothing can be told apart.
        """
        names = tuple(sorted(set(labels)))
        if len(names) < 2:
            raise DataError(
                f'all rows have one label, "{names[0]}"' if names else "there are no labelled rows",
                where=where or None,
                hint="give rows of two labels or more: there is nothing to tell apart",
            )
        return cls(names)

    def __len__(self) -> int:
        return len(self.names)

    def __contains__(self, name: str) -> bool:
        return name in self.numbers

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Name → number."""
        return {name: number for number, name in enumerate(self.names)}

    def with_unseen(self, labels: Iterable[str]) -> tuple[Labels, list[str]]:
        """Also those of `labels` that were not in training, after the known ones, so that rows of
        such labels count as mistakes; and what a person should be told of them.

        Raises:
            DataError: none of the labels is known.
        """
        counts = Counter(label for label in labels)
        unseen = sorted(name for name in counts if name not in self.numbers)
        if not unseen:
            return self, []
        if len(unseen) == len(counts):
            raise DataError(
                f"none of the labels was in training: {listed(unseen)}",
                hint=f"the model knows {listed(self.names)}",
            )
        rows = sum(counts[name] for name in unseen)
        note = (
            f"labels that were not in training: {listed(unseen)} ({rows} rows; they count as wrong)"
        )
        return Labels((*self.names, *unseen)), [note]


def listed(names: Sequence[str]) -> str:
    """Some names in a sentence; the rest counted."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
