"""Every instrument by name, and what a note of it is."""

from __future__ import annotations

from collections.abc import Callable

from reelwright.create.music import percussion, tonal
from reelwright.create.music.synthesis import Sound


def make_sound(instrument: str, pitch: int, samples: int) -> Sound:
    """One note: [1 or 2, samples], float32, from silence to silence.

    Args:
        instrument: a key of `INSTRUMENTS`.
        pitch: MIDI number; drums take it as their variant.
        samples: how long it is held; it rings on for its release, drums for as long as they ring.
    """
    return INSTRUMENTS[instrument](pitch, samples)


INSTRUMENTS: dict[str, Callable[[int, int], Sound]] = {
    each.__name__: each
    for each in (
        tonal.pad,
        tonal.strings,
        tonal.brass,
        tonal.pluck,
        tonal.mallet,
        tonal.keys,
        tonal.piano,
        tonal.guzheng,
        tonal.flute,
        tonal.whistle,
        tonal.lead,
        tonal.pizz,
        tonal.bell,
        tonal.bass,
        tonal.sub,
        tonal.bow,
        percussion.kick,
        percussion.snare,
        percussion.brush,
        percussion.clap,
        percussion.snap,
        percussion.tom,
        percussion.taiko,
        percussion.wood,
        percussion.tick,
        percussion.hat,
        percussion.ring,
        percussion.shaker,
        percussion.crash,
        percussion.boom,
        percussion.lift,
        percussion.dust,
    )
}
"""Every instrument by name."""
