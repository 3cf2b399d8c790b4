"""Likeness: what an asset looks like, as a vector to find others by. Gives no annotation."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.library.annotators import CLOSE, Annotator, Kind, Subject, Watcher
from reelwright.library.vectors import put_vector, space_of
from reelwright.media.resemblance import VERSION, resemblance_vector

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SPACE = space_of({"likeness": VERSION})
"""The space of its vectors."""
_MOST = 64
"""Frames of one asset that are looked at."""


class Likeness(Annotator):
    """Keeps a vector of each video and picture; see `media.resemblance`."""

    version = VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset[str]()
    look = CLOSE

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject)


class _Watcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.seen: list[npt.NDArray[np.float32]] = []
        self.every, self.count = 1, 0

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        for frame in frames:
            if self.count % self.every == 0:
                self.seen.append(resemblance_vector(frame))
            self.count += 1
            if len(self.seen) > _MOST:
                self.seen, self.every = self.seen[::2], self.every * 2

    def keep(self, session: Session) -> None:
        from sqlalchemy import select

        from reelwright.library.tables import AssetRow

        number = session.scalar(select(AssetRow.number).where(AssetRow.id == self.subject.id))
        if self.seen and number is not None:
            put_vector(session, SPACE, number, np.mean(self.seen, axis=0))
