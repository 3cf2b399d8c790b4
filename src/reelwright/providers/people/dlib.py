"""Faces told apart by dlib's network (a ResNet of 29 layers, 128 numbers a face).

Its authors measured 99.4 % on Labelled Faces in the Wild with vectors nearer than 0.6 taken for the
same person; children and people of looks that its training set lacks are confused more often.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from reelwright.core.errors import MissingExtra, ProviderRefused
from reelwright.core.nouns import Box
from reelwright.providers import door

VERSION = 1
"""Raised whenever the same face would give other numbers."""

_NETWORK = "dlib_face_recognition_resnet_model_v1.dat"
_MARKS = "shape_predictor_5_face_landmarks.dat"
_EXTRA = "people"


class DlibPeople:
    """Vectors of faces by dlib."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "BSL-1.0, its weights CC0-1.0"
    languages: ClassVar[tuple[str, ...]] = ()
    near: ClassVar[float] = 0.55
    """A little stricter than its authors', since one wrong name costs more than one missing."""

    class Options(BaseModel):
        """There is nothing to choose."""

    def __init__(self, options: Options) -> None:
        door.need("dlib", extra=_EXTRA)
        door.need("face_recognition_models", extra=_EXTRA)

    def describe(self, frame: Any, faces: Sequence[Box]) -> tuple[tuple[float, ...], ...]:
        """128 numbers for each face of a frame (height × width × 3 bytes, RGB, upright).

        Faces should be 80 pixels or more across; smaller ones are told apart less surely.

        Raises:
            MissingExtra: dlib or its weights are not installed.
            ProviderRefused: its weights cannot be read.
        """
        if not faces:
            return ()
        import numpy as np

        dlib, marks, network = _engine()
        picture = np.ascontiguousarray(frame)
        high, wide = picture.shape[:2]
        found: list[tuple[float, ...]] = []
        for face in faces:
            x, y = face.centre[0] * wide, face.centre[1] * high
            # The finder of marks was taught on squares from the brows to the chin.
            half = max(8.0, 0.46 * (face.width * wide + face.height * high) / 2)
            place = dlib.rectangle(*(round(v) for v in (x - half, y - half, x + half, y + half)))
            numbers = network.compute_face_descriptor(picture, marks(picture, place))
            found.append(tuple(round(float(number), 5) for number in numbers))
        return tuple(found)

    def key(self) -> dict[str, Any]:
        """What decides the answer besides the pictures."""
        return {"engine": "dlib", "model": _NETWORK, "version": VERSION}


@lru_cache(maxsize=1)
def _engine() -> tuple[Any, Any, Any]:
    """dlib, its finder of marks and its network, loaded once a process."""
    dlib = door.library("dlib", extra=_EXTRA)
    # Not imported: the package asks for setuptools only to find its own folder.
    spec = importlib.util.find_spec("face_recognition_models")
    folders = list(spec.submodule_search_locations or []) if spec else []
    folder = Path(folders[0]) / "models" if folders else None
    if folder is None or not (folder / _NETWORK).is_file():
        raise MissingExtra(
            "face_recognition_models is not installed", hint='pip install "reelwright[people]"'
        )
    try:
        return (
            dlib,
            dlib.shape_predictor(str(folder / _MARKS)),
            dlib.face_recognition_model_v1(str(folder / _NETWORK)),
        )
    except RuntimeError as error:
        raise ProviderRefused(
            f"its weights cannot be read ({error})",
            where=str(folder),
            hint="pip install --force-reinstall face_recognition_models",
        ) from error
