"""Figure library: `reel library add` of 1080p footage with all that is told of it offline."""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import material
from figures import Bench, Figure
from measuring import measure

FILMS = 3
SECONDS = 48
RATE = "8M"
"""Bits a second: between what is put on the web and what a phone records."""
CORES = "0,1"


def adding(bench: Bench) -> list[Figure]:
    """Seconds of footage by seconds of a whole `reel library add`, in an empty home; on two cores.

    And the seconds of adding the same again, when there is nothing to do.
    """
    folder = _films(bench)
    films = sorted(folder.glob("*.mp4"))
    reel = Path(sys.executable).with_name("reel")
    two = ["taskset", "-c", CORES] if shutil.which("taskset") else []
    first, second = [], []
    for turn in range(max(1, bench.repeat)):
        home = bench.work / f"library-home-{turn}"
        shutil.rmtree(home, ignore_errors=True)
        command = [*two, reel, "library", "add", folder, "--json"]
        for runs in (first, second):
            runs.append(measure(command, environ={"REEL_HOME": str(home)}))
    best = min(first, key=lambda run: run.wall)
    again = min(second, key=lambda run: run.wall)
    length = sum(_seconds(film) for film in films)
    size = sum(film.stat().st_size for film in films)
    return [
        Figure(
            key="library",
            title="library add of 1080p, fully annotated, by real time",
            value=length / best.wall,
            bar=8.0,
            ours=f"{best.wall:.1f} s ({best.cpu:.1f} s CPU)",
            against=f"{length:.0f} s of footage, {8 * size / length / 1e6:.1f} Mbit/s",
            least=True,
        ),
        Figure(
            key="library",
            title="the same again",
            value=again.wall,
            bar=3.0,
            unit="s",
            ours=f"{again.cpu:.1f} s CPU",
        ),
    ]


def _seconds(film: Path) -> float:
    from reelwright.media.probing import probe

    return probe(film).seconds


def _films(bench: Bench) -> Path:
    """A folder of 1080p films with sound, of clips of one's own or of painted ones; made once."""
    if bench.footage:
        suffixes = {".mp4", ".mov", ".mkv", ".webm", ".m4v", ".mpg"}
        clips = sorted(p for p in bench.footage.rglob("*") if p.suffix.lower() in suffixes)
        if not clips:
            sys.exit(f"{bench.footage} holds no clips")
    else:
        clips = material.make_clips(bench.ffmpeg, bench.cache / "clips")
    mark = sha256("\n".join(map(str, clips)).encode()).hexdigest()[:12]
    folder = bench.cache / f"library-{mark}"
    folder.mkdir(parents=True, exist_ok=True)
    voice, music = material.make_sound(bench.ffmpeg, bench.cache / "sounds")
    for number in range(FILMS):
        film = folder / f"film {number}.mp4"
        if not film.exists():
            bench.say(f"library: making {film.name}")
            _make(bench, clips[number % len(clips) :] + clips[:number], (voice, music), film)
    return folder


def _make(bench: Bench, clips: list[Path], sounds: tuple[Path, Path], film: Path) -> None:
    """One film of these clips, in their order, no longer than `SECONDS`."""
    chosen = clips[:12]
    command = [bench.ffmpeg, "-v", "error", "-y"]
    for clip in chosen:
        command += ["-i", str(clip)]
    for sound in sounds:
        command += ["-stream_loop", "-1", "-i", str(sound)]
    fit = "scale=1920:1080:force_original_aspect_ratio=decrease,pad=1920:1080:(ow-iw)/2:(oh-ih)/2"
    graph = "".join(f"[{n}:v]{fit},fps=30,setsar=1[v{n}];" for n in range(len(chosen)))
    graph += "".join(f"[v{n}]" for n in range(len(chosen)))
    graph += f"concat=n={len(chosen)}:v=1:a=0,format=yuv420p[v];"
    graph += f"[{len(chosen)}:a][{len(chosen) + 1}:a]amix=2[a]"
    making = film.with_name(f"making-{film.name}")
    command += ["-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-t", str(SECONDS)]
    command += ["-c:v", "libx264", "-preset", "veryfast", "-b:v", RATE, "-maxrate", RATE]
    command += ["-bufsize", "16M", "-c:a", "aac", str(making)]
    subprocess.run(command, check=True)
    making.rename(film)
