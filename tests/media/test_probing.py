import struct
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from reelwright.core.errors import FootageError
from reelwright.media import ffmpeg
from reelwright.media.probing import probe


def make(path: Path, *args: str, source: str = "testsrc2=d=2:s=320x180:r=30") -> Path:
    ffmpeg.run(["-f", "lavfi", "-i", source, *args, ffmpeg.source(path)], what=path.name)
    return path


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def test_facts_of_a_plain_clip(tmp_path: Path) -> None:
    path = tmp_path / "it's a 🍵 clip: 100%d [a];b,c.mp4"
    sound = ("-f", "lavfi", "-i", "sine=d=2")
    make(path, *sound, *X264, source="testsrc2=d=2:s=320x180:r=30000/1001")
    facts = probe(path)
    assert (facts.kind, facts.width, facts.height, facts.rotation) == ("video", 320, 180, 0)
    assert facts.seconds == pytest.approx(2.0, abs=0.04)
    assert facts.rate == Fraction(30000, 1001)
    assert facts.has_sound
    assert (facts.codec, facts.pixel_format) == ("h264", "yuv420p")
    assert (facts.variable_rate, facts.hdr, facts.interlaced) == (False, False, False)


@pytest.mark.parametrize(("written", "turn"), [(90, 270), (-90, 90), (180, 180)])
def test_a_rotated_clip_tells_its_upright_size(tmp_path: Path, written: int, turn: int) -> None:
    flat = make(tmp_path / "flat.mp4", *X264)
    path = tmp_path / "turned.mp4"
    # The display matrix counts counter-clockwise; facts say how far to turn clockwise.
    args = ["-display_rotation", str(written), "-i", ffmpeg.source(flat), "-c", "copy"]
    ffmpeg.run([*args, ffmpeg.source(path)], what="turning")
    facts = probe(path)
    assert facts.rotation == turn
    assert (facts.width, facts.height) == ((180, 320) if turn % 180 else (320, 180))


def test_varying_rate_is_noticed(tmp_path: Path) -> None:
    steps = (
        "-vf",
        "settb=1/1000,setpts='if(mod(N,3),PTS,PTS+20)'",
        "-fps_mode",
        "passthrough",
        "-enc_time_base",
        "1/1000",
    )
    assert probe(make(tmp_path / "phone.mp4", *steps, *X264)).variable_rate
    assert not probe(make(tmp_path / "camera.mkv", *X264)).variable_rate  # millisecond stamps


def test_hdr_and_interlaced_are_noticed(tmp_path: Path) -> None:
    pq = ("-vf", "setparams=color_trc=smpte2084:color_primaries=bt2020:colorspace=bt2020nc")
    assert probe(make(tmp_path / "pq.mp4", *pq, *X264)).hdr
    fields = ("-vf", "interlace,setfield=tff", "-flags", "+ildct+ilme", *X264)
    assert probe(make(tmp_path / "tv.mp4", *fields)).interlaced


def test_sound_pictures_and_gifs(tmp_path: Path) -> None:
    tone = make(tmp_path / "tone.m4a", source="sine=d=1.5")
    assert probe(tone).kind == "audio"
    assert probe(tone).seconds == pytest.approx(1.5, abs=0.05)
    gif = make(tmp_path / "moving.gif", source="testsrc2=d=1:s=64x64:r=10")
    assert (probe(gif).kind, probe(gif).rate) == ("video", 10)
    assert probe(make(tmp_path / "still.gif", "-frames:v", "1")).kind == "picture"
    photo = Image.new("RGB", (40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6
    photo.save(tmp_path / "phone.jpg", exif=exif)
    facts = probe(tmp_path / "phone.jpg")
    assert (facts.kind, facts.width, facts.height, facts.rotation) == ("picture", 20, 40, 90)
    for name in ("a.png", "b.webp", "c.bmp", "dot.jpg"):
        Image.new("L", (1, 1)).save(tmp_path / name)
        assert probe(tmp_path / name).width == 1


def test_sound_with_a_cover_picture_is_sound(tmp_path: Path) -> None:
    tone = make(tmp_path / "tone.m4a", source="sine=d=1")
    Image.new("RGB", (32, 32)).save(tmp_path / "cover.png")
    song = tmp_path / "song.m4a"
    files = ["-i", ffmpeg.source(tone), "-i", ffmpeg.source(tmp_path / "cover.png")]
    how = ["-map", "0", "-map", "1", "-c", "copy", "-disposition:v:0", "attached_pic"]
    ffmpeg.run([*files, *how, ffmpeg.source(song)], what="song")
    assert probe(song).kind == "audio"


def bad(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(FootageError) as caught:
        probe(path)
    assert caught.value.where == str(path)
    assert caught.value.hint
    return caught.value.message


def test_bad_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FootageError, match="no such file"):
        probe(tmp_path / "gone.mp4")
    with pytest.raises(FootageError):
        probe(tmp_path)
    assert "0 bytes" in bad(tmp_path / "zero.mp4", b"")
    assert "text" in bad(tmp_path / "text.mp4", "只是文字\n".encode() * 50)
    assert "text" in bad(
        tmp_path / "list.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\na.ts\n"
    )
    assert "not a media" in bad(tmp_path / "noise.mp4", bytes(range(256)) * 40)
    whole = make(tmp_path / "whole.mp4", *X264).read_bytes()
    assert "cut short" in bad(tmp_path / "cut.mp4", whole[: len(whole) // 2])
    long = "testsrc2=d=4:s=320x180"
    early = make(tmp_path / "early.mp4", *X264, "-movflags", "+faststart", source=long).read_bytes()
    assert "cut short" in bad(tmp_path / "cut2.mp4", early[: len(early) // 2])
    moov = early.index(b"moov")
    box = struct.unpack(">I", early[moov - 4 : moov])[0]
    bad(tmp_path / "index only.mp4", early[: moov - 4 + box])
    Image.effect_noise((64, 64), 50).save(tmp_path / "p.jpg")
    jpg = (tmp_path / "p.jpg").read_bytes()
    assert "cut short" in bad(tmp_path / "half.jpg", jpg[: len(jpg) // 2])
    bad(tmp_path / "head.png", b"\x89PNG\r\n\x1a\n")
