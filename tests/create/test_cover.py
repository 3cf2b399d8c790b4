"""The cover: right size, readable when small, over a picture or without one."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from portraits import ground, paint_person, rgb
from reelwright.core.errors import SettingError
from reelwright.core.nouns import SIZES, Box, Format
from reelwright.create.cover import (
    LAYOUTS,
    best_frame,
    best_frames,
    compose,
    crop_cover,
    draw_cover,
    window,
)
from reelwright.create.scenes.base import SceneParams, Stage
from reelwright.create.themes import load_theme, theme_names
from reelwright.media.portrait import rate_portrait

TITLES = [
    "喝茶",
    "为什么隔夜茶不能喝？",
    "隔夜茶到底能不能喝？三个实验告诉你一个意想不到的真相，最后一个最重要",
    "Why you should never drink tea left overnight, and what to do instead of it",
]


def stage_for(shape: str, theme: str) -> Stage:
    width, height = SIZES[shape]
    return Stage(Format(width=width, height=height), load_theme(theme), 0, SceneParams())


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("title", TITLES)
def test_the_title_stands_in_three_lines_inside_the_frame(shape, title):
    for theme in theme_names():
        for on_picture in (False, True):
            stage = stage_for(shape, theme)
            compose(title, stage, on_picture=on_picture, language="zh", channel="茶知道")
            boxes = [box for _, box in stage.drawing.boxes]
            assert 2 <= len(boxes) <= 4
            for box in boxes:
                assert box.left >= 0.06 * stage.format.width
                assert box.right <= 0.94 * stage.format.width
                assert box.top > 0
                assert box.bottom < stage.format.height
            for above, below in zip(boxes, boxes[1:], strict=False):
                assert above.bottom <= below.top + 2


def test_a_usual_title_can_be_read_at_200_pixels():
    stage = stage_for("9:16", "night")
    compose("为什么隔夜茶不能喝？", stage, on_picture=False, language="zh")
    tallest = max(box.bottom - box.top for _, box in stage.drawing.boxes)
    assert tallest * 200 / 1080 >= 18


def test_it_writes_the_same_jpeg_every_time(tmp_path):
    format = Format(width=540, height=960)
    for name in ("a.jpg", "b.jpg"):
        draw_cover("好茶", format, "ink", tmp_path / name, channel="茶")
    assert (tmp_path / "a.jpg").read_bytes() == (tmp_path / "b.jpg").read_bytes()
    with Image.open(tmp_path / "a.jpg") as image:
        assert (image.format, image.size) == ("JPEG", (540, 960))


def test_a_picture_is_cropped_to_fill_and_darkened_under_the_title(tmp_path):
    picture = np.full((300, 800, 3), 220, np.uint8)
    draw_cover("好茶", Format(width=540, height=960), "night", tmp_path / "c.jpg", picture=picture)
    with Image.open(tmp_path / "c.jpg") as image:
        pixels = np.asarray(image)
    assert pixels[20].mean() > 200
    assert pixels[-20].mean() < 80


def test_an_unknown_theme_is_named(tmp_path):
    with pytest.raises(SettingError, match="night"):
        draw_cover("茶", Format(width=540, height=960), "nigt", tmp_path / "d.jpg")
    assert not list(tmp_path.iterdir())


def test_the_strongest_frame_is_sharp_and_well_lit():
    rng = np.random.default_rng(1)
    sharp = np.kron(rng.integers(40, 220, (30, 40)), np.ones((8, 8)))
    soft = sharp.copy()
    for _ in range(12):
        soft = (soft + np.roll(soft, 3, 0) + np.roll(soft, 3, 1)) / 3
    frames = [
        np.repeat(grey[..., None], 3, 2).clip(0, 255).astype(np.uint8)
        for grey in (soft, sharp * 0.08, sharp, sharp * 0.3 + 195)
    ]
    assert best_frame(frames) == 2
    assert best_frame([frames[2], frames[2]]) == 0


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SIZES)
def test_every_layout_is_readable_at_200_pixels_inside_the_grid_window(shape, layout):
    for title in (*TITLES, TITLES[2] * 2, "unbelievably long words everywhere " * 2):
        for on_picture in (False, True):
            stage = stage_for(shape, "ink")
            options = {"on_picture": on_picture, "language": "zh", "channel": "茶知道"}
            compose(title, stage, layout=layout, **options)
            *lines, (channel, small) = stage.drawing.boxes
            assert channel == "茶知道"
            left, top, right, bottom = window(stage.format)
            assert 1 <= len(lines) <= 3
            for _, box in stage.drawing.boxes:
                assert left < box.left < box.right < right
                assert top < box.top < box.bottom < bottom
            tallest = max(box.bottom - box.top for _, box in lines)
            assert tallest * 200 / stage.format.width >= 12
            # The channel belongs to the title above it.
            assert 0 < small.top - lines[-1][1].bottom < 0.09 * stage.format.height


def test_a_long_title_is_cut_where_a_clause_ends():
    stage = stage_for("9:16", "night")
    compose(TITLES[2], stage, on_picture=False, language="zh")
    assert "".join(text for text, _ in stage.drawing.boxes) == "隔夜茶到底能不能喝？"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_letters_stand_out_from_a_light_picture(tmp_path, layout):
    picture = np.full((400, 300, 3), 235, np.uint8)
    format = Format(width=540, height=960)
    draw_cover("隔夜茶", format, "night", tmp_path / "c.jpg", picture=picture, layout=layout)
    crop_cover(tmp_path / "c.jpg", format, tmp_path / "w.jpg")
    with Image.open(tmp_path / "w.jpg") as image:
        assert image.size == (540, 720)
        pixels = np.asarray(image.resize((200, 267))).astype(float)
    grey = pixels[150:250, 10:190] @ (0.2126, 0.7152, 0.0722) / 255
    light, dark = np.percentile(grey, 98) ** 2.2, np.percentile(grey, 10) ** 2.2
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_strong_frames_of_other_clips_come_first_and_none_twice():
    rng = np.random.default_rng(2)
    one, two, three = (
        np.kron(rng.integers(40, 220, (15, 20, 3)), np.ones((16, 16, 1))).astype(np.uint8)
        for _ in range(3)
    )
    dim = (two * 0.4).astype(np.uint8)
    assert best_frames([], [], 3) == []
    chosen = best_frames([one, one.copy(), three, dim], [0, 0, 0, 1], 3)
    assert len(chosen) == 3
    assert 3 in chosen[:2]
    assert not {0, 1} <= set(chosen)


@pytest.mark.parametrize("at", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_title_keeps_off_a_face(tmp_path, at, layout):
    picture = np.full((360, 640, 3), 150, np.uint8)
    face = Box(left=0.44, top=at - 0.12, width=0.12, height=0.24)
    rows, columns = slice(round((at - 0.12) * 360), round((at + 0.12) * 360)), slice(282, 358)
    picture[rows, columns] = (250, 0, 250)
    out = tmp_path / "a.jpg"
    title, format = "为什么隔夜茶不能喝？", Format(width=540, height=960)
    draw_cover(title, format, "night", out, picture=picture, faces=[face], layout=layout)
    with Image.open(out) as image:
        pixels = np.asarray(image).astype(int)
    red, green, blue = (pixels[..., channel] for channel in range(3))
    pink = (np.minimum(red, blue) > 30) & (np.minimum(red, blue) > 3 * green)
    rows, columns = (np.nonzero(pink.sum(axis) > 60)[0] for axis in (1, 0))
    seen = pink[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    assert seen.shape[0] > 200
    assert seen.mean() > 0.93


def test_a_clear_whole_face_makes_a_stronger_cover():
    frames = []
    for y, size in ((60, 130), (-70, 130), (150, 26)):
        frame = ground(640, 360)
        paint_person(frame, 320, y, size)
        frames.append(rgb(frame))
    boxes = [
        Box(left=0.43, top=0.24, width=0.14, height=0.28),
        Box(left=0.43, top=0.0, width=0.14, height=0.16),
        Box(left=0.485, top=0.42, width=0.03, height=0.06),
    ]
    faces = [[box] for box in boxes]
    rated = [rate_portrait(frame, seen) for frame, seen in zip(frames, faces, strict=True)]
    assert rated[0] > 1.5 * max(rated[1:])
    assert rate_portrait(frames[0], []) == 0.0
    assert best_frames(frames, [0, 1, 2], 1, faces) == [0]


def test_eyes_that_are_shut_rate_lower():
    frame = ground(640, 360)
    paint_person(frame, 320, 60, 200)
    box = Box(left=0.37, top=0.33, width=0.26, height=0.48)
    pixels = rgb(frame).copy()
    open_ = rate_portrait(pixels, [box])
    pixels[145:185, 255:385] = (215, 165, 135)
    assert rate_portrait(pixels, [box]) < open_
