"""The camera's way: still where it can be, even where it must move, never out of bounds."""

from __future__ import annotations

import numpy as np
import pytest

from reelwright.edit.cut.steady import steady, thin

RATE = 6.0


def way(middle: np.ndarray, room: float, hard: float = 0.12) -> np.ndarray:
    return steady(middle - room, middle + room, middle, (middle - hard, middle + hard), RATE)


def test_who_sways_within_reach_is_filmed_by_a_camera_that_stands():
    middle = 0.5 + 0.05 * np.sin(np.arange(120) / 5)
    found = way(middle, 0.06)
    assert np.ptp(found) == 0
    assert found[0] == pytest.approx(0.5, abs=0.02)


def test_who_walks_is_followed_at_an_even_pace():
    middle = np.interp(np.arange(120), [20, 100], [0.2, 0.8])
    found = way(middle, 0.06)
    assert np.abs(found - middle).max() <= 0.12
    speed = np.diff(found)
    assert (speed >= -1e-9).all()
    assert speed.max() < 1.15 * 0.6 / 80
    assert np.abs(np.diff(speed)).max() < 0.004


def test_who_jumps_is_kept_in_sight():
    middle = np.where(np.arange(90) < 45, 0.3, 0.6)
    found = way(middle, 0.05)
    assert (np.abs(found - middle) <= 0.12 + 1e-9).mean() > 0.9
    assert found[0] == pytest.approx(0.3, abs=0.051)
    assert found[-1] == pytest.approx(0.6, abs=0.051)


def test_noise_does_not_move_it():
    noise = np.random.default_rng(1).normal(0, 0.01, 200)
    assert np.ptp(way(0.4 + noise, 0.05)) == 0


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_the_shortest_ways(count: int):
    assert len(way(np.linspace(0.2, 0.9, count), 0.01)) == count


def test_thinning_keeps_what_moves():
    x = np.interp(np.arange(60), [20, 40], [0.2, 0.6])
    kept = thin((x, np.full(60, 0.5)))
    assert kept[0] == 0
    assert kept[-1] == 59
    assert {20, 40} <= set(kept)
    assert len(kept) < 16
    assert np.abs(np.interp(np.arange(60), kept, x[kept]) - x).max() < 1e-9
    assert thin(()) == []
