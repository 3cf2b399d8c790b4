"""Music: a bed composed for the video, under the voice.

A mood and a seed decide everything: key, tempo, chords and who plays when (`arrange`, on the
harmony of `theory` and the patterns of `moods`); each note is synthesised (`instruments`) and mixed
with room left for speech (`mixing`). It is our own procedure from our own patterns: nothing is
sampled, nothing is learnt from anybody's music.

To add a mood: one `Mood` in `moods.py`. To add an instrument: one function in `instruments.py` and
its line in the table.
"""

from __future__ import annotations

import math
import wave
from fractions import Fraction
from pathlib import Path

from reelwright.core.errors import SettingError
from reelwright.core.nouns import Origin
from reelwright.core.time import SAMPLE_RATE, to_frames
from reelwright.create.music.arrange import plan_piece, play
from reelwright.create.music.mixing import mix
from reelwright.create.music.moods import MOODS, find_mood
from reelwright.store.atomic import replacing

__all__ = ["LONGEST", "MOODS", "compose"]

LONGEST = 6 * 3600.0
"""Seconds; what a WAV file of 32-bit sizes holds."""


def compose(seconds: float, *, mood: str = "", seed: int = 0, out: Path) -> Origin:
    """Compose a bed and write it as a WAV file: stereo, 48 kHz, 16 bit.

    Args:
        seconds: its exact length, above 0 and at most `LONGEST`; it ends in a gentle fade.
        mood: a name of `MOODS` (or one of its other names); empty is calm to lively, for anything.
        seed: another number is another piece; the same number is the same bytes.
        out: the file. It is written beside its place and moved there when whole.

    Returns where it came from. Peaks stay below −3 dBFS and moods are about equally loud.

    Raises:
        SettingError: an unknown mood, or a length that cannot be.
        StoreError: the file cannot be written.
    """
    chosen = find_mood(mood)
    if not (math.isfinite(seconds) and 0 < seconds <= LONGEST):
        raise SettingError(
            f"music cannot last {seconds} seconds", hint=f"ask for 0 to {LONGEST:.0f} seconds"
        )
    total = max(1, to_frames(seconds, Fraction(SAMPLE_RATE)))
    plan = plan_piece(chosen, seed, total)
    with replacing(out) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.setnframes(total)
        for block in mix(play(plan), chosen, total):
            file.writeframesraw(block.tobytes())
    return Origin(
        provider="composer", model="reelwright", prompt=chosen.name, seed=seed, licence="CC0-1.0"
    )
