"""Figures c to g: the `reel` command as a person runs it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import material
from figures import Bench, Figure
from measuring import Cost, measure


def after_rewording(bench: Bench) -> list[Figure]:
    """c, d: `reel make` after one of ten lines was reworded, and with nothing changed."""
    root = _project(bench, "ten-lines", material.LINES[bench.language])
    first = _make(bench, root)
    nothing = min(_make(bench, root).wall for _ in range(3))
    script = root / "script.yaml"
    old, new = material.LINES[bench.language][4], material.REWORDED[bench.language]
    script.write_text(script.read_text("utf-8").replace(old, new), "utf-8")
    again = _make(bench, root)
    return [
        Figure(
            key="c",
            title="wall, `reel make` after one of ten lines was reworded, by the first",
            value=again.wall / first.wall,
            bar=0.20,
            ours=f"{again.wall:.2f} s",
            against=f"{first.wall:.1f} s",
        ),
        Figure(
            key="d",
            title="wall, `reel make` with nothing changed",
            value=nothing,
            bar=1.0,
            unit="s",
            ours="best of 3",
        ),
    ]


def graphics_only(bench: Bench) -> list[Figure]:
    """e: 30 s of motion graphics from an article, the whole `reel make` from nothing."""
    folder = _fresh(bench, "graphics")
    text = folder / "article.md"
    text.write_text(material.article(bench.language), "utf-8")
    cost = _make(bench, text, "--set", f"length={material.SECONDS}")
    seconds = _seconds(folder / "article" / "out" / "video.mp4")
    return [
        Figure(
            key="e",
            title=f"wall, whole `reel make`, motion graphics only, for each {material.SECONDS} s",
            value=cost.wall * material.SECONDS / seconds,
            bar=30.0,
            unit="s",
            ours=f"{cost.wall:.1f} s for {seconds:.1f} s of video ({cost.cpu:.0f} s CPU)",
        )
    ]


def memory(bench: Bench) -> list[Figure]:
    """f: highest memory of the process tree, a 10-minute video by a 1-minute one (minutes)."""
    trial = _project(bench, "trial", material.LINES[bench.language])
    _make(bench, trial, "--draft")
    a_line = _seconds(trial / "out" / "draft.mp4") / len(material.LINES[bench.language])
    peaks: dict[int, float] = {}
    lengths: dict[int, float] = {}
    for minutes in (1, 10):
        lines = material.many_lines(bench.language, round(minutes * 60 / a_line))
        root = _project(bench, f"minutes-{minutes}", lines)
        peaks[minutes] = _make(bench, root, memory=True).memory
        lengths[minutes] = _seconds(root / "out" / "video.mp4")
    ours, against = (f"{peaks[m]:.0f} MB for {lengths[m]:.0f} s" for m in (10, 1))
    return [
        Figure(
            key="f",
            title="highest memory, 10-minute video by 1-minute video",
            value=peaks[10] / peaks[1],
            bar=1.2,
            ours=ours,
            against=against,
        ),
        Figure(
            key="f",
            title="highest memory, 10-minute video",
            value=peaks[10] / 1000,
            bar=1.5,
            unit="GB",
        ),
    ]


def help_time(bench: Bench) -> list[Figure]:
    """g: `reel --help`."""
    runs = sorted(measure([_reel(), "--help"], environ=_environ(bench)).wall for _ in range(5))
    return [
        Figure(
            key="g",
            title="wall, `reel --help`",
            value=runs[2],
            bar=0.5,
            unit="s",
            ours="median of 5",
        )
    ]


def _make(bench: Bench, target: Path, *options: str, memory: bool = False) -> Cost:
    bench.say(f"reel make {target.name} {' '.join(options)}")
    return measure([_reel(), "make", target, *options], environ=_environ(bench), memory=memory)


def _project(bench: Bench, name: str, lines: tuple[str, ...] | list[str]) -> Path:
    """A project whose script is written already, with nothing of it made."""
    root = _fresh(bench, name)
    text = "\n\n".join(lines)
    (root / "brief.md").write_text(f"---\nlanguage: {bench.language}\n---\n{text}\n", "utf-8")
    roles = ["hook"] + ["point"] * (len(lines) - 2) + ["call"]
    script = f"title: {lines[0]}\nlines:\n"
    for line, role in zip(lines, roles, strict=True):
        script += f'  - say: "{line}"\n    role: {role}\n'
    (root / "script.yaml").write_text(script, "utf-8")
    return root


def _fresh(bench: Bench, name: str) -> Path:
    """An empty folder, and a home that remembers no artefacts (but keeps its fonts)."""
    folder = bench.work / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    home = bench.cache / "home"
    shutil.rmtree(home / "artefacts", ignore_errors=True)
    prepared = home / "prepared"
    if not prepared.exists():
        home.mkdir(parents=True, exist_ok=True)
        measure([_reel(), "doctor", "--fix", "fonts"], environ=_environ(bench))
        prepared.touch()
    return folder


def _environ(bench: Bench) -> dict[str, str]:
    return {"REEL_HOME": str(bench.cache / "home")}


def _reel() -> Path:
    return Path(sys.executable).with_name("reel")


def _seconds(video: Path) -> float:
    from reelwright.media.probing import probe

    return probe(video).seconds
