"""Who tells persons from backgrounds: a key, what was learnt of each shot, or a network."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from reelwright.core.nouns import Box
from reelwright.core.ports import FaceFinder, PersonMatter
from reelwright.edit.enhance.background.chroma import Key, key_matte
from reelwright.edit.enhance.background.edges import unmix
from reelwright.edit.enhance.background.matte import SMALL, Matted, matte_shot, to_lab
from reelwright.edit.enhance.background.scene import Scene, learn_scene
from reelwright.edit.enhance.frame import Look, Picture, by_shot
from reelwright.edit.enhance.motion import Frame, shrink
from reelwright.edit.enhance.sampling import sample_shot

_SAMPLES = 14
"""Pictures of a shot that it is learnt from, at most."""
_FIRST = 8
"""Pictures that a shot is learnt from where they do not lie as the clip's do."""
_KEPT = 3
"""Shots that are remembered."""


class Matter(ABC):
    """Settings only, as a filter's."""

    memory: int = 0
    """As `Filter.memory`."""

    @abstractmethod
    def key(self) -> Mapping[str, Any]:
        """What decides the mattes besides the pictures."""

    @abstractmethod
    def told(self) -> str:
        """How it tells, in a few words."""

    @abstractmethod
    def run(self, pictures: Iterator[Picture]) -> Iterator[Matted]:
        """Pictures in order of showing, of several shots → their mattes."""


class Keyed(Matter):
    """By the colour of the wall behind."""

    def __init__(self, key: Key) -> None:
        self.wall = key

    def key(self) -> Mapping[str, Any]:
        """The colour."""
        return {"matte": "chroma", "red": self.wall.red, "green": self.wall.green}

    def told(self) -> str:
        """The colour."""
        return f"the {self.wall.name} wall is keyed out"

    def run(self, pictures: Iterator[Picture]) -> Iterator[Matted]:
        """Each picture by itself."""
        for picture in pictures:
            yield key_matte(picture, self.wall)


class Learnt(Matter):
    """By faces, colours and what stands still, learnt of each shot.

    Args:
        look: what was seen of the clip.
        finder: who finds faces; None where nobody does.
        moved: whether the pictures lie otherwise than the clip's, as stabilised ones do: then a
            shot is learnt from the first ones of it that come.
    """

    memory = 12

    def __init__(self, look: Look, finder: FaceFinder | None, moved: bool) -> None:
        self._look, self._finder, self._moved = look, finder, moved
        self._scenes: dict[int, Scene] = {}
        self._learning = threading.Lock()

    def key(self) -> Mapping[str, Any]:
        """Who finds faces, and what shots are learnt from."""
        faces = dict(self._finder.key()) if self._finder else None
        return {"matte": "learnt", "faces": faces, "moved": self._moved}

    def told(self) -> str:
        """How it tells; and that it may well be wrong, where nobody's face is seen."""
        by = "faces, colours" if self._finder else "colours"
        told = f"the person is told by {by} and what stands still"
        found = self._find([shrink(picture.rgb, SMALL) for picture in self._look.samples])
        if any(found):
            return told
        return f"{told}; no face is seen, so look at it closely, or give a model: --matte FILE.onnx"

    def run(self, pictures: Iterator[Picture]) -> Iterator[Matted]:
        """Shot by shot."""
        for shot in by_shot(pictures):
            first = list(islice(shot, _FIRST if self._moved or self._look.still else 1))
            scene = self._scene(first)
            yield from matte_shot(chain(first, shot), scene, self._find)

    def _scene(self, first: Sequence[Picture]) -> Scene:
        """What is learnt of the shot that begins, or goes on, with these pictures."""
        if self._moved or self._look.still:
            return self._learn([p.rgb for p in first], [float(p.at) for p in first])
        shot = first[0].shot
        with self._learning:
            if shot not in self._scenes:
                while len(self._scenes) >= _KEPT:
                    del self._scenes[next(iter(self._scenes))]
                self._scenes[shot] = self._learn(*sample_shot(self._look, shot, SMALL, _SAMPLES))
            return self._scenes[shot]

    def _learn(self, frames: Sequence[Frame], times: Sequence[float]) -> Scene:
        small = [shrink(frame, SMALL) for frame in frames]
        return learn_scene([to_lab(frame) for frame in small], times, self._find(small))

    def _find(self, frames: Sequence[Frame]) -> Sequence[Sequence[Box]]:
        return self._finder.find(frames) if self._finder else [()] * len(frames)


class Given(Matter):
    """By a network that the person gives."""

    memory = 24

    def __init__(self, matter: PersonMatter, name: str) -> None:
        self._matter, self._name = matter, name

    def key(self) -> Mapping[str, Any]:
        """The network."""
        return {"matte": dict(self._matter.key())}

    def told(self) -> str:
        """Its name."""
        return f"the person is told by {self._name}"

    def run(self, pictures: Iterator[Picture]) -> Iterator[Matted]:
        """Shot by shot: some networks remember what they saw."""
        import cv2

        for shot in by_shot(pictures):
            tell = self._matter.begin()
            for picture in shot:
                rough = np.asarray(tell(picture.rgb), np.float32)
                small = shrink(picture.rgb, SMALL)
                size = (small.shape[1], small.shape[0])
                person = np.asarray(
                    cv2.resize(rough, size, interpolation=cv2.INTER_AREA), np.float32
                )
                # Its own matte stands; only the colours behind the edge are still to be found.
                edge = unmix(picture.rgb, small, person, rough, 2)
                yield Matted(picture, type(edge)(rough, edge.behind))
