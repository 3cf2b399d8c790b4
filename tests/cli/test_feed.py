"""`reel feed`: what it says to people and to machines."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from reelwright.cli import app
from reelwright.core.errors import ReelError
from reelwright.core.nouns import Post
from reelwright.media import ffmpeg

LOG = """user,item,kind,time,value
ann,{id},completion,1700000000,1
ann,{id},like,1700000001,
ann,{id},dance,1700000001,
bob,gone,skip,1700000002,0.5
"""


@pytest.fixture
def tea(tmp_path: Path, fresh_home: Path) -> Path:
    out = tmp_path / "tea" / "out"
    out.mkdir(parents=True)
    film = ["-f", "lavfi", "-i", "testsrc2=d=1:s=90x160:r=10", "-c:v", "libx264"]
    ffmpeg.run([*film, "-preset", "ultrafast", out / "video.mp4"], what="a clip")
    (out / "post.json").write_text(Post(title="冷泡茶", tags=("茶",)).model_dump_json())
    return tmp_path / "tea"


def reel(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["feed", *map(str, arguments)])
    assert done.exit_code == code, done.output
    return done.stdout


def values(*arguments: str | Path, code: int = 0) -> Any:
    return json.loads(reel(*arguments, "--json", code=code))


def test_from_a_video_to_a_viewer_forgotten(tea: Path, tmp_path: Path):
    assert reel("add", tea, "--author", "me").splitlines() == ["1 video added"]
    added = values("add", tea, tmp_path / "gone.mp4", code=1)
    assert (len(added["unchanged"]), added["absent"]) == (1, [])
    assert added["failed"][0]["reason"] == "there is no such file"
    (item,) = added["unchanged"]

    log = tmp_path / "log.csv"
    log.write_text(LOG.format(id=item))
    told = reel("import", log, code=1)
    assert 'log.csv:4: no kind is called "dance"' in told
    assert "1 event kept apart: the video is not in the feed" in told
    assert "→ import a table of those videos as well" in told
    assert told.splitlines()[-1] == "2 events taken in, 1 wrong row left out"
    again = values("import", log, "--new-items", code=1)
    assert again["events"] == {"new": 1, "known": 2, "apart": {}, "settled": 1}
    assert again["told"][0]["where"].endswith("log.csv:4")

    told = reel("profile", "ann")
    assert "seen       1 video, 0:01 watched" in told
    assert "events     1 completion, 1 like" in told
    assert "tag        茶 +0.60" in told
    assert "author     me +0.60" in told
    assert values("profile", "ann")["counts"] == {"completion": 1, "like": 1}
    assert "bored by" not in told
    told = reel("profile", "ann", "--export", tmp_path / "ann.json")
    assert told.startswith("2 events of ann written to ")
    given = json.loads((tmp_path / "ann.json").read_text("utf-8"))
    assert [one["kind"] for one in given["events"]] == ["completion", "like"]
    assert reel("profile", "ann", "--forget") == (
        "2 events, 0 pages and 0 kept apart erased: ann is forgotten\n"
    )
    assert reel("profile", "ann", "--forget") == "nothing is known of ann\n"

    shutil.move(tea / "out" / "video.mp4", tmp_path / "moved.mp4")
    told = reel("add", tmp_path / "gone.mp4", code=1)
    assert f"missing  {tea / 'out' / 'video.mp4'} (冷泡茶)" in told
    assert reel("add", tmp_path / "moved.mp4") == "0 videos added, 1 updated\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("profile", "ann"), "nothing is known"),
        (("profile", "ann", "--export", "x.json", "--forget"), "give --export first"),
        (("import", "nothing.csv"), "no such file"),
        (("import", "nothing.csv", "--kind", "x"), "no kind of event"),
        (("add", "x.mp4", "--set", "feed.url=x"), "may not stand in --set"),
        (("add", "x.mp4", "--set", "feed.half_lfe=3"), 'did you mean "half_life"'),
    ],
)
def test_what_cannot_be_is_told(fresh_home: Path, arguments: tuple[str, ...], message: str):
    done = CliRunner().invoke(app, ["feed", *arguments])
    assert isinstance(done.exception, ReelError)
    assert message in str(done.exception)


def test_models_are_learnt_listed_and_taken_back(tmp_path: Path, fresh_home: Path):
    ring = tmp_path / "ring.csv"
    rows = ["user,item,kind,time,value"]
    for user in range(80):
        for step in range(20):
            at = 1_700_000_000 + step * 600 + user
            kind = "completion" if (user + step) % 3 else "skip"
            rows.append(f"u{user},v{(user + step) % 30},{kind},{at},{2 + step % 5}")
    ring.write_text("\n".join(rows))
    reel("import", ring, "--new-items")
    assert reel("models") == "nothing was learnt yet: `reel feed train`\n"
    done = values("train", "--model", "transitions")
    assert done["serves"]
    assert done["ranking"]["showings"] == 1600
    told = reel("train", "--model", "transitions", "--force")
    assert "learnt to rank from 1,600 showings" in told
    assert "ranking-4 serves now" in told
    names = [row["name"] for row in values("models")]
    assert names == ["ranking", "transitions", "ranking", "transitions"][: len(names)]
    assert values("rollback") == {"serves": "transitions-1"}
    assert "refused" in reel("models")


def test_an_experiment_is_defined_looked_at_and_stopped(tea: Path):
    reel("add", tea)
    assert reel("experiment", "list") == "there is none yet: `reel feed experiment define`\n"
    arms = ("--arm", "calm:0.2:explore=0.1,goals.like=4", "--arm", "watching:0:variety=0.9")
    told = reel("experiment", "define", "x", *arms, "--guard", "skip")
    assert told == "x: calm 20 %, watching 0 %, control 80 %\n"
    assert "runs" in reel("experiment", "list")
    told = reel("experiment", "look", "x")
    assert "worth a showing" in told
    assert "doubly robust" in told
    assert values("experiment", "look", "x")["sides"][0]["name"] == "control"
    assert values("experiment", "stop", "x") == {"stopped": "x"}
    with pytest.raises(ReelError, match="cannot be an arm"):
        CliRunner().invoke(
            app, ["feed", "experiment", "define", "y", "--arm", "a:b"], catch_exceptions=False
        )
