"""Changes of shot in small films made of noise with structure."""

import numpy as np
import pytest

from reelwright.media import shots
from reelwright.media.comparing import see, shrink, unlike
from reelwright.media.shots import ShotFinder, find_shots
from shot_films import film, mix, scene, still

RATE = 25.0


def found(frames, rate=RATE):
    return [(c.kind, c.first, c.last) for c in find_shots([frames], rate)]


def test_cuts_are_found_at_their_frame():
    frames = film(still(1, 30), still(2, 40, speed=1), still(3, 30, jitter=2))
    assert found(frames) == [("cut", 30, 30), ("cut", 70, 70)]


def test_one_shot_has_no_changes_however_the_camera_moves():
    for shot in (still(4, 80), still(5, 80, speed=3), still(6, 80, jitter=4)):
        assert found(film(shot)) == []


@pytest.mark.parametrize("length", [8, 16, 40])
def test_a_dissolve_is_found_with_its_ends(length):
    a, b = still(7, 40 + length, speed=0.1), still(8, 40 + length, speed=0.1)
    frames = film(a[:40], mix(a[40:], b[:length]), b[length:])
    [(kind, first, last)] = found(frames)
    assert kind == "dissolve"
    assert abs(first - 40) <= 3
    assert abs(last - (39 + length)) <= 3


@pytest.mark.parametrize("ground", [0, 255])
def test_a_fade_through_black_or_white_is_one_change(ground):
    a, b = still(9, 60), still(10, 60)
    flat = np.full((15, 96, 160, 3), ground)
    frames = film(a[:45], mix(a[45:], flat), flat[:4], mix(flat, b[:15]), b[15:])
    [(kind, first, last)] = found(frames)
    assert kind == "fade"
    assert abs(first - 45) <= 3
    assert abs(last - 78) <= 3


def test_a_fade_in_at_the_start_and_out_at_the_end_join_no_shots():
    a = still(11, 80)
    flat = np.zeros((20, 96, 160, 3))
    frames = film(flat[:6], mix(flat, a[:20]), a[20:60], mix(a[60:], flat), flat[:6])
    assert found(frames) == []


@pytest.mark.parametrize("peaks", [(0.8, 1, 0.5, 0.2), (1,), (0.95, 0.8, 0.65, 0.5, 0.35, 0.2)])
def test_a_flash_is_no_cut(peaks):
    a = still(12, 60, speed=0.2)
    for n, share in enumerate(peaks):
        a[30 + n] += (255 - a[30 + n]) * share
    assert found(film(a)) == []


def test_lightning_and_a_black_frame_are_no_cuts():
    a = still(13, 80) * 0.5
    a[20:22] *= 2.4
    a[25:28] *= 2.0
    a[60] = 0
    assert found(film(a)) == []


def test_a_cut_to_another_shot_for_a_third_of_a_second_and_back_is_two_cuts():
    a, b = still(14, 60), still(15, 8)
    assert found(film(a[:30], b, a[30:])) == [("cut", 30, 30), ("cut", 38, 38)]


def test_cuts_to_and_from_black_that_lasts_are_two():
    frames = film(still(16, 30), np.zeros((30, 96, 160, 3)), still(17, 30))
    assert found(frames) == [("cut", 30, 30), ("cut", 60, 60)]


def test_blocks_and_stretches_of_any_length_give_the_same(monkeypatch):
    frames = film(*(still(20 + n, 30 + 5 * n) for n in range(5)))
    whole = find_shots([frames], RATE)
    assert len(whole) == 4
    monkeypatch.setattr(shots, "_CORE", 2.0)
    monkeypatch.setattr(shots, "_MARGIN", 2.0)
    finder = ShotFinder(RATE)
    for start in range(0, len(frames), 17):
        finder.add(frames[start : start + 17])
    assert finder.finish() == whole


@pytest.mark.parametrize("shape", [(0, 90, 160), (1, 90, 160), (2, 1, 1), (9, 1, 1), (9, 2, 400)])
def test_hardly_any_film_has_no_changes(shape):
    assert find_shots([np.zeros((*shape, 3), np.uint8)], RATE) == ()


def test_portrait_and_large_frames_are_compared_at_one_size():
    tall = shrink(np.zeros((2, 640, 360, 3), np.uint8))
    assert tall.shape == (2, 64, 36, 3)
    frames = film(still(1, 20), still(2, 20))
    large = frames.repeat(3, 1).repeat(3, 2)
    assert found(large) == found(frames) == [("cut", 20, 20)]


def test_unlike_says_how_much_is_not_found_again():
    a, b = (see(shrink(film(still(n, 1)))[0]) for n in (30, 31))
    ground = scene(30)
    moved = see(shrink(film(ground[None, 33:129, 48:208]))[0])
    dark = see(shrink(film(still(30, 1) * 0.4))[0])
    assert unlike(a, a) < 0.01
    assert unlike(a, moved) < 0.25
    assert unlike(a, b) > 0.6
    assert unlike(a, dark) > 0.5 > 0.2 > unlike(a, dark, light_counts=False)


def test_people_before_one_wall_are_told_apart_and_light_that_comes_is_no_dissolve():
    def person(seed):
        frames = still(seed, 70)
        wall = np.full(frames.shape[1:], (60.0, 150.0, 170.0))
        rows, columns = np.mgrid[0:96, 0:160]
        head = (((rows - 52) / 46) ** 2 + ((columns - 78 - seed) / 44) ** 2 < 1)[..., None]
        return np.where(head, frames, wall + frames[..., :1] * 0.03)

    one, other = person(3), person(4)
    assert found(film(one[:30], other[:30])) == [("cut", 30, 30)]
    [(kind, _, _)] = found(film(one[:30], mix(one[30:50], other[:20]), other[20:50]))
    assert kind == "dissolve"
    dark = still(60, 90) * np.clip(np.linspace(-0.5, 1.6, 90), 0.15, 1)[:, None, None, None]
    assert found(film(dark)) == []
