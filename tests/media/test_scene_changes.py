"""Changes of shot of real files: exact in time although half the frames are not decoded."""

import subprocess

import numpy as np
import pytest

from reelwright.core.errors import FootageError
from reelwright.media.ffmpeg import binary
from reelwright.media.probing import probe
from reelwright.media.scenes import find_scenes
from shot_films import film, mix, still


def write(path, frames, *options, rate=25):
    high, wide = frames.shape[1:3]
    command = [binary(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24"]
    command += ["-s", f"{wide}x{high}", "-r", str(rate), "-i", "-", "-c:v", "libx264"]
    command += ["-pix_fmt", "yuv420p", *options, str(path)]
    subprocess.run(command, input=frames.tobytes(), check=True)
    return path


def test_cuts_are_exact_where_no_key_frame_marks_them(tmp_path):
    # No key frames at cuts, and every second frame one that no other depends on.
    never = ("-sc_threshold", "0", "-g", "500", "-bf", "3", "-b_strategy", "0")
    lengths = (31, 30, 33, 28)
    frames = film(*(still(40 + n, count, jitter=1) for n, count in enumerate(lengths)))
    path = write(tmp_path / "long.mp4", frames, "-preset", "veryfast", *never)
    found = find_scenes(path, probe(path))
    assert [(scene.kind, round(scene.at * 25)) for scene in found] == [
        ("cut", at) for at in np.cumsum(lengths)[:-1]
    ]


def test_cuts_and_a_dissolve_in_a_file_as_encoders_make_it(tmp_path):
    a, b = still(50, 55), still(51, 60)
    frames = film(still(52, 35), a[:30], mix(a[30:], b[:25]), b[25:])
    path = write(tmp_path / "usual.mp4", frames)
    cut, dissolve = find_scenes(path, probe(path))
    assert (cut.kind, cut.start, cut.end) == ("cut", pytest.approx(1.4), cut.start)
    assert dissolve.kind == "dissolve"
    assert dissolve.start == pytest.approx(65 / 25, abs=0.17)
    assert dissolve.end == pytest.approx(90 / 25, abs=0.17)
    assert 0.5 < dissolve.sure <= 1


def test_a_picture_of_one_pixel_and_a_single_frame_have_no_changes(tmp_path):
    for name, shape in (("tiny", (20, 2, 2, 3)), ("one", (1, 64, 64, 3))):
        path = write(tmp_path / f"{name}.mp4", np.zeros(shape, np.uint8))
        assert find_scenes(path, probe(path)) == ()


def test_a_file_without_picture_is_named(tmp_path):
    path = tmp_path / "sound.wav"
    tone = ["-f", "lavfi", "-i", "sine=d=1", str(path)]
    subprocess.run([binary(), "-v", "error", *tone], check=True)
    with pytest.raises(FootageError, match=r"sound\.wav"):
        find_scenes(path, probe(path))
