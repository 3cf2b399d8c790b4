from fractions import Fraction

import numpy as np
import pysubs2
import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont
from interchange_case import captions_only, draw_ass, everything, words

from reelwright.core.errors import FontError
from reelwright.core.time import frame_ms
from reelwright.core.timeline import Caption, Mark
from reelwright.edit.export.ass import fonts_of, write_ass
from reelwright.media.fonts import families

RED = {"highlight": "#ff0000"}


def near(frames: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """For each frame, how many pixels have this colour."""
    away = np.abs(frames.astype(int) - np.array(colour)).max(axis=-1)
    return (away < 40).sum(axis=(1, 2))


def box(frame: np.ndarray, colour: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels of this colour."""
    rows, columns = np.nonzero(np.abs(frame.astype(int) - np.array(colour)).max(axis=-1) < 40)
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(30000, 1001), Fraction(25)])
def test_a_word_lights_up_on_its_own_frame(tmp_path, rate):
    line = words(("为什么", 7, 20), ("隔夜茶", 20, 33), ("不能喝", 33, 47))
    timeline = captions_only(Caption(start=7, frames=53, lines=(line,)), rate=rate, **RED)
    seen = [6, 7, 19, 20, 32, 33, 46, 47, 59, 60]
    frames = draw_ass(write_ass(timeline), timeline, seen, tmp_path)
    red = near(frames, (255, 0, 0))
    shown = near(frames, (255, 255, 255)) + red
    assert shown[0] == 0
    assert shown[1] > 500
    assert shown[-2] > 500
    assert shown[-1] == 0
    # One word is lit at any time, and it moves to the right at each word's first frame.
    lefts = [box(frames[i], (255, 0, 0))[0] for i in (1, 2, 3, 4, 5, 6)]
    assert lefts[0] == lefts[1] < lefts[2] == lefts[3] < lefts[4] == lefts[5]


def test_a_strong_word_stays_lit_and_plain_lights_nothing_else(tmp_path):
    line = words(("one ", 0, 10), ("two ", 10, 20, True), ("three", 20, 30))
    caption = Caption(start=0, frames=60, lines=(line,))
    karaoke = captions_only(caption, **RED)
    frames = draw_ass(write_ass(karaoke), karaoke, [5, 15, 25, 55], tmp_path)
    red = near(frames, (255, 0, 0))
    assert red[2] > red[1]
    assert red[3] == pytest.approx(red[1], rel=0.02)
    plain = captions_only(caption, name="plain", **RED)
    frames = draw_ass(write_ass(plain), plain, [0, 30, 59], tmp_path)
    assert len(set(near(frames, (255, 0, 0)))) == 1
    assert near(frames, (255, 0, 0))[0] == pytest.approx(red[1], rel=0.02)
    none = captions_only(caption, name="none")
    assert "Dialogue" not in write_ass(none)
    assert fonts_of(none) == []


def test_letters_are_as_large_as_asked_and_stand_on_the_safe_bottom(tmp_path):
    caption = Caption(start=0, frames=30, lines=(words(("国国国", 0, 5)), words(("国国国", 5, 9))))
    timeline = captions_only(caption, size=60, outline_width=0, name="plain")
    frame = draw_ass(write_ass(timeline), timeline, [10], tmp_path)[0]
    left, top, right, bottom = box(frame, (255, 255, 255))
    # 国 fills about nine tenths of the em; three of them take nearly three ems across.
    assert 0.84 * 60 <= (bottom - top) - 1.32 * 60 <= 0.97 * 60
    assert 2.7 * 60 <= right - left <= 3.0 * 60
    assert 960 - 200 - 0.2 * 60 <= bottom <= 960 - 200
    assert (left + right) / 2 == pytest.approx(270, abs=3)


def test_chinese_and_latin_lines_share_their_baselines(tmp_path):
    def bottom(text: str) -> int:
        caption = Caption(start=0, frames=30, lines=(words((text, 0, 5)),))
        timeline = captions_only(caption, outline_width=0, name="plain")
        return box(draw_ass(write_ass(timeline), timeline, [3], tmp_path)[0], (255, 255, 255))[3]

    assert bottom("HHH") == pytest.approx(bottom("HH☃HH"), abs=6)
    assert bottom("HHH") == pytest.approx(bottom("国H"), abs=6)


def test_text_is_shown_word_for_word(tmp_path):
    odd = r"a{b}\N\h\n{\b1}c"
    caption = Caption(start=0, frames=30, lines=(words((f"  {odd}\n", 0, 5)),))
    text = write_ass(captions_only(caption))
    body = text.splitlines()[-1]
    assert body.endswith("a\\{b\\}\\\u2060N\\\u2060h\\\u2060n\\{\\\u2060b1\\}c")
    # As wide as the letters it should show: nothing was taken for a command.
    plain = captions_only(caption, outline_width=0)
    frame = draw_ass(write_ass(plain), plain, [10], tmp_path)[0]
    left, top, right, bottom = box(frame, (255, 255, 255))
    assert right - left > 12 * 0.4 * 40
    assert bottom - top < 1.3 * 40


def test_a_word_wider_than_the_picture_is_made_smaller_not_cut(tmp_path):
    caption = Caption(
        start=0, frames=30, lines=(words(("antidisestablishmentarianism" * 2, 0, 5)),)
    )
    timeline = captions_only(caption)
    frame = draw_ass(write_ass(timeline), timeline, [3], tmp_path)[0]
    left, _, right, bottom = box(frame, (255, 213, 74))
    room = 540 - 2 * 60
    assert 0.9 * room < right - left <= room + 4
    assert bottom <= 960 - 200


def test_english_never_has_quotation_marks_a_whole_em_wide(tmp_path):
    def width(text: str) -> int:
        caption = Caption(start=0, frames=30, lines=(words((text, 0, 5)),))
        timeline = captions_only(caption, name="plain").model_copy(update={"language": "en"})
        frame = draw_ass(write_ass(timeline), timeline, [3], tmp_path)[0]
        left, _, right, _ = box(frame, (255, 255, 255))
        return right - left

    assert width("“tea” “tea”") - width("tea tea") < 4 * 0.7 * 40


def test_the_mark_is_large_enough_and_inside_the_safe_area(tmp_path):
    mark = Mark(start=10, frames=40, text="AI生成", height=54)
    timeline = captions_only(
        marks=(mark,), width=1080, height=1920, size=66, safe=(60, 200, 60, 400)
    )
    before, during, after = draw_ass(write_ass(timeline), timeline, [9, 10, 50], tmp_path)
    assert before.std() == after.std()
    left, top, right, bottom = box(during, (255, 255, 255))
    assert left >= 60
    assert top >= 200
    assert right < 600
    letters = during[top:bottom, left:right].min(axis=-1) > 200
    # The capital A comes first; its columns alone are as high as the rule asks.
    gap = np.nonzero(~letters.any(axis=0))[0][0]
    rows = np.nonzero(letters[:, :gap].any(axis=1))[0]
    assert rows.max() - rows.min() + 1 >= 54
    # A darkened box lies under it.
    assert during[top + 2, left - 8].mean() < during[5, 5].mean() * 0.75


def test_a_mark_in_two_languages_never_leaves_the_safe_area(tmp_path):
    mark = Mark(start=0, frames=40, text="AI合成语音 · AI-generated voice", height=54)
    timeline = captions_only(
        marks=(mark,), width=1080, height=1920, size=66, safe=(60, 200, 140, 400)
    )
    frames = draw_ass(write_ass(timeline), timeline, [12], tmp_path)
    left, top, right, bottom = box(frames[0], (255, 255, 255))
    assert left >= 60
    assert right <= 1080 - 140
    assert bottom - top > 2 * 54


def test_a_window_of_the_timeline_starts_at_nought(tmp_path):
    one = Caption(start=0, frames=30, lines=(words(("one ", 0, 10), ("two", 10, 25)),))
    two = Caption(start=60, frames=20, lines=(words(("three", 60, 75)),))
    timeline = captions_only(one, two, **RED)
    whole = draw_ass(write_ass(timeline), timeline, [15, 29, 60, 79], tmp_path)
    part = write_ass(timeline, first=12, last=70)
    shifted = draw_ass(part, timeline, [3, 17, 48, 57, 60], tmp_path)
    assert (whole[:3] == shifted[:3]).all()
    assert (shifted[3] == whole[2]).all()
    assert near(shifted[4:], (255, 255, 255)) == 0
    assert "Dialogue" not in write_ass(timeline, first=30, last=60)


def test_a_draft_is_the_same_picture_smaller(tmp_path):
    caption = Caption(start=0, frames=30, lines=(words(("为什么", 0, 10), ("tea", 10, 25)),))
    timeline = captions_only(caption)
    small = timeline.format.scaled(0.5)
    frame = draw_ass(write_ass(timeline), timeline, [15], tmp_path)[0]
    half = timeline.model_copy(update={"format": small})
    drawn = draw_ass(write_ass(timeline, scale=small), half, [15], tmp_path)[0]
    shrunk = frame.reshape(480, 2, 270, 2, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - drawn).mean() < 1.0


def test_the_file_is_read_by_another_library(tmp_path):
    timeline = everything(tmp_path)
    subs = pysubs2.SSAFile.from_string(write_ass(timeline))
    assert (subs.info["PlayResX"], subs.info["PlayResY"]) == ("1080", "1920")
    texts = [event.plaintext for event in subs.events]
    assert texts == ["内容由AI生成", "为什么隔夜茶", "不能喝？", "因为 <3%>"]
    assert subs.events[1].start == frame_ms(6, timeline.format.rate) // 10 * 10 == 180
    assert write_ass(timeline) == write_ass(timeline)


def test_a_letter_no_font_has_is_an_error():
    caption = Caption(start=0, frames=30, lines=(words(("\U000e0fff", 0, 5)),))
    with pytest.raises(FontError):
        write_ass(captions_only(caption))


def test_frames_whose_time_floating_point_cuts_short_are_not_a_frame_late(tmp_path):
    # 111 / 30 s is 3.7 s, but ffmpeg's 111 * (1 / 30) * 1000 is 3699 ms and a bit.
    line = words(("one ", 111, 207), ("two", 207, 222))
    timeline = captions_only(Caption(start=111, frames=111, lines=(line,)), frames=240, **RED)
    seen = [110, 111, 206, 207, 221, 222]
    frames = draw_ass(write_ass(timeline), timeline, seen, tmp_path)
    assert [bool(count) for count in near(frames, (255, 0, 0))] == [False, *[True] * 4, False]
    assert box(frames[2], (255, 0, 0))[0] < box(frames[3], (255, 0, 0))[0]


def test_latin_capitals_are_as_high_as_the_font_says(tmp_path):
    def height(family: str) -> int:
        caption = Caption(start=0, frames=30, lines=(words(("HHHH", 0, 5)),))
        timeline = captions_only(caption, size=80, outline_width=0, name="plain", family=family)
        font = fonts_of(timeline)[0]
        frame = draw_ass(write_ass(timeline), timeline, [3], tmp_path)[0]
        _, top, _, bottom = box(frame, (255, 255, 255))
        assert bottom - top == pytest.approx(capital(font.path, font.index) * 80, abs=2)

    def capital(path, index) -> float:
        with TTFont(path, fontNumber=index, lazy=True) as font:
            pen = BoundsPen(font.getGlyphSet())
            font.getGlyphSet()[font.getBestCmap()[ord("H")]].draw(pen)
            return pen.bounds[3] / font["head"].unitsPerEm

    # Families differ in what they call a line's height: the letters must not.
    for family in families("en")[:3]:
        height(family)
