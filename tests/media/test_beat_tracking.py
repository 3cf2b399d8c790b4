from __future__ import annotations

import numpy as np
import pytest
from bands import RATE, band, clicks, f_measure

from reelwright.media.beats import find_rhythm
from reelwright.media.onsets import RATE as WANTED
from reelwright.media.onsets import find_onsets


def near(found: tuple[float, ...], true: np.ndarray, within: float = 0.04) -> float:
    """Share of the beats found that lie on a true one."""
    inside = [at for at in found if true[0] - 0.2 <= at <= true[-1] + 0.2]
    return float(np.mean([np.abs(true - at).min() <= within for at in inside]))


def test_it_hears_at_the_rate_of_the_samples_here() -> None:
    assert RATE == WANTED


@pytest.mark.parametrize("tempo", [70, 97, 128, 150, 180])
def test_clicks_are_found_to_the_hundredth_of_a_second(tempo: int) -> None:
    sound, true = clicks(tempo)
    rhythm = find_rhythm(sound)
    assert f_measure(rhythm.beats, true) >= 0.98
    assert rhythm.tempo == pytest.approx(tempo, rel=0.01)
    assert near(rhythm.beats, true, 0.015) == 1
    assert rhythm.sure > 0.7


@pytest.mark.parametrize(
    ("tempo", "how"),
    [
        (75, {}),
        (118, {}),
        (176, {}),
        (90, {"swing": 0.16}),
        (150, {"swing": 0.16}),
        (112, {"drift": 0.07}),
        (144, {"drift": 0.07}),
        (100, {"quiet": 10.0}),
    ],
)
def test_a_band_is_followed(tempo: int, how: dict[str, float]) -> None:
    sound, true = band(tempo, **how)
    rhythm = find_rhythm(sound)
    assert f_measure(rhythm.beats, true) >= 0.97
    assert near(rhythm.beats, true) >= 0.99
    # Bars begin on the kick under a new chord.
    ones = [
        np.abs(true - at).argmin() % 4 for n, at in enumerate(rhythm.beats) if rhythm.begins_bar(n)
    ]
    assert np.mean([one == 0 for one in ones]) >= 0.95


def test_energy_follows_what_is_played() -> None:
    sound, _ = band(120, 40, loud=(16.0, 28.0))
    rhythm = find_rhythm(sound)
    loud = [e for e, at in zip(rhythm.energy, rhythm.beats, strict=True) if 18 <= at < 26]
    calm = [e for e, at in zip(rhythm.energy, rhythm.beats, strict=True) if 4 <= at < 14]
    assert min(loud) > max(calm) + 0.2


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.5, 6.0])
def test_silence_has_no_beat_but_a_rhythm(seconds: float) -> None:
    rhythm = find_rhythm(np.zeros(int(seconds * RATE), np.float32))
    assert rhythm.sure == 0
    assert len(rhythm.beats) == len(rhythm.energy) >= 1
    assert rhythm.seconds == pytest.approx(seconds, abs=0.001)


def test_a_steady_tone_has_one_onset_where_it_begins() -> None:
    sound = np.zeros(4 * RATE, np.float32)
    t = np.arange(3 * RATE) / RATE
    # With vibrato: a tone that trembles does not begin anew.
    sound[RATE:] = 0.3 * np.sin(2 * np.pi * 440 * t + 2 * np.sin(2 * np.pi * 6 * t))
    onsets = find_onsets(sound)
    top = int(onsets.strength.argmax())
    assert onsets.when(top) == pytest.approx(1.0, abs=0.03)
    rest = onsets.strength[top + 30 : -30]
    assert rest.max() < 0.3 * onsets.strength[top]


def test_the_same_sound_has_the_same_rhythm() -> None:
    sound, _ = band(104, 12)
    assert find_rhythm(sound) == find_rhythm(sound.copy())
