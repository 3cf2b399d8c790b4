"""Moods: what the composer knows of each, as data.

Patterns are strings of sixteen steps, one bar of sixteenth notes:

- drums: ``X`` strong, ``x`` plain, ``-`` soft, ``.`` nothing;
- arpeggio: a digit is a tone of the chord counted from its lowest (past the highest it goes on an
  octave up), ``.`` nothing;
- bass: ``1`` root, ``5`` fifth, ``8`` octave, ``a`` a step towards the next root, ``_`` hold,
  ``.`` nothing.

Chords are Roman numerals, four bars to a phrase (`theory.parse_chord` reads them).
"""

from __future__ import annotations

from dataclasses import dataclass

from reelwright.core.errors import SettingError, nearest

DEFAULT = "neutral"


@dataclass(frozen=True)
class Mood:
    """A mood: tempo, harmony, patterns and balance.

    `levels` are decibels by instrument; `space` is how much of the sound goes to the reverb (0 to
    1); `swing` is the delay of every second eighth, as a share of an eighth.
    """

    name: str
    tempo: float
    """Beats (quarter notes) a minute."""
    keys: tuple[int, ...]
    """Pitch classes the tonic may have; 0 is C."""
    home: str
    """The chord it ends on."""
    phrases: tuple[tuple[str, str], ...]
    """Pairs of a first and a contrasting phrase; the seed picks one pair."""
    lead: str
    """Instrument of the arpeggio."""
    arpeggios: tuple[str, ...]
    bass: tuple[str, ...]
    drums: tuple[tuple[tuple[str, str], ...], ...]
    """Beats the seed picks from, each as pairs of instrument and pattern."""
    levels: tuple[tuple[str, float], ...]
    gain: float = 0.0
    """Decibels over all, so that every mood is about as loud as the others."""
    space: float = 0.25
    swing: float = 0.0
    lift: int = 0
    """Octaves the arpeggio stands above the chord."""
    motif: bool = True
    """Whether a bell now and then plays a few notes above."""
    also: tuple[str, ...] = ()
    """Other names it answers to."""


_ALL = (
    Mood(
        name="neutral",
        also=("default", "中性"),
        tempo=96,
        keys=(0, 2, 5, 7, 9),
        home="Iadd9",
        phrases=(
            ("Iadd9 V vi7 IVmaj7", "ii7 vi7 IVadd9 Vsus4"),
            ("I iii7 vi7 IVadd9", "IVmaj7 I ii7 Vsus4"),
            ("IVmaj7 I vi7 V", "ii7 IV I Vsus4"),
        ),
        lead="pluck",
        arpeggios=("0.2.1.2.3.2.1.2.", "0..1..2.3..2..1.", "0.1.2.3.2.1.2.1."),
        bass=("1_____..1_5_....", "1_______5___1_a_"),
        drums=(
            (
                ("kick", "X.......x....-.."),
                ("brush", "....x.......x..."),
                ("hat", "-.x.-.x.-.x.-.x."),
            ),
            (
                ("kick", "X.....-.x......."),
                ("brush", "....x.......x.-."),
                ("hat", "..x...x...x...x-"),
            ),
        ),
        levels=(
            ("pad", -21),
            ("pluck", -12),
            ("bass", -13),
            ("kick", -13),
            ("brush", -17),
            ("hat", -21),
            ("bell", -20),
        ),
        gain=-1.0,
        lift=1,
    ),
    Mood(
        name="calm",
        also=("平静", "舒缓", "安静"),
        tempo=72,
        keys=(0, 2, 3, 5, 7),
        home="Imaj7",
        phrases=(
            ("Imaj7 vi7 IVmaj7 Vsus4", "ii7 IVadd9 Imaj7 IVmaj7"),
            ("Iadd9 IVmaj7 Imaj7 IVadd9", "vi7 iii7 IVmaj7 Vsus2"),
            ("IVmaj7 Imaj7 ii7 vi7", "IVadd9 iii7 ii7 Vsus4"),
        ),
        lead="mallet",
        arpeggios=("0...2...1...3...", "0.....2.....3...", "0...1..2....3..."),
        bass=("1___________....", "1_______5_______"),
        drums=(
            (
                ("kick", "x..............."),
                ("shaker", "-...-...-...-..."),
            ),
            (
                ("kick", "x.........-....."),
                ("shaker", "..-...-...-...-."),
            ),
        ),
        levels=(
            ("pad", -18),
            ("mallet", -11),
            ("bass", -15),
            ("kick", -18),
            ("shaker", -23),
            ("bell", -20),
        ),
        gain=-2.8,
        space=0.4,
        lift=1,
    ),
    Mood(
        name="upbeat",
        also=("happy", "欢快", "轻快"),
        tempo=116,
        keys=(0, 2, 4, 5, 7, 9),
        home="I",
        phrases=(
            ("I V vi IV", "IV I IV Vsus4"),
            ("vi IV I V", "ii7 IV vi V"),
            ("I IVadd9 vi7 V", "IV V iii7 vi7"),
        ),
        lead="pluck",
        arpeggios=("0.21.2310.21.23.", "0.2.31.20.2.312.", "02.1.23.02.1.32."),
        bass=("1_.1..1_5_.5..a_", "1.8.1.8.1.8.5.a."),
        drums=(
            (
                ("kick", "X...x...X...x..."),
                ("clap", "....x.......x..."),
                ("hat", "..X-..X-..X-..X-"),
            ),
            (
                ("kick", "X...x...X...x.-."),
                ("clap", "....x.......x..-"),
                ("hat", "-.X.-.X.-.X.-.X-"),
            ),
        ),
        levels=(
            ("pad", -23),
            ("pluck", -11),
            ("bass", -14),
            ("kick", -12),
            ("clap", -15),
            ("hat", -20),
            ("bell", -21),
        ),
        gain=-1.8,
        space=0.2,
        lift=1,
    ),
    Mood(
        name="tense",
        also=("serious", "dark", "紧张", "严肃"),
        tempo=104,
        keys=(0, 2, 4, 9, 11),
        home="i",
        phrases=(
            ("i i bVI bVII", "iv i bVI V"),
            ("i bVI iv V", "i bII i V"),
            ("iadd9 bVImaj7 iadd9 bII", "iv bVI iv V"),
        ),
        lead="mallet",
        arpeggios=("0.0.1.0.0.0.2.0.", "0..0..1.0..0..2.", "0.01.0.00.02.0.0"),
        bass=("1.1.1.1.1.1.1.1.", "1.1.1.1.1.1.1.a."),
        drums=(
            (
                ("kick", "X..x....X.....-."),
                ("tick", "..x...x-..x...x."),
                ("shaker", "----------------"),
            ),
            (
                ("kick", "X.......X..x...."),
                ("tick", "x..x..x.x..x..x."),
                ("shaker", "x.-.x.-.x.-.x.-."),
            ),
        ),
        levels=(
            ("pad", -19),
            ("mallet", -14),
            ("bass", -14),
            ("kick", -12),
            ("tick", -19),
            ("shaker", -23),
        ),
        gain=-3.2,
        space=0.3,
        motif=False,
    ),
    Mood(
        name="warm",
        also=("温暖", "温馨", "治愈"),
        tempo=84,
        keys=(0, 3, 5, 8, 10),
        home="Imaj7",
        phrases=(
            ("Imaj7 vi7 ii7 V7", "IVmaj7 iii7 ii7 Vsus4"),
            ("IVmaj7 iii7 vi7 Iadd9", "ii7 V7 Imaj7 vi7"),
            ("Imaj7 iii7 IVmaj7 iv6", "vi7 ii7 IVmaj7 Vsus4"),
        ),
        lead="keys",
        arpeggios=("0..2.1..3..2.1..", "0...2.3...1.2...", "0.2...1.3...2..."),
        bass=("1___..5_1___....", "1_____..8_5_..a_"),
        drums=(
            (
                ("kick", "X......-x......."),
                ("brush", "....x.......x..."),
                ("shaker", "-.x.-.x.-.x.-.x."),
            ),
            (
                ("kick", "X.........x....."),
                ("brush", "....x..-....x..."),
                ("hat", "..x...x...x...x."),
            ),
        ),
        levels=(
            ("pad", -20),
            ("keys", -12),
            ("bass", -13),
            ("kick", -14),
            ("brush", -17),
            ("shaker", -24),
            ("hat", -23),
            ("bell", -22),
        ),
        gain=-1.7,
        space=0.3,
        swing=0.16,
    ),
)

MOODS: dict[str, Mood] = {mood.name: mood for mood in _ALL}
"""The moods by name."""


def find_mood(name: str) -> Mood:
    """The mood of that name, in any case, or of one of its other names; empty is the default.

    Raises:
        SettingError: there is none; the hint names the nearest and all there are.
    """
    wanted = name.strip().casefold() or DEFAULT
    for mood in _ALL:
        if wanted == mood.name or wanted in mood.also:
            return mood
    raise SettingError(
        f'there is no mood "{name.strip()}"', where="music.mood", hint=nearest(wanted, MOODS)
    )
