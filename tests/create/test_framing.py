"""Footage in cards: what is small, what has the wrong shape, and a change now and then."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import FootageError, ScriptError
from reelwright.core.nouns import Asset, Format, Line, MediaFacts, Origin, Pace, Script
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.scenes.camera import Camera
from reelwright.create.scenes.film import Film
from reelwright.create.shots import plan_shots
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames

UPRIGHT = Format(width=1080, height=1920)


def asset(name: str, width: int, height: int, kind="video", seconds=20.0, **facts) -> Asset:
    return Asset(
        id=name,
        path=f"/p/footage/{name}.mp4",
        facts=MediaFacts(kind=kind, seconds=seconds, width=width, height=height, **facts),
        origin=Origin(provider="person"),
        tags=(name,),
    )


def shots_of(assets: list[Asset], format=UPRIGHT, **more):
    lines = tuple(Line(say=f"说到{each.id}，就是这样的。", **more) for each in assets)
    return plan_shots(
        Script(title="t", lines=lines),
        language="zh",
        assets=assets,
        pace=Pace(units_per_second=4.5),
        suit=scenes.suit,
        check=scenes.check,
        scenes=scenes.names(),
        format=format,
    )


def test_landscape_in_an_upright_video_stands_in_a_card():
    shot = shots_of([asset("茶园", 3840, 1080)])[0]
    assert (shot.scene, shot.framed) == ("card", True)
    assert "landscape: only 16%" in shot.why
    assert shot.params["text"]
    assert not shots_of([asset("茶园", 1080, 1920)])[0].framed
    wide = Format(width=1920, height=1080)
    assert not shots_of([asset("茶园", 1920, 1080)], wide)[0].framed
    assert "upright" in shots_of([asset("茶园", 1080, 3840)], wide)[0].why


def test_small_footage_stands_in_a_card():
    shot = shots_of([asset("茶园", 360, 640)])[0]
    assert shot.framed
    assert "small (360×640)" in shot.why


def test_every_third_looks_different():
    names = ["茶园", "水壶", "杯子", "茶叶", "竹林", "山路"]
    upright = shots_of([asset(name, 1080, 1920) for name in names])
    assert [shot.framed for shot in upright] == [False, False, True, False, False, True]
    assert "for a change" in upright[2].why
    wide = shots_of([asset(name, 3840, 1080) for name in names])
    assert [shot.framed for shot in wide] == [True, True, False, True, True, False]


def test_what_a_card_cannot_show_well_fills_the_frame():
    assert not shots_of([asset("茶园", 3840, 1080, hdr=True)])[0].framed
    assert not shots_of([asset("茶园", 3840, 1080, seconds=1.7)])[0].framed


def test_a_card_can_be_named():
    shot = shots_of([asset("茶园", 1080, 1920)], scene="card", footage="茶园")[0]
    assert shot.framed
    assert shot.why == "named in script.yaml"
    with pytest.raises(ScriptError, match="picture or clip"):
        scenes.check("card", {"text": "x"})
    with pytest.raises(ScriptError, match="picture or clip"):
        scenes.check("card", {"picture": "a.jpg", "clip": "a.mp4"})


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """Two seconds whose brightness says the time, at a rate that is not the video's."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    source = "nullsrc=s=160x90:r=24:d=2,format=gray,geq=lum='20+N*4'"
    subprocess.run(
        [ffmpeg.binary(), "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "libx264"]
        + ["-g", "12", "-pix_fmt", "yuv420p", str(path)],
        check=True,
    )
    return path


def level(image) -> int:
    return int(image.toarray()[..., :3].mean())


def test_a_film_shows_the_frame_of_the_instant(film):
    shown = Film(film, 0.5, 80, 60)
    instants = [n / 30 for n in range(40)]
    turned = [shown.at(instant) for instant in instants]
    assert turned[0]
    assert 28 <= sum(turned) <= 33, "24 frames a second, shown at 30"
    wanted = read_frames(film, [0.5 + instants[-1]], 80)[0].mean()
    assert level(shown.image) == pytest.approx(wanted, abs=2)
    assert shown.image.width() == 80
    assert shown.image.height() == 60


def test_a_film_that_ends_holds_its_last_frame(film):
    shown = Film(film, 1.5, 80, 60)
    shown.at(0.2)
    shown.at(5.0)
    last = level(shown.image)
    assert not shown.at(6.0)
    late = Film(film, 9.0, 80, 60)
    late.at(0.0)
    assert level(late.image) == last == pytest.approx(20 + 47 * 4, abs=5)


def test_frames_of_a_card_do_not_depend_on_where_painting_starts(film):
    params = {"clip": str(film), "start": 0.3, "text": "一句话"}
    scene = Scene(name="card", theme="night", params=params)
    small = Format(width=270, height=480)
    whole = [b.copy() for b in scenes.paint(scene, small, 40, 0, 40, Path())]
    late = [b.copy() for b in scenes.paint(scene, small, 40, 28, 40, Path())]
    assert all(np.array_equal(a, b) for a, b in zip(whole[28:], late, strict=True))
    assert not np.array_equal(whole[34], whole[38]), "it moves"


def test_a_clip_that_is_none_is_named(tmp_path):
    for name in ("none.mp4", "text.mp4"):
        (tmp_path / "text.mp4").write_text("no film")
        scene = Scene(name="card", theme="night", params={"clip": name})
        with pytest.raises(FootageError, match=name):
            scenes.compose(scene, UPRIGHT, tmp_path)


def test_the_camera_comes_to_its_subject(tmp_path):
    from PIL import Image

    pixels = np.full((600, 800, 3), (70, 120, 60), np.uint8)
    pixels[180:300, 560:680] = (230, 60, 40)
    Image.fromarray(pixels).save(tmp_path / "p.png")
    camera = Camera(tmp_path / "p.png", 270, 480)

    def middle(share: float) -> float:
        view = camera.view(share)
        red = camera.image.toarray()[..., 2] > 180
        return abs((view.left + view.right) / 2 - np.argwhere(red)[:, 1].mean())

    assert middle(1.0) < 12
    assert middle(0.0) > middle(0.5) > middle(1.0)
    near, far = camera.view(1.0), camera.view(0.0)
    assert near.right - near.left == pytest.approx(270, abs=1)
    assert far.right - far.left > 290
    away = Camera(tmp_path / "p.png", 270, 480, reverse=True)
    assert away.view(0.0) == camera.view(1.0)
