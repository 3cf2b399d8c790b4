"""Faces by the small detector that the nudenet wheel carries (YOLOv8 n, 320 pixels).

Only its two classes of faces are read, and read as one: whether there is a face, nothing about
whose, of what sex, or wearing what. The picture is looked at in up to three sizes, each twice the
one before: a face is found from about a sixteenth of 320 pixels on, and one that fills the picture
is seen best in the smallest.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, Field

from reelwright.core.errors import MissingExtra, ProviderRefused
from reelwright.core.nouns import Box
from reelwright.providers.boxes import box_of, keep_apart

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

VERSION = 1
"""Raised whenever the same picture would give other boxes."""

_MODEL = "320n.onnx"
_FACES = (5, 16)
"""Rows of its output that say how surely a face is there: after the four of the box."""
_LEVELS = (320, 640, 1280)
"""Longer sides, in pixels, of the copies that are looked at."""
_STRIDE = 32
_LARGEST = 0.42
"""Share of a larger copy's side that a face may take there: beyond, the network sees parts of it
as faces of their own, and the smaller copy sees it whole."""
_SAME = 0.4
"""Overlap (intersection over union) beyond which two boxes are the same face."""
_INSIDE = 0.7
"""Share of a box inside a surer one that makes it the same face."""
_BATCH = 8
"""Frames that are looked at together: more only takes memory."""


class NudeNetFaces:
    """The embedded finder of faces."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "MIT by the package's metadata, AGPL-3.0 by its licence file"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """How to look."""

        least: float = Field(default=0.25, ge=0.05, le=0.95)
        """How sure the network must be of a face, 0 to 1."""
        threads: int = Field(default=2, ge=1, le=16)

    def __init__(self, options: Options) -> None:
        self._options = options

    def find(self, frames: Sequence[Any]) -> tuple[tuple[Box, ...], ...]:
        """The faces in each frame (height × width × 3 bytes, RGB, upright), the surest first.

        The larger a frame, the smaller the faces found in it, and the longer it takes: frames of
        320 pixels take a sixth of those of 640, which find faces of 18 pixels and more. What is
        beyond 1280 pixels is not used.

        Raises:
            MissingExtra: nudenet or onnxruntime is not installed.
            ProviderRefused: its weights cannot be read.
        """
        found: list[tuple[Box, ...]] = []
        for first in range(0, len(frames), _BATCH):
            found += self._find(frames[first : first + _BATCH])
        return tuple(found)

    def key(self) -> dict[str, Any]:
        """What decides the answer besides the pictures."""
        return {"engine": "nudenet", "model": _MODEL, "version": VERSION} | {
            "least": self._options.least
        }

    def _find(self, frames: Sequence[Any]) -> list[tuple[Box, ...]]:
        import numpy as np

        session = _session(self._options.threads)
        found: list[list[npt.NDArray[np.float64]]] = [[] for _ in frames]
        for number, level in enumerate(_LEVELS):
            # A frame a little over a level gains nothing from the next.
            wanted = [
                index
                for index, frame in enumerate(frames)
                if frame.size and (not number or max(frame.shape[:2]) > _LEVELS[number - 1] * 1.2)
            ]
            shapes: dict[tuple[int, int], list[int]] = {}
            for index in wanted:
                high, wide = frames[index].shape[:2]
                shapes.setdefault((high, wide), []).append(index)
            for (high, wide), alike in shapes.items():
                scale = level / max(high, wide)
                blob = np.stack([_fit(frames[index], scale) for index in alike])
                (rows,) = session.run(None, {"images": blob})
                for index, row in zip(alike, rows, strict=True):
                    boxes = _read(row, scale, (wide, high), self._options.least)
                    if number:
                        boxes = boxes[np.maximum(boxes[:, 2], boxes[:, 3]) <= _LARGEST]
                    found[index].append(boxes)
        return [_kept(np.concatenate(boxes)) if boxes else () for boxes in found]


def _fit(frame: Any, scale: float) -> npt.NDArray[np.float32]:
    """A frame at a scale on black, its sides whole strides: channels × height × width, 0 to 1."""
    import cv2
    import numpy as np

    high, wide = frame.shape[:2]
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = (
        frame if scale == 1 else cv2.resize(np.ascontiguousarray(frame), size, interpolation=how)
    )
    sides = -(-size[1] // _STRIDE) * _STRIDE, -(-size[0] // _STRIDE) * _STRIDE
    ground = np.zeros((3, *sides), np.float32)
    np.divide(small.transpose(2, 0, 1), np.float32(255), out=ground[:, : size[1], : size[0]])
    return ground


def _read(
    rows: npt.NDArray[np.float32], scale: float, size: tuple[int, int], least: float
) -> npt.NDArray[np.float64]:
    """What the network says, as left, top, width, height (shares of the frame) and score."""
    import numpy as np

    sure = rows[list(_FACES)].max(0)
    keep = sure >= least
    x, y, wide, high = rows[:4, keep].astype(np.float64) / scale
    left, right = (np.clip(v, 0, size[0]) / size[0] for v in (x - wide / 2, x + wide / 2))
    top, bottom = (np.clip(v, 0, size[1]) / size[1] for v in (y - high / 2, y + high / 2))
    return np.stack([left, top, right - left, bottom - top, sure[keep].astype(np.float64)], 1)


def _kept(boxes: npt.NDArray[np.float64]) -> tuple[Box, ...]:
    """Each face once, by its surest box, the surest first."""
    return tuple(box_of(boxes[n]) for n in keep_apart(boxes, _SAME, _INSIDE))


@lru_cache(maxsize=2)
def _session(threads: int) -> Any:
    """The network, loaded once a process."""
    try:
        import onnxruntime
        from onnxruntime.capi.onnxruntime_pybind11_state import Fail, InvalidProtobuf, NoModel
    except ImportError as error:
        raise MissingExtra(
            "onnxruntime is not installed", hint="pip install --force-reinstall reelwright"
        ) from error
    # Not imported: the package would load OpenCV and its own session for nothing.
    spec = importlib.util.find_spec("nudenet")
    folders = list(spec.submodule_search_locations or []) if spec else []
    weights = Path(folders[0]) / _MODEL if folders else None
    if weights is None or not weights.is_file():
        raise MissingExtra(
            "nudenet, which finds faces, is not installed",
            hint="pip install nudenet, or set faces.provider=none",
        )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait by spinning take the core from ffmpeg.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(
            str(weights), options, providers=["CPUExecutionProvider"]
        )
    except (Fail, InvalidProtobuf, NoModel) as error:
        raise ProviderRefused(
            f"its weights cannot be read ({type(error).__name__})",
            where=str(weights),
            hint="pip install --force-reinstall nudenet",
        ) from error
