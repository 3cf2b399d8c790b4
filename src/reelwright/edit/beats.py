"""Cuts pulled to the beat of the music, by making the pause before them longer or shorter."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from reelwright.core.nouns import Take
from reelwright.core.time import frames_to_cover, to_frames
from reelwright.edit.assemble import BOUNDS, LEAD, Span

PULL = Fraction(120, 1000)
"""Seconds by which a cut may be pulled: less than anybody misses, enough for most beats."""


def pull_to_beats(
    spans: Sequence[Span], takes: Sequence[Take], beats: Sequence[float], rate: Fraction
) -> tuple[Span, ...]:
    """The spans with each cut on a beat, where one is within `PULL` of it.

    Cuts are pulled from where they stood, so that nothing adds up: the video keeps its length. Of
    a line only the pause after it changes, and never to less than sounds natural (or than it was):
    speech is not cut. A line's voice keeps its distance from its cut, so captions follow.

    Args:
        spans: as `assemble.schedule` gives them.
        takes: one a span.
        beats: seconds of the video, rising.
        rate: frames a second.
    """
    most = to_frames(PULL, rate)
    marks = [to_frames(Fraction(beat), rate) for beat in beats]
    pulled: list[Span] = []
    start = 0
    for index, (span, take) in enumerate(zip(spans, takes, strict=True)):
        end = span.start + span.frames
        if index < len(spans) - 1:
            spoken = LEAD + Fraction(take.seconds)
            pause = span.frames / rate - spoken
            least = frames_to_cover(spoken + min(pause, Fraction(BOUNDS[0])), rate)
            end = max(_nearest(marks, end, most, start + least), start + least)
        pulled.append(Span(start, end - start, start + span.voice - span.start))
        start = end
    return tuple(pulled)


def _nearest(marks: Sequence[int], cut: int, most: int, first: int) -> int:
    """The mark nearest to a cut, not before `first`, at most `most` frames off; else the cut."""
    at = bisect_left(marks, cut)
    near = [mark for mark in marks[max(0, at - 1) : at + 1] if mark >= first]
    best = min(near, key=lambda mark: abs(mark - cut), default=cut)
    return best if abs(best - cut) <= most else cut
