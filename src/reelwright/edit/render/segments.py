"""Segments: the timeline cut into stretches that are encoded each on its own.

A shot is one segment; where a transition mixes the shot before it into its first frames, those
frames are a segment of their own, so that a change in one shot leaves most of the next as it is.
A segment knows nothing of where in the video it stands: its text is shifted to begin at 0 and its
sources are told by their contents, so inserting a line makes no other segment again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.core.nouns import Format
from reelwright.core.time import decimal, to_seconds
from reelwright.core.timeline import Footage, PictureClip, Scene, TextTrack, Timeline


@dataclass(frozen=True)
class Part:
    """Frames of a source."""

    source: Footage | Scene
    length: int
    """Frames that the clip it comes from lasts."""
    first: int
    """The first frame shown, counted from the clip's own first; from `length` on it is the tail
    that a transition asks for."""

    @property
    def drawn(self) -> bool:
        """Whether its frames are drawn here (scenes and pictures) and not read by ffmpeg."""
        return isinstance(self.source, Scene) or self.source.kind == "picture"

    def inputs(self, root: Path) -> tuple[Path, ...]:
        """The files whose contents decide how it looks."""
        if isinstance(self.source, Footage):
            return (root / self.source.path,)
        return tuple(root / path for path in self.source.still)

    def key(self, format: Format) -> dict[str, Any]:
        """What else decides how it looks; no path, no place in the video."""
        source = self.source
        if isinstance(source, Scene):
            facts = source.model_dump(mode="json")
        else:
            facts = {"type": source.type, "kind": source.kind, "focus": list(source.focus)}
            if source.kind == "video":
                at = Fraction(source.start) + to_seconds(self.first, format.rate)
                facts["at"] = decimal(at)
                if source.fill != "crop":
                    facts["fill"] = source.fill
                moves = len(source.camera) > 1 or len(source.below) > 1
                if source.camera:
                    facts["camera"] = [source.camera, source.below]
                if source.focus_end is None and not moves:
                    return facts
                facts["focus_end"] = list(source.focus_end or ())
                return {**facts, "length": self.length, "first": self.first}
            if source.move == "none":
                return facts
            facts["move"] = source.move
        return {**facts, "length": self.length, "first": self.first}


@dataclass(frozen=True)
class Segment:
    """A stretch of the video."""

    name: str
    """The shot it belongs to, for people."""
    start: int
    """Where it stands in the video. Must not decide anything that is drawn."""
    frames: int
    main: Part
    before: Part | None = None
    """The shot before, mixed into it from the first frame to the last."""
    transition: str = ""


def cut(timeline: Timeline) -> Iterator[Segment]:
    """The timeline's segments in order; together they cover every frame once."""
    last: PictureClip | None = None
    for clip in timeline.picture.clips:
        mixed = 0
        if clip.transition and last:
            mixed = clip.transition.frames
            yield Segment(
                name=clip.name,
                start=clip.start,
                frames=mixed,
                main=Part(clip.source, clip.frames, 0),
                before=Part(last.source, last.frames, last.frames),
                transition=clip.transition.name,
            )
        if clip.frames > mixed:
            yield Segment(
                name=clip.name,
                start=clip.start + mixed,
                frames=clip.frames - mixed,
                main=Part(clip.source, clip.frames, mixed),
            )
        last = clip


def text_in(timeline: Timeline, segment: Segment) -> TextTrack:
    """The captions and marks seen during a segment, at their own times."""
    end = segment.start + segment.frames

    def seen(start: int, frames: int) -> bool:
        return start < end and start + frames > segment.start

    text = timeline.text
    return text.model_copy(
        update={
            "captions": tuple(c for c in text.captions if seen(c.start, c.frames)),
            "marks": tuple(m for m in text.marks if seen(m.start, m.frames)),
        }
    )
