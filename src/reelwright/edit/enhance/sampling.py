"""Small pictures of a whole shot, for steps that must know all of it before they begin."""

from __future__ import annotations

from fractions import Fraction

from reelwright.edit.enhance.frame import Look
from reelwright.edit.enhance.motion import Frame

_EVERY = 0.5
"""Seconds between two pictures, at least."""


def sample_shot(look: Look, shot: int, side: int, most: int) -> tuple[list[Frame], list[float]]:
    """Pictures spread over a shot, and when each is shown.

    Args:
        look: what was seen of the clip; of a still picture, it is the only one.
        shot: its number.
        side: pixels of the longer side of the pictures, about.
        most: how many, at most.

    Returns:
        One or more pictures, and their seconds from the clip's first one.

    Raises:
        FootageError: the clip cannot be read any more.
    """
    from reelwright.media.sweep import sweep

    frames: list[Frame] = []
    times: list[float] = []
    if not look.still:
        facts = look.facts
        end = Fraction(facts.seconds).limit_denominator(90_000)
        edges = [Fraction(0), *look.changes, end]
        begin, over = float(edges[shot]), float(max(edges[shot + 1], edges[shot] + Fraction(1, 10)))
        rate = 1 / max(_EVERY, (over - begin) / most)
        wide = max(2, round(side * min(1.0, facts.width / facts.height)))
        for block in sweep(look.path, facts, width=wide, rate=rate, start=begin, end=over):
            frames += list(block.frames)
            times += block.times.tolist()
    if not frames:
        # A still picture, or a shot of which nothing can be decoded.
        near = min(look.samples, key=lambda picture: abs(picture.shot - shot))
        return [near.rgb], [float(near.at)]
    return frames, times
