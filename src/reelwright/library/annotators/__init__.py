"""Annotators: who says what of an asset. Each says which samples it wants; one pass serves all.

To add one, write an `Annotator` in a file of this folder and name it in `TABLE`.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, cast

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import SettingError, nearest
from reelwright.core.nouns import Annotation, MediaFacts
from reelwright.core.settings import Settings
from reelwright.media.listening import Track

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Kind = Literal["video", "audio", "picture", "text"]

TABLE: dict[str, str] = {
    "shots": "reelwright.library.annotators.shots:Shots",
    "looks": "reelwright.library.annotators.looks:Looks",
    "motion": "reelwright.library.annotators.motion:Motion",
    "faces": "reelwright.library.annotators.faces:Faces",
    "sound": "reelwright.library.annotators.sound:Sound",
    "sharpness": "reelwright.library.annotators.sharpness:Sharpness",
    "mood": "reelwright.library.annotators.mood:Mood",
    "pictures": "reelwright.library.annotators.pictures:PictureFaults",
    "steadiness": "reelwright.library.annotators.steadiness:Steadiness",
    "noises": "reelwright.library.annotators.noises:SoundFaults",
    "quality": "reelwright.library.annotators.quality:Quality",
    "transcript": "reelwright.library.annotators.transcript:Transcript",
    "writing": "reelwright.library.annotators.writing:Writing",
    "scenery": "reelwright.library.annotators.scenery:Scenery",
    "objects": "reelwright.library.annotators.objects:Objects",
    "persons": "reelwright.library.annotators.persons:Persons",
    "tags": "reelwright.library.annotators.tags:Tags",
    "likeness": "reelwright.library.annotators.likeness:Likeness",
    "meaning": "reelwright.library.annotators.meaning:Meaning",
    "naming": "reelwright.library.annotators.naming:Naming",
    "prints": "reelwright.library.annotators.prints:Prints",
    "picture-prints": "reelwright.library.annotators.prints:PicturePrints",
    "sound-prints": "reelwright.library.annotators.prints:SoundPrints",
}
"""Name → ``module:Class``, in the order in which they have their say: a later one is told what the
earlier ones said of the same asset."""


@dataclass(frozen=True)
class Look:
    """Frames that an annotator wants to see."""

    side: int
    """Pixels of the longer side; fewer where the video has fewer."""
    rate: float | None = None
    """Frames a second; None: every one that is decoded. See `Subject.lean`."""
    gray: bool = False


EVERY = Look(160)
"""Every frame that is decoded, RGB: for what changes from one frame to the next."""
SIX = Look(320, 6.0, gray=True)
"""Six frames a second, luma: for prints."""
CLOSE = Look(640, 1.0)
"""A frame a second, RGB: for what has to be seen closely."""


@dataclass(frozen=True)
class Ear:
    """Sound that an annotator wants to hear; None: as the file has it (see `Subject.track`)."""

    rate: int | None = 16_000
    channels: int | None = 1


@dataclass
class Subject:
    """The asset that is being annotated."""

    id: str
    path: Path
    kind: Kind
    name: str
    facts: MediaFacts | None
    """None of text."""
    lean: int = 0
    """Which frames are left out: see `media.sweep.sweep_views`."""
    damage: list[tuple[float, float]] = field(default_factory=lambda: [])
    """Stretches that could not be decoded; filled once the frames have been seen."""
    track: Track | None = None
    """Its sound, where it has some."""
    trouble: list[str] = field(default_factory=lambda: [])
    """What the decoder complained of in the sound; filled once that has been heard."""
    shared: dict[str, Any] = field(default_factory=lambda: {})
    """What watchers leave for those whose say comes later in `TABLE`, beside annotations."""


class Watcher:
    """An annotator at work on one asset.

    `see` and `hear` are called from two threads at a time: what they write must be apart.
    """

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        """The next frames of the look asked for, upright, and when they are shown, in seconds.

        A picture is one frame at 0 s. n × height × width × 3, or n × height × width.
        """

    def hear(self, samples: npt.NDArray[np.float32]) -> None:
        """The next block of the sound asked for: length, or length × channels."""

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        """What it has to say, when all was seen and heard.

        Args:
            told: what is believed of the asset so far, with what annotators before it just said.
                Words by hand are among them.
        """
        return ()

    def keep(self, session: Session) -> None:
        """Put down what is no annotation, with the session that writes its words."""

    def close(self) -> None:
        """Let go of everything: called last, also when something went wrong."""


class Annotator(ABC):
    """Who says something of assets. One instance serves a whole run, from several threads."""

    version: ClassVar[int] = 1
    """Raised whenever it would say something else of the same asset."""
    kinds: ClassVar[frozenset[Kind]]
    """What it has something to say of."""
    gives: ClassVar[frozenset[str]]
    """The names of its annotations."""
    after: ClassVar[frozenset[str]] = frozenset()
    """Annotators whose words it builds on; where those have not been over an asset, they go too."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Annotators that always go over an asset with it: it needs what they leave in
    `Subject.shared`."""
    look: ClassVar[Look | None] = None
    """The frames it wants, of videos and pictures."""
    ear: ClassVar[Ear | None] = None
    """The sound it wants, of sound files and of videos that have some."""

    @classmethod
    def make(cls, settings: Settings) -> Self | None:
        """One that works by these settings; None where they want nobody to do this.

        Raises:
            ProviderError, SettingError: the provider that is set cannot work.
        """
        return cls()

    def key(self) -> Mapping[str, Any]:
        """What decides its words besides the asset and its version: thresholds, a model."""
        return {}

    @abstractmethod
    def watch(self, subject: Subject) -> Watcher:
        """Begin with an asset."""
        ...


def choose(only: Sequence[str]) -> tuple[str, ...]:
    """The names of annotators that a person means: by their own names, or by what they give.

    Raises SettingError where there is none such; says which there are.
    """
    found: list[str] = []
    for word in only:
        meant = [name for name in TABLE if word == name or word in find(name).gives]
        if not meant:
            known = {*TABLE, *(given for name in TABLE for given in find(name).gives)}
            raise SettingError(f'nobody annotates "{word}"', hint=nearest(word, known))
        found += meant
    return tuple(name for name in TABLE if name in found)


def find(name: str) -> type[Annotator]:
    """The class of an annotator of `TABLE`."""
    module, _, attribute = TABLE[name].partition(":")
    return cast("type[Annotator]", getattr(importlib.import_module(module), attribute))
