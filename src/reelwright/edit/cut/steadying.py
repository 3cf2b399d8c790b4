"""A shaking recording made calm, as a file of its own: vidstab in two passes, shot by shot.

The first pass measures how the camera moved from frame to frame, the second moves every frame back
onto a smoothed path and zooms in by as little as hides the edges. Across a change of shot there is
no movement to measure, so each shot has a path of its own. The picture is encoded at a quality at
which no loss can be seen, since it is encoded once more when the video is rendered. Time stamps
stay what they were.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from reelwright.core.time import decimal
from reelwright.media import ffmpeg

VERSION = 2
"""Raised whenever the same recording would come out otherwise."""
SMOOTHING = 24
"""Frames to each side over which the camera's path is smoothed."""
CRF = 12
"""x264's, for a file that nobody watches."""
_SHORTEST = 0.4
"""Seconds under which a shot is left as it is: nobody sees it shake."""
_BEFORE = Fraction(1, 500)
"""Seconds before its first frame at which a shot is said to begin: stamps are rounded."""
_EARLY = 4
"""Seconds before a shot at which reading begins."""
_CLOCK = 90_000
"""Ticks a second of the file that is written."""


def steady_file(
    path: Path, out: Path, changes: Sequence[float] = (), *, stopping: threading.Event | None = None
) -> None:
    """Write the picture of a recording, calm and upright, without its sound, as MP4.

    Args:
        path: the recording.
        out: the file to write.
        changes: seconds at which a new shot begins, from the picture's first time stamp, in order.
        stopping: when set, the work is broken off.

    Raises:
        MediaError: ffmpeg failed.
        FootageError: it cannot be read.
        StoreError: the disk is full or may not be written.
    """
    edges = [None, *(Fraction(at) - _BEFORE for at in changes), None]
    with tempfile.TemporaryDirectory(prefix="reel-steady-") as folder:
        shots: list[Path] = []
        for number, (start, end) in enumerate(pairwise(edges)):
            shots.append(Path(folder) / f"{number}.nut")
            _steady_shot(path, shots[-1], start, end, stopping)
        _join(path, shots, out)


def _steady_shot(
    path: Path,
    out: Path,
    start: Fraction | None,
    end: Fraction | None,
    stopping: threading.Event | None,
) -> None:
    begun, lead = _begins(path)
    given = ["-v", "error", "-protocol_whitelist", "file", "-copyts"]
    if start is not None and lead + start > _EARLY:
        given += ["-ss", decimal(lead + start - _EARLY)]
    if end is not None:
        given += ["-to", decimal(lead + end + 1)]
    given += ["-i", ffmpeg.source(path), "-map", "0:v:0"]
    sides = [("start", start), ("end", end)]
    parts = [f"{name}={decimal(begun + at)}" for name, at in sides if at is not None]
    only = f"trim={':'.join(parts)}," if parts else ""
    moves = ffmpeg.quote(out.with_suffix(".trf"))
    short = start is not None and end is not None and end - start < _SHORTEST
    if not short:
        look = f"{only}vidstabdetect=shakiness=6:accuracy=12:result={moves}"
        ffmpeg.run(
            [*given, "-vf", look, "-fps_mode", "passthrough", "-f", "null", "-"],
            what=f"watching how {path.name} shakes",
            stopping=stopping,
        )
    # Zooming by a constant that hides the edges nearly always; what is left is filled from
    # the frames before.
    calm = f"vidstabtransform=input={moves}:smoothing={SMOOTHING}:optzoom=1"
    calm += ":interpol=bicubic:crop=keep,"
    code = ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(CRF), "-threads", "2"]
    # Without frames that look ahead, packets can be joined in the order of showing.
    code += ["-g", "60", "-bf", "0", "-fps_mode", "passthrough"]
    code += ["-enc_time_base", f"1:{_CLOCK}", "-fflags", "+bitexact", "-flags:v", "+bitexact"]
    code += ["-map_metadata", "-1"]
    ffmpeg.run(
        [
            *(*given, "-vf", f"{only}{'' if short else calm}format=yuv420p", *code),
            *("-f", "nut", ffmpeg.source(out)),
        ],
        what=f"calming {path.name}",
        stopping=stopping,
    )


def _begins(path: Path) -> tuple[Fraction, Fraction]:
    """The first time stamp of a recording's picture, and how long after the file's that is."""
    from reelwright.media.probing import open_media

    with open_media(path) as container:
        film = container.streams.video[0]
        begun = Fraction(film.start_time or 0) * (film.time_base or 1)
        return begun, begun - Fraction(container.start_time or 0, 1_000_000)


def _join(path: Path, shots: Sequence[Path], out: Path) -> None:
    """The packets of all shots one after the other, the first frame at 0 s."""
    import av

    begun, _ = _begins(path)
    options = {"video_track_timescale": str(_CLOCK), "fflags": "+bitexact"}
    with av.open(f"file:{out}", "w", format="mp4", options=options) as made:
        stream = None
        for shot in shots:
            with av.open(f"file:{shot}") as given:
                film = given.streams.video[0]
                stream = stream or made.add_stream_from_template(film)
                for packet in given.demux(film):
                    if packet.pts is None or packet.time_base is None:
                        continue
                    at = round((packet.pts * packet.time_base - begun) * _CLOCK)
                    packet.duration = round((packet.duration or 0) * packet.time_base * _CLOCK)
                    packet.pts = packet.dts = max(0, at)
                    packet.time_base = Fraction(1, _CLOCK)
                    packet.stream = stream
                    made.mux(packet)
