"""A tune with its chords and drums as plain values, and as tokens.

Times are steps of a sixteenth. A tune's tokens are relative to its key, so that every key teaches
every other:

- ``@minor`` the mode, ``4/4`` the metre, then bar by bar ``|``;
- ``c9m7`` the chord from here on, its root in semitones above the tonic and its kind;
- ``n7`` a note, in semitones above the tonic (the one within an octave below the tune's middle),
  ``r`` a rest, each followed by ``d4``, how long it lasts.

Drums are ``@drums``, and then a token for each step, ``x301``: how hard the low drum, the one on
the back beat and the high one are struck, 0 to 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low

STEPS_A_WHOLE = 16
LONGEST = 64
"""Steps a note or rest lasts at most; what lasts longer is cut."""
ROLES = ("low", "back", "high")

MODES: dict[str, tuple[int, ...]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "lydian": (0, 2, 4, 6, 7, 9, 11),
    "locrian": (0, 1, 3, 5, 6, 8, 10),
}


@dataclass(frozen=True)
class Score:
    """One tune.

    Attributes:
        where: its file and place there.
        tonic: pitch class, 0 is C.
        mode: a key of `MODES`.
        metre: beats in a bar and which part of a whole a beat is: (4, 4).
        notes: (step, steps, MIDI number), by step; one at a time.
        chords: (step, root's pitch class, kind: "", "m", "7", "m7", "maj7", "dim", "aug", "sus"…).
        drums: (step, role's index in `ROLES`, strength 1 to 3).
        condition: what it stands under (ABC's rhythm).
    """

    where: str
    tonic: int = 0
    mode: str = "major"
    metre: tuple[int, int] = (4, 4)
    notes: tuple[tuple[int, int, int], ...] = ()
    chords: tuple[tuple[int, int, str], ...] = ()
    drums: tuple[tuple[int, int, int], ...] = ()
    condition: str = ""

    @property
    def bar(self) -> int:
        """Steps in a bar."""
        return max(1, STEPS_A_WHOLE * self.metre[0] // self.metre[1])


def reference(score: Score) -> int:
    """The MIDI number that is ``n0``: the tonic within an octave below the tune's middle pitch."""
    middle = median_low([pitch for _, _, pitch in score.notes])
    return middle - (middle - score.tonic) % 12


def tune_tokens(score: Score) -> list[str]:
    """The tune as tokens; empty where there are no notes."""
    if not score.notes:
        return []
    zero = reference(score)
    out = [f"@{score.mode}", f"{score.metre[0]}/{score.metre[1]}"]
    chords = list(score.chords)
    now = 0
    bars = -1

    def until(step: int) -> None:
        """Bar lines and chords up to a step, that step's own among them."""
        nonlocal bars
        while (bars + 1) * score.bar <= step:
            bars += 1
            out.append("|")
        while chords and chords[0][0] <= step:
            _, root, kind = chords.pop(0)
            out.append(f"c{(root - score.tonic) % 12}{kind}")

    for start, length, pitch in score.notes:
        if start > now:
            until(now)
            out += ["r", f"d{min(LONGEST, start - now)}"]
        until(start)
        out += [f"n{pitch - zero}", f"d{min(LONGEST, length)}"]
        now = max(now, start + length)
    return out


def drum_tokens(score: Score) -> list[str]:
    """The drums as tokens, whole bars; empty where there are none."""
    if not score.drums:
        return []
    length = -(-(max(step for step, _, _ in score.drums) + 1) // score.bar) * score.bar
    strokes = [[0, 0, 0] for _ in range(length)]
    for step, role, strength in score.drums:
        strokes[step][role] = max(strokes[step][role], strength)
    out = ["@drums", f"{score.metre[0]}/{score.metre[1]}"]
    for step, stroke in enumerate(strokes):
        out += ["|"] if step % score.bar == 0 else []
        out.append("x" + "".join(map(str, stroke)))
    return out


def read_tokens(tokens: Sequence[str], tonic: int = 60) -> Score:
    """What tokens say, for hearing: pitches above the MIDI number `tonic`. Odd tokens are passed
    over, as a network may write them."""
    notes: list[tuple[int, int, int]] = []
    drums: list[tuple[int, int, int]] = []
    chords: list[tuple[int, int, str]] = []
    mode, metre, now, steps = "major", (4, 4), 0, 0
    pitch: int | None = None
    for token in tokens:
        if token.startswith("@"):
            mode = token[1:] if token[1:] in MODES else mode
        elif match := re.fullmatch(r"(\d+)/(\d+)", token):
            metre = int(match[1]), int(match[2])
        elif match := re.fullmatch(r"c(\d+)(.*)", token):
            chords.append((now, (tonic + int(match[1])) % 12, match[2]))
        elif match := re.fullmatch(r"n(-?\d+)", token):
            pitch = tonic + int(match[1])
        elif token == "r":
            pitch = None
        elif match := re.fullmatch(r"d(\d+)", token):
            if pitch is not None:
                notes.append((now, int(match[1]), pitch))
            now += int(match[1])
        elif match := re.fullmatch(r"x([0-3])([0-3])([0-3])", token):
            drums += [(steps, role, int(s)) for role, s in enumerate(match.groups()) if s != "0"]
            steps += 1
    return Score("", tonic % 12, mode, metre, tuple(notes), tuple(chords), tuple(drums))
