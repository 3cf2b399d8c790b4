"""How soon the first video plays on the viewer's page, in a real Chromium on this machine.

python benchmarks/recommend.py --only first-video
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from figures import Bench, Figure
from recommend_service import home_at, served

VIDEOS, VISITS = 8, 9


def first_video(bench: Bench) -> list[Figure]:
    """From going to the address to the first picture of a 1080p video, each time a new viewer's."""
    from reelwright.audience.shelf import open_feed
    from reelwright.audience.videos import add_videos
    from reelwright.core.settings import load_settings

    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from browser import browser

    home = bench.work / "viewer"
    with home_at(home):
        database = open_feed(load_settings().feed)
        add_videos(database, _draw(bench, home))
        database.close()
        with served(home) as (url, _), browser("en-GB") as tab:
            waits = [_visit(tab, f"{url}/?user=v{number}") for number in range(VISITS)]
    waits = sorted(waits[1:])
    ours = f"median {waits[len(waits) // 2]:.2f} s of {len(waits)} visits, after one to warm up"
    title = "the first video plays on localhost, the slowest visit"
    return [Figure("first-video", title, waits[-1], 1, "s", ours)]


def _visit(tab, url: str) -> float:
    tab.open("about:blank", 390, 844, phone=True)
    began = time.perf_counter()
    tab.open(url, 390, 844, phone=True)
    tab.until("document.querySelector('video')?.currentTime > 0")
    return time.perf_counter() - began


def _draw(bench: Bench, folder: Path) -> list[Path]:
    """Vertical videos of 1080p with sound: one, encoded once, under several titles."""
    one = folder / "one.mp4"
    sources = ["testsrc2=s=1080x1920:r=30:d=8", "sine=f=330:d=8"]
    inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
    coded = ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    start = [bench.ffmpeg, "-v", "error", "-y"]
    subprocess.run([*start, *inputs, *coded, "-movflags", "+faststart", str(one)], check=True)
    files = [folder / f"film{number}.mp4" for number in range(VIDEOS)]
    for number, file in enumerate(files):
        title = ["-c", "copy", "-metadata", f"title=Film {number}", "-movflags", "+faststart"]
        subprocess.run([*start, "-i", str(one), *title, str(file)], check=True)
    return files
