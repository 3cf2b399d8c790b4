"""Clips of every kind through `enhance_file`: what a clip is stays, what is wrong is said."""

from __future__ import annotations

import threading
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from reelwright.core.errors import FootageError, InputError, MediaError
from reelwright.core.nouns import MediaFacts
from reelwright.edit.enhance.order import Order
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames
from reelwright.media.probing import colours, probe
from reelwright.stages import clean_enhancements, enhance_file
from reelwright.stages.enhancing import Enhanced

GRAIN = Order(grain=0.05)
"""Quick, and hardly changes what is seen."""
BARS = "testsrc2=s=160x96:r=25:d=1,gblur=sigma=4"
SINE = "sine=f=440:d=1:r=48000"


def film(out: Path, *args: str, source: str = BARS, sound: str | None = None) -> Path:
    given = ["-f", "lavfi", "-i", source]
    given += ["-f", "lavfi", "-i", sound, "-c:a", "aac"] if sound else []
    ffmpeg.run(["-v", "error", *given, *args, ffmpeg.source(out)], what="a clip")
    return out


def stamps(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        base = stream.time_base or Fraction(1)
        return sorted(float(p.pts * base) for p in container.demux(stream) if p.pts is not None)


def alike(one: Path, two: Path, at: float = 0.4) -> float:
    """Mean difference of a picture of both, of 255."""
    a, b = (read_frames(path, [at])[0].astype(float) for path in (one, two))
    return float(np.abs(a - b).mean())


def better(path: Path, order: Order = GRAIN, **more: object) -> tuple[Enhanced, MediaFacts]:
    made = enhance_file(path, order, **more)  # type: ignore[arg-type]
    return made, probe(made.path)


def test_a_clip_keeps_its_picture_sound_stamps_and_colours(tmp_path: Path):
    path = film(tmp_path / "a.mp4", "-c:v", "libx264", "-bf", "3", sound=SINE)
    before = path.read_bytes()
    made, facts = better(path)
    assert made.path == tmp_path / "a-enhanced.mp4"
    assert path.read_bytes() == before
    assert (facts.width, facts.height, facts.rate) == (160, 96, 25)
    assert facts.has_sound
    assert colours(made.path) == (1, 1)
    assert stamps(made.path) == pytest.approx(stamps(path), abs=1e-4)
    assert alike(path, made.path) < 3
    with av.open(str(path)) as one, av.open(str(made.path)) as two:
        given, kept = ([bytes(p) for p in c.demux(audio=0) if p.size] for c in (one, two))
    assert given == kept
    assert better(path)[0].path == tmp_path / "a-enhanced-2.mp4"


def test_a_turned_clip_with_sound_of_another_kind_is_upright(tmp_path: Path):
    upright = film(tmp_path / "u.mp4", "-c:v", "libx264", sound=SINE)
    path = tmp_path / "turned.mkv"
    args = ["-v", "error", "-display_rotation", "90", "-i", str(upright), "-c:v", "copy"]
    ffmpeg.run([*args, "-c:a", "pcm_s16le", ffmpeg.source(path)], what="turning")
    assert probe(path).rotation
    made, facts = better(path)
    assert (facts.width, facts.height, facts.rotation) == (96, 160, 0)
    assert facts.has_sound
    assert any("AAC" in told for told in made.told)
    assert alike(path, made.path) < 3


def test_stamps_that_vary_stay(tmp_path: Path):
    varies = "setpts='if(lt(N,10),N,N*2-10)/25/TB'"
    args = ["-vf", varies, "-fps_mode", "passthrough", "-c:v", "libx264"]
    path = film(tmp_path / "vfr.mkv", *args)
    made, facts = better(path)
    assert facts.variable_rate
    assert stamps(made.path) == pytest.approx(stamps(path), abs=2e-3)


def test_odd_sizes_lose_nothing(tmp_path: Path):
    odd = ["-vf", "crop=151:87:0:0:exact=1,format=yuv444p", "-c:v", "ffv1"]
    path = film(tmp_path / "odd.mkv", *odd)
    made, facts = better(path)
    assert (facts.width, facts.height) == (152, 88)
    a, b = (read_frames(p, [0.4])[0].astype(float) for p in (path, made.path))
    assert np.abs(a - b[:87, :151]).mean() < 4


def test_interlaced_is_deinterlaced(tmp_path: Path):
    weave = ["-vf", "fps=50,tinterlace=interleave_top,fieldorder=tff", "-flags", "+ildct+ilme"]
    moving = "testsrc=s=160x96:r=50:d=1,scroll=h=0.02"
    path = film(tmp_path / "i.mpg", *weave, "-c:v", "mpeg2video", "-q:v", "2", source=moving)
    assert probe(path).interlaced
    made, facts = better(path)
    assert not facts.interlaced
    assert any("deinterlaced" in told for told in made.told)

    def comb(file: Path) -> float:
        frame = read_frames(file, [0.4])[0].astype(float).mean(axis=2)
        return float(np.abs(frame[1:-1] - (frame[:-2] + frame[2:]) / 2).mean())

    assert comb(made.path) < 0.7 * comb(path)


CODES = {
    "a.mov": ["-c:v", "qtrle"],
    "a.webm": ["-pix_fmt", "yuva420p", "-c:v", "libvpx-vp9", "-auto-alt-ref", "0"],
}


@pytest.mark.parametrize("name", CODES)
def test_alpha_is_kept_in_a_mov_and_told_of_in_an_mp4(tmp_path: Path, name: str):
    fade = "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='255*X/W'"
    path = film(tmp_path / name, "-vf", fade, *CODES[name], "-t", "0.2")
    made, facts = better(path)
    assert made.path.suffix == ".mov"
    assert facts.pixel_format.startswith("yuva")
    with av.open(str(made.path)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "ap4h"
        alpha = next(container.decode(video=0)).reformat(format="rgba").to_ndarray()[..., 3]
    assert alpha[:, 5].mean() < 20
    assert alpha[:, -5].mean() > 235
    flat, _ = better(path, out=tmp_path / "flat.mp4")
    assert any("transparency" in told for told in flat.told)
    assert read_frames(flat.path, [0.1])[0][:, :3].mean() < 12


def test_hdr_comes_out_as_what_every_screen_shows(tmp_path: Path):
    deep = ["-c:v", "libx264", "-pix_fmt", "yuv420p10le"]
    told = "setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
    pq = ["-vf", f"format=yuv420p10le,{told}"]
    grey = "color=c=0x949494:s=160x96:r=25:d=0.4"
    path = film(tmp_path / "hdr.mp4", *deep, *pq, source=grey)
    assert probe(path).hdr
    made, facts = better(path)
    assert not facts.hdr
    assert any("tone-mapped" in told for told in made.told)
    # 58 % of PQ is the light of white paper.
    assert 200 < read_frames(made.path, [0.2])[0].mean() < 250


def test_what_is_damaged_in_the_middle_is_named_and_the_rest_kept(tmp_path: Path):
    source = BARS.replace("d=1", "d=3")
    args = ["-c:v", "libx264", "-g", "10", "-bf", "0", "-x264-params", "slices=1"]
    path = film(tmp_path / "d.ts", *args, source=source)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 9000] = bytes(9000)
    path.write_bytes(bytes(data))
    made, facts = better(path)
    assert made.damage
    assert all(0.8 < start < 2.4 for start, _ in made.damage)
    assert any("damaged" in told for told in made.told)
    assert facts.seconds == pytest.approx(3, abs=0.2)
    assert alike(path, made.path, 0.4) < 4
    assert alike(path, made.path, 2.8) < 4


def test_one_picture_and_what_is_no_video(tmp_path: Path):
    one = film(tmp_path / "one.mp4", "-frames:v", "1", "-c:v", "libx264")
    made, _ = better(one, Order(auto=True))
    assert made.pictures == 1
    words = tmp_path / "words.mp4"
    words.write_text("no video at all\n" * 40)
    with pytest.raises(FootageError, match="not a media file|damaged|media"):
        enhance_file(words, GRAIN)
    heard = tmp_path / "heard.m4a"
    args = ["-v", "error", "-f", "lavfi", "-i", SINE, "-c:a", "aac"]
    ffmpeg.run([*args, ffmpeg.source(heard)], what="a sound")
    with pytest.raises(FootageError, match="no picture"):
        enhance_file(heard, GRAIN)
    with pytest.raises(FootageError, match="no such file"):
        enhance_file(tmp_path / "none.mp4", GRAIN)


def test_nothing_is_written_over(tmp_path: Path):
    path = film(tmp_path / "a.mp4", "-c:v", "libx264", "-t", "0.2")
    with pytest.raises(FootageError, match="already"):
        enhance_file(path, GRAIN, out=path)
    with pytest.raises(FootageError, match="cannot be written as"):
        enhance_file(path, GRAIN, out=tmp_path / "a.avi")
    with pytest.raises(InputError, match="nothing is asked"):
        enhance_file(path, Order())


def test_a_broken_off_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, fresh_home: Path, monkeypatch: pytest.MonkeyPatch
):
    from reelwright.edit.enhance import stream

    monkeypatch.setattr(stream, "SECONDS", Fraction(1, 2))
    source = BARS.replace("d=1", "d=2")
    path = film(tmp_path / "a.mp4", "-c:v", "libx264", "-g", "12", source=source, sound=SINE)
    order = Order(grain=0.3, denoise="atadenoise", fps="30")
    whole = enhance_file(path, order, out=tmp_path / "whole.mp4", jobs=2)
    stopping = threading.Event()
    written = stream.write_segment

    def stops(*args: object, **more: object) -> object:
        made = written(*args, **more)  # type: ignore[arg-type]
        if sum(1 for _ in fresh_home.glob("enhance/*/artefacts/*/*/film.nut")) >= 2:
            stopping.set()
        return made

    monkeypatch.setattr(stream, "write_segment", stops)
    with pytest.raises(MediaError, match="broken off"):
        enhance_file(path, order, out=tmp_path / "again.mp4", jobs=1, stopping=stopping)
    (kept,) = fresh_home.glob("enhance/*/artefacts")
    with FileLock(kept.parent.with_suffix(".lock")):
        # Somebody is at work on it.
        assert clean_enhancements() == (0, 0)
    monkeypatch.setattr(stream, "write_segment", written)
    again = enhance_file(path, order, out=tmp_path / "again.mp4", jobs=1)
    assert again.reused >= 2
    assert again.path.read_bytes() == whole.path.read_bytes()
    assert probe(again.path).rate == 30
    assert not list(fresh_home.glob("enhance/*/artefacts"))
    left = fresh_home / "enhance" / "0123"
    left.mkdir()
    (left / "film.nut").write_bytes(b"12345")
    left.with_suffix(".lock").touch()
    assert clean_enhancements() == (1, 5)
    assert not list(fresh_home.glob("enhance/*"))


def test_still_pictures_keep_their_kind_alpha_and_turn(tmp_path: Path):
    ramp = np.tile(np.linspace(0, 255, 60).astype(np.uint8)[None, :, None], (40, 1, 3))
    alpha = np.full((40, 60, 1), 128, np.uint8)
    Image.fromarray(np.dstack([ramp, alpha])).save(tmp_path / "a.png")
    made = enhance_file(tmp_path / "a.png", Order(colour="auto", grain=0.1))
    with Image.open(made.path) as image:
        assert (image.mode, image.size) == ("RGBA", (60, 40))
        assert np.array(image)[..., 3].mean() == 128
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(ramp).save(tmp_path / "b.jpg", exif=exif)
    made = enhance_file(tmp_path / "b.jpg", GRAIN)
    with Image.open(made.path) as image:
        assert (image.format, image.size) == ("JPEG", (40, 60))
        assert image.getexif().get(0x0112, 1) == 1


def test_ten_bits_stay_ten_where_every_filter_can(tmp_path: Path):
    ramp = "color=s=256x96:r=25:d=0.6,format=gray10,geq=lum='300+X/4+Y/8'"
    code = ["-vf", f"{ramp[ramp.index('format') :]}", "-c:v", "libx264", "-qp", "0"]
    source = ramp.partition(",")[0]
    path = film(tmp_path / "d.mkv", *code, "-pix_fmt", "yuv420p10le", source=source)
    made, facts = better(path, Order(fps="50", upscale=2, upscaler="lanczos"))
    assert facts.pixel_format == "yuv420p10le"
    assert facts.codec == "hevc"
    assert any("HEVC" in told for told in made.told)

    def steps(file: Path) -> int:
        """How many values of luma there are."""
        with av.open(str(file)) as container:
            frame = next(container.decode(video=0))
            return len(np.unique(frame.reformat(format="gray10le").to_ndarray()))

    assert steps(made.path) > 60
    assert stamps(made.path) == pytest.approx([n / 50 for n in range(30)], abs=1e-3)
    with av.open(str(made.path)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "hvc1"
    shallow, facts = better(path, Order(style="film"))
    assert facts.pixel_format == "yuv420p"
    assert any("8 are left" in told for told in shallow.told)
