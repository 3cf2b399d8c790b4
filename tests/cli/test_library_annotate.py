"""`reel library annotate`: what it says to people and to machines."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from reelwright.cli import app
from reelwright.core.errors import SettingError


@pytest.fixture
def pictures(tmp_path: Path, fresh_home: Path) -> Path:
    folder = tmp_path / "pictures"
    folder.mkdir()
    Image.new("RGB", (600, 800), "red").save(folder / "red.png")
    Image.linear_gradient("L").resize((640, 480)).save(folder / "ramp.png")
    reel("add", folder, "--no-annotate")
    return folder


def reel(*arguments: str | Path) -> str:
    done = CliRunner().invoke(app, ["library", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def values(*arguments: str | Path) -> Any:
    return json.loads(reel(*arguments, "--json"))


def test_all_some_and_again(pictures: Path):
    told = values("annotate", "red.png", "--only", "colours,mood")
    assert (told["assets"], len(told["annotated"]), told["failed"]) == (1, 1, [])
    assert {"colours", "mood"} <= set(told["said"])
    assert "people" not in told["said"]
    lines = reel("annotate", pictures).splitlines()
    assert lines[0] == "2 of 2 annotated"
    assert "colours 2" in lines[1]
    assert reel("annotate").strip() == "0 of 2 annotated"
    assert len(values("annotate", "--again", "--only", "looks")["annotated"]) == 2


def test_a_threshold_makes_it_due_again(pictures: Path):
    reel("annotate", "--only", "fault")
    assert values("annotate", "--only", "fault")["annotated"] == []
    told = values("annotate", "--only", "fault", "--set", "library.small=700")
    assert (len(told["annotated"]), told["said"]["fault"]) == (2, 2)


def test_what_cannot_be_is_told(pictures: Path):
    with pytest.raises(SettingError, match='nobody annotates "modo"'):
        reel("annotate", "--only", "modo")
