"""What the clips of a timeline refer to, in the terms other editors share.

Every exporter asks the same: which file, from which frame of it, how much of it there is. Lengths
in files are counted in frames of the timeline, whatever the file's own rate.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from reelwright.core.nouns import MediaFacts
from reelwright.core.time import to_frames
from reelwright.core.timeline import Footage, SoundClip, Timeline

STILL_SECONDS = 3 * 3600
"""How long a picture may be shown: editors ask for some length."""


@dataclass(frozen=True)
class Source:
    """What one clip shows or plays.

    Attributes:
        name: for people: the file's name, or the scene's.
        path: the file; None where the clip is a drawn scene that no file was given for.
        start: frames into the file.
        frames: the clip's length.
        tail: frames the clip goes on for after its end, under the next clip's transition.
        facts: of the file, where it is there to be looked at.
        still: whether the file is a picture.
    """

    name: str
    path: Path | None
    start: int
    frames: int
    tail: int = 0
    facts: MediaFacts | None = None
    still: bool = False

    def length(self, rate: Fraction) -> int:
        """Frames the file has, at least those that are used."""
        used = self.start + self.frames + self.tail
        if self.still:
            return max(used, to_frames(STILL_SECONDS, rate))
        return max(used, to_frames(self.facts.seconds, rate) if self.facts else 0)


def picture_source(
    timeline: Timeline, index: int, root: Path, media: Mapping[int, Path] | None
) -> Source:
    """What picture clip `index` shows. Raises FootageError where its file is damaged."""
    clip = timeline.picture.clips[index]
    tail = 0
    if index + 1 < len(timeline.picture.clips):
        following = timeline.picture.clips[index + 1].transition
        tail = following.frames if following else 0
    given = (media or {}).get(index)
    if given is not None:
        path = (root / given).absolute()
        return Source(given.name, path, 0, clip.frames, tail, _facts(path))
    if isinstance(clip.source, Footage):
        path = (root / clip.source.path).absolute()
        still = clip.source.kind == "picture"
        start = 0 if still else to_frames(clip.source.start, timeline.format.rate)
        return Source(path.name, path, start, clip.frames, tail, _facts(path), still)
    return Source(clip.name or clip.source.name, None, 0, clip.frames, tail)


@dataclass(frozen=True)
class Heard:
    """A stretch of sound in one go: a looped clip is several of them."""

    clip: SoundClip
    source: Source
    start: int
    """Frame of the timeline."""
    first: bool
    last: bool


def sound_lanes(timeline: Timeline, track: int, root: Path) -> list[list[Heard]]:
    """The clips of a sound track in lanes in which nothing overlaps, each in order of time.

    Most tracks have one lane. A clip that loops is given as often as it is heard. Raises
    FootageError where a file is damaged.
    """
    lanes: list[list[Heard]] = []
    for clip in sorted(timeline.sound[track].clips, key=lambda clip: clip.start):
        heard = _unrolled(clip, timeline, root)
        free = next((lane for lane in lanes if _end(lane) <= clip.start), None)
        if free is None:
            lanes.append(free := [])
        free.extend(heard)
    return lanes


def _end(lane: Sequence[Heard]) -> int:
    return lane[-1].start + lane[-1].source.frames


def _unrolled(clip: SoundClip, timeline: Timeline, root: Path) -> list[Heard]:
    rate = timeline.format.rate
    path = (root / clip.path).absolute()
    facts = _facts(path)
    begin = to_frames(clip.offset, rate)
    whole = to_frames(facts.seconds, rate) if facts else 0
    heard: list[Heard] = []
    at = 0
    while at < clip.frames:
        frames = clip.frames - at
        if clip.loop and 0 < whole - begin < frames:
            frames = whole - begin
        source = Source(path.name, path, begin, frames, facts=facts)
        heard.append(Heard(clip, source, clip.start + at, at == 0, at + frames == clip.frames))
        at += frames
        begin = 0 if clip.loop and whole else begin
    return heard


def channels(path: Path) -> int:
    """How many channels a sound file has; 1 where it is not there."""
    if not path.is_file():
        return 1
    from reelwright.media.probing import open_media

    with open_media(path) as container:
        return container.streams.audio[0].channels if container.streams.audio else 1


def relative_url(path: Path, root: Path, folder: Path) -> str:
    """A reference to a file from a document in `folder`, percent-encoded.

    Files of the project are named relative to the document, so that the project can be moved;
    others by their absolute ``file:`` URL.
    """
    base = root.absolute()
    if path.is_relative_to(base) and folder.absolute().is_relative_to(base):
        # A colon in the first part would read as a URL's scheme.
        return quote(Path(os.path.relpath(path, folder.absolute())).as_posix(), safe="/~")
    return path.as_uri()


def _facts(path: Path) -> MediaFacts | None:
    try:
        changed = path.stat().st_mtime_ns
    except OSError:
        return None  # a file can be found again in the other editor; a damaged one cannot
    return _probe(path, changed) if path.is_file() else None


@lru_cache(maxsize=256)
def _probe(path: Path, changed: int) -> MediaFacts:
    """Facts of a file, remembered for as long as it stays as it is: a cut names it often."""
    from reelwright.media.probing import probe

    del changed
    return probe(path)
