"""What encoding costs the picture: VMAF of finished videos against their own frames, lossless.

    python benchmarks/quality.py                      motion graphics, and footage, at our defaults
    python benchmarks/quality.py --only graphics
    python benchmarks/quality.py --set render.crf=23  at other settings
    python benchmarks/quality.py --json               for machines

Each video is made twice by `reel make`: as it comes, and with ``render.crf=0``, which is lossless.
The same ffmpeg compares the two (libvmaf, the model it ships for 1080 lines). The table is
Markdown; the last line is the lowest mean. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

BAR = 93.0
SECONDS = 15
_ROOT = Path(__file__).parents[1]
_REEL = Path(sys.executable).with_name("reel")
_LOSSLESS = ("--set", "render.crf=0", "--set", "render.preset=ultrafast")


@dataclass(frozen=True)
class Quality:
    """What a video's encoding did to it. Scores are VMAF, 0 to 100."""

    key: str
    title: str
    mean: float
    harmonic: float
    worst: float
    """Of a single frame."""
    bits: float
    """Megabits a second, sound included."""
    seconds: float
    """Wall of making it from the lossless one's voice, shots and music: rendering alone."""

    @property
    def met(self) -> bool:
        return self.mean >= BAR


VIDEOS = {
    "graphics": ("motion graphics, zh", "tea"),
    "footage": ("footage, zh", "shop"),
}
"""Key → title and example."""


def main() -> None:
    options = _options()
    work = options.work.resolve()
    shutil.rmtree(work, ignore_errors=True)
    found: list[Quality] = []
    for key in options.only:
        found.append(_measure(key, work, options.set, options.seconds, options.every))
    if not options.keep:
        shutil.rmtree(work)
    if options.json:
        figures = [asdict(one) | {"met": one.met, "bar": BAR} for one in found]
        print(json.dumps({"figures": figures}, indent=1))
        return
    print("| | video | VMAF mean | harmonic | worst frame | Mbit/s | render s | |")
    print("|---|---|---|---|---|---|---|---|")
    for one in found:
        print(
            f"| {one.key} | {one.title} | {one.mean:.2f} | {one.harmonic:.2f} | {one.worst:.2f} "
            f"| {one.bits:.2f} | {one.seconds:.1f} | {'met' if one.met else 'MISSED'} |"
        )
    print()
    print(f"lowest mean VMAF: {min(one.mean for one in found):.2f} (bar {BAR:g})")


def _measure(key: str, work: Path, settings: Sequence[str], seconds: int, every: int) -> Quality:
    title, example = VIDEOS[key]
    folder = work / key
    source = _ROOT / "examples" / example
    if (source / "make_footage.py").exists() and not any((source / "footage").glob("*.mp4")):
        subprocess.run([sys.executable, source / "make_footage.py"], check=True)
    # What is watched is the encoding of the picture; the voice is left out to be quick.
    folder.mkdir(parents=True)
    shutil.copy(source / "brief.md", folder)
    if (source / "footage").is_dir():
        shutil.copytree(source / "footage", folder / "footage")
    common = ["--set", f"length={seconds}", "--set", "voice.provider=none"]
    _reel("make", folder, *common, *_LOSSLESS)
    lossless = folder / "lossless.mp4"
    shutil.copy(folder / "out" / "video.mp4", lossless)
    began = time.perf_counter()
    _reel("make", folder, *common, *(f"--set={one}" for one in settings))
    wall = time.perf_counter() - began
    video = folder / "out" / "video.mp4"
    scores = _vmaf(video, lossless, folder / "vmaf.json", every)
    length = float(json.loads((folder / "out" / "post.json").read_text("utf-8"))["seconds"])
    return Quality(
        key=key,
        title=title,
        mean=scores["mean"],
        harmonic=scores["harmonic_mean"],
        worst=scores["min"],
        bits=video.stat().st_size * 8 / length / 1e6,
        seconds=wall,
    )


def _vmaf(video: Path, reference: Path, log: Path, every: int) -> dict[str, float]:
    from reelwright.media.ffmpeg import binary, quote

    # By frame number: the two have the same frames, and their time stamps are not the question.
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2
    options = f"n_threads={threads}:n_subsample={every}:log_fmt=json:log_path={quote(log)}"
    graph = f"[0:v]setpts=N/TB/30[a];[1:v]setpts=N/TB/30[b];[a][b]libvmaf={options}"
    command = [binary(), "-hide_banner", "-v", "error", "-i", video, "-i", reference]
    subprocess.run([*command, "-lavfi", graph, "-an", "-f", "null", "-"], check=True)
    return json.loads(log.read_text("utf-8"))["pooled_metrics"]["vmaf"]


def _reel(*args: str | Path) -> None:
    done = subprocess.run([_REEL, *args], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"reel {' '.join(map(str, args))} ended with {done.returncode}:\n{done.stderr}")


def _options() -> argparse.Namespace:
    def keys(text: str) -> list[str]:
        wanted = text.split(",")
        unknown = set(wanted) - set(VIDEOS)
        if unknown:
            raise argparse.ArgumentTypeError(f"no video {', '.join(sorted(unknown))}")
        return wanted

    place = Path(tempfile.gettempdir()) / "reelwright-benchmarks" / "quality"
    parser = argparse.ArgumentParser(description="VMAF of finished videos.")
    parser.add_argument("--only", type=keys, default=list(VIDEOS), help=", ".join(VIDEOS))
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of each video")
    parser.add_argument("--every", type=int, default=2, help="compare every so manyth frame")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", type=Path, default=place, help="emptied at the start")
    parser.add_argument("--keep", action="store_true", help="leave the videos in --work")
    return parser.parse_args()


if __name__ == "__main__":
    main()
