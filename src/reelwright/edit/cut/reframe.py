"""Another shape for a recording: who or what the crop shows in each shot, and how it moves.

Each shot is framed by itself: around one person, or around all who fit in together; for two who do
not, the picture is split, or goes to the one who speaks; where nothing fits it is shown whole on a
blurred ground. Whoever was chosen is kept until the shot ends, or until somebody else has begun to
speak. The crop then goes the calmest way that keeps them in sight (`steady`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

import numpy as np

from reelwright.core.camera import Key
from reelwright.core.nouns import Box, Format, MediaFacts
from reelwright.edit.cut.speaking import turns
from reelwright.edit.cut.steady import Floats, steady, thin
from reelwright.edit.cut.watching import RATE, Look, Watched, shots
from reelwright.media.shape import window
from reelwright.media.tracks import Track, link

Fill = Literal["crop", "blur", "split"]
Wanted = Literal["auto", "crop", "blur", "split"]

VERSION = 1
"""Raised whenever the same recording would be framed otherwise."""
_MARGIN = 0.1
"""What must be seen beside a face, in its sizes."""
_HAIR = 0.3
"""What must be seen above it."""
_REST = 0.22
"""How far the subject may stray from where it is best, as a share of the crop, before it moves."""
_CENTRED = 0.06
"""How near to where it is best a camera that moves comes to rest, as a share of the crop."""
_SWING = 1.0
"""Seconds before and after an instant for which somebody must be still to have come to rest."""
_HEIGHT = 0.4
"""Where in the crop a face is best: this share of its height from the top."""
_KEPT = 0.97
_STAYS = 0.2
"""Share of a shot that somebody is seen in, to matter."""
_BESIDE = 0.3
"""Share of the largest face's area that another must have to matter."""
_TOO_LARGE = 0.3
"""Share of a shot in which a face may be wider than the crop."""
_TOGETHER = 0.9
_BOTH = 0.6
"""Share of a shot that two must both be seen in for the picture to be split."""
_LONG = 0.45
"""Seconds: shorter than this, a shot is framed as the one before it."""


@dataclass(frozen=True)
class Framed:
    """How a stretch of a recording is shown."""

    start: float
    end: float
    fill: Fill
    ways: tuple[Floats, ...] = ()
    """x, y and zoom of the crop at even steps from `start`, `RATE` a second; of a split, also those
    of the lower one."""
    who: str = ""
    """What is shown, for people: ``face``, ``faces``, ``speaker``, ``two``, ``motion``."""


@dataclass(frozen=True)
class Shown:
    """So many frames, shown in one way."""

    frames: int
    fill: Fill
    camera: tuple[Key, ...] = ()
    below: tuple[Key, ...] = ()


def reframe(
    watched: Watched,
    facts: MediaFacts,
    format: Format,
    *,
    speech: Sequence[tuple[float, float]] = (),
    fill: Wanted = "auto",
) -> tuple[Framed, ...]:
    """How each shot of a recording is shown in a format of another shape.

    Args:
        watched: what `watching.watch` saw.
        facts: of the recording.
        format: what it is shown in.
        speech: when somebody speaks, in seconds; nothing if that is not known.
        fill: how to fill the frame; ``auto`` decides by shot.
    """
    if fill == "blur":
        return (Framed(0.0, facts.seconds, "blur"),)
    found: list[Framed] = []
    for looks in shots(watched):
        if found and looks[-1].at - looks[0].at < _LONG and found[-1].fill != "split":
            # A flash of a shot: the crop had better not move for it.
            found.append(_held(found[-1], looks))
            continue
        found += _frame_shot(looks, facts, format, speech, fill)
    return _joined_up(found, facts.seconds, watched.cuts)


def show(framed: Sequence[Framed], first: int, frames: int, rate: Fraction) -> tuple[Shown, ...]:
    """How a piece of the recording is shown, in whole frames.

    Args:
        framed: of the whole recording, as `reframe` gives it.
        first: the piece's first frame, counted from the recording's beginning at `rate`.
        frames: how many there are.
        rate: frames a second.
    """
    shown: list[Shown] = []
    at = 0
    for index, part in enumerate(framed):
        until = frames
        if index + 1 < len(framed):
            until = min(frames, max(0, ceil(part.end * rate - first - 1e-6)))
        if until <= at:
            continue
        begin = float((first + at) / rate)
        keys = [
            _keys(part, part.ways[place : place + 3], begin, until - at, rate)
            for place in range(0, len(part.ways), 3)
        ]
        shown.append(Shown(until - at, part.fill, *keys))
        at = until
    return tuple(shown) if at == frames else (*shown, Shown(frames - at, "crop"))


def _keys(
    part: Framed, ways: Sequence[Floats], begin: float, frames: int, rate: Fraction
) -> tuple[Key, ...]:
    """The keys of a way for a piece that begins at an instant; one before and one after it too, so
    that it goes through its ends at full speed."""
    steps = np.arange(len(ways[0]))
    places = [(part.start + step / RATE - begin) * float(rate) for step in thin(ways)]
    inside = [p for p in places if 0 < p < frames - 1]
    before = [p for p in places if p <= 0][-1:] or [0.0]
    after = [p for p in places if p >= frames - 1][:1] or [frames - 1.0]
    wanted = sorted({round(p) for p in (*before, *inside, *after)})
    keys: list[Key] = []
    for frame in wanted:
        step = (begin + frame / float(rate) - part.start) * RATE
        x, y, zoom = (round(float(np.interp(step, steps, way)), 5) for way in ways)
        keys.append((frame, min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0), max(1.0, zoom)))
    if all(key[1:] == keys[0][1:] for key in keys):
        return ((0, *keys[0][1:]),)
    return tuple(keys)


def _frame_shot(
    looks: Sequence[Look],
    facts: MediaFacts,
    format: Format,
    speech: Sequence[tuple[float, float]],
    fill: Wanted,
) -> list[Framed]:
    times = np.arange(looks[0].at, looks[-1].at + 0.5 / RATE, 1 / RATE)
    span = float(times[0]), float(times[-1])
    share = window(facts, format)
    people = _who_matters(looks)
    if not people:
        return [Framed(*span, "crop", _around_points(looks, times, share), "motion")]
    union = [_around(people, at) for at in times]
    if _fits(union, share):
        return [Framed(*span, "crop", _follow(union, share), "faces" if people[1:] else "face")]
    two = _two(people, times)
    spoken = turns(people, looks, speech, span) if people[1:] else ()
    both = len({turn.who for turn in spoken}) > 1
    splits = fill == "split" or (fill == "auto" and (both or not spoken))
    if two and splits and format.height > format.width:
        return [Framed(*span, "split", _split(two, times, facts, format), "two")]
    if both:
        made: list[Framed] = []
        for turn in spoken:
            inside = times[(times >= turn.start - 1e-6) & (times < turn.end + 1e-6)]
            if len(inside):
                way = _follow([_around([people[turn.who]], at) for at in inside], share)
                made.append(Framed(float(inside[0]), turn.end, "crop", way, "speaker"))
        return made
    main = people[spoken[0].who] if spoken else people[0]
    boxes = [_around([main], at) for at in times]
    wide = np.mean([box is not None and box.width > share[0] * 1.02 for box in boxes])
    if fill == "auto" and (wide > _TOO_LARGE):
        return [Framed(*span, "blur", (), "face")]
    return [Framed(*span, "crop", _follow(boxes, share), "face")]


def _who_matters(looks: Sequence[Look]) -> list[Track]:
    """The people of a shot, the one who is its subject first."""
    seen = [(look.at, look.faces) for look in looks]
    least = max(1, _STAYS * len(looks))
    stay = [track for track in link(seen) if len(track.times) >= least]
    if not stay:
        return []
    best = max(stay, key=lambda track: (track.size * len(track.times), track.score))
    beside = [t for t in stay if t is not best and t.size >= _BESIDE * best.size]
    return [best, *beside]


def _around(people: Sequence[Track], at: float) -> Box | None:
    """The box around the faces of some people at an instant; None while none of them is seen."""
    boxes = [box for track in people if (box := track.at(at)) is not None]
    if not boxes:
        return None
    left, top = min(box.left for box in boxes), min(box.top for box in boxes)
    right = max(box.left + box.width for box in boxes)
    bottom = max(box.top + box.height for box in boxes)
    return Box(left=left, top=top, width=right - left, height=bottom - top)


def _fits(boxes: Sequence[Box | None], share: tuple[float, float]) -> bool:
    """Whether nearly all boxes fit into a crop, with room to move."""
    seen = [box for box in boxes if box is not None]
    fit = [
        box.width * (1 + _MARGIN) <= share[0] * 0.94 and box.height <= share[1] * 0.94
        for box in seen
    ]
    return bool(fit) and float(np.mean(fit)) >= _TOGETHER


def _two(people: Sequence[Track], times: Floats) -> tuple[Track, Track] | None:
    """The two people of a shot, the left one first, if it is about two who are there together."""
    if len(people) != 2:
        return None
    both = np.mean([all(track.at(at) is not None for track in people) for at in times])
    if both < _BOTH or max(p.size for p in people) > 3.5 * min(p.size for p in people):
        return None
    one, two = sorted(people, key=lambda p: float(np.median([b.centre[0] for b in p.boxes])))
    return one, two


def _follow(
    boxes: Sequence[Box | None], share: tuple[float, float], zoom: float = 1.0
) -> tuple[Floats, ...]:
    """The calmest way that keeps some boxes in a crop of these shares (zoomed in already)."""
    ways: list[Floats] = []
    for axis, part in enumerate(share):
        if part >= _KEPT:
            ways.append(np.full(len(boxes), 0.5))
            continue
        sides = np.array([_sides(box, axis) for box in boxes])
        ways.append(_along(_calm(sides), part, axis))
    return (*ways, np.full(len(boxes), zoom))


def _sides(box: Box | None, axis: int) -> tuple[float, float]:
    if box is None:
        return np.nan, np.nan
    if axis == 0:
        room = _MARGIN * box.width
        return max(0.0, box.left - room), min(1.0, box.left + box.width + room)
    top = box.top - _HAIR * box.height
    return max(0.0, top), min(1.0, box.top + (1 + _MARGIN) * box.height)


def _calm(sides: Floats) -> Floats:
    """Sides without what trembles in them (a running median), nothing left unknown inside."""
    calm = sides.copy()
    known = ~np.isnan(sides[:, 0])
    reach = 2
    for index in np.nonzero(known)[0]:
        near = sides[max(0, index - reach) : index + reach + 1]
        calm[index] = np.nanmedian(near, axis=0)
    return calm


def _along(sides: Floats, part: float, axis: int) -> Floats:
    """The way of the crop's middle on one side of the picture."""
    known = ~np.isnan(sides[:, 0])
    low, high = np.full(len(sides), part / 2), np.full(len(sides), 1 - part / 2)
    want = np.full(len(sides), 0.5)
    if not known.any():
        return want
    steps = np.arange(len(sides))
    for column in (0, 1):
        # Somebody who is not seen for a while is where they went.
        sides[:, column] = np.interp(steps, steps[known], sides[known, column])
    first, last = _widened(sides[:, 0], np.minimum), _widened(sides[:, 1], np.maximum)
    middle = (sides[:, 0] + sides[:, 1]) / 2
    want = middle if axis == 0 else middle + (0.5 - _HEIGHT) * part
    hard = _clamped(last - part / 2, first + part / 2, (low, high))
    slack = np.maximum(0.0, (part - (last - first)) / 2)
    rest = np.minimum(_REST * part, 0.6 * slack)
    way = steady(*_tube(want, rest, hard), want, hard, RATE)
    if not np.ptp(way):
        return way
    # It has to move: then it comes to rest about whoever comes to rest, not beside them.
    rest = np.minimum(rest, _CENTRED * part + _swing(middle) / 2)
    return steady(*_tube(want, rest, hard), want, hard, RATE)


def _tube(want: Floats, rest: Floats, hard: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    low, high = np.maximum(want - rest, hard[0]), np.minimum(want + rest, hard[1])
    return _clamped(low, high, hard)


def _swing(middle: Floats) -> Floats:
    """How far something swings to and fro around each instant."""
    reach = round(_SWING * RATE)
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(middle, reach, mode="edge"), 2 * reach + 1
    )
    return np.asarray(np.ptp(windows, axis=1), np.float64)


def _widened(side: Floats, most: np.ufunc) -> Floats:
    """A side with what it was and will be a moment away: between two looks anything may happen."""
    around = np.pad(side, 1, mode="edge")
    return np.asarray(most(side, most(around[:-2], around[2:])), np.float64)


def _clamped(low: Floats, high: Floats, within: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """A tube inside another; where it is inside out it is its middle."""
    middle = (low + high) / 2
    low, high = np.where(low > high, middle, low), np.where(low > high, middle, high)
    return (
        np.minimum(np.maximum(low, within[0]), within[1]),
        np.minimum(np.maximum(high, within[0]), within[1]),
    )


def _around_points(
    looks: Sequence[Look], times: Floats, share: tuple[float, float]
) -> tuple[Floats, ...]:
    """A very calm way about what moves or stands out, which no one is sure of."""
    at = np.array([look.at for look in looks])
    ways: list[Floats] = []
    for axis, part in enumerate(share):
        if part >= _KEPT:
            ways.append(np.full(len(times), 0.5))
            continue
        points = np.interp(times, at, [look.point[axis] for look in looks])
        reach = 2 * RATE
        calm = np.array(
            [np.median(points[max(0, i - reach) : i + reach + 1]) for i in range(len(points))]
        )
        ends = np.full(len(times), part / 2), np.full(len(times), 1 - part / 2)
        rest = 0.35 * part
        tube = _clamped(calm - rest, calm + rest, ends)
        ways.append(steady(*tube, calm, ends, RATE))
    return (*ways, np.ones(len(times)))


def _split(
    two: tuple[Track, Track], times: Floats, facts: MediaFacts, format: Format
) -> tuple[Floats, ...]:
    """The ways of two crops of half the height, one for each person."""
    half = format.model_copy(update={"height": format.height // 2 // 2 * 2})
    share = window(facts, half)
    wide = [float(np.median([box.width for box in track.boxes])) for track in two]
    middles = [float(np.median([box.centre[0] for box in track.boxes])) for track in two]
    gap = abs(middles[1] - middles[0])
    ways: list[Floats] = []
    for track, face in zip(two, wide, strict=True):
        # Near enough to leave the other out, far enough to leave the shoulders in.
        across = min(share[0], max(2.2 * face, min(3.6 * face, 1.15 * gap)))
        zoom = min(4.0, max(1.0, share[0] / across))
        boxes = [_around([track], at) for at in times]
        ways += _follow(boxes, (share[0] / zoom, share[1] / zoom), zoom)
    return tuple(ways)


def _held(before: Framed, looks: Sequence[Look]) -> Framed:
    ways = tuple(way[-1:] for way in before.ways)
    return Framed(looks[0].at, looks[-1].at, before.fill, ways, before.who)


def _joined_up(
    found: Sequence[Framed], seconds: float, cuts: Sequence[float]
) -> tuple[Framed, ...]:
    """Stretches that meet: at the cut between them, else where the later one begins."""
    made: list[Framed] = []
    for index, part in enumerate(found):
        then = found[index + 1].start if index + 1 < len(found) else max(seconds, part.end)
        border = next((cut for cut in cuts if part.start < cut <= then + 1e-6), then)
        # A turn within the shot comes before its cut.
        end = min(border, then) if index + 1 < len(found) else then
        made.append(Framed(part.start, end, part.fill, part.ways, part.who))
    return tuple(made)
