"""Boxes of single frames become tracks: misses are bridged, ghosts dropped, people kept apart."""

from __future__ import annotations

import pytest

from reelwright.core.nouns import Box
from reelwright.media.tracks import link


def box(x: float, y: float = 0.4, size: float = 0.1, score: float = 0.8) -> Box:
    return Box(left=x - size / 2, top=y - size / 2, width=size, height=size, score=score)


def test_a_face_that_moves_is_one_track():
    sightings = [(n / 4, [box(0.2 + 0.02 * n)]) for n in range(20)]
    (track,) = link(sightings)
    assert len(track.times) == 20
    seen = track.at(2.125)
    assert seen is not None
    assert seen.centre[0] == pytest.approx(0.2 + 0.02 * 8.5)


def test_misses_are_bridged_and_ghosts_dropped():
    sightings = [(n / 4, [box(0.5)] if n % 3 else []) for n in range(16)]
    sightings[7] = (7 / 4, [box(0.5), box(0.9, 0.9, 0.03, 0.3)])
    (track,) = link(sightings)
    assert track.at(6 / 4) is not None
    assert track.at(6 / 4).centre[0] == pytest.approx(0.5)  # type: ignore[union-attr]
    assert track.at(99) is None


def test_two_people_stay_apart_where_they_pass():
    sightings = [
        (n / 6, [box(0.2 + 0.02 * n, 0.4, 0.1), box(0.8 - 0.02 * n, 0.4, 0.16)]) for n in range(30)
    ]
    near, far = sorted(link(sightings), key=lambda track: track.size)
    assert len(near.times) == len(far.times) == 30
    assert near.boxes[-1].centre[0] == pytest.approx(0.78)
    assert far.boxes[-1].centre[0] == pytest.approx(0.22)


def test_somebody_who_comes_back_later_is_another():
    sightings = [(0.0, [box(0.5)]), (0.5, [box(0.5)]), (1.0, []), (2.0, []), (3.0, [])]
    sightings += [(4.0, [box(0.5)]), (4.5, [box(0.5)])]
    assert [track.times for track in link(sightings)] == [(0.0, 0.5), (4.0, 4.5)]


def test_what_is_sure_needs_to_be_seen_only_once():
    assert len(link([(0.0, []), (1.0, [box(0.5, score=0.9)]), (2.0, [])], gap=0.5)) == 1
    assert link([(0.0, []), (1.0, [box(0.5, score=0.4)]), (2.0, [])], gap=0.5) == ()
    assert len(link([(0.0, [box(0.5, score=0.4)])])) == 1
    assert link([]) == ()
