"""Two versions of unlike length and shape held against each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from reelwright.edit.enhance.compare import compare_files
from reelwright.media import ffmpeg
from reelwright.media.probing import probe


def test_what_one_has_longer_is_not_measured(tmp_path: Path):
    one, longer = tmp_path / "one.mp4", tmp_path / "longer.mp4"
    for path, seconds in ((one, "1"), (longer, "1.4")):
        args = ["-v", "error", "-f", "lavfi", "-i", f"testsrc2=s=128x96:r=10:d={seconds}"]
        ffmpeg.run([*args, "-c:v", "libx264", "-crf", "8", ffmpeg.source(path)], what="a clip")
    assert compare_files(one, longer).psnr > 40
    assert compare_files(longer, one, tmp_path / "both.mp4").psnr > 40
    assert probe(tmp_path / "both.mp4").seconds < 1.15


def test_pictures_of_unlike_shapes_are_not_stretched(tmp_path: Path):
    wide, tall, out = (tmp_path / f"{name}.png" for name in ("wide", "tall", "out"))
    Image.new("RGB", (80, 40), "red").save(wide)
    Image.new("RGB", (40, 120), "red").save(tall)
    compare_files(wide, tall, out)
    shown = np.asarray(Image.open(out))
    assert shown.shape[:2] == (120, 160)
    assert shown[0, 40].tolist() == [0, 0, 0]
    assert shown[60, 40].tolist() == [255, 0, 0]
    assert shown[60, 84].tolist() == [0, 0, 0]
    assert shown[60, 120].tolist() == [255, 0, 0]
