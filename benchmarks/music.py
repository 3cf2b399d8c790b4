"""How long a minute of music takes: one core, every mood, the slowest counts. Bar: 6 s.

Run: python benchmarks/music.py. The last line is the figure, in seconds of processor time.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

# One core: nothing that numpy calls may take another.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

SECONDS = 60.0
BAR = 6.0
SECTIONS = ((0.0, "intro"), (6.0, "verse"), (25.0, "build"), (30.0, "drop"), (52.0, "outro"))


def main() -> int:
    """Compose a minute in each mood (or in those named) and print what it took."""
    from reelwright.create.music import compose, moods

    slowest = 0.0
    for mood in sys.argv[1:] or moods():
        with tempfile.TemporaryDirectory() as folder:
            wall, begun = time.perf_counter(), time.process_time()
            compose(SECONDS, mood=mood, seed=1, sections=SECTIONS, out=Path(folder) / "music.wav")
            took = time.process_time() - begun
        slowest = max(slowest, took)
        print(f"{mood:10} {took:5.2f} s processor, {time.perf_counter() - wall:5.2f} s wall")
    print(f"{slowest:.2f}")
    return 0 if slowest < BAR else 1


if __name__ == "__main__":
    sys.exit(main())
