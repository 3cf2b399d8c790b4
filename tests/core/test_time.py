from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.core import time

RATES = [Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001), Fraction(60)]


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("30", Fraction(30)),
        ("29.97", Fraction(30000, 1001)),
        ("23.976", Fraction(24000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_rates_are_exact(text: str, rate: Fraction):
    assert time.parse_rate(text) == rate
    assert time.parse_rate(time.format_rate(rate)) == rate


@pytest.mark.parametrize("text", ["0", "-30", "1000", "abc", ""])
def test_impossible_rates_are_refused(text: str):
    with pytest.raises(ValueError, match="frame rate"):
        time.parse_rate(text)


@given(st.integers(0, 10_000_000), st.sampled_from(RATES))
def test_a_frame_survives_the_way_to_seconds_and_back(frame: int, rate: Fraction):
    assert time.to_frames(time.to_seconds(frame, rate), rate) == frame
    assert time.to_frames(float(time.to_seconds(frame, rate)), rate) == frame
    assert time.frames_to_cover(float(time.to_seconds(frame, rate)), rate) == frame


@given(st.floats(0, 36_000, allow_nan=False), st.sampled_from(RATES))
def test_speech_is_covered_and_by_less_than_a_frame_too_much(seconds: float, rate: Fraction):
    frames = time.frames_to_cover(seconds, rate)
    assert frames >= Fraction(seconds) * rate - Fraction(1, 1_000_000)
    assert frames < Fraction(seconds) * rate + 1


@given(st.integers(0, 5_000_000), st.sampled_from(RATES))
def test_samples_never_drift(frame: int, rate: Fraction):
    assert abs(time.to_samples(frame, rate) - frame * 48000 / rate) <= Fraction(1, 2)


def test_written_forms():
    rate = Fraction(30)
    assert time.srt_time(1870, rate) == "00:01:02,333"
    assert time.ass_time(1870, rate) == "0:01:02.33"
    assert time.timecode(132, rate) == "00:00:04:12"
    assert time.timecode(30, Fraction(30000, 1001)) == "00:00:01:00"
    assert time.decimal(Fraction(59, 30)) == "1.966667"
    assert time.decimal(-0.5) == "-0.500000"


@given(st.integers(1, 1_000_000), st.sampled_from(RATES))
def test_a_caption_time_lies_within_the_frame_before(frame: int, rate: Fraction):
    # At least a whole millisecond from both ends: ffmpeg's own rounding cannot move it a frame.
    before, instant = (time.to_seconds(n, rate) * 1000 for n in (frame - 1, frame))
    assert before + 1 < time.frame_ms(frame, rate) < instant - 1
    assert time.frame_ms(0, rate) == 0
