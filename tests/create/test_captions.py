import re
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.core.errors import FontError, SettingError
from reelwright.core.nouns import Format, Word
from reelwright.core.settings import Settings, StyleSettings
from reelwright.core.time import to_frames
from reelwright.core.timeline import Caption
from reelwright.create.captions import (
    WEIGHT,
    caption_style,
    make_captions,
    settle,
)
from reelwright.create.cueing import has_sound
from reelwright.create.platforms import SAFE, safe_area
from reelwright.media.textwidth import ems

RATE = Fraction(30)
TALL = Format(width=1080, height=1920)
STYLE = caption_style(Settings(), TALL)


def timed(parts: list[str], each: float = 0.35, pause: float = 0.2) -> list[Word]:
    words, at = [], 0.0
    for part in parts:
        words.append(Word(text=part, start=at, end=at + each))
        at += each + (pause if re.search(r"[，。？！,.?!]\s*$", part) else 0)
    return words


def captions_of(text: str, language: str = "zh", **kwargs) -> tuple[Caption, ...]:
    """Captions of words that are given with | between them."""
    given = {"start": 0, "rate": RATE, "style": STYLE, "format": TALL} | kwargs
    return make_captions(timed(text.split("|")), language=language, **given)


def texts(captions) -> list[str]:
    return [caption.text for caption in captions]


def test_chinese_is_cut_at_its_clauses_and_ends_show_no_comma():
    captions = captions_of(
        "为什么|隔夜茶|不能|喝？|这个|说法|流传了|几十年，|但是|研究|人员|做了|实验，|结果|和|你|想|的|不一样。"
    )
    assert texts(captions) == [
        "为什么隔夜茶不能喝？",
        "这个说法流传了几十年",
        "但是研究人员做了实验",
        "结果和你想的不一样",
    ]


def test_english_fills_two_balanced_lines():
    words = "Why |does |tea |left |overnight |get |such |a |bad |name? |Nobody |checked."
    captions = captions_of(words, "en")
    assert " ".join(texts(captions)).replace("\n", " ") == words.replace("|", "")
    for caption in captions:
        lines = caption.text.split("\n")
        assert len(lines) <= 2
        assert all(len(line) <= 28 for line in lines)
    assert not any(text.endswith(" a") for text in texts(captions))


def test_an_abbreviation_ends_no_sentence_and_numbers_keep_their_units():
    captions = captions_of("Then |Dr. |Smith |measured |0.03 |mg |of |nitrite.", "en")
    assert not any(caption.text.endswith("Dr.") for caption in captions)
    assert not any(re.search(r"0\.03$", line) for c in captions for line in c.text.split("\n"))
    # A number that came in pieces is one word again.
    captions = captions_of(
        "It |grew |by |3|.5|% |and |then |it |fell |by |1|,|000 |over |night", "en"
    )
    joined = [line for caption in captions for line in caption.text.split("\n")]
    assert any("3.5%" in line for line in joined)
    assert any("1,000" in line for line in joined)


def test_latin_letters_count_half_within_chinese():
    # Seven characters and eight letters: one line, though fifteen is more than a line holds.
    assert texts(captions_of("GPT-4|模型|的|用户|有|1.8|亿")) == ["GPT-4模型的用户有1.8亿"]
    assert "毫克/升" in "".join(texts(captions_of("只有|0.03|毫克/|升")))


def test_quotation_marks_stay_with_their_words():
    captions = captions_of("他|说：|“|喝茶|要|趁热，|凉了|就|倒掉|。|”|其实|没有|必要|这么|紧张")
    for text in texts(captions):
        for line in text.split("\n"):
            assert line[0] not in "”，。："
            assert line[-1] not in "“，。："


def test_words_keep_their_times_and_emphasis_finds_words():
    captions = captions_of("I |team |up |with |tea |and |Tea.", "en", emphasis=("tea",), start=90)
    words = [word for caption in captions for line in caption.lines for word in line]
    assert [word.text.strip() for word in words if word.strong] == ["tea", "Tea."]
    assert words[0].start == 90
    assert words[1].start == 90 + to_frames(0.35, RATE)
    chinese = captions_of("喝了|隔夜茶，|好不好", emphasis=("隔夜",))
    strong = [w.text for c in chinese for line in c.lines for w in line if w.strong]
    assert strong == ["隔夜茶，"] or strong == ["隔夜茶"]


def test_captions_linger_but_neither_flicker_nor_overlap():
    near = [Word(text="一二三四五。", start=0, end=1), Word(text="六七八九十。", start=1.4, end=2)]
    one, two = make_captions(near, start=0, rate=RATE, language="zh", style=STYLE, format=TALL)
    assert one.start + one.frames == two.start == 42
    assert two.frames == 18 + 9
    far = [near[0], Word(text="六七八九十。", start=2, end=2.05)]
    one, two = make_captions(far, start=0, rate=RATE, language="zh", style=STYLE, format=TALL)
    assert one.frames == 39
    assert two.frames == 15
    assert [c.frames for c in settle([one, two], RATE, end=70)] == [39, 10]
    assert settle(settle([one, two], RATE, end=70), RATE, end=70) == settle(
        [one, two], RATE, end=70
    )
    assert len(settle([one, two], RATE, end=60)) == 1


def test_nothing_to_read_gives_no_captions():
    assert make_captions([], start=0, rate=RATE, language="zh", style=STYLE, format=TALL) == ()
    only = [Word(text="……", start=0, end=1), Word(text=" ", start=1, end=1)]
    assert make_captions(only, start=0, rate=RATE, language="zh", style=STYLE, format=TALL) == ()


def test_a_letter_no_font_has_is_an_error_before_anything_is_drawn():
    with pytest.raises(FontError):
        captions_of("\U000e0fffa|b")


CHINESE = st.sampled_from(
    [
        "为什么",
        "隔夜茶",
        "不能",
        "喝",
        "的",
        "了",
        "我们",
        "研究人员",
        "人工智能",
        "0.03毫克",
        "2023年",
        "120%",
        "Python",
        "GPT-4",
        "一",
        "结果",
        "社会主义核心价值观",
    ]
)
ENGLISH = st.sampled_from(
    [
        "a",
        "the",
        "tea",
        "overnight",
        "research",
        "internationalization",
        "0.03",
        "1,000",
        "$5.99",
        "120%",
        "Dr.",
        "I",
        "it's",
        "state-of-the-art",
        "U.S.",
        "don't",
        "GPT-4",
        "measured",
    ]
)
CLOSING = st.sampled_from(["", "", "", "，", "。", "？", "！", "；", "……", "”", "。”", "："])
PUNCTUATION = st.sampled_from(["", "", "", "", ",", ".", "?", "!", ";", '."', ":"])


@st.composite
def takes(draw):
    language = draw(st.sampled_from(["zh", "en"]))
    word = CHINESE if language == "zh" else ENGLISH
    mark = CLOSING if language == "zh" else PUNCTUATION
    space = "" if language == "zh" else " "
    words, at = [], draw(st.floats(0, 1))
    for _ in range(draw(st.integers(1, 40))):
        opening = draw(st.sampled_from(["", "", "", "", "“", "《" if language == "zh" else "("]))
        text = opening + draw(word) + draw(mark) + space
        length = draw(st.floats(0.0, 0.8))
        words.append(Word(text=text, start=at, end=at + length))
        at += length + draw(st.sampled_from([0.0, 0.0, 0.1, 0.4, 1.5]))
    return language, words


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum() or char in "%$-'")


@settings(max_examples=250, deadline=None, derandomize=True)
@given(
    take=takes(),
    start=st.integers(0, 5000),
    rate=st.sampled_from([Fraction(30), Fraction(25), Fraction(60), Fraction(30000, 1001)]),
    shape=st.sampled_from([(1080, 1920), (1920, 1080), (1080, 1080), (1080, 1440)]),
    platform=st.sampled_from(sorted(SAFE)),
)
def test_whatever_is_said(take, start, rate, shape, platform):
    language, words = take
    page = Format(width=shape[0], height=shape[1], rate=rate)
    style = caption_style(Settings(platform=platform), page)
    captions = make_captions(
        words, start=start, rate=rate, language=language, style=style, format=page
    )
    shown = [word for caption in captions for line in caption.lines for word in line]
    # All words, in order.
    assert letters("".join(word.text for word in shown)) == letters("".join(w.text for w in words))
    # Each within 80 ms of where it was heard.
    assert len(shown) == len(words)
    for said, seen in zip(words, shown, strict=True):
        assert abs(Fraction(seen.start - start) / rate - Fraction(said.start)) <= Fraction(8, 100)
        assert abs(Fraction(seen.end - start) / rate - Fraction(said.end)) <= Fraction(8, 100)
    for before, after in zip(captions, captions[1:], strict=False):
        gap = after.start - before.start - before.frames
        assert gap == 0 or gap >= to_frames(0.25, rate)
    room = page.width - 2 * max(style.safe[0], style.safe[2])
    for caption in captions:
        assert 1 <= len(caption.lines) <= 2
        for line in caption.lines:
            text = "".join(word.text for word in line)
            assert has_sound(text)
            assert text == text.strip()
            assert text[0] not in "，。、；：？！…”’」』）》,.;:?!)%"
            assert language == "en" or text[-1] not in "，。、；：,;"
            if len(line) > 1:
                width = ems(text, family="", weight=WEIGHT, language=language)
                assert width * style.size <= room
    for caption in captions[:-1]:
        assert caption.frames >= 1


def test_styles_follow_settings_format_and_platform():
    assert STYLE.size == 66
    assert STYLE.name == "karaoke"
    assert STYLE.safe == (60, 176, 140, 440)
    wide = Settings(format="16:9", platform="reels", style=StyleSettings(captions="plain"))
    style = caption_style(
        wide, wide.picture, fill="#010203", highlight="#040506", outline="#070809"
    )
    assert (style.name, style.size) == ("plain", 56)
    assert (style.fill, style.highlight, style.outline) == ("#010203", "#040506", "#070809")
    assert style.safe == (96, 54, 96, 86)
    with pytest.raises(SettingError, match='did you mean "karaoke"'):
        caption_style(Settings(style=StyleSettings(captions="karaok")), TALL)


@pytest.mark.parametrize("platform", sorted(SAFE))
def test_safe_areas_shrink_as_the_picture_does(platform):
    tall = safe_area(platform, TALL)
    assert all(0 < side < 0.4 * 1920 for side in tall)
    square = safe_area(platform, Format(width=1080, height=1080))
    between = safe_area(platform, Format(width=1080, height=1440))
    assert 54 <= square[3] <= between[3] <= tall[3]
    assert safe_area(platform, Format(width=540, height=960))[3] == pytest.approx(
        tall[3] / 2, abs=1
    )


def test_an_unknown_platform_is_named():
    with pytest.raises(SettingError, match="douyin"):
        safe_area("douyn", TALL)
