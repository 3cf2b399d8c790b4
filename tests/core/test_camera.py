"""A camera's path: through its keys, smooth, never beyond them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from pydantic import ValidationError

from reelwright.core.camera import Key, halfway, look, pieces
from reelwright.core.timeline import Footage

PATH: tuple[Key, ...] = (
    (0, 0.3, 0.5, 1.0),
    (30, 0.3, 0.5, 1.0),
    (60, 0.6, 0.5, 1.2),
    (90, 0.7, 0.5, 1.2),
    (120, 0.7, 0.5, 1.0),
)


def test_it_passes_its_keys_and_rests_where_two_are_alike():
    for frame, *place in PATH:
        assert look(PATH, frame) == pytest.approx(place)
    assert {look(PATH, frame)[0] for frame in range(31)} == {0.3}
    assert look(PATH, -5) == (0.3, 0.5, 1.0)
    assert look(PATH, 500) == (0.7, 0.5, 1.0)
    assert look((), 3) == (0.5, 0.5, 1.0)
    assert look(PATH[:1], 99) == (0.3, 0.5, 1.0)


def test_it_never_overshoots_and_never_jolts():
    xs = [look(PATH, frame / 4)[0] for frame in range(500)]
    assert min(xs) >= 0.3 - 1e-12
    assert max(xs) <= 0.7 + 1e-12
    speeds = [b - a for a, b in pairwise(xs)]
    assert min(speeds) >= -1e-12
    assert max(abs(b - a) for a, b in pairwise(speeds)) < 0.0003


def test_its_pieces_are_what_it_looks_like():
    (first, then, (a, b, c, d)) = pieces(PATH, 1)[1]
    t = 11
    assert (first, then) == (30, 60)
    assert a + t * (b + t * (c + t * d)) == pytest.approx(look(PATH, 41)[0])


def test_those_who_cannot_move_look_halfway():
    assert halfway(PATH) == pytest.approx((0.6, 0.5))
    assert Footage(path="a", asset="b", camera=PATH).middle == halfway(PATH)
    assert Footage(path="a", asset="b", focus=(0.2, 0.5)).middle == (0.2, 0.5)


@pytest.mark.parametrize(
    "given",
    [
        {"camera": PATH[::-1]},
        {"camera": [(0, 1.2, 0.5, 1)]},
        {"camera": [(0, 0.2, 0.5, 0.5)]},
        {"fill": "split", "camera": PATH},
    ],
)
def test_a_path_that_cannot_be_is_refused(given):
    with pytest.raises(ValidationError):
        Footage(path="a", asset="b", **given)
