"""A shaking recording made calm, as a file of its own: vidstab in two passes.

The first pass measures how the camera moved from frame to frame, the second moves every frame back
onto a smoothed path and zooms in by as little as hides the edges. The picture is encoded at a
quality at which no loss can be seen, since it is encoded once more when the video is rendered. Time
stamps stay what they were.
"""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

from reelwright.media import ffmpeg

VERSION = 1
"""Raised whenever the same recording would come out otherwise."""
SMOOTHING = 24
"""Frames to each side over which the camera's path is smoothed."""
CRF = 12
"""x264's, for a file that nobody watches."""


def steady_file(path: Path, out: Path, *, stopping: threading.Event | None = None) -> None:
    """Write the picture of a recording, calm and upright, without its sound, as MP4.

    Raises:
        MediaError: ffmpeg failed.
        StoreError: the disk is full or may not be written.
    """
    given = [
        "-v",
        "error",
        "-protocol_whitelist",
        "file",
        "-i",
        ffmpeg.source(path),
        "-map",
        "0:v:0",
    ]
    with tempfile.TemporaryDirectory(prefix="reel-steady-") as folder:
        moves = ffmpeg.quote(Path(folder) / "moves.trf")
        look = f"vidstabdetect=shakiness=6:accuracy=12:result={moves}"
        ffmpeg.run(
            [*given, "-vf", look, "-fps_mode", "passthrough", "-f", "null", "-"],
            what=f"watching how {path.name} shakes",
            stopping=stopping,
        )
        # Zooming by a constant that hides the edges nearly always; what is left is filled from
        # the frames before.
        calm = f"vidstabtransform=input={moves}:smoothing={SMOOTHING}:optzoom=1"
        calm += ":interpol=bicubic:crop=keep,format=yuv420p"
        code = ["-c:v", "libx264", "-preset", "veryfast", "-crf", str(CRF), "-threads", "2"]
        code += ["-g", "60", "-fps_mode", "passthrough", "-video_track_timescale", "90000"]
        code += ["-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1"]
        ffmpeg.run(
            [*given, "-vf", calm, *code, "-f", "mp4", ffmpeg.source(out)],
            what=f"calming {path.name}",
            stopping=stopping,
        )
