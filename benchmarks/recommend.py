"""What the feed must reach: how good its recommenders are, how fast its service is.

    python benchmarks/recommend.py --data FOLDER            all figures
    python benchmarks/recommend.py --only page,events       some of them
    python benchmarks/recommend.py --json                   for machines

FOLDER holds the standard sets, a folder each (tiktok-diffmm, ml-100k …); figures of the service
need none. The table is Markdown; the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

# One thread, so that figures of machines with other numbers of cores can be held side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from figures import Bench, keys_of, print_json, print_table, take

MODELS: dict[str, str] = {
    "tiktok": "recommend_models:tiktok",
    "kuairand-time": "recommend_models:kuairand_time",
    "kuairand-loo": "recommend_models:kuairand_last",
    "ml-100k": "recommend_models:movielens",
    "beauty": "recommend_models:beauty",
    "auto": "recommend_models:auto",
}
"""Figures that need the standard sets."""
SERVICE: dict[str, str] = {
    "page": "recommend_service:page",
    "http": "recommend_service:http",
    "reaction": "recommend_service:reaction",
    "kill": "recommend_service:kill",
    "new-videos": "recommend_service:new_videos",
    "events": "recommend_events:events",
    "events-import-memory": "recommend_events:importing",
    "events-read": "recommend_events:reading",
}
FIGURES = MODELS | SERVICE
"""Key → module:function, which takes the `Bench` and gives the figures of that key."""


def main() -> None:
    options = _options()
    shutil.rmtree(options.work, ignore_errors=True)
    options.work.mkdir(parents=True)
    bench = Bench(
        cache=options.cache.resolve(),
        work=options.work.resolve(),
        ffmpeg="",
        language="zh",
        repeat=options.repeat,
        shared=options.data.resolve() if options.data else None,
    )
    figures = take(FIGURES, options.only, bench)
    if not options.keep:
        shutil.rmtree(bench.work)
    (print_json if options.json else print_table)(figures)


def _options() -> argparse.Namespace:
    place = Path(tempfile.gettempdir()) / "reelwright-benchmarks"
    parser = argparse.ArgumentParser(description="Quality and speed of the feed.")
    parser.add_argument("--only", type=keys_of(FIGURES), metavar="KEY,…", help="some figures")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="folder of the standard sets, a folder each")
    parser.add_argument("--repeat", type=int, default=1, help="best of so many, for speeds")
    parser.add_argument("--cache", type=Path, default=place / "cache", help="kept between runs")
    parser.add_argument("--work", type=Path, default=place / "recommend", help="emptied first")
    parser.add_argument("--keep", action="store_true", help="leave the files in --work")
    options = parser.parse_args()
    if options.only is None:
        options.only = [key for key in FIGURES if options.data or key in SERVICE]
    wanting = [key for key in options.only if not options.data and key in MODELS]
    if wanting:
        parser.error(f"{', '.join(wanting)} need the standard sets: name their folder with --data")
    return options


if __name__ == "__main__":
    main()
