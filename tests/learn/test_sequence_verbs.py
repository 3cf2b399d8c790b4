"""From a folder of tunes, by the command line, to the music of a video; and titles likewise."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from reelwright.core.errors import ModelError
from reelwright.core.timeline import read_timeline
from reelwright.pipeline import make
from reelwright.store.project import Project
from story import TEA

Reel = Callable[..., tuple[int, str, str]]
SMALL = ("--set", "width=24", "--set", "embed=12", "--set", "batch=8", "--set", "epochs=6",
         "--device", "cpu")  # fmt: skip


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tea").mkdir()
    (tmp_path / "tea" / "brief.md").write_text(TEA, "utf-8")
    return tmp_path


def bed(home: Path, model: str) -> bytes:
    """The music that is made for the video's timeline, since its cuts follow the beat."""
    overrides = {
        "length": 15,
        "voice": {"provider": "none"},
        "music": {"provider": "compose", "beat": True},
        "model": {"music": model},
    }
    project = Project(home / "tea")
    make(project, overrides=overrides, until="timeline")
    (track,) = (t for t in read_timeline(project.timeline).sound if t.name == "music")
    return (project.root / track.clips[0].path).read_bytes()


def test_tunes_become_a_model_and_the_model_a_videos_music(home: Path, reel: Reel) -> None:
    (home / "tunes").mkdir()
    for number in range(24):
        bars = "|".join(("G2AB cdef", "e2dc B2A2", "g4 d4")[(number + bar) % 3] for bar in range(4))
        tune = f"X:1\nM:4/4\nL:1/8\nK:G\n{bars}|{'GABc'[number % 4]}8|\n"
        (home / "tunes" / f"{number}.abc").write_text(tune)
    code, _, wrong = reel(
        "train", "sequence", "--data", "tunes", "--out", "models/folk", "--set", "tokens=music",
        *SMALL,
    )  # fmt: skip
    assert code == 0, wrong
    own = bed(home, "models/folk")
    assert own != bed(home, "none")
    assert own == bed(home, "models/folk")
    with pytest.raises(ModelError, match="no model folder"):
        bed(home, "models/nowhere")


def test_titles_are_learnt_ranked_and_name_a_video(home: Path, reel: Reel) -> None:
    rows = [f"Why {thing} matters at {place}?" for thing in ("tea", "water", "bread", "sleep")
            for place in ("home", "work", "night", "noon", "school")]  # fmt: skip
    (home / "titles.jsonl").write_text("".join(json.dumps({"text": t}) + "\n" for t in rows))
    code, _, wrong = reel(
        "train", "sequence", "--data", "titles.jsonl", "--out", "models/titles", *SMALL
    )
    assert code == 0, wrong
    code, said, wrong = reel(
        "predict", "models/titles", "zzz!", "Why tea matters?", "--set", "rank=yes", "--json"
    )
    assert code == 0, wrong
    assert [row["rank"] for row in json.loads(said)["predictions"]] == [2, 1]
    code, said, _ = reel("export", "models/titles", "--to", "onnx", "--json")
    assert json.loads(said)["largest_difference"] < 1e-4
    overrides = {"voice": {"provider": "none"}, "music": {"provider": "none"}}
    project = Project(home / "tea")
    make(project, overrides={**overrides, "model": {"titles": "models/titles"}}, until="script")
    named = project.script.read_text("utf-8")
    project.script.unlink()
    make(project, overrides=overrides, until="script")
    assert named != project.script.read_text("utf-8")
