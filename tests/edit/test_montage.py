from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from reelwright.core.errors import FootageError
from reelwright.core.time import to_frames
from reelwright.edit.cut.montage import APART, LAST, MARGIN, Clip, find_slots, make_montage
from reelwright.edit.cut.worth import PER_SECOND, Looks, weigh
from reelwright.media.beats import Rhythm

RATE = Fraction(30)


def rhythm(tempo: float = 120.0, seconds: float = 90.0, loud: tuple[float, float] = (30, 60)):
    beats = tuple(0.37 + n * 60 / tempo for n in range(int((seconds - 1) * tempo / 60)))
    energy = tuple(0.9 if loud[0] <= at < loud[1] else 0.15 for at in beats)
    return Rhythm(beats, 4, 2, energy, tempo, 0.9, seconds)


def looks(seconds: float, good: tuple[float, float] = (0, 0), changes=()) -> Looks:
    count = round(seconds * PER_SECOND)
    at = np.arange(count) / PER_SECOND
    here = (at >= good[0]) & (at < good[1])
    sharp = tuple(np.where(here, 900.0, 60.0).tolist())
    flat = (0.5,) * count
    return Looks(
        seconds=seconds,
        sharp=sharp,
        light=flat,
        motion=tuple(np.where(here, 20.0, 4.0).tolist()),
        colour=flat,
        faces=(0.0,) * count,
        changes=tuple(changes),
    )


def clips(count: int = 3, seconds: float = 40.0) -> list[Clip]:
    return [Clip(f"{n}.mp4", looks(seconds, (5.0 + 5 * n, 15.0 + 5 * n))) for n in range(count)]


@pytest.mark.parametrize("tempo", [70, 104, 128, 180])
@pytest.mark.parametrize("rate", [Fraction(30), Fraction(24000, 1001), Fraction(60)])
def test_every_cut_lies_on_a_beat(tempo: float, rate: Fraction) -> None:
    song = rhythm(tempo)
    montage = make_montage(clips(), 30, rate, song)
    at = 0
    beats = np.array(song.beats)
    for span in montage.spans:
        heard = montage.music_start + float(at / rate)
        assert np.abs(beats - heard).min() <= 0.5 / float(rate) + 1e-6
        at += to_frames(span.end, rate) - to_frames(span.start, rate)
    end = montage.music_start + float(at / rate)
    assert np.abs(beats - end).min() <= 0.5 / float(rate) + 1e-6
    assert float(at / rate) == pytest.approx(30, abs=0.5)


@pytest.mark.parametrize("tempo", [64, 97, 131, 174])
@pytest.mark.parametrize("length", [9, 15, 22.5, 47])
def test_the_length_that_was_asked_for_is_met(tempo: float, length: float) -> None:
    montage = make_montage(clips(), length, RATE, rhythm(tempo))
    assert sum(span.seconds for span in montage.spans) == pytest.approx(length, abs=0.5)


@pytest.mark.parametrize("song", [None, rhythm(110)])
def test_of_short_shots_shorter_stretches_are_taken(song: Rhythm | None) -> None:
    cuts = [(at, at) for at in np.arange(1.7, 40, 1.7).tolist()]
    montage = make_montage([Clip("cut.mp4", looks(40, changes=cuts))], 15, RATE, song)
    assert sum(span.seconds for span in montage.spans) == pytest.approx(15, abs=0.5)


def test_it_begins_and_ends_with_a_bar_and_ends_slowly() -> None:
    song = rhythm()
    start, slots = find_slots(30, RATE, song)
    first = song.beats.index(start)
    assert song.begins_bar(first)
    end = start + float((slots[-1].start + slots[-1].frames) / RATE)
    last = int(np.abs(np.array(song.beats) - end).argmin())
    assert song.begins_bar(last)
    assert slots[-1].frames / RATE >= LAST


def test_loud_music_is_cut_faster() -> None:
    _, slots = find_slots(80, RATE, rhythm(loud=(30, 60)))
    loud = [slot.frames for slot in slots[:-1] if slot.energy > 0.7]
    calm = [slot.frames for slot in slots[:-1] if slot.energy < 0.4]
    assert loud
    assert calm
    assert np.mean(calm) > 2 * np.mean(loud)


def test_the_liveliest_part_of_a_long_song_is_taken() -> None:
    start, _ = find_slots(28, RATE, rhythm(loud=(30, 60)))
    assert 28 <= start <= 33


def test_nothing_is_shown_twice_and_every_clip_is_shown() -> None:
    montage = make_montage(clips(4), 40, RATE, rhythm())
    by: dict[str, list[tuple[float, float]]] = {}
    for span in montage.spans:
        by.setdefault(span.source, []).append((span.start, span.end))
    assert set(by) == {"0.mp4", "1.mp4", "2.mp4", "3.mp4"}
    for stretches in by.values():
        for (_, end), (start, _) in pairwise(sorted(stretches)):
            assert start >= end + APART - 1e-6
    shown = {name: sum(b - a for a, b in stretches) for name, stretches in by.items()}
    assert max(shown.values()) < 2 * min(shown.values())
    running = [a.source == b.source for a, b in pairwise(montage.spans)]
    assert sum(running) <= 0.15 * len(running)


def test_the_best_stretches_are_shown() -> None:
    montage = make_montage(clips(3), 12, RATE, rhythm(loud=(0, 90)))
    for span in montage.spans:
        number = int(span.source[0])
        assert 4.5 + 5 * number <= span.start
        assert span.end <= 15.5 + 5 * number


def test_no_stretch_crosses_a_change_of_shot() -> None:
    changes = [(3.0, 3.0), (7.0, 8.0), (12.5, 12.5)]
    clip = Clip("a.mp4", looks(20, changes=changes))
    montage = make_montage([clip, *clips(1)], 20, RATE, rhythm())
    mine = [span for span in montage.spans if span.source == "a.mp4"]
    assert mine
    for span in mine:
        for begins, ends in changes:
            assert span.end <= begins - MARGIN + 1e-6 or span.start >= ends + MARGIN - 1e-6


def test_short_clips_make_a_shorter_montage() -> None:
    few = [Clip(f"{n}.mp4", looks(3.0)) for n in range(3)]
    montage = make_montage(few, 30, RATE, rhythm())
    total = sum(span.seconds for span in montage.spans)
    assert 3 <= total <= 9
    with pytest.raises(FootageError, match="too little in the clips"):
        make_montage([Clip("tiny.mp4", looks(0.3))], 30, RATE, rhythm())


def test_without_music_it_has_an_even_pace() -> None:
    montage = make_montage(clips(), 20, RATE)
    lengths = [span.seconds for span in montage.spans]
    assert sum(lengths) == pytest.approx(20, abs=0.05)
    assert all(1.5 <= length <= 4.5 for length in lengths)
    assert montage.music_start == 0


def test_a_song_shorter_than_the_montage_decides_its_length() -> None:
    song = rhythm(seconds=16, loud=(0, 16))
    montage = make_montage(clips(), 60, RATE, song)
    total = sum(span.seconds for span in montage.spans)
    assert 10 <= total <= 16
    assert montage.music_start + total <= 16


def test_what_all_clips_have_alike_counts_for_nothing() -> None:
    worth = weigh([looks(10, (2, 5)), looks(10)])
    assert worth[0].max() == pytest.approx(1)
    assert worth[1].max() == pytest.approx(0, abs=0.05)
    alike = weigh([looks(10)])
    assert np.allclose(alike[0], 0.5)


def test_the_same_clips_make_the_same_montage() -> None:
    assert make_montage(clips(), 30, RATE, rhythm()) == make_montage(clips(), 30, RATE, rhythm())
