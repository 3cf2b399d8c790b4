from __future__ import annotations

import json
import sqlite3
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from tensorboardX.proto import event_pb2

from reelwright.core.errors import SettingError
from reelwright.learn.kind import FitSettings, Run
from reelwright.learn.tracking import check_trackers, open_trackers

# In a process of its own, as training is: both libraries start threads and servers of theirs.
PROGRAM = """
import sys
from pathlib import Path
from reelwright.learn.kind import FitSettings, Run
from reelwright.learn.tracking import open_trackers

run = Run(Path(sys.argv[1]), trackers=("wandb", "trackio", "tensorboard"))
tracker = open_trackers(run, "tea", FitSettings(epochs=3))
tracker.log(1, {"loss": 0.5})
tracker.log(2, {"loss": 0.25})
tracker.close()
"""


def lines(folder: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (folder / "log.jsonl").read_text("utf-8").splitlines()]


def events(path: Path) -> list[event_pb2.Event]:
    """TensorBoard's records: a length, its sum, the event, its sum."""
    data, found = path.read_bytes(), []
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        found.append(event_pb2.Event.FromString(data[12 : 12 + length]))
        data = data[16 + length :]
    return found


def test_wandb_and_trackio_keep_a_run_without_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("WANDB_API_KEY", "WANDB_MODE", "WANDB_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    # Whoever asks for the network gets none.
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
        monkeypatch.setenv(name.lower(), "http://127.0.0.1:9")
    folder = tmp_path / "tea"
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "", "the standard output belongs to our own answers"
    (kept,) = folder.glob("wandb/offline-run-*/run-*.wandb")
    assert b"loss" in kept.read_bytes()
    assert [line["loss"] for line in lines(folder)] == [0.5, 0.25]
    assert list((folder / "events").glob("events.out.tfevents.*"))
    (database,) = (tmp_path / "trackio").glob("reelwright*.db")
    with sqlite3.connect(database) as connection:
        rows = connection.execute("select step, metrics from metrics order by step").fetchall()
    assert [(step, json.loads(values)["loss"]) for step, values in rows] == [(1, 0.5), (2, 0.25)]


def test_a_resumed_training_takes_back_what_it_tells_again(tmp_path: Path) -> None:
    for begun, steps in ((0, (50, 100, 150)), (100, (150, 200))):
        tracker = open_trackers(Run(tmp_path), "tea", FitSettings(), step=begun)
        for step in steps:
            tracker.log(step, {"loss": 1 / step})
        tracker.close()
    assert [line["step"] for line in lines(tmp_path)] == [50, 100, 150, 200]
    first, second = sorted((tmp_path / "events").iterdir(), key=lambda path: path.suffix)
    told = [(event.step, event.summary.value[0].tag) for event in events(first)[1:]]
    assert told == [(50, "loss"), (100, "loss"), (150, "loss")]
    _, start, *rest = events(second)
    assert (start.step, start.session_log.status) == (100, 1), "from here, forget what was told"
    assert [event.step for event in rest] == [150, 200]
    assert rest[0].summary.value[0].simple_value == pytest.approx(1 / 150)


def test_an_unknown_tracker_is_told_before_anything_is_trained() -> None:
    check_trackers(["jsonl", "tensorboard", "wandb"])
    with pytest.raises(SettingError, match='no tracker "wanbd"') as told:
        check_trackers(["wanbd"])
    assert 'did you mean "wandb"?' in (told.value.hint or "")
