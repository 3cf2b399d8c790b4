"""A detector of the person's own, in each shape that detectors are exported in."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from squares import Shape, write_detector

from reelwright.core.errors import ProviderRefused, SettingError
from reelwright.core.ports import ObjectFinder
from reelwright.core.settings import ObjectsSettings
from reelwright.providers.boxes import keep_apart
from reelwright.providers.objects import load_finder

RED, BLUE = (255, 0, 0), (0, 0, 255)


def load(model: Path, **more: str) -> ObjectFinder:
    found = load_finder(ObjectsSettings(model=str(model), **more))  # type: ignore[arg-type]
    assert isinstance(found, ObjectFinder)
    return found


def draw() -> np.ndarray:
    """Twice as wide as high, and as wide as the detector's input twice over."""
    frame = np.full((64, 128, 3), 114, np.uint8)
    frame[16:32, 32:48] = RED
    frame[32:48, 96:112] = BLUE
    frame[32:48, 0:16] = np.array(BLUE) * 0.8
    return frame


@pytest.mark.parametrize("shape", get_args(Shape))
def test_things_are_named_where_they_are(tmp_path: Path, shape: Shape) -> None:
    finder = load(write_detector(tmp_path / "网络 squares.onnx", shape))
    found, none = finder.find([draw(), np.full((40, 40, 3), 90, np.uint8)])
    assert none == ()
    assert [name for name, _ in found] == ["lamp", "pool", "pool"]
    places = [(box.left, box.top, box.width, box.height) for _, box in found]
    assert places == [(0.25, 0.25, 0.125, 0.25), (0.75, 0.5, 0.125, 0.25), (0, 0.5, 0.125, 0.25)]
    assert found[0][1].score == pytest.approx(1, abs=0.01)
    assert found[2][1].score == pytest.approx(0.8, abs=0.02)
    # As large as the input, each square is four guesses side by side: four things.
    assert len(finder.find([draw()[:, :64]])[0]) == 8


def test_names_come_from_the_file_or_beside_it(tmp_path: Path) -> None:
    nameless = write_detector(tmp_path / "nameless.onnx", names="")
    with pytest.raises(ProviderRefused, match="names"):
        load(nameless).find([draw()])
    labels = tmp_path / "labels.txt"
    labels.write_text("灯\n泳池\n", "utf-8")
    assert load(nameless, labels=str(labels)).find([draw()])[0][0][0] == "灯"
    labels.write_text("one\ntwo\nthree\nfour\n", "utf-8")
    with pytest.raises(ProviderRefused, match="4 names"):
        load(nameless, labels=str(labels)).find([draw()])
    with pytest.raises(SettingError, match=r"objects\.labels"):
        load(nameless, labels=str(tmp_path / "none.txt")).find([draw()])


def test_what_is_no_detector_is_refused(tmp_path: Path) -> None:
    assert load_finder(ObjectsSettings()) is None
    assert load_finder(ObjectsSettings(provider="none", model="x.onnx")) is None
    with pytest.raises(SettingError, match=r"objects\.model"):
        load_finder(ObjectsSettings(model=str(tmp_path / "none.onnx")))
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no network at all")
    with pytest.raises(ProviderRefused, match="cannot be read"):
        load(broken).find([draw()])


def test_the_key_follows_the_content(tmp_path: Path) -> None:
    one = load(write_detector(tmp_path / "a.onnx")).key()
    assert one == load(write_detector(tmp_path / "b.onnx")).key()
    assert one != load(write_detector(tmp_path / "c.onnx", "sorted out")).key()


def test_each_thing_keeps_its_surest_box() -> None:
    rows = np.array(
        [[0, 0, 10, 10, 0.6], [1, 0, 10, 10, 0.9], [20, 0, 10, 10, 0.5], [2, 2, 4, 4, 0.4]], float
    )
    assert keep_apart(rows, 0.5) == [1, 2, 3]
    assert keep_apart(rows, 0.5, inside=0.7) == [1, 2]
