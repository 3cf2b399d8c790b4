"""The extractive writer: it fits, it opens and closes, it invents nothing."""

# ruff: noqa: E501  (articles are one paragraph a line)
from __future__ import annotations

import re

import pytest

from reelwright.core.errors import BriefError
from reelwright.core.nouns import Pace, Role
from reelwright.create.article import parse_article
from reelwright.create.fitting import Version, choose, seconds_of
from reelwright.create.keywords import keywords
from reelwright.create.sentences import (
    LIMIT,
    break_long,
    leans,
    main_clauses,
    size,
    split_sentences,
    trim_link,
)
from reelwright.create.writer import write_script

TEA = """# 隔夜茶到底能不能喝？

很多人从小就听长辈说，隔夜茶有毒，喝了会致癌。这个说法流传了几十年，真相是什么？

## 致癌的说法从哪来

担心主要来自亚硝酸盐。茶叶里含有少量硝酸盐，放置过程中，细菌会把一部分硝酸盐还原成亚硝酸盐。亚硝酸盐在胃里可能与蛋白质的分解产物结合，生成亚硝胺，而亚硝胺是公认的致癌物。

不过，抛开剂量谈毒性都是耍流氓。浙江一家检测机构曾把绿茶在室温下放了24小时，测得亚硝酸盐含量约为0.02毫克/升。作为对比，国家标准允许生活饮用水中的亚硝酸盐不超过1毫克/升，腌菜中的亚硝酸盐可以达到20毫克/公斤。也就是说，一杯隔夜茶里的亚硝酸盐，还不到一口腌菜的百分之一。

## 真正的问题是什么

隔夜茶真正的问题不是致癌，而是变质和口感。茶水里有蛋白质和糖类，是细菌的好养料。夏天室温超过30℃时，泡好的茶放上12个小时，细菌总数可能翻上几十倍。喝了这样的茶，肠胃敏感的人容易拉肚子。

另外，茶多酚会被氧化，茶汤颜色变深，味道变涩，维生素C也会损失一半以上。所以从营养和口味上说，隔夜茶确实不如现泡的好。

## 怎么喝才放心

- 泡好的茶，最好在4小时内喝完
- 喝不完就放进冰箱，4℃冷藏，24小时内喝掉
- 茶汤变浑浊、有酸味或者表面有油膜，直接倒掉
- 用保温杯长时间闷泡，会让茶更苦，也更容易损失营养

| 情况 | 能不能喝 |
| --- | --- |
| 冷藏12小时 | 可以 |
| 室温12小时 | 不建议 |

一句话总结：隔夜茶不致癌，但放久了会变质。与其纠结能不能喝，不如现泡现喝。
"""

COFFEE = """# How to Brew Better Coffee at Home

Most home coffee tastes bad for one boring reason: the grind is wrong. You can spend $800 on a machine and still get a bitter, hollow cup if the particles are uneven. A decent burr grinder, which costs about $60, fixes more problems than any other upgrade.

## Start with the ratio

Use 1 gram of coffee for every 16 grams of water. That is roughly 20 grams for a 320 ml mug. Weigh it. Scoops lie, because a dark roast is lighter than a light roast by as much as 15%. A kitchen scale costs less than a bag of good beans.

## Watch the water

Water should be between 90 and 96 °C. Boiling water burns the grounds and pulls out bitter compounds; cool water leaves the cup sour. If you don't have a thermometer, boil the kettle and wait 30 seconds. Dr. Chahan Yeretzian, a coffee chemist in Zurich, has shown that minerals matter too: very soft water makes flat coffee.

## Steps

1. Rinse the paper filter with hot water.
2. Add the coffee and pour twice its weight in water.
3. Wait 30 seconds while it blooms.
4. Pour the rest slowly in circles, and finish before 3 minutes.

## Myths

Many people believe dark roast has more caffeine. It doesn't. Caffeine barely changes during roasting, so the difference between roasts is less than 5%. However, a longer brew does extract more.

Fresh beans are not always best. Coffee needs to rest for about a week after roasting, since the carbon dioxide inside it blocks the water. After 5 weeks, the aromas fade.

If you change only one thing this week, buy a grinder. Your tongue will notice before your wallet does.
"""

ARTICLES = {"zh": TEA, "en": COFFEE}
PACES = [Pace(units_per_second=4.6, pause=0.3), Pace(units_per_second=3.9, pause=0.5)]


def _write(language, length, **more):
    pace = more.pop("pace", PACES[0])
    article = parse_article(more.pop("text", ARTICLES[language]))
    return write_script(article, language=language, length=length, pace=pace, **more)


def _letters(text):
    return re.sub(r"\W+", "", text).lower()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("length", [15, 20, 30, 45, 60])
@pytest.mark.parametrize("pace", PACES)
def test_it_fits_the_length(language, length, pace):
    script = _write(language, length, pace=pace)
    seconds = seconds_of([line.say for line in script.lines], language, pace)
    assert seconds == pytest.approx(length, rel=0.05)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("length", [15, 30, 60, 600])
def test_shape(language, length):
    script = _write(language, length)
    roles = [line.role for line in script.lines]
    assert roles == [Role.HOOK, *[Role.POINT] * (len(roles) - 2), Role.CALL]
    for line in script.lines:
        assert size(line.say, language) <= LIMIT[language] + 2
        assert all(piece in line.say for piece in line.emphasis)
        assert not re.search(r"[*_`#|<>]|http", line.say)
        assert line.scene in {None, "table"}
        assert bool(line.params) == bool(line.scene)
    says = [_letters(line.say) for line in script.lines]
    assert len(set(says)) == len(says)
    assert len(script.titles) == 3
    assert len({script.title, *script.titles}) == 4
    assert 3 <= len(script.tags) <= 12
    assert script.description


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("length", [15, 30, 60, 600])
def test_nothing_is_invented_and_the_order_is_kept(language, length):
    source = _letters(ARTICLES[language])
    script = _write(language, length)
    at = 0
    for line in script.lines[1:-1]:
        said = re.sub(r"^(?:第[一二三四五六]，|(?:First|Second|Third|Fourth), )", "", line.say)
        found = source.find(_letters(said)[: -1 or None], at)
        assert found >= 0, line.say
        at = found


def test_hooks():
    assert _write("zh", 30).lines[0].say == "隔夜茶到底能不能喝？"
    assert _write("en", 30).lines[0].say == "Here is how to brew better coffee at home."
    text = "# 一篇没有特色而且标题长得没有办法在一句话里面说完所以不能拿来开头的文章\n\n你知道一天该喝多少水吗？很多人都喝不够水。成年人每天要喝1500毫升水。运动以后还要再多喝一些水。"
    assert _write("zh", 12, text=text).lines[0].say == "你知道一天该喝多少水吗？"


def test_calls():
    assert _write("zh", 30, call="去评论区领资料！").lines[-1].say == "去评论区领资料！"
    assert "茶小馆" in _write("zh", 30, channel="茶小馆").lines[-1].say
    assert "Bean Lab" in _write("en", 30, channel="Bean Lab").lines[-1].say
    assert len({_write("zh", 30, seed=seed).lines[-1].say for seed in range(8)}) > 2


def test_the_same_twice():
    assert _write("zh", 45, seed=3) == _write("zh", 45, seed=3)


def test_a_short_article_is_said_whole():
    text = "# 喝水\n\n成年人每天要喝1500毫升水。运动以后还要再多喝300毫升。"
    says = [line.say for line in _write("zh", 60, text=text).lines]
    assert (
        says[1:-1] == ["成年人每天要喝1500毫升水。", "运动以后还要再多喝300毫升。"]
        or len(says) == 3
    )


def test_too_short_names_the_shortest():
    with pytest.raises(BriefError) as error:
        _write("zh", 2)
    shortest = int(re.search(r"(\d+) seconds or more", str(error.value))[1])
    assert 3 <= shortest <= 8
    assert _write("zh", shortest).lines
    with pytest.raises(BriefError):
        _write("zh", shortest - 1)


@pytest.mark.parametrize("text", ["# 只有标题", "```\ncode\n```", "![图](a.png)"])
def test_nothing_to_say(text):
    with pytest.raises(BriefError, match="no sentence"):
        _write("zh", 30, text=text)


def test_steps_are_counted_and_stay_together():
    says = [line.say for line in _write("en", 60).lines]
    steps = [say for say in says if re.match(r"First|Second|Third|Fourth", say)]
    assert [say.split(",")[0] for say in steps] == ["First", "Second", "Third", "Fourth"]


def test_short_lists_and_tables_become_sentences():
    text = "# 泡茶\n\n泡茶需要准备：\n\n- 茶叶\n- 茶壶\n- 热水\n\n| 茶 | 水温 |\n|---|---|\n| 绿茶 | 80℃ |\n| 红茶 | 95℃ |\n"
    says = [line.say for line in _write("zh", 60, text=text).lines]
    assert "泡茶需要准备：茶叶、茶壶和热水。" in says
    assert "绿茶：80℃。" in says


def test_noise_is_left_out():
    text = "# 茶\n\n绿茶含有很多茶多酚，对身体有好处。点击关注我们的公众号。图片来源：网络。红茶是发酵过的茶叶。"
    says = "".join(line.say for line in _write("zh", 60, text=text).lines[1:-1])
    assert "公众号" not in says
    assert "来源" not in says


# Sentences


def test_sentences_end_where_they_end():
    assert split_sentences("他说：“好。我去。”他走了。真的吗？是3.5%！", "zh") == [
        "他说：“好。我去。”", "他走了。", "真的吗？", "是3.5%！",
    ]  # fmt: skip
    assert split_sentences(
        'Dr. Smith paid $3.5 million. "Really?" he asked. It was J. K. Rowling, e.g. her book. At 96 °C. Boil it.',
        "en",
    ) == [
        "Dr. Smith paid $3.5 million.",
        '"Really?" he asked.',
        "It was J. K. Rowling, e.g. her book.",
        "At 96 °C.",
        "Boil it.",
    ]


def test_long_sentences_break_between_clauses():
    zh = "担心主要来自亚硝酸盐，茶叶里含有少量硝酸盐，放置过程中，细菌会把一部分硝酸盐还原成亚硝酸盐。"
    lines = break_long(zh, "zh")
    assert "".join(lines) == zh
    assert all(size(line, "zh") <= 36 and line[-1] in "，。" for line in lines)
    en = "In a 2020 study, researchers at the University of Washington found that arms can pass information to each other without asking the brain."
    lines = break_long(en, "en")
    assert " ".join(lines) == en
    assert all(5 <= size(line, "en") <= 22 for line in lines)
    assert break_long("短句。", "zh") == ["短句。"]
    assert "".join(break_long("茶" * 100, "zh")) == "茶" * 100


def test_what_leans_on_the_sentence_before():
    assert trim_link("因此，茶要趁热喝。", "zh") == "茶要趁热喝。"
    assert trim_link("However, it fades.", "en") == "It fades."
    assert leans("但是它不好喝。", "zh")
    assert leans("However, they fade.", "en")
    assert not leans("其实茶不苦。", "zh")
    assert not leans("Tea fades.", "en")


def test_main_clauses_keep_what_turns_a_sentence():
    assert main_clauses("C919正在申请欧洲航空安全局的认证，有望在三年内获得批准。", "zh") == [
        "C919正在申请欧洲航空安全局的认证。"
    ]
    assert main_clauses("隔夜茶里面确实有一点亚硝酸盐，但不会致癌。", "zh") == []
    assert main_clauses("如果你家里的地面十分平整，1099元的就够用。", "zh") == []


# Fitting and keywords


def test_choose_is_the_best_that_fits():
    options = [[Version((str(n),), n, 1.0 + n * n)] for n in range(1, 8)]
    chosen = choose(options, 9.8, 10.2)
    assert sum(version.seconds for _, version in chosen) == 10
    assert [at for at, _ in chosen] == [2, 6]
    assert choose(options, 100, 120)[-1][1].seconds == 7
    assert choose([], 1, 2) == []


def test_keywords_are_what_it_is_about():
    assert keywords([TEA], "隔夜茶到底能不能喝？", "zh")[:2] == ["隔夜茶", "亚硝酸盐"]
    assert keywords([COFFEE], "How to Brew Better Coffee", "en")[0] == "coffee"


def test_a_text_of_one_endless_sentence_is_refused():
    with pytest.raises(BriefError, match="no sentence of the text fits"):
        write_script(parse_article("猫" * 500), language="zh", length=20, pace=PACES[0])


def test_a_signed_quotation_is_told_as_somebodys_words():
    from reelwright.create.ideas import gather

    ideas = gather(
        parse_article("他这样说。\n\n> 剂量决定毒性。\n> —— 帕拉塞尔苏斯，1538 年\n"), "zh"
    )
    assert "帕拉塞尔苏斯说过：“剂量决定毒性。”" in [idea.text for idea in ideas]
    ideas = gather(
        parse_article("He said it.\n\n> The dose makes the poison.\n> — Paracelsus, 1538\n"), "en"
    )
    assert "Paracelsus said: “The dose makes the poison.”" in [idea.text for idea in ideas]
