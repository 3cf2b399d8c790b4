"""The essence of a long line: short enough for large letters, and still what the line means."""

from __future__ import annotations

import pytest

from reelwright.core.nouns import Line
from reelwright.create.scenes.meaning import essence, key_passages

SHORTENED = [
    ("zh", "如果你现在每天只走3000步，不要急着冲一万。", "不要急着冲一万。"),
    (
        "zh",
        "也就是说，这杯隔夜茶里的亚硝酸盐，只有限值的四分之一左右。",
        "这杯隔夜茶里的亚硝酸盐，只有限值的四分之一左右。",
    ),
    (
        "zh",
        "业内专家认为，随着机队规模扩大，C919的运营成本将进一步下降。",
        "C919的运营成本将进一步下降。",
    ),
    (
        "en",
        "A drink makes you fall asleep faster, but it cuts REM sleep for half the night.",
        "It cuts REM sleep for half the night.",
    ),
]


@pytest.mark.parametrize(("language", "say", "shown"), SHORTENED)
def test_the_essence_of_a_line_keeps_what_it_means(language, say, shown):
    assert essence(say, language, key_passages(Line(say=say), language)) == shown


@pytest.mark.parametrize(
    ("language", "say"),
    [
        # Half a comparison, a rumour without who spreads it, a lead-in without what it leads to.
        ("zh", "一天里走上20分钟快步，比慢悠悠逛一万步更有效。"),
        ("zh", "很多人从小就听长辈说，隔夜茶有毒，喝了会致癌。"),
        ("en", "Most home coffee tastes bad for one boring reason: the grind is wrong."),
    ],
)
def test_a_part_that_would_say_something_else_is_not_shown_alone(language, say):
    assert essence(say, language, key_passages(Line(say=say), language)) == say
