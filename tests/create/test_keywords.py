"""Key words: what may stand in a title or under a marker, and what only sounds like a word."""

from __future__ import annotations

import pytest

from reelwright.core.nouns import Pace
from reelwright.create.article import parse_article
from reelwright.create.hooks import hooks
from reelwright.create.keywords import find_word, keywords, names, nouns
from reelwright.create.reading.tables import split_words
from reelwright.create.writer import write_script

THINGS = "亚硝酸盐 隔夜茶 茶多酚 细菌 一万步 人工智能 机器人 C919 膝关节 奶泡 免疫力 咖啡"
FRAGMENTS = """
一口 一杯 茶水 水在 别喝了 敞口放 喝才 但放久 人会 价能 粉和液 拿铁端 浮上来 据介绍 早上 每升
越多越好 差不多 我们 因为 喝完 看懂
"""


@pytest.mark.parametrize("word", split_words(THINGS))
def test_chinese_words_that_name_something(word):
    assert names(word, "zh")


@pytest.mark.parametrize("word", split_words(FRAGMENTS))
def test_chinese_fragments_name_nothing(word):
    assert not names(word, "zh")


@pytest.mark.parametrize("word", ["octopus", "Moon", "oxygen", "grinder", "morning", "Apollo"])
def test_english_words_that_name_something(word):
    assert names(word, "en")


@pytest.mark.parametrize("word", ["see", "side", "slowly", "tugging", "believed", "feel", "the"])
def test_english_words_that_name_nothing(word):
    assert not names(word, "en")


def test_nouns_of_a_line_weightiest_first():
    assert nouns("细菌会把一小部分硝酸盐变成亚硝酸盐。", "zh")[:2] == ["亚硝酸盐", "硝酸盐"]
    assert "hemocyanin" in nouns("The blood is blue because of hemocyanin.", "en")[:1]
    assert nouns("一口都别喝。", "zh") == []


def test_a_word_is_found_whole():
    assert find_word("arm", "The charm of it") == ""
    assert find_word("arm", "Arms can pass it on") == "Arms"
    assert find_word("wake", "Lying awake") == ""
    assert find_word("茶", "隔夜茶") == "茶"


def test_words_are_shown_as_they_are_mostly_written():
    text = ["The Moon is far.", "We see the Moon.", "The Moon has a side.", "Its side is dark."]
    assert keywords(text, "Why do we see one side of the Moon?", "en")[0] == "Moon"


def test_titles_and_emphasis_hold_nothing_dull():
    text = (
        "# 别喝了\n\n有异味的茶，一口都别喝。茶水在室温下放了12 小时，细菌就多了。"
        "茶水在冰箱里放一夜，细菌不多。密封的茶水在第二天也能喝。敞口放的就别喝了。"
    )
    script = write_script(
        parse_article(text), language="zh", length=20, pace=Pace(units_per_second=4.5)
    )
    told = " ".join((*script.titles, script.lines[0].say))
    assert "看懂水在" not in told
    assert "关于别喝了" not in told
    strong = {word for line in script.lines for word in line.emphasis}
    assert not strong & {"一口", "茶水", "12", "水在"}
    assert any(word.startswith("12 ") for word in strong) or "12" not in "".join(
        line.say for line in script.lines
    )


def test_a_hook_names_a_thing_or_nothing():
    article = parse_article(
        "正文只有这么一段，它没有标题，也不短，长到没有办法当成一句开头来说出口。"
    )
    assert hooks(article, [], ["别喝了", "亚硝酸盐"], "zh")[0].text.startswith("关于亚硝酸盐")
    assert "关于" not in hooks(article, [], ["别喝了"], "zh")[0].text
