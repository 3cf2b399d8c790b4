"""What the main job must reach: speed and memory, each as a ratio measured in one run.

    python benchmarks/render.py                 all figures (about half an hour on two cores)
    python benchmarks/render.py --only c,d,g    some of them
    python benchmarks/render.py --json          for machines

The table is Markdown; the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import encode_figures
import make_figures
from figures import Bench, Figure, print_json, print_table

FIGURES: dict[str, Callable[[Bench], list[Figure]]] = {
    "a": encode_figures.against_moviepy,
    "b": encode_figures.against_x264,
    "c": make_figures.after_rewording,
    "d": make_figures.after_rewording,
    "e": make_figures.graphics_only,
    "f": make_figures.memory,
    "g": make_figures.help_time,
}


def main() -> None:
    options = _options()
    from reelwright.media.ffmpeg import binary

    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    bench = Bench(
        cache=options.cache.resolve(),
        work=options.work.resolve(),
        ffmpeg=binary(),
        language=options.language,
        footage=options.footage,
        repeat=options.repeat,
        settings=tuple(options.settings),
    )
    figures: list[Figure] = []
    done: set[Callable[[Bench], list[Figure]]] = set()
    for key in options.only:
        run = FIGURES[key]
        if run not in done:
            done.add(run)
            figures += [f for f in run(bench) if f.key in options.only]
    if not options.keep:
        shutil.rmtree(bench.work)
    (print_json if options.json else print_table)(figures)


def _options() -> argparse.Namespace:
    def keys(text: str) -> list[str]:
        wanted = text.split(",")
        unknown = set(wanted) - set(FIGURES)
        if unknown:
            raise argparse.ArgumentTypeError(f"no figure {', '.join(sorted(unknown))}")
        return sorted(wanted)

    def setting(text: str) -> tuple[str, int]:
        preset, _, crf = text.partition(":")
        return preset, int(crf)

    place = Path(tempfile.gettempdir()) / "reelwright-benchmarks"
    parser = argparse.ArgumentParser(description="Speed and memory of the main job.")
    parser.add_argument("--only", type=keys, default=list(FIGURES), help="figures, like a,b")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--footage", type=Path, help="folder of landscape clips for a and b")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="for c to f")
    parser.add_argument("--repeat", type=int, default=1, help="best of so many, for a and b")
    parser.add_argument(
        "--settings",
        type=setting,
        nargs="+",
        default=[("medium", 23), ("veryfast", 20)],
        metavar="PRESET:CRF",
        help="for a and b; the first is the main figure, the second our default",
    )
    parser.add_argument("--cache", type=Path, default=place / "cache", help="kept between runs")
    parser.add_argument("--work", type=Path, default=place / "work", help="emptied at the start")
    parser.add_argument("--keep", action="store_true", help="leave the videos in --work")
    return parser.parse_args()


if __name__ == "__main__":
    main()
