"""A shaking recording made calm, each of its shots by itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.edit.cut.steadying import steady_file
from reelwright.media import ffmpeg
from reelwright.media.movement import MovementMeter, jerk_of
from reelwright.media.probing import probe
from reelwright.media.sweep import sweep

SHAKES = "crop=256:144:x='160+6*sin(37*t)+4*sin(61*t)':y='90+5*sin(43*t)+4*cos(71*t)',"
PANS = "crop=256:144:x='20+90*t+6*sin(37*t)+4*sin(61*t)':y='90+5*sin(43*t)',"


@pytest.fixture(scope="module")
def shaking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """2 s of a shaking camera, 2 s of one that pans and shakes, 0.2 s of another, 2 s more."""
    folder = tmp_path_factory.mktemp("shaking")
    made: list[str] = []
    graph = ""
    shots = ((2.0, SHAKES), (2.0, PANS), (0.2, SHAKES), (2.0, SHAKES))
    for number, (seconds, camera) in enumerate(shots):
        rough = np.random.default_rng(number).integers(30, 225, (30, 45, 3)).astype(np.uint8)
        picture = folder / f"{number}.png"
        Image.fromarray(rough).resize((720, 480), Image.Resampling.BICUBIC).save(picture)
        made += ["-loop", "1", "-framerate", "25", "-t", str(seconds), "-i", str(picture)]
        graph += f"[{number}]{camera}format=yuv420p[s{number}];"
    graph += "".join(f"[s{n}]" for n in range(len(shots))) + f"concat=n={len(shots)}[v]"
    path = folder / "shaking.ts"
    code = ["-map", "[v]", "-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-bf", "2"]
    # Time stamps that begin late, as in what was cut from a broadcast.
    code += ["-output_ts_offset", "700"]
    ffmpeg.run([*made, "-filter_complex", graph, *code, ffmpeg.source(path)], what="shaking")
    return path


def seen(path: Path) -> tuple[np.ndarray, np.ndarray]:
    blocks = list(sweep(path, probe(path), width=256))
    return (
        np.concatenate([block.times for block in blocks]),
        np.concatenate([block.frames for block in blocks]),
    )


def jerk(times: np.ndarray, frames: np.ndarray, start: float, end: float) -> float:
    meter = MovementMeter()
    inside = (times >= start - 1e-3) & (times < end - 1e-3)
    meter.see(times[inside], frames[inside])
    return jerk_of(meter.steps)


def test_each_shot_is_calm_and_nothing_moves_in_time(shaking: Path, tmp_path: Path) -> None:
    out = tmp_path / "calm.mp4"
    steady_file(shaking, out, [2.0, 4.0, 4.2])
    before_times, before = seen(shaking)
    times, calm = seen(out)
    assert times == pytest.approx(before_times, abs=2e-5)
    for start, end in ((0.0, 2.0), (2.0, 4.0), (4.2, 6.2)):
        shaken = jerk(before_times, before, start, end)
        assert jerk(times, calm, start, end) < 0.4 * shaken
    # Frames on both sides of each cut are of their own shots, and what is too short is as it was.
    whole = np.abs(calm.astype(int) - before).mean((1, 2, 3))
    assert whole[101:104].max() < 4
    for cut in (50, 100, 105):
        one, other = (np.abs(calm[cut].astype(int) - calm[n]).mean() for n in (cut + 1, cut - 1))
        assert one < 0.8 * other
