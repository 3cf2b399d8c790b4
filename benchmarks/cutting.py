"""What the library and cutting must reach: quality and speed, each against a peer or a limit.

    python benchmarks/cutting.py                              all figures
    python benchmarks/cutting.py --only scenes,scenes-speed   some of them
    python benchmarks/cutting.py --footage DIR                on clips of your own where it can be
    python benchmarks/cutting.py --json                       for machines

The table is Markdown; the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

from figures import run

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

if __name__ == "__main__":
    run(FIGURES, "Quality and speed of the library and of cutting.", place="cutting")
