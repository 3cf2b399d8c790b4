"""The composed bed: exact length, same seed same bytes, clean sound, room for speech."""

import hashlib
import time
import tracemalloc
import wave
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from reelwright.core.errors import SettingError, StoreError
from reelwright.create.music import MOODS, compose
from reelwright.create.music.arrange import plan_piece, play
from reelwright.create.music.instruments import INSTRUMENTS, make_sound
from reelwright.create.music.mixing import BLOCK, CEILING, fade, limit, mix, tone
from reelwright.create.music.moods import find_mood
from reelwright.create.music.theory import Chord, frequency, lead_voices, parse_chord

SECONDS = 12.0


@cache
def heard(mood: str, seed: int = 0, seconds: float = SECONDS) -> np.ndarray:
    """A piece as samples, float [n, 2]; made once, whoever asks."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "bed.wav"
        compose(seconds, mood=mood, seed=seed, out=out)
        with wave.open(str(out)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, 48000)
            data = file.readframes(file.getnframes())
    return np.frombuffer(data, "<i2").reshape(-1, 2) / 32768


def decibels(x: np.ndarray) -> float:
    return float(10 * np.log10((x**2).mean() + 1e-12))


def band(x: np.ndarray, low: float, high: float) -> float:
    """Share of the power between two frequencies."""
    power = np.abs(np.fft.rfft(x.mean(axis=1))) ** 2
    hz = np.fft.rfftfreq(len(x), 1 / 48000)
    return float(power[(hz >= low) & (hz < high)].sum() / power.sum())


# What is promised of the file


@pytest.mark.parametrize("seconds", [0.01, 0.5, 1.00001, 2.7306667, 7.3, 11.123456])
def test_length_is_exact_to_the_sample(seconds: float) -> None:
    assert len(heard("upbeat", 3, seconds)) == round(seconds * 48000)


def test_same_seed_same_bytes_and_another_seed_another_piece(tmp_path: Path) -> None:
    sums = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        compose(6, mood="warm", seed=seed, out=tmp_path / name)
        sums.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert sums[0] == sums[1] != sums[2]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "c"]


def test_origin_says_who_made_it_and_that_it_is_free(tmp_path: Path) -> None:
    origin = compose(0.5, mood="Calm", seed=9, out=tmp_path / "bed.wav")
    assert (origin.provider, origin.prompt, origin.seed) == ("composer", "calm", 9)
    assert origin.licence == "CC0-1.0"
    assert not origin.ai_made


def test_no_mood_is_neutral_and_moods_have_other_names() -> None:
    assert find_mood("").name == find_mood("  ").name == "neutral"
    assert find_mood("紧张").name == "tense"
    names = [name for mood in MOODS.values() for name in (mood.name, *mood.also)]
    assert len(names) == len(set(names))


def test_an_unknown_mood_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(SettingError) as caught:
        compose(5, mood="upbeet", out=tmp_path / "bed.wav")
    assert 'did you mean "upbeat"' in str(caught.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf"), 1e6])
def test_a_length_that_cannot_be_is_refused(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(SettingError):
        compose(seconds, out=tmp_path / "bed.wav")


def test_a_place_that_cannot_be_written_is_the_disks_error(tmp_path: Path) -> None:
    (tmp_path / "bed.wav").mkdir()
    with pytest.raises(StoreError):
        compose(0.5, out=tmp_path / "bed.wav")
    assert [p.name for p in tmp_path.iterdir()] == ["bed.wav"]


# What is promised of the sound


@pytest.mark.parametrize("mood", MOODS)
def test_the_sound_is_clean(mood: str) -> None:
    x = heard(mood)
    assert np.abs(x).max() <= 10 ** (-3 / 20)
    # The steepest thing in it is a soft hi-hat; a click would be a jump of its whole height.
    assert np.abs(np.diff(x, axis=0)).max() < 0.15
    assert abs(x[0]).max() == 0
    assert abs(x[-1]).max() < 1e-4
    assert abs(x.mean()) < 1e-3
    # Two unlike sides that still add up when a phone plays them as one.
    assert 0.0 < np.corrcoef(x.T)[0, 1] < 0.95


@pytest.mark.parametrize("mood", MOODS)
def test_it_is_never_silent_and_about_as_loud_as_the_others(mood: str) -> None:
    x = heard(mood)
    seconds = [decibels(x[i : i + 48000]) for i in range(0, 8 * 48000, 48000)]
    assert min(seconds) > -30
    assert -24 < decibels(x[: 8 * 48000]) < -18


@pytest.mark.parametrize("mood", MOODS)
def test_it_leaves_room_for_speech(mood: str) -> None:
    x = heard(mood)
    assert band(x, 1000, 4000) < 0.06
    assert band(x, 60, 1000) > 0.85
    assert 0 < band(x, 5000, 14000) < 0.01
    assert band(x, 0, 30) < 0.01


def test_it_ends_in_a_gentle_fade() -> None:
    x = heard("neutral")
    ends = [decibels(x[i : i + 12000]) for i in range(len(x) - 4 * 12000, len(x), 12000)]
    assert all(a > b for a, b in pairwise(ends))
    assert ends[-1] < decibels(x) - 18


def test_the_beat_is_heard_at_the_moods_tempo() -> None:
    seconds = 24.0
    x = heard("upbeat", 1, seconds)
    tempo = plan_piece(find_mood("upbeat"), 1, len(x)).tempo
    # Onsets of the bass drum: the low end's power, a hundred times a second.
    spectrum = np.fft.rfft(x.mean(axis=1))
    spectrum[np.fft.rfftfreq(len(x), 1 / 48000) > 110] = 0
    low = (np.fft.irfft(spectrum, len(x)) ** 2).reshape(-1, 480).mean(axis=1)
    rise = np.maximum(np.diff(low[500:2000]), 0)
    beat = 60 / tempo * 100
    lags = np.arange(30, 90)
    found = lags[np.argmax([(rise[lag:] * rise[:-lag]).sum() for lag in lags])]
    assert abs(found - beat) <= 1.5


def test_moods_have_their_own_tempi_and_seeds_move_them_little() -> None:
    tempi = {name: mood.tempo for name, mood in MOODS.items()}
    assert len(set(tempi.values())) == len(tempi) >= 5
    assert tempi["calm"] < tempi["warm"] < tempi["neutral"] < tempi["upbeat"]
    for mood in MOODS.values():
        drift = {plan_piece(mood, seed, 480000).tempo - mood.tempo for seed in range(20)}
        assert drift <= {-2, -1, 0, 1, 2}
        assert len(drift) > 2


# What it costs


def test_a_minute_is_made_in_seconds(tmp_path: Path) -> None:
    start = time.process_time()
    compose(60, seed=1, out=tmp_path / "bed.wav")
    # It takes about two; the rest is for a slow or busy machine.
    assert time.process_time() - start < 10


def test_ten_minutes_need_no_more_memory_than_one() -> None:
    def peak(seconds: int) -> int:
        mood, total = find_mood("upbeat"), seconds * 48000
        tracemalloc.start()
        for _ in mix(play(plan_piece(mood, 0, total)), mood, total):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(80) < 1.2 * peak(40)


def test_ten_minutes_need_no_more_distinct_notes_than_two() -> None:
    def notes(minutes: int) -> set[tuple[str, int, int]]:
        bars = list(play(plan_piece(find_mood("warm"), 4, minutes * 60 * 48000)))[:-1]
        return {(n.instrument, n.pitch, n.samples) for bar in bars for n in bar}

    assert len(notes(10)) <= len(notes(2)) + 12


# The arrangement


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seed", range(4))
def test_the_score_holds_together(mood: str, seed: int) -> None:
    plan = plan_piece(MOODS[mood], seed, 60 * 48000)
    bars = list(play(plan))
    assert len(bars) == plan.bars
    levels = dict(plan.mood.levels)
    assert set(levels) <= set(INSTRUMENTS)
    for number, bar in enumerate(bars):
        for note in bar:
            assert note.instrument in levels
            assert note.start >= plan.at(number)
            assert -1 <= note.pan <= 1
            assert 0 < note.gain <= 1.3
    pads = [[n.pitch for n in bar if n.instrument == "pad"] for bar in bars]
    for before, after in pairwise(pads):
        # Voices glide: on average no voice moves further than a fourth.
        moved = [min(abs(p - q) for q in before) for p in after]
        assert sum(moved) / len(moved) <= 5
    assert {p % 12 for p in pads[-1]} == set(parse_chord(plan.mood.home, plan.tonic).classes)


@pytest.mark.parametrize("mood", MOODS.values(), ids=lambda mood: mood.name)
def test_a_moods_data_is_well_formed(mood) -> None:
    for pair in mood.phrases:
        for phrase in pair:
            numerals = phrase.split()
            assert len(numerals) == 4
            for numeral in numerals:
                parse_chord(numeral, 0)
    patterns = {"0123.": mood.arpeggios, "158a_.": mood.bass}
    patterns["Xx-."] = [pattern for beat in mood.drums for _, pattern in beat]
    for letters, lines in patterns.items():
        for line in lines:
            assert len(line) == 16
            assert set(line) <= set(letters)


@pytest.mark.parametrize("mood", MOODS)
def test_very_short_pieces_have_music_too(mood: str) -> None:
    assert decibels(heard(mood, 0, 1.5)) > -40


# Harmony


def test_chords_are_read_from_numerals() -> None:
    assert parse_chord("I", 0) == Chord(0, (0, 4, 7))
    assert parse_chord("vi7", 0).classes == (9, 0, 4, 7)
    assert parse_chord("bVII", 9).classes == (7, 11, 2)
    assert parse_chord("Vsus4", 5).classes == (0, 5, 7)
    for wrong in ("", "H", "I9x", "iiii"):
        with pytest.raises(ValueError, match=r"numeral|kind of chord"):
            parse_chord(wrong, 0)


def test_voices_move_little() -> None:
    c = lead_voices(parse_chord("I", 0))
    f = lead_voices(parse_chord("IV", 0), c)
    assert sum(abs(a - b) for a, b in zip(c, f, strict=True)) <= 4
    assert {p % 12 for p in f} == {5, 9, 0}
    assert c == tuple(sorted(c))


def test_frequencies() -> None:
    assert frequency(69) == 440
    assert frequency(57) == pytest.approx(220)


# Instruments and mixing


@pytest.mark.parametrize("instrument", INSTRUMENTS)
@pytest.mark.parametrize("pitch", [36, 84])
def test_a_note_begins_and_ends_in_silence_and_does_not_fold_back(
    instrument: str, pitch: int
) -> None:
    sound = make_sound(instrument, pitch, 24000)
    assert sound.dtype == np.float32
    assert sound.shape[0] in (1, 2)
    assert np.abs(sound[:, [0, -1]]).max() < 2e-3
    assert 0.1 < np.abs(sound).max() < 2.0
    power = np.abs(np.fft.rfft(sound[0])) ** 2
    hz = np.fft.rfftfreq(sound.shape[1], 1 / 48000)
    assert power[hz > 18000].sum() < 1e-2 * power.sum()


def test_the_tone_dips_where_speech_is() -> None:
    gain = 20 * np.log10(tone(np.array([20.0, 200, 500, 2000, 9000, 20000])))
    assert gain[0] < -12
    assert gain[1] == pytest.approx(0, abs=0.5)
    assert gain[2] == pytest.approx(0, abs=1)
    assert gain[3] == pytest.approx(-7, abs=0.2)
    assert gain[4] == pytest.approx(0, abs=1)
    assert gain[5] < -6


def test_the_limiter_bends_only_what_is_loud() -> None:
    wave_in = np.array([[0.0, 0.3, -0.45, 0.6, -5.0]], np.float32)
    out = limit(wave_in)
    assert np.array_equal(out[0, :3], wave_in[0, :3])
    assert np.abs(out).max() <= CEILING
    assert 0.46 < out[0, 3] < 0.6
    assert out[0, 4] < 0


def test_blocks_join_without_a_seam() -> None:
    x = heard("calm", 2)
    for seam in range(BLOCK, len(x), BLOCK):
        near = np.abs(np.diff(x[seam - 400 : seam + 400], axis=0))
        assert near[399].max() <= np.delete(near, 399, axis=0).max() * 1.05
    whole = fade(0, 1000, 1000)
    parts = np.concatenate([fade(0, 300, 1000), fade(300, 700, 1000)])
    assert np.array_equal(whole, parts)
