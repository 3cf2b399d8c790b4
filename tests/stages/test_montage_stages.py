"""A montage through its stages: looked over once, on the beat that is heard, as long as asked."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import FootageError
from reelwright.core.progress import Silent
from reelwright.core.timeline import Footage, read_timeline
from reelwright.media import ffmpeg
from reelwright.media.sound import write_wav
from reelwright.pipeline import begin_cut, cut

pytestmark = pytest.mark.usefixtures("fresh_home")

RATE = 44_100
TEMPO = 120


class Told(Silent):
    """Keeps what a person would be told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)


def clip(path: Path, source: str, seconds: float = 8) -> Path:
    given = ["-f", "lavfi", "-i", f"{source}=s=192x108:r=30", "-t", str(seconds)]
    code = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
    ffmpeg.run([*given, *code, ffmpeg.source(path)], what=path.name)
    return path


def song(path: Path, seconds: float = 24.0) -> Path:
    """A drum every half second, heavier on each first of four, over a quiet chord."""
    at = np.arange(round(seconds * RATE)) / RATE
    sound = 0.03 * sum(np.sin(2 * np.pi * hertz * at) for hertz in (220, 277.2, 329.6))
    hit = np.arange(round(0.12 * RATE)) / RATE
    drum = np.sin(2 * np.pi * (60 + 90 * np.exp(-30 * hit)) * hit) * np.exp(-25 * hit)
    for number, first in enumerate(np.arange(0.25, seconds - 0.2, 60 / TEMPO)):
        place = round(first * RATE)
        sound[place : place + len(drum)] += drum * (0.8 if number % 4 == 0 else 0.45)
    write_wav(path, sound.astype(np.float32)[:, None], RATE)
    return path


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    return [
        clip(tmp_path / "one.mp4", "testsrc2"),
        clip(tmp_path / "two.mp4", "mandelbrot"),
    ]


def test_a_montage_on_the_beat(recordings: list[Path], tmp_path: Path) -> None:
    music = song(tmp_path / "song.wav")
    asked = {"music": str(music), "beat": True, "length": 9}
    project = begin_cut(recordings, tmp_path / "out", asked)
    result = cut(project, until="timeline")
    timeline = read_timeline(project.timeline)
    rate = timeline.format.rate
    clips = timeline.picture.clips
    assert sum(one.frames for one in clips) / rate == pytest.approx(9, abs=0.5)
    shown = [one.source.path for one in clips if isinstance(one.source, Footage)]
    assert len(set(shown)) == 2
    assert len(shown) == len(clips)
    (bed,) = timeline.sound[0].clips
    assert [track.name for track in timeline.sound] == ["music"]
    starts = np.array([float(one.start / rate) for one in clips]) + bed.offset
    off = (starts - 0.25 + 30 / TEMPO) % (60 / TEMPO) - 30 / TEMPO
    assert np.abs(off).max() < 0.07
    # All of it was kept: nothing is made twice.
    again = cut(project, until="timeline")
    assert result.made > 3
    assert again.made == 0


def test_music_without_a_beat_leaves_an_even_pace(recordings: list[Path], tmp_path: Path) -> None:
    music = tmp_path / "hum.wav"
    hum = 0.2 * np.sin(2 * np.pi * 110 * np.arange(12 * RATE) / RATE)
    write_wav(music, hum.astype(np.float32)[:, None], RATE)
    asked = {"music": str(music), "beat": True, "length": 8}
    project = begin_cut(recordings, tmp_path / "out", asked)
    cut(project, until="timeline")
    clips = read_timeline(project.timeline).picture.clips
    assert sum(one.frames for one in clips) == 240
    assert all(45 <= one.frames <= 140 for one in clips)


def test_too_little_is_told(tmp_path: Path) -> None:
    few = [clip(tmp_path / f"{name}.mp4", name, 2) for name in ("testsrc2", "mandelbrot")]
    project = begin_cut(few, tmp_path / "out", {"length": 12})
    watching = Told()
    cut(project, until="timeline", progress=watching)
    clips = read_timeline(project.timeline).picture.clips
    assert 1 <= sum(one.frames for one in clips) / 30 < 4
    assert any("no more to show" in line for line in watching.lines)


def test_music_must_have_sound(recordings: list[Path], tmp_path: Path) -> None:
    asked = {"music": str(recordings[0]), "length": 6}
    project = begin_cut(recordings, tmp_path / "out", asked)
    with pytest.raises(FootageError, match="has no sound"):
        cut(project, until="timeline")
