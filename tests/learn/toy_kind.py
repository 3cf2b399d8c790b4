"""A kind so small that training it takes a blink: whether a text has more a than b."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from reelwright.core.errors import InputError
from reelwright.core.progress import Progress
from reelwright.learn.data import batching, hashing
from reelwright.learn.data.labels import Labels
from reelwright.learn.data.rows import Row, read_examples
from reelwright.learn.data.splits import describe_split, split_of
from reelwright.learn.devices import seed_everything
from reelwright.learn.folder import Card, read_weights, save_model
from reelwright.learn.kind import FitSettings, Kind, Report, Run
from reelwright.learn.metrics import judge_guesses
from reelwright.learn.onnx import export
from reelwright.learn.task import Task
from reelwright.learn.trainer import fit
from reelwright.learn.weights import load_into, weights_of


class ToySettings(FitSettings):
    epochs: int = Field(default=3, ge=1)
    batch: int = 16
    rate: float = 0.1
    hidden: tuple[int, ...] = ()
    pause: float = 0
    """Seconds to wait in each epoch, for those who want to interrupt it."""


def features(text: str) -> list[float]:
    return [text.count(letter) / 10 for letter in "abcdefgh"]


def arrays(rows: Sequence[Row], labels: Labels) -> tuple[Tensor, Tensor]:
    inputs = torch.tensor([features(row["text"]) for row in rows])
    return inputs, torch.tensor([labels.numbers[row["label"]] for row in rows])


def network(settings: ToySettings, classes: int) -> nn.Module:
    sizes = [8, *settings.hidden]
    layers: list[nn.Module] = []
    for one, next_ in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(one, next_), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(sizes[-1], classes))


class ToyTask(Task):
    goal = "accuracy"

    def __init__(self, settings: ToySettings, rows: Sequence[Row], labels: Labels) -> None:
        self.settings, self.labels = settings, labels
        sides = [split_of(row["text"], settings.seed, 0.2) for row in rows]
        pairs = list(zip(rows, sides, strict=True))
        self.train = arrays([row for row, side in pairs if side == "train"], labels)
        self.held = arrays([row for row, side in pairs if side == "held_out"] or rows, labels)
        seed_everything(settings.seed)
        self.network = network(settings, len(labels))

    def steps(self) -> int:
        return batching.count_batches(len(self.train[0]), self.settings.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        time.sleep(self.settings.pause)
        inputs, labels = self.train
        settings = self.settings
        for chosen in batching.batches(len(inputs), settings.batch, settings.seed, epoch):
            yield inputs[chosen], labels[chosen]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        return functional.cross_entropy(self.network(batch[0]), batch[1])

    def validate(self) -> dict[str, float]:
        right = self.network(self.held[0]).argmax(1) == self.held[1]
        return {"accuracy": right.double().mean().item()}


class Toy(Kind):
    name = "toy"
    uses = "nowhere"
    goal = "accuracy"
    Settings = ToySettings
    space = {"rate": (1e-6, 0.3), "hidden": [(), (4,)], "batch": [8, 16]}

    @classmethod
    def train(cls, data: Sequence[Path], settings: ToySettings, run: Run) -> dict[str, float]:
        rows = list(read_examples(data))
        labels = Labels.seen(row["label"] for row in rows)
        task = ToyTask(settings, rows, labels)
        done = fit(task, settings, run, hashing.fingerprint(cls.name, settings, data))
        card = Card(
            hashing.describe_data(data, len(rows)),
            describe_split(settings.seed, 0.2),
            "accuracy",
            run.licence,
            run.command,
        )
        facts, weights = {"labels": labels.names}, weights_of(task.network)
        save_model(run.folder, cls.name, cls.version, settings, facts, weights, done.scores, card)
        return done.scores

    def _network(self) -> nn.Module:
        built = network(self.settings, len(self.config.facts["labels"]))
        load_into(built, read_weights(self.folder))
        return built

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        rows = list(read_examples(data))
        labels = Labels(tuple(self.config.facts["labels"]))
        wider, notes = labels.with_unseen(row["label"] for row in rows)
        inputs, truth = arrays(rows, wider)
        guess = self._network()(inputs).argmax(1)
        values, tables = judge_guesses(truth.numpy(), guess.numpy(), wider.names)
        return Report(values, tables, notes)

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        if not inputs:
            raise InputError("there is nothing to label", hint="give texts")
        scores = self._network()(torch.tensor([features(text) for text in inputs])).softmax(1)
        for text, of in zip(inputs, scores.detach().numpy(), strict=True):
            label = self.config.facts["labels"][int(np.argmax(of))]
            yield {"text": text, "label": label, "probability": float(of.max())}

    def export_onnx(self, path: Path) -> float:
        axes = {"letters": {0: "rows"}, "scores": {0: "rows"}}
        names = (["letters"], ["scores"])
        return export(self._network(), (torch.rand(3, 8),), names, axes, path)


def write_rows(path: Path, count: int = 300, seed: int = 0) -> Path:
    """Texts of the letters a to h; the label says whether there are more a than b."""
    chance = np.random.default_rng(seed)
    lines = ["text,label"]
    while len(lines) <= count:
        text = "".join(chance.choice(list("aaabbbcdefgh"), 20))
        if text.count("a") != text.count("b"):
            lines.append(f"{text},{'more' if text.count('a') > text.count('b') else 'fewer'}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path
