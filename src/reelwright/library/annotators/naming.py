"""Naming: kinds of scene by the embedding service that is set, without having been taught any.

Where the service places pictures and texts in one space, as CLIP does (Radford et al., "Learning
transferable visual models from natural language supervision", 2021), a picture is near the
sentence that tells what it shows. Each kind is a sentence; the nearest ones name the scene.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.annotators import Annotator, Kind, Subject, Watcher
from reelwright.library.annotators.meaning import VECTOR
from reelwright.providers import door

if TYPE_CHECKING:
    from reelwright.core.ports import Embedder

SCENES: dict[str, str] = {
    "sea": "the sea or a beach", "lake": "a lake or a river", "waterfall": "a waterfall",
    "sunset": "a sunset or a sunrise", "sky": "the sky with clouds", "mountain": "mountains",
    "forest": "a forest", "flower": "flowers", "grass": "a meadow or a field",
    "desert": "a desert", "snow": "snow or ice", "fire": "fire", "night": "a city at night",
    "city": "the skyline of a city", "street": "a street with houses", "car": "cars on a road",
    "train": "a train or a railway station", "plane": "an airport or a plane",
    "boat": "boats in a harbour", "indoor": "a living room", "kitchen": "a kitchen",
    "office": "an office with desks", "classroom": "a classroom", "hospital": "a hospital",
    "shop": "the inside of a shop", "market": "a street market", "restaurant": "a restaurant",
    "factory": "a factory", "stage": "a concert on a stage", "crowd": "a crowd of people",
    "people": "a few people", "portrait": "the face of one person", "child": "children",
    "sport": "people who play a sport", "dance": "people who dance", "food": "a dish of food",
    "coffee": "a cup of coffee", "dog": "a dog", "cat": "a cat", "bird": "birds",
    "animal": "animals in the wild", "computer": "a computer or a phone on a desk",
    "screen": "a screenshot of a program", "text": "a page or a slide with text",
    "product": "a product before a plain background", "aerial": "a landscape seen from the air",
}  # fmt: skip
"""What a kind is called, and what is told of it."""
_SHARPNESS = 100.0
"""By which such services were taught to multiply cosines before they choose."""
_LEAST, _MOST = 0.2, 3
"""How sure a kind must be, and how many are named."""


class Naming(Annotator):
    """Gives ``scene``, ``{"kind": one of `SCENES`}``, those that what is seen is nearest to. Says
    nothing unless ``embed.provider`` is set and takes pictures (``embed.pictures``)."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "picture"})
    gives = frozenset({"scene"})
    beside = frozenset({"meaning"})

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder
        self._asking = threading.Lock()
        self._known: npt.NDArray[np.float32] | None = None

    @classmethod
    def make(cls, settings: Settings) -> Naming | None:
        """With the service that is set; None where there is none, or it takes texts only."""
        embed = settings.embed
        embedder = door.load("embed", embed.provider, embed) if embed.provider else None
        return cls(embedder) if embedder and embedder.pictures else None

    def key(self) -> Mapping[str, Any]:
        """The service's."""
        return self.embedder.key()

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject, self)

    def sentences(self) -> npt.NDArray[np.float32]:
        """The vectors of all kinds, each of length 1; asked for once a run."""
        with self._asking:
            if self._known is None:
                told = [f"a photo of {scene}" for scene in SCENES.values()]
                self._known = _unit(np.asarray(self.embedder.embed_texts(told), np.float32))
            return self._known


class _Watcher(Watcher):
    def __init__(self, subject: Subject, naming: Naming) -> None:
        self.subject, self.naming = subject, naming

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        seen = self.subject.shared.get(VECTOR)
        if seen is None:
            return
        for kind, sure in name_scene(np.asarray(seen, np.float32), self.naming.sentences()):
            yield Annotation(
                name="scene", value={"kind": kind}, confidence=round(sure, 3),
                annotator="naming", version=Naming.version,
            )  # fmt: skip


def name_scene(
    seen: npt.NDArray[np.float32], sentences: npt.NDArray[np.float32]
) -> list[tuple[str, float]]:
    """The kinds that a picture is nearest to, the nearest first, and how surely (0 to 1).

    Args:
        seen: the picture's vector.
        sentences: those of `SCENES`, in order, each of length 1.
    """
    near = _SHARPNESS * (sentences @ _unit(seen[None])[0])
    shares = np.exp(near - near.max())
    shares /= shares.sum()
    order = np.argsort(-shares, kind="stable")[:_MOST]
    kinds = list(SCENES)
    return [(kinds[n], float(shares[n])) for n in order if shares[n] >= _LEAST]


def _unit(rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
