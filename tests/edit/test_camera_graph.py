"""What a camera's path looks like once it is rendered: smooth below a pixel, whole, split."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest

from reelwright.core.camera import Key, look
from reelwright.core.nouns import Format
from reelwright.core.timeline import Footage
from reelwright.edit.render.graph import Film, plan
from reelwright.edit.render.segments import Part, Segment
from reelwright.media import ffmpeg
from reelwright.media.encoders import Encoder

FORMAT = Format(width=180, height=320)
FILM = Film(640, 360, 2.0)
WAVE = 4.0


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a wave of 25 pixels across, red on the left half and blue on the right."""
    path = tmp_path_factory.mktemp("clip") / "a.mp4"
    lum = f"128+80*sin(X/{WAVE})"
    colour = "cb='if(lt(X,160),90,200)':cr='if(lt(X,160),200,90)'"
    graph = f"nullsrc=s=640x360:r=30:d=2,geq=lum='{lum}':{colour}"
    args = ["-f", "lavfi", "-i", graph, "-c:v", "libx264", "-crf", "4", "-preset", "ultrafast"]
    ffmpeg.run([*args, "-pix_fmt", "yuv420p", ffmpeg.source(path)], what=path.name)
    return path


def rendered(
    clip: Path, out: Path, frames: int, first: int = 0, format: Format = FORMAT, **source: object
) -> list[npt.NDArray[np.uint8]]:
    footage = Footage(path=clip.name, asset="a", **source)  # type: ignore[arg-type]
    segment = Segment("a", 0, frames, Part(footage, 60, first))
    made = plan(segment, format, Encoder("libx264"), root=clip.parent, films={clip.name: FILM})
    args = [*made.inputs, "-filter_complex", made.graph, "-map", "[v]", "-c:v", "ffv1"]
    ffmpeg.run([*args, ffmpeg.source(out)], what=out.name)
    with av.open(out) as container:
        return [
            np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
            for frame in container.decode(video=0)
        ]


def places(frames: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.float64]:
    """How far the wave has moved in each frame, in pixels of the clip."""
    scale = 360 / FORMAT.height
    turns = []
    for frame in frames:
        row = frame.astype(np.float64).mean((0, 2))
        x = np.arange(len(row)) * scale
        seen = (row - row.mean()) * np.hanning(len(row))
        turns.append(np.angle((seen * np.exp(-1j * x / WAVE)).sum()))
    return np.unwrap(turns) * WAVE


@pytest.mark.parametrize("first", [0, 13])
def test_a_slow_path_is_followed_below_a_pixel(clip: Path, tmp_path: Path, first: int):
    path: tuple[Key, ...] = ((0, 0.4, 0.5, 1.0), (20, 0.402, 0.5, 1.0), (59, 0.42, 0.5, 1.0))
    frames = rendered(clip, tmp_path / "a.mkv", 40, first, camera=path)
    assert len(frames) == 40
    assert frames[0].shape == (320, 180, 3)
    wanted = np.array([look(path, first + n)[0] * 640 for n in range(40)])
    moved = places(frames)
    assert np.abs((moved - moved[0]) - (wanted - wanted[0])).max() < 0.12


def test_zooming_in_enlarges_about_the_point(clip: Path, tmp_path: Path):
    path: tuple[Key, ...] = ((0, 0.5, 0.5, 1.0), (29, 0.5, 0.5, 2.0))
    frames = rendered(clip, tmp_path / "a.mkv", 30, camera=path)

    def waves(frame: npt.NDArray[np.uint8]) -> int:
        row = frame[..., 1].astype(float).mean(0)
        return int((np.diff(np.sign(row - row.mean())) > 0).sum())

    assert waves(frames[0]) >= 1.6 * waves(frames[-1])
    # The border between the colours is where it was.
    for frame in (frames[0], frames[-1]):
        red = frame[..., 0].astype(int) - frame[..., 2]
        assert red[:, 60:85].mean() > 0 > red[:, 95:120].mean()


def test_a_path_at_rest_is_a_plain_crop(clip: Path):
    rest: tuple[Key, ...] = ((0, 0.3, 0.5, 1.0), (30, 0.3, 0.5, 1.0), (59, 0.6, 0.5, 1.0))
    footage = Footage(path=clip.name, asset="a", camera=rest)
    graphs = [
        plan(
            Segment("a", 0, 20, Part(footage, 60, first)),
            FORMAT,
            Encoder("libx264"),
            root=clip.parent,
            films={clip.name: FILM},
        ).graph
        for first in (5, 25)
    ]
    assert "perspective" not in graphs[0]
    assert "perspective" in graphs[1]


def test_a_blurred_fill_shows_all_of_the_picture(clip: Path, tmp_path: Path):
    (frame, *_) = rendered(clip, tmp_path / "a.mkv", 2, fill="blur")
    middle, above = frame[120:200].astype(int), frame[10:90].astype(int)
    assert (middle[:, :80, 0] > middle[:, :80, 2]).all()
    assert (middle[:, 100:, 2] > middle[:, 100:, 0]).all()
    assert above.mean() < 0.75 * middle.mean()
    assert np.abs(np.diff(above.mean(2), axis=1)).max() < 8


def test_a_split_picture_shows_two_crops(clip: Path, tmp_path: Path):
    upper, lower = ((0, 0.2, 0.5, 2.0),), ((0, 0.7, 0.5, 2.0), (29, 0.8, 0.5, 2.0))
    frames = rendered(clip, tmp_path / "a.mkv", 30, fill="split", camera=upper, below=lower)
    for frame in (frames[0], frames[-1]):
        assert frame.shape == (320, 180, 3)
        assert (frame[5:155, :, 0] > frame[5:155, :, 2]).all()
        assert (frame[165:315, :, 2] > frame[165:315, :, 0]).all()
    assert (frames[0][:155] == frames[-1][:155]).mean() > 0.99
    assert (frames[0][165:] == frames[-1][165:]).mean() < 0.9
