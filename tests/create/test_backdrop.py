"""A picture or clip behind drawn scenes: readable on, wandering, looping."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import FootageError
from reelwright.core.nouns import Format
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.cover import draw_cover
from reelwright.create.scenes.backdrop import ClipDrop, veil
from reelwright.create.scenes.base import content_box
from reelwright.create.themes import load_theme, theme_names
from reelwright.create.themes.contrast import READABLE, contrast
from reelwright.learn.features.textures import draw, paint
from reelwright.learn.images.drawing import write_loop

SMALL = Format(width=180, height=320, rate=Fraction(10))
STARK = np.array([[0, 0, 0], [120, 60, 200], [255, 255, 255]])


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As hard to read on as can be: black, white and a strong colour, finely mixed."""
    path = tmp_path_factory.mktemp("pictures") / "marble.png"
    field = draw("marble", 200, 200, np.random.default_rng(1))
    Image.fromarray(paint(field, STARK)).save(path)
    return path


def frame_of(scene: Scene, number: int = 0) -> np.ndarray:
    drawn = scenes.paint(scene, SMALL, 30, number, number + 1, Path("/"))
    return next(iter(drawn))[..., 2::-1].copy()


def scene_on(path: Path, theme: str = "night", text: str = "茶") -> Scene:
    params = {"text": text, "background": str(path)}
    return Scene(name="statement", theme=theme, params=params, seed=5)


@pytest.mark.parametrize("theme", theme_names())
def test_text_can_be_read_on_whatever_stands_behind_it(theme: str, picture: Path) -> None:
    frame = frame_of(scene_on(picture, theme))
    box, palette = content_box(SMALL), load_theme(theme).palette
    # Before anything came in, the background alone is there.
    part = frame[int(box.top) : int(box.bottom), int(box.left) : int(box.right)].reshape(-1, 3)
    for ink in (palette.text, palette.muted, palette.accent):
        for edge in np.percentile(part, (2, 98), axis=0):
            shade = "#" + "".join(f"{int(value):02x}" for value in edge)
            assert contrast(ink, shade) >= READABLE - 0.15, (ink, shade)


def test_the_picture_is_seen_and_wanders(picture: Path) -> None:
    plain = Scene(name="statement", theme="night", params={"text": "茶"}, seed=5)
    first, later = frame_of(scene_on(picture)), frame_of(scene_on(picture), 25)
    assert np.abs(first.astype(int) - frame_of(plain)).mean() > 4
    # The text stands still in the middle; what is at the foot is background alone.
    assert np.abs(first[250:].astype(int) - later[250:]).mean() > 0.5
    assert first[250:].std() > 5


def test_a_veil_is_as_thin_as_it_may_be(picture: Path) -> None:
    night = load_theme("night")
    dark, white = np.full((64, 64, 3), 12, np.uint8), np.full((64, 64, 3), 255, np.uint8)
    assert veil(dark, night) == 0
    assert 0.5 < veil(white, night) < 0.9
    assert veil(white, load_theme("calm")) < veil(dark, load_theme("calm"))


def test_a_clip_plays_around_and_around(tmp_path: Path) -> None:
    shades = [np.full((160, 90, 3), 20 * number, np.uint8) for number in range(10)]
    path = tmp_path / "loop.mp4"
    write_loop(iter(shades), (90, 160), Fraction(10), path, "")
    drop = ClipDrop(path, SMALL, load_theme("night"), seed=0)
    seen: list[int] = []
    for number in range(25):
        drop.place(number / 10)
        assert drop._film is not None
        seen.append(int(drop._film.image.toarray()[80, 45, 0]))
    assert np.abs(np.array(seen[:10]) - 20 * np.arange(10)).max() <= 4
    assert seen[10:20] == seen[:10]
    one, other = frame_of(scene_on(path), 1), frame_of(scene_on(path), 4)
    assert np.abs(one[250:].astype(int) - other[250:]).mean() > 1


def test_a_file_that_cannot_be_shown_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nno more")
    with pytest.raises(FootageError, match=r"broken\.png"):
        frame_of(scene_on(broken))


def test_drawn_covers_stand_on_it_too(tmp_path: Path, picture: Path) -> None:
    for name, own in (("plain", None), ("own", picture)):
        draw_cover("隔夜茶", SMALL, "night", tmp_path / f"{name}.jpg", background=own)
    plain, own = (np.asarray(Image.open(tmp_path / f"{n}.jpg")) for n in ("plain", "own"))
    assert np.abs(plain.astype(int) - own).mean() > 4
