"""The best stretches under the score: exact, and cut where it may be cut."""

from itertools import combinations

import numpy as np
import pytest

from reelwright.core.errors import SettingError
from reelwright.edit.cut import highlights
from reelwright.edit.cut.edges import find_edges
from reelwright.edit.cut.highlights import choose
from scored import material


def worth(made, picked):
    """What the choice is worth, as the optimiser counts it."""
    usual = made.curve.total.mean()
    sums = sum(made.curve.until(b) - made.curve.until(a) for a, b in picked)
    cost = highlights._CUT * usual * (1 - 0.25 * 0.5)
    return float(sums) - len(picked) * (cost + cost - 0.75 * highlights._CUT * usual)


def best_by_trying(made, length, least):
    at = [edge.at for edge in made.edges]
    pieces = [(a, b) for a, b in combinations(at, 2) if b - a >= least]
    best = 0.0
    for count in (1, 2, 3):
        for some in combinations(pieces, count):
            apart = all(a[1] <= b[0] for a, b in zip(some, some[1:], strict=False))
            if apart and sum(b - a for a, b in some) <= length:
                best = max(best, worth(made, some))
    return best


@pytest.mark.parametrize("seed", range(6))
def test_no_other_choice_is_worth_more(seed, monkeypatch):
    # As fine as the edges lie, so that nothing is lost by rounding.
    monkeypatch.setattr(highlights, "_PARTS", 100_000)
    rng = np.random.default_rng(seed)
    edges = sorted({0.0, 14.0, *np.round(rng.uniform(0, 14, 9), 2).tolist()})
    made = material(rng.uniform(0, 1, 14), edges)
    picked = [(s.start, s.end) for s in choose([made], 6.5, least=1.5)]
    assert sum(b - a for a, b in picked) <= 6.5
    assert worth(made, picked) == pytest.approx(best_by_trying(made, 6.5, 1.5), abs=1e-3)


def test_the_peaks_are_picked_whole_and_in_order():
    values = np.full(120, 0.1)
    values[20:28], values[70:80] = 0.9, 0.8
    found = choose([material(values)], 18.1)
    assert [(s.start, s.end) for s in found] == [(20, 28), (70, 80)]
    assert all(s.source == "match.mp4" and s.title == "" for s in found)
    assert found[0].score == pytest.approx(0.9)
    assert "动作" in found[0].why
    assert "motion" in choose([material(values)], 18.1, language="en")[0].why


def test_a_long_recording_keeps_to_its_length_to_the_frame():
    rng = np.random.default_rng(3)
    edges = np.cumsum(rng.uniform(0.3, 3, 1200))
    values = rng.uniform(0, 1, int(edges[-1]) + 1)
    made = material(values, [0.0, *edges.tolist()])
    for length in (45.0, 300.0):
        found = choose([made], length)
        total = sum(span.seconds for span in found)
        assert length * 0.95 < total <= length
        assert all(span.seconds >= highlights.LEAST for span in found)
        assert {span.start for span in found} <= {edge.at for edge in made.edges}


def test_stretches_of_several_recordings_never_run_into_each_other():
    a = material([0.1] * 10 + [0.9] * 5, source="a.mp4")
    b = material([0.9] * 5 + [0.1] * 10, source="b.mp4")
    found = choose([a, b], 10.1)
    assert [(s.source, s.start, s.end) for s in found] == [("a.mp4", 10, 15), ("b.mp4", 0, 5)]


def test_what_is_shorter_than_asked_is_kept_whole():
    assert [(s.start, s.end) for s in choose([material([0.5] * 20)], 45)] == [(0, 20)]


def test_one_endless_sentence_is_cut_inside_rather_than_left_out():
    found = choose([material([0.2] * 40 + [0.9] * 10 + [0.2] * 50, edges=(0, 100))], 12)
    assert 9 < sum(span.seconds for span in found) <= 12
    assert found[0].start >= 38


def test_highlights_of_a_second_are_refused():
    with pytest.raises(SettingError, match="too short"):
        choose([material([0.5] * 20)], 1.0)


def test_edges_lie_in_pauses_and_at_changes_but_never_in_a_sentence():
    speech = ((1.0, 4.0), (4.1, 6.0), (9.0, 12.0))
    edges = find_edges(20.0, changes=(5.0, 7.5, 16.0), speech=speech)
    at = [edge.at for edge in edges]
    assert at[0] == 0
    assert at[-1] == 20
    assert not [t for t in at if any(a < t < b for a, b in ((1.0, 6.0), (9.0, 12.0)))]
    assert {7.5, 16.0} <= set(at)
    assert {edge.at: edge.good for edge in edges}[16.0] == 1.0
    # Nothing begins or ends a moment before or after a change of shot.
    assert not [t for t in at if 0 < abs(t - 16.0) < 0.6]


def test_a_transcript_tells_where_sentences_end():
    from reelwright.core.nouns import Word

    said = ("One ", "two. ", "Three ", "four.")
    times = ((1.0, 1.5), (1.6, 2.0), (2.2, 2.6), (3.4, 4.0))
    words = [
        Word(text=text, start=start, end=end)
        for text, (start, end) in zip(said, times, strict=True)
    ]
    speech = ((1.0, 2.0), (2.2, 2.6), (3.4, 4.0))
    at = [edge.at for edge in find_edges(5.0, (), speech, words)]
    assert [t for t in at if 2.0 <= t <= 2.2]
    assert not [t for t in at if 2.2 < t < 4.0]
