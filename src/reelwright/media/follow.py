"""Where to look in a stretch of a clip that is cropped: at one point, or along one slow line.

A crop that follows every movement of its subject makes people seasick. So a stretch gets one still
point if that keeps the subject in the picture, else an even pan along a straight line.

The subject is somebody's face, where one is seen; else what moves before a ground that does not;
else what stands out.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Format, MediaFacts
from reelwright.media.frames import Frame, read_frames, to_rgb
from reelwright.media.shape import window
from reelwright.media.subject import find_subject
from reelwright.media.tracks import FindFaces, Track, link

Point = tuple[float, float]
MIDDLE: Point = (0.5, 0.5)

_WIDTH = 160
_FACES_WIDTH = 480
_FACES_AT = 10
"""Moments of a stretch at which faces are looked for."""
_SEEN = 0.4
"""Share of those moments at which somebody must be seen to be the subject."""
_HAIR, _CHIN, _EARS = 0.45, 0.2, 0.15
"""What belongs to a face above, below and beside it, in its sizes."""
_EVERY = Fraction(1, 6)
_MOST = 90
_THRESHOLD = 22.0
_KEEPS = 0.97
"""Share of a side that a crop may leave without it mattering where it stands."""
_ENOUGH = 0.95
_WORTH = 0.6
"""Share of the moments that a pan must keep the subject whole for, to be made at all."""
_FASTEST = 0.4
"""Widths a second: what is faster is not panned along with."""
_SLOWEST = 0.06
"""Widths in all: less is not worth a pan."""


@dataclass(frozen=True)
class Sight:
    """Where the subject is at an instant of the stretch (0 to 1), and half its size."""

    at: float
    x: float
    y: float
    half_x: float = 0.0
    half_y: float = 0.0


def follow(
    path: Path,
    facts: MediaFacts,
    format: Format,
    start: float = 0.0,
    seconds: float = 0.0,
    find: FindFaces | None = None,
) -> tuple[Point, Point | None]:
    """Where to look at the beginning of a stretch, and at its end if that is elsewhere.

    Args:
        path: a video or a picture.
        facts: what probing says of it.
        format: the format it will fill.
        start: seconds into the video.
        seconds: how long the stretch lasts.
        find: who finds faces; None looks for none.

    Raises:
        FootageError: it cannot be read.
    """
    if not facts.width or not facts.height or min(window(facts, format)) >= _KEEPS:
        return MIDDLE, None
    if facts.kind == "picture":
        picture = read_frames(path, [0.0], 4 * _WIDTH)[0]
        return find_subject(picture, find([picture])[0] if find else ()), None
    share = window(facts, format)
    frames = _sample(path, start, seconds, _FACES_WIDTH if find else _WIDTH)
    if find:
        sights = find_people(frames, find, share, seconds)
        if sights:
            return settle(sights, share, seconds)
        # Motion is told from noise on small frames.
        frames = [(at, _small(frame)) for at, frame in frames]
    return settle(find_sights(frames), share, seconds)


def find_people(
    frames: list[tuple[float, Frame]],
    find: FindFaces,
    share: tuple[float, float],
    seconds: float,
) -> list[Sight]:
    """Where the people of a stretch are, by their faces: all who stay, if they fit into the window
    together, else the one seen best; nothing where faces are hardly seen.

    Args:
        frames: with their instants, 0 to 1.
        find: who finds faces.
        share: of the sides that the window leaves.
        seconds: how long the stretch lasts.
    """
    step = max(1, -(-len(frames) // _FACES_AT))
    some = frames[::step]
    seen = find([frame for _, frame in some])
    sightings = [(at * seconds, faces) for (at, _), faces in zip(some, seen, strict=True)]
    stay = [t for t in link(sightings) if len(t.times) >= max(1, _SEEN * len(some))]
    if not stay:
        return []
    best = max(stay, key=lambda track: track.size * len(track.times) * track.score)
    matter = [track for track in stay if track.size >= 0.35 * best.size]
    together = _sights(matter, seconds)
    if all(2 * s.half_x <= share[0] and 2 * s.half_y <= share[1] for s in together):
        return together
    return _sights([best], seconds)


def _sights(people: list[Track], seconds: float) -> list[Sight]:
    """The boxes around the heads of some people, at the instants when any of them was seen."""
    found: list[Sight] = []
    for time in sorted({time for track in people for time in track.times}):
        boxes = [box for track in people if (box := track.at(time)) is not None]
        left = min(box.left - _EARS * box.width for box in boxes)
        right = max(box.left + (1 + _EARS) * box.width for box in boxes)
        top = min(box.top - _HAIR * box.height for box in boxes)
        bottom = max(box.top + (1 + _CHIN) * box.height for box in boxes)
        left, top, right, bottom = (min(max(v, 0.0), 1.0) for v in (left, top, right, bottom))
        at = time / seconds if seconds else 0.0
        half = (right - left) / 2, (bottom - top) / 2
        found.append(Sight(at, (left + right) / 2, (top + bottom) / 2, *half))
    return found


def _small(frame: Frame) -> Frame:
    """A frame at the width that motion is measured at."""
    from PIL import Image

    size = _WIDTH, max(1, round(frame.shape[0] * _WIDTH / frame.shape[1]))
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC))


def find_sights(frames: list[tuple[float, Frame]]) -> list[Sight]:
    """Where the subject is in each of some frames of one stretch (instants 0 to 1).

    What moves before a ground that does not is the subject; else what stands out.
    """
    lights = np.stack([frame.mean(-1) for _, frame in frames])
    ground = np.median(lights, axis=0)
    moving = np.abs(lights - ground) > _THRESHOLD
    share = float(moving.mean())
    if len(frames) >= 3 and 0.0008 < share < 0.3:
        seen = [_box(at, mask) for (at, _), mask in zip(frames, moving, strict=True)]
        sights = [sight for sight in seen if sight is not None]
        compact = [s for s in sights if s.half_x < 0.3 and s.half_y < 0.5]
        if len(compact) >= max(3, len(frames) // 2):
            return compact
    step = max(1, len(frames) // 8)
    return [Sight(at, *find_subject(frame)) for at, frame in frames[::step]]


def _box(at: float, mask: npt.NDArray[np.bool_]) -> Sight | None:
    """The box around most of what a mask holds; specks far from it are left out."""
    total = int(mask.sum())
    if total < mask.size * 0.0004:
        return None
    sides: list[tuple[float, float]] = []
    for axis in (0, 1):
        counts = np.cumsum(mask.sum(axis)) / total
        # Noise is spread thin; the subject is where the middle nineteen twentieths are.
        low, high = np.searchsorted(counts, (0.025, 0.975))
        sides.append((float(low) / len(counts), float(high + 1) / len(counts)))
    (left, right), (top, bottom) = sides
    return Sight(at, (left + right) / 2, (top + bottom) / 2, (right - left) / 2, (bottom - top) / 2)


def settle(
    sights: list[Sight], share: tuple[float, float], seconds: float
) -> tuple[Point, Point | None]:
    """One point, or one line, that keeps what was seen in a window of these shares of the sides."""
    if not sights:
        return MIDDLE, None
    times = np.array([sight.at for sight in sights])
    ends: list[tuple[float, float]] = []
    for centre, half, part in (
        ([s.x for s in sights], [s.half_x for s in sights], share[0]),
        ([s.y for s in sights], [s.half_y for s in sights], share[1]),
    ):
        ends.append(_along(times, np.array(centre), np.array(half), part, seconds))
    (x0, x1), (y0, y1) = ends
    begin, end = (round(x0, 3), round(y0, 3)), (round(x1, 3), round(y1, 3))
    return (begin, None) if begin == end else (begin, end)


def _along(
    times: npt.NDArray[np.float64],
    centre: npt.NDArray[np.float64],
    half: npt.NDArray[np.float64],
    part: float,
    seconds: float,
) -> tuple[float, float]:
    """Where the window's middle begins and ends on one side."""
    if part >= _KEEPS:
        return 0.5, 0.5

    def clamp(value: float) -> float:
        return min(max(value, part / 2), 1 - part / 2)

    def kept(first: float, last: float) -> float:
        middle = first + (last - first) * times
        return float((np.abs(centre - middle) + half <= part / 2 + 1e-9).mean())

    low, high = float((centre - half).min()), float((centre + half).max())
    stills = [clamp(float(np.median(centre))), clamp((low + high) / 2)]
    still = max(stills, key=lambda place: kept(place, place))
    if kept(still, still) >= _ENOUGH or len(times) < 4:
        return still, still
    slope = _slope(times, centre)
    offset = float(np.median(centre - slope * times))
    first, last = clamp(offset), clamp(offset + slope)
    fast = abs(last - first) > _FASTEST * max(seconds, 0.1)
    # A pan that loses its subject all the same is worse than standing still.
    better = kept(first, last) >= max(_WORTH, kept(still, still) + 0.05)
    if fast or abs(last - first) < _SLOWEST or not better:
        return still, still
    return first, last


def _slope(times: npt.NDArray[np.float64], centre: npt.NDArray[np.float64]) -> float:
    """The middle one of all slopes between two points (Theil and Sen): strays do not count."""
    first, then = np.triu_indices(len(times), 1)
    apart = times[then] - times[first]
    return float(np.median((centre[then] - centre[first])[apart > 0] / apart[apart > 0]))


def _sample(path: Path, start: float, seconds: float, width: int) -> list[tuple[float, Frame]]:
    """Frames of a stretch, evenly apart, with their instants as shares of it."""
    from av.error import FFmpegError

    from reelwright.media.probing import open_media

    every = max(_EVERY, Fraction(seconds) / _MOST)
    found: list[tuple[float, Frame]] = []
    with open_media(path) as container:
        film = container.streams.video[0]
        film.thread_type = "AUTO"
        base = film.time_base or Fraction(1, 1000)
        origin = (film.start_time or 0) * base
        wanted = Fraction(start)
        try:
            container.seek(int((wanted + origin) / base), stream=film, backward=True)
            for frame in container.decode(film):
                at = (frame.pts or 0) * base - origin
                if at > Fraction(start) + Fraction(seconds):
                    break
                if at >= wanted - Fraction(1, 1000):
                    share = (at - Fraction(start)) / max(Fraction(seconds), every)
                    found.append((min(1.0, float(share)), to_rgb(frame, width)))
                    wanted = at + every
        except FFmpegError:
            # What could be decoded is enough to know where to look; rendering tells of damage.
            pass
    return found or [(0.0, read_frames(path, [start], width)[0])]
