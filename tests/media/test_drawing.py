"""Setting text and drawing it: line breaks, sizes, easing. Letters are pixels where they can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.media import drawing, easing
from reelwright.media.typesetting import CLOSING, OPENING, Token, break_lines, set_text, tie


def ems(text: str) -> float:
    """One em a Chinese character, half of one any other."""
    return sum(1.0 if ord(char) > 0x2E80 else 0.5 for char in text)


def lines_of(words: list[str], width: float) -> list[str]:
    return [
        "".join(token.text for token in line).rstrip()
        for line in break_lines([Token(word) for word in words], ems, width)
    ]


def test_lines_are_balanced():
    assert lines_of(["喝", "好茶", "常", "有", "好", "水"], 6) == ["喝好茶常", "有好水"]


def test_lines_end_at_pauses():
    words = ["有", "好", "茶", "喝，", "会", "喝", "好", "茶，", "是", "清福"]
    assert lines_of(words, 10) == ["有好茶喝，", "会喝好茶，是清福"]


def test_words_that_belong_together_stay_together():
    words = ["怕", "的", "是", "不", "干净", "的", "杯子"]
    assert lines_of(words, 6) == ["怕的是", "不干净的杯子"]
    assert lines_of(["Why ", "is ", "it ", "in ", "the ", "morning"], 8)[-1] == "in the morning"


def test_letters_shrink_a_little_so_that_lines_end_at_pauses():
    words = ["茶", "不", "怕", "隔夜，", "怕", "的", "是", "不", "干净", "的", "杯子。"]
    setting = set_text([Token(word) for word in words], ems, (900, 900), largest=100, smallest=30)
    assert ["".join(t.text for t in line) for line in setting.lines] == [
        "茶不怕隔夜，",
        "怕的是不干净的杯子。",
    ]


def test_latin_words_shrink_before_they_are_cut():
    words = [Token(word) for word in ("Why ", "does ", "chrysanthemum ", "tea ", "taste?")]
    setting = set_text(words, ems, (300, 900), largest=200, smallest=20, most_lines=3)
    shown = "".join(t.text for line in setting.lines for t in line if not t.text.endswith("…"))
    assert any("chrysanthemum" in t.text for line in setting.lines for t in line), shown


def test_straight_quotation_marks_keep_to_what_they_quote():
    tied = tie([Token("say "), Token('"'), Token("never", True), Token('" '), Token("again")])
    assert [token.text for token in tied] == ["say ", '"never" ', "again"]


def test_punctuation_stays_with_its_word():
    assert [token.text for token in tie([Token("茶"), Token("，"), Token("“"), Token("好")])] == [
        "茶，",
        "“好",
    ]
    for line in lines_of(["他", "说", "：", "“", "茶", "好", "”", "。"], 3):
        assert line[0] not in CLOSING
        assert line[-1] not in OPENING


def test_english_breaks_at_spaces_and_words_stay_whole():
    words = ["Never ", "drink ", "tea ", "left ", "overnight"]
    assert lines_of(words, 6) == ["Never drink", "tea left", "overnight"]


def test_a_word_wider_than_the_line_is_split():
    assert lines_of(["abcdefghijkl"], 3) == ["abcdef", "ghijkl"]


def test_no_line_holds_a_single_character():
    assert all(len(line) > 1 for line in lines_of(list("隔夜茶不能喝吗"), 3.2))


def test_text_is_as_large_as_the_box_allows():
    words = [Token(word) for word in ("隔夜茶", "不能喝")]
    large = set_text(words, ems, (400, 400), largest=200, smallest=20)
    assert 100 < large.size <= 400 / 3
    assert large.width <= 400
    assert large.height <= 400
    small = set_text(words, ems, (400, 60), largest=200, smallest=20)
    assert small.size <= 60


def test_what_fits_nowhere_is_cut():
    words = [Token("很长的话") for _ in range(40)]
    cut = set_text(words, ems, (200, 60), largest=80, smallest=40)
    assert cut.lines[-1][-1].text.endswith("…")
    assert cut.width <= 200
    assert cut.height <= 60


def test_nothing_sets_as_nothing():
    assert set_text([], ems, (100, 100), largest=40, smallest=10).lines == ()


@given(
    st.lists(st.text("茶好喝ab ，。“”", min_size=1, max_size=6), min_size=1, max_size=20),
    st.integers(120, 900),
)
def test_whatever_is_set_stays_in_the_box(words, width):
    setting = set_text([Token(word) for word in words], ems, (width, 500), largest=90, smallest=12)
    assert setting.width <= width + 1
    assert setting.height <= 500 + 1e-6
    shown = "".join(token.text for line in setting.lines for token in line)
    assert "…" in shown or shown.strip() == "".join(words).strip()


@pytest.mark.parametrize(
    "ease",
    [easing.cubic_out, easing.quint_out, easing.cubic_in_out, easing.back_out, easing.spring],
)
def test_easing_goes_from_nothing_to_all(ease):
    assert ease(0) == pytest.approx(0, abs=1e-9)
    assert ease(1) == pytest.approx(1, abs=1e-9)
    assert all(-0.2 < ease(x / 50) < 1.3 for x in range(51))


def test_progress_is_clamped():
    assert [easing.progress(now, 1, 2) for now in (0, 2, 9)] == [0, 0.5, 1]
    assert easing.progress(1, 1, 0) == 1


def test_measured_and_drawn_widths_agree():
    kind = drawing.Type(language="en")
    line = (Token("Tea "), Token("time", strong=True))
    picture = drawing.text_picture(line, 10, 100, 80, kind, "#ffffff", strong="#ff0000")
    pixels = np.asarray(picture.image.toarray())
    columns = np.flatnonzero(pixels[..., 3].any(axis=0)) + picture.x
    assert columns[0] == pytest.approx(picture.ink.left, abs=2)
    assert columns[-1] == pytest.approx(picture.ink.right, abs=2)
    width = drawing.measure("Tea time", kind) * 80
    assert 10 + width == pytest.approx(picture.ink.right, abs=8)
    red = (pixels[..., 2] > 200) & (pixels[..., 1] < 60)
    assert np.flatnonzero(red.any(axis=0))[0] + picture.x > 10 + width * 0.4


def test_spacing_widens():
    plain, wide = drawing.Type(language="en"), drawing.Type(language="en", spacing=0.1)
    assert drawing.measure("ABC", wide) == pytest.approx(drawing.measure("ABC", plain) + 0.3)


def test_lines_align():
    kind = drawing.Type(language="en")
    line = (Token("Tea "),)
    wide = drawing.measure("Tea", kind) * 40
    assert drawing.line_left(line, 40, kind, 100, 400, "left") == 100
    assert drawing.line_left(line, 40, kind, 100, 400, "right") == pytest.approx(500 - wide)
    assert drawing.line_left(line, 40, kind, 100, 400, "center") == pytest.approx(300 - wide / 2)


def test_a_buffer_is_drawn_into():
    buffer = np.zeros((20, 30, 4), np.uint8)
    canvas = drawing.buffer_surface(buffer).getCanvas()
    canvas.clear(drawing.colour("#102030"))
    assert buffer[5, 5].tolist() == [0x30, 0x20, 0x10, 0xFF]
    drawing.rounded(canvas, drawing.Box(0, 0, 30, 20), 8, drawing.paint("#ffffff"))
    assert buffer[10, 15].tolist() == [255, 255, 255, 255]
    assert buffer[0, 0].tolist() == [0x30, 0x20, 0x10, 0xFF]


def test_colours_and_numbers():
    assert drawing.colour("#01020380") == 0x80010203
    assert drawing.colour("#010203", 0.5) == 0x80010203
    assert drawing.format_number(1234.56, 1, grouped=True) == "1,234.6"
    assert drawing.format_number(0.5, 2) == "0.50"
