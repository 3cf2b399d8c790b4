"""Words: numbers keep their units, punctuation its place, and nothing is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.create.words import is_cjk, segment, syllables, units


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("大约3.5%的人", "3.5%"),
        ("温度是25℃左右", "25℃"),
        ("他在2024年毕业", "2024年"),
        ("一共1,200元吗", "1,200元"),
        ("早上10:30开会", "10:30"),
        ("新的iPhone 15很贵", "iPhone 15"),
        ("持续2-3小时左右", "2-3小时"),
        ("买了10个苹果", "10个"),
        ("上涨10～20%左右", "10～20%"),
        ("花了￥5,999买的", "￥5,999"),
        ("含量是0.02毫克/升左右", "0.02毫克/升"),
        ("就在9月1日开始", "9月1日"),
        ("速度120 km/h以上", "120 km/h"),
        ("用8GB内存", "8GB"),
    ],
)
def test_chinese_numbers_stay_whole(text, whole):
    assert whole in segment(text, "zh")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("It costs $3.5 million today", "$3.5 million "),
        ("about 3.5% of it", "3.5% "),
        ("at 10:30 am sharp", "10:30 am "),
        ("the iPhone 15 is", "iPhone 15 "),
        ("run 5 km daily", "5 km "),
        ("wait 30 seconds more", "30 seconds "),
        ("keep 25 ℃ here", "25 ℃ "),
        ("a well-known fact", "well-known "),
        ("Dr. Smith's dog", "Smith's "),
        ("the U.S. army", "U.S. "),
        ("1,200 people came", "1,200 people "),
    ],
)
def test_english_numbers_stay_whole(text, whole):
    assert whole in segment(text, "en")


def test_punctuation_belongs_to_a_word():
    assert segment("他说：“绿茶！”走了。", "zh") == ["他", "说：", "“绿茶！”", "走", "了。"]
    assert segment("“Hello,” (she) said.", "en") == ["“Hello,” ", "(she) ", "said."]
    assert segment("", "zh") == []
    assert segment("……", "zh") == ["……"]


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=30),
        st.text(alphabet="隔夜茶能喝吗3.5%年，。“”（） aB-'$:/", max_size=30),
    ),
    language=st.sampled_from(["zh", "en"]),
)
def test_joined_words_are_the_text(text, language):
    words = segment(text, language)
    assert "".join(words) == text
    assert all(words)
    spoken = [w for w in words if re.search(r"[A-Za-z0-9\u4e00-\u9fff]", w)]
    # Only a text without a word has a piece without one.
    assert len(spoken) >= len(words) - 1 or not spoken or not text.isascii()


@pytest.mark.parametrize(
    ("word", "count"),
    [("make", 1), ("table", 2), ("science", 2), ("created", 3), ("wanted", 2), ("the", 1),
     ("machine", 2), ("different", 3), ("trees", 1), ("w", 3), ("houses", 2), ("people", 2)],
)  # fmt: skip
def test_syllables(word, count):
    assert syllables(word) == count


def test_units_count_the_spoken_form():
    assert units("3.5%", "zh") == len("百分之三点五")
    assert units("2024年", "zh") == 5
    assert units("AI", "zh") == 2
    assert units("10 km", "en") == 5
    assert is_cjk("茶")
    assert not is_cjk("，")


def test_a_decimal_and_its_times_stay_together():
    assert "3.5x " in segment("It is 3.5x faster.", "en")
    assert "3.5x。" in segment("快了3.5x。", "zh")
