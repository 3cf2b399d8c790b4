"""What is made up is marked as AI-made: in the picture, in the file, and never silently not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import SettingError
from reelwright.core.settings import load_settings
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.mark import Marked
from reelwright.edit.enhance.order import Order
from reelwright.edit.enhance.still import read_mark
from reelwright.media import ffmpeg
from reelwright.publish.label import read_label
from reelwright.stages import enhance_file

TWICE = Order(upscale=2)


def test_the_mark_stands_for_two_seconds_and_is_seen_where_nothing_is():
    text = "内容由AI生成 · AI-generated content"
    mark = Marked(text, Fraction(5, 100), Fraction(2), "en")
    gray = np.full((360, 640, 3), 120, np.uint8)
    clear = np.zeros((360, 640), np.uint8)
    given = [Picture(gray, Fraction(n, 25), 0, clear) for n in (0, 49, 50)]
    first, last, after = mark.run(iter(given))
    assert np.array_equal(first.rgb, last.rgb)
    assert after is given[2]
    changed = (first.rgb != 120).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert rows[0] > 5
    assert columns[0] > 5
    assert rows[-1] < 120
    # Letters: at least 18 of 360 rows hold white.
    white: Any = (first.rgb > 200).all(axis=2)
    assert white.any(axis=1).sum() >= 18
    assert first.alpha is not None
    assert first.alpha[white].min() > 100
    assert not first.alpha[200:].any()
    assert (gray == 120).all()


def test_a_picture_that_was_made_up_says_so_and_goes_on_saying_it(tmp_path: Path, fresh_home: Path):
    path = tmp_path / "a.png"
    Image.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(path)
    made = enhance_file(path, TWICE, out=tmp_path / "b.png")
    assert made.origin.ai_made
    assert made.origin.model == "upscaler"
    assert any("AI-generated" in told for told in made.told)
    assert read_mark(made.path) is not None
    shown = np.array(Image.open(made.path))
    assert shown[:60].max() > 200
    assert shown[120:].max() < 100
    again = enhance_file(made.path, Order(grain=0.1), out=tmp_path / "c.jpg")
    assert read_mark(again.path) == read_mark(made.path)
    assert again.origin.ai_made
    off = load_settings(("test", {"label": {"mode": "off"}}))
    without = enhance_file(path, TWICE, out=tmp_path / "d.png", settings=off)
    assert np.array(Image.open(without.path)).max() < 100
    assert read_mark(without.path) is not None
    (log,) = fresh_home.glob("*.jsonl")
    assert "d.png" in log.read_text("utf-8")
    assert not enhance_file(path, Order(grain=0.1)).origin.ai_made


def test_a_clip_that_was_made_up_carries_one_label(tmp_path: Path):
    path = tmp_path / "a.mp4"
    source = "color=c=0x5a5a5a:s=96x64:r=5:d=0.6"
    args = ["-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264"]
    ffmpeg.run([*args, ffmpeg.source(path)], what="a clip")
    made = enhance_file(path, TWICE)
    label = read_label(made.path)
    assert label is not None
    assert label["ContentProducer"] == "Reelwright"
    again = enhance_file(made.path, TWICE)
    assert read_label(again.path) == label
    assert not any("marked" in told for told in again.told)
    bad = load_settings(("test", {"label": {"producer": "0011"}}))
    with pytest.raises(SettingError, match="producer"):
        enhance_file(path, TWICE, settings=bad)
