"""Segments joined by copying packets."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from reelwright.core.errors import MediaError
from reelwright.edit.render import join as joining
from reelwright.edit.render.join import join
from reelwright.media import ffmpeg

RATE = Fraction(25)


def segment(path: Path, frames: int, between: int, size: str = "64x64") -> Path:
    source = f"testsrc2=s={size}:r={RATE}"
    args = ["-v", "error", "-f", "lavfi", "-i", source, "-frames:v", str(frames)]
    args += ["-c:v", "libx264", "-preset", "fast", "-bf", str(between), "-pix_fmt", "yuv420p"]
    ffmpeg.run([*args, str(path)], what="a segment")
    return path


def sound(path: Path, seconds: float) -> Path:
    args = ["-v", "error", "-f", "lavfi", "-i", f"sine=r=48000:d={seconds}", "-ac", "2"]
    ffmpeg.run([*args, "-c:a", "aac", str(path)], what="a sound")
    return path


def test_frames_are_shown_in_order_whatever_each_segment_reorders(tmp_path: Path):
    long = segment(tmp_path / "long.mp4", 50, 3)
    still = segment(tmp_path / "still.mp4", 1, 3)
    tune = sound(tmp_path / "tune.m4a", 2.04)
    for name, order in (("a", [long, still]), ("b", [still, long])):
        out = tmp_path / f"{name}.mp4"
        join(order, tune, out, rate=RATE, frames=51, metadata={})
        with av.open(str(out)) as film:
            shown = sorted(frame.pts for frame in film.decode(video=0))
            step = film.streams.video[0].time_base
        assert [round(pts * step * RATE) for pts in shown] == list(range(51))


def test_a_wrong_guess_is_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    long = segment(tmp_path / "long.mp4", 50, 3)
    tune = sound(tmp_path / "tune.m4a", 2)
    join([long], tune, tmp_path / "right.mp4", rate=RATE, frames=50, metadata={})
    true, asked = joining._reordering, []

    def wrong_at_first(path: Path) -> int:
        asked.append(path)
        return 0 if len(asked) == 1 else true(path)

    monkeypatch.setattr(joining, "_reordering", wrong_at_first)
    join([long], tune, tmp_path / "guessed.mp4", rate=RATE, frames=50, metadata={})
    assert len(asked) == 2
    assert (tmp_path / "guessed.mp4").read_bytes() == (tmp_path / "right.mp4").read_bytes()


def test_missing_frames_are_told(tmp_path: Path):
    film = segment(tmp_path / "film.mp4", 5, 0)
    tune = sound(tmp_path / "tune.m4a", 1)
    with pytest.raises(MediaError, match="5 frames instead of 6"):
        join([film], tune, tmp_path / "out.mp4", rate=RATE, frames=6, metadata={})
