"""Stickers and logos: small things of the person's own on a scene."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import FootageError, MissingExtra
from reelwright.core.nouns import Format, Line, Sticker
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.scenes.sticker import check_sticker
from reelwright.media.drawing import buffer_surface

STAR = Path(__file__).with_name("star.json")
SMALL = Format(width=270, height=480)


def painted(**params) -> list[np.ndarray]:
    scene = Scene(name="statement", theme="night", params={"text": "好茶", **params}, seed=3)
    return [buffer.copy() for buffer in scenes.paint(scene, SMALL, 90, 60, 66, STAR.parent)]


def test_a_sticker_plays_on_when_the_scene_has_settled():
    plain = painted()
    shown = painted(sticker={"file": STAR.name, "at": "bottom-left", "size": 0.3})
    again = painted(sticker={"file": STAR.name, "at": "bottom-left", "size": 0.3})
    assert all(np.array_equal(a, b) for a, b in zip(shown, again, strict=True))
    assert len({frame.tobytes() for frame in shown}) == len(shown)
    assert all((frame[..., 3] == 255).all() for frame in shown)
    where = np.argwhere((plain[0] != shown[0]).any(-1))
    top, left = where.min(0)
    bottom, right = where.max(0)
    assert left < 40
    assert right < 120
    assert top > 200
    assert bottom < 330
    # It is the star's own yellow.
    middle = shown[0][(top + bottom) // 2, (left + right) // 2]
    assert middle[2] > 240
    assert middle[0] < 80


def test_a_line_names_its_sticker_shortly_or_at_length():
    assert Line.model_validate({"say": "茶", "sticker": "a.json"}).sticker == Sticker(file="a.json")
    long = {"file": "a.json", "at": "centre", "size": 0.5}
    assert Line.model_validate({"say": "茶", "sticker": long}).sticker == Sticker(**long)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "not there"),
        ("nonsense", "not JSON"),
        ("[1]", "not a Lottie"),
        ('{"w":0,"h":9,"fr":30,"ip":0,"op":60,"layers":[{}]}', "not a Lottie"),
        ('{"w":9,"h":9,"fr":30,"ip":0,"op":60,"layers":[]}', "without layers"),
    ],
)
def test_what_cannot_be_played_is_named(tmp_path, content, says):
    path = tmp_path / "bad.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(FootageError, match=says) as caught:
        check_sticker(path)
    assert "bad.json" in str(caught.value)


def test_without_the_player_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("reelwright.create.scenes.sticker.find_spec", lambda name: None)
    assert importlib.util.find_spec("rlottie_python")
    with pytest.raises(MissingExtra, match="stickers"):
        check_sticker(STAR)


def test_a_logo_stands_above_the_content(tmp_path):
    logo = Image.new("RGBA", (400, 100), (0, 0, 0, 0))
    logo.paste((255, 40, 40, 255), (0, 0, 400, 60))
    logo.save(tmp_path / "logo.png")
    plain, shown = painted(), painted(logo=str(tmp_path / "logo.png"))
    where = np.argwhere((plain[0] != shown[0]).any(-1))
    assert where.max(0)[0] < 480 * 0.12
    assert where.max(0)[1] <= 270 * 0.92 + 1
    red = shown[0][tuple(where.mean(0).astype(int))]
    assert red[2] > 240
    assert red[1] < 60
    (tmp_path / "bad.png").write_bytes(b"no picture")
    with pytest.raises(FootageError, match=r"bad\.png"):
        painted(logo=str(tmp_path / "bad.png"))


@pytest.mark.parametrize(
    "text", ["好茶", "为什么隔夜茶不能喝？真相和你想的不一样", "茶要密封，" * 8]
)
@pytest.mark.parametrize("size", [(540, 960), (960, 540), (540, 540)])
def test_left_to_itself_a_sticker_keeps_off_the_text(text, size):
    format = Format(width=size[0], height=size[1])
    for name in ("hook", "statement"):
        params = {"text": text, "sticker": {"file": STAR.name, "size": 0.3}}
        scene = Scene(name=name, theme="pop", params=params, seed=0)
        drawn = scenes.compose(scene, format, STAR.parent)
        assert drawn.sticker is not None
        pixels = np.zeros((size[1], size[0], 4), np.uint8)
        drawn.sticker(buffer_surface(pixels).getCanvas(), 0.6)
        seen = pixels[..., 3] > 0
        under = sum(
            seen[int(box.top) : int(box.bottom), int(box.left) : int(box.right)].sum()
            for _, box in drawn.boxes
        )
        assert seen.sum() > 400
        assert under < 0.15 * seen.sum(), (name, text, size)
