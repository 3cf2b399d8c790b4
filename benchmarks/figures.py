"""What a figure is, where the benchmark works, and how figures are printed."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured figure. Smaller is better, and `bar` the most it may be; or, with `least`, the
    other way round."""

    key: str
    title: str
    value: float
    bar: float
    unit: str = "×"
    ours: str = ""
    against: str = ""
    least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.bar if self.least else self.value <= self.bar


@dataclass(frozen=True)
class Bench:
    """Where the benchmark works and with what."""

    cache: Path
    """Kept between runs: the peer's virtual environment, clips, sounds, the home with its fonts."""
    work: Path
    """Emptied at the start."""
    ffmpeg: str
    language: str
    footage: Path | None = None
    shared: Path | None = None
    """The folder of shared test data (`dup_tmk`, `dup_pdq` …), where there is one."""
    repeat: int = 1
    settings: tuple[tuple[str, int], ...] = (("medium", 23), ("veryfast", 20))
    """Presets and CRFs; both sides of a ratio always have the same."""
    renders: dict[tuple[str, int], tuple[float, float, Path]] = field(default_factory=dict)
    """Our renders of the six clips so far: preset and CRF → wall, processor seconds, file."""

    def say(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)


def print_table(figures: Sequence[Figure]) -> None:
    """The figures as Markdown, the main one alone on the last line."""
    print("| | figure | Reelwright | against | value | bar | |")
    print("|---|---|---|---|---|---|---|")
    for f in figures:
        met = "met" if f.met else "MISSED"
        print(
            f"| {f.key} | {f.title} | {f.ours} | {f.against} "
            f"| {f.value:.3f} {f.unit} | {'≥' if f.least else '≤'} {f.bar:.3f} {f.unit} | {met} |"
        )
    print()
    print(f"{figures[0].title}: {figures[0].value:.3f} {figures[0].unit}")


def print_json(figures: Sequence[Figure]) -> None:
    """The figures as one JSON object."""
    print(json.dumps({"figures": [asdict(f) | {"met": f.met} for f in figures]}, indent=1))


def keys_of(figures: Mapping[str, str]) -> Callable[[str], list[str]]:
    """What reads `--only KEY,…`: an unknown key lists those there are."""

    def read(text: str) -> list[str]:
        wanted = text.split(",")
        if unknown := set(wanted) - set(figures):
            raise argparse.ArgumentTypeError(
                f"no figure {', '.join(sorted(unknown))}; there are {', '.join(figures)}"
            )
        return wanted

    return read


def take(figures: Mapping[str, str], keys: Sequence[str], bench: Bench) -> list[Figure]:
    """The figures of these keys, from their `module:function`, imported when their turn comes."""
    taken: list[Figure] = []
    for key in keys:
        module, _, name = figures[key].partition(":")
        taken += getattr(import_module(module), name)(bench)
        bench.say("; ".join(f"{figure.title}: {figure.value:.4f}" for figure in taken[-1:]))
    return taken


def run(
    figures: Mapping[str, str],
    about: str,
    *,
    place: str,
    without: Collection[str] | None = None,
    repeat: int = 2,
    language: str = "zh",
) -> None:
    """What a benchmark does from its command line to its last line.

    Args:
        figures: key → module:function, which takes the `Bench` and gives the figures of that key.
        about: what `--help` says of them.
        place: name of the folder that is emptied first.
        without: keys of the figures that need no data; None: none needs any.
        repeat: best of so many, for speeds.
        language: of what is made.
    """
    free = figures if without is None else without
    temporary = Path(tempfile.gettempdir()) / "reelwright-benchmarks"
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--only", type=keys_of(figures), metavar="KEY,…", help="some figures")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="folder of the standard sets, a folder each")
    parser.add_argument("--footage", type=Path, help="folder of clips, for what can use them")
    parser.add_argument("--repeat", type=int, default=repeat, help="best of so many, for speeds")
    parser.add_argument("--cache", type=Path, default=temporary / "cache", help="kept between runs")
    parser.add_argument("--work", type=Path, default=temporary / place, help="emptied first")
    parser.add_argument("--keep", action="store_true", help="leave what was made in --work")
    options = parser.parse_args()
    keys: list[str] = options.only or [key for key in figures if options.data or key in free]
    if not options.data and (wanting := [key for key in keys if key not in free]):
        parser.error(f"{', '.join(wanting)} need the standard sets: name their folder with --data")
    from reelwright.media.ffmpeg import binary

    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    bench = Bench(
        cache=options.cache.resolve(),
        work=options.work.resolve(),
        ffmpeg=binary(),
        language=language,
        footage=options.footage.resolve() if options.footage else None,
        shared=options.data.resolve() if options.data else None,
        repeat=options.repeat,
    )
    taken = take(figures, keys, bench)
    if not options.keep:
        shutil.rmtree(bench.work)
    (print_json if options.json else print_table)(taken)
