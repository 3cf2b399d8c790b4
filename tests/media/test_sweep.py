import threading
from fractions import Fraction
from itertools import islice
from math import floor
from pathlib import Path

import numpy as np
import pytest

from reelwright.core.errors import FootageError
from reelwright.media import decoding, ffmpeg
from reelwright.media.decoding import Reading, key_times, read
from reelwright.media.frames import read_frames
from reelwright.media.listening import listen
from reelwright.media.probing import open_media, probe
from reelwright.media.sweep import Block, View, sweep, sweep_views

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def make(path: Path, *args: str, source: str = "testsrc2=d=4:s=320x180:r=30") -> Path:
    ffmpeg.run(["-f", "lavfi", "-i", source, *args, ffmpeg.source(path)], what=path.name)
    return path


def see(path: Path, **how: object) -> tuple[np.ndarray, np.ndarray]:
    blocks = list(sweep(path, probe(path), **how))  # type: ignore[arg-type]
    firsts = np.cumsum([0, *(len(block.times) for block in blocks)])
    assert [block.first for block in blocks] == list(firsts[:-1])
    return (
        np.concatenate([block.times for block in blocks]),
        np.concatenate([block.frames for block in blocks]),
    )


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sweep") / "clip.mp4"
    args = ("-c:v", "libx264", "-preset", "veryfast", "-g", "30", "-pix_fmt", "yuv420p")
    return make(path, "-f", "lavfi", "-i", "sine=d=4", *args)


def test_every_frame_comes_once_in_order_with_its_time(clip: Path) -> None:
    times, frames = see(clip, width=160)
    assert frames.shape == (120, 90, 160, 3)
    assert times == pytest.approx(np.arange(120) / 30, abs=1e-6)
    exact = read_frames(clip, [float(times[77])], 160)[0]
    assert np.abs(frames[77].astype(int) - exact).mean() < 4


def test_gray_is_the_light_of_the_colours(clip: Path) -> None:
    _, colours = see(clip, width=64, end=1)
    _, gray = see(clip, width=64, end=1, gray=True)
    assert gray.shape == (30, 36, 64)
    light = colours @ np.array([0.299, 0.587, 0.114])  # SD: BT.601
    assert np.abs(gray - light).mean() < 2


def test_a_stretch_and_a_rate(clip: Path) -> None:
    times, _ = see(clip, width=32, start=1.5, end=2.0)
    assert times == pytest.approx(np.arange(45, 60) / 30, abs=1e-6)
    _, every = see(clip, width=32)
    for rate in (10, 2, 0.5):
        times, frames = see(clip, width=32, rate=rate)
        assert len(times) == 4 * rate
        late = times - np.arange(len(times)) / rate
        assert -1e-3 < late.min() <= late.max() < 0.07
        assert np.array_equal(frames, every[np.round(times * 30).astype(int)])


def test_key_frames_that_are_decoded_long_before_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Wanted is what is shown at 3 s: after the fourth key frame is decoded, before it is shown.
    args = ("-c:v", "libx264", "-bf", "2", "-g", "250", "-pix_fmt", "yuv420p")
    keys = ("-force_key_frames", "1.2,3.04,5.52,7.56")
    path = make(tmp_path / "keys.mp4", *args, *keys, source="testsrc2=d=9:s=64x36:r=25")
    with open_media(path) as container:
        film = container.streams.video[0]
        found = key_times(film, film.time_base or Fraction(1), film.start_time or 0)
    assert found == pytest.approx([0, 1.2, 3.04, 5.52, 7.56], abs=1e-3)
    assert see(path, width=32, rate=1)[0] == pytest.approx(np.arange(9), abs=0.081)
    # An index that is off by that is not read round and round.
    monkeypatch.setattr(decoding, "key_times", lambda *_: found - 0.08)
    times: list[float] = []
    reading = Reading(path, step=1 / 25, wanted=lambda: floor(times[-1] + 0.001) + 1.0)
    for at, _ in islice(read(reading), 300):
        times.append(at)
    assert 9 < len(times) <= 225
    assert times == sorted(set(times))


def test_several_views_of_one_decoding(clip: Path) -> None:
    views = [View(64), View(128, rate=5), View(32, rate=1, gray=True)]
    blocks = list(sweep_views(clip, probe(clip), views))
    count = [sum(len(b.times) for b in blocks if b.view == view) for view in range(3)]
    assert count == [120, 20, 4]
    assert {block.frames.shape[1:] for block in blocks} == {(36, 64, 3), (72, 128, 3), (18, 32)}
    counts: list[int] = []
    for lean in (0, 1, 2):
        found = [block.times for block in sweep_views(clip, probe(clip), [View(32)], lean=lean)]
        times = np.concatenate(found)
        assert times == pytest.approx(np.round(times * 30) / 30, abs=1e-6)
        assert times[-1] > 3.8
        counts.append(len(times))
    assert counts[0] == 120 > 90 > counts[1] > counts[2] > 25


def test_varying_rate_keeps_its_times(tmp_path: Path) -> None:
    steps = "settb=1/1000,setpts='if(lt(N,30),N*20,600+(N-30)*90)'"
    args = ("-vf", steps, "-fps_mode", "passthrough", "-enc_time_base", "1/1000", *X264)
    path = make(tmp_path / "phone.mp4", *args, source="testsrc2=d=2:s=64x64:r=30")
    times, _ = see(path, width=32)
    frame = np.arange(60)
    expected = np.where(frame < 30, frame * 0.02, 0.6 + (frame - 30) * 0.09)
    assert times == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_frames_are_upright(tmp_path: Path, turn: int) -> None:
    flat = make(tmp_path / "flat.mp4", *X264, source="testsrc2=d=0.2:s=320x180:r=30")
    path = tmp_path / "turned.mp4"
    args = ["-display_rotation", str(turn), "-i", ffmpeg.source(flat), "-c", "copy"]
    ffmpeg.run([*args, ffmpeg.source(path)], what="turning")
    _, frames = see(path, width=90)
    exact = read_frames(path, [0.0], 90)[0]
    assert frames[0].shape == exact.shape == ((160, 90, 3) if turn != 180 else (51, 90, 3))
    assert np.abs(frames[0].astype(int) - exact).mean() < 6


@pytest.mark.parametrize("size", ["1x1", "3x400", "333x1", "35x17"])
@pytest.mark.parametrize("gray", [False, True])
def test_odd_and_tiny_sizes(tmp_path: Path, size: str, gray: bool) -> None:
    args = ("-vf", f"scale={size.replace('x', ':')},setsar=1,format=bgr0", "-c:v", "ffv1")
    path = make(tmp_path / "tiny.mkv", *args, source="testsrc2=d=0.5:s=64x64:r=10")
    times, frames = see(path, width=256, gray=gray)
    assert len(times) == 5
    assert frames.shape[2] == min(256, int(size.split("x")[0]))


def test_stretched_pixels_are_shown_as_seen(tmp_path: Path) -> None:
    args = ("-vf", "setsar=2", "-c:v", "ffv1")
    path = make(tmp_path / "wide.mkv", *args, source="testsrc2=d=0.2:s=100x100:r=10")
    assert see(path, width=100)[1].shape[1:3] == (50, 100)


@pytest.mark.parametrize(("trc", "code"), [("smpte2084", 0.508), ("arib-std-b67", 0.63)])
def test_hdr_is_tone_mapped(tmp_path: Path, trc: str, code: float) -> None:
    # A patch of 100 cd/m² and one much brighter, as the two curves write them.
    level = round(code * 65535)
    picture = f"color=gray:d=0.2:s=64x64:r=10,format=gray16le,geq=lum='if(lt(X,32),{level},65000)'"
    tags = f"setparams=color_trc={trc}:color_primaries=bt2020:colorspace=bt2020nc:range=tv"
    args = ("-vf", f"format=yuv420p10le,{tags}", "-c:v", "libx265", "-x265-params", "log-level=0")
    path = make(tmp_path / "hdr.mp4", *args, source=picture)
    assert probe(path).hdr
    _, frames = see(path, width=32)
    dark, bright = frames[0, 16, 6], frames[0, 16, 26]
    assert np.ptp(dark.astype(int)) <= 2  # gray stays gray
    assert 120 <= dark[0] <= 190
    assert bright[0] >= 245
    _, gray = see(path, width=32, gray=True)
    assert gray.shape[1:] == (32, 32)
    assert abs(int(gray[0, 16, 6]) - int(dark[0])) <= 2


def test_damage_is_told_and_passed_over(clip: Path, tmp_path: Path) -> None:
    import av

    data = bytearray(clip.read_bytes())
    with av.open(str(clip)) as container:
        film = container.streams.video[0]
        for packet in container.demux(film):
            if packet.pts is not None and 2 <= packet.pts * film.time_base < 2.4:
                data[packet.pos + 5 : packet.pos + packet.size] = bytes(packet.size - 5)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    found: list[tuple[float, float]] = []
    times, _ = see(broken, width=32, damage=found)
    assert times[0] == 0
    assert times[-1] > 3.9
    assert len(found) == 1
    assert found[0][0] == pytest.approx(2.0, abs=0.1)
    assert found[0][1] == pytest.approx(2.4, abs=0.25)
    for how in ({}, {"rate": 2}, {"start": 1.7}):
        nothing: list[tuple[float, float]] = []
        see(clip, width=32, damage=nothing, **how)
        assert nothing == []


def test_what_is_no_video(clip: Path, tmp_path: Path) -> None:
    sound = make(tmp_path / "tone.wav", source="sine=d=0.2")
    with pytest.raises(FootageError, match="no picture"):
        list(sweep(sound, probe(clip)))
    with pytest.raises(FootageError, match="not a media file|text"):
        (tmp_path / "x.mp4").write_bytes(b"\x00nothing" * 50)
        list(sweep(tmp_path / "x.mp4", probe(clip)))


def test_leaving_early_ends_the_decoder(clip: Path) -> None:
    before = threading.active_count()
    blocks = sweep(clip, probe(clip), width=320)
    assert isinstance(next(iter(blocks)), Block)
    blocks.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_sound_is_where_the_picture_says(tmp_path: Path) -> None:
    beep = "aevalsrc='if(between(t,1,1.2),0.5*sin(2*PI*1000*t),0)':d=3:s=48000"
    plain = make(tmp_path / "a.mp4", "-f", "lavfi", "-i", beep, *X264)
    late = tmp_path / "late.mkv"
    joins = ["-i", ffmpeg.source(plain), "-itsoffset", "0.5", "-i", ffmpeg.source(plain)]
    maps = ["-map", "0:v", "-map", "1:a", "-c", "copy"]
    ffmpeg.run([*joins, *maps, ffmpeg.source(late)], what="shifting sound")
    early = tmp_path / "early.mkv"
    maps = ["-map", "1:v", "-map", "0:a", "-c", "copy"]
    ffmpeg.run([*joins, *maps, ffmpeg.source(early)], what="shifting the picture")
    for path, onset in ((plain, 1.0), (late, 1.5), (early, 0.5)):
        for start in (0.0, 0.25):
            heard = np.concatenate(list(listen(path, start=start)))
            first = int(np.argmax(np.abs(heard) > 0.1)) / 16_000 + start
            assert first == pytest.approx(onset, abs=0.004)
    short = np.concatenate(list(listen(plain, rate=8000, channels=2, start=1, end=1.5)))
    assert short.shape == (4000, 2)
    assert np.abs(short[:1500]).max() > 0.3


def test_sound_that_is_not_there(clip: Path, tmp_path: Path) -> None:
    silent = make(tmp_path / "silent.mp4", *X264, source="testsrc2=d=0.2:s=64x64:r=10")
    with pytest.raises(FootageError, match="no sound"):
        list(listen(silent))
    blocks = listen(clip)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
