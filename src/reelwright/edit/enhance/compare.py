"""Two versions of one thing, held side by side: as figures, and for the eye.

Figures are those of the field: PSNR, SSIM (Wang et al. 2004) and VMAF (Li et al. 2016) by ffmpeg,
with the first file as the reference, at its size and in its time. Flicker is our own: how much the
light of places goes up and down again from one picture to the next.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import FootageError, MediaError
from reelwright.core.nouns import MediaFacts
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames
from reelwright.media.probing import probe
from reelwright.media.sweep import sweep

_FLICKER_WIDTH = 96
_LOOP = 6
"""Seconds that a wipe takes to come back."""
_LARGEST = 3840
"""Pixels across of a comparison, at most."""
_APART = 1.5
"""How many times as long one may be as the other to be of the same thing."""


@dataclass(frozen=True)
class Comparison:
    """How the second differs from the first."""

    psnr: float
    """Decibels of luma; infinite where nothing differs."""
    ssim: float
    """0 to 1."""
    vmaf: float | None
    """0 to 100; None where this ffmpeg has none, or the picture is too small for it."""
    flicker: tuple[float, float] | None
    """Of the first and of the second, of 255; None for pictures."""
    path: Path | None = None
    """The video or picture that shows both."""


def compare_files(
    before: Path,
    after: Path,
    out: Path | None = None,
    *,
    wipe: bool = False,
    on_frame: Callable[[int], None] | None = None,
    stopping: threading.Event | None = None,
) -> Comparison:
    """Measure and show how two files differ.

    Args:
        before: a video or a picture.
        after: another of the same kind and about the same length; its size may differ.
        out: the video (MP4) or picture (PNG, JPEG) to write, or None.
        wipe: a line that wanders over both, rather than one beside the other.
        on_frame: told how many pictures of the comparison are encoded.
        stopping: when set, the work is broken off.

    Raises:
        FootageError: one of them cannot be used, or they are of different kinds or lengths.
        MediaError: ffmpeg failed.
    """
    facts = probe(before), probe(after)
    for path, fact in zip((before, after), facts, strict=True):
        if fact.kind == "audio":
            raise FootageError("has sound but no picture", where=str(path))
    if facts[0].kind != facts[1].kind:
        raise FootageError(
            f"is a {facts[1].kind}, and {before.name} is a {facts[0].kind}",
            where=str(after),
            hint="compare two videos, or two pictures",
        )
    short, long = sorted(fact.seconds for fact in facts)
    if facts[0].kind == "video" and long > _APART * short + 1:
        raise FootageError(
            f"lasts {facts[1].seconds:.1f} s, and {before.name} {facts[0].seconds:.1f} s",
            where=str(after),
            hint="compare two versions of one video",
        )
    psnr, ssim, vmaf = _figures(before, after, facts[0], stopping)
    flicker = None
    if facts[0].kind == "video":
        flicker = flicker_of(before, facts[0]), flicker_of(after, facts[1])
        if out is not None:
            _film(before, after, facts, out, wipe, on_frame, stopping)
    elif out is not None:
        _still(before, after, out, wipe)
    return Comparison(psnr, ssim, vmaf, flicker, out)


def _figures(
    before: Path, after: Path, facts: MediaFacts, stopping: threading.Event | None
) -> tuple[float, float, float | None]:
    even = f"scale={facts.width}:{facts.height}:flags=bicubic,setsar=1,settb=AVTB,format=yuv420p"
    sides = f"[1:v:0]{even},setpts=PTS-STARTPTS"
    base = f"[0:v:0]{even},setpts=PTS-STARTPTS"
    given = ["-protocol_whitelist", "file", "-i", ffmpeg.source(after)]
    given += ["-protocol_whitelist", "file", "-i", ffmpeg.source(before)]

    def said(measures: str) -> str:
        graph = f"{sides},{measures}"
        args = ["-v", "info", *given, "-filter_complex", graph, "-f", "null", "-"]
        return ffmpeg.run(args, what=f"comparing {after.name}", stopping=stopping)

    # Where one is longer, its end is not held against the other's last picture.
    both = f"split[a][c];{base},split[b][d];[b][a]psnr=shortest=1[p];[d][c]ssim=shortest=1[s];"
    text = said(f"{both}[p]nullsink;[s]null")
    psnr = _number(r"PSNR y:(inf|[\d.]+)", text)
    ssim = _number(r"SSIM Y:([\d.]+)", text)
    if min(facts.width, facts.height) < 64:
        return psnr, ssim, None
    try:
        told = said(f"null[r];{base}[a];[a][r]libvmaf=n_threads=2:shortest=1")
        return psnr, ssim, _number(r"VMAF score: ([\d.]+)", told)
    except MediaError:
        # An ffmpeg of the person's own may come without it.
        return psnr, ssim, None


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if not found:
        raise MediaError("ffmpeg did not say how the two compare")
    return float(found[1])


def flicker_of(path: Path, facts: MediaFacts) -> float:
    """How much a video flickers, of 255: the root mean square of how far the light of a place lies
    from what it is before and after, where those two agree.

    Raises FootageError when it cannot be read.
    """
    last: list[Any] = []
    total = count = 0.0
    for block in sweep(path, facts, width=_FLICKER_WIDTH, gray=True):
        for frame in block.frames:
            last = [*last[-2:], frame.astype(np.float32)]
            if len(last) == 3:
                there = np.abs(last[0] - last[2])
                apart = last[1] - (last[0] + last[2]) / 2
                # Where something moves by, before and after differ, and nothing can be told.
                stands = there < 6
                total += float((apart[stands] ** 2).sum())
                count += float(stands.sum())
    return float(np.sqrt(total / count)) if count else 0.0


def _film(
    before: Path,
    after: Path,
    facts: tuple[MediaFacts, MediaFacts],
    out: Path,
    wipe: bool,
    on_frame: Callable[[int], None] | None,
    stopping: threading.Event | None,
) -> None:
    wide = max(fact.width for fact in facts)
    high = max(fact.height for fact in facts)
    share = min(1.0, _LARGEST / (wide if wipe else 2 * wide))
    wide, high = (max(2, round(side * share / 2) * 2) for side in (wide, high))
    even = f"scale={wide}:{high}:force_original_aspect_ratio=decrease:flags=lanczos,setsar=1,"
    even += f"pad={wide}:{high}:-1:-1,setpts=PTS-STARTPTS,format=yuv420p"
    if wipe:
        place = f"2*floor({wide}/4*(1+0.9*sin(2*PI*t/{_LOOP})))"
        graph = (
            f"[0:v:0]{even}[a];[1:v:0]{even},format=yuva420p,pad={2 * wide}:{high}:0:0:black@0,"
            f"crop={wide}:{high}:x='{place}':y=0[b];"
            f"[a][b]overlay=x='{place}':y=0:eof_action=endall[m];"
            f"color=white:s=4x{high}[l];[m][l]overlay=x='{place}-2':y=0:shortest=1[v]"
        )
    else:
        graph = f"[0:v:0]{even}[a];[1:v:0]{even}[b];[a][b]hstack=shortest=1[v]"
    args = ["-v", "error", "-protocol_whitelist", "file", "-i", ffmpeg.source(before)]
    args += ["-protocol_whitelist", "file", "-i", ffmpeg.source(after)]
    args += ["-filter_complex", graph, "-map", "[v]", "-map", "1:a:0?", "-c:a", "aac"]
    args += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "16", "-pix_fmt", "yuv420p"]
    args += ["-movflags", "+faststart", "-f", "mp4", ffmpeg.source(out)]
    ffmpeg.run(args, what="showing both", on_frame=on_frame, stopping=stopping)


def _still(before: Path, after: Path, out: Path, wipe: bool) -> None:
    from PIL import Image, ImageOps

    one, two = (Image.fromarray(read_frames(path, [0.0])[0]) for path in (before, after))
    size = max(one.width, two.width), max(one.height, two.height)
    one, two = (ImageOps.pad(image, size, Image.Resampling.LANCZOS) for image in (one, two))
    if wipe:
        half = size[0] // 2
        one.paste(two.crop((half, 0, *size)), (half, 0))
        one.paste((255, 255, 255), (half - 1, 0, half + 1, size[1]))
        one.save(out)
        return
    both = Image.new("RGB", (2 * size[0], size[1]))
    both.paste(one, (0, 0))
    both.paste(two, (size[0], 0))
    both.save(out)
