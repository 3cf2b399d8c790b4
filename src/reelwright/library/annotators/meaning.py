"""Meaning: a vector of each asset in the space of the embedding service that is set."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.annotators import CLOSE, Annotator, Kind, Subject, Watcher
from reelwright.library.vectors import put_vector, space_of
from reelwright.providers import door

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from reelwright.core.ports import Embedder

_LONGEST = 2000
"""Characters of a caption that are sent."""
VECTOR = "meaning"
"""What the vector of what is seen is shared as, where the service takes pictures."""
_SAID = ("tag", "scene", "object", "person", "mood", "colours", "text", "transcript")


class Meaning(Annotator):
    """Keeps a vector of what is seen, where the service takes pictures, else of what is known of
    the asset in words. Gives no annotation; asks nobody unless ``embed.provider`` is set."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio", "picture", "text"})
    gives = frozenset[str]()
    look = CLOSE

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    @classmethod
    def make(cls, settings: Settings) -> Meaning | None:
        """With the service that is set; None where there is none."""
        embed = settings.embed
        return cls(door.load("embed", embed.provider, embed)) if embed.provider else None

    def key(self) -> Mapping[str, Any]:
        """The service's."""
        return self.embedder.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self.embedder)


class _Watcher(Watcher):
    def __init__(self, subject: Subject, embedder: Embedder) -> None:
        self.subject, self.embedder = subject, embedder
        self.frames: list[npt.NDArray[np.uint8]] = []
        self.every, self.count = 1, 0
        self.vector: npt.NDArray[np.float32] | None = None

    def see(self, times: npt.NDArray[np.float64], frames: npt.NDArray[np.uint8]) -> None:
        if not self.embedder.pictures:
            return
        for frame in frames:
            if self.count % self.every == 0:
                self.frames.append(frame.copy())
            self.count += 1
            if len(self.frames) > 8:
                self.frames, self.every = self.frames[::2], self.every * 2

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if self.frames:
            self.vector = self._of_frames()
            self.subject.shared[VECTOR] = self.vector
        else:
            caption = _caption(self.subject.name, told)
            self.vector = np.asarray(self.embedder.embed_texts([caption])[0], np.float32)
        return ()

    def _of_frames(self) -> npt.NDArray[np.float32]:
        from PIL import Image

        middle = self.frames[:: max(1, len(self.frames) // 3)][:3]
        with tempfile.TemporaryDirectory(prefix="reel-") as folder:
            paths = [Path(folder) / f"{number}.jpg" for number in range(len(middle))]
            for path, frame in zip(paths, middle, strict=True):
                Image.fromarray(frame).save(path, quality=88)
            return np.mean(self.embedder.embed_pictures(paths), axis=0)

    def keep(self, session: Session) -> None:
        from sqlalchemy import select

        from reelwright.library.tables import AssetRow

        number = session.scalar(select(AssetRow.number).where(AssetRow.id == self.subject.id))
        if self.vector is not None and number is not None:
            put_vector(session, space_of(self.embedder.key()), number, self.vector)


def _caption(name: str, told: Sequence[Annotation]) -> str:
    """What is known of an asset, in words."""
    from reelwright.library.documents import strings_in

    parts = [Path(name).stem]
    for wanted in _SAID:
        texts = [text for one in told if one.name == wanted for text in strings_in(one.value)]
        parts += list(dict.fromkeys(texts))
    return " ".join(parts)[:_LONGEST]
