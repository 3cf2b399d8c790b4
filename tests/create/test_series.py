"""Series: figures that can be compared are found, and none is made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.core.errors import ScriptError
from reelwright.core.nouns import Format
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.scenes.series import find_series, in_time, series_of_table

FOUND = [
    ("2021年卖出120万辆，2022年190万辆", "", "2021年 120 2022年 190", "万辆"),
    ("2021年新能源车卖出120万辆，2023年300万。", "新能源车", "2021年 120 2023年 300", "万辆"),
    ("每100毫升含量：龙井0.25毫克，普洱0.2毫克。", "每100毫升含量", "龙井 0.25 普洱 0.2", "毫克"),
    ("全球份额：A 40%，B 35%，C 25%。", "全球份额", "A 40 B 35 C 25", "%"),
    ("40%的人选绿茶，35%的人选红茶", "", "绿茶 40 红茶 35", "%"),
    ("绿茶的咖啡因是30毫克，红茶是50毫克", "咖啡因", "绿茶 30 红茶 50", "毫克"),
    ("猪肉每斤15元，牛肉每斤40元，羊肉每斤38元", "每斤", "猪肉 15 牛肉 40 羊肉 38", "元"),
    ("In 2021 it sold 120 thousand cars, in 2022 190 thousand.", "", "2021 120 2022 190",
     "thousand cars"),
    ("Chrome has 65% of the market, Safari 18%, and Edge 5%.", "", "Chrome 65 Safari 18 Edge 5",
     "%"),
    ("Coal is 58%, hydro 16%, wind 12% and solar 14%.", "", "Coal 58 hydro 16 wind 12 solar 14",
     "%"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "title", "items", "unit"), FOUND)
def test_comparable_figures_are_read(text, title, items, unit):
    found = find_series(text)
    assert found is not None
    parts = items.split()
    told = tuple(zip(parts[::2], map(float, parts[1::2]), strict=True))
    assert (found.title, found.items, found.unit) == (title, told, unit)


@pytest.mark.parametrize(
    "text",
    [
        "身高170厘米，体重60公斤。",
        "长5米，宽3米",
        "先煮3分钟，再焖5分钟。",
        "早上8点起床，晚上10点睡觉。",
        "2021年120万辆，增长10%，2022年190万辆，增长58%",
        "他18岁入学，30岁成名",
        "用Python要5分钟，用Excel要30分钟，手工要2小时。",
        "煮3到5分钟，焖10分钟",
        "从2018年的53.6%降到了51.9%",
        "40% of men and 35% of women drink tea.",
        "It weighs 5 kg and costs 20 dollars.",
        "气温零下3度，-5度",
        "每天走8000步，坚持30天，体重降了5斤。",
    ],
)
def test_what_is_no_comparison_gives_no_chart(text):
    assert find_series(text) is None


@given(st.text("12345年月%，,。.万辆茶红绿的是 -abin", max_size=40))
def test_no_figure_is_made_up(text):
    found = find_series(text)
    for _, value in found.items if found else ():
        assert f"{value:f}".rstrip("0").rstrip(".") in text.replace(",", "")


def test_times_in_order_are_times():
    assert in_time(["2021年", "2022年"])
    assert in_time(["1月", "2月", "3月"])
    assert not in_time(["2022", "2021"])
    assert not in_time(["绿茶", "红茶"])


def test_a_table_of_names_and_figures_is_a_series():
    found = series_of_table(
        ["年份", "销量（万辆）"], [["2021", "120"], ["2022", "190"], ["2023", "300"]]
    )
    assert found is not None
    assert (found.title, found.unit, found.time) == ("销量", "万辆", True)
    assert series_of_table(["a", "b"], [["x", "5 kg"], ["y", "3 m"]]) is None
    assert series_of_table(["a", "b"], [["x", "about 5"], ["y", "3"]]) is None
    assert series_of_table(["a", "b", "c"], [["x", "5", "1"], ["y", "3", "1"]]) is None


PLAIN = Format(width=540, height=960)


def shown(name: str, params: dict[str, object]) -> list[str]:
    drawing = scenes.compose(Scene(name=name, theme="night", params=params), PLAIN)
    return [text for text, _ in drawing.boxes]


def test_figures_are_written_as_the_language_does():
    items = [{"label": "a", "value": 1200}, {"label": "b", "value": 12000.0}]
    assert {"1,200kg", "12,000kg"} <= set(shown("bars", {"items": items, "unit": "kg"}))
    items = [{"label": "甲", "value": 1200}, {"label": "乙", "value": -12000.5}]
    assert {"1200.0克", "−12,000.5克"} <= set(shown("bars", {"items": items, "unit": "克"}))


def test_a_long_unit_is_said_once():
    items = [{"label": "a", "value": 1}, {"label": "b", "value": 2}]
    texts = shown("bars", {"items": items, "unit": "thousand cars"})
    assert texts.count("thousand cars") == 1
    assert "2" in texts


def test_shares_may_leave_a_rest():
    items = [{"label": "a", "value": 40}]
    assert "40%" in shown("ring", {"items": items, "unit": "%"})


def test_a_chart_of_one_bar_or_two_points_is_refused():
    items = [{"label": "a", "value": 1}]
    with pytest.raises(ScriptError, match="items"):
        scenes.check("bars", {"items": items})
    with pytest.raises(ScriptError, match="items"):
        scenes.check("line", {"items": items * 2})
    with pytest.raises(ScriptError, match="items"):
        scenes.check("bars", {"items": [{"label": "a"}, {"label": "b", "value": 1}]})


def test_what_comes_after_one_time_and_after_another_is_compared():
    told = find_series("放了 12 小时，每升含亚硝酸盐 0.25 毫克；放了 24 小时，也只有 0.26 毫克。")
    assert told is not None
    assert told.items == (("放了12小时", 0.25), ("放了24小时", 0.26))
    assert (told.unit, told.decimals, told.title) == ("毫克", 2, "每升含亚硝酸盐")
    told = find_series("After 12 hours, it holds 0.25 mg; after 24 hours, 0.26 mg.")
    assert told is not None
    assert told.items == (("12 hours", 0.25), ("24 hours", 0.26))
    assert find_series("睡了 6 小时，不到 3 毫克；睡 7 小时，5 毫克。") is None
    assert find_series("放了 12 小时，很好；放了 24 小时，也好。") is None
