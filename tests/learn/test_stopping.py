"""Training that is stopped: by the person, by a disk that is full; and gone on with."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from story import hear_interrupts

Reel = Callable[..., tuple[int, str, str]]
PROGRAM = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from reelwright.learn.kinds import KINDS
KINDS["toy"] = "toy_kind:Toy"
from reelwright.cli import main
main()
"""
TRAIN = ("train", "toy", "--data", "train.csv", "--device", "cpu", "--set", "hidden=128,128")
# The pause counts as a setting: a training that goes on must have the same.
SLOW = (*TRAIN, "--set", "epochs=4", "--set", "pause=0.3", "--out")


def stop_after_a_checkpoint(*arguments: str) -> tuple[int, str]:
    """Ctrl-C as soon as `m` has a checkpoint; the exit code and what was said."""
    running = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(Path(__file__).parent), *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )
    checkpoint = Path("m/.training/checkpoint.safetensors")
    until = time.monotonic() + 90
    while not checkpoint.exists() and time.monotonic() < until and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    said = running.communicate(timeout=60)[1]
    return running.returncode, said


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """No file may be larger than so many bytes: what a full disk does, without filling one."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_stopped_by_hand_it_goes_on_with_resume_to_the_same_weights(toy: Path, reel: Reel) -> None:
    code, said = stop_after_a_checkpoint(*SLOW, "m")
    assert code == 130, said
    assert "run it again with --resume to go on from the last checkpoint" in said
    assert "Traceback" not in said

    code, _, wrong = reel(*SLOW, "m")
    assert code == 1
    assert "m: holds a training that was stopped before its end" in wrong
    assert "go on with --resume, or remove m/.training" in wrong

    code, _, wrong = reel(*TRAIN, "--set", "epochs=5", "--out", "m", "--resume")
    assert code == 1
    assert "the checkpoint is of another training" in wrong

    good = Path("m/.training/checkpoint.safetensors").read_bytes()
    with small_files(20_000):
        code, _, wrong = reel(*SLOW, "m", "--resume")
    assert code == 1
    assert "no file may be that large here" in wrong
    assert Path("m/.training/checkpoint.safetensors").read_bytes() == good
    assert not list(Path("m").rglob(".tmp-*"))

    assert reel(*SLOW, "m", "--resume")[0] == 0
    assert reel(*SLOW, "whole")[0] == 0
    weights = [Path(name, "weights.safetensors").read_bytes() for name in ("m", "whole")]
    assert weights[0] == weights[1]
    assert not Path("m/.training").exists()


def test_a_model_that_cannot_be_written_leaves_the_one_before(toy: Path, reel: Reel) -> None:
    small = ("train", "toy", "--data", "train.csv", "--out", "m", "--set", "epochs=1")
    assert reel(*small)[0] == 0
    before = {path.name: path.read_bytes() for path in Path("m").glob("[cw]*.*")}
    with small_files(2_000):
        code, _, wrong = reel(*small, "--set", "hidden=128,128")
    assert code == 1
    assert "no file may be that large here" in wrong
    assert {path.name: path.read_bytes() for path in Path("m").glob("[cw]*.*")} == before
    assert reel("predict", "m", "aaac")[0] == 0


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_data_smaller_than_a_batch_are_learnt_from(toy: Path, reel: Reel, rows: int) -> None:
    lines = ["text,label", "aaab,more", "bbba,fewer", "aaac,more", "bbbc,fewer", "aab,more"]
    Path("few.csv").write_text("\n".join(lines[: rows + 1]) + "\n")
    code, _, wrong = reel("train", "toy", "--data", "few.csv", "--out", "few", "--set", "epochs=1")
    if rows == 1:
        assert code == 1
        assert 'all rows have one label, "more"' in wrong
    else:
        assert code == 0, wrong
