"""Prints: what is kept of a picture or a film so that its copies are known again.

Two things are kept. Landmarks (`media.landmarks`) of a few frames tell that the same thing is
seen, and where: they survive what cuts, covers, shrinks or mirrors the picture. Thumbnails, some a
second, tell that it moves the same way at the same time: that is what two stretches from one camera
do not share, and what takes of one scene do not.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from reelwright.media.landmarks import CODE_BYTES, Landmarks, find_landmarks, mirror_codes, to_light
from reelwright.media.patches import resized

VERSION = 1
"""Raised when prints made before can no longer be compared with those made now."""

SIDE = 32
"""Width and height of a film's thumbnails."""
PICTURE_SIDE = 64
"""Width and height of a picture's thumbnail."""
PICTURE_PIXELS, PICTURE_MOST = 180_000, 320
"""Size a picture is brought to, and how many landmarks it has: there is but one of it."""
THUMBS = 6.0
"""Thumbnails a second."""

_STILL = 2.5
_STILL_SECONDS = 4.0
_HEAD = struct.Struct("<4sBBHIIf")
_MAGIC = b"RWPR"


@dataclass(frozen=True)
class Print:
    """What is kept of a film, or of a picture (two frames at 0 s: it, and it squeezed to a square;
    one thumbnail)."""

    shape: float
    """Width to height, as displayed."""
    times: npt.NDArray[np.float32]
    """When the frames are shown that landmarks were taken of, in seconds; rising."""
    starts: npt.NDArray[np.int64]
    """Where each frame's landmarks begin in `points` and `codes`; one more for the end."""
    points: npt.NDArray[np.uint16]
    """n × 2: x and y of each landmark, 0 to 65535 across the whole picture."""
    codes: npt.NDArray[np.uint8]
    """n × 16."""
    moments: npt.NDArray[np.float32]
    """When each thumbnail is shown, in seconds; rising."""
    thumbs: npt.NDArray[np.uint8]
    """m × side × side, luma, the picture squeezed to a square."""

    @property
    def seconds(self) -> float:
        """How long it is, as far as was seen."""
        if len(self.moments) < 2:
            return 0.0
        return (
            float(self.moments[-1] - self.moments[0]) * len(self.moments) / (len(self.moments) - 1)
        )

    def frame(self, number: int) -> Landmarks:
        """The landmarks of its nth frame."""
        part = slice(int(self.starts[number]), int(self.starts[number + 1]))
        return Landmarks((self.points[part] / 65535).astype(np.float32), self.codes[part])

    def mirrored(self) -> Print:
        """The print of the same, mirrored."""
        points = self.points.copy()
        points[:, 0] = 65535 - points[:, 0]
        return Print(
            self.shape, self.times, self.starts, points, mirror_codes(self.codes),
            self.moments, np.ascontiguousarray(self.thumbs[:, :, ::-1]),
        )  # fmt: skip


def print_picture(picture: npt.NDArray[np.uint8]) -> Print:
    """The print of a still picture (height × width × 3, RGB, upright)."""
    gray = to_light(picture)
    thumb = resized(gray, (PICTURE_SIDE, PICTURE_SIDE))
    high, wide = gray.shape
    # Copies are squeezed into other shapes; landmarks stand that only so far. Squeezed to a square
    # they all look the same again.
    side = max(2, round((high * wide) ** 0.5))
    looks = (gray, resized(gray, (side, side)))
    marks = [find_landmarks(one, pixels=PICTURE_PIXELS, most=PICTURE_MOST) for one in looks]
    return _assemble(wide / high, [0.0, 0.0], marks, np.zeros(1, np.float32), thumb[None])


class FilmPrinter:
    """Makes the print of a film from its frames, told in order.

    Args:
        seconds: about how long the film is; of longer ones, fewer frames a second are kept.
    """

    def __init__(self, seconds: float) -> None:
        # A longer film has frames enough to be known by.
        self._apart = 0.5 if seconds <= 40 else (1.0 if seconds <= 1200 else 2.0)
        self._times: list[float] = []
        self._marks: list[Landmarks] = []
        self._moments: list[float] = []
        self._thumbs: list[npt.NDArray[np.uint8]] = []
        self._shape = 1.0
        self._last: npt.NDArray[np.float32] | None = None

    def see(self, times: Sequence[float], frames: npt.NDArray[np.uint8]) -> None:
        """Take the next frames.

        Args:
            times: when each is shown, in seconds; rising.
            frames: n × height × width (luma) or n × height × width × 3 (RGB), upright, of any size
                from about 320 across up; at any rate, best a multiple of `THUMBS`.
        """
        for at, frame in zip(times, frames, strict=True):
            # A grid of whole steps, so that another rate of frames picks nearly the same moments.
            if self._moments and at < self._moments[-1] + 0.75 / THUMBS:
                continue
            if self._moments and int(at * THUMBS + 0.01) <= int(self._moments[-1] * THUMBS + 0.01):
                continue
            gray = to_light(frame)
            self._shape = gray.shape[1] / gray.shape[0]
            thumb = resized(gray, (SIDE, SIDE))
            self._moments.append(float(at))
            self._thumbs.append(thumb)
            if self._is_due(float(at), thumb):
                self._times.append(float(at))
                self._marks.append(find_landmarks(gray))

    def _is_due(self, at: float, thumb: npt.NDArray[np.uint8]) -> bool:
        """Whether landmarks are taken of this frame: not while nothing has changed."""
        if self._times and at < self._times[-1] + self._apart - 0.5 / THUMBS:
            return False
        now = thumb.astype(np.float32)
        if self._last is not None and at < self._times[-1] + _STILL_SECONDS:
            change = np.abs(now - self._last)
            if float(np.mean(change)) < _STILL and float(np.percentile(change, 98)) < 12:
                return False
        self._last = now
        return True

    def done(self) -> Print:
        """The print of what was seen; of no frames, one that is like nothing."""
        moments = np.array(self._moments, np.float32)
        thumbs = np.array(self._thumbs, np.uint8).reshape(-1, SIDE, SIDE)
        return _assemble(self._shape, self._times, self._marks, moments, thumbs)


def _assemble(
    shape: float,
    times: list[float],
    marks: list[Landmarks],
    moments: npt.NDArray[np.float32],
    thumbs: npt.NDArray[np.uint8],
) -> Print:
    counts = np.array([len(one.points) for one in marks], np.int64)
    points = [np.round(one.points * 65535).astype(np.uint16) for one in marks]
    return Print(
        shape=shape,
        times=np.array(times, np.float32),
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        points=np.concatenate([np.zeros((0, 2), np.uint16), *points]),
        codes=np.concatenate([np.zeros((0, CODE_BYTES), np.uint8), *(one.codes for one in marks)]),
        moments=moments,
        thumbs=thumbs,
    )


def pack(one: Print) -> bytes:
    """A print as bytes, for `unpack`; the same print always gives the same bytes."""
    counts = np.diff(one.starts).astype("<u2")
    body = b"".join(
        (
            one.times.astype("<f4").tobytes(),
            counts.tobytes(),
            one.points.astype("<u2").tobytes(),
            one.codes.tobytes(),
            one.moments.astype("<f4").tobytes(),
            # Thumbnails change little from one to the next: differences pack to half.
            np.diff(one.thumbs, axis=0, prepend=np.zeros_like(one.thumbs[:1])).tobytes(),
        )
    )
    side = one.thumbs.shape[1]
    head = _HEAD.pack(_MAGIC, VERSION, side, 0, len(one.times), len(one.moments), one.shape)
    return head + zlib.compress(body, 6)


def unpack(data: bytes) -> Print | None:
    """The print that `pack` made these bytes of; None when another version made them."""
    if len(data) < _HEAD.size or data[:5] != _MAGIC + bytes([VERSION]):
        return None
    _, _, side, _, frames, moments, shape = _HEAD.unpack_from(data)
    body = memoryview(zlib.decompress(data[_HEAD.size :]))
    place = 0

    def take(kind: str, count: int) -> npt.NDArray[np.generic]:
        nonlocal place
        values = np.frombuffer(body, kind, count, place)
        place += values.nbytes
        return values

    times = take("<f4", frames).astype(np.float32)
    counts = take("<u2", frames).astype(np.int64)
    total = int(counts.sum())
    points = take("<u2", total * 2).astype(np.uint16).reshape(-1, 2)
    codes = take("u1", total * CODE_BYTES).astype(np.uint8).reshape(-1, CODE_BYTES)
    shown = take("<f4", moments).astype(np.float32)
    thumbs = take("u1", moments * side * side).astype(np.uint8).reshape(-1, side, side)
    return Print(
        shape=float(shape),
        times=times,
        starts=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
        points=points,
        codes=codes,
        moments=shown,
        thumbs=np.cumsum(thumbs, axis=0, dtype=np.uint8),
    )
