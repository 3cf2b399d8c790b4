"""A style that was learnt, at work: at a reduced size, made large again along edges."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import ModelError
from reelwright.edit.enhance.motion import Frame
from reelwright.learn import folder
from reelwright.media.networks import Network
from reelwright.store.artefacts import hash_content

SIDE = 448
"""Pixels of the longer side at which is painted: brush strokes have a size, details none."""
_STRIDE = 8
_DETAIL = 0.65
"""Part of the picture's own fine detail that comes back, which painting at that size loses."""


class Learnt:
    """See `core.ports.PictureStyle`; a model folder's exported network paints.

    Args:
        place: the folder.

    Raises:
        ModelError: no model, a damaged one, one of another kind, or one that was not exported.
    """

    def __init__(self, place: Path) -> None:
        from reelwright.learn.kinds import load_model

        load_model(place, kind="style")
        self.path = place / folder.EXPORTED
        if not self.path.is_file():
            raise ModelError(
                "has not been exported", where=str(place), hint=f"reel export {place} --to onnx"
            )
        self._network  # noqa: B018 - a damaged file is told of at once

    def key(self) -> Mapping[str, Any]:
        """The network's content."""
        return {"network": hash_content(self.path), "side": SIDE}

    def paint(self, frame: Frame) -> Frame:
        """A picture, painted."""
        import cv2

        scale = min(1.0, SIDE / max(frame.shape[:2]))
        high, wide = (max(4, round(side * scale / _STRIDE)) * _STRIDE for side in frame.shape[:2])
        small = np.asarray(cv2.resize(frame, (wide, high), interpolation=cv2.INTER_AREA), np.uint8)
        planes = small.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1
        made = self._network.run({"pictures": np.ascontiguousarray(planes)})[0][0]
        painted = np.clip((made.transpose(1, 2, 0) + 1) * 127.5, 0, 255).astype(np.uint8)
        return enlarge(painted, small, frame)

    @cached_property
    def _network(self) -> Network:
        return Network(self.path, alone=True)


def load_painter(place: Path) -> Learnt:
    """The style in a model folder. Raises ModelError."""
    return Learnt(place)


def enlarge(painted: Frame, small: Frame, frame: Frame) -> Frame:
    """A small painting at the picture's size, with the picture's edges.

    Args:
        painted: the painting of `small`, in size too.
        small: a copy of the picture.
        frame: the picture.
    """
    import cv2

    size = (frame.shape[1], frame.shape[0])
    large = cv2.resize(painted, size, interpolation=cv2.INTER_CUBIC)
    if painted.shape == frame.shape:
        return np.asarray(large, np.uint8)
    # What the small copy lacks of the picture's light is added to the painting's.
    gray = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    coarse = cv2.resize(
        cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_CUBIC
    )
    detail = cv2.subtract(gray, coarse, dtype=cv2.CV_16S)
    mixed = cv2.addWeighted(cv2.merge([detail] * 3), _DETAIL, large, 1.0, 0, dtype=cv2.CV_8U)
    return np.asarray(mixed, np.uint8)
