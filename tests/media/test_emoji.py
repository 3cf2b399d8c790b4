"""Emoji: found in a text whole, drawn in colour, left out where nothing can draw them."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from reelwright.media import drawing, emoji, fonts
from reelwright.media.drawing import Type
from reelwright.media.textwidth import ems


def test_sequences_stay_whole_and_the_pieces_are_the_text():
    text = "茶🍵好👨‍👩‍👧 🇨🇳 1️⃣ 👍🏽 ❤️ ☕ ok © 3 ❤ ™"
    pieces = emoji.split(text)
    assert "".join(part for part, _ in pieces) == text
    found = [part for part, is_emoji in pieces if is_emoji]
    assert found == ["🍵", "👨‍👩‍👧", "🇨🇳", "1️⃣", "👍🏽", "❤️", "☕"]
    assert emoji.without("好茶🍵！ ☕ ok") == "好茶！ ok"


@pytest.mark.parametrize("one", ["🍵", "👨‍👩‍👧", "🇨🇳", "1️⃣", "👍🏽"])
def test_an_emoji_is_drawn_in_colour_inside_its_room(tmp_path, one):
    assert emoji.can_draw(one)
    emoji.write_picture(one, 66, tmp_path / "e.png")
    with Image.open(tmp_path / "e.png") as image:
        pixels = np.asarray(image.convert("RGBA"))
    assert pixels.shape == (80, 80, 4)
    rows, columns = np.nonzero(pixels[..., 3] > 40)
    tall = max(rows.max() - rows.min(), columns.max() - columns.min())
    assert 0.9 * 66 <= tall <= 1.1 * 66


def test_sequences_are_single_pictures_of_their_own(tmp_path):
    for name, one in (("a", "👍"), ("b", "👍🏽"), ("c", "👨"), ("d", "👨‍👩‍👧")):
        emoji.write_picture(one, 40, tmp_path / f"{name}.png")
    drawn = [(tmp_path / f"{name}.png").read_bytes() for name in "abcd"]
    assert len(set(drawn)) == 4


def test_scenes_draw_emoji_in_colour_and_measure_their_room():
    kind = Type(language="zh")
    assert drawing.measure("茶🍵", kind) == pytest.approx(1 + emoji.WIDTH, abs=0.02)
    assert ems("茶🍵", weight=700) == pytest.approx(1 + emoji.WIDTH, abs=0.02)
    pixels = np.zeros((100, 300, 4), np.uint8)
    canvas = drawing.buffer_surface(pixels).getCanvas()
    end = drawing.draw_text(canvas, "茶🍵茶", 10, 70, 60, kind, drawing.paint("#ffffff"))
    assert end == pytest.approx(10 + 60 * (2 + emoji.WIDTH), abs=2)
    spread = pixels[..., :3].astype(int).max(-1) - pixels[..., :3].astype(int).min(-1)
    columns = np.nonzero((spread > 60).any(axis=0))[0]
    assert 70 <= columns.min() < columns.max() <= 144


def test_without_a_colour_font_emoji_are_left_out_and_text_stands(tmp_path, monkeypatch):
    (_, font), *_ = fonts.covering("a", language="en")
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / font.path.name).symlink_to(font.path)
    monkeypatch.setenv("REEL_FONT_DIRS", str(tmp_path / "fonts"))
    fonts.forget()
    caches = (emoji.can_draw, ems, drawing.measure, drawing._runs)
    try:
        for cache in caches:
            cache.cache_clear()
        assert not emoji.can_draw("🍵")
        assert emoji.drawable("tea 🍵 time") == "tea time"
        kind = Type(language="en")
        assert drawing.measure("tea🍵", kind) == drawing.measure("tea", kind)
        assert ems("tea🍵", language="en") == ems("tea", language="en")
    finally:
        monkeypatch.undo()
        fonts.forget()
        for cache in caches:
            cache.cache_clear()
