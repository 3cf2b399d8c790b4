"""Fonts: found, remembered, chosen by coverage, cut where only a variable one is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from reelwright.core.errors import FontError
from reelwright.media import fonts
from reelwright.media.fontscan import scan

CHINESE = "这们来说国为问题网络视频隔夜茶"
LATIN = "".join(chr(code) for code in range(0x20, 0x7F))


def build(path: Path, family: str, text: str, *, weight: int = 400, variable: bool = False) -> Path:
    """A font whose every glyph is a box; for a variable one the box grows with the weight."""

    def glyph(width: int):
        pen = TTGlyphPen(None)
        pen.moveTo((100, 0))
        pen.lineTo((100, 700))
        pen.lineTo((100 + width, 700))
        pen.lineTo((100 + width, 0))
        pen.closePath()
        return pen.glyph()

    names = [".notdef", *(f"u{ord(char):05X}" for char in text)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(char): f"u{ord(char):05X}" for char in text})
    builder.setupGlyf({name: glyph(200) for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (800, 100)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    if variable:
        builder.setupFvar([("wght", 100, 100, 900, "Weight")], [])
        from fontTools.ttLib.tables.TupleVariation import TupleVariation

        shift = [(0, 0), (0, 0), (300, 0), (300, 0), (0, 0), (0, 0), (0, 0), (0, 0)]
        builder.setupGvar({name: [TupleVariation({"wght": (0, 1, 1)}, shift)] for name in names})
    builder.setupOS2(usWeightClass=100 if variable else weight, sTypoAscender=800)
    builder.setupPost()
    path.parent.mkdir(parents=True, exist_ok=True)
    builder.save(path)
    return path


@pytest.fixture
def only(monkeypatch, tmp_path):
    """Restricts the search to a folder, with a home of its own."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    monkeypatch.setenv("REEL_FONT_DIRS", str(folder))
    monkeypatch.setenv("REEL_HOME", str(tmp_path / "home"))
    fonts.forget()
    yield folder
    fonts.forget()


def test_a_chinese_text_takes_its_latin_letters_from_the_chinese_font(only):
    build(only / "a.ttf", "Inter", LATIN)
    build(only / "b.ttf", "Noto Sans CJK SC", LATIN + CHINESE)
    assert [(t, f.family) for t, f in fonts.covering("茶 Tea 5%")] == [
        ("茶 Tea 5%", "Noto Sans CJK SC")
    ]
    runs = fonts.covering("Tea 茶 5%", language="en")
    assert [(t, f.family) for t, f in runs] == [
        ("Tea ", "Inter"),
        ("茶 ", "Noto Sans CJK SC"),
        ("5%", "Inter"),
    ]


def test_the_asked_family_comes_first_and_falls_back_by_character(only):
    build(only / "a.ttf", "Hand", "茶说" + LATIN)
    build(only / "b.ttf", "Noto Sans CJK SC", LATIN + CHINESE)
    runs = fonts.covering("说视频", family="hand")
    assert [(t, f.family) for t, f in runs] == [("说", "Hand"), ("视频", "Noto Sans CJK SC")]


def test_the_nearest_weight_is_taken(only):
    build(only / "r.ttf", "Inter", LATIN)
    build(only / "b.ttf", "Inter", LATIN, weight=700)
    assert fonts.covering("A", weight=900, language="en")[0][1].weight == 700
    assert fonts.covering("A", weight=300, language="en")[0][1].weight == 400


def test_missing_characters_are_named_with_advice(only):
    build(only / "a.ttf", "Inter", LATIN)
    with pytest.raises(FontError) as caught:
        fonts.covering("Tea 茶茶说")
    assert "茶 说" in caught.value.message
    assert "reel doctor" in (caught.value.hint or "")


def test_an_unknown_family_is_named_with_the_nearest(only):
    build(only / "a.ttf", "Inter", LATIN)
    with pytest.raises(FontError, match="Intr"):
        fonts.covering("A", family="Intr")


def test_no_font_at_all_is_an_error(only):
    with pytest.raises(FontError):
        fonts.covering("A")
    with pytest.raises(FontError):
        fonts.covering(" ")
    assert fonts.covering("") == []


def test_damaged_files_are_passed_over(only):
    good = build(only / "a.ttf", "Inter", LATIN)
    (only / "b.ttf").write_bytes(good.read_bytes()[:300])
    (only / "c.otf").write_bytes(b"not a font at all")
    (only / "d.ttc").write_bytes(b"")
    assert fonts.covering("A", language="en")[0][1].path == good


def test_invisible_characters_stay_with_what_they_follow(only):
    build(only / "a.ttf", "Inter", LATIN)
    assert "".join(t for t, _ in fonts.covering("a\u200db\ufe0f\n c", language="en")) == (
        "a\u200db\ufe0f\n c"
    )


def test_a_variable_font_is_cut_only_when_there_is_no_other(only):
    build(only / "v.ttf", "Noto Sans SC", LATIN + CHINESE, variable=True)
    run = fonts.covering("茶", weight=700)[0][1]
    assert (run.weight, run.family) == (700, "Noto Sans SC Bold")
    assert run.path.is_file()
    assert run.path.parent == Path(os.environ["REEL_HOME"]) / "fonts"
    before = run.path.stat().st_mtime_ns
    fonts.forget()
    assert fonts.covering("茶", weight=700)[0][1].path.stat().st_mtime_ns == before
    build(only / "s.ttf", "Noto Sans SC", LATIN + CHINESE)
    fonts.forget()
    assert fonts.covering("茶", weight=700)[0][1].path == only / "s.ttf"


def test_what_was_read_is_remembered_until_the_file_changes(tmp_path):
    memory = tmp_path / "cache" / "fonts.json"
    path = build(tmp_path / "f" / "a.ttf", "Inter", LATIN)
    first = scan([tmp_path / "f"], tmp_path, memory)
    stamp = memory.stat().st_mtime_ns
    assert scan([tmp_path / "f"], tmp_path, memory) == first
    assert memory.stat().st_mtime_ns == stamp
    build(path, "Roboto", LATIN)
    os.utime(path, ns=(1, 1))
    assert scan([tmp_path / "f"], tmp_path, memory)[0].name == "Roboto"


def test_links_lead_to_the_files(only, tmp_path):
    build(only / "a.ttf", "Inter", LATIN)
    font = fonts.covering("A", language="en")[0][1]
    fonts.link_fonts([font, font], tmp_path / "links")
    fonts.link_fonts([font], tmp_path / "links")
    (link,) = (tmp_path / "links").iterdir()
    assert link.read_bytes() == font.path.read_bytes()


def test_it_needs_no_skia():
    code = "import sys, reelwright.media.fonts; print('skia' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert answer.stdout.strip() == b"False"
