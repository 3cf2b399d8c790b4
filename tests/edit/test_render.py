"""Facts and pictures of what is rendered: real ffmpeg, a tiny painter, small formats."""

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.core.errors import FootageError, MediaError
from reelwright.core.nouns import Format
from reelwright.core.settings import RenderSettings
from reelwright.core.timeline import (
    Caption,
    Footage,
    Mark,
    PictureClip,
    PictureTrack,
    Scene,
    SoundClip,
    SoundTrack,
    TextStyle,
    TextTrack,
    TimedWord,
    Timeline,
    Transition,
    write_timeline,
)
from reelwright.edit.render import render
from reelwright.edit.render.draw import draw_picture
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames
from reelwright.media.sound import write_wav
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

HERE = Path(__file__).parent
SMALL = Format(width=144, height=256)
SETTINGS = RenderSettings(preset="ultrafast")
PAINTER = "tiny_painter:paint"


@pytest.fixture(autouse=True)
def _painter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))


def scene(name: str = "flat", **params) -> Scene:
    return Scene(name=name, theme="t", params=params)


def film(path: str, **more) -> Footage:
    return Footage(path=path, asset="x", **more)


def timeline(*shots, mixed: int = 0, format: Format = SMALL, **more) -> Timeline:
    """`shots` are pairs of a source and its frames."""
    clips: list[PictureClip] = []
    at = 0
    for index, (source, frames) in enumerate(shots):
        over = Transition(frames=mixed) if mixed and index else None
        name = f"shot {index + 1}"
        clips.append(
            PictureClip(start=at, frames=frames, source=source, transition=over, name=name)
        )
        at += frames
    return Timeline(format=format, picture=PictureTrack(clips=tuple(clips)), **more)


def make(root: Path, made: Timeline, **more) -> tuple[Path, Steps]:
    steps = Steps(Store(root / ".reel"), jobs=2)
    metadata = {"AIGC": '{"Label":"1"}'}
    options = {"painter": PAINTER, "settings": SETTINGS, "metadata": metadata, **more}
    return render(made, root=root, steps=steps, **options), steps


def clip(path: Path, source: str, *how: str) -> Path:
    x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-qp", "1", "-pix_fmt", "yuv420p"]
    args = ["-f", "lavfi", "-i", source, *x264, *how, ffmpeg.source(path)]
    ffmpeg.run(args, what=path.name)
    return path


def counting(path: Path, frames: int, rate: int = 30, size: str = "256x144") -> Path:
    """Frame n is a grey of 4 × n."""
    source = f"color=black:s={size}:r={rate},format=gray,geq=lum='mod(N*4,240)',format=rgb24"
    tags = "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:range=tv"
    return clip(path, source, "-vf", tags, "-frames:v", str(frames))


def numbers(path: Path, frames: list[int]) -> list[int]:
    """Which frame of a counting source each of these frames shows."""
    pictures = read_frames(path, [f / 30 for f in frames])
    return [round(int(np.median(p[100:150, 40:100, 1])) / 4) for p in pictures]


def facts(path: Path) -> dict:
    import av

    with av.open(str(path)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        packets = [p for p in file.demux(video) if p.size]
        context = video.codec_context
        return {
            "size": (context.width, context.height),
            "profile": context.profile,
            "pixels": context.pix_fmt,
            "colours": (
                context.color_primaries,
                context.color_trc,
                context.colorspace,
                context.color_range,
            ),
            "rate": video.average_rate,
            "shown": sorted(p.pts * video.time_base * video.average_rate for p in packets),
            "decoded": [p.dts for p in packets],
            "keys": sum(p.is_keyframe for p in packets),
            "tags": dict(file.metadata),
            "sound": (audio.codec_context.name, audio.rate, audio.codec_context.channels),
            "starts": (video.start_time, audio.start_time),
            "seconds": float(audio.duration * audio.time_base),
        }


def decodes_cleanly(path: Path) -> bool:
    said = ffmpeg.run(["-v", "warning", "-i", ffmpeg.source(path), "-f", "null", "-"], what="x")
    return said.strip() == ""


def test_form_of_the_file_and_exact_frames(tmp_path: Path) -> None:
    counting(tmp_path / "count.mp4", 40)
    made = timeline(
        (film("count.mp4"), 25),
        (scene("count"), 31),
        (scene("bar", rgb=(200, 30, 30)), 1),
        (film("count.mp4", start=0.5), 40),  # its last frame is held from the 25th on
        mixed=0,
    )
    path, _ = make(tmp_path, made, settings=RenderSettings(preset="veryfast"))
    found = facts(path)
    assert found["size"] == (144, 256)
    assert (found["profile"], found["pixels"], found["colours"]) == (
        "High",
        "yuv420p",
        (1, 1, 1, 1),
    )
    assert found["rate"] == 30
    assert found["shown"] == list(range(97))
    assert all(b > a for a, b in zip(found["decoded"], found["decoded"][1:], strict=False))
    assert found["keys"] >= 4
    assert found["tags"]["AIGC"] == '{"Label":"1"}'
    assert found["sound"] == ("aac", 48_000, 2)
    assert found["starts"] == (0, 0)
    assert found["seconds"] == pytest.approx(97 / 30, abs=0.03)
    assert decodes_cleanly(path)
    data = path.read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")
    assert b"Lavc" not in data[: data.index(b"mdat")]
    assert numbers(path, [0, 24, 25, 55, 57, 80, 81, 82, 96]) == [0, 24, 0, 30, 15, 38, 39, 39, 39]


def test_transitions_mix_and_keep_the_count(tmp_path: Path) -> None:
    counting(tmp_path / "count.mp4", 30)
    sources = [film("count.mp4"), scene(rgb=(255, 255, 255)), scene(), film("count.mp4", start=0.2)]
    made = timeline(*[(source, 30) for source in sources], (film("count.mp4"), 20), mixed=10)
    path, _ = make(tmp_path, made)
    assert facts(path)["shown"] == list(range(140))
    assert decodes_cleanly(path)
    grey = [
        float(picture[100:150, 40:100].mean())
        for picture in read_frames(path, [f / 30 for f in (29, 30, 35, 39, 41, 60, 65, 69, 71)])
    ]
    # From the clip's last grey (held, since the clip is over) to white, then from white to black.
    assert grey[0] == pytest.approx(116, abs=4)
    assert grey[1] == pytest.approx(116, abs=12)
    assert grey[2] == pytest.approx(186, abs=12)
    assert grey[3] > 230
    assert grey[4] > 252
    assert grey[5] > 245
    assert grey[6] == pytest.approx(128, abs=15)
    assert grey[8] < 3


def test_colours_land_where_they_were_meant(tmp_path: Path) -> None:
    colours = [(255, 0, 0), (0, 200, 0), (20, 40, 220), (255, 255, 255), (0, 0, 0), (128, 128, 128)]
    source = "color=0x1428dc:s=256x144:r=30:d=0.3,format=rgb24"
    tags = "scale=out_color_matrix=bt709:out_range=tv,setparams=colorspace=bt709:range=tv"
    clip(tmp_path / "hd.mp4", source, "-vf", tags)
    old = "scale=out_color_matrix=bt601:out_range=tv,setparams=colorspace=smpte170m:range=tv"
    clip(tmp_path / "sd.mp4", source, "-vf", old)
    full = "scale=out_color_matrix=bt709:out_range=pc,setparams=colorspace=bt709:range=pc"
    clip(tmp_path / "full.mp4", source, "-vf", full)
    Image.new("RGB", (300, 200), (20, 40, 220)).save(tmp_path / "p.png")
    films = [film("hd.mp4"), film("sd.mp4"), film("full.mp4"), film("p.png", kind="picture")]
    shots = [(scene(rgb=rgb), 4) for rgb in colours] + [(source, 4) for source in films]
    settings = RenderSettings(preset="ultrafast", crf=4)
    path, _ = make(tmp_path, timeline(*shots), settings=settings)
    for picture, wanted in zip(planes(path)[2::4], colours + [(20, 40, 220)] * 4, strict=True):
        assert np.abs(np.subtract(picture, bt709(*wanted))).max() <= 1, wanted


def bt709(red: float, green: float, blue: float) -> tuple[float, float, float]:
    """Y, Cb, Cr in limited range, as ITU-R BT.709 defines them."""
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return (
        16 + 219 / 255 * luma,
        128 + 224 / 255 * (blue - luma) / 1.8556,
        128 + 224 / 255 * (red - luma) / 1.5748,
    )


def planes(path: Path) -> list[tuple[float, float, float]]:
    """Mean Y, Cb, Cr of every frame as it stands in the file."""
    import av

    with av.open(str(path)) as file:
        found = []
        for frame in file.decode(video=0):
            flat, high = frame.to_ndarray(), frame.height
            middle, end = high * 5 // 4, high * 3 // 2
            parts = (flat[:high], flat[high:middle], flat[middle:end])
            found.append(tuple(float(part.mean()) for part in parts))
        return found


def test_footage_of_all_kinds_fills_the_frame(tmp_path: Path) -> None:
    wide = "testsrc2=s=320x180:r=25:d=1"
    clip(tmp_path / "wide.mp4", wide)
    clip(tmp_path / "tall odd.mkv", "testsrc2=s=322x802:r=60:d=1")
    flat = clip(tmp_path / "flat.mp4", wide)
    turn = ["-display_rotation", "90", "-i", ffmpeg.source(flat), "-c", "copy"]
    ffmpeg.run([*turn, ffmpeg.source(tmp_path / "turned.mp4")], what="turning")
    pq = "format=yuv420p10le,setparams=color_trc=smpte2084:colorspace=bt2020nc"
    hdr = [
        "-f",
        "lavfi",
        "-i",
        wide,
        "-vf",
        pq,
        "-c:v",
        "libx265",
        "-x265-params",
        "log-level=none",
    ]
    ffmpeg.run([*hdr, "-v", "error", ffmpeg.source(tmp_path / "hdr.mp4")], what="hdr")
    clip(tmp_path / "tv.mp4", wide, "-vf", "interlace,setfield=tff", "-flags", "+ildct+ilme")
    clip(tmp_path / "fat pixels.mp4", "testsrc2=s=180x144:r=25:d=1,setsar=16/11")
    vary = "settb=1/1000,setpts='N*33+20*mod(N,3)'"
    clip(tmp_path / "vfr.mp4", wide, "-vf", vary, "-fps_mode", "passthrough", "-t", "0.8")
    ffmpeg.run(
        ["-f", "lavfi", "-i", "testsrc2=s=63x31:d=1:r=10", ffmpeg.source(tmp_path / "g.gif")],
        what="gif",
    )
    one = ["-f", "lavfi", "-i", "color=red:s=1x1:r=30:d=0.2", "-c:v", "ffv1"]
    ffmpeg.run([*one, ffmpeg.source(tmp_path / "dot.mkv")], what="dot")
    names = sorted(p.name for p in tmp_path.iterdir() if p.is_file())
    assert len(names) == 10
    path, _ = make(tmp_path, timeline(*[(film(name), 12) for name in names]))
    assert facts(path)["shown"] == list(range(120))
    assert decodes_cleanly(path)
    pictures = read_frames(path, [(12 * i + 6) / 30 for i in range(10)])
    for name, picture in zip(names, pictures, strict=True):
        # Filled: no bar of black at any edge (the patterns reach everywhere).
        for edge in (picture[:3], picture[-3:], picture[:, :3], picture[:, -3:]):
            assert edge.max() > 60, name


def test_pictures_move_smoothly_and_stand_upright(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    noise = Image.fromarray(rng.integers(0, 255, (40, 60, 3), np.uint8)).resize((600, 400))
    exif = Image.Exif()
    exif[0x0112] = 6
    noise.save(tmp_path / "p.jpg", exif=exif)
    source = film("p.jpg", kind="picture", move="push")
    frames = [f.copy() for f in draw_picture(source, SMALL, 30, 0, 40, tmp_path)]
    assert len(frames) == 40
    assert all(f[..., 3].min() == 255 for f in frames)
    steps = [np.abs(a.astype(int) - b).mean() for a, b in zip(frames, frames[1:], strict=False)]
    assert max(steps) < 3 * min(steps)  # an even pace, without jumps by whole pixels
    still = film("p.jpg", kind="picture", move="none")
    tail = [f.copy() for f in draw_picture(still, SMALL, 30, 10, 12, tmp_path)]
    assert (tail[0] == tail[1]).all()
    Image.new("RGBA", (1, 1), (9, 9, 9, 128)).save(tmp_path / "dot.png")
    made = timeline((film("dot.png", kind="picture", move="pull"), 5), (source, 8), mixed=3)
    assert facts(make(tmp_path, made)[0])["shown"] == list(range(13))


def captioned(word: str, at: int, frames: int) -> Caption:
    words = (TimedWord(text=word, start=at, end=at + frames),)
    return Caption(start=at, frames=frames, lines=(words,))


def test_captions_and_marks_are_drawn_in_their_frames(tmp_path: Path) -> None:
    style = TextStyle(size=40, safe=(4, 4, 4, 60), outline_width=1)
    text = TextTrack(
        style=style,
        captions=(captioned("XXX", 5, 20),),
        marks=(Mark(start=0, frames=8, text="AI made", height=16),),
    )
    path, _ = make(tmp_path, timeline((scene(), 15), (scene(), 15), mixed=4, text=text))
    pictures = read_frames(path, [f / 30 for f in (2, 4, 6, 10, 16, 22, 26)])
    low = [bool(p[150:].max() > 150) for p in pictures]
    high = [bool(p[:70].max() > 100) for p in pictures]
    assert low == [False, False, True, True, True, True, False]
    assert high == [True, True, True, False, False, False, False]
    half, _ = make(tmp_path, timeline((scene(), 15), text=text), draft=True)
    assert facts(half)["size"] == (72, 128)
    assert read_frames(half, [0.3])[0][75:].max() > 120


def test_only_what_changed_is_made_again(tmp_path: Path) -> None:
    write_wav(tmp_path / "v.wav", np.zeros(48_000))
    sound = (SoundTrack(name="v", clips=(SoundClip(start=0, frames=9, path="v.wav", asset="v"),)),)
    shots = [(scene("count", n=n), 10 + n) for n in range(4)]
    first, steps = make(tmp_path, timeline(*shots, mixed=3, sound=sound))
    assert (steps.made, steps.reused) == (7 + 2, 0)
    again, steps = make(tmp_path, timeline(*shots, mixed=3, sound=sound))
    assert (steps.made, steps.reused) == (0, 9)
    assert again == first
    # Another shot in front: itself, the transition out of it, the sound's length, and the whole.
    _, steps = make(tmp_path, timeline((scene(), 9), *shots, mixed=3, sound=sound))
    assert steps.made == 2 + 1 + 2
    # The same in a fresh folder gives the same bytes.
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    write_wav(fresh / "v.wav", np.zeros(48_000))
    twin, _ = make(fresh, timeline(*shots, mixed=3, sound=sound))
    assert twin.read_bytes() == first.read_bytes()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (scene("broken"), "no brush"),
        (scene("dies"), "died"),
        (scene("short"), "wrong size"),
        (film("gone.mp4"), "cannot be read"),
        (film("text.mp4"), "text"),
        (film("text.mp4", kind="picture"), "picture"),
    ],
)
def test_a_failure_names_its_shot(tmp_path: Path, bad, words: str) -> None:
    (tmp_path / "text.mp4").write_text("no film " * 50)
    with pytest.raises((MediaError, FootageError), match=words) as caught:
        make(tmp_path, timeline((scene(), 5), (bad, 8)))
    assert (caught.value.where or "").startswith("shot 2")
    leftovers = [p.name for p in tmp_path.rglob("*") if ".tmp-" in p.name]
    assert leftovers == []


def test_other_rates_and_shapes(tmp_path: Path) -> None:
    wide = Format(width=256, height=144, rate=Fraction(30000, 1001))
    path, _ = make(tmp_path, timeline((scene("bar"), 20), (scene(), 21), mixed=5, format=wide))
    found = facts(path)
    assert (found["size"], found["rate"]) == ((256, 144), Fraction(30000, 1001))
    assert found["shown"] == list(range(41))


SCRIPT = """
import sys
from pathlib import Path
from reelwright.core.settings import RenderSettings
from reelwright.core.timeline import read_timeline
from reelwright.edit.render import render
from reelwright.store.artefacts import Store
from reelwright.store.steps import Steps

root = Path(sys.argv[1])
print("go", flush=True)
steps = Steps(Store(root / ".reel"), jobs=2)
settings = RenderSettings(preset="ultrafast")
made = read_timeline(root / "timeline.json")
print(render(made, root=root, steps=steps, painter="tiny_painter:paint", settings=settings,
             metadata={}))
"""


def family(folder: Path) -> list[str]:
    """Processes (other than zombies) that mention the folder or draw for it, as ps shows them."""
    found: list[str] = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (entry / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words or f"MARK={folder}" in environment:
            found.append(words)
    return found


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_killed_in_the_middle_nothing_is_left_and_the_next_run_goes_on(
    tmp_path: Path, how: signal.Signals
) -> None:
    clip(tmp_path / "long.mp4", "testsrc2=s=640x360:r=30:d=6")
    shots = [(scene("slow", n=n), 6) for n in range(2)] + [(film("long.mp4"), 150)]
    made = timeline(*shots)
    (tmp_path / "timeline.json").write_text(write_timeline(made))
    environment = {**os.environ, "PYTHONPATH": str(HERE), "MARK": str(tmp_path)}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path)]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    assert child.stdout
    child.stdout.readline()
    time.sleep(1)
    child.send_signal(how)
    child.wait(5)
    child.stdout.close()
    patience = time.monotonic() + 4
    while family(tmp_path) and time.monotonic() < patience:
        time.sleep(0.1)
    assert family(tmp_path) == []
    path, steps = make(tmp_path, made, metadata={})
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    (fresh / "long.mp4").write_bytes((tmp_path / "long.mp4").read_bytes())
    undisturbed, _ = make(fresh, made, metadata={})
    assert path.read_bytes() == undisturbed.read_bytes()
    assert json.dumps(steps.reused)
