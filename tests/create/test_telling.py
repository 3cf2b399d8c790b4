"""What a line is told with: no scene too often, figures side by side, terms kept whole."""

from __future__ import annotations

import pytest

from reelwright.core.nouns import Line, Pace, Role, Script
from reelwright.create import scenes
from reelwright.create.language import in_the_form_of, is_traditional
from reelwright.create.reading import read_aloud
from reelwright.create.scenes.figures import find_numeral, numeral
from reelwright.create.scenes.meaning import clauses, find_quote
from reelwright.create.scenes.series import find_series
from reelwright.create.scenes.steps import suit as suit_steps
from reelwright.create.scenes.wording import tokens
from reelwright.create.sentences import announces, leans, split_sentences, trim_link
from reelwright.create.shots import plan_shots
from reelwright.media.typesetting import break_lines

PACE = Pace(units_per_second=4.5, pause=0.2)


def _planned(says, language):
    lines = tuple(Line(say=say, role=Role.POINT) for say in says)
    return plan_shots(
        Script(title="t", lines=lines),
        language=language,
        assets=(),
        pace=PACE,
        suit=scenes.suit,
        check=scenes.check,
        scenes=scenes.names(),
    )


HARBOUR = [
    "The harbour, the market and the old bridge lie within one street.",
    "Fishermen sell shrimp, bread and lemons beside the cathedral door.",
    "A tram climbs the hill between gardens, chapels and painted houses.",
    "The museum shows maps, lanterns and a wooden ship.",
    "Students play guitar under the arches of the library.",
    "The ferry passes the castle, the lighthouse and the shipyard.",
    "A baker opens the oven while the church bells ring.",
    "The evening market fills the square with lamps and music.",
]
OLD_TOWN = [
    "古城的石板路连着码头、茶馆和戏台。",
    "摊主把豆腐、米糕和辣椒摆在祠堂门口。",
    "渡船穿过石桥，桥下有水车和柳树。",
    "博物馆里有地图、灯笼和一艘木船。",
    "学生在书院的屋檐下弹着吉他唱歌。",
    "夜市的灯光照着广场、牌坊和钟楼。",
    "木匠的院子里堆着竹子、漆器和旧窗。",
    "清晨的码头上，渔民和商贩讨价还价。",
]


@pytest.mark.parametrize(("language", "says"), [("en", HARBOUR), ("zh", OLD_TOWN)])
def test_key_words_are_shown_seldom_and_never_close_together(language, says):
    shown = [shot.scene for shot in _planned(says, language)]
    clouds = [at for at, scene in enumerate(shown) if scene == "keywords"]
    assert len(clouds) <= 2
    assert all(b - a > 5 for a, b in zip(clouds, clouds[1:], strict=False))
    assert shown.count("statement") >= len(says) // 2


def test_the_writers_scene_is_not_called_the_persons():
    line = Line(say="This is how it is run.", scene="code", params={"code": "x = 1"})
    script = Script(title="t", lines=(line,))
    kinds = {"suit": scenes.suit, "check": scenes.check, "scenes": scenes.names()}
    own, *_ = plan_shots(script, language="en", assets=(), pace=PACE, **kinds)
    assert own.why == "named in script.yaml"
    told, *_ = plan_shots(
        script, language="en", assets=(), pace=PACE, named="the article's own", **kinds
    )
    assert told.why == "the article's own"


@pytest.mark.parametrize(
    ("text", "items", "title"),
    [
        ("SPF15 能挡 93 % 的紫外线B，SPF30 挡 97 %，SPF50 挡 98 %。",
         "SPF15 93 SPF30 97 SPF50 98", "能挡的紫外线B"),
        ("一线城市有61%的家庭在用，三线城市只有28%，农村是9%。",
         "一线城市 61 三线城市 28 农村 9", "家庭在用"),
        ("睡7小时的人只有5%出错，睡5小时的人有17%。", "睡7小时的人 5 睡5小时的人 17", "出错"),
        ("鸡胸肉每100克有31克蛋白质，豆腐只有8克，鸡蛋有13克。",
         "鸡胸肉 31 豆腐 8 鸡蛋 13", "蛋白质"),
        ("SPF_15 blocks 93 percent of UVB, SPF_30 blocks 97 percent, and SPF_50 blocks "
         "98 percent.", "SPF_15 93 SPF_30 97 SPF_50 98", ""),
        ("Trains emit 35 grams per kilometre, cars emit 143 grams, and planes emit 246 grams.",
         "Trains 35 cars 143 planes 246", ""),
        ("The old_model took 40 minutes, the new_one takes 9 minutes.",
         "old_model 40 new_one 9", ""),
    ],
)  # fmt: skip
def test_figures_in_longer_clauses_stand_side_by_side(text, items, title):
    found = find_series(text.replace("_", " "))
    parts = items.split()
    names = [name.replace("_", " ") for name in parts[::2]]
    assert found is not None
    assert found.items == tuple(zip(names, map(float, parts[1::2]), strict=True))
    assert found.title == title


@pytest.mark.parametrize(
    "text",
    [
        "涨价5%以后，销量跌了12%，利润跌了20%。",
        "他花了30%的时间看书，剩下70%的时间睡觉。",
        "The first took 5 hours of work, and it cost 20 dollars.",
    ],
)
def test_what_only_stands_together_is_no_chart(text):
    assert find_series(text) is None


def test_numbers_written_in_characters_are_figures():
    assert [numeral(text) for text in ("三百二十", "一万零五", "十二", "两千")] == [
        320, 10005, 12, 2000,
    ]  # fmt: skip
    found = find_numeral("从山脚到山顶要走四百级台阶，二十分钟就到。")
    assert found is not None
    assert (found.value, found.unit, found.passage) == (400, "级台阶", "四百级台阶")
    for none in ("万一下雨", "第十二个", "一个人", "三十来岁", "百分之九十五的人"):
        assert find_numeral(none) is None


@pytest.mark.parametrize(
    ("say", "steps"),
    [
        ("首先磨豆，然后萃取，最后一步是拉花。", ["磨豆", "萃取", "拉花"]),
        ("第一步是洗手，第二步是切菜，最后一步就是下锅。", ["洗手", "切菜", "下锅"]),
        ("First grind the beans, then pour, and the last step is to stir.",
         ["grind the beans", "pour", "stir"]),
    ],
)  # fmt: skip
def test_the_last_step_is_read_whole(say, steps):
    fit = suit_steps(Line(say=say), 1, 5, "zh")
    assert fit is not None
    assert fit.params["steps"] == steps


@pytest.mark.parametrize("term", ["《是真的吗》", "「世界读书日」", "“量子纠缠”"])
@pytest.mark.parametrize("before", ["", "昨天", "我们一起看", "上个星期的节目里"])
def test_titles_and_terms_are_not_broken(term, before):
    text = f"{before}{term}里说这是假的，其实不然"
    for width in (8, 9, 11):
        lines = ["".join(t.text for t in line) for line in break_lines(tokens(text), len, width)]
        assert any(term in line for line in lines), lines


def test_an_abbreviation_ends_no_sentence_and_is_read():
    text = (
        "See Vol. II of the guide. The shop at 12 Main St. in Austin is new. It has $0.03/1K deals."
    )
    assert len(split_sentences(text, "en")) == 3
    assert clauses("It is sold from a shop at 12 Main St. in Austin.") == [
        "It is sold from a shop at 12 Main St. in Austin."
    ]
    spoken = read_aloud(text, "en").spoken
    assert "volume two" in spoken
    assert "twelve Main Street in" in spoken
    assert "three cents per thousand" in spoken
    assert "Saint Paul" in read_aloud("St. Paul is cold.", "en").spoken
    assert read_aloud("$0.03/1K", "zh").spoken == "零点零三美元每一千"


def test_a_quotation_named_after_it():
    assert find_quote('"The light must never go out," Ida Lewis wrote.') == (
        "The light must never go out",
        "Ida Lewis",
    )


def test_what_only_announces_or_goes_on_needs_its_neighbour():
    for text in ("There are limits.", "Here's why.", "The reason is simple."):
        assert announces(text, "en")
    for text in ("原因有三个。", "为什么呢？", "先说结论："):
        assert announces(text, "zh")
    assert not announces("The reason is a warm sea.", "en")
    assert not announces("原因是海水变暖。", "zh")
    for text in ("Then automate it.", "Most of it went to the sky.", "So stop."):
        assert leans(text, "en")
    assert leans("老人和孩子也能骑。", "zh")
    assert not leans("If you have spare money, you can invest it.", "en")
    assert trim_link("Paying is therefore a sure return.", "en") == "Paying is a sure return."


def test_traditional_texts_get_traditional_phrases():
    assert is_traditional("這個問題很多人都問過")
    assert not is_traditional("这个问题很多人都问过")
    assert in_the_form_of("這個問題", "评论区告诉我") == "評論區告訴我"
    fits = scenes.suit(Line(say="還想了解什麼？", role=Role.CALL), index=4, total=5, language="zh")
    assert fits[0].params["button"] == "關注"


def test_a_theme_with_captions_in_two_languages_asks_for_translations(monkeypatch):
    from reelwright.core.settings import Settings
    from reelwright.create import themes
    from reelwright.create.llm_prompt import Budget, first_messages

    def asked(settings):
        return first_messages("茶", "", settings, "zh", Budget(60, 6, 20))[1]["content"]

    assert "translation" not in asked(Settings())
    night = themes.load_theme("night")
    spoken = night.captions.model_copy(update={"style": "bilingual"})
    monkeypatch.setattr(
        themes, "load_theme", lambda _: night.model_copy(update={"captions": spoken})
    )
    assert themes.captions_of(Settings().style) == "bilingual"
    assert "translation" in asked(Settings())
    plain = Settings.model_validate({"style": {"captions": "plain"}})
    assert "translation" not in asked(plain)
