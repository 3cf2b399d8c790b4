"""Music: a bed composed for the video, under the voice.

A mood and a seed decide key, tempo, chords and who plays when (`arrange`, on the harmony of
`theory` and the patterns of `moods`); the script's sections decide the form (`form`): intro, verse,
build, drop, outro. A small network writes the tune and the beats (`composer`), or rules do
(`melody`); each note is synthesised (`tonal`, `percussion`) and mixed with room left for speech
(`mixing`). It is our own procedure from our own patterns: nothing is sampled, and what the network
learnt was written by us (`lessons`), nothing by anybody else.

To add a mood: one `Mood` beside the others (`gentle`, `lively`, `dramatic`) and its words in
`choosing`. To add an instrument: one function and its line in `instruments`.
"""

from __future__ import annotations

import math
import wave
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from reelwright.core.errors import SettingError
from reelwright.core.nouns import Origin
from reelwright.core.time import SAMPLE_RATE, to_frames
from reelwright.create.music.choosing import choose_mood
from reelwright.create.music.form import KINDS
from reelwright.create.music.moods import climbs, find_mood, moods
from reelwright.create.music.pulse import FILE, Beats, find_beats, read_beats, to_json
from reelwright.store.atomic import replacing, write_text

__all__ = ["BY_RULE", "KINDS", "LONGEST", "VERSION", "Beats", "beats", "choose_mood", "compose"]
__all__ += ["climbs", "find_mood", "moods", "origin_of"]

BY_RULE = "none"
"""The model to name to have music composed by rule."""
VERSION = 5
"""Raised whenever the same wish becomes another piece."""
LONGEST = 6 * 3600.0
"""Seconds; what a WAV file of 32-bit sizes holds."""


def compose(
    seconds: float,
    *,
    mood: str = "",
    seed: int = 0,
    sections: Sequence[tuple[float, str]] = (),
    loop: bool = False,
    model: str = "",
    out: Path,
) -> Origin:
    """Compose a bed: a WAV file (stereo, 48 kHz, 16 bit), and ``beats.json`` beside it.

    Args:
        seconds: its exact length, above 0 and at most `LONGEST`; it ends in a gentle fade.
        mood: a name of `moods` (or one of its other names); empty is for anything.
        seed: another number is another piece; the same number is the same bytes.
        sections: where parts begin (seconds, rising) and their kinds (`KINDS`). The drop begins on
            a bar at its very place if the tempo need not change by more than 8 % for it, the others
            on the nearest bar. None: the length decides the form.
        loop: whole bars that can be played over and over without a seam, and no ending.
        model: a folder that `reel train sequence --set tokens=music` made, to write tune and beats;
            empty takes what comes with Reelwright, ``none`` composes by rule.
        out: the file. It is written beside its place and moved there when whole.

    Returns where it came from. Peaks stay below −3 dBFS and moods are about equally loud.

    Raises:
        SettingError: an unknown mood or kind of section, or a length that cannot be.
        ModelError: `model` is no model of music.
        StoreError: the file cannot be written.
    """
    from reelwright.create.music.arrange import plan_piece, play
    from reelwright.create.music.mixing import mix

    chosen = find_mood(mood)
    if not (math.isfinite(seconds) and 0 < seconds <= LONGEST):
        raise SettingError(
            f"music cannot last {seconds} seconds", hint=f"ask for 0 to {LONGEST:.0f} seconds"
        )
    total = max(1, to_frames(seconds, Fraction(SAMPLE_RATE)))
    plan = plan_piece(chosen, seed, total, sections, loop=loop, model=model)
    with replacing(out) as temporary, wave.open(str(temporary), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.setnframes(total)
        for block in mix(play(plan), chosen, total, loop=loop):
            file.writeframesraw(block.tobytes())
    times = find_beats(plan.tempo, plan.form.kinds, total / SAMPLE_RATE)
    write_text(out.with_name(FILE), to_json(times))
    return origin_of(mood, seed)


def origin_of(mood: str, seed: int) -> Origin:
    """Where a piece of this mood and seed comes from. Raises SettingError for an unknown mood."""
    name = find_mood(mood).name
    return Origin(
        provider="composer", model="reelwright", prompt=name, seed=seed, licence="CC0-1.0"
    )


def beats(folder: Path) -> Beats:
    """When the music in a folder beats (`Beats`). Raises StoreError when there is none."""
    return read_beats(folder)
