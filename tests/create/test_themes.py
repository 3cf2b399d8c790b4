"""Themes: data that is checked, backgrounds that move and stay readable, a brand's own colours."""

from __future__ import annotations

import time

import numpy as np
import pytest

from reelwright.core.errors import SettingError
from reelwright.core.nouns import Format
from reelwright.core.settings import StyleSettings
from reelwright.core.timeline import CAPTION_STYLES
from reelwright.create.scenes.background import Ground
from reelwright.create.scenes.base import content_box
from reelwright.create.themes import chosen, load_theme, theme_names
from reelwright.create.themes.contrast import contrast, mix
from reelwright.media.drawing import buffer_surface

SMALL = Format(width=270, height=480)
BRANDS = ["brand:#e60012,#ffffff", "brand:#0a84ff,#ffd60a", "brand:#ffffff,#e60012"]
ALL = [*theme_names(), *BRANDS]


def drawn(name: str, seed: int, seconds: float, format: Format = SMALL) -> np.ndarray:
    pixels = np.zeros((format.height, format.width, 4), np.uint8)
    surface = buffer_surface(pixels)
    ground = Ground(format, load_theme(name), seed)
    ground.draw(surface.getCanvas(), ground.place(seconds))
    return pixels


def test_there_are_enough_themes():
    wanted = {"night", "ink", "calm", "pop", "terminal", "kitchen", "brand"}
    assert wanted <= set(theme_names())


@pytest.mark.parametrize("name", ALL)
def test_colours_can_be_read_on_each_other(name):
    theme = load_theme(name)
    palette, captions = theme.palette, theme.captions
    for colour in (palette.text, palette.muted, palette.accent, palette.second):
        assert contrast(colour, palette.ground) >= 4.5
        # A card may let the ground through, and text stands on it as well.
        card = palette.card
        seen = mix(palette.ground, card[:7], int(card[7:] or "ff", 16) / 255)
        assert contrast(colour, seen) >= 4.5, (colour, seen)
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    assert contrast(captions.fill, captions.outline) >= 4.5
    assert contrast(captions.highlight, captions.outline) >= 4.5


@pytest.mark.parametrize("name", ALL)
def test_text_can_be_read_on_the_drawn_background_at_any_time(name):
    palette = load_theme(name).palette
    box = content_box(SMALL)
    for seed, seconds in ((0, 0.0), (3, 2.5), (4, 7.0), (9, 31.0)):
        frame = drawn(name, seed, seconds)
        part = frame[int(box.top) : int(box.bottom), int(box.left) : int(box.right), 2::-1]
        pixels = part.reshape(-1, 3)
        ends = [np.percentile(pixels, share, axis=0) for share in (1, 99)]
        for colour in (palette.text, palette.muted, palette.accent, palette.second):
            for end in ends:
                shade = "#" + "".join(f"{int(value):02x}" for value in end)
                assert contrast(colour, shade) >= 4.5, (colour, shade, seed)


@pytest.mark.parametrize("name", theme_names())
def test_backgrounds_move_and_are_always_the_same(name):
    frames = [drawn(name, 5, seconds) for seconds in (0.0, 1.0, 0.0)]
    assert (frames[0][..., 3] == 255).all()
    assert np.array_equal(frames[0], frames[2])
    assert not np.array_equal(frames[0], frames[1])
    assert not np.array_equal(frames[0], drawn(name, 6, 0.0))


@pytest.mark.parametrize("name", theme_names())
def test_a_background_costs_few_milliseconds_a_frame(name):
    format = Format(width=1080, height=1920)
    pixels = np.zeros((1920, 1080, 4), np.uint8)
    surface = buffer_surface(pixels)
    ground = Ground(format, load_theme(name), 1)
    ground.draw(surface.getCanvas(), ground.place(0.0))
    began = time.process_time()
    for number in range(12):
        ground.draw(surface.getCanvas(), ground.place(number / 30))
    assert (time.process_time() - began) / 12 < 0.02, "several times what it is on a quiet core"


@pytest.mark.parametrize("name", theme_names())
def test_what_a_theme_names_exists(name):
    from reelwright.create.music.moods import find_mood

    theme = load_theme(name)
    assert theme.captions.style in CAPTION_STYLES
    assert find_mood(theme.sound.mood)
    assert theme.transitions["cut"] == max(theme.transitions.values())
    assert len(theme.transitions) >= 4


def test_a_brand_takes_two_colours():
    style = StyleSettings(theme="brand", colours=("#0A3D62", "fd0"))
    assert chosen(style) == "brand:#0a3d62,#ffdd00"
    palette = load_theme(chosen(style)).palette
    assert (palette.ground, palette.accent) == ("#0a3d62", "#ffdd00")
    assert chosen(StyleSettings(theme="brand", colours=("#0a3d62, #ffdd00",))) == chosen(style)
    assert chosen(StyleSettings(theme="brand")) == "brand"
    assert chosen(StyleSettings(theme="ink", colours=("#0a3d62", "#fd0"))) == "ink"


@pytest.mark.parametrize(
    ("colours", "says"),
    [
        (("#777777", "#888888"), "cannot be read together"),
        (("#e60012",), "two colours"),
        (("#e60012", "red"), '"red" is not a colour'),
        (("#000000", "#101010"), "cannot be read together"),
    ],
)
def test_colours_that_do_not_work_say_why(colours, says):
    with pytest.raises(SettingError, match=says) as caught:
        chosen(StyleSettings(theme="brand", colours=colours))
    assert caught.value.hint
    assert caught.value.where == "setting style.colours"


def test_an_unknown_theme_names_the_nearest():
    with pytest.raises(SettingError, match="kitchen"):
        load_theme("kitchn")
    with pytest.raises(SettingError):
        load_theme("ink:#000000,#ffffff")
    with pytest.raises(SettingError):
        load_theme("brand:#000000")
