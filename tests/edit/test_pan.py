"""A crop that moves with its subject: keeps it whole, and never trembles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from reelwright.core.nouns import Format
from reelwright.core.settings import RenderSettings
from reelwright.core.timeline import Footage, PictureClip, PictureTrack, Timeline, Transition
from reelwright.edit.render import render
from reelwright.edit.render.graph import Film, pan_of, plan
from reelwright.edit.render.segments import Part, cut
from reelwright.media import ffmpeg
from reelwright.media.encoders import Encoder
from reelwright.media.follow import follow
from reelwright.media.frames import read_frames
from reelwright.media.probing import probe
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

UPRIGHT = Format(width=180, height=320)
FULL = Format(width=1080, height=1920)
FILM = Film(1920, 1080, 10.0)


def film(**more) -> Footage:
    return Footage(path="a.mp4", asset="x", **more)


def clips(*sources: Footage, frames: int = 90, mixed: int = 0, format=UPRIGHT) -> Timeline:
    made = [
        PictureClip(
            start=i * frames,
            frames=frames,
            source=source,
            transition=Transition(frames=mixed) if i and mixed else None,
        )
        for i, source in enumerate(sources)
    ]
    return Timeline(format=format, picture=PictureTrack(clips=tuple(made)))


def test_the_subject_stays_whole_in_the_crop(tmp_path: Path) -> None:
    ground = "color=0x305080:s=640x360:r=30:d=3,drawgrid=w=40:h=40:c=0x406090"
    graph = f"{ground}[g];color=0xe02020:s=48x48:r=30:d=3[b];[g][b]overlay=x='50+165*t':y=150"
    args = ["-f", "lavfi", "-i", graph, "-t", "3", "-c:v", "libx264", "-preset", "ultrafast"]
    ffmpeg.run([*args, "-pix_fmt", "yuv420p", ffmpeg.source(tmp_path / "a.mp4")], what="a.mp4")
    focus, end = follow(tmp_path / "a.mp4", probe(tmp_path / "a.mp4"), UPRIGHT, 0.0, 3.0)
    made = render(
        clips(film(focus=focus, focus_end=end)),
        root=tmp_path,
        steps=Steps(Store(tmp_path / ".reel"), jobs=1),
        painter="tiny_painter:paint",
        settings=RenderSettings(preset="ultrafast"),
        metadata={},
    )
    frames = read_frames(made, [n / 30 for n in range(90)])
    red = [
        (frame[..., 0].astype(int) - frame[..., 2] > 100) & (frame[..., 1] < 90) for frame in frames
    ]
    whole = (48 * 320 / 360) ** 2
    inside = [mask.sum() > 0.9 * whole and not mask[:, [0, -1]].any() for mask in red]
    assert np.mean(inside) >= 0.95


def test_every_step_of_a_pan_is_as_long_as_the_one_before() -> None:
    part = Part(film(focus=(0.2, 0.5), focus_end=(0.7, 0.5)), 120, 0)
    pan = pan_of(part, FILM, FULL)
    assert pan is not None
    assert (pan.width, pan.height) == (3414, 1920)
    places = [pan.at(frame) for frame in range(120)]
    steps = {(b[0] - a[0], b[1] - a[1]) for a, b in zip(places, places[1:], strict=False)}
    assert len(steps) == 1
    assert next(iter(steps))[0] % 2 == 0
    assert all(0 <= x <= pan.width - 1080 and x % 2 == 0 and y == 0 for x, y in places)
    assert pan.at(125) == pan.at(119)


def test_a_pan_stays_within_the_picture() -> None:
    for first, last in ((0.0, 1.0), (1.0, 0.0), (0.1, 0.5), (0.9, 0.6)):
        for frames in (2, 9, 31, 400):
            part = Part(film(focus=(first, 0.5), focus_end=(last, 0.5)), frames, 0)
            pan = pan_of(part, FILM, FULL)
            for frame in (0, frames - 1) if pan else ():
                assert 0 <= pan.at(frame)[0] <= pan.width - 1080


def test_a_way_too_short_to_be_gone_is_looked_at_from_its_middle() -> None:
    source = film(focus=(0.40, 0.5), focus_end=(0.42, 0.5))
    (segment,) = cut(clips(source, format=FULL, frames=150))
    made = plan(segment, FULL, Encoder("libx264"), root=Path("/p"), films={"a.mp4": FILM})
    assert "x='iw*0.41-ow/2'" in made.graph


def test_a_transition_does_not_break_the_pan() -> None:
    moving = film(focus=(0.2, 0.5), focus_end=(0.8, 0.5))
    still = film(start=4.0)
    first, mixed, _ = cut(clips(moving, still, mixed=10, format=FULL))
    graphs = [
        plan(s, FULL, Encoder("libx264"), root=Path("/p"), films={"a.mp4": FILM}).graph
        for s in (first, mixed)
    ]
    assert "*min(n+0,89)'" in graphs[0]
    assert "*min(n+90,89)'" in graphs[1]
    _, mixed, rest = cut(clips(still, moving, mixed=10, format=FULL))
    assert mixed.main.key(FULL)["first"] == 0
    assert rest.main.key(FULL)["first"] == 10
    assert "first" not in mixed.before.key(FULL)
