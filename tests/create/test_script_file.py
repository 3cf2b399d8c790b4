from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.core.errors import ScriptError
from reelwright.core.nouns import Line, Origin, Role, Script
from reelwright.create.script_file import read_script_file, write_script_file

SCRIPT = Script(
    title="隔夜茶：能喝吗？",
    tags=("茶", "健康"),
    lines=(
        Line(say="隔夜茶真的不能喝吗？", role=Role.HOOK),
        Line(say="3.5% of it: is 'this' \"fine\"?", emphasis=("3.5%",), params={"items": ["a"]}),
        Line(say="yes", role=Role.CALL),
    ),
    origin=Origin(provider="extractive"),
)


def test_a_script_reads_back_from_its_file(tmp_path: Path):
    path = tmp_path / "script.yaml"
    text = write_script_file(SCRIPT, path)
    assert read_script_file(path) == SCRIPT
    assert path.read_text("utf-8") == text
    assert "隔夜茶真的不能喝吗？" in text


def edited(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "script.yaml"
    text = write_script_file(SCRIPT, path)
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return path


def line_of(path: Path, piece: str) -> int:
    return next(
        n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if piece in line
    )


@pytest.mark.parametrize(
    ("old", "new", "piece", "hint"),
    [
        ("- say: yes", "- sya: yes", "role: call", None),
        ("role: call", "rolle: call", "rolle", 'did you mean "role"'),
        ("title:", "titel:", None, None),
        ("tags:", "tagz:", "tagz:", 'did you mean "tags"'),
        ("role: call", "role: ending", "role: ending", None),
        ("say: yes", "say: 2024", "say: 2024", "quote it"),
        ("say: yes", "say: ''", "say: ''", "write some words"),
        ("say: yes", f"say: {'yes ' * 200}", "say: yes yes", "it may have at most"),
    ],
)
def test_a_mistake_names_the_line(tmp_path: Path, old: str, new: str, piece, hint):
    path = edited(tmp_path, old, new)
    with pytest.raises(ScriptError) as caught:
        read_script_file(path)
    assert caught.value.where
    assert caught.value.where.startswith("script.yaml")
    if piece and hint:
        assert caught.value.where == f"script.yaml, line {line_of(path, piece)}"
        assert hint in (caught.value.hint or "")


def test_a_missing_say_names_the_line_of_its_list_item(tmp_path: Path):
    path = edited(tmp_path, "- say: yes", "- sya: yes")
    with pytest.raises(ScriptError) as caught:
        read_script_file(path)
    assert caught.value.where == f"script.yaml, line {line_of(path, 'sya')}"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"title: [unclosed", "not valid YAML"),
        (b"", "holds no script"),
        (b"just words", "holds no script"),
        ("title: 茶".encode("gbk"), "not UTF-8"),
        (b"title: x\nlines: []\n", "lines cannot be"),
        (b"title: x\ntitle: y\nlines: []\n", "not valid YAML|cannot be read"),
    ],
)
def test_what_is_no_script_is_refused(tmp_path: Path, content: bytes, complaint: str):
    path = tmp_path / "script.yaml"
    path.write_bytes(content)
    with pytest.raises(ScriptError, match=complaint):
        read_script_file(path)
