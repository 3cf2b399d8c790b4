"""Harmony: chords from Roman numerals, and voices that move as little as they can.

Pitches are MIDI note numbers: 60 is middle C, 69 is A at 440 Hz, 12 is an octave.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product

_DEGREES = {"i": 0, "ii": 2, "iii": 4, "iv": 5, "v": 7, "vi": 9, "vii": 11}
_ADDED: dict[str, tuple[int, ...]] = {
    "": (),
    "6": (9,),
    "7": (10,),
    "maj7": (11,),
    "add9": (14,),
    "9": (10, 14),
    "maj9": (11, 14),
}
_NUMERAL = re.compile(r"(b?)(VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(.*)")

SCALES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "pentatonic": (0, 2, 4, 7, 9),
    "minor pentatonic": (0, 3, 5, 7, 10),
}
"""Scales melodies are made of, as semitones above the tonic."""


@dataclass(frozen=True)
class Chord:
    """A chord: its root's pitch class (0 is C) and its tones as semitones above the root."""

    root: int
    tones: tuple[int, ...]

    @property
    def classes(self) -> tuple[int, ...]:
        """The pitch classes of its tones, root first."""
        return tuple((self.root + tone) % 12 for tone in self.tones)


def parse_chord(numeral: str, tonic: int) -> Chord:
    """A chord from its Roman numeral in a key.

    Degrees are those of the major scale above `tonic`, ``b`` lowers one; capitals are major
    triads, small letters minor ones; then ``6``, ``7``, ``9``, ``maj7``, ``maj9``, ``add9``,
    ``sus2`` or ``sus4``.

    >>> parse_chord("vi7", 0)
    Chord(root=9, tones=(0, 3, 7, 10))

    Raises ValueError for anything else.
    """
    match = _NUMERAL.fullmatch(numeral)
    if match is None:
        raise ValueError(f'"{numeral}" is not a Roman numeral')
    flat, degree, suffix = match.groups()
    root = (tonic + _DEGREES[degree.lower()] - len(flat)) % 12
    if suffix in ("sus2", "sus4"):
        return Chord(root, (0, 2 if suffix == "sus2" else 5, 7))
    if suffix not in _ADDED:
        raise ValueError(f'"{suffix}" is no kind of chord')
    third = 4 if degree.isupper() else 3
    return Chord(root, (0, third, 7, *_ADDED[suffix]))


@lru_cache(maxsize=4096)
def lead_voices(
    chord: Chord, before: tuple[int, ...] = (), *, low: int = 52, high: int = 74
) -> tuple[int, ...]:
    """The chord's tones as pitches between `low` and `high`, nearest to the pitches before.

    Every tone sounds once, no two closer than a whole tone unless the chord has no other way; of
    all such placements the one whose voices move least (and, with nothing before, stand closest to
    the middle) is taken. Rising order.
    """
    middle = (low + high) / 2
    places = [[p for p in range(low, high + 1) if p % 12 == c] for c in chord.classes]

    def cost(pitches: tuple[int, ...]) -> tuple[float, tuple[int, ...]]:
        rising = sorted(pitches)
        gaps = [b - a for a, b in pairwise(rising)]
        crowded = sum(12.0 for gap in gaps if gap < 2)
        gaping = sum(max(0, gap - 7) * 1.5 for gap in gaps)
        centre = abs(sum(rising) / len(rising) - middle)
        if not before:
            return centre + crowded + gaping, tuple(rising)
        moved = sum(min(abs(p - q) for q in before) for p in rising)
        left = sum(min(abs(p - q) for p in rising) for q in before)
        return moved + left + centre * 0.5 + crowded + gaping, tuple(rising)

    # The pitches themselves break ties, so the answer never depends on the order of the search.
    return min(cost(pitches) for pitches in product(*places))[1]


def frequency(pitch: float) -> float:
    """Hertz of a pitch, equal temperament, A = 440 Hz."""
    return 440.0 * 2.0 ** ((pitch - 69) / 12)
