"""`reel library search` and `reel library label`, as a person runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from story import reel


@pytest.fixture
def home(material: Path, fresh_home: Path) -> dict[str, str]:
    """A home whose library holds the samples, not annotated."""
    env = {"REEL_HOME": str(fresh_home)}
    reel("library", "add", material, "--no-annotate", **env)
    return env


def found(*arguments: str, **env: str) -> list[str]:
    answer = json.loads(reel("library", "search", *arguments, "--json", **env).stdout)
    return [hit["name"] for hit in answer["hits"]]


def test_material_is_searched_and_labelled(home: dict[str, str], tmp_path: Path):
    # The clip's title is Waves.
    assert found("beach", **home) == ["海边.jpg", "clip.mp4"]
    assert found("海邊", "--kind", "picture", **home) == ["海边.jpg"]
    assert found("潮水", **home) == ["words.txt"]
    assert found("--kind", "video", "--min", "1s", "--max", "3s", **home) == ["clip.mp4"]
    assert found("海边", "--orientation", "portrait", **home) == ["海边.jpg"]
    told = reel("library", "search", "海边", **home).stdout
    assert "海边.jpg" in told
    said = reel("library", "label", "clip.mp4", "tag=小狗", "mood=calm", "--from", "1s", **home)
    assert "tag is 小狗" in said.stdout
    assert found("dog", **home) == ["clip.mp4"]
    assert found("--mood", "calm", "--has", "tags", **home) == ["clip.mp4"]
    assert found("--person", "小明", **home) == []
    labels = tmp_path / "labels.jsonl"
    reel("library", "label", "--export", labels, **home)
    lines = [json.loads(line) for line in labels.read_text("utf-8").splitlines()]
    assert [(line["name"], line["start"]) for line in lines] == [("tag", 1.0), ("mood", 1.0)]


def test_wrong_labels_are_told(home: dict[str, str]):
    assert "is no label" in reel("library", "label", "clip.mp4", "tag", code=1, **home).stderr
    assert "not in the library" in reel("library", "label", "x.mp4", "tag=a", code=1, **home).stderr
    assert reel("library", "label", code=2, **home).stderr
    gone = reel("library", "search", "--like", "gone.jpg", code=1, **home)
    assert "gone.jpg" in gone.stderr
