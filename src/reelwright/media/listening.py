"""The sound of a whole file, block by block, in memory that does not grow with its length."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError
from reelwright.core.time import decimal
from reelwright.media import ffmpeg

_BLOCK = 1 << 16
"""Samples of all channels in a block."""


def listen(
    path: Path,
    *,
    rate: int | None = 16_000,
    channels: int | None = 1,
    start: float = 0.0,
    end: float | None = None,
    trouble: list[str] | None = None,
) -> Iterator[npt.NDArray[np.float32]]:
    """The first sound track of a file.

    Args:
        path: a video or a sound file.
        rate: samples a second to give; None: as many as the file has (see `track_of`).
        channels: 1 gives the mean of all channels, 2 stereo; None: those of the file as they are.
        start: seconds to begin at, counted from the video's first time stamp (as
            `reelwright.media.sweep` counts), or from the sound's where there is no picture.
        end: seconds to end at.
        trouble: takes what the decoder complained of.

    Yields:
        Blocks: length (for `channels` 1) or length × channels, −1 to 1 (more where a codec
        overshoots).
        Sample n is heard at `start` + n / `rate`: where sound begins late or is missing, zeros
        stand for it.

    Raises:
        FootageError: it cannot be opened, or has no sound.
        MediaError: none of its sound can be decoded.
    """
    track = track_of(path)
    rate, count = rate or track.rate, channels or track.channels
    begin = Fraction(start) + track.lead
    args = [ffmpeg.binary(), "-v", "error", "-nostdin", "-protocol_whitelist", "file"]
    args += ["-ss", decimal(begin)] if begin > 0 else []
    args += ["-i", ffmpeg.source(path), "-map", "0:a:0"]
    args += ["-ac", str(channels)] if channels else []
    args += ["-af", f"aresample={rate}:async=1:min_hard_comp=0.05:first_pts=0"]
    if end is not None:
        args += ["-t", decimal(max(Fraction(0), Fraction(end) - Fraction(start)))]
    args += ["-f", "f32le", "pipe:1"]
    with subprocess.Popen(args, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        if child.stdout is None or child.stderr is None:
            return
        said: list[str] = []
        complaints = child.stderr
        helper = threading.Thread(
            target=lambda: said.extend(line.decode(errors="replace") for line in complaints)
        )
        helper.start()
        heard = False
        try:
            ffmpeg.enlarge(child.stdout.fileno())
            while data := child.stdout.read(_BLOCK // count * count * 4):
                samples = np.frombuffer(data[: len(data) // (4 * count) * 4 * count], "<f4")
                heard = True
                yield samples if channels == 1 else samples.reshape(-1, count)
        finally:
            child.kill()
            code = child.wait()
            helper.join()
            if trouble is not None:
                trouble.extend(line.strip() for line in said)
        if not heard and code > 0:
            raise ffmpeg.failure("".join(said), f"hearing {path.name}", code)


@dataclass(frozen=True)
class Track:
    """The first sound track of a file."""

    rate: int
    """Samples a second."""
    channels: int
    lead: Fraction
    """Seconds between the first time stamp of the file and that of its picture (or its sound)."""


def track_of(path: Path) -> Track:
    """What the first sound track of a file is. Raises FootageError where there is none."""
    from reelwright.media.probing import open_media

    with open_media(path) as container:
        if not container.streams.audio:
            hint = "give a file with a sound track"
            raise FootageError("has no sound", where=str(path), hint=hint)
        sound = container.streams.audio[0]
        first = container.streams.video[0] if container.streams.video else sound
        begun = Fraction(first.start_time or 0) * (first.time_base or 1)
        lead = max(Fraction(0), begun - Fraction(container.start_time or 0, 1_000_000))
        context = sound.codec_context
        return Track(context.sample_rate or 48_000, max(1, context.channels), lead)
