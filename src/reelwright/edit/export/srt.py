"""SRT: the captions as SubRip text."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from reelwright.core.time import srt_time
from reelwright.core.timeline import Timeline

FILE = "captions.srt"


def write_srt(timeline: Timeline) -> str:
    """The captions as SubRip text, lines as they are shown; empty where there are none."""
    rate = timeline.format.rate
    cues: list[str] = []
    for caption in timeline.text.captions:
        start, end = srt_time(caption.start, rate), srt_time(caption.start + caption.frames, rate)
        # A blank line ends a cue: a caption has none.
        text = "\n".join(filter(None, (line.strip() for line in caption.text.splitlines())))
        if text and caption.translation:
            text += "\n" + " ".join(line.strip() for line in caption.translation)
        if text:
            cues.append(f"{len(cues) + 1}\n{start} --> {end}\n{text}\n")
    return "\n".join(cues)


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``captions.srt`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_srt(timeline))
    return out / FILE
