"""Where to look in a stretch: still where that is enough, along a line where it is not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelwright.core.nouns import Box, Format, MediaFacts
from reelwright.media import ffmpeg
from reelwright.media.follow import MIDDLE, Sight, follow, settle
from reelwright.media.glance import COLOURS, glance, name_colours
from reelwright.media.probing import probe
from reelwright.media.shape import window

UPRIGHT = Format(width=180, height=320)


def clip(path: Path, graph: str, seconds: float = 3) -> Path:
    """A clip out of a filter graph."""
    args = ["-f", "lavfi", "-i", graph, "-t", str(seconds), "-c:v", "libx264"]
    args += ["-preset", "ultrafast", "-crf", "18", "-pix_fmt", "yuv420p", ffmpeg.source(path)]
    ffmpeg.run(args, what=path.name)
    return path


def ball(path: Path, x: str, y: str = "150", seconds: float = 3) -> Path:
    """A red square of 48 pixels that moves over a patterned ground."""
    ground = f"color=0x305080:s=640x360:r=30:d={seconds},drawgrid=w=40:h=40:c=0x406090"
    graph = f"{ground}[g];color=0xe02020:s=48x48:r=30:d={seconds}[b];[g][b]overlay=x='{x}':y='{y}'"
    return clip(path, graph, seconds)


def looked(path: Path, seconds: float = 3):
    return follow(path, probe(path), UPRIGHT, 0.0, seconds)


def test_a_subject_that_stays_is_looked_at_without_moving(tmp_path: Path) -> None:
    (x, _), end = looked(ball(tmp_path / "a.mp4", "480+4*sin(t*3)"))
    assert end is None
    assert x == pytest.approx(504 / 640, abs=0.06)


@pytest.mark.parametrize(("x", "first", "last"), [("60+150*t", 84, 534), ("530-140*t", 554, 134)])
def test_a_subject_that_crosses_is_panned_along_with(
    tmp_path: Path, x: str, first: float, last: float
) -> None:
    begin, end = looked(ball(tmp_path / "a.mp4", x))
    assert end is not None
    half = window(MediaFacts(kind="video", width=640, height=360), UPRIGHT)[0] / 2
    assert begin[0] == pytest.approx(min(max(first / 640, half), 1 - half), abs=0.05)
    assert end[0] == pytest.approx(min(max(last / 640, half), 1 - half), abs=0.05)
    assert begin[1] == end[1] == 0.5


def test_to_and_fro_is_looked_at_from_the_middle(tmp_path: Path) -> None:
    (x, _), end = looked(ball(tmp_path / "a.mp4", "400+60*sin(t*6)"))
    assert end is None
    assert x == pytest.approx(424 / 640, abs=0.07)


def test_only_the_stretch_counts(tmp_path: Path) -> None:
    path = ball(tmp_path / "a.mp4", "if(lt(t,2),40,500)", seconds=4)
    assert follow(path, probe(path), UPRIGHT, 2.2, 1.5)[0][0] > 0.7
    assert follow(path, probe(path), UPRIGHT, 0.2, 1.5)[0][0] < 0.3


def test_what_fills_the_picture_needs_no_look() -> None:
    facts = MediaFacts(kind="video", width=1080, height=1920, seconds=5)
    assert follow(Path("/not/there.mp4"), facts, UPRIGHT, 0, 3) == (MIDDLE, None)


def test_a_still_ground_gives_one_point(tmp_path: Path) -> None:
    _, end = looked(clip(tmp_path / "a.mp4", "color=gray:s=320x180:r=30"))
    assert end is None


def test_strays_do_not_move_the_camera() -> None:
    sights = [Sight(i / 20, 0.3, 0.5, 0.04, 0.1) for i in range(21)]
    sights[3] = Sight(3 / 20, 0.9, 0.5, 0.04, 0.1)
    assert settle(sights, (0.316, 1.0), 3.0) == ((0.3, 0.5), None)


def test_too_fast_a_subject_is_not_chased() -> None:
    sights = [Sight(i / 20, i / 20, 0.5, 0.04, 0.1) for i in range(21)]
    assert settle(sights, (0.316, 1.0), 1.0)[1] is None
    assert settle(sights, (0.316, 1.0), 4.0)[1] is not None


def test_a_picture_is_looked_at_where_its_subject_is(tmp_path: Path) -> None:
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (640, 360), (200, 205, 210))
    ImageDraw.Draw(image).ellipse((460, 130, 560, 230), fill=(200, 40, 30))
    image.save(tmp_path / "a.png")
    (x, _), end = follow(tmp_path / "a.png", probe(tmp_path / "a.png"), UPRIGHT)
    assert end is None
    assert x == pytest.approx(510 / 640, abs=0.08)


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((220, 30, 30), "red"),
        ((240, 140, 20), "orange"),
        ((245, 225, 40), "yellow"),
        ((40, 160, 60), "green"),
        ((30, 90, 220), "blue"),
        ((130, 60, 200), "purple"),
        ((240, 120, 190), "pink"),
        ((110, 70, 40), "brown"),
        ((10, 10, 12), "black"),
        ((250, 250, 248), "white"),
        ((128, 128, 130), "grey"),
        ((255, 0, 4), "red"),
    ],
)
def test_colours_have_the_names_people_give_them(rgb: tuple[int, int, int], name: str) -> None:
    assert COLOURS[int(name_colours(np.array([rgb], np.uint8))[0])] == name


def test_a_glance_sees_colour_light_and_motion(tmp_path: Path) -> None:
    night = clip(tmp_path / "n.mp4", "color=0x080812:s=320x180:r=30")
    seen = glance(night, probe(night))
    assert seen.brightness < 0.15
    assert seen.motion < 0.005
    assert seen.colours == ("black",)
    wild = clip(tmp_path / "w.mp4", "testsrc2=s=320x180:r=30,rotate=t*2:c=green", 6)
    assert glance(wild, probe(wild)).motion > 0.03
    assert glance(wild, probe(wild)) == glance(wild, probe(wild))
    sea = clip(tmp_path / "s.mp4", "color=0x2060c0:s=320x180:r=30")
    assert glance(sea, probe(sea)).colours == ("blue",)
    assert glance(sea, probe(sea)).sharpness < glance(wild, probe(wild)).sharpness


def test_a_picture_has_no_motion(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (64, 2), (250, 250, 250)).save(tmp_path / "a.png")
    seen = glance(tmp_path / "a.png", probe(tmp_path / "a.png"))
    assert (seen.motion, seen.colours) == (0.0, ("white",))


def faces_at(*middles: float, size: float = 0.06):
    """A finder that sees faces at these shares of the width in whatever it is shown."""

    def find(frames):
        seen = [
            Box(left=x - size / 2, top=0.3, width=size, height=size * 1.6, score=0.8)
            for x in middles
        ]
        return [seen for _ in frames]

    return find


def test_a_face_is_the_subject_before_what_moves(tmp_path: Path) -> None:
    path = ball(tmp_path / "a.mp4", "480+4*sin(t*3)")
    (x, _), end = follow(path, probe(path), UPRIGHT, 0.0, 3.0, faces_at(0.25))
    assert end is None
    assert x == pytest.approx(0.25, abs=0.01)
    # Nobody there: as without a finder.
    (x, _), end = follow(path, probe(path), UPRIGHT, 0.0, 3.0, faces_at())
    assert end is None
    assert x == pytest.approx(looked(path)[0][0], abs=0.02)


def test_people_who_fit_together_are_kept_together(tmp_path: Path) -> None:
    path = ball(tmp_path / "a.mp4", "600")
    (x, _), _ = follow(path, probe(path), UPRIGHT, 0.0, 3.0, faces_at(0.4, 0.55))
    assert x == pytest.approx(0.475, abs=0.02)
    (x, _), _ = follow(path, probe(path), UPRIGHT, 0.0, 3.0, faces_at(0.2, 0.8))
    assert min(abs(x - 0.2), abs(x - 0.8)) < 0.02


def test_faces_of_a_picture_and_of_a_clip_are_counted(tmp_path: Path) -> None:
    picture = tmp_path / "a.png"
    ffmpeg.run(
        ["-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", ffmpeg.source(picture)],
        what="a.png",
    )
    facts = probe(picture)
    assert glance(picture, facts, faces_at(0.2, 0.5)).faces == 2
    assert glance(picture, facts).faces == 0
    assert follow(picture, facts, UPRIGHT, find=faces_at(0.25))[0][0] == pytest.approx(0.25)
    film = ball(tmp_path / "b.mp4", "600")
    seen = glance(film, probe(film), faces_at(0.7))
    assert seen.faces == 1
    assert seen.model_copy(update={"faces": 0}).colours == glance(film, probe(film)).colours
