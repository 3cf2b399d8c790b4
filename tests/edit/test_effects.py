from fractions import Fraction
from pathlib import Path

import pytest

from reelwright.core.nouns import Format, Shot
from reelwright.core.timeline import PictureClip, PictureTrack, Scene, Timeline, Transition
from reelwright.edit.assemble import Span
from reelwright.edit.effects import GAIN, Effect, place_effects

SOUNDS = {
    name: Effect(Path(f"/p/{name}.wav"), name, seconds, peak)
    for name, seconds, peak in (
        ("whoosh", 0.7, 0.35),
        ("ticks", 1.0, 0.0),
        ("pop", 0.12, 0.0),
        ("riser", 1.6, 1.6),
    )
}


def timeline(*transitions: str) -> Timeline:
    clips = [
        PictureClip(
            start=90 * index,
            frames=90,
            source=Scene(name="statement", theme="night"),
            transition=Transition(name=name, frames=10) if name else None,
        )
        for index, name in enumerate(("", *transitions))
    ]
    picture = PictureTrack(clips=tuple(clips))
    return Timeline(format=Format(width=1080, height=1920, rate=Fraction(30)), picture=picture)


def place(line: Timeline, *scenes: str, reveal: int | None = None, **params) -> list[tuple]:
    shots = [Shot(line=index, scene=scene, params=params) for index, scene in enumerate(scenes)]
    spans = [Span(90 * index, 90, 90 * index + 3) for index in range(len(scenes))]
    made = place_effects(
        line,
        shots=shots,
        spans=spans,
        sounds=SOUNDS,
        relative=lambda path: path.name,
        reveal=reveal,
    )
    found = [track for track in made.sound if track.name == "effects"]
    assert all(not track.ducks for track in found)
    return [
        (clip.path, clip.start, clip.frames, clip.gain) for track in found for clip in track.clips
    ]


def test_what_moves_is_heard_at_its_middle_and_what_does_not_is_not() -> None:
    line = timeline("push-left", "dissolve", "whip-up")
    assert place(line, *["statement"] * 4) == [
        ("whoosh.wav", pytest.approx(85, abs=1), 21, GAIN),
        ("whoosh.wav", pytest.approx(265, abs=1), 21, GAIN),
    ]
    assert place(timeline("dissolve"), "hook", "statement") == []


def test_counters_tick_and_items_pop() -> None:
    made = place(timeline("", ""), "hook", "number", "list", items=("a", "b", "c"))
    assert [name for name, *_ in made] == ["ticks.wav", "pop.wav", "pop.wav", "pop.wav"]
    assert made[0][1] == 94
    assert [start for _, start, *_ in made[1:]] == [184, 188, 192]


def test_whatever_counts_or_comes_in_one_by_one_is_heard() -> None:
    for scene in ("bars", "line", "ring"):
        assert place(timeline(), scene) == [("ticks.wav", 4, 30, GAIN)]
    assert len(place(timeline(), "dates", events=({"when": "1998"}, {"when": "2024"}))) == 2
    assert len(place(timeline(), "keywords", words=("a", "b", "c"))) == 3
    assert len(place(timeline(), "table", rows=(("a", "b"),) * 9)) == 6


def test_the_riser_ends_where_the_reveal_begins_and_is_left_out_where_there_is_no_room() -> None:
    line = timeline("", "")
    assert place(line, *["statement"] * 3, reveal=2) == [("riser.wav", 132, 48, GAIN)]
    assert place(line, *["statement"] * 3, reveal=0) == []
