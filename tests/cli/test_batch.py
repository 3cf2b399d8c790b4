"""Several videos by one command: from a file of jobs, from several articles, and as variants."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelwright.cli.jobs import Job, read_jobs, refuse_twins
from reelwright.core.errors import BriefError
from reelwright.core.nouns import Line, Role, Script
from reelwright.create.article import parse_article
from reelwright.create.openings import ask_openings, openings, with_opening
from reelwright.media.sound import write_wav
from reelwright.providers.llm.openai import OpenAILLM

sys.path.insert(0, str(Path(__file__).parents[1] / "providers"))
from fake_openai import serving  # noqa: E402

from story import hear_interrupts

REEL = str(Path(sys.executable).with_name("reel"))
QUICK = ("--draft", "--set", "fps=10", "--set", "voice.provider=none")
TEA = """\
# 隔夜茶能喝吗

很多人看见昨晚剩下的半杯茶，都会犹豫：还能不能喝？网上说隔夜茶会致癌，这个说法流传了二十多年。

有研究人员把绿茶放了24小时再检测，亚硝酸盐只有每升0.02毫克，远低于国家标准规定的每升1毫克。

真正的问题是细菌。夏天室温超过30℃，茶水放上12小时，细菌会成倍增长。
"""
MOON = """\
# Why we always see the same side of the Moon

Look up on any clear night and the same face looks back. The Moon turns once on its axis every 27.3
days, and it takes exactly as long to travel around the Earth. That is no accident.
"""


def reel(*arguments: str, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [REEL, *arguments], capture_output=True, text=True, check=False, timeout=120, cwd=cwd
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "tea.md").write_text(TEA, "utf-8")
    (tmp_path / "moon.md").write_text(MOON, "utf-8")
    return tmp_path


def write(path: Path, *rows: Any) -> Path:
    texts = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(texts) + "\n", "utf-8")
    return path


# ── A file of jobs ───────────────────────────────────────────────────────────────────────────────


def test_a_job_is_read_with_its_settings_and_its_place(place: Path):
    file = write(
        place / "jobs.jsonl",
        {"target": "tea.md", "set": {"style.theme": "ink", "style": {"captions": "none"}}},
        "",
        {"target": "tea.md", "name": "tea-2", "set": {"footage": "clips"}, "variants": 3},
    )
    first, second = read_jobs(file)
    assert first.target == place / "tea.md"
    assert first.overrides == {"style": {"theme": "ink", "captions": "none"}}
    assert (second.where, second.label, second.variants) == ("jobs.jsonl, line 3", "tea-2", 3)
    assert second.overrides == {"footage": ["clips"]}
    refuse_twins([first, second])


@pytest.mark.parametrize(
    ("row", "message", "hint"),
    [
        ('{"target": ', "is not valid JSON", "one object a line"),
        ("[1]", "is no job", "target"),
        ({"set": {}}, '"target" is missing', "article"),
        ({"target": "tea.md", "sett": {}}, 'there is no key "sett"', '"set"'),
        ({"target": "tea.md", "set": {"lenght": 3}}, 'no setting "lenght"', '"length"'),
        ({"target": "tea.md", "set": {"style.them": 3}}, 'no setting "style.them"', '"theme"'),
        ({"target": "tea.md", "name": "a/b"}, "slash", ""),
        ({"target": "tea.md", "variants": 0}, "variants cannot be 0", "1"),
    ],
)
def test_a_line_that_is_no_job_says_where_and_why(place: Path, row: Any, message: str, hint: str):
    (first, bad) = read_jobs(write(place / "j.jsonl", {"target": "tea.md"}, row))
    assert first.error is None
    assert bad.error is not None
    assert message in bad.error.message
    assert bad.error.where == "j.jsonl, line 2"
    assert hint in (bad.error.hint or "")


def test_a_file_without_jobs_and_one_that_is_not_there(place: Path):
    with pytest.raises(BriefError, match="holds no job"):
        read_jobs(write(place / "j.jsonl", ""))
    with pytest.raises(BriefError, match="cannot be read"):
        read_jobs(place / "none.jsonl")


def test_two_jobs_of_one_project_are_refused_before_anything_is_made(place: Path):
    with pytest.raises(BriefError, match="the same project, tea"):
        refuse_twins([Job(place / "tea.md"), Job(place / "tea.txt")])
    done = reel("make", "tea.md", "moon.md", "./tea.md", cwd=place, code=1)
    assert "two jobs would be made into the same project, tea" in done.stderr
    assert not (place / "tea").exists()


# ── Made ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_fails_stops_nothing_and_is_told_at_the_end(place: Path):
    jobs = write(
        place / "jobs.jsonl",
        {"target": "nowhere.md"},
        {"target": "tea.md", "set": {"style.theme": "ink"}, "name": "tea-ink"},
        "{",
        {"target": "moon.md"},
    )
    done = reel("make", "--batch", str(jobs), "--until", "script", cwd=place, code=1)
    rows = done.stdout.splitlines()
    assert [row.split()[0] for row in rows if row[0] != " "] == [
        "failed",
        "ok",
        "failed",
        "ok",
        "2",
    ]
    assert "jobs.jsonl, line 1" in rows[0]
    assert "2 made, 2 failed" in rows[-1]
    assert (place / "tea-ink" / "script.yaml").exists()
    told = json.loads(
        reel("make", "--batch", str(jobs), "--until", "script", "--json", cwd=place, code=1).stdout
    )
    assert told["failed"] == 2
    assert [job.get("kind") for job in told["jobs"]] == ["BriefError", None, "BriefError", None]
    assert told["jobs"][1]["outputs"]["script"].endswith("tea-ink/script.yaml")


def test_one_target_prints_what_it_always_did(place: Path):
    done = json.loads(reel("make", "tea.md", "--until", "script", "--json", cwd=place).stdout)
    assert set(done) == {"outputs", "made", "reused", "seconds", "shots"}


def test_stopped_by_hand_several_at_once_go_on_from_there(place: Path):
    command = ["make", "tea.md", "moon.md", *QUICK, "--set", "length=12", "--json"]
    command += ["--set", "batch.at_once=2", "--set", "music.provider=none"]
    running = subprocess.Popen(
        [REEL, *command],
        stdout=subprocess.PIPE,
        text=True,
        cwd=place,
        start_new_session=True,
        preexec_fn=hear_interrupts,
    )
    while not (place / "tea" / "timeline.json").exists() and running.poll() is None:
        time.sleep(0.02)
    os.killpg(running.pid, signal.SIGINT)
    out, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert json.loads(out)["error"] == "stopped"
    told = json.loads(reel(*command, cwd=place).stdout)
    assert told["failed"] == 0
    for job, name in zip(told["jobs"], ("tea", "moon"), strict=True):
        assert Path(job["outputs"]["video"]) == place.resolve() / name / "out" / "draft.mp4"
        assert Path(job["outputs"]["video"]).stat().st_size > 10_000
    assert told["jobs"][0]["reused"] > 0


# ── Variants ─────────────────────────────────────────────────────────────────────────────────────


def test_variants_differ_and_share_their_voice(place: Path):
    command = ("make", "tea.md", "--variants", "3", "--set", "length=12", "--json")
    told = json.loads(reel(*command, "--until", "voice", cwd=place).stdout)
    folder = place / "tea" / "variants"
    variants = [json.loads((folder / str(n) / "variant.json").read_text()) for n in (1, 2, 3)]
    assert len({one["hook"] for one in variants}) == 3
    assert len({one["theme"] for one in variants}) == 3
    assert len({one["cover"] for one in variants}) == 3
    assert [one["seed"] for one in variants] == [0, 1, 2]
    assert [one["pace"] for one in variants] == ["even", "brisk", "calm"]
    assert [job["variant"] for job in told["jobs"]] == [1, 2, 3]
    # Every line but the first is found again; only the first is spoken anew.
    heard = [sorted(p.stat().st_ino for p in (folder / str(n) / ".reel/artefacts").glob(
        "*/*/take.wav"
    )) for n in (1, 2)]  # fmt: skip
    assert len(set(heard[0]) & set(heard[1])) == len(heard[0]) - 1
    before = (folder / "2" / "script.yaml").read_text("utf-8")
    (folder / "3" / "script.yaml").write_text(before + "\n# mine\n", "utf-8")
    done = reel(*command[:-1], "--until", "script", cwd=place)
    assert "variants/3/script.yaml was edited by hand; it stays" in done.stderr
    assert (folder / "2" / "script.yaml").read_text("utf-8") == before


def test_a_variant_is_a_project_whose_post_says_what_differs(place: Path):
    (place / "tea").mkdir()
    (place / "tea" / "brief.md").write_text(
        "---\nlength: 8\nfps: 5\nmusic: {provider: file, path: bed.wav}\n---\n" + TEA, "utf-8"
    )
    write_wav(place / "tea" / "bed.wav", np.zeros((48000, 2), np.float32), 48000)
    options = ("--set", "voice.provider=none", "--set", "format=1:1", "--set", "style.theme=ink")
    reel("make", "tea", "--variants", "2", *options, "--until", "script", cwd=place)
    reel("make", "tea/variants/2", "--set", "render.preset=ultrafast", cwd=place)
    root = place / "tea" / "variants" / "2"
    post = json.loads((root / "out" / "post.json").read_text("utf-8"))
    assert post["variant"]["theme"] == "ink"
    assert post["variant"]["number"] == 2
    assert post["variant"]["cover"] == post["title"]
    assert post["variant"]["hook"] in (root / "script.yaml").read_text("utf-8")


SCRIPT = Script(
    title="隔夜茶能喝吗",
    titles=("关于隔夜茶，你该知道的事",),
    tags=("隔夜茶", "细菌"),
    lines=(
        Line(say="隔夜茶能喝吗？", role=Role.HOOK, footage="a.mp4", scene="hook", pause=0.5),
        Line(say="真正的问题是细菌。"),
        Line(say="先收藏。", role=Role.CALL),
    ),
)


def test_openings_say_what_no_line_says():
    found = openings(
        SCRIPT, parse_article(TEA), "zh", ("真正的问题是细菌", "—— 陆羽", "细菌一夜能翻几倍？")
    )
    assert found[0] == "细菌一夜能翻几倍？"
    assert "关于隔夜茶，你该知道的事。" in found
    assert not {"真正的问题是细菌", "隔夜茶能喝吗？"} & set(found)


def test_another_opening_keeps_what_is_shown_and_all_that_follows():
    other = with_opening(SCRIPT, "细菌一夜能翻几倍？")
    assert other.lines[1:] == SCRIPT.lines[1:]
    assert other.lines[0] == Line(
        say="细菌一夜能翻几倍？", role=Role.HOOK, footage="a.mp4", emphasis=("细菌",), pause=0.5
    )


def test_a_model_is_asked_for_hooks_and_kept_to_plain_words():
    with serving() as server:
        said = ["**细菌一夜能翻几倍？**", "🍵你昨晚的茶倒了吗", "字" * 80]
        server.script = [json.dumps({"hooks": said})]
        llm = OpenAILLM(OpenAILLM.Options(base_url=server.url, model="fake", timeout=5))
        found = ask_openings(llm, SCRIPT, "zh", 2)
        assert "真正的问题是细菌。" in json.dumps(server.requests[0]["body"], ensure_ascii=False)
    assert found[0] == "细菌一夜能翻几倍？"
    assert found[1].startswith("你昨晚的茶倒了吗")
    assert len(found) == 2
