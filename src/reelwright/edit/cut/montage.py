"""A montage: the best stretches of several clips, one after the other, on the beat of its music.

First the music is divided (`find_slots`): from a bar to a bar, with a cut every beat or two where
it is loud and dense, every bar or two where it is calm, and a last shot that is left time to end.
Then each slot is filled (`fill`): the last and the first with the best there is, the others in
order, each with the stretch that is worth most, does not cross a change of shot, and comes from a
clip that was not just shown and had less than its share.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, inf
from typing import Any

import numpy as np

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Noun
from reelwright.core.time import to_frames
from reelwright.edit.cut.spans import Span
from reelwright.edit.cut.worth import PER_SECOND, Looks, Values, weigh
from reelwright.media.beats import Rhythm

VERSION = 2
"""Raised whenever the same clips would make another montage."""
CALM, LOUD = 3.4, 0.85
"""Seconds that a shot lasts about where music is at its calmest, and at its loudest."""
SHORTEST = 0.4
LAST = 1.6
"""Seconds that the last shot lasts, at least: what ends needs time to."""
PACES = (1.0, 0.75, 0.55, 0.4)
"""How long shots last by what would be best: where there are no stretches that long, shorter ones
are taken rather than a shorter montage."""
OFF = 0.5
"""Seconds by which a montage may miss the length that was asked for, to end with a whole bar."""
PLAIN = (2.4, 2.0, 2.8)
"""Seconds from cut to cut, over and over, without music to go by."""
MARGIN = 0.12
"""Seconds kept from a change of shot: a sliver of the neighbour would flash."""
APART = 0.5
"""Seconds between two stretches of one clip; nearer ones would look like a jump."""
_TWICE, _SHARE, _NEAR, _DULL = 0.3, 0.35, 0.15, 0.45
"""What it costs to show a clip twice running; to have shown it more than others; to show what is
right beside what was shown; to show nothing moving where the music does."""
_AROUND = 4.0
"""Seconds from what was shown in which things still look the same."""


@dataclass(frozen=True)
class Clip:
    """A clip to choose from."""

    source: str
    looks: Looks


@dataclass(frozen=True)
class Slot:
    """A stretch of the montage that shows one thing."""

    start: int
    """Frames of the montage."""
    frames: int
    energy: float
    """What the music does meanwhile, 0 to 1."""


class Montage(Noun):
    """What is shown, and which part of the music is played with it."""

    spans: tuple[Span, ...]
    music_start: float
    """Seconds of the music at which the montage begins."""
    fade: float
    """Seconds over which the music goes out at the end."""


def make_montage(
    clips: Sequence[Clip], length: float, rate: Fraction, rhythm: Rhythm | None = None
) -> Montage:
    """A montage of `length` seconds, to half a second: from a bar of the music to a beat of it.

    Args:
        clips: what to choose from, in the order in which they were given.
        length: seconds that are asked for.
        rate: frames a second of the video.
        rhythm: of the music; None: an even pace.

    Nothing is shown twice: where clips are short the montage is shorter.

    Raises:
        FootageError: the clips are too short for any.
    """
    worth = weigh([clip.looks for clip in clips])
    shots = [b - a for clip in clips for a, b in _shots(clip.looks)]
    there = sum(max(0.0, shot - MARGIN) for shot in shots)
    longest = max(shots, default=0.0)
    wanted = min(length, there)
    while wanted >= min(1.0, length):
        for pace in PACES:
            start, slots = find_slots(wanted, rate, rhythm, pace, longest)
            spans = fill(slots, clips, worth, rate) if slots else None
            if spans:
                last = float(slots[-1].frames / rate)
                return Montage(spans=spans, music_start=start, fade=round(min(2.5, last), 3))
        wanted *= 0.94
    raise FootageError(
        "there is too little in the clips for a montage",
        where=", ".join(clip.source for clip in clips)[:200],
        hint="give more clips, or longer ones",
    )


def find_slots(
    length: float,
    rate: Fraction,
    rhythm: Rhythm | None = None,
    pace: float = 1.0,
    longest: float = inf,
) -> tuple[float, tuple[Slot, ...]]:
    """Where the montage begins in the music (seconds), and its slots.

    Each cut lies on the frame nearest to a beat. `pace` is how long shots last by what is usual,
    `longest` how many seconds one may last, where beats allow it.
    """
    if rhythm is None or len(rhythm.beats) < 4:
        return 0.0, _even_slots(length, rate, pace)
    first, last = _stretch(rhythm, length)
    beats = rhythm.beats
    energy = _lively(rhythm, first, last)
    cuts = [first]
    while cuts[-1] < last:
        cuts.append(
            min(last, cuts[-1] + _step(rhythm, cuts[-1], energy[cuts[-1] - first], pace, longest))
        )
    while len(cuts) > 2 and beats[last] - beats[cuts[-2]] < _last(length, pace):
        del cuts[-2]
    zero = beats[first]
    frames = [to_frames(Fraction(beats[cut]) - Fraction(zero), rate) for cut in cuts]
    slots = [
        Slot(a, b - a, round(float(np.mean(energy[cut - first : after - first])), 3))
        for (a, b), (cut, after) in zip(pairwise(frames), pairwise(cuts), strict=True)
        if b > a
    ]
    return zero, tuple(slots)


def _last(length: float, pace: float) -> float:
    """Seconds that the last shot lasts at least; hardly any where stretches are short."""
    return min(LAST * pace * pace, length / 3)


def _even_slots(length: float, rate: Fraction, pace: float) -> tuple[Slot, ...]:
    slots: list[Slot] = []
    at, total = 0, to_frames(length, rate)
    while at < total:
        frames = max(1, to_frames(pace * PLAIN[len(slots) % len(PLAIN)], rate))
        if total - at - frames < to_frames(_last(length, pace), rate):
            frames = total - at
        slots.append(Slot(at, frames, 0.5))
        at += frames
    return tuple(slots)


def _stretch(rhythm: Rhythm, length: float) -> tuple[int, int]:
    """The beats that the montage begins and ends on: bars, of the part with the most in it."""
    beats = rhythm.beats
    bars = [index for index in range(len(beats)) if rhythm.begins_bar(index)]
    sums = np.concatenate([[0.0], np.cumsum(rhythm.energy)])
    best = (-1.0, 0, len(beats) - 1)
    for first in bars or [0]:
        last = _end(rhythm, bars, first, length)
        lasts = beats[last] - beats[first]
        if last <= first:
            continue
        mean = float(sums[last] - sums[first]) / (last - first)
        before = float(np.mean(rhythm.energy[max(0, first - 4) : first])) if first else 0.0
        begins = float(np.mean(rhythm.energy[first : first + 4])) - before
        # Short of what was asked is bad; what begins there, and the song's own order, is good.
        value = mean + 0.25 * max(0.0, begins) - 0.1 * beats[first] / max(rhythm.seconds, 1e-6)
        value -= 2.0 * abs(lasts / length - 1)
        if value > best[0] or best[0] == -1.0:
            best = (value, first, last)
    return best[1], best[2]


def _end(rhythm: Rhythm, bars: Sequence[int], first: int, length: float) -> int:
    """The beat nearest to `length` seconds after a beat; a bar's first if one is near enough."""
    beats = rhythm.beats
    wanted = beats[first] + length

    def nearest(among: Sequence[int]) -> int:
        return min(among, key=lambda index: (abs(beats[index] - wanted), index), default=first)

    bar = nearest([index for index in bars if index > first])
    beat = nearest(range(first + 1, len(beats)))
    return bar if abs(beats[bar] - wanted) <= OFF else beat


def _lively(rhythm: Rhythm, first: int, last: int) -> list[float]:
    """Energy of each beat of a part, half of it by its rank there: even a steady song has ups."""
    energy = np.array(rhythm.energy[first : last + 1])
    spread = float(energy.max() - energy.min()) if len(energy) else 0.0
    if spread < 0.05:
        return energy.tolist()
    ranks = np.argsort(np.argsort(energy, kind="stable"), kind="stable") / max(1, len(energy) - 1)
    return (0.6 * energy + 0.4 * ranks).tolist()


def _step(rhythm: Rhythm, beat: int, energy: float, pace: float, longest: float) -> int:
    """How many beats the shot that begins on a beat lasts."""
    period = 60 / rhythm.tempo
    wanted = pace * CALM * (LOUD / CALM) ** energy
    place = (beat - rhythm.first) % rhythm.bar
    two = [2] if rhythm.bar == 4 and place % 2 == 0 else []
    # Whole bars begin with a bar; what begins within one goes on to its end at most.
    whole = [rhythm.bar, 2 * rhythm.bar] if place == 0 else [rhythm.bar - place]
    choices = [n for n in (1, *two, *whole) if n * period >= SHORTEST] or [rhythm.bar]
    choices = [n for n in choices if n * period <= longest] or choices[:1]
    return min(choices, key=lambda n: (abs(np.log(n * period / wanted)), n))


def fill(
    slots: Sequence[Slot], clips: Sequence[Clip], worth: Sequence[Values], rate: Fraction
) -> tuple[Span, ...] | None:
    """What each slot shows; None where the clips do not suffice."""
    share = sum(slot.frames for slot in slots) / float(rate) / max(1, len(clips))
    shelves = [_Shelf(clip, each, share, rate) for clip, each in zip(clips, worth, strict=True)]
    chosen: dict[int, tuple[int, int, float]] = {}
    order = [len(slots) - 1, *range(len(slots) - 1)] if len(slots) > 1 else [0]
    for number in order:
        beside = {chosen[n][0] for n in (number - 1, number + 1) if n in chosen}
        best: tuple[float, int, int] | None = None
        for index, shelf in enumerate(shelves):
            offer = shelf.best(slots[number].frames, slots[number].energy)
            if offer is None:
                continue
            value = offer[0] - (_TWICE if index in beside and len(shelves) > 1 else 0.0)
            if best is None or value > best[0] + 1e-9:
                best = (value, index, offer[1])
        if best is None:
            return None
        value, index, first = best
        shelves[index].take(first, slots[number].frames)
        chosen[number] = (index, first, value)
    spans: list[Span] = []
    for number, slot in enumerate(slots):
        index, first, value = chosen[number]
        span = Span(
            source=clips[index].source,
            start=float(first / rate),
            end=float((first + slot.frames) / rate),
            why=f"worth {shelves[index].mean(first, slot.frames):.2f}, music at {slot.energy:.2f}",
            score=round(value, 4),
        )
        spans.append(span)
    return tuple(spans)


def _shots(looks: Looks) -> list[tuple[float, float]]:
    """The shots of a clip, without what is too near to a change."""
    found: list[tuple[float, float]] = []
    start = 0.0
    for begins, ends in [*looks.changes, (looks.seconds + MARGIN, looks.seconds)]:
        if begins - MARGIN - start >= SHORTEST:
            found.append((start, begins - MARGIN))
        start = ends + MARGIN
    return found


class _Shelf:
    """What is left of a clip."""

    def __init__(self, clip: Clip, worth: Values, share: float, rate: Fraction) -> None:
        self.rate = rate
        self.sums = np.concatenate([[0.0], np.cumsum(worth)])
        motion = np.sqrt(np.array(clip.looks.motion))
        top = float(np.percentile(motion, 95)) if len(motion) else 0.0
        self.moves = np.concatenate([[0.0], np.cumsum(np.clip(motion / (top or 1.0), 0, 1))])
        self.shots = [
            (ceil(Fraction(a) * rate), floor(Fraction(b) * rate)) for a, b in _shots(clip.looks)
        ]
        self.share = share
        self.used: list[tuple[int, int]] = []
        self.shown = 0.0

    def mean(self, first: int, frames: int) -> float:
        """Mean worth of a stretch of frames."""
        return float(self._means(self.sums, np.array([first]), frames)[0])

    def _means(self, sums: Values, firsts: Any, frames: int) -> Values:
        places = np.arange(len(sums)) / PER_SECOND
        rate = float(self.rate)
        ends = np.interp((firsts + frames) / rate, places, sums)
        return (ends - np.interp(firsts / rate, places, sums)) / (frames / rate * PER_SECOND)

    def best(self, frames: int, energy: float) -> tuple[float, int] | None:
        """The best stretch of so many frames that is left: its value and first frame."""
        step = max(1, floor(self.rate / PER_SECOND))
        firsts = np.concatenate(
            [np.arange(a, b - frames + 1, step) for a, b in self.shots] or [np.zeros(0, int)]
        )
        firsts = firsts[[self._free(int(first), frames) for first in firsts]]
        if not len(firsts):
            return None
        value = self._means(self.sums, firsts, frames)
        # Lively pictures for lively music, calm ones for calm.
        value = value - _DULL * np.abs(self._means(self.moves, firsts, frames) - energy)
        value = value - _NEAR * np.array([self._nearness(int(first), frames) for first in firsts])
        place = int(value.argmax())
        cost = _SHARE * max(0.0, (self.shown + float(frames / self.rate)) / self.share - 0.5)
        return float(value[place]) - cost, int(firsts[place])

    def _free(self, first: int, frames: int) -> bool:
        """Whether a stretch keeps away from what was taken."""
        gap = ceil(APART * self.rate)
        place = bisect_left(self.used, (first, first))
        after = self.used[place] if place < len(self.used) else None
        before = self.used[place - 1] if place else None
        return (after is None or first + frames + gap <= after[0]) and (
            before is None or before[1] + gap <= first
        )

    def _nearness(self, first: int, frames: int) -> float:
        """1 right beside what was taken, 0 from `_AROUND` seconds away on."""
        gaps = [max(a - first - frames, first - b) for a, b in self.used]
        nearest = min(gaps, default=10**9) / float(self.rate)
        return max(0.0, 1 - nearest / _AROUND)

    def take(self, first: int, frames: int) -> None:
        """Show a stretch: it is gone."""
        self.used.insert(bisect_right(self.used, (first, 0)), (first, first + frames))
        self.shown += float(frames / self.rate)
