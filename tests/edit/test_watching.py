"""A recording watched once: where faces are between looks at them, and where shots change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.nouns import Box
from reelwright.edit.cut.watching import RATE, shots, watch
from reelwright.media import ffmpeg
from reelwright.media.probing import probe


class Finder:
    """Sees red things as faces, and counts how many frames it was shown."""

    def __init__(self) -> None:
        self.frames = 0

    def find(self, frames: Sequence[np.ndarray]) -> list[tuple[Box, ...]]:
        self.frames += len(frames)
        return [self._see(frame) for frame in frames]

    def _see(self, frame: np.ndarray) -> tuple[Box, ...]:
        red = (frame[..., 0].astype(int) - frame[..., 1] > 90) & (frame[..., 2] < 110)
        found: list[Box] = []
        for left, right in ((0.0, 0.5), (0.5, 1.0)):
            wide, high = frame.shape[1], frame.shape[0]
            part = red[:, int(left * wide) : int(right * wide)]
            down, across = np.nonzero(part)
            if len(down) < 12:
                continue
            x, y = left + across.min() / wide, down.min() / high
            size = (np.ptp(across) + 1) / wide, (np.ptp(down) + 1) / high
            found.append(Box(left=x, top=y, width=size[0], height=size[1], score=0.8))
        return tuple(found)


def clip(path: Path, graph: str, seconds: float) -> Path:
    args = ["-f", "lavfi", "-i", graph, "-t", str(seconds), "-c:v", "libx264"]
    args += ["-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p", ffmpeg.source(path)]
    ffmpeg.run(args, what=path.name)
    return path


def face(x: str, y: str = "140", ground: str = "0x406050", seconds: float = 4) -> str:
    """A red square of 60 pixels with a mouth that flickers."""
    mouth = "drawbox=x=15:y=40:w=30:h=12:c=0x602020:t=fill:enable='lt(mod(n,8),4)'"
    return (
        f"color={ground}:s=640x360:r=30:d={seconds}[g];"
        f"color=0xe03030:s=60x60:r=30:d={seconds},{mouth}[f];[g][f]overlay=x='{x}':y='{y}'"
    )


def test_faces_that_stay_are_looked_for_once_a_second(tmp_path: Path):
    path = clip(tmp_path / "a.mp4", face("100+3*sin(t)", seconds=6), 6)
    finder = Finder()
    seen = watch(path, probe(path), finder.find)
    assert len(seen.looks) == 6 * RATE
    assert finder.frames <= 8
    assert seen.cuts == ()
    for look in seen.looks:
        (found,) = look.faces
        assert found.centre[0] == pytest.approx(130 / 640, abs=0.01)


def test_faces_that_move_are_looked_for_in_every_look(tmp_path: Path):
    path = clip(tmp_path / "a.mp4", face("40+110*t"), 4)
    finder = Finder()
    seen = watch(path, probe(path), finder.find)
    assert finder.frames >= len(seen.looks) - 2
    for look in seen.looks[:-6]:
        middle = (40 + 110 * look.at + 30) / 640
        if abs(middle - 0.5) > 0.06:
            assert look.faces[0].centre[0] == pytest.approx(middle, abs=0.015)


def test_a_mouth_that_moves_is_noticed_where_there_are_two(tmp_path: Path):
    quiet = "color=0xe03030:s=60x60:r=30:d=3[q]"
    graph = face("100", seconds=3).replace("overlay=x='100':y='140'", "overlay=100:140[a]")
    path = clip(tmp_path / "a.mp4", f"{graph};{quiet};[a][q]overlay=480:140", 3)
    seen = watch(path, probe(path), Finder().find)
    pairs = [look.faces for look in seen.looks if len(look.faces) == 2]
    assert len(pairs) == len(seen.looks)
    left = np.mean([a.mouth for a, _ in pairs])
    right = np.mean([b.mouth for _, b in pairs])
    assert left > 0.02 > 4 * right


def test_a_cut_is_found_to_the_frame_and_a_fade_is_none(tmp_path: Path):
    cut = "testsrc2=s=640x360:r=30:d=1.7[a];color=0x204060:s=640x360:r=30:d=2[b];[a][b]concat"
    path = clip(tmp_path / "a.mp4", cut, 3.7)
    seen = watch(path, probe(path), None)
    assert len(seen.cuts) == 1
    # Before the first frame of the new shot, and after the last of the old one.
    assert 50 / 30 < seen.cuts[0] < 51 / 30
    first, second = shots(seen)
    assert first[-1].at < seen.cuts[0] < second[0].at
    fade = "testsrc2=s=640x360:r=30:d=4,fade=t=in:d=1.5"
    path = clip(tmp_path / "b.mp4", fade, 4)
    assert watch(path, probe(path), None).cuts == ()
    assert watch(path, probe(path), None, cuts=(1.0, 2.5)).cuts == (1.0, 2.5)


def test_where_nobody_is_it_looks_at_what_moves(tmp_path: Path):
    ground = "color=0x305080:s=640x360:r=30:d=3,drawgrid=w=40:h=40:c=0x406090"
    graph = (
        f"{ground}[g];color=0xe0e020:s=48x48:r=30:d=3[b];[g][b]overlay=x='480+10*sin(t*9)':y=150"
    )
    path = clip(tmp_path / "a.mp4", graph, 3)
    seen = watch(path, probe(path), Finder().find)
    places = [look.point[0] for look in seen.looks[1:]]
    assert np.median(places) == pytest.approx(504 / 640, abs=0.08)


def test_only_the_stretch_is_watched(tmp_path: Path):
    path = clip(tmp_path / "a.mp4", face("100"), 4)
    heard: list[float] = []
    seen = watch(path, probe(path), Finder().find, start=1.0, end=2.5, tell=heard.append)
    assert seen.looks[0].at >= 1.0
    assert seen.looks[-1].at < 2.5
    assert heard[-1] == pytest.approx(1.0, abs=0.15)
