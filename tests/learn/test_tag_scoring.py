"""Scores against cases that conlleval was run on by its definition."""

import pytest

from reelwright.learn.tagger.schemes import spans_of
from reelwright.learn.tagger.scoring import score_entities, score_tokens


def _figures(gold: str, found: str, scheme: str = "IOB1") -> dict[str, tuple[float, ...]]:
    rows = score_entities([spans_of(gold.split(), scheme)], [spans_of(found.split(), scheme)])
    return {
        row["label"]: (row["precision"], row["recall"], row["f1"], row["support"]) for row in rows
    }


def test_borders_and_type_must_both_be_right() -> None:
    figures = _figures("I-PER I-PER O I-LOC O I-ORG", "I-PER O O I-LOC O I-MISC")
    assert figures["LOC"] == (1, 1, 1, 1)
    assert figures["PER"] == (0, 0, 0, 1)
    assert figures["MISC"] == (0, 0, 0, 0)
    assert figures["all"] == (1 / 3, 1 / 3, 1 / 3, 3)


def test_a_missed_border_between_neighbours_costs_both() -> None:
    figures = _figures("I-PER B-PER O", "I-PER I-PER O")
    assert figures["all"] == (0, 0, 0, 2)


def test_schemes_do_not_matter_to_entities() -> None:
    gold, found = "I-PER B-PER I-LOC O", "I-PER B-PER O O"
    same = _figures("B-PER B-PER B-LOC O", "B-PER B-PER O O", "IOB2")
    assert _figures(gold, found) == same
    assert same["all"] == pytest.approx((1, 2 / 3, 0.8, 3))


def test_tokens_with_o_and_three_averages() -> None:
    rows = score_tokens([["B-X", "I-X", "O", "O"]], [["B-X", "O", "O", "B-Y"]])
    by = {row["label"]: row for row in rows}
    assert by["O"]["f1"] == 0.5
    assert by["B-X"]["f1"] == 1
    assert by["B-Y"]["support"] == 0
    assert by["micro avg"]["f1"] == 0.5
    assert by["macro avg"]["f1"] == pytest.approx((1 + 0 + 0.5 + 0) / 4)
    assert by["weighted avg"]["f1"] == pytest.approx((1 * 1 + 0 * 1 + 0.5 * 2) / 4)
