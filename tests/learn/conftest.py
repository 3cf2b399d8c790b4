"""What tests of `learn` share."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reelwright.learn.kinds import KINDS


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The kind `toy`, in a working folder of its own with `train.csv` and `test.csv`."""
    from toy_kind import write_rows

    monkeypatch.setitem(KINDS, "toy", "toy_kind:Toy")
    monkeypatch.chdir(tmp_path)
    write_rows(tmp_path / "train.csv")
    write_rows(tmp_path / "test.csv", 100, seed=1)
    return tmp_path


@pytest.fixture
def reel(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """The command line in this process: the exit code, what it said, what went wrong."""
    from reelwright.cli import main

    def run(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["reel", *arguments])
        # A process of its own would keep these to itself; here they would end a later test.
        handlers = {number: signal.getsignal(number) for number in (signal.SIGPIPE, signal.SIGTERM)}
        try:
            with pytest.raises(SystemExit) as ended:
                main()
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
        said = capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    return run
