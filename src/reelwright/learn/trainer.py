"""The one loop that fits every network: epochs of batches, checkpoints, the best weights kept.

A kind hands it a `Task` (network, batches, loss, validation) and gets the best weights back. A
training that was killed and resumed ends with the very weights of an undisturbed one, on the CPU:
batches depend on seed and epoch alone, and a checkpoint holds the generators' states.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

import torch
from torch import Tensor, nn

from reelwright.core.errors import TrainingError
from reelwright.learn import checkpoint
from reelwright.learn.averages import RunningMean
from reelwright.learn.devices import (
    World,
    cast,
    choose_device,
    choose_precision,
    move,
    seed_everything,
)
from reelwright.learn.kind import FitSettings, Run
from reelwright.learn.task import Task, Turn
from reelwright.learn.tracking import Tracker, open_trackers

CHECKPOINT_SECONDS = 60.0
"""How often a checkpoint is written within an epoch; one is written after each epoch, too."""
_LOG_STEPS = 50
_STAGE = "train"


@dataclass(frozen=True)
class Fit:
    """How a training went: the best epoch's scores, steps taken, seconds in all."""

    scores: dict[str, float]
    steps: int
    seconds: float


def fit(task: Task, settings: FitSettings, run: Run, fingerprint: str) -> Fit:
    """Fit a task's network; afterwards it holds the best weights, on the CPU.

    Args:
        task: what is to be fitted. Its network was built after `seed_everything(settings.seed)`.
        settings: rates, epochs, clipping, running mean, patience, precision.
        run: folder, device, who watches, whether to resume.
        fingerprint: a hash of all that must be equal for a checkpoint to be gone on from.

    Raises:
        TrainingError: the loss is no number any more, or memory ran out; names step and batch.
        ModelError: the checkpoint is damaged or of another training.
        StoreError: the disk is full; the last good checkpoint stands.
    """
    return _Fitting(task, settings, run, fingerprint).run()


class _Fitting:
    def __init__(self, task: Task, settings: FitSettings, run: Run, fingerprint: str) -> None:
        self.task, self.settings, self.asked, self.fingerprint = task, settings, run, fingerprint
        self.device = choose_device(run.device)
        self.precision = choose_precision(settings.precision, self.device)
        self.world = World(self.device)
        seed_everything(settings.seed + self.world.rank)
        self.network = task.network.to(self.device)
        self.turns = {turn.name: turn for turn in task.turns()}
        self.world.agree(self.network.state_dict().values())
        self.optimizers = {
            # Fused: one pass over the weights instead of ten.
            name: torch.optim.AdamW(
                _groups(turn, settings.decay), lr=settings.rate, betas=turn.betas, fused=True
            )
            for name, turn in self.turns.items()
        }
        half = self.precision == torch.float16
        self.scaler = torch.GradScaler(self.device.type, enabled=half)
        self.mean = RunningMean(self.network, settings.ema) if settings.ema else None
        self.epoch_steps = max(1, task.steps() // self.world.size)
        self.total = self.epoch_steps * settings.epochs
        self.step, self.best_epoch, self.seconds = 0, -1, 0.0
        self.scores: dict[str, float] = {}

    def run(self) -> Fit:
        if self.asked.resume:
            self._resume()
        elif self.world.rank == 0:
            checkpoint.remove_checkpoints(self.asked.folder)
        began, before = time.monotonic(), self.seconds
        tracker = None
        if self.world.rank == 0:
            name = self.asked.folder.name
            tracker = open_trackers(self.asked, name, self.settings, self.step)
        progress = self.asked.progress
        progress.start(_STAGE, self.total)
        progress.advance(_STAGE, self.step)
        saved = began
        try:
            while self.step < self.total and not self._is_over():
                epoch, done = divmod(self.step, self.epoch_steps)
                self.network.train()
                for batch in islice(self._batches(epoch), done, None):
                    values = self._step(batch)
                    self.seconds = before + time.monotonic() - began
                    progress.advance(_STAGE, 1, self._note(values))
                    if tracker and self.step % _LOG_STEPS == 0:
                        tracker.log(self.step, {**values, "rate": self._rate()})
                    inside = self.step % self.epoch_steps != 0
                    if inside and time.monotonic() - saved > CHECKPOINT_SECONDS:
                        self._save()
                        saved = time.monotonic()
                if self.step % self.epoch_steps:
                    raise self._failed("the batches ended before the epoch did", "give more data")
                self._judge(epoch, tracker)
                self._save()
                saved = time.monotonic()
        finally:
            if tracker:
                tracker.close()
        progress.finish(_STAGE)
        self.world.leave()
        self.network.cpu()
        self.network.load_state_dict(checkpoint.read_best(self.asked.folder, self.best_epoch))
        self.network.eval()
        return Fit(self.scores, self.step, self.seconds)

    def _batches(self, epoch: int) -> Iterator[Any]:
        batches = self.task.batches(epoch)
        mine = islice(batches, self.world.rank, None, self.world.size)
        return islice(mine, self.epoch_steps)

    def _step(self, batch: Any) -> dict[str, float]:
        """One batch: each turn's loss, its gradients, its step."""
        values: dict[str, float] = {}
        factor = self._rate()
        try:
            with cast(self.device, self.precision):
                losses = self.task.losses(move(batch, self.device))
            while True:
                with cast(self.device, self.precision):
                    name, loss = next(losses, ("", None))
                if loss is None:
                    break
                values[name] = value = loss.item()
                if not math.isfinite(value):
                    raise self._failed(f"the {name} is {value}", "a smaller rate often helps")
                self._move(name, loss, factor)
        except torch.OutOfMemoryError as error:
            raise self._failed("memory ran out", "set a smaller batch") from error
        except RuntimeError as error:
            if "allocate memory" not in str(error):
                raise
            raise self._failed("memory ran out", "set a smaller batch") from error
        if self.mean:
            self.mean.update(self.step)
        self.step += 1
        return values

    def _move(self, name: str, loss: Tensor, rate: float) -> None:
        optimizer, turn = self.optimizers[name], self.turns[name]
        parameters = [parameter for group, _ in turn.groups for parameter in group]
        optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        self.world.average(parameters)
        self.scaler.unscale_(optimizer)
        if self.settings.clip:
            norm = nn.utils.clip_grad_norm_(parameters, self.settings.clip)
            if not self.scaler.is_enabled() and not torch.isfinite(norm):
                raise self._failed("the gradients are no numbers", "a smaller rate often helps")
        for group in optimizer.param_groups:
            group["lr"] = rate * group["factor"]
        self.scaler.step(optimizer)
        self.scaler.update()

    def _rate(self) -> float:
        """The learning rate of the step to come: a rise, then half a cosine down to zero."""
        rise = self.settings.warmup * self.total
        if self.step < rise:
            return self.settings.rate * (self.step + 1) / max(1.0, rise)
        part = (self.step - rise) / max(1.0, self.total - rise)
        return self.settings.rate * 0.5 * (1 + math.cos(math.pi * part))

    def _judge(self, epoch: int, tracker: Tracker | None) -> None:
        """Validate, and keep the weights when they are the best so far."""
        self.network.eval()
        goal = torch.zeros(1, dtype=torch.float64, device=self.device)
        scores: dict[str, float] = {}
        with self.mean.in_place() if self.mean else nullcontext():
            if self.world.rank == 0:
                with torch.no_grad(), cast(self.device, self.precision):
                    scores = {key: float(value) for key, value in self.task.validate().items()}
                goal.fill_(scores[self.task.goal])
            self.world.agree([goal])
            value, best = goal.item(), self.scores.get(self.task.goal)
            sign = 1 if self.task.higher else -1
            if best is None or not math.isfinite(best) or (value - best) * sign > 0:
                self.scores = scores or {self.task.goal: value}
                self.best_epoch = epoch
                if self.world.rank == 0:
                    weights = self.network.state_dict()
                    checkpoint.write_best(self.asked.folder, epoch, weights)
        if tracker:
            tracker.log(self.step, {"epoch": epoch + 1, **scores})
        if self.asked.judged and self.world.rank == 0:
            self.asked.judged(self.step, value)

    def _is_over(self) -> bool:
        patience, epoch = self.settings.patience, self.step // self.epoch_steps
        at_border = self.step % self.epoch_steps == 0
        return bool(patience and at_border and epoch - 1 - self.best_epoch >= patience)

    def _save(self) -> None:
        if self.world.rank:
            return
        generators = {"generator.cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            generators["generator.cuda"] = torch.cuda.get_rng_state(self.device)
        memory = {
            key: value
            for name, optimizer in self.optimizers.items()
            for key, value in checkpoint.optimizer_tensors(f"memory.{name}", optimizer).items()
        }
        weights = {f"network.{key}": value for key, value in self.network.state_dict().items()}
        means = (
            {f"mean.{key}": value for key, value in self.mean.means.items()} if self.mean else {}
        )
        facts = {
            "fingerprint": self.fingerprint,
            "step": self.step,
            "seconds": self.seconds,
            "best_epoch": self.best_epoch,
            "scores": self.scores,
            "scaler": self.scaler.state_dict(),
        }
        checkpoint.write_checkpoint(
            self.asked.folder, facts, {**weights, **memory, **means, **generators}
        )

    def _resume(self) -> None:
        """Put everything back as the last checkpoint has it."""
        found = checkpoint.read_checkpoint(self.asked.folder, self.fingerprint)
        if found is None:
            self.asked.progress.say("no checkpoint here: training from the beginning")
            return
        facts, tensors = found
        self.step, self.seconds = facts["step"], facts["seconds"]
        self.best_epoch, self.scores = facts["best_epoch"], facts["scores"]
        self.scaler.load_state_dict(facts["scaler"])
        self.network.load_state_dict(_under("network.", tensors))
        for name, optimizer in self.optimizers.items():
            checkpoint.load_optimizer(f"memory.{name}", optimizer, tensors)
        if self.mean:
            for key, value in _under("mean.", tensors).items():
                self.mean.means[key].copy_(value)
        if self.world.rank == 0:
            torch.set_rng_state(tensors["generator.cpu"])
            if "generator.cuda" in tensors and self.device.type == "cuda":
                torch.cuda.set_rng_state(tensors["generator.cuda"], self.device)

    def _note(self, values: Mapping[str, float]) -> str:
        losses = ", ".join(f"{name} {value:.4g}" for name, value in values.items())
        best = self.scores.get(self.task.goal)
        return losses if best is None else f"{losses}, best {self.task.goal} {best:.4g}"

    def _failed(self, what: str, hint: str) -> TrainingError:
        epoch, batch = divmod(self.step, self.epoch_steps)
        where = f"step {self.step + 1} (epoch {epoch + 1}, batch {batch + 1})"
        return TrainingError(what, where=where, hint=hint)


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {key[len(prefix) :]: value for key, value in tensors.items() if key.startswith(prefix)}


def _groups(turn: Turn, decay: float) -> list[dict[str, Any]]:
    """Parameter groups of a turn: matrices decay, vectors (biases, norms) do not."""
    groups: list[dict[str, Any]] = []
    for parameters, factor in turn.groups:
        moved = [one for one in parameters if one.requires_grad]
        for wide in (True, False):
            chosen = [one for one in moved if (one.ndim > 1) == wide]
            if chosen:
                groups.append(
                    {"params": chosen, "factor": factor, "weight_decay": decay if wide else 0.0}
                )
    return groups
