from __future__ import annotations

import numpy as np
import pytest

from reelwright.learn.data import leaks, statistics

LETTERS = [chr(code) for code in range(0x4E00, 0x4E00 + 2000)]


Chance = np.random.Generator


@pytest.fixture
def chance() -> Chance:
    return np.random.default_rng(0)


def sentence(chance: Chance, length: int = 30) -> str:
    return "".join(chance.choice(LETTERS, length))


def changed(chance: Chance, text: str, places: int) -> str:
    chars = list(text)
    for place in chance.choice(len(chars), places, replace=False):
        chars[place] = "囗"
    return "".join(chars)


def test_nearly_equal_texts_are_found_and_others_are_not(chance: Chance) -> None:
    train = [sentence(chance) for _ in range(500)]
    held = [sentence(chance) for _ in range(100)]
    held[7], held[23], held[50] = (
        changed(chance, train[400], 2),
        train[3] + "。",
        changed(chance, train[9], 12),
    )
    held[60] = "The SAME words, but for  case and spaces"
    train.append("the same words, but for case and spaces")
    found = leaks.near_duplicates(train, held)
    assert [(leak.held_out, leak.train) for leak in found] == [(7, 400), (23, 3), (60, 500)]
    assert found[-1].alike == 1
    (said,) = leaks.report_leaks(train, held)
    assert said.startswith("3 of 100 held-out texts (3.0%)")
    assert leaks.report_leaks(train, held[:5])[0].startswith("No held-out text")


def test_no_pair_is_missed_that_all_against_all_finds(chance: Chance) -> None:
    train = [sentence(chance, int(chance.integers(4, 12))) for _ in range(60)]
    held = [changed(chance, train[number], number % 3) for number in range(60)] + [
        "",
        "一",
        train[0][:3],
    ]
    by_hand: dict[int, float] = {}
    for place, text in enumerate(held):
        grams = leaks.split_grams(text)
        scores = [
            len(grams & other) / len(grams | other)
            for other in map(leaks.split_grams, train)
            if grams
        ]
        if scores and max(scores) >= 0.5:
            by_hand[place] = max(scores)
    found = leaks.near_duplicates(train, held, alike=0.5)
    assert {leak.held_out: leak.alike for leak in found} == pytest.approx(by_hand)
    assert len(found) > 30


def test_labels_and_lengths_are_told() -> None:
    labels = ["a"] * 300 + ["b"] * 12
    texts = ["x" * (number % 20 + 1) for number in range(312)]
    assert statistics.count_labels(labels)[0] == {"label": "a", "count": 300, "share": 300 / 312}
    assert statistics.measure_lengths(texts) == {"least": 1, "median": 10, "p95": 19, "most": 20}
    said = statistics.describe_rows(texts, labels)
    assert said[1] == "Labels: a 300, b 12."
    assert "Uneven" in said[2]
    assert "hardly learnt: c" in statistics.describe_rows([*texts, "x"], [*labels, "c"])[2]
    assert statistics.measure_lengths([]) == {"least": 0, "median": 0, "p95": 0, "most": 0}


def test_wrong_labels_are_found_by_models_that_have_not_seen_them(chance: Chance) -> None:
    truth = chance.integers(0, 3, 600)
    points = np.eye(3)[truth] + chance.normal(0, 0.25, (600, 3))
    labels = truth.copy()
    wrong = chance.choice(600, 40, replace=False)
    labels[wrong] = (labels[wrong] + 1) % 3

    half, probabilities = np.arange(600) % 2, np.zeros((600, 3))
    for learnt in (0, 1):
        rest, part = half == learnt, half != learnt
        centres = np.stack([points[rest & (labels == of)].mean(0) for of in range(3)])
        away = ((points[part][:, None] - centres) ** 2).sum(2)
        weights = np.exp(-8 * away)
        probabilities[part] = weights / weights.sum(1, keepdims=True)
    doubts = statistics.find_doubts(probabilities, labels.tolist())
    found = {doubt.row for doubt in doubts}
    assert len(found & set(wrong)) >= 36
    assert len(found - set(wrong)) <= 6
    assert all(doubt.likely == truth[doubt.row] for doubt in doubts[:20])
    places = [f"a.csv:{row + 2}" for row in range(600)]
    said = statistics.report_doubts(doubts, ["p", "q", "r"], places, most=1)
    assert len(said) == 2
    assert said[0].startswith(f"{len(doubts)} of 600 labels look wrong")
    assert statistics.report_doubts([], ["p"], places) == ["No label looks wrong."]
    assert statistics.find_doubts(np.zeros((0, 2)), []) == []
