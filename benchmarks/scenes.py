"""Frames a second of every scene at 1080×1920 on one core; the last line is the figure.

    .venv/bin/python benchmarks/scenes.py                  # the theme night, all scenes
    .venv/bin/python benchmarks/scenes.py --theme film     # another; --all-themes: every one
    .venv/bin/python benchmarks/scenes.py --json

A shot of three seconds is drawn whole, from setting its text to its last frame, as a worker of the
renderer does; what a theme paints once a process is not counted. Seconds are the processor's, so
that a busy machine changes little.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from figures import Figure, print_json

from reelwright.core.nouns import Format
from reelwright.core.timeline import Scene
from reelwright.create import gallery, scenes
from reelwright.create.scenes.background import Ground
from reelwright.create.themes import load_theme, theme_names

FRAMES = 90
SLOWEST, MEDIAN = 20, 35
"""Frames a second that the slowest and the median scene must reach."""
FORMAT = Format(width=1080, height=1920)


def frames_a_second(name: str, theme: str, root: Path) -> float:
    """How fast a scene is drawn, the better of two runs."""
    scene = Scene(name=name, theme=theme, params=gallery.sample(name, "zh") or {}, seed=3)
    best = 0.0
    for _ in range(2):
        began = time.process_time()
        drawn = sum(1 for _ in scenes.paint(scene, FORMAT, FRAMES, 0, FRAMES, root))
        best = max(best, drawn / (time.process_time() - began))
    return best


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--theme", default="night")
    options.add_argument("--all-themes", action="store_true")
    options.add_argument("--scene", action="append", choices=scenes.names())
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    themes = theme_names() if asked.all_themes else [asked.theme]
    rows: list[tuple[str, str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        gallery.draw_sample(root / gallery.PICTURE)
        for theme in themes:
            Ground(FORMAT, load_theme(theme), 3)
            for name in asked.scene or scenes.TABLE:
                rows.append((theme, name, frames_a_second(name, theme, root)))
                print(f"{theme:10} {name:12} {rows[-1][2]:7.1f}", file=sys.stderr, flush=True)
    speeds = [speed for *_, speed in rows]
    worst = min(rows, key=lambda row: row[2])
    if asked.json:
        # Figures are "smaller is better": milliseconds a frame.
        print_json(
            [
                Figure(
                    "slowest", f"slowest scene ({worst[1]})", 1000 / worst[2], 1000 / SLOWEST, "ms"
                ),
                Figure("median", "median scene", 1000 / median(speeds), 1000 / MEDIAN, "ms"),
            ]
        )
        return
    print("| theme | scene | frames a second |")
    print("|---|---|---|")
    for theme, name, speed in rows:
        print(f"| {theme} | {name} | {speed:.0f} |")
    met = "met" if worst[2] >= SLOWEST and median(speeds) >= MEDIAN else "MISSED"
    print()
    print(
        f"slowest {worst[2]:.0f} frames a second ({worst[1]}, bar {SLOWEST}), "
        f"median {median(speeds):.0f} (bar {MEDIAN}): {met}"
    )


if __name__ == "__main__":
    main()
