"""Figures of the classifier, on the standard sets (`--data FOLDER`).

Each trains a model by the very call that `reel train` makes, and judges it as `reel evaluate` does.
ChnSentiCorp has a dev set of its own; of the others a fifth is held out by the hash of the text.
"""

from __future__ import annotations

import csv
import hashlib
import json
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from figures import Bench, Figure

Rows = list[tuple[str, str]]
FOLDS = 5


def sentiment(bench: Bench) -> list[Figure]:
    """ChnSentiCorp dev, linear."""
    report = _judge(bench, "chnsenticorp", *_reviews(bench), {})
    return [_figure("classifier-sentiment", "ChnSentiCorp dev accuracy, linear", report, 0.93)]


def sentiment_neural(bench: Bench) -> list[Figure]:
    """ChnSentiCorp dev, with a network beside the linear model."""
    report = _judge(bench, "chnsenticorp-neural", *_reviews(bench), {"model": "neural"})
    return [_figure("classifier-neural", "ChnSentiCorp dev accuracy, neural", report, 0.94)]


def emotions(bench: Bench) -> list[Figure]:
    """SMP2020 emotions, macro F1 over all five folds together."""
    rows = _tweets(_folder(bench, "smp2020_ewect") / "virus_train.txt")
    reports = [_judge(bench, f"smp2020-{fold}", *_split(rows, fold), {}) for fold in range(FOLDS)]
    mean = {key: sum(r[key] for r in reports) / FOLDS for key in ("accuracy", "macro_f1")}
    return [_figure("classifier-emotions", "SMP2020 macro F1, linear", mean, 0.6, "macro_f1")]


def topics(bench: Bench) -> list[Figure]:
    """Titles, intents and tones: bars are what plain character n-grams gave elsewhere."""
    sets: list[tuple[str, str, Callable[[Path], Rows], float]] = [
        ("thucnews_titles", "dev.txt", _tabbed, 0.86),
        ("banking77", "train.csv", _banking, 0.89),
        ("financial_phrasebank", "Sentences_50Agree.txt", _phrases, 0.78),
    ]
    return [
        _figure(
            "classifier-topics",
            f"{name} accuracy, linear",
            _judge(bench, name, *_split(read(_folder(bench, name) / file), 0), {}),
            bar,
        )
        for name, file, read, bar in sets
    ]


def encoder(bench: Bench) -> list[Figure]:
    """A tuned encoder where few texts are given, against the linear model on the same ones."""
    from learn_tagger import find_encoder

    by_label: dict[str, Rows] = defaultdict(list)
    for row in _banking(_folder(bench, "banking77") / "train.csv"):
        by_label[row[1]].append(row)
    few = [by_label[label] for label in sorted(by_label)[::6][:12]]
    judged = [row for rows in few for row in rows[:20]]
    learnt = [row for rows in few for row in rows[20:36]]
    plain = _judge(bench, "few-linear", learnt, judged, {})
    tuned = _judge(bench, "few-encoder", learnt, judged, {"encoder": find_encoder()})
    return [
        _figure(
            "classifier-encoder",
            "banking77, 12 labels of 16 texts: accuracy with a tuned encoder, against linear",
            tuned,
            plain["accuracy"],
        )
    ]


def speed(bench: Bench) -> list[Figure]:
    """Titles a second, from texts to labels, on one core."""
    from reelwright.learn.kinds import load_model

    rows = _tabbed(_folder(bench, "thucnews_titles") / "dev.txt")
    folder = bench.work / "classifier-speed"
    _train(folder, bench.work / "speed.jsonl", rows, {})
    texts = [text for text, _ in rows] * 5
    model = load_model(folder, "classifier")
    list(model.predict(texts[:100], {}))
    best = 0.0
    for _ in range(max(1, bench.repeat)):
        began = time.process_time()
        count = sum(1 for _ in model.predict(texts, {}))
        best = max(best, count / (time.process_time() - began))
    return [
        Figure(
            key="classifier-speed",
            title="titles labelled a second on one core",
            value=best,
            bar=20_000,
            unit="/s",
            ours=f"{best:,.0f}/s",
            against="20,000/s",
            least=True,
        )
    ]


def _judge(
    bench: Bench, name: str, train: Rows, dev: Rows, settings: dict[str, str]
) -> dict[str, Any]:
    """The report on `dev`."""
    from reelwright.core.progress import Silent
    from reelwright.learn.kinds import load_model

    folder = bench.work / f"classifier-{name}"
    seconds = _train(folder, bench.work / f"{name}-train.jsonl", train, settings)
    judged = _write(bench.work / f"{name}-dev.jsonl", dev)
    report = load_model(folder, "classifier").evaluate([judged], Silent()).as_json()
    keys = ("accuracy", "macro_f1", "ece", "coverage", "accuracy_when_said")
    told = ", ".join(f"{key} {report[key]:.4f}" for key in keys)
    bench.say(f"{name}: {told}; learnt in {seconds:.0f} s")
    return report


def _train(folder: Path, file: Path, rows: Rows, settings: dict[str, str]) -> float:
    from reelwright.learn.classifier.kind import Classifier
    from reelwright.learn.classifier.settings import ClassifierSettings
    from reelwright.learn.kind import Run

    _write(file, rows)
    began = time.process_time()
    wanted = ClassifierSettings.model_validate(settings)
    Classifier.train([file], wanted, Run(folder, device="cpu"))
    return time.process_time() - began


def _figure(
    key: str, title: str, report: dict[str, Any], bar: float, value: str = "accuracy"
) -> Figure:
    return Figure(
        key=key,
        title=title,
        value=report[value],
        bar=bar,
        unit="",
        ours=f"{report[value]:.4f}",
        against=f"{bar:g}",
        least=True,
    )


def _folder(bench: Bench, name: str) -> Path:
    if not bench.shared or not (bench.shared / name).is_dir():
        raise SystemExit(f"give the folder that holds {name}: --data FOLDER")
    return bench.shared / name


def _write(path: Path, rows: Rows) -> Path:
    lines = [json.dumps({"text": text, "label": label}, ensure_ascii=False) for text, label in rows]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _split(rows: Rows, fold: int) -> tuple[Rows, Rows]:
    """Training and held-out rows; a text always falls into the same fold."""

    def fold_of(text: str) -> int:
        return int(hashlib.sha256(text.strip().encode()).hexdigest()[:8], 16) % FOLDS

    held = [row for row in rows if fold_of(row[0]) == fold]
    return [row for row in rows if fold_of(row[0]) != fold], held


def _reviews(bench: Bench) -> tuple[Rows, Rows]:
    folder = _folder(bench, "chnsenticorp")
    train, dev = (list(_arrow(folder / f"{part}.arrow")) for part in ("train", "validation"))
    return train, dev


def _tweets(path: Path) -> Rows:
    rows = [(row["content"], row["label"]) for row in json.loads(path.read_text("utf-8"))]
    return [row for row in rows if row[0].strip()]


def _tabbed(path: Path) -> Rows:
    lines = path.read_text("utf-8").splitlines()
    return [(text, label) for text, label in (line.split("\t") for line in lines)]


def _banking(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def _phrases(path: Path) -> Rows:
    lines = path.read_text("latin-1").splitlines()
    return [(text, label) for text, _, label in (line.rpartition("@") for line in lines)]


def _arrow(path: Path) -> Iterator[tuple[str, str]]:
    """Rows of an Arrow stream of one text and one 64-bit number a row, as ChnSentiCorp is kept.

    Just enough of the format for that: no library for it is among ours.
    """
    data, place = path.read_bytes(), 0
    while place + 8 <= len(data):
        size = struct.unpack_from("<I", data, place + 4)[0]
        if not size:
            return
        head = data[place + 8 : place + 8 + size]
        message = _follow(head, 0)
        body = place + 8 + size
        length = _field(head, message, 3)
        place = body + (struct.unpack_from("<q", head, length)[0] if length else 0)
        if head[_field(head, message, 1)] != 3:  # A batch of rows.
            continue
        batch = _follow(head, _field(head, message, 2))
        count = struct.unpack_from("<q", head, _field(head, batch, 0))[0]
        listed = _follow(head, _field(head, batch, 2))
        starts = [struct.unpack_from("<q", head, listed + 4 + 16 * n)[0] for n in range(5)]
        _, bounds, letters, _, numbers = (body + start for start in starts)
        edges: Sequence[int] = struct.unpack_from(f"<{count + 1}i", data, bounds)
        labels: Sequence[int] = struct.unpack_from(f"<{count}q", data, numbers)
        for number, label in enumerate(labels):
            text = data[letters + edges[number] : letters + edges[number + 1]]
            yield text.decode("utf-8"), ("negative", "positive")[label]


def _follow(head: bytes, place: int) -> int:
    return place + struct.unpack_from("<I", head, place)[0]


def _field(head: bytes, table: int, slot: int) -> int:
    """Where a field of a flatbuffer's table stands; 0 where it has none."""
    fields = table - struct.unpack_from("<i", head, table)[0]
    if 4 + 2 * slot >= struct.unpack_from("<H", head, fields)[0]:
        return 0
    offset = struct.unpack_from("<H", head, fields + 4 + 2 * slot)[0]
    return table + offset if offset else 0
