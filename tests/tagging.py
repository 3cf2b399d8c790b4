"""A small set of tagged sentences, and settings that learn it within seconds."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

FIRST = ["Ada", "Ben", "Cora", "Dan", "Eva", "Finn", "Gina", "Hugo", "Iris", "Jon"]
LAST = ["Stone", "Rivers", "Hill", "Marsh", "Field", "Brook"]
PLACES = ["London", "Paris", "Oslo", "Lima", "Cairo", "Delhi", "Quito", "Rome"]
SMALL: dict[str, Any] = {
    "epochs": 6, "hidden": 16, "words": 16, "letters": 16, "features": 6, "rate": 1e-2,
    "ema": 0.5, "dropout": 0.1, "batch": 8, "window": 40,
}  # fmt: skip


def write_columns(path: Path, documents: int, seed: int) -> Path:
    """Sentences about people and places; IOB1, four to a document."""
    rng = random.Random(seed)
    lines: list[str] = []
    for _ in range(documents):
        lines += ["-DOCSTART- O", ""]
        for _ in range(4):
            person, place = (rng.choice(FIRST), rng.choice(LAST)), rng.choice(PLACES)
            form = rng.choice(["{p} went to {l} .", "in {l} , {p} slept .", "it rained all day"])
            for word in form.split():
                names = {"{p}": [(w, "I-PER") for w in person], "{l}": [(place, "I-LOC")]}
                lines += [f"{w} {tag}" for w, tag in names.get(word, [(word, "O")])]
            lines.append("")
    path.write_text("\n".join(lines), "utf-8")
    return path
