"""`reel library`: what it says to people and to machines."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from reelwright.cli import app
from reelwright.core.errors import ReelError
from reelwright.media import ffmpeg

REEL = str(Path(sys.executable).with_name("reel"))


@pytest.fixture
def material(tmp_path: Path, fresh_home: Path) -> Path:
    folder = tmp_path / "material"
    folder.mkdir()
    film = ["-f", "lavfi", "-i", "testsrc2=d=4:s=160x90:r=10", "-c:v", "libx264"]
    ffmpeg.run([*film, "-preset", "ultrafast", folder / "海边.mp4"], what="a clip")
    Image.new("RGB", (90, 160), "red").save(folder / "red.jpg")
    (folder / "broken.mp4").write_bytes((folder / "海边.mp4").read_bytes()[:300])
    (folder / os.fsdecode(b"\xff notes.txt")).write_text("A few words.")
    return folder


def reel(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["library", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout


def values(*arguments: str | Path, code: int = 0) -> Any:
    return json.loads(reel(*arguments, "--json", code=code))


def test_from_adding_to_removing(material: Path):
    told = reel("add", material, "--no-annotate", code=1)
    assert "broken.mp4: is cut short" in told
    assert "→ copy or download it again" in told
    assert told.splitlines()[-1] == "3 added (0:04), 1 failed"
    again = values("add", material, "--no-annotate", code=1)
    assert (again["added"], again["unchanged"], len(again["failed"])) == ([], 3, 1)

    told = reel("list")
    assert "海边.mp4" in told
    assert "\ufffd notes.txt" in told
    assert told.splitlines()[-1] == "3 in all, 0:04"
    listed = values("list", "--orientation", "portrait")
    assert [one["name"] for one in listed["assets"]] == ["red.jpg"]
    assert values("list", "--kind", "video", "--min", "3s", "--max", "1m")["count"] == 1
    assert values("list", "--min", "5")["count"] == 0
    assert "2 shown" in reel("list", "--limit", "2")
    failed = values("list", "--failed")["failed"]
    assert [Path(one["path"]).name for one in failed] == ["broken.mp4"]
    assert "1 failed" in reel("list", "--failed")

    told = reel("show", "海边.mp4")
    assert "picture    160×90, 10 frames/s (constant)" in told
    assert str(material / "海边.mp4") in told
    shown = values("show", material / "red.jpg")
    assert (shown["kind"], shown["files"][0]["state"]) == ("picture", "present")
    assert Path(shown["thumbnail"]).exists()
    assert values("show", shown["id"][:10])["id"] == shown["id"]

    (material / "red.jpg").unlink()
    told = reel("verify", code=1)
    assert "missing" in told
    assert "(no good copy left)" in told
    assert told.splitlines()[-1] == "2 as they were, 1 missing"
    assert values("verify", code=1)["lost"] == [shown["id"]]
    assert values("remove", "--missing")["removed"] == [shown["id"]]
    assert "2 as they were" in reel("verify")

    told = reel("remove", material)
    assert "2 removed from the library; no file was touched" in told
    assert (material / "海边.mp4").exists()
    assert not list((Path(os.environ["REEL_HOME"]) / "library" / "thumbnails").rglob("*.jpg"))
    assert reel("list").splitlines()[-1] == "0 in all, 0:00"


def test_a_proxy_is_made_when_it_is_asked_for(material: Path):
    reel("add", material / "海边.mp4", "--no-annotate")
    assert values("show", "海边.mp4")["proxy"] is None
    path = Path(values("show", "海边.mp4", "--proxy")["proxy"])
    made = path.stat().st_mtime_ns
    values("show", "海边.mp4", "--proxy")
    assert path.stat().st_mtime_ns == made


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("list", "--kind", "vidoe"), 'did you mean "video"'),
        (("list", "--min", "soon"), "is not a length of time"),
        (("list", "--quality", "3"), "between 0 and 1"),
        (("list", "--since", "yesterday"), "is not a date"),
        (("list", "--order", "colour"), "Valid here: added"),
        (("show", "nothing"), "is not in the library"),
        (("remove",), "name assets, or give --missing"),
        (("list", "--set", "library.url=x"), "may not stand in --set"),
    ],
)
def test_what_cannot_be_is_told(fresh_home: Path, arguments: tuple[str, ...], says: str):
    done = CliRunner().invoke(app, ["library", *arguments])
    assert isinstance(done.exception, ReelError)
    assert says in str(done.exception)
    assert done.stdout == ""


def test_an_error_is_words_and_an_exit_code(fresh_home: Path):
    done = subprocess.run(
        [REEL, "library", "show", "nothing"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: nothing: is not in the library")
