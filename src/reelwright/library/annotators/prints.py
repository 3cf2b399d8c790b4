"""Prints of films, pictures and sounds, made in the one pass over a file (`library.duplicates`)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.library.annotators import CLOSE, SIX, Annotator, Ear, Kind, Subject, Watcher
from reelwright.media import prints, soundprints
from reelwright.media.prints import FilmPrinter, Print, print_picture
from reelwright.media.soundprints import RATE, SoundPrint, SoundPrinter

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class Prints(Annotator):
    """Keeps the print of a film. Says nothing itself: copies are told between assets."""

    version = prints.VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"video"})
    gives = frozenset({"print"})
    look = SIX

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Film(subject)


class PicturePrints(Annotator):
    """Keeps the print of a picture."""

    version = prints.VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"picture"})
    gives = frozenset({"print"})
    look = CLOSE

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Picture(subject)


class SoundPrints(Annotator):
    """Keeps the print of a sound file."""

    version = soundprints.VERSION
    kinds: ClassVar[frozenset[Kind]] = frozenset({"audio"})
    gives = frozenset({"print"})
    ear = Ear(RATE)

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Sound(subject)


class _Sound(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.printer = SoundPrinter()
        self.made: SoundPrint | None = None

    def hear(self, samples: npt.NDArray[np.float32]) -> None:
        self.printer.hear(samples)

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        self.made = self.printer.done()
        return ()

    def keep(self, session: Session) -> None:
        from reelwright.library.prints import put_print

        if self.made is not None:
            put_print(session, self.subject.id, self.subject.kind, self.made)


class _Film(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.printer = FilmPrinter(subject.facts.seconds if subject.facts else 0.0)
        self.made: Print | None = None

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        self.printer.see(times.tolist(), frames)

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        self.made = self.printer.done()
        return ()

    def keep(self, session: Session) -> None:
        from reelwright.library.prints import put_print

        if self.made is not None:
            put_print(session, self.subject.id, self.subject.kind, self.made)


class _Picture(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.made: Print | None = None

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        self.made = print_picture(frames[0])

    def keep(self, session: Session) -> None:
        from reelwright.library.prints import put_print

        if self.made is not None:
            put_print(session, self.subject.id, self.subject.kind, self.made)
