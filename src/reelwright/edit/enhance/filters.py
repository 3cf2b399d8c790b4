"""What a step of an enhancement is, and how several run one behind the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from reelwright.edit.enhance.frame import Picture


class Filter(ABC):
    """One step of an enhancement: pictures in, pictures out.

    An instance holds settings only, never what it saw: `run` is called once for each segment of a
    clip, at the same time for several of them, each beginning `memory` pictures before the segment
    (or at the start of its shot).
    """

    name: ClassVar[str]
    version: ClassVar[int]
    """Raised whenever the same pictures would come out otherwise."""
    synthesises: ClassVar[bool] = False
    """Whether it makes up what no camera saw, which gives the result the mark "made by AI"."""
    deep: ClassVar[bool] = False
    """Whether it takes and gives pictures of 16 bits (`Picture.fine`), so that 10 bits stay 10."""
    memory: ClassVar[int] = 0
    """Pictures of the same shot before a place from which on what came before no longer shows."""

    def size(self, width: int, height: int) -> tuple[int, int]:
        """The size of what comes out, for pictures of this size."""
        return width, height

    @abstractmethod
    def key(self) -> Mapping[str, Any]:
        """Every setting, and the hashes of files, that what comes out depends on: plain values."""

    @abstractmethod
    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """Pictures in order of showing → what they became, in order of showing.

        It looks ahead by few pictures, however many there are, and starts afresh at a new shot.
        A still picture comes as one. Pictures of a clip are all of one size.
        """

    @abstractmethod
    def told(self) -> str:
        """One sentence for people: what it does and why."""


def chain(filters: Sequence[Filter], pictures: Iterator[Picture]) -> Iterator[Picture]:
    """Pictures through all filters, one behind the other; nothing is read before it is needed."""
    for step in filters:
        pictures = step.run(pictures)
    return pictures


def size_after(filters: Sequence[Filter], width: int, height: int) -> tuple[int, int]:
    """The size of what a chain gives for pictures of this size."""
    for step in filters:
        width, height = step.size(width, height)
    return width, height


def memory_of(filters: Sequence[Filter]) -> int:
    """Pictures that a chain must see before those that are wanted of it."""
    return sum(step.memory for step in filters)


def keys_of(filters: Sequence[Filter]) -> list[dict[str, Any]]:
    """What a chain's output depends on, besides its pictures: plain values, in order."""
    return [{"name": f.name, "version": f.version, **f.key()} for f in filters]
