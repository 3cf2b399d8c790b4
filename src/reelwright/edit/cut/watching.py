"""A recording watched once: whose faces are where, what else stands out, where the shots change.

Frames are looked at six times a second, small. Faces are looked for once a second and, where
somebody has moved since, in the frames between; where nobody has, they are where they were. Between
two looks at a face, how much moves about its mouth more than about its eyes tells who speaks
(the idea of Everingham, Sivic and Zisserman 2006, on plain differences of frames).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import Field

from reelwright.core.nouns import Box, MediaFacts, Noun
from reelwright.media.subject import saliency
from reelwright.media.sweep import sweep
from reelwright.media.tracks import FindFaces

VERSION = 1
"""Raised whenever the same recording would be seen otherwise."""
RATE = 6
"""Looks a second."""

_WIDTH = 640
_NEAR = 320
"""Pixels across at which faces are looked for first; only where there is none, the whole width."""
_GROUP = RATE
"""Looks between two searches for faces that are never left out."""
_STAYED = 0.22
"""Sizes of a face by which it may have moved and still be said to have stayed."""
_GREW = 0.16
_GIVES_UP = 3
_MOTION = 96
_CHANGED = 0.34
"""Share of a picture's colours that must change for it to be another shot."""

Frame = npt.NDArray[np.uint8]


class Face(Box):
    """A face at an instant."""

    mouth: float = 0.0
    """How much moves about the mouth, more than about the eyes: 0 to 1; also 0 if unknown."""


class Look(Noun):
    """What is seen at an instant."""

    at: float = Field(ge=0)
    """Seconds."""
    faces: tuple[Face, ...] = ()
    point: tuple[float, float] = (0.5, 0.5)
    """The middle of what stands out or moves, where no face is seen."""
    spread: tuple[float, float] = (0.0, 0.0)
    """Half the width and height that most of it takes up."""


class Watched(Noun):
    """What was seen in a recording, or in a stretch of it."""

    looks: tuple[Look, ...]
    cuts: tuple[float, ...] = ()
    """Seconds at which another shot begins."""


def watch(
    path: Path,
    facts: MediaFacts,
    find: FindFaces | None,
    *,
    start: float = 0.0,
    end: float | None = None,
    cuts: Sequence[float] | None = None,
    tell: Callable[[float], None] = lambda share: None,
) -> Watched:
    """Watch a recording.

    Args:
        path: a video.
        facts: what probing says of it.
        find: who finds faces; None looks for none.
        start: seconds from which on it is watched.
        end: seconds until which.
        cuts: where shots change, if that is known; None looks for hard cuts.
        tell: hears how far it is, 0 to 1.

    Raises:
        FootageError: it cannot be opened or has no picture.
    """
    eye = _Eye(find, cuts, lambda before, at: _exact_cut(path, facts, before, at))
    until = facts.seconds if end is None else min(end, facts.seconds)
    for block in sweep(path, facts, width=_WIDTH, rate=RATE, start=start, end=end):
        for at, frame in zip(block.times, block.frames, strict=True):
            eye.see(float(at), frame)
        tell(min(1.0, (float(block.times[-1]) - start) / max(0.1, until - start)))
    eye.finish()
    return Watched(looks=tuple(eye.looks), cuts=tuple(eye.cuts if cuts is None else cuts))


class _Eye:
    """Watches frame by frame; holds a second of them."""

    def __init__(
        self,
        find: FindFaces | None,
        cuts: Sequence[float] | None,
        exact: Callable[[float, float], float | None],
    ) -> None:
        self.find = find
        self.exact = exact
        self.given = cuts
        self.looks: list[Look] = []
        self.cuts: list[float] = []
        self.held: list[tuple[float, Frame]] = []
        self.faces: Sequence[Box] | None = None
        """In the first frame held."""
        self.histogram: Any = None
        self.change = 0.0
        """Of the colours, from the frame before the last to the last."""
        self.before: Any = None
        """The frame before, small and gray."""
        self.empty = 0
        """For how many searches nobody was found."""

    def see(self, at: float, frame: Frame) -> None:
        if self._begins(at, frame):
            self.finish()
            self.held, self.faces, self.before = [], None, None
        self.held.append((at, frame))
        if len(self.held) > _GROUP:
            self._digest()

    def _begins(self, at: float, frame: Frame) -> bool:
        """Whether a frame is of another shot than the one before."""
        if self.given is not None:
            last = self.held[-1][0] if self.held else at
            return any(last < cut <= at for cut in self.given)
        histogram = _colours(frame)
        before, self.histogram = self.histogram, histogram
        usual = self.change
        self.change = 0.0 if before is None else float(np.abs(histogram - before).sum()) / 2
        # What has been changing all along fades or moves.
        if self.change < _CHANGED or self.change < 1.6 * usual or not self.held:
            return False
        cut = self.exact(self.held[-1][0], at)
        if cut is None:
            return False
        self.cuts.append(round(cut, 4))
        return True

    def finish(self) -> None:
        """Tell of what is held still."""
        if len(self.held) > 1 or (self.held and self.faces is None):
            self._digest()
        self.held = self.held[:0]

    def _digest(self) -> None:
        times = [at for at, _ in self.held]
        frames = [frame for _, frame in self.held]
        first = self.faces if self.faces is not None else self._search(frames[:1])[0]
        last = self._search(frames[-1:])[0] if len(frames) > 1 else first
        found: list[Sequence[Box]] = _between(first, last, times)
        if not found:
            found = [first, *self._search(frames[1:-1]), last]
        mouths = _mouths(frames, found)
        fresh = 1 if self.faces is not None else 0
        for index in range(fresh, len(frames)):
            faces = tuple(
                Face(**box.model_dump(), mouth=mouth)
                for box, mouth in zip(found[index], mouths[index], strict=True)
            )
            point, spread = ((0.5, 0.5), (0.0, 0.0)) if faces else self._stands_out(frames[index])
            self.looks.append(
                Look(at=round(times[index], 3), faces=faces, point=point, spread=spread)
            )
        self.held, self.faces = self.held[-1:], last

    def _search(self, frames: Sequence[Frame]) -> list[Sequence[Box]]:
        if self.find is None or not frames:
            return [() for _ in frames]
        import cv2

        wide = min(_NEAR, frames[0].shape[1])
        size = wide, max(1, round(frames[0].shape[0] * wide / frames[0].shape[1]))
        small = [
            np.asarray(cv2.resize(f, size, interpolation=cv2.INTER_AREA), np.uint8) for f in frames
        ]
        found: list[Sequence[Box]] = list(self.find(small))
        nobody = [index for index, faces in enumerate(found) if not faces]
        # Where nobody has been for a while, small faces are looked for now and then.
        if nobody and (self.empty < _GIVES_UP or self.empty % _GIVES_UP == 0):
            for index, faces in zip(nobody, self.find([frames[i] for i in nobody]), strict=True):
                found[index] = faces
        self.empty = 0 if any(found) else self.empty + 1
        return found

    def _stands_out(self, frame: Frame) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where something moves before the rest, or stands out, and half of how far it reaches."""
        import cv2

        wide = min(_MOTION, frame.shape[1])
        size = wide, max(2, round(frame.shape[0] * wide / frame.shape[1]))
        small = np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)
        gray = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
        before, self.before = self.before, gray
        weight = saliency(small) * 0.6
        high, wide = weight.shape
        if before is not None and before.shape == gray.shape:
            weight = weight + _moving(before, gray, (wide, high))
        if weight.max() <= 0:
            return (0.5, 0.5), (0.0, 0.0)
        weight = weight**2
        weight /= weight.sum()
        spots = []
        for axis, count in ((0, wide), (1, high)):
            share = np.cumsum(weight.sum(axis))
            low, mid, top = np.interp((0.2, 0.5, 0.8), share, (np.arange(count) + 1) / count)
            spots.append((float(mid), float(top - low) / 2))
        (x, across), (y, down) = spots
        return (round(x, 4), round(y, 4)), (round(across, 4), round(down, 4))


def _moving(before: Any, after: Any, size: tuple[int, int]) -> Any:
    """What moves otherwise than the picture as a whole, 0 to 1, at a size (width, height)."""
    import cv2

    (dx, dy), sure = cv2.phaseCorrelate(before, after)
    if sure > 0.2 and abs(dx) < 12 and abs(dy) < 12:
        shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
        shape = before.shape[1], before.shape[0]
        before = cv2.warpAffine(before, shift, shape, borderMode=cv2.BORDER_REPLICATE)
    change = cv2.GaussianBlur(np.abs(after - before), (0, 0), 2.0)
    change[change < 6] = 0
    most = float(change.max())
    return cv2.resize(change / most, size, interpolation=cv2.INTER_AREA) if most else 0.0


def _exact_cut(path: Path, facts: MediaFacts, before: float, at: float) -> float | None:
    """The instant between two looks at which another shot begins; None if the one becomes the
    other little by little."""
    margin = 2.5 / float(facts.rate or 25)
    blocks = list(
        sweep(path, facts, width=64, start=max(0.0, before - margin), end=at + margin, gray=True)
    )
    if not blocks:
        return None
    times = np.concatenate([block.times for block in blocks])
    frames = np.concatenate([block.frames for block in blocks]).astype(np.float32)
    if len(frames) < 3:
        return None
    steps = np.abs(np.diff(frames, axis=0)).mean(axis=(1, 2))
    place = int(np.argmax(steps))
    rest = float(np.delete(steps, place).max())
    whole = float(np.abs(frames[-1] - frames[0]).mean())
    if steps[place] < 2.5 * rest or steps[place] < 0.5 * whole:
        return None
    return float(times[place] + times[place + 1]) / 2


def _colours(frame: Frame) -> Any:
    """How a frame's colours are spread, in four parts of it."""
    import cv2

    small = np.asarray(cv2.resize(frame, (64, 36), interpolation=cv2.INTER_AREA), np.uint8) >> 5
    codes = (small[..., 0].astype(int) * 8 + small[..., 1]) * 8 + small[..., 2]
    parts = [codes[:18, :32], codes[:18, 32:], codes[18:, :32], codes[18:, 32:]]
    counts = [np.bincount(part.ravel(), minlength=512) / part.size for part in parts]
    return np.concatenate(counts) / 4


def _between(
    first: Sequence[Box], last: Sequence[Box], times: Sequence[float]
) -> list[Sequence[Box]]:
    """The faces at all times, if they stayed where they were; nothing if anybody moved."""
    if len(first) != len(last):
        return []
    left = list(last)
    pairs: list[tuple[Box, Box]] = []
    for face in first:
        near = min(left, key=lambda other: _apart(face, other))
        if _apart(face, near) > _STAYED or abs(near.width / max(1e-6, face.width) - 1) > _GREW:
            return []
        left.remove(near)
        pairs.append((face, near))
    length = (times[-1] - times[0]) or 1.0
    return [[_mixed(face, then, (at - times[0]) / length) for face, then in pairs] for at in times]


def _apart(one: Box, two: Box) -> float:
    """How far apart the middles of two faces are, in the first one's sizes."""
    (x, y), (u, v) = one.centre, two.centre
    return max(abs(u - x) / max(1e-6, one.width), abs(v - y) / max(1e-6, one.height))


def _mixed(one: Box, two: Box, share: float) -> Box:
    values = {
        name: round(a + (b - a) * share, 4) for (name, a), (_, b) in zip(one, two, strict=True)
    }
    return Box(**values)


def _mouths(frames: Sequence[Frame], found: Sequence[Sequence[Box]]) -> list[list[float]]:
    """How much moves about each mouth in each frame; only told where there are several faces."""
    quiet = [[0.0] * len(faces) for faces in found]
    if max((len(faces) for faces in found), default=0) < 2:
        return quiet
    told = quiet
    for index, (before, after) in enumerate(pairwise(frames), start=1):
        told[index] = [_mouth(before, after, face) for face in found[index]]
    if len(told) > 1:
        told[0] = told[1] if len(told[1]) == len(told[0]) else told[0]
    return told


def _mouth(before: Frame, after: Frame, face: Box) -> float:
    """The mean difference about a mouth less that about the eyes, in a face shrunk to 32 pixels."""
    import cv2

    high, wide = after.shape[:2]
    left, right = (int(min(max(v, 0), 1) * wide) for v in (face.left, face.left + face.width))
    top, bottom = (int(min(max(v, 0), 1) * high) for v in (face.top, face.top + face.height))
    if right - left < 8 or bottom - top < 8:
        return 0.0
    pair = [
        cv2.cvtColor(
            cv2.resize(f[top:bottom, left:right], (32, 32), interpolation=cv2.INTER_AREA),
            cv2.COLOR_RGB2GRAY,
        ).astype(np.float32)
        for f in (before, after)
    ]
    change = np.abs(pair[1] - pair[0])
    eyes, mouth = change[4:16, 4:28].mean(), change[19:31, 7:25].mean()
    return round(min(1.0, max(0.0, float(mouth - 0.7 * eyes) / 24)), 4)


def shots(watched: Watched) -> Iterator[tuple[Look, ...]]:
    """The looks of each shot."""
    borders = [*watched.cuts, float("inf")]
    first = 0
    for border in borders:
        last = first
        while last < len(watched.looks) and watched.looks[last].at < border:
            last += 1
        if last > first:
            yield watched.looks[first:last]
        first = last
