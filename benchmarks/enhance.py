"""What better pictures and sound must reach, each against a peer, a limit or itself before.

    python benchmarks/enhance.py --data DIR                all figures
    python benchmarks/enhance.py --only stabilise,memory   some of them
    python benchmarks/enhance.py --json                    for machines

DIR is the folder of shared test data; what needs none of it runs without. The table is Markdown;
the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from figures import Bench, keys_of, print_json, print_table, take

FIGURES: dict[str, str] = {
    "denoise-auto": "enhance_classical:denoise_auto",
    "stabilise": "enhance_classical:stabilise",
    "fps": "enhance_classical:between",
    "memory": "enhance_classical:memory",
    "sound": "enhance_classical:sound",
    "upscale": "enhance_networks:upscale",
    "upscale-speed": "enhance_networks:upscale_speed",
    "upscale-vmaf": "enhance_networks:upscale_vmaf",
    "denoise": "enhance_networks:denoise",
    "style": "enhance_seen:style",
    "style-speed": "enhance_seen:style_speed",
    "matting": "enhance_seen:matting",
    "matting-speed": "enhance_seen:matting_speed",
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
        language="en",
        shared=options.data.resolve() if options.data else None,
        repeat=options.repeat,
    )
    figures = take(FIGURES, options.only, bench)
    if not options.keep:
        shutil.rmtree(bench.work)
    (print_json if options.json else print_table)(figures)


def _options() -> argparse.Namespace:
    place = Path(tempfile.gettempdir()) / "reelwright-benchmarks"
    parser = argparse.ArgumentParser(description="Quality and speed of `reel enhance`.")
    parser.add_argument("--only", type=keys_of(FIGURES), default=list(FIGURES), metavar="KEY,…")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--data", type=Path, help="folder of shared test data")
    parser.add_argument("--repeat", type=int, default=2, help="best of so many, for speeds")
    parser.add_argument("--cache", type=Path, default=place / "cache", help="kept between runs")
    parser.add_argument("--work", type=Path, default=place / "enhance", help="emptied first")
    parser.add_argument("--keep", action="store_true", help="leave the files in --work")
    return parser.parse_args()


if __name__ == "__main__":
    main()
