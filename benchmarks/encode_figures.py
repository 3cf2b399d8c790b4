"""Figures a and b: the same 30 s from six clips, against MoviePy and against libx264 alone."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import material
from figures import Bench, Figure
from measuring import Cost, measure

HERE = Path(__file__).parent


def against_moviepy(bench: Bench) -> list[Figure]:
    """a: processor seconds of ours by those of plain MoviePy, at each preset and CRF."""
    python = _moviepy_venv(bench)
    figures = []
    for preset, crf in bench.settings:
        _, ours, file = _render(bench, preset, crf)
        out = _fresh(bench, f"moviepy-{preset}-{crf}") / "video.mp4"
        bench.say(f"a: MoviePy, {preset}, CRF {crf} (minutes)")
        # Both sides run the same ffmpeg.
        theirs = measure(
            [python, HERE / "peer_moviepy.py", _job(bench, preset, crf, out)],
            environ={"IMAGEIO_FFMPEG_EXE": bench.ffmpeg},
            cwd=out.parent,
        )
        for video in (file, out):
            _check(video)
        figures.append(
            Figure(
                key="a",
                title=f"CPU seconds, six clips → 30 s, by MoviePy's ({preset}, CRF {crf})",
                value=ours / theirs.cpu,
                bar=1 / 6,
                ours=f"{ours:.1f} s",
                against=f"{theirs.cpu:.1f} s ({theirs.wall:.0f} s wall)",
            )
        )
    return figures


def against_x264(bench: Bench) -> list[Figure]:
    """b: wall seconds of ours by those of libx264 alone, given the same finished frames raw."""
    figures = []
    for preset, crf in bench.settings:
        wall, cpu, file = _render(bench, preset, crf)
        folder = _fresh(bench, f"x264-{preset}-{crf}")
        raw = folder / "frames.yuv"
        width, height = material.SIZE
        size = width * height * 3 // 2 * material.RATE * material.SECONDS
        if shutil.disk_usage(folder).free < size * 1.2:
            sys.exit(f"figure b needs {size / 1e9:.1f} GB free in {folder}; choose another --work")
        quiet = [bench.ffmpeg, "-hide_banner", "-loglevel", "error", "-y"]
        decode = ["-i", str(file), "-map", "0:v", "-f", "rawvideo", "-pix_fmt", "yuv420p", str(raw)]
        subprocess.run([*quiet, *decode], check=True)
        encode = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-video_size", f"{width}x{height}"]
        encode += ["-framerate", str(material.RATE), "-i", str(raw), "-c:v", "libx264"]
        encode += ["-preset", preset, "-crf", str(crf), "-an", str(folder / "alone.mp4")]
        bench.say(f"b: libx264 alone, {preset}, CRF {crf}")
        runs = [measure([*quiet, *encode]) for _ in range(bench.repeat)]
        limit = min(runs, key=lambda run: run.wall)
        shutil.rmtree(folder)
        figures.append(
            Figure(
                key="b",
                title=f"wall, the same, by libx264 alone on raw frames ({preset}, CRF {crf})",
                value=wall / limit.wall,
                bar=1.15,
                ours=f"{wall:.1f} s ({cpu:.1f} s CPU)",
                against=f"{limit.wall:.1f} s ({limit.cpu:.1f} s CPU)",
            )
        )
    return figures


def _render(bench: Bench, preset: str, crf: int) -> tuple[float, float, Path]:
    """Ours, from nothing: (wall seconds, CPU seconds, file). Made once for each preset and CRF.

    The wall is that of render() itself, as ffmpeg's is that of the encode; processor seconds are
    those of the whole process and its children, Python's start included.
    """
    key = (preset, crf)
    if key not in bench.renders:
        runs: list[tuple[float, Cost]] = []
        for _ in range(bench.repeat):
            out = _fresh(bench, f"ours-{preset}-{crf}") / "video.mp4"
            bench.say(f"a, b: Reelwright, {preset}, CRF {crf}")
            cost = measure([sys.executable, HERE / "render_ours.py", _job(bench, *key, out)])
            runs.append((float(cost.output.split()[-1]), cost))
        wall = min(wall for wall, _ in runs)
        bench.renders[key] = (wall, min(cost.cpu for _, cost in runs), out)
    return bench.renders[key]


def _job(bench: Bench, preset: str, crf: int, out: Path) -> Path:
    """Write down what to make, the same for both sides."""
    from reelwright.media.fonts import covering

    voice, music = material.make_sound(bench.ffmpeg, bench.cache / "sound")
    each = material.SECONDS / len(material.CAPTIONS)
    captions = [
        {"text": text, "start": n * each, "end": (n + 1) * each}
        for n, text in enumerate(material.CAPTIONS)
    ]
    job = out.with_name("job.json")
    job.write_text(
        json.dumps(
            {
                "clips": _clips(bench),
                "size": material.SIZE,
                "rate": material.RATE,
                "captions": captions,
                "font": str(covering("".join(material.CAPTIONS), language="en")[0][1].path),
                "voice": str(voice),
                "music": str(music),
                "preset": preset,
                "crf": crf,
                "out": str(out),
            }
        )
    )
    return job


def _clips(bench: Bench) -> list[dict]:
    """Six stretches of 5 s: of our own clips, or of landscape clips in --footage."""
    seconds = material.SECONDS / material.CLIPS
    if bench.footage is None:
        files = material.make_clips(bench.ffmpeg, bench.cache / "clips")
        return [{"path": str(file), "start": 1.0, "seconds": seconds} for file in files]
    from reelwright.core.errors import FootageError
    from reelwright.media.probing import probe

    stretches: list[dict] = []
    for path in sorted(p for p in bench.footage.rglob("*") if p.is_file()):
        try:
            facts = probe(path)
        except FootageError:
            continue
        if facts.kind == "video" and facts.width > facts.height:
            starts = range(int(facts.seconds // seconds))
            stretches += [
                {"path": str(path.resolve()), "start": n * seconds, "seconds": seconds}
                for n in starts
            ]
    # As many different files as there are: the first stretch of each, then the second of each.
    stretches.sort(key=lambda s: (s["start"], s["path"]))
    if len(stretches) < material.CLIPS:
        sys.exit(f"{bench.footage} holds fewer than six landscape stretches of {seconds:g} s")
    return stretches[: material.CLIPS]


def _moviepy_venv(bench: Bench) -> Path:
    """Python of the virtual environment with MoviePy from PyPI; made on the first run."""
    folder = bench.cache / "moviepy"
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = folder / "ready"
    if not ready.exists():
        bench.say("a: making the virtual environment of the peer")
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "moviepy>=2,<3"], check=True)
        ready.touch()
    return python


def _check(video: Path) -> None:
    """Both sides must have made what was asked, or the ratio means nothing."""
    from reelwright.media.probing import probe

    facts = probe(video)
    right = (facts.width, facts.height) == material.SIZE and facts.has_sound
    if not right or abs(facts.seconds - material.SECONDS) > 0.1:
        sys.exit(f"{video} is not what was asked: {facts}")


def _fresh(bench: Bench, name: str) -> Path:
    folder = bench.work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
