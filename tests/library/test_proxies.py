"""Thumbnails show something; proxies are small, upright and keep the time of every frame."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import StoreError
from reelwright.library.proxies import find_proxy, make_proxy, make_thumbnail
from reelwright.media import ffmpeg
from reelwright.media.probing import open_media, probe

X264 = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]


def film(path: Path, source: str, *args: str) -> Path:
    ffmpeg.run(["-f", "lavfi", "-i", source, *X264, *args, path], what=path.name)
    return path


def times(path: Path) -> list[float]:
    with open_media(path) as container:
        return [round(frame.time or 0, 3) for frame in container.decode(video=0)]


def test_a_thumbnail_passes_over_the_dark(tmp_path: Path):
    # Black for its first two thirds.
    path = film(tmp_path / "a.mp4", "testsrc2=s=640x360:d=3:r=10,fade=st=2:d=0.1", "-g", "5")
    make_thumbnail(path, probe(path), tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.size == (320, 180)
        assert np.asarray(picture).mean() > 60


def test_a_thumbnail_is_upright(tmp_path: Path):
    flat = film(tmp_path / "flat.mp4", "testsrc2=s=640x360:d=1:r=10")
    path = tmp_path / "turned.mp4"
    turn = ["-display_rotation", "90", "-i", ffmpeg.source(flat), "-c", "copy"]
    ffmpeg.run([*turn, path], what="turning")
    make_thumbnail(path, probe(path), tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.size == (180, 320)


@pytest.mark.parametrize(("size", "small"), [((2000, 1), (320, 1)), ((3, 2), (3, 2))])
def test_a_thumbnail_of_any_shape(tmp_path: Path, size: tuple[int, int], small: tuple[int, int]):
    Image.new("RGB", size, "white").save(tmp_path / "a.png")
    make_thumbnail(tmp_path / "a.png", probe(tmp_path / "a.png"), tmp_path / "a.jpg")
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.size == small


def test_a_proxy_is_small_and_keeps_its_times(tmp_path: Path):
    uneven = ["-fps_mode", "passthrough", "-enc_time_base", "1/1000"]
    source = "testsrc2=s=1280x720:d=2:r=30,settb=1/1000,setpts='if(mod(N,3),PTS,PTS+20)'"
    path = film(tmp_path / "a.mp4", source, *uneven)
    facts = probe(path)
    proxy = find_proxy("ab" * 20, path, facts)
    assert proxy is not None
    assert (probe(proxy).width, probe(proxy).height) == (854, 480)
    assert times(proxy) == pytest.approx(times(path), abs=0.002)
    assert find_proxy("ab" * 20, tmp_path / "gone.mp4", facts) == proxy


@pytest.mark.parametrize(
    "source",
    [
        "color=red:s=1x1:d=0.5:r=10",
        "testsrc2=s=160x90:d=0.5:r=10,format=yuv444p,scale=101:77,setsar=1",
        "testsrc2=s=384x216:d=0.2:r=60,format=yuv420p10le,"
        "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc",
    ],
)
def test_a_proxy_of_odd_media(tmp_path: Path, source: str):
    path = tmp_path / "a.mkv"
    ffmpeg.run(["-f", "lavfi", "-i", source, "-c:v", "ffv1", path], what="an odd clip")
    make_proxy(path, probe(path), tmp_path / "a.mp4")
    made = probe(tmp_path / "a.mp4")
    assert (made.codec, made.pixel_format, made.hdr) == ("h264", "yuv420p", False)


def test_a_proxy_of_sound(tmp_path: Path):
    ffmpeg.run(["-f", "lavfi", "-i", "sine=d=3", tmp_path / "a.wav"], what="a tone")
    make_proxy(tmp_path / "a.wav", probe(tmp_path / "a.wav"), tmp_path / "a.m4a")
    assert probe(tmp_path / "a.m4a").seconds == pytest.approx(3, abs=0.1)


def test_where_nothing_can_be_written_it_is_told(tmp_path: Path):
    Image.new("RGB", (9, 9), "white").save(tmp_path / "a.png")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        make_thumbnail(tmp_path / "a.png", probe(tmp_path / "a.png"), tmp_path / "file" / "a.jpg")
