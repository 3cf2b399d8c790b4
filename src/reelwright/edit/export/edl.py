"""EDL: CMX3600, the list every editor reads: one video track of cuts and dissolves.

Time code is non-drop at the nearest whole rate and starts at one hour, as programmes do. Sound,
captions and framing do not fit into it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from reelwright.core.time import timecode, to_frames
from reelwright.core.timeline import Timeline
from reelwright.edit.export.sources import Source, picture_source

FILE = "timeline.edl"


def write_edl(timeline: Timeline, *, root: Path, media: Mapping[int, Path] | None = None) -> str:
    """The picture track as CMX3600.

    A transition of any kind is a dissolve. Reels are eight letters made from the files' names, one
    for each file; a drawn scene without a file has its scene's name.

    Raises:
        FootageError: a file of the timeline is damaged.
    """
    rate = timeline.format.rate
    # The count of one hour of whole-numbered time code, not of real time at 29.97.
    hour = 3600 * to_frames(1, rate)
    lines = [f"TITLE: {_comment(timeline.title) or 'Reelwright'}", "FCM: NON-DROP FRAME", ""]
    reels: dict[str, str] = {}
    previous: tuple[str, Source] | None = None
    for index, clip in enumerate(timeline.picture.clips):
        source = picture_source(timeline, index, root, media)
        reel = _reel(str(source.path or f"scene {source.name}"), source, reels)
        times = [
            timecode(frame, rate)
            for frame in (
                source.start,
                source.start + source.frames,
                hour + clip.start,
                hour + clip.start + clip.frames,
            )
        ]
        if clip.transition and previous:
            # A dissolve is written as an empty cut of the outgoing reel and the incoming one.
            old, before = previous
            left = timecode(before.start + before.frames, rate)
            lines.append(_event(index, old, "C", [left, left, times[2], times[2]]))
            lines.append(_event(index, reel, f"D    {clip.transition.frames:03d}", times))
            lines.append(f"* FROM CLIP NAME: {_comment(before.name)}")
            lines.append(f"* TO CLIP NAME: {_comment(source.name)}")
        else:
            lines.append(_event(index, reel, "C", times))
            lines.append(f"* FROM CLIP NAME: {_comment(source.name)}")
        if clip.name:
            lines.append(f"* COMMENT: {_comment(clip.name)}")
        previous = (reel, source)
    return "\n".join(lines) + "\n"


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``timeline.edl`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_edl(timeline, root=root, media=media))
    return out / FILE


def _event(index: int, reel: str, kind: str, times: list[str]) -> str:
    return f"{index + 1:03d}  {reel:<8} V     {kind:<8} {' '.join(times)}"


def _reel(key: str, source: Source, reels: dict[str, str]) -> str:
    """A name of at most eight capital letters and digits, the same for the same file."""
    if key not in reels:
        stem = re.sub(r"[^A-Z0-9]", "", Path(source.name).stem.upper())[:8] or "CLIP"
        # BL and BARS mean black and colour bars, AX no reel at all.
        taken = {*reels.values(), "BL", "BLACK", "BARS", "AX"}
        name, number = stem, 1
        while name in taken:
            number += 1
            name = stem[: 8 - len(str(number))] + str(number)
        reels[key] = name
    return reels[key]


def _comment(text: str) -> str:
    return " ".join(text.split())
