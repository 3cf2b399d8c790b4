"""Features, sums, descent and decisions of the classifier, each against the plain way to do it."""

import random

import numpy as np
import pytest

from reelwright.learn.classifier.deciding import Decider, find_factors, find_shift, find_threshold
from reelwright.learn.classifier.descent import descend
from reelwright.learn.classifier.features import CHUNK, Families, count_features
from reelwright.learn.classifier.sparse import Sparse


def grams(text: str, longest: int) -> dict[str, int]:
    """Character n-grams written plainly: ends are characters, nothing reaches over them."""
    whole, found = f"\n{text}\n", {}
    for length in range(1, longest + 1):
        for start in range(len(whole) - length + 1):
            one = whole[start : start + length]
            if one.strip("\n") and "\n" not in one[1:-1]:
                found[one] = found.get(one, 0) + 1
    return found


def test_character_grams_are_those_of_the_plain_way() -> None:
    rng = random.Random(0)
    texts = ["".join(rng.choices("ab北京 c", k=rng.randint(0, 9))) for _ in range(300)]
    texts = [" ".join(text.split()) for text in texts]
    counts = count_features(texts, Families(4, 0, 0))
    hash_of: dict[str, int] = {}
    for number, text in enumerate(texts):
        own = counts.texts == number
        expected = grams(text, 4)
        assert own.sum() == len(expected)
        assert sorted(counts.times[own]) == sorted(expected.values())
        for one in expected:
            hash_of.setdefault(one, count_one(one))
            assert hash_of[one] in counts.hashes[own]


def count_one(gram: str) -> int:
    """The hash of an n-gram: what two texts share that have nothing else in common."""
    inner = gram.strip("\n")
    left, right = ("" if gram[0] == "\n" else "xx"), ("" if gram[-1] == "\n" else "xx")
    other_left, other_right = ("" if not left else "yy"), ("" if not right else "yy")
    texts = [left + inner + right, other_left + inner + other_right]
    sets = []
    for text in texts:
        counts = count_features([text], Families(len(gram), 0, 0))
        shorter = count_features([text], Families(max(1, len(gram) - 1), 0, 0))
        longest = set(counts.hashes.tolist())
        sets.append(longest - set(shorter.hashes.tolist()) if len(gram) > 1 else longest)
    shared = sets[0] & sets[1]
    if len(gram) == 1:
        shared &= set(count_features([f"z{gram}z"], Families(1, 0, 0)).hashes.tolist())
    assert len(shared) == 1
    return shared.pop()


def test_words_and_pairs_do_not_depend_on_their_place() -> None:
    families = Families(1, 2, 3)
    one = count_features(["good day"], families)
    many = count_features(["so it was", "", "good day", "a good day"], families)
    assert set(one.hashes) == set(many.hashes[many.texts == 2])
    inside = set(many.hashes[many.texts == 3])
    words = count_features(["good day"], Families(1, 2, 0))
    letters = count_features(["good day"], Families(1, 0, 0))
    assert set(words.hashes) - set(letters.hashes) <= inside
    assert len(set(words.hashes) - set(letters.hashes)) == 3


def test_a_text_counts_the_same_in_every_batch() -> None:
    texts = [f"text number {n} 你好" * (1 + n % 7) for n in range(3000)]
    assert sum(map(len, texts)) > CHUNK
    families = Families(3, 2, 3)
    counts = count_features(texts, families)
    assert (np.diff(counts.texts) >= 0).all()
    for number in (0, 1499, 2999):
        own, alone = counts.texts == number, count_features([texts[number]], families)
        np.testing.assert_array_equal(counts.hashes[own], alone.hashes)
        np.testing.assert_array_equal(counts.times[own], alone.times)


def test_products_are_those_of_whole_tables() -> None:
    rng = np.random.default_rng(0)
    whole = (rng.random((7, 5)) * (rng.random((7, 5)) < 0.4)).astype(np.float32)
    whole[2] = 0
    at, columns = np.nonzero(whole)
    table = Sparse(at, columns.astype(np.int32), whole[at, columns], 7, 5)
    one = rng.random((3, 5)).astype(np.float32)
    two = rng.random((3, 7)).astype(np.float32)
    np.testing.assert_allclose(table.times(one), one @ whole.T, rtol=1e-5)
    np.testing.assert_allclose(table.times_transposed(two), two @ whole, rtol=1e-5)
    rows = np.array([True, False, True, True, False, True, False])
    np.testing.assert_allclose(table.pick(rows).times(one), one @ whole[rows].T, rtol=1e-5)


def test_descent_finds_the_least() -> None:
    matrix = np.diag(np.geomspace(1, 100, 20)).astype(np.float32)
    goal = np.linspace(-1, 1, 20, dtype=np.float32)

    def bowl(at: np.ndarray) -> tuple[float, np.ndarray]:
        apart = at - goal
        return float(apart @ matrix @ apart) + 1, 2 * matrix @ apart

    found = descend(bowl, np.zeros(20, np.float32), 200, 1e-9)
    np.testing.assert_allclose(found, goal, atol=1e-3)


def test_factors_make_probabilities_honest_and_leave_out_what_tells_nothing() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 4000)
    true = np.full((3, 4000), 0.0)
    true[labels, np.arange(4000)] = 1.0
    true += rng.normal(0, 0.7, true.shape)
    noise = rng.normal(0, 5, true.shape)
    good, useless = find_factors([(10 * true).astype(np.float32), noise], labels)
    assert useless < 0.02 < 0.1 < good < 0.4
    decider = Decider([good, useless], [0.0] * 3, 0.0)
    found = decider.probabilities([10 * true, noise])
    assert abs(found.max(1).mean() - (found.argmax(1) == labels).mean()) < 0.02


def test_a_shift_favours_rare_labels_by_how_rare_they_are() -> None:
    counts = np.array([900, 90, 10])
    assert find_shift(counts, 0.0) == [0.0, 0.0, 0.0]
    common, rarer, rarest = find_shift(counts, 1.0)
    assert rarest - common == pytest.approx(np.log(90))
    assert common < rarer < rarest


def test_a_threshold_keeps_what_is_right_often_enough() -> None:
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    right = np.array([True, True, False, True, False])
    assert find_threshold(sure, right, 0.9) == 0.8
    assert find_threshold(sure, right, 0.7) == 0.6
    assert find_threshold(sure, right, 0.5) == 0.0
    assert find_threshold(sure, ~right, 0.9) == 1.01
    assert find_threshold(np.array([0.9, 0.9]), np.array([True, False]), 0.9) == 1.01
