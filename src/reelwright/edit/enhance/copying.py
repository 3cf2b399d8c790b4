"""A clip whose picture nothing is done to: its packets are copied, beside its sound or another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from reelwright.edit.enhance.reading import Clip
from reelwright.media import ffmpeg
from reelwright.media.decoding import Span
from reelwright.media.probing import entry, open_media
from reelwright.media.sweep import sweep
from reelwright.store import atomic
from reelwright.store.steps import Step, Steps

KINDS = frozenset({"h264", "hevc", "mpeg4", "av1"})
"""Kinds of pictures that MP4 and MOV may hold as they are, and that players know there."""


def is_copied(clip: Clip, steps: Steps) -> bool:
    """Whether its packets can stand in an MP4 or MOV as they are; what is damaged is decoded, so
    that the gap can be named. Raises FootageError when it cannot be read."""
    known = clip.facts.codec in KINDS and clip.indexed and not clip.alpha
    return known and not _damage(clip, steps)


def _damage(clip: Clip, steps: Steps) -> list[Span]:
    def make(out: Path) -> None:
        steps.progress.say(f"looking whether {clip.path.name} is damaged")
        found: list[Span] = []
        for _ in sweep(clip.path, clip.facts, width=16, gray=True, damage=found):
            pass
        atomic.write_text(out, json.dumps(found))

    step = Step("damage", 1, make, {}, (clip.path,), ".json", clip.path.name)
    return json.loads(steps.run(step).read_bytes())


def copy_clip(clip: Clip, sound: Path | None, out: Path, metadata: Mapping[str, str]) -> int:
    """Write the file; nothing is encoded.

    Args:
        clip: whose picture it is.
        sound: the file of its sound: its own, one that begins with the first picture, or None.
        out: the file, MP4 or MOV by its name.
        metadata: keys and values for it, besides the clip's own.

    Returns:
        How many pictures it has.

    Raises:
        MediaError: the packets cannot be written so.
        StoreError: the disk is full or may not be written.
    """
    args = ["-v", "error", "-protocol_whitelist", "file", "-i", ffmpeg.source(clip.path)]
    chosen = ["-map", "0:v:0"]
    if sound == clip.path:
        chosen += ["-map", "0:a"]
    elif sound is not None:
        # Another file's time counts from its own beginning.
        late = float(entry(clip.path, clip.facts).lead)
        args += ["-itsoffset", f"{late:.6f}", "-i", ffmpeg.source(sound)]
        chosen += ["-map", "1:a"]
    code = ["-c", "copy", "-map_metadata", "0", "-fflags", "+bitexact"]
    code += ["-tag:v", "hvc1"] if clip.facts.codec == "hevc" else []
    for key, value in metadata.items():
        code += ["-metadata", f"{key}={value}"]
    kind = "mov" if out.suffix.lower() == ".mov" else "mp4"
    code += ["-movflags", "+faststart+use_metadata_tags", "-f", kind, ffmpeg.source(out)]
    ffmpeg.run([*args, *chosen, *code], what=f"copying {clip.path.name}")
    with open_media(out) as made:
        return sum(1 for packet in made.demux(video=0) if packet.size)
