"""What trained models must reach: quality on the standard splits, speed, and the trainer's cost.

    python benchmarks/learn.py --data FOLDER            all figures
    python benchmarks/learn.py --only overhead          some of them
    python benchmarks/learn.py --json                   for machines

FOLDER holds the standard sets, a folder each (conll2003, weibo_ner, chnsenticorp …); figures that
need none of them run without it. The table is Markdown; the last line is the figure. See README.md
beside this file.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from pathlib import Path

# One thread, so that figures of machines with other numbers of cores can be held side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from figures import Bench, keys_of, print_json, print_table, take

FIGURES: dict[str, str] = {
    "overhead": "learn_trainer:overhead",
    "images-distance": "learn_images:fidelity",
    "images-gan": "learn_images:gan",
    "images-vae": "learn_images:vae",
    "tagger-tuned": "learn_tagger:tuned",
    "tagger-scratch": "learn_tagger:scratch",
    "tagger-weibo": "learn_tagger:weibo",
    "tagger-cluener": "learn_tagger:cluener",
    "classifier-sentiment": "learn_classifier:sentiment",
    "classifier-neural": "learn_classifier:sentiment_neural",
    "classifier-encoder": "learn_classifier:encoder",
    "classifier-emotions": "learn_classifier:emotions",
    "classifier-topics": "learn_classifier:topics",
    "classifier-speed": "learn_classifier:speed",
    "sequence": "learn_sequence:sequence",
    "sequence-composer": "learn_sequence:composer",
    "sequence-titles": "learn_sequence:titles",
    "frames": "learn_frames:prediction",
    "frames-living": "learn_frames:living",
}
"""Key → module:function, which takes the `Bench` and gives the figures of that key."""
NEEDS_NO_DATA = (
    "overhead",
    "images-distance",
    "images-gan",
    "images-vae",
    "sequence",
    "sequence-composer",
    "frames-living",
)


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
    parser = argparse.ArgumentParser(description="Quality and speed of trained models.")
    parser.add_argument("--only", type=keys_of(FIGURES), metavar="KEY,…", help="some figures")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="folder of the standard sets, a folder each")
    parser.add_argument("--repeat", type=int, default=3, help="best of so many, for speeds")
    parser.add_argument("--cache", type=Path, default=place / "cache", help="kept between runs")
    parser.add_argument("--work", type=Path, default=place / "learn", help="emptied first")
    parser.add_argument("--keep", action="store_true", help="leave the models in --work")
    options = parser.parse_args()
    if options.only is None:
        options.only = [key for key in FIGURES if options.data or key in NEEDS_NO_DATA]
    wanting = [key for key in options.only if not options.data and key not in NEEDS_NO_DATA]
    if wanting:
        parser.error(f"{', '.join(wanting)} need the standard sets: name their folder with --data")
    return options


if __name__ == "__main__":
    main()
