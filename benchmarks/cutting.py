"""What the library and cutting must reach: quality and speed, each against a peer or a limit.

    python benchmarks/cutting.py                              all figures
    python benchmarks/cutting.py --only scenes,scenes-speed   some of them
    python benchmarks/cutting.py --footage DIR                on clips of your own where it can be
    python benchmarks/cutting.py --json                       for machines

The table is Markdown; the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from figures import Bench, keys_of, print_json, print_table, take

FIGURES: dict[str, str] = {
    "scenes": "cutting_scenes:quality",
    "scenes-speed": "cutting_scenes:speed",
    "silence": "cutting_silence:quality",
    "silence-speed": "cutting_silence:speed",
    "library": "cutting_library:adding",
    "duplicates": "cutting_duplicates:quality",
    "duplicates-speed": "cutting_duplicates:speed",
    "beats": "cutting_beats:quality",
    "reframe": "cutting_reframe:quality",
    "reframe-speed": "cutting_reframe:speed",
    "search": "cutting_search:search",
}
"""Key → module:function, which takes the `Bench` and gives the figures of that key."""


def main() -> None:
    options = _options()
    from reelwright.media.ffmpeg import binary

    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    bench = Bench(
        cache=options.cache.resolve(),
        work=options.work.resolve(),
        ffmpeg=binary(),
        language="zh",
        footage=options.footage.resolve() if options.footage else None,
        repeat=options.repeat,
        shared=options.shared.resolve() if options.shared else None,
    )
    figures = take(FIGURES, options.only, bench)
    if not options.keep:
        shutil.rmtree(bench.work)
    (print_json if options.json else print_table)(figures)


def _options() -> argparse.Namespace:
    place = Path(tempfile.gettempdir()) / "reelwright-benchmarks"
    parser = argparse.ArgumentParser(description="Quality and speed of the library and of cutting.")
    parser.add_argument("--only", type=keys_of(FIGURES), default=list(FIGURES), metavar="KEY,…")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--footage", type=Path, help="folder of clips, for what can use them")
    parser.add_argument(
        "--shared", type=Path, help="folder of shared test data, where there is one"
    )
    parser.add_argument("--repeat", type=int, default=2, help="best of so many, for speeds")
    parser.add_argument("--cache", type=Path, default=place / "cache", help="kept between runs")
    parser.add_argument("--work", type=Path, default=place / "cutting", help="emptied first")
    parser.add_argument("--keep", action="store_true", help="leave the files in --work")
    return parser.parse_args()


if __name__ == "__main__":
    main()
