from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from learning import STEPS, Lines, Plain, fitted, settings
from torch import nn

from reelwright.core.errors import InputError, ModelError, TrainingError
from reelwright.learn import checkpoint, trainer
from reelwright.learn.kind import Run
from reelwright.learn.task import Turn
from reelwright.learn.trainer import fit


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[key], other[key]) for key in one)


def test_it_learns_and_gives_the_best_epochs_scores(tmp_path: Path) -> None:
    done, _ = fitted(tmp_path, epochs=20)
    told = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    judged = [line["mse"] for line in told if "mse" in line]
    assert len(judged) == 20
    assert done.scores["mse"] == min(judged) < judged[0] / 5
    assert done.steps == 20 * STEPS
    assert list((tmp_path / "events").iterdir())


def test_the_same_seed_gives_the_same_weights_and_another_seed_others(tmp_path: Path) -> None:
    _, first = fitted(tmp_path / "a")
    _, again = fitted(tmp_path / "b")
    _, other = fitted(tmp_path / "c", Lines(4), seed=4)
    assert same(first, again)
    assert not same(first, other)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("ema", [0.0, 0.9])
@pytest.mark.parametrize("steps", [3, STEPS, 2 * STEPS + 5])
def test_a_resumed_training_ends_with_the_weights_of_an_undisturbed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int, ema: float
) -> None:
    monkeypatch.setattr(trainer, "CHECKPOINT_SECONDS", 0.0)
    whole, expected = fitted(tmp_path / "whole", ema=ema)

    class Dying(Lines):
        def loss(self, batch):
            if self._seen == steps:
                raise Stopped
            return super().loss(batch)

    with pytest.raises(Stopped):
        fitted(tmp_path / "part", Dying(3), ema=ema)
    assert checkpoint.has_checkpoint(tmp_path / "part")
    resumed, weights = fitted(tmp_path / "part", resume=True, ema=ema)
    assert same(weights, expected)
    assert resumed.scores == whole.scores
    lines = (tmp_path / "part/log.jsonl").read_text().splitlines()
    steps_told = [json.loads(line)["step"] for line in lines]
    assert steps_told == sorted(set(steps_told))


_KILLED = """
import sys, time
sys.path.insert(0, {tests!r})
from pathlib import Path
from learning import Lines, fitted
from reelwright.learn import trainer
trainer.CHECKPOINT_SECONDS = 0.0
class Slow(Lines):
    def loss(self, batch):
        if self._seen == 13:
            print("now", flush=True)
            time.sleep(60)
        return super().loss(batch)
fitted(Path({folder!r}), Slow(3))
"""


def test_a_killed_training_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    _, expected = fitted(tmp_path / "whole")
    script = _KILLED.format(tests=str(Path(__file__).parent), folder=str(tmp_path / "killed"))
    process = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ}
    )
    assert process.stdout
    with process.stdout:
        assert process.stdout.readline() == b"now\n"
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert checkpoint.has_checkpoint(tmp_path / "killed")
    _, weights = fitted(tmp_path / "killed", resume=True)
    assert same(weights, expected)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_told_with_step_and_batch(tmp_path: Path, value: float) -> None:
    with pytest.raises(TrainingError) as told:
        fitted(tmp_path, Lines(3, fails_at=STEPS + 2, value=value))
    assert told.value.where == f"step {STEPS + 3} (epoch 2, batch 3)"
    assert "rate" in (told.value.hint or "")
    assert checkpoint.has_checkpoint(tmp_path)


def test_out_of_memory_is_told_with_step_and_batch(tmp_path: Path) -> None:
    class Huge(Lines):
        def loss(self, batch):
            return self.network(batch[0]).sum() + torch.empty(2**50).sum()

    with pytest.raises(TrainingError, match="memory ran out") as told:
        fitted(tmp_path, Huge(3))
    assert told.value.where == "step 1 (epoch 1, batch 1)"
    assert "smaller batch" in (told.value.hint or "")


def test_patience_ends_a_training_that_gets_no_better(tmp_path: Path) -> None:
    class Worse(Lines):
        told = 0

        def validate(self):
            Worse.told += 1
            return {"mse": float(Worse.told)}

    done, _ = fitted(tmp_path, Worse(3), epochs=50, patience=2)
    assert done.steps == 3 * STEPS
    assert done.scores == {"mse": 1.0}


def test_a_checkpoint_of_another_training_is_refused(tmp_path: Path) -> None:
    fitted(tmp_path)
    with pytest.raises(ModelError, match="another training"):
        fit(Lines(3), settings(), Run(tmp_path, resume=True, device="cpu"), "others")


def test_a_damaged_checkpoint_is_told(tmp_path: Path) -> None:
    fitted(tmp_path)
    path = tmp_path / ".training/checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ModelError, match="damaged"):
        fitted(tmp_path, resume=True)


def test_two_turns_move_their_own_parameters_at_their_own_rates(tmp_path: Path) -> None:
    class Pair(Lines):
        def __init__(self) -> None:
            super().__init__(3)
            self.network = nn.ModuleDict(
                {"a": nn.Linear(1, 1), "b": nn.Linear(1, 1), "c": nn.Linear(1, 1)}
            )
            self.seen: list[float] = []

        def turns(self):
            a, b, c = (list(self.network[name].parameters()) for name in "abc")
            return [Turn("first", [(a, 1.0), (b, 0.0)]), Turn("second", [(c, 1.0)])]

        def losses(self, batch):
            x = torch.ones(1, 1)
            yield "first", (self.network["a"](x) + self.network["b"](x)).square().sum()
            moved = self.network["a"].weight.item()
            self.seen.append(moved)
            yield "second", (self.network["c"](x) - moved).square().sum()

        def validate(self):
            return {"mse": 1.0}

    task = Pair()
    before = {name: value.clone() for name, value in task.network.state_dict().items()}
    fit(task, settings(epochs=1, decay=0.0), Run(tmp_path, device="cpu"), "pair")
    after = task.network.state_dict()
    assert len(set(task.seen)) == STEPS
    assert torch.equal(before["b.weight"], after["b.weight"])
    assert not torch.equal(before["c.weight"], after["c.weight"])


def test_an_unknown_device_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot compute on"):
        fit(Lines(3), settings(), Run(tmp_path, device="teapot"), "lines")


def test_bfloat16_learns_too(tmp_path: Path) -> None:
    task = Lines(3)
    fast = settings(epochs=15).model_copy(update={"precision": "bfloat16"})
    assert fit(task, fast, Run(tmp_path, device="cpu"), "lines").scores["mse"] < 1


_WORLD = """
import sys
sys.path.insert(0, {tests!r})
from pathlib import Path
import numpy as np
from learning import Plain, fitted
done, weights = fitted(Path({folder!r}), Plain(3), epochs=2)
assert done.steps == 8, done
np.savez({folder!r} + "/weights.npz", **weights)
"""


def test_two_processes_learn_what_one_does_from_both_batches(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(_WORLD.format(tests=str(Path(__file__).parent), folder=str(tmp_path)))
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    where = ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    ran = subprocess.run([*command, *where, str(script)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    together = dict(np.load(tmp_path / "weights.npz"))

    class Both(Plain):
        """One process that sees each pair of batches as the two do."""

        def steps(self):
            return STEPS // 2

        def batches(self, epoch):
            each = list(super().batches(epoch))
            yield from zip(each[::2], each[1::2], strict=True)

        def loss(self, batch):
            return torch.stack([super(Both, self).loss(one) for one in batch]).mean()

    _, alone = fitted(tmp_path / "alone", Both(3), epochs=2)
    for name, value in alone.items():
        np.testing.assert_allclose(together[name], value, atol=1e-5)
