"""Cuts on the beat: near ones are pulled, speech is never cut, nothing adds up."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from reelwright.core.nouns import Line, Origin, Script, Take
from reelwright.core.time import frames_to_cover
from reelwright.edit.assemble import LEAD, schedule
from reelwright.edit.beats import PULL, pull_to_beats

RATE = Fraction(30)


def take(seconds: float) -> Take:
    return Take(path="t/take.wav", seconds=seconds, words=(), origin=Origin(provider="none"))


def script(count: int, pause: float = 0.2) -> Script:
    return Script(title="t", lines=tuple(Line(say="x") for _ in range(count)), pause=pause)


def test_a_cut_goes_to_the_beat_beside_it():
    takes = [take(2.0), take(2.0), take(2.0)]
    spans = schedule(script(3), takes, RATE)
    assert [span.start for span in spans] == [0, 72, 144]
    pulled = pull_to_beats(spans, takes, [0, 2.3, 4.9], RATE)
    # 2.3 s is frame 69; 4.9 s is frame 147; the end stays where it was.
    assert [span.start for span in pulled] == [0, 69, 147]
    assert [span.voice - span.start for span in pulled] == [6, 6, 6]
    assert pulled[-1].start + pulled[-1].frames == spans[-1].start + spans[-1].frames


def test_a_beat_too_far_off_pulls_nothing():
    takes = [take(2.0), take(2.0)]
    spans = schedule(script(2), takes, RATE)
    assert pull_to_beats(spans, takes, [2.2, 2.6], RATE) == spans
    assert pull_to_beats(spans, takes, [], RATE) == spans


def test_a_pause_too_short_is_not_made_shorter():
    takes = [take(2.0), take(2.0)]
    spans = schedule(script(2, pause=0.0), takes, RATE)
    assert pull_to_beats(spans, takes, [2.15], RATE) == spans
    assert pull_to_beats(spans, takes, [2.3], RATE)[0].frames == 69


@given(
    seconds=st.lists(st.floats(0.2, 9), min_size=1, max_size=12),
    pause=st.floats(0, 1),
    tempo=st.floats(50, 190),
    rate=st.sampled_from([Fraction(5), Fraction(24), Fraction(30000, 1001), Fraction(60)]),
)
def test_whatever_is_said(seconds: list[float], pause: float, tempo: float, rate: Fraction):
    takes = [take(one) for one in seconds]
    spans = schedule(script(len(takes), pause), takes, rate)
    beats = [beat * 60 / tempo for beat in range(int(130 * tempo / 60))]
    pulled = pull_to_beats(spans, takes, beats, rate)
    at = 0
    for before, after, one in zip(spans, pulled, takes, strict=True):
        assert after.start == at
        assert abs(after.start - before.start) <= PULL * rate + 1
        assert after.frames >= frames_to_cover(LEAD + Fraction(one.seconds), rate)
        at += after.frames
    assert at == spans[-1].start + spans[-1].frames
