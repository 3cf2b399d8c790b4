"""The examples: their briefs can be read, and their footage can be drawn."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.settings import load_settings
from reelwright.create.article import parse_article
from reelwright.create.brief import read_brief
from reelwright.create.language import detect_language

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/brief.md"))


def test_the_gallery_makes_each_of_them() -> None:
    jobs = [
        json.loads(line) for line in (EXAMPLES / "gallery.jsonl").read_text("utf-8").splitlines()
    ]
    assert sorted(Path(job["target"]).name for job in jobs) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_the_brief_is_sound(name: str) -> None:
    brief = read_brief(EXAMPLES / name / "brief.md")
    settings = load_settings(("brief.md", brief.settings), environ={})
    assert brief.topic
    assert brief.article
    assert detect_language(brief.article) == settings.language
    kinds = {block.kind for block in parse_article(brief.article).blocks}
    assert {"paragraph", "heading"} <= kinds


@pytest.mark.parametrize("name", NAMES)
def test_the_brief_names_its_sources(name: str) -> None:
    article = read_brief(EXAMPLES / name / "brief.md").article or ""
    assert "\n## 参考\n" in article or "\n## Sources\n" in article


def test_the_footage_is_drawn_and_moves() -> None:
    drawn = runpy.run_path(str(EXAMPLES / "shop" / "make_footage.py"))
    for paint, width, height, _ in drawn["CLIPS"].values():
        # A quarter of the size and a tenth of a second are enough to see that it is alive.
        frames = [
            np.frombuffer(frame, np.uint8)
            for frame in drawn["frames"](paint, width // 4, height // 4, 0.1)
        ]
        assert len(frames) == 3
        assert frames[0].std() > 20
        assert (frames[0] != frames[2]).any()


def test_the_footage_is_the_same_every_time() -> None:
    drawn = runpy.run_path(str(EXAMPLES / "shop" / "make_footage.py"))
    paint, width, height, _ = drawn["CLIPS"]["磨豆.mp4"]
    first, second = (list(drawn["frames"](paint, width // 4, height // 4, 0.1)) for _ in range(2))
    assert first == second
