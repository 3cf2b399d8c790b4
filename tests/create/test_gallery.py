"""The gallery: every scene has its cells, the page shows them, mistakes are named."""

from __future__ import annotations

import json
import re

import pytest
from PIL import Image

from reelwright.core.errors import ScriptError, SettingError
from reelwright.core.nouns import SIZES
from reelwright.create import gallery, scenes
from reelwright.create.themes import theme_names


def test_every_scene_is_shown_in_every_theme_format_and_language():
    shown = list(gallery.cells())
    assert {cell.scene for cell in shown} == set(scenes.names())
    assert len(shown) == len(scenes.names()) * len(theme_names()) * len(SIZES) * 2
    assert len({cell.name for cell in shown}) == len(shown)


@pytest.mark.parametrize("scene", scenes.names())
@pytest.mark.parametrize("language", ["zh", "en"])
def test_samples_are_parameters_the_scene_takes(scene, language):
    params = gallery.sample(scene, language)
    assert params is not None, "give it a line in LINES, or parameters in _GIVEN"
    scenes.check(scene, params)


def test_the_page_and_its_pictures(tmp_path):
    told: list[tuple[int, int]] = []
    page = gallery.draw_gallery(
        tmp_path / "g",
        themes=["ink"],
        names=["hook", "picture"],
        shapes=["16:9"],
        jobs=1,
        on_cell=lambda done, total: told.append((done, total)),
    )
    text = page.read_text("utf-8")
    facts = json.loads(re.search(r"const facts = (\{.*\});", text)[1].replace("<\\/", "</"))
    assert told[-1] == (4, 4)
    assert len(facts["cells"]) == 4
    for *_, file in facts["cells"]:
        with Image.open(page.parent / file) as picture:
            assert picture.size == (640, 360)
    assert facts["scenes"]["hook"].startswith("The title")
    assert "http" not in re.sub(r"<!doctype.*?>", "", text), "the page needs nothing from outside"
    first = (page.parent / facts["cells"][0][4]).read_bytes()
    gallery.draw_gallery(tmp_path / "h", themes=["ink"], names=["hook"], shapes=["16:9"], jobs=1)
    assert (tmp_path / "h" / facts["cells"][0][4]).read_bytes() == first


def test_what_there_is_not_is_named():
    with pytest.raises(SettingError, match="ink"):
        list(gallery.cells(themes=["inc"]))
    with pytest.raises(ScriptError, match="hook"):
        list(gallery.cells(names=["hok"]))
    with pytest.raises(ScriptError, match="16:9"):
        list(gallery.cells(shapes=["16:10"]))
