"""Where somebody speaks: to the last consonant, in silence and in noise."""

from __future__ import annotations

import numpy as np
import pytest

from reelwright.edit.cut.silence import ENDING, LEAD, OPENING, SHORTEST, TAIL, keep
from reelwright.edit.cut.speech import Hearing, find_gaps, find_speech
from spoken_case import RATE, heard, spoken


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("noise", [0.0, 0.0005, 0.004])
def test_no_consonant_is_lost_and_no_pause_left(language, noise: float) -> None:
    case = spoken(language, noise=noise)
    hearing = heard(case.sound)
    kept = keep(find_speech(hearing), hearing, pause=0.35)
    for start, end in case.phrases:
        assert any(a <= start and end <= b for a, b in kept), (start, end, kept)
    for (_, end), (start, _) in zip(case.phrases, case.phrases[1:], strict=False):
        left = sum(max(0.0, min(b, start) - max(a, end)) for a, b in kept)
        assert left <= max(0.5, min(start - end, 0.47))
    assert kept[0][0] == pytest.approx(case.phrases[0][0] - OPENING, abs=0.06)
    assert kept[-1][1] <= case.phrases[-1][1] + ENDING + 0.1


def test_the_sound_at_an_edge_decides_not_the_detector() -> None:
    case = spoken("en", noise=0.0003)
    hearing = heard(case.sound)
    ends = [end for _, end in find_speech(hearing)]
    for _, end in case.phrases:
        assert min(abs(found - end) for found in ends) < 0.06


def test_blocks_of_any_size_are_heard_alike() -> None:
    from reelwright.edit.cut.speech import hear
    from reelwright.providers.vad.silero import SileroActivity
    from spoken_case import blocks

    case = spoken()
    vad = SileroActivity(SileroActivity.Options())
    one = hear(blocks(case.sound), vad)
    two = hear(blocks(case.sound, 777), vad)
    assert np.array_equal(one.voice, two.voice)
    assert np.allclose(one.levels, two.levels, atol=1e-3)
    assert one.seconds == pytest.approx(case.seconds, abs=0.04)


def test_where_nobody_speaks_there_is_no_speech() -> None:
    noise = np.random.default_rng(0).normal(0, 0.05, RATE * 3)
    for sound in (noise, np.zeros(RATE * 3), np.zeros(0), np.zeros(100)):
        hearing = heard(sound)
        assert find_speech(hearing) == ()
        assert keep((), hearing, pause=0.35) == ()
        assert find_gaps(hearing) == ((0.0, hearing.seconds),)


def test_what_is_as_loud_as_speech_and_lasts_is_no_silence() -> None:
    case = spoken("en", pauses=(0.3, 4.0, 0.3))
    sound = case.sound.copy()
    begin = round((case.phrases[1][1] + 1) * RATE)
    applause = np.random.default_rng(1).normal(0, 0.15, 2 * RATE)
    sound[begin : begin + len(applause)] += applause.astype(np.float32)
    hearing = heard(sound)
    middle = begin / RATE + 1
    assert any(a <= middle <= b for a, b in keep(find_speech(hearing), hearing, pause=0.35))


def quiet(seconds: float, level: float = -70.0) -> Hearing:
    count = round(seconds * 100)
    return Hearing(
        np.zeros(round(seconds / 0.032), np.float32),
        0.032,
        np.full((count, 5), level, np.float32),
    )


def test_margins_are_kept_however_short_a_pause_is_asked_for() -> None:
    kept = keep(((1.0, 2.0), (4.0, 5.0)), quiet(8), pause=0.05)
    assert kept[0][1] >= 2.0 + TAIL - 1e-9
    assert kept[1][0] <= 4.0 - LEAD + 1e-9


def test_short_pauses_stay_and_long_ones_become_what_was_asked() -> None:
    kept = keep(((1.0, 2.0), (2.3, 3.0), (6.0, 7.0)), quiet(8), pause=0.35)
    assert len(kept) == 2
    assert kept[0][1] - 3.0 + 6.0 - kept[1][0] == pytest.approx(0.35, abs=0.011)


def test_a_breath_is_not_cut_in_two() -> None:
    hearing = quiet(8)
    # A breath from 0.45 to 0.15 s before the next word: it is left out, or kept whole.
    hearing.levels[355:385] = -45
    kept = keep(((1.0, 2.0), (4.0, 5.0)), hearing, pause=0.35)
    assert not 3.56 < kept[1][0] < 3.84
    # One right after a word, too.
    hearing = quiet(8)
    hearing.levels[205:224] = -45
    kept = keep(((1.0, 2.0), (4.0, 5.0)), hearing, pause=0.35)
    assert kept[0][1] >= 2.24


def test_what_is_to_go_goes_and_nothing_of_it_is_heard() -> None:
    speech = ((1.0, 2.0), (2.2, 2.6), (2.7, 4.0))
    kept = keep(speech, quiet(8), pause=0.35, without=((2.2, 2.6),))
    assert len(kept) == 2
    assert kept[0][1] <= 2.2
    assert kept[1][0] >= 2.6
    # Slivers beside it go with it.
    kept = keep(((1.0, 2.0), (2.15, 2.62), (2.7, 4.0)), quiet(8), pause=0.3, without=((2.2, 2.6),))
    assert not any(a < 2.18 < b for a, b in kept)
    assert keep(((1.0, 2.0),), quiet(8), pause=0.3, without=((0.5, 2.5),)) == ()


def test_no_piece_flashes_by() -> None:
    kept = keep(((1.0, 1.9), (4.0, 4.1), (7.0, 7.6)), quiet(9), pause=0.2)
    assert all(b - a >= SHORTEST - 1e-6 for a, b in kept)
    assert all(b[0] > a[1] for a, b in zip(kept, kept[1:], strict=False))
