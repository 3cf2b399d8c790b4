from __future__ import annotations

import numpy as np
import pytest

from reelwright.learn import metrics

NAMES = ("O", "PER", "LOC", "ORG")
TRUTH = [0, 0, 0, 1, 1, 2, 2, 0]
GUESS = [0, 0, 1, 1, 2, 2, 0, 0]


def test_figures_of_each_label() -> None:
    values, tables = metrics.judge_guesses(TRUTH, GUESS, NAMES)
    assert values["accuracy"] == 5 / 8
    rows = {row["label"]: row for row in tables["labels"]}
    assert set(rows) == {"O", "PER", "LOC"}, "a label that occurs nowhere has no row"
    assert rows["O"] == {
        "label": "O",
        "precision": 3 / 4,
        "recall": 3 / 4,
        "f1": 3 / 4,
        "support": 4,
    }
    assert rows["PER"]["precision"] == 1 / 2
    assert tables["confusions"][0] == {"label": "O", "guess": "PER", "count": 1}


def test_averages_are_the_usual_ones() -> None:
    values, _ = metrics.judge_guesses(TRUTH, GUESS, NAMES)
    assert values["micro_f1"] == values["accuracy"]
    assert values["macro_f1"] == pytest.approx((3 / 4 + 1 / 2 + 1 / 2) / 3)
    assert values["weighted_f1"] == pytest.approx((4 * 3 / 4 + 2 / 2 + 2 / 2) / 8)


def test_averages_without_a_label_leave_it_out_on_both_sides() -> None:
    confusions = metrics.count_confusions(TRUTH, GUESS, 4)
    values = metrics.average(confusions, NAMES, without=["O"])
    # Guessed PER twice (once right) and LOC twice (once right); two of each are true.
    assert values["micro_precision"] == values["micro_recall"] == 1 / 2
    assert values["macro_f1"] == 1 / 2


def test_nothing_to_judge_counts_as_nothing() -> None:
    values, tables = metrics.judge_guesses([], [], NAMES)
    assert set(values.values()) == {0.0}
    assert tables["labels"] == []
    assert metrics.measure_calibration([], []) == 0


def test_calibration_is_how_far_confidence_lies_from_being_right() -> None:
    sure = np.full(100, 0.8)
    assert metrics.measure_calibration(sure, np.arange(100) < 80) == pytest.approx(0, abs=1e-9)
    assert metrics.measure_calibration(sure, np.arange(100) < 50) == pytest.approx(0.3)
    assert metrics.measure_calibration([0.0, 1.0], [False, True]) == 0
