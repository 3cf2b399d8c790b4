"""Persons before other backgrounds: keyed, told without a green screen, composed."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import FootageError, InputError, ModelError, SettingError
from reelwright.core.nouns import Box, MediaFacts
from reelwright.edit.enhance.background.body import FAR, SURE, draw_bodies
from reelwright.edit.enhance.background.chroma import find_key, key_matte, need_key
from reelwright.edit.enhance.background.composite import compose
from reelwright.edit.enhance.background.edges import Edge
from reelwright.edit.enhance.background.grounds import (
    Film,
    fill_frame,
    put_out_of_focus,
    read_ground,
)
from reelwright.edit.enhance.background.matte import matte_shot, to_lab
from reelwright.edit.enhance.background.mincut import cut, edge_weights
from reelwright.edit.enhance.background.plan import plan_background
from reelwright.edit.enhance.background.plate import fill
from reelwright.edit.enhance.background.scene import learn_scene
from reelwright.edit.enhance.frame import Look, Picture
from reelwright.edit.enhance.order import Order
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

HIGH, WIDE = 180, 240


def wall(colour: tuple[int, int, int] | None) -> np.ndarray:
    """A wall of one colour that shades off, or a room with things in it."""
    if colour is not None:
        across = np.linspace(0.75, 1.1, WIDE)[None, :, None]
        return np.clip(np.array(colour) * across * np.ones((HIGH, 1, 1)), 0, 255).astype(np.uint8)
    room = np.full((HIGH, WIDE, 3), (190, 185, 175), np.uint8)
    cv2.rectangle(room, (5, 20), (60, 110), (60, 90, 120), -1)
    cv2.rectangle(room, (180, 40), (230, 170), (90, 60, 40), -1)
    return room


def talking(
    number: int, behind: np.ndarray, spill: float = 0.0
) -> tuple[np.ndarray, np.ndarray, Box]:
    """A person who sways before a wall: the picture, who is where (0 to 1), the face."""
    x = WIDE // 2 + round(6 * np.sin(number * 0.7))
    who = np.zeros((HIGH * 4, WIDE * 4), np.uint8)
    person = np.zeros((HIGH, WIDE, 3), np.uint8)
    cv2.ellipse(who, (x * 4, 340), (132, 188), 0, 0, 360, 255, -1)
    cv2.ellipse(who, (x * 4, 760), (300, 260), 0, 0, 360, 255, -1)
    person[:] = (150, 40, 50)
    cv2.ellipse(person, (x, 78), (36, 50), 0, 0, 360, (60, 40, 30), -1)
    cv2.ellipse(person, (x, 88), (25, 33), 0, 0, 360, (225, 170, 145), -1)
    matte = cv2.resize(who, (WIDE, HIGH), interpolation=cv2.INTER_AREA) / 255.0
    noise = np.random.default_rng(number).normal(0, 2.5, (HIGH, WIDE, 3))
    share = matte[..., None]
    lit = person + spill * behind
    mixed = lit * share + behind * (1 - share) + noise
    face = Box(left=(x - 26) / WIDE, top=70 / HIGH, width=52 / WIDE, height=52 / HIGH, score=0.9)
    return np.clip(mixed, 0, 255).astype(np.uint8), matte, face


def overlap(one: np.ndarray, other: np.ndarray) -> float:
    a, b = one > 0.5, other > 0.5
    return float((a & b).sum() / (a | b).sum())


@pytest.mark.parametrize("colour", [(20, 150, 220), (40, 200, 60), (200, 40, 160)])
def test_a_wall_of_any_colour_is_found_and_keyed_out(colour: tuple[int, int, int]) -> None:
    frame, matte, _ = talking(3, wall(colour), spill=0.06)
    key = find_key([frame])
    assert key is not None
    found = key_matte(Picture(frame), key)
    assert overlap(found.edge.matte, matte) > 0.97
    assert float(np.abs(found.edge.matte - matte).mean()) < 0.02
    # The wall's light is less on the person afterwards, and nothing of it is added.
    inside = matte > 0.99
    hue = np.array(colour) - np.mean(colour)
    before = (frame[inside].astype(float) @ hue).mean()
    after = (found.picture.rgb[inside].astype(float) @ hue).mean()
    assert after <= before + 1e-6


def test_a_room_is_no_wall_of_one_colour() -> None:
    frame, _, _ = talking(0, wall(None))
    assert find_key([frame]) is None
    with pytest.raises(FootageError, match="wall of one colour") as caught:
        need_key([frame], "talk.mp4")
    assert caught.value.where == "talk.mp4"


def test_a_picture_without_the_wall_is_all_person() -> None:
    frame, _, _ = talking(0, wall((40, 200, 60)))
    key = find_key([frame])
    assert key is not None
    other = np.full_like(frame, (200, 150, 120))
    assert key_matte(Picture(other), key).edge.matte.min() == 1.0


@pytest.mark.parametrize("colour", [(60, 120, 170), (150, 150, 145), None])
def test_a_person_is_told_without_a_green_screen(colour: tuple[int, int, int] | None) -> None:
    film = [talking(number, wall(colour)) for number in range(10)]
    learnt = film[::3]
    scene = learn_scene(
        [to_lab(frame) for frame, _, _ in learnt],
        [0.3 * n for n in range(len(learnt))],
        [[face] for _, _, face in learnt],
    )
    faces = [face for _, _, face in film]
    seen = iter(faces)

    def find(frames: Sequence[np.ndarray]) -> list[list[Box]]:
        return [[next(seen)] for _ in frames]

    pictures = (Picture(frame, Fraction(n, 3)) for n, (frame, _, _) in enumerate(film))
    mattes = [m.edge.matte for m in matte_shot(pictures, scene, find)]
    scores = [overlap(m, truth) for m, (_, truth, _) in zip(mattes, film, strict=True)]
    assert min(scores) > 0.94
    assert np.mean(scores) > 0.96


def test_mattes_do_not_flicker_where_nothing_moves() -> None:
    behind = wall((150, 150, 145))
    frame, _, face = talking(0, behind)
    noise = np.random.default_rng(1)
    frames = [
        np.clip(frame + noise.normal(0, 3, frame.shape), 0, 255).astype(np.uint8) for _ in range(6)
    ]
    scene = learn_scene([to_lab(each) for each in frames[:2]], [0, 1], [[face], [face]])
    shot = (Picture(each, Fraction(n, 25)) for n, each in enumerate(frames))
    mattes = [m.edge.matte for m in matte_shot(shot, scene, lambda given: [[face]] * len(given))]
    changes = [np.abs(a - b).mean() for a, b in zip(mattes[1:], mattes[2:], strict=False)]
    assert max(changes) < 0.004


def test_the_body_is_below_the_face_and_far_corners_are_nobody() -> None:
    face = Box(left=0.45, top=0.3, width=0.1, height=0.13, score=1.0)
    odds = draw_bodies([face], 160, 90)
    assert odds[32, 80] > SURE - 1
    assert odds[70, 80] > SURE - 1.5
    assert odds[5, 5] == pytest.approx(FAR, abs=0.01)
    assert draw_bodies([], 160, 90)[45, 80] > draw_bodies([], 160, 90)[2, 2]


def test_the_cut_is_the_cheapest() -> None:
    """Against trying every place at which a row of pixels can be cut."""
    odds = np.array([[3, 2, 1, -0.2, 0.4, -1, -2, -3]], np.float32).repeat(3, 0)
    lab = np.zeros((3, 8, 3), np.uint8)
    lab[:, 4:] = 60
    costs = edge_weights(lab) * np.float32(2)
    found = cut(odds, costs, np.full((3, 8), 0.5, np.float32), 400)
    cheapest = min(
        range(9), key=lambda n: (costs[1, 0, n - 1] if 0 < n < 8 else 0) - odds[0, :n].sum()
    )
    assert (found[1] > 0.5).sum() == cheapest


def test_what_is_not_known_goes_on_smoothly() -> None:
    ramp = np.linspace(0, 100, 64, dtype=np.float32)[None, :, None].repeat(48, 0).repeat(3, 2)
    weights = np.ones((48, 64), np.float32)
    weights[10:40, 20:44] = 0
    filled = fill(ramp * weights[..., None], weights)
    assert np.abs(filled - ramp).max() < 14
    assert np.allclose(filled[weights == 1], ramp[weights == 1], atol=0.01)


def test_the_old_background_does_not_show_at_the_edge() -> None:
    green, red = (20, 200, 40), (180, 30, 30)
    frame, matte, _ = talking(0, np.full((HIGH, WIDE, 3), green, np.uint8))
    behind = np.full((HIGH // 2, WIDE // 2, 3), green, np.float32)
    edge = Edge(matte.astype(np.float32), behind)
    made = compose(frame, edge, np.full_like(frame, red), wrap=False)
    wanted, _, _ = talking(0, np.full((HIGH, WIDE, 3), red, np.uint8))
    rim = (matte > 0.1) & (matte < 0.9)
    assert np.abs(made[rim].astype(float) - wanted[rim]).mean() < 9
    assert (made[matte == 0] == red).all()
    assert (made[matte == 1] == frame[matte == 1]).all()


def test_light_of_the_background_comes_around_the_edge_only() -> None:
    frame, matte, _ = talking(0, wall((40, 200, 60)))
    edge = Edge(matte.astype(np.float32), np.zeros((45, 60, 3), np.float32))
    white = np.full_like(frame, 250)
    plain, wrapped = (compose(frame, edge, white, wrap=on).astype(int) for on in (False, True))
    assert (wrapped >= plain - 1).all()
    deep = cv2.erode((matte == 1).astype(np.uint8), np.ones((25, 25), np.uint8)) == 1
    assert (wrapped[deep] == plain[deep]).all()
    assert (wrapped - plain)[matte > 0.5].max() > 8


def test_a_blur_has_no_stain_of_the_person() -> None:
    frame = np.full((90, 160, 3), 200, np.uint8)
    matte = np.zeros((90, 160), np.float32)
    frame[20:, 60:100], matte[20:, 60:100] = 0, 1
    soft = put_out_of_focus(frame, matte)
    assert soft[:, :55].min() > 190
    assert soft[:, 105:].min() > 190


def test_pictures_fill_the_frame() -> None:
    wide = np.zeros((40, 160, 3), np.uint8)
    wide[:, 60:100] = 255
    filled = fill_frame(wide, 40, 40)
    assert filled.shape == (40, 40, 3)
    assert filled.min() > 240


def test_a_short_video_is_shown_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "loop.mp4"
    frames = np.zeros((10, 32, 48, 3), np.uint8)
    frames[..., 0] = (np.arange(10) * 25)[:, None, None]
    encode(path, frames)
    edge = Edge(np.ones((32, 48), np.float32), np.zeros((8, 8, 3), np.float32))
    paint = Film(path).begin()
    blank = np.zeros((32, 48, 3), np.uint8)
    shown = [paint(Picture(blank, Fraction(n, 10)), edge)[..., 0].mean() for n in range(23)]
    assert np.allclose(shown[:10], np.arange(10) * 25, atol=6)
    assert np.allclose(shown[10:20], shown[:10], atol=1)
    later = Film(path).begin()
    assert later(Picture(blank, Fraction(13, 10)), edge)[..., 0].mean() == pytest.approx(shown[13])


def encode(path: Path, frames: np.ndarray) -> None:
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10, options={"qp": "0"})
        stream.width, stream.height, stream.pix_fmt = frames.shape[2], frames.shape[1], "yuv444p"
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, "rgb24")))
        container.mux(stream.encode())


def look_at(frame: np.ndarray, path: Path) -> Look:
    Image.fromarray(frame).save(path)
    high, wide = frame.shape[:2]
    facts = MediaFacts(kind="picture", seconds=0, width=wide, height=high)
    steps = Steps(Store(path.parent / "store"))
    return Look(path, facts, [[Picture(frame)]], (), 1.0, steps)


def test_backgrounds_are_planned(tmp_path: Path) -> None:
    frame, matte, _ = talking(2, wall((20, 150, 220)))
    look = look_at(frame, tmp_path / "me.png")
    step = plan_background(look, Order(background="#102030", matte="chroma"))
    assert step.synthesises
    assert "#102030" in step.told()
    (made,) = step.run(iter([Picture(frame)]))
    assert (made.rgb[matte == 0] == (16, 32, 48)).all(1).mean() > 0.97
    blur = plan_background(look, Order(background="blur", matte="chroma"))
    assert not blur.synthesises
    assert blur.key() != step.key()


def test_a_still_picture_needs_no_wall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REEL_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REEL_FACES_PROVIDER", "none")
    frame, matte, _ = talking(2, wall((120, 130, 150)))
    look = look_at(frame, tmp_path / "me.png")
    step = plan_background(look, Order(background="#00ff00"))
    assert "no face is seen" in step.told()
    (made,) = step.run(iter([Picture(frame)]))
    changed = np.abs(made.rgb.astype(int) - frame).sum(2) > 60
    assert changed[matte == 0].mean() > 0.9
    assert changed[matte == 1].mean() < 0.1


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"background": "beech.jpg"}, InputError, "no such file, and no such colour"),
        ({"background": "blur", "matte": "chrome"}, InputError, 'no matte "chrome"'),
        ({"background": "blur", "matte": "onnx"}, InputError, "no matte"),
    ],
)
def test_what_cannot_be_is_refused(
    tmp_path: Path, asked: dict[str, str], error: type[Exception], words: str
) -> None:
    frame, _, _ = talking(0, wall(None))
    with pytest.raises(error, match=words):
        plan_background(look_at(frame, tmp_path / "me.png"), Order(**asked))


def test_a_damaged_network_and_a_text_as_background_are_refused(tmp_path: Path) -> None:
    frame, _, _ = talking(0, wall(None))
    look = look_at(frame, tmp_path / "me.png")
    broken = tmp_path / "rvm.onnx"
    broken.write_bytes(b"no network at all")
    step = plan_background(look, Order(background="blur", matte=str(broken)))
    with pytest.raises(ModelError, match="no ONNX network"):
        list(step.run(iter([Picture(frame)])))
    text = tmp_path / "beach.jpg"
    text.write_text("sand and sea")
    with pytest.raises(FootageError):
        read_ground(str(text))
    from reelwright.providers.matte.onnx import OnnxMatte

    with pytest.raises(SettingError, match="no model for mattes"):
        OnnxMatte(OnnxMatte.Options())
