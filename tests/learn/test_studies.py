from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import optuna
import pytest
from hill_kind import Hill, HillSettings

from reelwright.core.errors import ModelError, SettingError, TrainingError
from reelwright.learn import search as searching
from reelwright.learn.given import read_settings
from reelwright.learn.kind import Run

State = optuna.trial.TrialState


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.csv"
    path.write_text("text,label\nx,1\n")
    return path


def study_in(folder: Path) -> optuna.Study:
    storage = f"sqlite:///{folder / 'search.db'}"
    return optuna.load_study(study_name="search", storage=storage)


def test_the_best_settings_are_found_written_and_drawn(tmp_path: Path, data: Path) -> None:
    folder = tmp_path / "m"
    best = searching.search(Hill, [data], HillSettings(name="k"), Run(folder), 24)
    assert isinstance(best, HillSettings)
    assert best.shape == (2, 3)
    assert 0.1 < best.height < 0.6
    assert best.name == "k"
    assert read_settings(HillSettings, [f"@{folder / 'search.yaml'}"], "hill") == best
    page = (folder / "search.html").read_text("utf-8")
    assert "Plotly.newPlot" in page
    assert "<script src=" not in page, "the page needs no network"
    states = [trial.state for trial in study_in(folder).trials]
    assert len(states) == 24
    assert State.PRUNED in states
    assert not (folder / "trials").exists()


def test_a_stopped_search_goes_on_as_if_it_had_not_been(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, stopped = Run(tmp_path / "whole"), Run(tmp_path / "stopped")
    searching.search(Hill, [data], HillSettings(), whole, 9)
    train, calls = Hill.train.__func__, 0

    def interrupted(cls: type[Hill], *arguments: Any) -> dict[str, float]:
        nonlocal calls
        calls += 1
        if calls == 5:
            raise KeyboardInterrupt
        return train(cls, *arguments)

    monkeypatch.setattr(Hill, "train", classmethod(interrupted))
    with pytest.raises(KeyboardInterrupt):
        searching.search(Hill, [data], HillSettings(), stopped, 9)
    assert not list((stopped.folder / "trials").iterdir())
    searching.search(Hill, [data], HillSettings(), stopped, 9)
    trials = [[trial.params for trial in study_in(run.folder).trials] for run in (whole, stopped)]
    assert len(trials[0]) == len(trials[1]) == 9
    assert trials[0][:5] == trials[1][:5]


def test_a_search_of_other_data_is_not_mixed_in(tmp_path: Path, data: Path) -> None:
    run = Run(tmp_path / "m")
    searching.search(Hill, [data], HillSettings(height=0.5), run, 2)
    data.write_text("text,label\ny,1\n")
    with pytest.raises(ModelError, match="of other data or settings") as told:
        searching.search(Hill, [data], HillSettings(height=0.5), run, 2)
    assert told.value.where == str(run.folder / "search.db")
    (run.folder / "search.db").write_bytes(b"no database, but long enough to be looked at" * 99)
    with pytest.raises(ModelError, match="cannot be read"):
        searching.search(Hill, [data], HillSettings(height=0.5), run, 2)


def test_what_the_person_set_is_not_searched(tmp_path: Path, data: Path) -> None:
    settings = HillSettings(height=0.5)
    best = searching.search(Hill, [data], settings, Run(tmp_path / "m"), 3)
    assert isinstance(best, HillSettings)
    assert best.height == 0.5
    with pytest.raises(SettingError, match="nothing to search"):
        searching.search(Hill, [data], HillSettings(height=1, shape=(1,)), Run(tmp_path), 3)


def test_if_all_trials_fail_the_first_reason_is_told(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Hill, "space", {"height": (0.001, 0.009)})
    with pytest.raises(TrainingError, match="no trial .* step 1: the loss is nan"):
        searching.search(Hill, [data], HillSettings(), Run(tmp_path / "m"), 2)


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from hill_kind import Hill, HillSettings
from reelwright.learn.kind import Run
from reelwright.learn.search import search

folder, data = Path(sys.argv[2]), Path(sys.argv[3])
print(search(Hill, [data], HillSettings(), Run(folder), 9))
"""


def test_processes_share_a_search_and_the_last_goes_on(tmp_path: Path, data: Path) -> None:
    here, folder = str(Path(__file__).parent), tmp_path / "m"
    command = [sys.executable, "-c", PROGRAM, here, str(folder), str(data)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert any(one.startswith("seed=0 height=") for one in said)
    assert sum(trial.state.is_finished() for trial in study_in(folder).trials) == 9
    assert (folder / "search.yaml").is_file()
    assert not (folder / "trials").exists()


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path, data: Path) -> None:
    run = Run(tmp_path / "m")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    (run.folder / "trials" / f"0-{gone.pid}").mkdir(parents=True)
    searching.search(Hill, [data], HillSettings(), run, 1)
    assert not (run.folder / "trials").exists()
    assert os.getpid() != gone.pid
