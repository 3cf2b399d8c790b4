"""Who tells faces apart: drawn people are known again, and told from each other."""

from __future__ import annotations

import importlib.util
from math import dist
from typing import Any

import numpy as np
import pytest
from PIL import Image

from portraits import FACE, draw_head, ground, rgb
from reelwright.core.errors import MissingExtra
from reelwright.core.nouns import Box
from reelwright.core.ports import FaceTeller
from reelwright.core.settings import PeopleSettings
from reelwright.providers.people import load_teller

LOOKS: tuple[dict[str, Any], ...] = (
    {},
    {"skin": (150, 100, 70), "hair": (20, 15, 12), "turn": 0.7},
    {"mouth": 1.0, "turn": -0.8},
)


@pytest.fixture(scope="module")
def teller() -> FaceTeller:
    found = load_teller(PeopleSettings(provider="patterns"))
    assert found is not None
    return found


def scene(looks: dict[str, Any], seed: int, size: int = 180, light: float = 1.0):
    picture = ground(480, 360, seed)
    head = draw_head(size, **looks)
    picture.paste(head, (120, 60), head)
    left, top, right, bottom = (value * size for value in FACE)
    box = Box(
        left=(120 + left) / 480,
        top=(60 + top) / 360,
        width=(right - left) / 480,
        height=(bottom - top) / 360,
    )
    noise = np.random.default_rng(seed).normal(0, 2, (360, 480, 3))
    return (rgb(picture) * light + noise).clip(0, 255).astype(np.uint8), box


def test_somebody_is_known_again_in_another_light_and_size(teller: FaceTeller):
    first = teller.describe(*_one(scene(LOOKS[0], 1)))[0]
    for size, light in ((180, 0.6), (150, 1.0), (220, 0.85)):
        again = teller.describe(*_one(scene(LOOKS[0], 2, size, light)))[0]
        assert len(again) == len(first)
        assert dist(first, again) < teller.near


def test_people_are_told_apart(teller: FaceTeller):
    vectors = [teller.describe(*_one(scene(looks, 3)))[0] for looks in LOOKS]
    again = [teller.describe(*_one(scene(looks, 4, 160)))[0] for looks in LOOKS]
    for index, vector in enumerate(again):
        near = min(range(len(LOOKS)), key=lambda other: dist(vector, vectors[other]))
        assert near == index


def test_odd_boxes_have_vectors_too(teller: FaceTeller):
    frame, _ = scene(LOOKS[0], 5)
    boxes = [
        Box(left=-0.2, top=0.9, width=0.4, height=0.4),
        Box(left=0.5, top=0.5, width=0.0, height=0.0),
        Box(left=0, top=0, width=1, height=1),
    ]
    vectors = teller.describe(frame, boxes)
    assert len({len(vector) for vector in vectors}) == 1
    assert teller.describe(frame, boxes) == vectors
    assert teller.describe(frame, []) == ()
    tiny = np.asarray(Image.new("RGB", (1, 1)))
    assert len(teller.describe(tiny, boxes)) == 3


def test_auto_is_the_best_that_is_installed(monkeypatch: pytest.MonkeyPatch):
    real = importlib.util.find_spec
    missing = {"dlib", "face_recognition_models"}

    def find(name: str, package: str | None = None) -> Any:
        return None if name in missing else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    found = load_teller(PeopleSettings())
    assert found is not None
    assert found.key()["engine"] == "patterns"
    with pytest.raises(MissingExtra, match=r"reelwright\[people\]"):
        load_teller(PeopleSettings(provider="dlib"))
    assert load_teller(PeopleSettings(provider="none")) is None


def _one(seen: tuple[Any, Box]) -> tuple[Any, list[Box]]:
    return seen[0], [seen[1]]
