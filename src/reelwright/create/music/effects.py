"""Sound effects: a whoosh for what moves across, ticks for a counter, a pop for an item, a riser.

Synthesised like the music's instruments, seeded, and all about as loud while they sound, so that
whoever places them need know only how far under the voice they belong.
"""

from __future__ import annotations

from pathlib import Path

from reelwright.core.errors import SettingError, nearest

VERSION = 3
"""Raised whenever an effect comes out otherwise."""
EFFECTS = {"whoosh": (0.7, 0.35), "ticks": (1.0, 0.0), "pop": (0.12, 0.0), "riser": (1.6, 1.6)}
"""Name → seconds it lasts, and after how many it is at the moment it belongs to."""


def make_effect(name: str, out: Path, *, seed: int = 0) -> None:
    """Write an effect of `EFFECTS` as a WAV file (stereo, 48 kHz, 16 bit).

    Raises SettingError for a name there is none of.
    """
    if name not in EFFECTS:
        raise SettingError(f'there is no sound effect "{name}"', hint=nearest(name, EFFECTS))
    import numpy as np

    from reelwright.create.music.noises import NOISES, levelled
    from reelwright.media.sound import write_wav

    wave = NOISES[name](np.random.default_rng([seed, *name.encode()]))
    write_wav(out, levelled(wave).T)
