"""Small sets of labelled texts, and a network that learns them within seconds."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from reelwright.learn.classifier.kind import Classifier
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model

WORDS = {
    "good": ["很好", "不错", "喜欢", "开心", "great", "lovely", "值得"],
    "bad": ["很差", "失望", "难吃", "糟糕", "awful", "broken", "后悔"],
    "plain": ["昨天", "地铁", "报告", "天气", "report", "station", "会议"],
}
FILLERS = ["这家店", "今天", "我们", "the", "day", "真的", "一起", "and", "so", "房间", "书"]
SMALL: dict[str, Any] = {
    "model": "neural", "epochs": 6, "width": 12, "towers": 1, "batch": 16, "rate": 1e-2,
    "dropout": 0.1, "ema": 0.5,
}  # fmt: skip


def make_rows(count: int, seed: int, noise: float = 0.0) -> list[dict[str, str]]:
    rng = random.Random(seed)
    rows: list[dict[str, str]] = []
    for number in range(count):
        label = rng.choice(list(WORDS))
        said = WORDS[rng.choice(list(WORDS)) if rng.random() < noise else label]
        words = rng.choices(FILLERS, k=rng.randint(1, 6)) + rng.choices(said, k=2)
        rng.shuffle(words)
        rows.append({"text": f"{' '.join(words)} {number % 97}", "label": label})
    return rows


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def train(data: Path, folder: Path, **settings: Any) -> Classifier:
    Classifier.train([data], ClassifierSettings(**settings), Run(folder, device="cpu"))
    return open_model(folder)


def open_model(folder: Path) -> Classifier:
    model = load_model(folder, "classifier")
    assert isinstance(model, Classifier)
    return model
