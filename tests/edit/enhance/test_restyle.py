"""Looks: painted and drawn, steady, with the colours of a picture or a LUT file."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn import draw_picture
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reelwright.core.errors import InputError, ModelError
from reelwright.core.nouns import MediaFacts
from reelwright.edit.enhance.frame import Look, Picture
from reelwright.edit.enhance.order import Order
from reelwright.edit.enhance.restyle import pixel, transfer
from reelwright.edit.enhance.restyle.cube import (
    Cube,
    Grader,
    cube_of,
    grid,
    read_cube,
    write_cube,
)
from reelwright.edit.enhance.restyle.looks import LOOKS
from reelwright.edit.enhance.restyle.plan import NAMES, plan_style
from reelwright.edit.enhance.restyle.steady import mix, steady_shot
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps


def scene(high: int = 96, wide: int = 150) -> np.ndarray:
    big = cv2.resize(draw_picture(1, 40, 60), (wide, high), interpolation=cv2.INTER_CUBIC)
    cv2.circle(big, (wide // 2, high // 2), high // 4, (220, 180, 150), -1, cv2.LINE_AA)
    return np.asarray(big, np.uint8)


@pytest.mark.parametrize("name", LOOKS)
@pytest.mark.parametrize("size", [(97, 151), (16, 16), (1, 3)])
def test_looks_take_any_size_and_are_the_same_twice(name: str, size: tuple[int, int]) -> None:
    frame = np.ascontiguousarray(scene(120, 160)[: size[0], : size[1]])
    kept = frame.copy()
    first, second = LOOKS[name](frame), LOOKS[name](frame)
    assert first.shape == frame.shape
    assert first.dtype == np.uint8
    assert (first == second).all()
    assert (frame == kept).all()


@pytest.mark.parametrize("name", LOOKS)
def test_looks_leave_no_picture_empty(name: str) -> None:
    made = LOOKS[name](scene(240, 360)).astype(float)
    assert made.std() > 12
    assert np.corrcoef(made.mean(2).ravel(), scene(240, 360).mean(2).ravel())[0, 1] > 0.3


def test_drawings_have_no_colour_and_cartoons_more() -> None:
    frame = scene(240, 360)

    def colour(made: np.ndarray) -> float:
        return float(np.ptp(made.astype(float), axis=2).mean())

    assert colour(LOOKS["pencil"](frame)) < 12
    assert colour(LOOKS["cartoon"](frame)) > 0.9 * colour(frame)


@pytest.mark.parametrize("name", ["ink", "cartoon", "oil", "pencil"])
def test_styles_do_not_boil(name: str) -> None:
    """Of a still scene under strong noise, much less changes from picture to picture."""
    noise = np.random.default_rng(2)
    clean = scene(144, 220).astype(float)
    frames = [
        np.clip(clean + noise.normal(0, 12, clean.shape), 0, 255).astype(np.uint8) for _ in range(7)
    ]
    alone = [LOOKS[name](frame).astype(float) for frame in frames]
    shot = (Picture(frame, Fraction(n, 25)) for n, frame in enumerate(frames))
    steady = [p.rgb.astype(float) for p in steady_shot(shot, LOOKS[name])]

    def change(made: list[np.ndarray]) -> float:
        return float(
            np.mean([np.abs(a - b).mean() for a, b in zip(made[3:], made[4:], strict=False)])
        )

    assert change(steady) < 0.65 * change(alone)


def test_what_moves_leaves_no_ghost() -> None:
    frames: list[np.ndarray] = []
    for number in range(8):
        frame = np.full((120, 200, 3), 230, np.uint8)
        cv2.rectangle(frame, (10 + 18 * number, 40), (40 + 18 * number, 80), (20, 30, 40), -1)
        frames.append(frame)
    made = list(steady_shot((Picture(f) for f in frames), lambda frame: frame))
    assert np.abs(made[-1].rgb.astype(int) - frames[-1])[:, :100].max() < 60
    assert np.abs(made[-1].rgb.astype(int) - frames[-1]).mean() < 2


def test_each_shot_begins_anew() -> None:
    dark, light = np.full((40, 60, 3), 20, np.uint8), np.full((40, 60, 3), 220, np.uint8)
    pictures = [Picture(dark), Picture(dark), Picture(light, shot=1)]
    made = list(steady_shot(iter(pictures), lambda frame: frame))
    assert (made[2].rgb == 220).all()


def test_strength_is_between_picture_and_style() -> None:
    frame, painted = np.full((4, 4, 3), 100, np.uint8), np.full((4, 4, 3), 200, np.uint8)
    assert mix(frame, painted, 0.25)[0, 0].tolist() == [125] * 3
    assert (mix(frame, painted, 1.0) == painted).all()


def test_pixels_are_large_few_coloured_and_still() -> None:
    clean = scene(264, 396)
    palette = pixel.find_palette([clean])
    noise = np.random.default_rng(0)
    frames = [
        np.clip(clean + noise.normal(0, 4, clean.shape), 0, 255).astype(np.uint8) for _ in range(5)
    ]
    made = list(pixel.paint_shot((Picture(frame) for frame in frames), palette, 1.0))
    assert len(np.unique(made[-1].rgb.reshape(-1, 3), axis=0)) <= 32
    assert (made[-1].rgb[::2, ::2] == made[-1].rgb[1::2, 1::2]).all()
    changed = (made[-1].rgb != made[-2].rgb).any(2).mean()
    alone = [next(pixel.paint_shot(iter([Picture(f)]), palette, 1.0)).rgb for f in frames[-2:]]
    assert changed < 0.5 * (alone[0] != alone[1]).any(2).mean()


def test_colours_move_to_those_of_a_picture() -> None:
    chance = np.random.default_rng(5)
    gray = chance.normal(120, 20, (80, 80, 1)) + chance.normal(0, 8, (80, 80, 3))
    warm = np.array([200, 140, 80]) + chance.normal(0, 15, (80, 80, 3))
    one, other = (np.clip(v, 0, 255).astype(np.uint8) for v in (gray, warm))
    cube = transfer.map_colours(transfer.measure([one]), transfer.measure([other]))
    made = Grader(cube)(one)
    assert np.abs(made.mean((0, 1)) - other.mean((0, 1))).max() < 10
    same = Grader(transfer.map_colours(transfer.measure([one]), transfer.measure([one])))(one)
    assert np.abs(same.astype(int) - one).max() <= 3


def test_monge_moves_one_covariance_onto_the_other() -> None:
    chance = np.random.default_rng(1)
    one = np.cov(chance.normal(size=(3, 50)))
    other = np.cov(chance.normal(size=(3, 50)))
    matrix = transfer.monge(one, other)
    assert np.allclose(matrix @ one @ matrix.T, other, atol=1e-9)
    assert np.allclose(matrix, matrix.T)


def test_lab_there_and_back() -> None:
    colours = grid(9)
    assert np.abs(transfer.to_rgb(transfer.to_lab(colours)) - colours).max() < 1e-6
    white = transfer.to_lab(np.ones((1, 3)))[0]
    assert np.allclose(white, [100, 0, 0], atol=0.01)


@settings(max_examples=20, deadline=None)
@given(
    size=st.integers(2, 5),
    seed=st.integers(0, 99),
    flat=st.booleans(),
    title=st.text(st.characters(blacklist_categories=("C", "Z"), blacklist_characters='"#')),
)
def test_cubes_are_read_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory, size: int, seed: int, flat: bool, title: str
) -> None:
    shape = (size, 3) if flat else (size, size, size, 3)
    table = np.random.default_rng(seed).random(shape).astype(np.float32)
    path = tmp_path_factory.mktemp("cube") / "a.cube"
    write_cube(Cube(table, (0.0, 0.0, 0.0), (1.0, 1.0, 2.0), title), path)
    again = read_cube(path)
    assert np.abs(again.table - table).max() < 1e-6
    assert (again.high, again.title) == ((1.0, 1.0, 2.0), title)


def test_a_cube_looks_up_between_its_colours(tmp_path: Path) -> None:
    swapped = cube_of(grid(5)[:, [2, 1, 0]])
    frame = scene(30, 40)
    made = Grader(swapped)(frame)
    assert np.abs(made.astype(int) - frame[..., ::-1]).max() <= 1
    half = Grader(swapped, 0.5)(frame).astype(float)
    assert np.abs(half - (frame.astype(float) + frame[..., ::-1]) / 2).max() <= 1.5
    text = '# made by hand\nTITLE "x"\nLUT_1D_SIZE 2\n1 1 1\n0 0 0\n'
    (tmp_path / "negative.cube").write_text(text)
    negative = Grader(read_cube(tmp_path / "negative.cube"))(frame)
    assert np.abs(negative.astype(int) - (255 - frame.astype(int))).max() <= 1


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("hello", ":1", "does not say its size"),
        ("LUT_3D_SIZE two", ":1", "no size from 2"),
        ("LUT_3D_SIZE 999", ":1", "no size from 2"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1", ":3", "3 numbers"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 nan", ":3", "3 numbers"),
        ("LUT_1D_SIZE 2\n0 0 0", "", "cut short"),
        ("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n1 1 1", ":4", "more colours"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\n0 0 0\n1 1 1", "", "where it ends"),
    ],
)
def test_what_is_no_lut_is_told_by_line(tmp_path: Path, text: str, where: str, words: str) -> None:
    path = tmp_path / "bad.cube"
    path.write_text(text)
    with pytest.raises(InputError, match=words) as caught:
        read_cube(path)
    assert caught.value.where == f"{path}{where}"
    path.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(InputError, match="no text"):
        read_cube(path)


def look_at(frame: np.ndarray, path: Path) -> Look:
    Image.fromarray(frame).save(path)
    facts = MediaFacts(kind="picture", seconds=0, width=frame.shape[1], height=frame.shape[0])
    steps = Steps(Store(path.parent / "store"))
    return Look(path, facts, [[Picture(frame)]], (), 1.0, steps)


@pytest.mark.parametrize("name", NAMES)
def test_styles_are_planned_by_name(name: str, tmp_path: Path) -> None:
    frame = scene()
    step = plan_style(look_at(frame, tmp_path / "a.png"), Order(style=name, strength=0.5))
    assert not step.synthesises
    assert name in step.told()
    assert "50%" in step.told()
    (made,) = step.run(iter([Picture(frame)]))
    assert made.rgb.shape == frame.shape
    assert (made.rgb != frame).any()
    assert step.key() != plan_style(look_at(frame, tmp_path / "a.png"), Order(style=name)).key()


def test_a_picture_and_a_lut_are_styles(tmp_path: Path) -> None:
    frame = scene()
    look = look_at(frame, tmp_path / "a.png")
    Image.fromarray(draw_picture(4, 60, 60)).save(tmp_path / "warm.jpg")
    (made,) = plan_style(look, Order(style=str(tmp_path / "warm.jpg"))).run(iter([Picture(frame)]))
    assert (made.rgb != frame).any()
    write_cube(cube_of(grid(3)), tmp_path / "plain.cube")
    step = plan_style(look, Order(style=str(tmp_path / "plain.cube")))
    (same,) = step.run(iter([Picture(frame)]))
    assert np.abs(same.rgb.astype(int) - frame).max() <= 1


def test_what_is_no_style_is_refused(tmp_path: Path) -> None:
    look = look_at(scene(), tmp_path / "a.png")
    text = tmp_path / "style.jpg"
    text.write_text("paint it black")
    with pytest.raises(InputError, match="is no picture") as caught:
        plan_style(look, Order(style=str(text)))
    assert caught.value.where == str(text)
    with pytest.raises(InputError, match='no style "inc"') as caught:
        plan_style(look, Order(style="inc"))
    assert "ink" in (caught.value.hint or "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ModelError, match="no model folder"):
        plan_style(look, Order(style=str(tmp_path / "folder")))
