"""The tagger that `model.tags` names, in the stage that writes scripts."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reelwright.core.errors import ModelError
from reelwright.core.nouns import Line, Script
from reelwright.core.settings import Settings
from reelwright.learn.kind import Run as Training
from reelwright.learn.tagger.kind import Tagger
from reelwright.learn.tagger.settings import TaggerSettings
from reelwright.stages.run import Run
from reelwright.stages.script import _name
from tagging import SMALL, write_columns

SCRIPT = Script(title="A trip", tags=("trip",), lines=(Line(say="Iris Field went to Oslo ."),))


def _run(root: Path, tags: str, language: Any = "en") -> tuple[Run, list[str]]:
    said: list[str] = []
    settings = Settings.model_validate({"model": {"tags": tags}})
    steps: Any = SimpleNamespace(progress=SimpleNamespace(say=said.append))
    project: Any = SimpleNamespace(root=root)
    none: Any = None
    return Run(project, none, settings, language, steps, none), said


def test_names_lead_where_a_tagger_is_set_and_nothing_changes_without(tmp_path: Path) -> None:
    data = write_columns(tmp_path / "train.conll", 40, 1)
    Tagger.train([data], TaggerSettings(**SMALL), Training(tmp_path / "names", device="cpu"))
    run, said = _run(tmp_path, "names")
    assert _name(run, SCRIPT).tags == ("Iris Field", "Oslo", "trip")
    assert said == []
    chinese, said = _run(tmp_path, "names", "zh")
    assert _name(chinese, SCRIPT) == SCRIPT
    assert "another language" in said[0]
    assert _name(_run(tmp_path, "")[0], SCRIPT) == SCRIPT


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder"):
        _name(_run(tmp_path, "nowhere")[0], SCRIPT)
