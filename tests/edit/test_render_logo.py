"""The person's logo over footage: where it is asked to stand, and no shot more is made for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.nouns import Format
from reelwright.core.settings import RenderSettings
from reelwright.core.timeline import (
    Footage,
    Logo,
    PictureClip,
    PictureTrack,
    Scene,
    Timeline,
    Transition,
)
from reelwright.edit.render import render
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

FORMAT = Format(width=144, height=256)
LOGO = Logo(path="logo.png", left=0.5, top=0.05, width=0.4, height=0.05)


def video(logo: Logo | None) -> Timeline:
    film = Footage(path="blue.mp4", asset="b", logo=logo)
    return Timeline(
        format=FORMAT,
        picture=PictureTrack(
            clips=(
                PictureClip(start=0, frames=12, source=film),
                PictureClip(
                    start=12,
                    frames=12,
                    source=Scene(name="flat", theme="t"),
                    transition=Transition(frames=4),
                ),
            )
        ),
    )


def test_a_logo_stands_over_footage_and_not_over_scenes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    blue = f"color=blue:s={FORMAT.width}x{FORMAT.height}:r=30:d=1"
    ffmpeg.run(["-f", "lavfi", "-i", blue, str(tmp_path / "blue.mp4")], what="film")
    logo = Image.new("RGBA", (400, 100), (0, 0, 0, 0))
    logo.paste((255, 0, 0, 255), (0, 0, 200, 100))
    logo.save(tmp_path / "logo.png")

    def make(logo: Logo | None) -> tuple[Path, int]:
        steps = Steps(Store(tmp_path / "store"), jobs=1)
        options = {"painter": "tiny_painter:paint", "metadata": {}, "root": tmp_path}
        settings = RenderSettings(preset="ultrafast", crf=10)
        return render(video(logo), steps=steps, settings=settings, **options), steps.made

    _, all_made = make(None)
    film, made = make(LOGO)
    # The film's segment, the transition from it, the logo's size, the joined video.
    assert made == 4 <= all_made + 1
    on_film, on_scene = read_frames(film, [6 / 30, 20 / 30])
    red = (on_film[..., 0].astype(int) - on_film[..., 1:].max(axis=-1)) > 90
    rows, columns = np.nonzero(red)
    # Its left half is red, its right one lets the film through.
    assert abs(rows.min() - 13) <= 1
    assert abs(rows.max() - 25) <= 1
    assert abs(columns.min() - 72) <= 1
    assert abs(columns.max() - 100) <= 1
    assert ((on_scene[..., 0].astype(int) - on_scene[..., 1:].max(axis=-1)) > 90).sum() == 0
