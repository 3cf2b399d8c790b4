"""Thumbnails, made when an asset comes in, and proxies, made when somebody first asks for one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reelwright.core.nouns import MediaFacts
from reelwright.core.progress import Progress, Silent
from reelwright.library.shelf import proxy_path
from reelwright.media import ffmpeg
from reelwright.media.frames import read_picture
from reelwright.media.moments import telling_frame
from reelwright.store import atomic

THUMBNAIL = 320
"""Pixels of a thumbnail's longer side, at most."""
PROXY = 480
"""Pixels of a proxy's shorter side, at most."""


def make_thumbnail(path: Path, facts: MediaFacts, out: Path) -> None:
    """Draw a small JPEG of a picture, or of a telling moment of a clip.

    Raises:
        FootageError: it cannot be read.
        StoreError: `out` cannot be written.
    """
    from PIL import Image

    if facts.kind == "picture":
        frame = read_picture(path, THUMBNAIL * 2)
    else:
        frame = telling_frame(path, facts, THUMBNAIL)
    image = Image.fromarray(frame)
    image.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX, reducing_gap=3)
    with atomic.replacing(out) as temporary:
        image.save(temporary, "JPEG", quality=80)


def find_proxy(
    asset_id: str, path: Path, facts: MediaFacts | None, progress: Progress | None = None
) -> Path | None:
    """The small copy of a film or of sound, made if there is none; None of anything else.

    Raises:
        MediaError: ffmpeg failed.
        StoreError: it cannot be written.
    """
    if facts is None or facts.kind == "picture":
        return None
    out = proxy_path(asset_id, facts.kind)
    if out.exists():
        return out
    watcher = progress or Silent()
    total = max(1, round(facts.seconds * float(facts.rate or 25)))
    watcher.start("proxy", total)
    done = 0

    def advance(frame: int) -> None:
        nonlocal done
        watcher.advance("proxy", max(0, frame - done), path.name)
        done = max(done, frame)

    make_proxy(path, facts, out, advance)
    watcher.finish("proxy")
    return out


def make_proxy(
    path: Path, facts: MediaFacts, out: Path, on_frame: Callable[[int], None] | None = None
) -> None:
    """Encode a small copy that plays anywhere: H.264 and AAC, `PROXY` lines, upright, its frames at
    the times they have in the original.

    Raises:
        MediaError: ffmpeg failed.
        StoreError: `out` cannot be written.
    """
    args: list[str | Path] = ["-i", ffmpeg.source(path)]
    if facts.kind == "video":
        args += ["-map", "0:V:0", "-map", "0:a:0?", "-vf", ",".join(_filters(facts))]
        args += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "27", "-g", "60"]
        args += ["-fps_mode", "vfr", "-enc_time_base", "demux"]
    else:
        args += ["-map", "0:a:0", "-vn"]
    args += ["-c:a", "aac", "-b:a", "96k", "-ac", "2", "-map_metadata", "-1", "-bitexact"]
    args += ["-movflags", "+faststart", "-f", "mp4"]
    with atomic.replacing(out) as temporary:
        ffmpeg.run([*args, temporary], what=f"making a proxy of {path.name}", on_frame=on_frame)


def _filters(facts: MediaFacts) -> list[str]:
    filters: list[str] = []
    if facts.interlaced:
        filters.append("yadif=deint=interlaced")
    short = max(2, min(PROXY, facts.width, facts.height) // 2 * 2)
    # Sides of one pixel cannot be halved for colour: they are widened to two.
    wide, high = max(2, facts.width), max(2, facts.height)
    if wide >= high:
        size = f"{max(2, round(wide * short / high / 2) * 2)}:{short}"
    else:
        size = f"{short}:{max(2, round(high * short / wide / 2) * 2)}"
    filters.append(f"scale={size}:flags=bilinear")
    if facts.hdr:
        filters += [
            "zscale=transfer=linear:npl=100,format=gbrpf32le,zscale=primaries=bt709",
            "tonemap=tonemap=hable:desat=0,zscale=transfer=bt709:matrix=bt709:range=limited",
        ]
    return [*filters, "setsar=1", "format=yuv420p"]
