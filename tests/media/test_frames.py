import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import FootageError
from reelwright.media import ffmpeg, frames
from reelwright.media.frames import read_frames, read_picture
from reelwright.media.probing import probe


def counting(path: Path, *extra: str) -> Path:
    """Frame n of 60 is a grey of n × 4; the top left corner is white."""
    source = "color=black:s=64x128:r=30:d=2,format=rgb24,geq=r='N*4':g='N*4':b='N*4'"
    source += ",drawbox=0:0:16:16:white:fill"
    how = ["-vf", "scale=out_color_matrix=bt709", "-colorspace", "bt709", "-c:v", "libx264"]
    ffmpeg.run(
        ["-f", "lavfi", "-i", source, *how, "-qp", "4", "-g", "20", *extra, ffmpeg.source(path)],
        what="counting",
    )
    return path


def test_the_frame_shown_at_an_instant(tmp_path: Path) -> None:
    path = counting(tmp_path / "count 100%d's.mp4")
    wanted = [1.0, 0.0, 0.49, 1.9, 99.0, 1.0]
    frames = read_frames(path, wanted)
    assert frames[0].shape == (128, 64, 3)
    number = [round(int(frame[100, 40, 1]) / 4) for frame in frames]
    assert number == [30, 0, 14, 57, 59, 30]
    assert read_frames(path, [0.5], width=32)[0].shape == (64, 32, 3)


def test_a_file_without_an_index_is_entered_early_enough(tmp_path: Path) -> None:
    path = counting(
        tmp_path / "count.mpg", "-c:v", "mpeg1video", "-q:v", "2", "-bf", "2", "-f", "mpeg"
    )
    wanted = [0.0, 0.49, 1.3, 1.83, 1.9, 1.96, 2.0, 99.0]
    numbers = [round(int(frame[100, 40, 1]) / 4) for frame in read_frames(path, wanted)]
    assert numbers == [0, 14, 39, 54, 57, 58, 59, 59]


def test_turned_clips_come_upright(tmp_path: Path) -> None:
    flat = counting(tmp_path / "flat.mp4")
    turned = tmp_path / "turned.mp4"
    args = ["-display_rotation", "-90", "-i", ffmpeg.source(flat), "-c", "copy"]
    ffmpeg.run([*args, ffmpeg.source(turned)], what="turning")
    frame = read_frames(turned, [0.0], width=64)[0]
    assert frame.shape == (32, 64, 3)
    assert frame[3, -4].min() > 200  # the corner went from top left to top right
    assert frame[3, 3].max() < 50


def test_pictures(tmp_path: Path) -> None:
    photo = Image.new("RGB", (40, 20), "red")
    photo.paste("blue", (0, 0, 10, 10))
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "a.jpg", exif=exif, quality=95)
    upright = read_picture(tmp_path / "a.jpg")
    assert upright.shape == (40, 20, 3)
    assert upright[3, 16, 2] > 200  # turned clockwise: the corner is at the top right
    assert [f.shape for f in read_frames(tmp_path / "a.jpg", [0, 1], width=10)] == [(20, 10, 3)] * 2
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "I;16"):
        kind = "tiff" if mode == "CMYK" else "png"
        Image.new(mode, (3, 5)).save(tmp_path / f"m.{kind}")
        assert read_picture(tmp_path / f"m.{kind}").shape == (5, 3, 3)
    wide = Image.fromarray(np.full((4, 4), 65535, np.uint16))
    wide.save(tmp_path / "w.png")
    assert read_picture(tmp_path / "w.png").min() == 255


def test_pictures_of_phones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "IMG_1.HEIC"
    if find_spec("pillow_heif"):
        heif = import_module("pillow_heif")
        drawn = Image.new("RGB", (96, 64), (200, 40, 30))
        drawn.paste((20, 60, 210), (0, 0, 48, 64))
        heif.from_pillow(drawn).save(path, quality=90)
        assert probe(path).kind == "picture"
        picture = read_picture(path)
        assert picture.shape == (64, 96, 3)
        assert np.abs(picture[32, [10, 80]].astype(int) - [[20, 60, 210], [200, 40, 30]]).max() < 25
    frames._reads_heif.cache_clear()
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(200))
    with pytest.raises(FootageError, match=r"reelwright\[heic\]"):
        read_picture(path)
    frames._reads_heif.cache_clear()


def test_what_has_no_picture_is_refused(tmp_path: Path) -> None:
    ffmpeg.run(["-f", "lavfi", "-i", "sine=d=0.1", ffmpeg.source(tmp_path / "a.wav")], what="a")
    with pytest.raises(FootageError, match="no picture"):
        read_frames(tmp_path / "a.wav", [0])
    with pytest.raises(FootageError, match="cannot be read"):
        read_frames(tmp_path / "b.mp4", [0])
    (tmp_path / "c.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    with pytest.raises(FootageError):
        read_frames(tmp_path / "c.jpg", [0])
