"""Makes the composer that comes with Reelwright: writes the lessons, fits the network, ships it.

Run: ``python -m reelwright.create.music.teaching`` (the extra ``learn``; about four minutes of one
core). The same version of torch on the same kind of machine makes the same weights.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from reelwright.core.progress import Progress, Silent
from reelwright.create.music.composer import SHIPPED
from reelwright.create.music.lessons import lessons
from reelwright.create.music.moods import moods
from reelwright.learn.folder import CARD, CONFIG, SCORES, WEIGHTS
from reelwright.learn.kind import Run
from reelwright.learn.sequence.kind import Sequence, SequenceSettings
from reelwright.store.atomic import copy, replacing

PHRASES, BEATS, SEED = 900, 240, 0
"""Lessons of each mood: phrases before the better ones are chosen, and beats."""
SETTINGS = SequenceSettings(
    cell="transformer",
    tokens="music",
    width=64,
    layers=3,
    heads=4,
    span=192,
    batch=16,
    epochs=4,
    rate=4e-3,
    dropout=0.0,
    seed=SEED,
)
COMMAND = "python -m reelwright.create.music.teaching"


def write_lessons(path: Path, phrases: int = PHRASES, beats: int = BEATS) -> int:
    """Write the lessons as rows that `reel train sequence --set tokens=music` reads.

    Returns how many there are.
    """
    found = list(lessons(list(moods().values()), phrases, beats, SEED))
    rows = [{"text": lesson.text, "condition": lesson.condition} for lesson in found]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return len(rows)


def teach(folder: Path, settings: SequenceSettings, progress: Progress) -> dict[str, float]:
    """Fit a composer to all lessons and write it to `folder` in half precision.

    Returns its scores on the lessons held out.
    """
    with tempfile.TemporaryDirectory() as scratch:
        rows, model = Path(scratch) / "lessons.jsonl", Path(scratch) / "model"
        write_lessons(rows)
        run = Run(
            model,
            progress,
            device="cpu",
            licence="CC0-1.0: written by Reelwright's own rules (create/music/lessons.py)",
            command=COMMAND,
        )
        scores = Sequence.train([rows], settings, run)
        folder.mkdir(parents=True, exist_ok=True)
        for name in (CONFIG, SCORES, CARD):
            copy(model / name, folder / name)
        halve(model / WEIGHTS, folder / WEIGHTS)
    return scores


def halve(source: Path, target: Path) -> None:
    """Weights with half the bits, which a composer's ears cannot tell from the whole ones."""
    from safetensors.numpy import load_file, save_file

    halves = {name: value.astype(np.float16) for name, value in load_file(str(source)).items()}
    with replacing(target) as temporary:
        save_file(halves, str(temporary))


if __name__ == "__main__":
    teach(Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED, SETTINGS, Silent())
