"""What the command line says to a mistyped command, to people and to machines."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reelwright.cli import common
from reelwright.store.project import create_project
from story import hear_interrupts

REEL = str(Path(sys.executable).with_name("reel"))


def reel(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [REEL, *arguments], capture_output=True, text=True, check=False, timeout=60, cwd=cwd
    )


@pytest.mark.parametrize(
    "arguments",
    [("make",), ("foo",), ("make", "a.md", "--until", "foo"), ("new", "x", "--length", "abc")],
)
def test_wrong_usage_ends_with_2_and_one_json_object_where_asked(arguments: tuple[str, ...]):
    plain = reel(*arguments)
    assert (plain.returncode, plain.stdout) == (2, "")
    assert "Error" in plain.stderr
    done = reel(*arguments, "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["kind"] == "Usage"


def test_a_format_there_is_none_of_is_refused_before_anything_is_made(tmp_path: Path):
    (tmp_path / "a.md").write_text("水在一百度沸腾。这是常识。", "utf-8")
    done = reel("export", "a.md", "--to", "otoi", cwd=tmp_path)
    assert done.returncode == 1
    assert 'did you mean "otio"' in done.stderr
    assert not (tmp_path / "a" / "script.yaml").exists()


def test_stopped_by_hand_it_says_how_to_go_on(tmp_path: Path):
    (tmp_path / "a.md").write_text("水在一百度沸腾。这是常识。" * 40, "utf-8")
    for extra in ([], ["--json"]):
        running = subprocess.Popen(
            [REEL, "make", "a.md", "--set", "length=60", *extra],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            start_new_session=True,
            preexec_fn=hear_interrupts,
        )
        lock = tmp_path / "a" / ".reel" / "lock"
        while not lock.exists() and running.poll() is None:
            time.sleep(0.01)
        os.killpg(running.pid, signal.SIGINT)
        out, err = running.communicate(timeout=60)
        lock.unlink(missing_ok=True)
        assert running.returncode == 130
        assert "Traceback" not in err
        if extra:
            assert json.loads(out)["error"] == "stopped"
        else:
            assert "run it again" in err


def test_a_folder_in_a_files_place_is_named(tmp_path: Path):
    (tmp_path / "a.md").write_text("水在一百度沸腾。这是常识。", "utf-8")
    (tmp_path / "a" / "script.yaml").mkdir(parents=True)
    (tmp_path / "a" / "brief.md").write_text("---\narticle: ../a.md\n---\n")
    done = reel("make", "a", "--until", "script", "--json", cwd=tmp_path)
    assert done.returncode == 1
    assert json.loads(done.stdout)["where"].endswith("script.yaml")
    assert "Traceback" not in done.stderr


def test_a_project_that_another_run_begins_in_the_meantime_is_taken(tmp_path: Path, monkeypatch):
    article = tmp_path / "tea.md"
    article.write_text("# Tea\n\nTea is a drink of leaves and hot water.\n", "utf-8")

    def beaten(root: Path, brief: str):
        create_project(root, brief)  # the other run
        return create_project(root, brief)

    monkeypatch.setattr(common, "create_project", beaten)
    assert common.find_project(article).brief.is_file()


def test_the_project_of_a_linked_article_stands_beside_the_link(tmp_path: Path):
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "a.md").write_text("水在一百度沸腾。这是常识。", "utf-8")
    (tmp_path / "b.md").symlink_to(tmp_path / "library" / "a.md")
    for _ in range(2):
        done = reel("make", "b.md", "--until", "script", cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "b" / "script.yaml").exists()


def test_a_text_too_short_for_the_asked_length_is_told(tmp_path: Path):
    (tmp_path / "a.md").write_text("水在一百度沸腾。这是常识。", "utf-8")
    done = reel("make", "a.md", "--until", "timeline", "--set", "length=600", cwd=tmp_path)
    assert done.returncode == 0
    assert "not 600 s: the text holds no more" in done.stderr


def test_what_a_line_names_wrongly_is_told_with_the_line_of_the_file(tmp_path: Path):
    (tmp_path / "a.md").write_text("# 水\n\n水在一百度沸腾。这是常识。", "utf-8")
    reel("make", "a.md", "--until", "script", cwd=tmp_path)
    script = tmp_path / "a" / "script.yaml"
    text = script.read_text("utf-8")
    at = len(text.splitlines())
    for row, said in (
        ("scene: nubmer", 'there is no scene "nubmer"'),
        ("footage: sea.mp4", 'there is no footage "sea.mp4"'),
        ("scene: number\n    params: {valeu: 3}", "valeu"),
    ):
        script.write_text(f"{text.rstrip()}\n    {row}\n", "utf-8")
        told = json.loads(reel("make", "a", "--until", "shots", "--json", cwd=tmp_path).stdout)
        line = at + 1 + ("\n" in row)
        assert said in f"{told['error']} {told['where']}"
        assert told["where"].startswith(f"script.yaml, line {line}"), told


def test_a_voice_there_is_none_of_lists_all_and_says_where(tmp_path: Path):
    (tmp_path / "a.md").write_text("水在一百度沸腾。这是常识。", "utf-8")
    done = reel("make", "a.md", "--set", "voice.provider=foo", cwd=tmp_path)
    assert 'setting voice.provider: there is no voice "foo"' in done.stderr
    assert "none" in done.stderr
    assert "espeak" in done.stderr


def test_an_article_without_a_sentence_is_named(tmp_path: Path):
    (tmp_path / "links.md").write_text("# a\n\n```\ncode()\n```\n", "utf-8")
    done = reel("make", "links.md", cwd=tmp_path)
    assert done.returncode == 1
    assert "links.md" in done.stderr


def test_a_file_that_starts_with_a_dash_is_told_how_to_be_named(tmp_path: Path):
    (tmp_path / "-dash.md").write_text("水在一百度沸腾。这是常识。", "utf-8")
    plain = reel("make", "-dash.md", cwd=tmp_path)
    assert plain.returncode == 2
    assert "./-dash.md" in plain.stderr
    done = reel("make", "-dash.md", "--json", cwd=tmp_path)
    assert "./-dash.md" in json.loads(done.stdout)["hint"]
