"""The composer: tunes within the harmony, bars that are full, the same for the same seed; a model
of one's own in its place."""

import json
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import ModelError
from reelwright.create.music import BY_RULE, compose, moods
from reelwright.create.music.arrange import plan_piece, play
from reelwright.create.music.composer import SHIPPED, drum_on, find_composer, fit
from reelwright.create.music.lessons import HIGH, LOW, STEPS, lessons, roles_of
from reelwright.create.music.measures import measure, worth
from reelwright.create.music.melody import Tone, sing
from reelwright.create.music.theory import SCALES
from reelwright.learn.folder import WEIGHTS
from reelwright.learn.kind import Run
from reelwright.learn.sequence.kind import Sequence, SequenceSettings
from reelwright.learn.sequence.score import read_tokens

MOODS = moods()
SECONDS = 48000 * 60


@pytest.mark.parametrize("mood", MOODS)
def test_a_tune_keeps_to_scale_chords_range_and_bars(mood: str) -> None:
    plan = plan_piece(MOODS[mood], 3, SECONDS)
    scale = {(plan.tonic + step) % 12 for step in SCALES[plan.mood.scale]}
    assert len(plan.tune) == 8
    assert sum(map(len, plan.tune)) >= 12
    for bar, chord in zip(plan.tune, plan.phrase, strict=True):
        end = 0
        for tone in bar:
            assert LOW <= tone.pitch <= HIGH
            assert tone.pitch % 12 in (chord.classes if tone.strong else {*scale, *chord.classes})
            assert tone.step >= end
            end = tone.step + tone.length
        assert end <= STEPS


def test_tunes_are_as_good_as_by_rule_and_more_of_a_kind() -> None:
    ours, ruled, rhythms = [], [], set()
    for mood in MOODS.values():
        plan = plan_piece(mood, 1, SECONDS)
        chords = [chord.classes for chord in plan.phrase]
        scale = tuple((plan.tonic + step) % 12 for step in SCALES[mood.scale])
        ours.append(measure(plan.tune, chords))
        by_rule = [sing(plan.motif, n % 4, chord, scale) for n, chord in enumerate(chords)]
        ruled.append(measure(by_rule, chords))
        rhythms.add(tuple(tuple(tone.step for tone in bar) for bar in plan.tune))
    assert np.mean([fact.on_chord for fact in ours]) == 1
    assert np.mean([fact.steps for fact in ours]) > 0.4
    assert np.mean([fact.leaps for fact in ours]) < 0.06
    assert 8 < np.mean([fact.compass for fact in ours]) < 17
    assert np.mean([fact.rhythm for fact in ours]) > 0.25
    assert np.mean([*map(worth, ours)]) > np.mean([*map(worth, ruled)])
    assert len(rhythms) > 0.9 * len(ours)


@pytest.mark.parametrize("mood", ["upbeat", "calm", "tech"])
def test_beats_are_the_moods_own_kind(mood: str) -> None:
    composer = find_composer("")
    assert composer is not None
    beats = composer.beats(MOODS[mood], 5)
    verse, drop = beats["verse"][0], beats["drop"][1]
    for bars, own in ((verse, MOODS[mood].beats), (drop, MOODS[mood].drops)):
        assert len(bars) == 4
        assert all(len(lane) == STEPS and set(lane) <= set(".-xX") for bar in bars for lane in bar)
        usual = max(sum(sign != "." for _, lane in beat for sign in lane) for beat in own)
        count = sum(sign != "." for bar in bars for lane in bar for sign in lane) / 4
        assert 2 <= count <= 1.5 * usual
        # Bars repeat: what differs are touches.
        same = np.mean([a == b for a, b in zip("".join(bars[0]), "".join(bars[2]), strict=True)])
        assert same > 0.8
    assert drop[0][0][0] != "."
    played = dict(drum_on(MOODS[mood].drops[0], drop[0]))
    low, _, _ = roles_of(MOODS[mood].drops[0])
    assert played[low] == drop[0][0]
    assert set(played) == set(dict(MOODS[mood].drops[0]))


def test_a_seed_decides_and_it_is_quick() -> None:
    plan_piece(MOODS["warm"], 0, SECONDS)
    start = time.process_time()
    first = plan_piece(MOODS["warm"], 7, SECONDS)
    # It takes a fifth of this; the rest is for a slow or busy machine.
    assert time.process_time() - start < 1.5
    assert first.tune == plan_piece(MOODS["warm"], 7, SECONDS).tune
    assert first.tune != plan_piece(MOODS["warm"], 8, SECONDS).tune
    assert first.beats != plan_piece(MOODS["warm"], 8, SECONDS).beats


def test_notes_are_fitted_to_another_chord() -> None:
    tones = (Tone(0, 4, 72, True), Tone(4, 2, 74, True), Tone(6, 2, 75, False))
    assert [tone.pitch for tone in fit(tones, (5, 9, 0), (0, 2, 4, 5, 7, 9, 11))] == [72, 72, 74]


def test_the_shipped_model_is_small_and_has_its_card() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 1_000_000
    card = (SHIPPED / "card.md").read_text()
    assert "python -m reelwright.create.music.teaching" in card
    assert "Licence of the data**: CC0-1.0" in card


def test_lessons_are_tunes_that_end_at_home() -> None:
    found = list(lessons([MOODS["bright"]], 5, 2, 1))
    assert [lesson.condition for lesson in found] == ["bright"] * 3 + [
        "bright verse",
        "bright drop",
    ]
    assert found == list(lessons([MOODS["bright"]], 5, 2, 1))
    for lesson in found[:3]:
        score = read_tokens(lesson.text.split(), 72)
        assert len(score.chords) == 8
        assert sum(length for _, length, _ in score.notes) <= 128
        assert all(0 <= start < 128 for start, _, _ in score.notes)
    drums = read_tokens(found[-1].text.split()).drums
    assert max(step for step, _, _ in drums) < 64


def test_music_of_a_model_of_ones_own_and_by_rule(tmp_path: Path) -> None:
    """From ABC files by `reel train` to the bed of a video."""
    tunes = tmp_path / "tunes"
    tunes.mkdir()
    for number in range(30):
        bars = "|".join(("G2AB cdef", "e2dc B2A2", "g4 d4")[(number + bar) % 3] for bar in range(5))
        end = "GABc"[number % 4]
        (tunes / f"{number}.abc").write_text(f"X:1\nM:4/4\nL:1/8\nK:G\n{bars}|{end}8|\n")
    settings = SequenceSettings(tokens="music", width=24, embed=12, batch=8, epochs=8, rate=2e-2)
    Sequence.train([tunes], settings, Run(tmp_path / "folk", device="cpu"))
    drop = ((0, "drop"),)
    compose(6, mood="warm", sections=drop, model=str(tmp_path / "folk"), out=tmp_path / "a.wav")
    compose(6, mood="warm", sections=drop, model=BY_RULE, out=tmp_path / "b.wav")
    assert (tmp_path / "a.wav").read_bytes() != (tmp_path / "b.wav").read_bytes()
    own = plan_piece(MOODS["warm"], 2, SECONDS, model=str(tmp_path / "folk"))
    assert own.tune
    # It never heard drums: those are the mood's.
    assert not own.beats
    plain = plan_piece(MOODS["warm"], 2, SECONDS, model=BY_RULE)
    assert not plain.tune
    assert len(list(play(plain))) == len(list(play(own)))


def test_a_model_that_composes_no_music_is_told(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "words")
    config = json.loads((SHIPPED / "config.json").read_text())
    config["settings"]["tokens"] = "words"
    (tmp_path / "words" / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="of words, not of music"):
        find_composer(str(tmp_path / "words"))
    with pytest.raises(ModelError, match="no model folder"):
        compose(1, model=str(tmp_path / "nowhere"), out=tmp_path / "a.wav")
    shutil.copytree(SHIPPED, tmp_path / "cut")
    whole = (SHIPPED / WEIGHTS).read_bytes()
    (tmp_path / "cut" / WEIGHTS).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="cut short"):
        compose(1, model=str(tmp_path / "cut"), out=tmp_path / "a.wav")
