"""Finding the subject: it is where it was put, on any ground, in any shape of picture."""

from __future__ import annotations

import time

import numpy as np
import pytest

from reelwright.media.subject import find_subject


def scene_with(at, *, size=(360, 640), radius=0.09, tint=(214, 60, 40), ground="meadow"):
    high, wide = size
    ys, xs = np.mgrid[0:high, 0:wide].astype(float)
    noise = np.random.default_rng(7).normal(0, 14, (high, wide, 1))
    if ground == "meadow":
        base = np.where((ys < high * 0.4)[..., None], (120, 170, 220), (70, 130, 60)) + noise
    elif ground == "slope":
        base = np.stack([40 + 120 * xs / wide, 60 + 60 * ys / high, 0 * xs + 90], -1)
    else:
        base = np.full((high, wide, 3), 235.0)
    inside = np.hypot(xs - at[0] * wide, ys - at[1] * high) < radius * max(high, wide)
    return np.clip(np.where(inside[..., None], tint, base), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("ground", ["meadow", "slope", "plain"])
@pytest.mark.parametrize("at", [(0.25, 0.4), (0.7, 0.62), (0.5, 0.5), (0.36, 0.7)])
def test_it_is_where_it_was_put(at, ground):
    x, y = find_subject(scene_with(at, ground=ground))
    assert abs(x - at[0]) < 0.09
    assert abs(y - at[1]) < 0.11


@pytest.mark.parametrize("size", [(640, 360), (400, 400), (200, 900)])
def test_any_shape_of_picture(size):
    x, y = find_subject(scene_with((0.3, 0.6), size=size, radius=0.07))
    assert abs(x - 0.3) < 0.1
    assert abs(y - 0.6) < 0.13


def test_a_face_counts_for_more_than_a_lamp():
    picture = scene_with((0.3, 0.45), tint=(224, 172, 140), ground="slope")
    picture[170:200, 470:500] = (250, 240, 180)
    assert find_subject(picture)[0] < 0.42


def test_nothing_in_it_is_the_middle():
    assert find_subject(np.full((90, 160, 3), 77, np.uint8)) == (0.5, 0.5)
    assert find_subject(np.zeros((1, 1, 3), np.uint8)) == (0.5, 0.5)


def test_it_is_quick_and_always_the_same():
    picture = scene_with((0.6, 0.4), size=(2160, 3840))
    began = time.perf_counter()
    assert find_subject(picture) == find_subject(picture)
    assert time.perf_counter() - began < 0.5
