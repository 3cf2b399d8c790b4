"""Where sound effects stand: on transitions that move, counters, what comes in item by item, before
the reveal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from reelwright.core.nouns import Shot
from reelwright.core.time import frames_to_cover, to_frames
from reelwright.core.timeline import EFFECTS, PictureClip, SoundClip, SoundTrack, Timeline
from reelwright.edit.assemble import Span

GAIN = -16.0
"""Decibels of effects, of which each is as loud as a voice's syllables."""
STILL = frozenset({"cut", "dissolve", "black", "white", "blur"})
"""Transitions in which nothing moves across: they are not heard."""
COUNTERS = frozenset({"number", "bars", "line", "ring"})
"""Scenes whose figures count up."""
ITEMS = {
    "list": ("items", Fraction(13, 100)),
    "steps": ("items", Fraction(13, 100)),
    "dates": ("events", Fraction(2, 10)),
    "table": ("rows", Fraction(13, 100)),
    "keywords": ("words", Fraction(1, 10)),
}
"""Scenes in which one thing after another comes in: the parameter that holds them, and the seconds
between one and the next."""
_ARRIVES = Fraction(1, 8)
"""Seconds after its shot begins at which the first element is there."""
_MOST = 6


@dataclass(frozen=True)
class Effect:
    """A sound effect: its file, the file's content hash, its length, and when it is at its height
    (seconds)."""

    path: Path
    asset: str
    seconds: float
    peak: float = 0.0


def place_effects(
    timeline: Timeline,
    *,
    shots: Sequence[Shot],
    spans: Sequence[Span],
    sounds: Mapping[str, Effect],
    relative: Callable[[Path], str],
    reveal: int | None = None,
) -> Timeline:
    """The timeline with one more sound track: its effects. The same if there is nothing to hear.

    Args:
        shots, spans: of each line.
        sounds: effects by name: whoosh, ticks, pop, riser.
        relative: how a path is written into the timeline.
        reveal: the line before which the riser climbs.
    """
    rate, length = timeline.format.rate, timeline.frames
    placed: list[tuple[Fraction, str]] = []
    placed += [(_middle(clip, rate), "whoosh") for clip in timeline.picture.clips if _moves(clip)]
    for shot, span in zip(shots, spans, strict=True):
        start = Fraction(span.start) / rate
        if shot.asset is None and shot.scene in COUNTERS:
            placed.append((start + _ARRIVES, "ticks"))
        elif shot.asset is None and shot.scene in ITEMS:
            key, apart = ITEMS[shot.scene]
            count = min(_MOST, len(shot.params.get(key, ())))
            placed += [(start + _ARRIVES + apart * n, "pop") for n in range(count)]
    if reveal is not None:
        placed.append((Fraction(spans[reveal].start) / rate, "riser"))
    clips: list[SoundClip] = []
    for at, name in sorted(placed):
        effect = sounds[name]
        start = to_frames(at - Fraction(effect.peak), rate)
        # One that would have begun before the video does is left out rather than cut into.
        frames = min(frames_to_cover(Fraction(effect.seconds), rate), length - start)
        if start >= 0 and frames > 0:
            path = relative(effect.path)
            clip = SoundClip(start=start, frames=frames, path=path, asset=effect.asset, gain=GAIN)
            clips.append(clip)
    if not clips:
        return timeline
    track = SoundTrack(name=EFFECTS, clips=tuple(clips))
    return timeline.model_copy(update={"sound": (*timeline.sound, track)})


def _moves(clip: PictureClip) -> bool:
    return clip.transition is not None and clip.transition.name not in STILL


def _middle(clip: PictureClip, rate: Fraction) -> Fraction:
    frames = clip.transition.frames if clip.transition else 0
    return Fraction(2 * clip.start + frames, 2) / rate
