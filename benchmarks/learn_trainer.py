"""What the trainer costs: it, and the same loop written by hand, on one network and its batches."""

from __future__ import annotations

import copy
import math
import shutil
import time
from collections.abc import Iterator

import torch
from figures import Bench, Figure
from torch import Tensor, nn
from torch.nn import functional

from reelwright.learn.data import batching
from reelwright.learn.devices import seed_everything
from reelwright.learn.kind import FitSettings, Run
from reelwright.learn.task import Task
from reelwright.learn.trainer import fit

SETTINGS = FitSettings(epochs=3, batch=32, rate=2e-3)
ROWS, LENGTH, WORDS, CLASSES = 3200, 40, 2000, 10


class Reader(nn.Module):
    """A bidirectional LSTM over words: what a small tagger or classifier is."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(WORDS, 64)
        self.cell = nn.LSTM(64, 96, batch_first=True, bidirectional=True)
        self.out = nn.Linear(192, CLASSES)

    def forward(self, words: Tensor) -> Tensor:
        return self.out(self.cell(self.embed(words))[0].amax(1))


class Reading(Task):
    goal = "accuracy"

    def __init__(self) -> None:
        source = torch.Generator().manual_seed(0)
        self.words = torch.randint(0, WORDS, (ROWS, LENGTH), generator=source)
        self.labels = self.words.amax(1) * CLASSES // WORDS
        seed_everything(SETTINGS.seed)
        self.network = Reader()

    def steps(self) -> int:
        return batching.count_batches(ROWS, SETTINGS.batch)

    def batches(self, epoch: int) -> Iterator[tuple[Tensor, Tensor]]:
        for chosen in batching.batches(ROWS, SETTINGS.batch, SETTINGS.seed, epoch):
            rows = torch.from_numpy(chosen)
            yield self.words[rows], self.labels[rows]

    def loss(self, batch: tuple[Tensor, Tensor]) -> Tensor:
        return functional.cross_entropy(self.network(batch[0]), batch[1])

    def validate(self) -> dict[str, float]:
        right = self.network(self.words[:320]).argmax(1) == self.labels[:320]
        return {"accuracy": right.double().mean().item()}


def by_hand(task: Reading) -> None:
    """The loop as one writes it: AdamW, clipping, warm-up and cosine, the best weights kept."""
    network = task.network
    optimizer = torch.optim.AdamW(network.parameters(), SETTINGS.rate, weight_decay=SETTINGS.decay)
    total = task.steps() * SETTINGS.epochs
    rise = SETTINGS.warmup * total

    def factor(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / (total - rise)))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, factor)
    best, weights = -1.0, network.state_dict()
    for epoch in range(SETTINGS.epochs):
        network.train()
        for batch in task.batches(epoch):
            loss = task.loss(batch)
            if not math.isfinite(loss.item()):
                raise ValueError("the loss is no number")
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), SETTINGS.clip)
            optimizer.step()
            schedule.step()
        network.eval()
        with torch.no_grad():
            score = task.validate()["accuracy"]
        if score > best:
            best, weights = score, copy.deepcopy(network.state_dict())
    network.load_state_dict(weights)


def overhead(bench: Bench) -> list[Figure]:
    """Processor seconds of the trainer by those of the loop by hand; best of `repeat`, in turns."""
    torch.set_num_threads(1)
    folder = bench.work / "overhead"

    def ours() -> None:
        fit(Reading(), SETTINGS, Run(folder, device="cpu"), "bench")

    def theirs() -> None:
        by_hand(Reading())

    # What is loaded at first use is nobody's overhead.
    ours()
    spent: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(bench.repeat):
        for name, run in (("theirs", theirs), ("ours", ours)):
            shutil.rmtree(folder, ignore_errors=True)
            began = time.process_time()
            run()
            spent[name].append(time.process_time() - began)
    mine, hand = min(spent["ours"]), min(spent["theirs"])
    return [
        Figure(
            "overhead",
            "The trainer by the same loop written by hand, processor seconds",
            mine / hand,
            1.03,
            ours=f"{mine:.2f} s",
            against=f"{hand:.2f} s",
        )
    ]
