"""Moods: what the composer knows of each, as data.

Patterns are strings of sixteen steps, one bar of sixteenth notes:

- drums: ``X`` strong, ``x`` plain, ``-`` soft, ``.`` nothing;
- arpeggio: a digit is a tone of the chord counted from its lowest (past the highest it goes on an
  octave up), ``.`` nothing;
- bass: ``1`` root, ``5`` fifth, ``8`` octave, ``a`` a step towards the next root, ``_`` hold,
  ``.`` nothing;
- rhythms of melodies: ``x`` begins a note, ``_`` holds it, ``.`` is silence.

Chords are Roman numerals, four bars to a phrase (`theory.parse_chord` reads them).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from reelwright.core.errors import SettingError, nearest

DEFAULT = "neutral"

Beat = tuple[tuple[str, str], ...]
"""Pairs of a drum and its pattern."""


@dataclass(frozen=True)
class Mood:
    """A mood: tempo, harmony, patterns and balance."""

    name: str
    tempo: float
    """Beats (quarter notes) a minute."""
    keys: tuple[int, ...]
    """Pitch classes the tonic may have; 0 is C."""
    scale: str
    """Of the melody: a key of `theory.SCALES`."""
    home: str
    """The chord it ends on."""
    phrases: tuple[tuple[str, str], ...]
    """Pairs of a first and a contrasting phrase; the seed picks one pair."""
    chords: tuple[str, ...]
    """Instruments that hold the chords: the first always, the others in the drop."""
    lead: str
    """Instrument of the arpeggio."""
    arpeggios: tuple[str, ...]
    """From sparse to busy: the first opens and closes the piece."""
    low: str
    """Instrument of the bass."""
    bass: tuple[str, ...]
    drive: tuple[str, ...]
    """Patterns of the bass in the drop."""
    beats: tuple[Beat, ...]
    """Beats under the verses; the seed picks."""
    drops: tuple[Beat, ...]
    """Beats of the drop."""
    pulse: tuple[str, str]
    """A quiet drum and its pattern, for where nothing else beats: intro and outro."""
    fill: str
    """The drum that fills the end of a section and rolls before the drop."""
    melody: str
    """Instrument of the melody."""
    rhythms: tuple[str, ...]
    """Rhythms a motif may have."""
    levels: tuple[tuple[str, float], ...]
    """Decibels by instrument; every instrument that may sound is named."""
    hits: tuple[str, ...] = ("crash",)
    """What the drop falls in with."""
    gain: float = 0.0
    """Decibels over all, so that every mood is about as loud as the others."""
    space: float = 0.25
    """How much of the sound goes to the reverb, 0 to 1."""
    swing: float = 0.0
    """Delay of every second eighth, as a share of an eighth."""
    lift: int = 0
    """Octaves the arpeggio stands above the chord."""
    register: int = 0
    """Octaves the melody stands above its usual place."""
    comp: str = "x_______________"
    """When the chords are struck (as a melody's rhythm)."""
    texture: str = ""
    """A noise that lies under everything."""
    also: tuple[str, ...] = ()
    """Other names it answers to."""


LOUD_LIFT = -26
"""Decibels from which on a mood's lift, the noise that climbs to its drop, is meant to be felt."""


def climbs(mood: Mood) -> bool:
    """Whether a mood works up to something, so that a riser before the reveal belongs to it."""
    return dict(mood.levels)["lift"] >= LOUD_LIFT


@cache
def moods() -> dict[str, Mood]:
    """The moods by name."""
    from reelwright.create.music import dramatic, gentle, lively

    return {mood.name: mood for mood in (*gentle.MOODS, *lively.MOODS, *dramatic.MOODS)}


def find_mood(name: str) -> Mood:
    """The mood of that name, in any case, or of one of its other names; empty is the default.

    Raises:
        SettingError: there is none; the hint names the nearest and all there are.
    """
    wanted = name.strip().casefold() or DEFAULT
    for mood in moods().values():
        if wanted == mood.name or wanted in mood.also:
            return mood
    raise SettingError(
        f'there is no mood "{name.strip()}"', where="music.mood", hint=nearest(wanted, moods())
    )
