"""The composed bed: exact length, same seed same bytes, form, tune, clean sound, loops, beats."""

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
from reelwright.create.music import beats, choose_mood, climbs, compose, moods
from reelwright.create.music.arrange import GAINS, Plan, plan_piece, play
from reelwright.create.music.form import KINDS, lay_form
from reelwright.create.music.instruments import INSTRUMENTS, make_sound
from reelwright.create.music.mixing import BLOCK, CEILING, fade, limit, mix, tone
from reelwright.create.music.moods import find_mood
from reelwright.create.music.pulse import find_beats
from reelwright.create.music.theory import SCALES, Chord, frequency, lead_voices, parse_chord

MOODS = moods()
PARTS = ((0, "intro"), (1, "verse"), (2, "build"), (3, "drop"), (5, "outro"))
"""In bars; the piece has seven."""
SCRIPT = ((0.0, "intro"), (6.0, "verse"), (20.0, "build"), (25.0, "drop"), (45.0, "outro"))


def short(mood: str) -> tuple[float, tuple[tuple[float, str], ...]]:
    """Seconds and sections of a piece of seven bars that has every kind of section."""
    bar = 240 / MOODS[mood].tempo
    return 7.2 * bar, tuple((start * bar, kind) for start, kind in PARTS)


@cache
def heard(mood: str, seed: int = 0, seconds: float = 0.0, loop: bool = False) -> np.ndarray:
    """A piece as samples, float [n, 2]; made once, whoever asks. No seconds: `short`."""
    length, sections = (seconds, ()) if seconds else short(mood)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "bed.wav"
        compose(length, mood=mood, seed=seed, sections=sections, loop=loop, out=out)
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
    assert len(heard("playful", 3, seconds)) == round(seconds * 48000)


def test_same_seed_same_bytes_and_another_seed_another_piece(tmp_path: Path) -> None:
    sums = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        compose(3, mood="playful", seed=seed, out=tmp_path / name)
        sums.append(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert sums[0] == sums[1] != sums[2]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a", "b", "beats.json", "c"]


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
    with pytest.raises(SettingError) as caught:
        compose(5, sections=((0, "intro"), (2, "drob")), out=tmp_path / "bed.wav")
    assert '"drop"' in str(caught.value)
    with pytest.raises(SettingError):
        compose(5, sections=((3, "intro"), (2, "drop")), out=tmp_path / "bed.wav")
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
    seconds = [decibels(x[i : i + 48000]) for i in range(0, len(x) - 5 * 48000, 48000)]
    assert min(seconds) > -32
    assert -24 < decibels(x[: len(x) - 5 * 48000]) < -17


@pytest.mark.parametrize("mood", MOODS)
def test_sections_differ_in_energy(mood: str) -> None:
    x = heard(mood)
    length, sections = short(mood)
    plan = plan_piece(MOODS[mood], 0, len(x), sections)
    times = find_beats(plan.tempo, plan.form.kinds, length)
    ends = [*(start for start, _ in times.sections[1:]), length]
    levels = {
        kind: decibels(x[int(start * 48000) : int(end * 48000)])
        for (start, kind), end in zip(times.sections, ends, strict=True)
    }
    assert set(levels) == set(KINDS)
    assert levels["drop"] > levels["intro"] + 1
    assert levels["drop"] > levels["verse"] + 0.5
    assert levels["drop"] > levels["build"] - 0.5
    assert levels["drop"] > levels["outro"] + 3


@pytest.mark.parametrize("mood", MOODS)
def test_it_leaves_room_for_speech(mood: str) -> None:
    x = heard(mood)
    assert band(x, 1000, 4000) < 0.06
    assert band(x, 50, 1000) > 0.85
    assert 0 < band(x, 5000, 14000) < 0.01
    assert band(x, 0, 30) < 0.01


def test_it_ends_in_a_gentle_fade() -> None:
    x = heard("neutral")
    ends = [decibels(x[i : i + 12000]) for i in range(len(x) - 4 * 12000, len(x), 12000)]
    assert all(a > b for a, b in pairwise(ends))
    assert ends[-1] < decibels(x) - 18


def test_the_beat_is_heard_at_the_moods_tempo() -> None:
    seconds = 21.0
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
    assert len(set(tempi.values())) == len(tempi) >= 8
    assert tempi["calm"] < tempi["warm"] < tempi["neutral"] < tempi["upbeat"]
    for mood in MOODS.values():
        drift = {plan_piece(mood, seed, 480000).tempo - mood.tempo for seed in range(8)}
        assert drift <= {-2, -1, 0, 1, 2}
        assert len(drift) > 2


# What it costs


def test_half_a_minute_is_made_in_seconds(tmp_path: Path) -> None:
    start = time.process_time()
    compose(30, seed=1, out=tmp_path / "bed.wav")
    # It takes about one; the rest is for a slow or busy machine.
    assert time.process_time() - start < 5


def test_longer_pieces_need_no_more_memory() -> None:
    def peak(seconds: int) -> int:
        mood, total = find_mood("playful"), seconds * 48000
        tracemalloc.start()
        for _ in mix(play(plan_piece(mood, 0, total)), mood, total):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(36) < 1.2 * peak(18)


def test_ten_minutes_need_no_more_distinct_notes_than_two() -> None:
    def notes(minutes: int) -> set[tuple[str, int, int]]:
        bars = list(play(plan_piece(find_mood("warm"), 4, minutes * 60 * 48000)))[:-1]
        return {(n.instrument, n.pitch, n.samples) for bar in bars for n in bar}

    assert len(notes(10)) <= 1.3 * len(notes(2))


# Form and beats


def test_the_drop_begins_on_a_bar_where_the_script_has_it() -> None:
    form = lay_form(60, 96, SCRIPT)
    assert len(form.kinds) == int(60 * form.tempo / 240)
    bar = form.kinds.index("drop")
    assert bar * 240 / form.tempo == pytest.approx(25.0, abs=1e-6)
    assert abs(form.tempo / 96 - 1) < 0.08
    for start, kind in SCRIPT:
        assert abs(form.kinds.index(kind) * 240 / form.tempo - start) <= 240 / form.tempo / 2 + 1e-6


def test_a_drop_without_a_build_gets_one_and_short_pieces_get_what_fits() -> None:
    kinds = lay_form(40, 96, ((0, "intro"), (5, "verse"), (20, "drop"))).kinds
    assert kinds[6:9] == ("build", "build", "drop")
    assert lay_form(0.5, 96, SCRIPT).kinds == ("intro",)
    assert lay_form(5, 96, ((0, "drop"),)).kinds == ("drop", "drop")


@pytest.mark.parametrize("seconds", [3, 9, 15, 30, 60, 200, 1000])
def test_a_piece_without_a_script_has_a_form_too(seconds: float) -> None:
    form = lay_form(seconds, 100)
    assert len(form.kinds) == max(1, int(seconds / 2.4 + 1e-6))
    if seconds >= 15:
        assert (form.kinds[0], form.kinds[-1]) == ("intro", "outro")
        assert {"verse", "drop"} <= set(form.kinds)
    longest = max(form.place(bar)[1] for bar in range(len(form.kinds)))
    assert longest <= 20


def test_the_beats_are_written_beside_the_music(tmp_path: Path) -> None:
    length, sections = short("upbeat")
    compose(length, mood="upbeat", seed=2, sections=sections, out=tmp_path / "bed.wav")
    found = beats(tmp_path)
    assert found.beats[::4][: len(found.bars)] == pytest.approx(found.bars, abs=2e-4)
    steps = np.diff(found.beats)
    assert steps == pytest.approx(60 / found.tempo, abs=2e-4)
    assert found.beats[-1] < length
    assert [kind for _, kind in found.sections] == list(KINDS)
    assert {start for start, _ in found.sections} <= set(found.bars)
    (tmp_path / "beats.json").write_text("{}")
    with pytest.raises(StoreError, match="beats"):
        beats(tmp_path)


@pytest.mark.parametrize("mood", ["upbeat", "tech"])
def test_a_loop_has_no_seam(mood: str) -> None:
    x = heard(mood, 3, 8.0, loop=True)
    assert len(x) == 384_000
    twice = np.concatenate([x, x])
    jumps = np.abs(np.diff(twice, axis=0)).max(axis=1)
    seam = jumps[384_000 - 8 : 384_000 + 8].max()
    # What happens at the seam happens at other bars' first beats too: their attacks, no more.
    assert seam <= np.quantile(jumps, 0.9999)
    # The end still rings at the beginning, and is not faded.
    assert abs(decibels(x[-24_000:]) - decibels(x)) < 8
    assert decibels(x[:4800]) > -50


def test_a_loop_is_whole_bars() -> None:
    plan = plan_piece(MOODS["neutral"], 0, 480_000, loop=True)
    assert plan.at(plan.bars) == 480_000
    first = min(note.start for note in next(play(plan)))
    assert first <= -8 * 48_000


# The arrangement


def _bars(mood: str, seed: int, model: str = "") -> tuple[Plan, list]:
    plan = plan_piece(MOODS[mood], seed, 60 * 48000, SCRIPT, model=model)
    return plan, list(play(plan))


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("seed", range(3))
def test_the_score_holds_together(mood: str, seed: int) -> None:
    plan, bars = _bars(mood, seed)
    assert len(bars) == plan.bars
    levels = dict(plan.mood.levels)
    assert set(levels) <= set(INSTRUMENTS)
    for number, bar in enumerate(bars):
        for note in bar:
            assert note.instrument in levels
            assert note.start >= plan.at(number)
            assert -1 <= note.pan <= 1
            assert 0 < note.gain <= 1.3
    for before, after in pairwise(plan.harmony):
        # Voices glide: on average no voice moves further than a fourth.
        moved = [min(abs(p - q) for q in before.voices) for p in after.voices]
        assert sum(moved) / len(moved) <= 5
    home = set(parse_chord(plan.mood.home, plan.tonic).classes)
    assert {p % 12 for p in plan.harmony[-1].voices} == home


@pytest.mark.parametrize("mood", MOODS)
def test_the_tune_is_consonant_repeats_itself_and_is_sparse_under_speech(mood: str) -> None:
    strong = in_chord = 0
    counts: dict[str, list[int]] = {kind: [] for kind in KINDS}
    for model, seed in (("", 0), ("", 1), ("none", 0), ("none", 1)):
        plan, bars = _bars(mood, seed, model)
        scale = {(plan.tonic + step) % 12 for step in SCALES[plan.mood.scale]}
        rhythms = []
        for number, bar in enumerate(bars[:-1]):
            tune = [n for n in bar if n.instrument == plan.mood.melody and n.pan == 0.1]
            chord = set(plan.harmony[number].chord.classes)
            steps = [(n.start - plan.at(number)) / plan.at(0, 1) for n in tune]
            for note, step in zip(tune, steps, strict=True):
                assert 55 <= note.pitch <= 90
                assert note.pitch % 12 in scale | chord
                if abs(step % 4) < 0.05:
                    strong += 1
                    in_chord += note.pitch % 12 in chord
            counts[plan.form.kinds[number]].append(len(tune))
            if plan.form.kinds[number] == "drop":
                rhythms.append(tuple(round(step) for step in steps))
        if model:
            assert rhythms[0] == rhythms[1] == rhythms[2] != rhythms[3]
        else:
            assert len(set(rhythms)) < len(rhythms)
    assert in_chord / strong >= 0.8
    mean = {kind: sum(found) / len(found) for kind, found in counts.items()}
    assert mean["verse"] < 0.4 * mean["drop"]
    assert mean["build"] == 0


@pytest.mark.parametrize("mood", MOODS)
def test_drums_are_on_the_grid_and_fill_the_ends_of_sections(mood: str) -> None:
    plan, bars = _bars(mood, 1)
    drums = {name for name, make in INSTRUMENTS.items() if make.__module__.endswith("percussion")}
    drums -= {"lift", "dust"}
    step = plan.at(0, 1)
    filled = set()
    for number, bar in enumerate(bars):
        for note in bar:
            if note.instrument in drums:
                place = (note.start - plan.at(number)) / step
                late = place - round(place)
                assert abs(late) < 0.01 or plan.mood.swing > 0
            if note.instrument == plan.mood.fill and note.pitch == 2:
                filled.add(number)
    ends = [i for i in range(plan.bars - 1) if plan.form.kinds[i] != plan.form.kinds[i + 1]]
    kinds = plan.form.kinds
    assert {i for i in ends if kinds[i] in ("verse", "drop")} <= filled | {plan.bars - 2}
    drop = kinds.index("drop")
    # A breath, then everything at once.
    roll = [n for n in bars[drop - 1] if n.instrument in drums]
    assert max(n.start for n in roll) < plan.at(drop - 1, 14)
    assert {n.instrument for n in bars[drop] if n.start == plan.at(drop)} >= set(plan.mood.hits)


def test_the_mood_is_that_of_the_words() -> None:
    assert choose_mood("唐朝诗词里的中秋，李白写了什么") == "oriental"
    assert choose_mood("A new AI chip, and the software it runs") == "tech"
    assert choose_mood("警惕！这个骗局让很多人破产") == "tense"
    assert choose_mood("nothing in particular") == "neutral"
    assert choose_mood("nothing in particular", "lofi") == "lofi"
    assert {choose_mood(text) for text in ("", "x")} == {"neutral"}
    assert set(GAINS) == set(KINDS)


@pytest.mark.parametrize("mood", MOODS.values(), ids=lambda mood: mood.name)
def test_a_moods_data_is_well_formed(mood) -> None:
    for pair in mood.phrases:
        for phrase in pair:
            numerals = phrase.split()
            assert len(numerals) == 4
            for numeral in numerals:
                parse_chord(numeral, 0)
    patterns = {"0123.4": mood.arpeggios, "158a_.": (*mood.bass, *mood.drive)}
    patterns["x_."] = (*mood.rhythms, mood.comp)
    beats_of = (*mood.beats, *mood.drops, (mood.pulse,))
    patterns["Xx-."] = tuple(pattern for beat in beats_of for _, pattern in beat)
    for letters, lines in patterns.items():
        for line in lines:
            assert len(line) == 16
            assert set(line) <= set(letters)
    named = {mood.lead, mood.low, mood.melody, mood.fill, "lift", *mood.chords, *mood.hits}
    named |= {drum for beat in beats_of for drum, _ in beat}
    assert named <= set(dict(mood.levels))
    assert mood.scale in SCALES


@pytest.mark.parametrize("mood", MOODS)
def test_very_short_pieces_have_music_too(mood: str) -> None:
    assert decibels(heard(mood, 0, 1.5)) > -42


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
    x = heard("calm")
    for seam in range(BLOCK, len(x), BLOCK):
        near = np.abs(np.diff(x[seam - 400 : seam + 400], axis=0))
        assert near[399].max() <= np.delete(near, 399, axis=0).max() * 1.05
    whole = fade(0, 1000, 1000)
    parts = np.concatenate([fade(0, 300, 1000), fade(300, 700, 1000)])
    assert np.array_equal(whole, parts)


def test_a_riser_belongs_to_moods_that_work_up_to_something():
    climbing = {name for name, mood in moods().items() if climbs(mood)}
    assert climbing == {"neutral", "upbeat", "bright", "tech", "tense", "dark", "epic"}
