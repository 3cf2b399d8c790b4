"""Framing for another shape: who is shown, when that changes, and that they stay in the picture."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from reelwright.core.camera import look
from reelwright.core.nouns import Format, MediaFacts
from reelwright.edit.cut.reframe import Framed, Wanted, reframe, show
from reelwright.edit.cut.watching import RATE, Face, Look, Watched

UPRIGHT = Format(width=1080, height=1920)
WIDE = Format(width=1920, height=1080)
SHARE = 9 / 16 / (16 / 9)


def face(x: float, width: float = 0.08, mouth: float = 0.0, y: float = 0.4) -> Face:
    return Face(
        left=x - width / 2, top=y - width * 0.8, width=width, height=width * 1.6, mouth=mouth
    )


def watched(looks: Sequence[Sequence[Face]], cuts: tuple[float, ...] = ()) -> Watched:
    return Watched(
        looks=tuple(Look(at=n / RATE, faces=tuple(faces)) for n, faces in enumerate(looks)),
        cuts=cuts,
    )


def facts(seconds: float, width: int = 1920, height: int = 1080) -> MediaFacts:
    return MediaFacts(kind="video", width=width, height=height, seconds=seconds, rate=Fraction(30))


def framed(seen: Watched, **asked: object) -> tuple[Framed, ...]:
    seconds = (len(seen.looks)) / RATE
    return reframe(seen, facts(seconds), UPRIGHT, **asked)  # type: ignore[arg-type]


def inside(parts: Sequence[Framed], seen: Watched, rate: int = 30) -> float:
    """The share of frames in which the first face is wholly inside of the crop."""
    frames = round(seen.looks[-1].at * rate)
    shown = show(parts, 0, frames, Fraction(rate))
    assert sum(each.frames for each in shown) == frames
    at = [one.at for one in seen.looks]
    left = np.interp(np.arange(frames) / rate, at, [one.faces[0].left for one in seen.looks])
    width = seen.looks[0].faces[0].width
    kept, first = [], 0
    for each in shown:
        for frame in range(each.frames):
            x = min(max(look(each.camera, frame)[0], SHARE / 2), 1 - SHARE / 2)
            begin = left[first + frame]
            kept.append(x - SHARE / 2 <= begin and begin + width <= x + SHARE / 2)
        first += each.frames
    return float(np.mean(kept))


def test_somebody_who_stays_is_filmed_by_a_camera_that_stands():
    seen = watched([[face(0.3 + 0.02 * np.sin(n / 3))] for n in range(60)])
    (part,) = framed(seen)
    assert part.fill == "crop"
    (shown,) = show([part], 0, 290, Fraction(30))
    assert len(shown.camera) == 1
    assert shown.camera[0][1] == pytest.approx(0.3, abs=0.03)


@pytest.mark.parametrize("pace", [0.05, 0.12, 0.25])
def test_somebody_who_walks_stays_in_the_picture(pace: float):
    x = np.interp(np.arange(72) / RATE, [2, 2 + 0.6 / pace], [0.2, 0.8])
    seen = watched([[face(float(v))] for v in x])
    assert inside(framed(seen), seen) == 1.0


def test_somebody_who_wanders_stays_in_the_picture_and_the_camera_is_calm():
    n = np.arange(240)
    x = 0.5 + 0.25 * np.sin(n / 17) + 0.08 * np.sin(n / 5.3)
    seen = watched([[face(float(v))] for v in x])
    parts = framed(seen)
    assert inside(parts, seen) >= 0.99
    (shown,) = show(parts, 0, 1190, Fraction(30))
    way = np.array([look(shown.camera, frame)[0] for frame in range(1190)])
    assert np.abs(np.diff(way, 3)).max() * 30**3 < 12


def test_people_who_fit_are_shown_together():
    seen = watched([[face(0.45), face(0.56)] for _ in range(40)])
    (part,) = framed(seen)
    assert part.who == "faces"
    assert part.ways[0][0] == pytest.approx(0.505, abs=0.03)


def test_two_who_do_not_fit_are_split_the_left_one_above():
    seen = watched([[face(0.8), face(0.2)] for _ in range(40)])
    (part,) = framed(seen)
    assert part.fill == "split"
    assert part.ways[0][0] == pytest.approx(0.2, abs=0.05)
    assert part.ways[3][0] == pytest.approx(0.8, abs=0.05)
    assert part.ways[2][0] > 1.2
    (shown,) = show([part], 0, 150, Fraction(30))
    assert shown.camera
    assert shown.below
    (crop,) = framed(seen, fill="crop")
    assert crop.fill == "crop"


def speaking(who: Sequence[int]) -> Watched:
    mouths = {0: (0.2, 0.02), 1: (0.02, 0.2)}
    return watched([[face(0.2, mouth=a), face(0.8, mouth=b)] for a, b in (mouths[w] for w in who)])


def test_the_picture_goes_to_the_one_who_speaks():
    seen = speaking([0] * 36 + [1] * 36)
    parts = framed(seen, speech=[(0.0, 12.0)], fill="crop")
    assert [part.who for part in parts] == ["speaker", "speaker"]
    assert parts[0].ways[0].max() < 0.35
    assert parts[1].ways[0].min() > 0.65
    assert parts[0].end == pytest.approx(6.0, abs=0.7)
    # Both speak: there is room for both.
    assert framed(seen, speech=[(0.0, 12.0)])[0].fill == "split"
    # One speaks all the time: the other listens unseen.
    (part,) = framed(speaking([1] * 60), speech=[(0.0, 10.0)])
    assert part.fill == "crop"
    assert part.ways[0].min() > 0.65


def test_a_nod_does_not_move_the_picture():
    parts = framed(speaking([0] * 30 + [1] * 6 + [0] * 36), speech=[(0.0, 12.0)], fill="crop")
    assert len({round(float(part.ways[0][0]), 2) for part in parts}) == 1


def test_a_face_too_large_for_the_shape_is_shown_whole():
    seen = watched([[face(0.5, width=0.45)] for _ in range(40)])
    assert framed(seen)[0].fill == "blur"
    assert framed(seen, fill="crop")[0].fill == "crop"
    assert [part.fill for part in framed(watched([[face(0.5)]] * 9), fill="blur")] == ["blur"]


def test_each_shot_is_framed_by_itself_at_its_cut():
    seen = watched([[face(0.25)]] * 30 + [[face(0.75)]] * 30, cuts=(4.95,))
    parts = framed(seen)
    assert [round(float(part.ways[0][0]), 2) for part in parts] == [0.25, 0.75]
    shown = show(parts, 30, 240, Fraction(30))
    # The first frame at or after the cut, from the frame the piece begins at.
    assert [each.frames for each in shown] == [149 - 30, 240 - 119]
    assert sum(each.frames for each in show(parts, 200, 40, Fraction(25))) == 40


def test_where_nobody_is_it_looks_where_something_moves():
    looks = tuple(Look(at=n / RATE, point=(0.7, 0.5), spread=(0.1, 0.1)) for n in range(40))
    (part,) = framed(Watched(looks=looks))
    assert (part.who, part.fill) == ("motion", "crop")
    assert part.ways[0][0] == pytest.approx(0.7, abs=0.01)


@pytest.mark.parametrize("fill", ["auto", "crop", "blur", "split"])
def test_what_was_hardly_seen_is_framed_all_the_same(fill: Wanted):
    for seen in (Watched(looks=()), watched([[]]), watched([[face(0.1)], []])):
        parts = reframe(seen, facts(1.0), UPRIGHT, fill=fill)
        assert sum(each.frames for each in show(parts, 3, 25, Fraction(30))) == 25
    parts = reframe(watched([[face(0.5)]] * 12), facts(2.0, 1080, 1920), WIDE, fill=fill)
    if fill in ("auto", "crop"):
        middle = parts[0].ways[1][0]
        assert 0.35 < middle < 0.5
