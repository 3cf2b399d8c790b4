"""Things found by a detector of the person's own: an ONNX file as the YOLO family is exported.

Three shapes of output are understood, C being the number of names and n that of guesses:

- 1 × (4 + C) × n: middle, width and height in pixels of the input, then how surely each name
  (version 8 and later); or the same with the axes swapped;
- 1 × n × (5 + C): the same with how surely there is anything at all in between (versions 5 and 7);
- 1 × n × 6: left, top, right, bottom, how sure, number of the name (nothing left to sort out).
"""

from __future__ import annotations

import ast
import threading
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, Field

from reelwright.core.errors import MissingExtra, ProviderRefused, SettingError
from reelwright.core.nouns import Box
from reelwright.providers.boxes import box_of, keep_apart

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_SIDE = 640
"""Pixels of the input where the file leaves them open."""
_GROUND = 114
"""Gray (0 to 255) that these networks were shown around pictures of other shapes."""
_SAME = 0.5
"""Overlap (intersection over union) beyond which two boxes of one name are one thing."""
_MOST = 100
"""Things named in a frame, the surest."""


class OnnxObjects:
    """See `reelwright.core.ports.ObjectFinder`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "that of the model that is set"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """Filled from the settings section ``objects``."""

        model: str = ""
        labels: str = ""
        least: float = Field(default=0.35, ge=0.05, le=0.95)

    def __init__(self, options: Options) -> None:
        self._options = options
        self._loading = threading.Lock()
        self._path = Path(options.model).expanduser()
        if not options.model or not self._path.is_file():
            raise SettingError(
                f'objects.model names no file: "{options.model}"',
                hint="give the path of a detector exported to ONNX, or leave it empty",
            )

    def find(self, frames: Sequence[Any]) -> tuple[tuple[tuple[str, Box], ...], ...]:
        """The things in each frame. See `core.ports.ObjectFinder`.

        Raises:
            MissingExtra: onnxruntime is not installed.
            ProviderRefused: the file is no detector that is understood, or is damaged.
        """
        with self._loading:
            network = self._network
        return tuple(network.find(frame, self._options.least) for frame in frames)

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the pictures: the file's content, names, least."""
        return {"engine": "onnx", "model": self._digest, "labels": self._options.labels} | {
            "least": self._options.least
        }

    @cached_property
    def _digest(self) -> str:
        from hashlib import file_digest

        with self._path.open("rb") as file:
            return file_digest(file, "blake2b").hexdigest()[:32]

    @cached_property
    def _network(self) -> _Network:
        labels = self._options.labels
        return _Network(self._path, Path(labels).expanduser() if labels else None)


class _Network:
    """The file, loaded."""

    def __init__(self, path: Path, labels: Path | None) -> None:
        try:
            import onnxruntime

            state: Any = import_module("onnxruntime.capi.onnxruntime_pybind11_state")
        except ImportError as error:
            raise MissingExtra(
                "onnxruntime is not installed", hint="pip install --force-reinstall reelwright"
            ) from error
        self.path = path
        # The runtime's own errors have no class in common but RuntimeError.
        self.errors = (state.Fail, state.InvalidArgument, state.InvalidProtobuf, state.NoModel)
        self.errors += (state.InvalidGraph, state.NotImplemented, state.RuntimeException)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self.session = onnxruntime.InferenceSession(
                path.read_bytes(), options, providers=["CPUExecutionProvider"]
            )
        except (*self.errors, OSError) as error:
            raise self._refused(f"cannot be read ({type(error).__name__})") from error
        entries = self.session.get_inputs()
        shape = entries[0].shape if len(entries) == 1 else ()
        if len(shape) != 4 or shape[1] not in (3, "channels"):
            raise self._refused("does not take one RGB picture (1 × 3 × height × width)")
        said = self.session.get_modelmeta().custom_metadata_map
        self.input = entries[0]
        sides = [side if isinstance(side, int) and side > 0 else _SIDE for side in shape[2:]]
        self.high, self.wide = sides
        self.names = _read_labels(labels) if labels else _told_names(said.get("names", ""))
        if not self.names:
            raise self._refused("does not say what it names", "set objects.labels, a name a line")

    def find(self, frame: Any, least: float) -> tuple[tuple[str, Box], ...]:
        import numpy as np

        if not frame.size:
            return ()
        picture, scale, left, top = _letterbox(frame, self.wide, self.high)
        kind = np.float16 if self.input.type == "tensor(float16)" else np.float32
        try:
            answer: Any = self.session.run(None, {self.input.name: picture.astype(kind)})[0]
        except (*self.errors, ValueError) as error:
            raise self._refused(f"does not run ({type(error).__name__})") from error
        rows, which = self._read(np.asarray(answer, np.float64), least)
        high, wide = frame.shape[:2]
        rows[:, 0:2] -= (left, top)
        edges = np.concatenate([rows[:, 0:2], rows[:, 0:2] + rows[:, 2:4]], 1) / scale
        edges = np.clip(edges / (wide, high, wide, high), 0, 1)
        rows[:, 0:2], rows[:, 2:4] = edges[:, 0:2], edges[:, 2:4] - edges[:, 0:2]
        kept = [
            places[number]
            for name in np.unique(which)
            for places in [np.flatnonzero(which == name)]
            for number in keep_apart(rows[places], _SAME)
        ]
        kept.sort(key=lambda n: (-rows[n, 4], *rows[n, :2].tolist()))
        return tuple((self.names[int(which[n])], box_of(rows[n])) for n in kept[:_MOST])

    def _read(
        self, answer: npt.NDArray[np.float64], least: float
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
        """Boxes (left, top, width, height in pixels of the input, how sure) and their names."""
        import numpy as np

        count = len(self.names)
        if answer.ndim != 3 or answer.shape[0] != 1:
            raise self._refused(f"gives {'×'.join(map(str, answer.shape))} numbers")
        table = answer[0]
        columns = (4 + count, 5 + count)
        if table.shape[1] not in (*columns, 6) or (
            table.shape[0] == columns[0] and table.shape[1] not in columns
        ):
            table = table.T
        if table.shape[1] == 6 and count != 1 and _sorted_out(table):
            corners, sure, which = table[:, :4], table[:, 4], table[:, 5].astype(np.int64)
            good = (sure >= least) & (which >= 0) & (which < count)
            sides = corners[:, 2:] - corners[:, :2]
            return np.column_stack([corners[:, :2], sides, sure])[good], which[good]
        if table.shape[1] not in columns:
            raise self._refused(f"tells of {table.shape[1]} numbers a box, for {count} names")
        scores = table[:, 4:] if table.shape[1] == columns[0] else table[:, 4:5] * table[:, 5:]
        which, sure = scores.argmax(1), scores.max(1)
        good = sure >= least
        sides = table[:, 2:4]
        return np.column_stack([table[:, :2] - sides / 2, sides, sure])[good], which[good]

    def _refused(self, what: str, hint: str = "") -> ProviderRefused:
        return ProviderRefused(
            f"the model for objects {what}",
            where=str(self.path),
            hint=hint or "export a detector of the YOLO family to ONNX, without its own sorting",
        )


def _sorted_out(table: npt.NDArray[np.float64]) -> bool:
    """Whether six numbers a box are corners, how sure, and the number of a name."""
    import numpy as np

    corners = (table[:, 2] >= table[:, 0]).all() and (table[:, 3] >= table[:, 1]).all()
    return bool(corners and (table[:, 5] == np.round(table[:, 5])).all())


def _letterbox(frame: Any, wide: int, high: int) -> tuple[npt.NDArray[np.float32], float, int, int]:
    """A frame in the middle of an even ground: 1 × 3 × high × wide, 0 to 1; its scale and place."""
    import cv2
    import numpy as np

    scale = min(wide / frame.shape[1], high / frame.shape[0])
    across, down = max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.ascontiguousarray(frame), (across, down), interpolation=how)
    left, top = (wide - across) // 2, (high - down) // 2
    ground = np.full((1, 3, high, wide), _GROUND / 255, np.float32)
    place = ground[0, :, top : top + down, left : left + across]
    np.divide(small.transpose(2, 0, 1), np.float32(255), out=place)
    return ground, scale, left, top


def _told_names(text: str) -> tuple[str, ...]:
    """The names that the file's own notes tell, as ``{0: 'person', …}`` or ``['person', …]``."""
    try:
        told: Any = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError):
        return ()
    if isinstance(told, Mapping):
        whole = all(isinstance(n, int) for n in told) and sorted(told) == list(range(len(told)))
        told = [told[n] for n in range(len(told))] if whole else []
    return tuple(map(str, told)) if isinstance(told, (list, tuple)) else ()


def _read_labels(path: Path) -> tuple[str, ...]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f'objects.labels cannot be read: "{path}"', hint="give a text file with a name a line"
        ) from error
    return tuple(line.strip() for line in lines if line.strip())
