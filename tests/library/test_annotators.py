"""What annotators say of material of which that is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from fake_media import serving_media
from PIL import Image
from specimens import X264, annotated, film, over, scene, sound
from squares import write_detector

from portraits import draw_head
from reelwright.core.errors import SettingError
from reelwright.core.nouns import Annotation, Speech
from reelwright.core.settings import FacesSettings, ObjectsSettings, Settings
from reelwright.create.music import compose
from reelwright.library.annotators import TABLE, choose, find
from reelwright.library.planning import load_annotators
from reelwright.media import ffmpeg
from reelwright.providers.tts.espeak import EspeakVoice

OURS = (
    "shots", "looks", "motion", "faces", "sound", "sharpness", "mood", "pictures", "steadiness",
    "noises", "quality",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("annotators")
    scene().save(folder / "scene.png")
    return folder


def named(said: list[Annotation], name: str) -> list[Annotation]:
    return [one for one in said if one.name == name]


def value(said: list[Annotation], name: str):
    (one,) = named(said, name)
    return one.value


def test_what_every_annotator_says_of_itself():
    made = load_annotators(Settings())
    assert set(made) <= set(TABLE)
    for name, one in made.items():
        assert one.version >= 1
        assert one.kinds
        assert one.after | one.beside <= set(TABLE), name
        before = list(TABLE)[: list(TABLE).index(name)]
        assert one.after | one.beside <= set(before), f"{name} comes too early in TABLE"
        assert find(name) is type(one)


def test_choosing():
    assert choose(["mood", "face"]) == ("faces", "mood")
    assert set(choose(["fault"])) >= {"pictures", "sharpness", "steadiness", "noises"}
    with pytest.raises(SettingError, match='nobody annotates "modo"') as error:
        choose(["modo"])
    assert 'did you mean "mood"' in str(error.value)
    none = Settings(faces=FacesSettings(provider="none"))
    assert "faces" not in load_annotators(none)


def test_objects(folder: Path):
    """A real network in an ONNX file finds squares where they are, while they are there."""
    settings = Settings(
        objects=ObjectsSettings(model=str(write_detector(folder / "squares.onnx", "guesses last")))
    )
    assert "objects" not in load_annotators(Settings())
    square = "color=gray:d=14:s=128x128:r=10,format=rgb24,drawbox=32:48:16:16:red:fill"
    square += ":enable='lt(t,4)',drawbox=96:16:16:16:blue:fill:enable='gte(t,9)'"
    args = ["-f", "lavfi", "-i", square, "-c:v", "libx264rgb", "-crf", "1"]
    ffmpeg.run([*args, folder / "squares.mkv"], what="squares")
    lamp, pool = named(annotated(folder / "squares.mkv", "objects", settings=settings), "object")
    assert lamp.value == {"kind": "lamp", "count": 1, "box": [0.25, 0.375, 0.125, 0.125]}
    assert pool.value == {"kind": "pool", "count": 1, "box": [0.75, 0.125, 0.125, 0.125]}
    assert (lamp.start, lamp.end) == pytest.approx((0, 4), abs=0.2)
    assert (pool.start, pool.end) == pytest.approx((10, 14), abs=0.2)
    assert min(lamp.confidence, pool.confidence) > 0.9


def test_scenes_are_named_by_a_service_that_places_pictures(folder: Path):
    Image.new("RGB", (320, 180), (20, 60, 220)).save(folder / "blue.png")
    with serving_media() as server:
        embed = {"provider": "openai", "base_url": f"{server.url}/v1", "model": "clip"}
        words = Settings.model_validate({"embed": embed})
        assert "naming" not in load_annotators(words)
        both = Settings.model_validate({"embed": embed | {"pictures": "items"}})
        said = annotated(folder / "blue.png", "naming", settings=both)
        assert len(server.seen) == 2
    named_ = {one.value["kind"]: one.confidence for one in named(said, "scene")}
    assert set(named_) == {"sea", "boat"}
    assert all(sure >= 0.2 for sure in named_.values())


def test_shots(folder: Path):
    parts = [f"testsrc2=d=1.2:s=320x180:r=30,hue=h={hue}[{hue}]" for hue in (0, 120)]
    graph = f"{parts[0]};mandelbrot=s=320x180:r=30,trim=duration=1.2[m];{parts[1]};"
    args = ["-filter_complex", graph + "[0][m][120]concat=n=3", *X264]
    ffmpeg.run([*args, folder / "cuts.mp4"], what="cuts")
    shots = named(annotated(folder / "cuts.mp4", "shots"), "shot")
    assert [one.value["kind"] for one in shots] == ["start", "cut", "cut"]
    assert [one.start for one in shots] == pytest.approx([0, 1.2, 2.4], abs=0.002)
    assert [one.end for one in shots] == pytest.approx([1.2, 2.4, 3.6], abs=0.04)


@pytest.mark.parametrize(
    ("camera", "filters"),
    [
        ("still", "crop=320:180:300:300,noise=alls=5:allf=t"),
        ("pan right", "crop=320:180:'60+2*n':300"),
        ("pan left", "crop=320:180:'400-2*n':300"),
        ("tilt down", "crop=320:180:300:'60+2*n'"),
        ("tilt up", "crop=320:180:300:'400-2*n'"),
        ("zoom in", "zoompan=z='1.2+0.01*on':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=1:s=320x180"),
        ("zoom out", "zoompan=z='2.4-0.01*on':x='iw/2-iw/zoom/2':y='ih/2-ih/zoom/2':d=1:s=320x180"),
        ("handheld", "crop=320:180:'300+3*sin(1.1*n)+2*sin(0.7*n)':'300+3*sin(0.9*n)'"),
    ],
)
def test_the_camera_and_how_much_moves(folder: Path, camera: str, filters: str):
    path = over(folder / f"{camera}.mp4", folder / "scene.png", filters, 2.5)
    said = annotated(path, "motion")
    assert {one.value["kind"] for one in named(said, "camera")} == {camera}
    motion = value(said, "motion")
    if camera == "still":
        assert motion["kind"] == "still"
    if camera.startswith("pan"):
        (pan,) = named(said, "camera")
        assert pan.value["speed"] == pytest.approx(60 / 320, rel=0.1)
        assert motion["amount"] == pytest.approx(60 / 320, rel=0.15)
        assert motion["kind"] == "lively"


def test_something_that_moves_is_no_camera(folder: Path):
    box = "crop=320:180:300:300[a];color=red:s=80x60:r=30[b];[a][b]overlay=x='4*n-40':y=60"
    path = over(folder / "passing.mp4", folder / "scene.png", box, 2.5)
    assert {one.value["kind"] for one in named(annotated(path, "motion"), "camera")} == {"still"}


def test_looks(folder: Path):
    sea = Image.new("RGB", (800, 600), (30, 90, 200))
    sea.paste((240, 240, 240), (0, 0, 800, 200))
    sea.save(folder / "sea.png")
    said = annotated(folder / "sea.png", "looks")
    assert value(said, "colours") == ["blue", "white"]
    assert value(said, "brightness") == pytest.approx(0.54, abs=0.03)
    assert value(said, "tone")["warm"] < -0.3
    clip = film(folder / "red.mp4", "color=red:d=2:s=320x180:r=10")
    said = annotated(clip, "looks")
    assert value(said, "colours") == ["red"]
    assert value(said, "tone")["warm"] > 0.7


def test_faces_and_how_many_people(folder: Path):
    ground = Image.new("RGB", (640, 360), (90, 120, 110))
    two = ground.copy()
    for x in (100, 380):
        head = draw_head(150)
        two.paste(head, (x, 90), head)
    two.save(folder / "two.png")
    said = annotated(folder / "two.png", "faces")
    assert value(said, "people") == 2
    face = value(said, "face")
    assert face["count"] == 2
    assert 0.2 < face["size"] < 0.5
    ground.save(folder / "nobody.png")
    graph = "[0]trim=duration=4[a];[1]trim=duration=4[b];[a][b]concat=n=2"
    loop = ["-loop", "1", "-framerate", "10", "-t", "4", "-i"]
    films = [*loop, folder / "nobody.png", *loop, folder / "two.png"]
    ffmpeg.run([*films, "-filter_complex", graph, *X264, folder / "later.mp4"], what="later")
    said = annotated(folder / "later.mp4", "faces")
    assert value(said, "people") == 2
    (face,) = named(said, "face")
    assert (face.start, face.end) == pytest.approx((4, 8), abs=0.11)
    said = annotated(folder / "nobody.png", "faces")
    assert (value(said, "people"), named(said, "face")) == (0, [])


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("pixel.mkv", ["testsrc2=d=1:s=64x64", "-vf", "scale=1:1,format=bgr0", "-c:v", "ffv1"]),
        ("thin.mkv", ["testsrc2=d=1:s=64x64", "-vf", "scale=3:401,format=bgr0", "-c:v", "ffv1"]),
        ("frame.mp4", ["testsrc2=d=0.04:s=65x33", "-pix_fmt", "yuv444p", "-c:v", "libx264"]),
        ("moving.gif", ["testsrc2=d=1:s=64x64:r=10"]),
        ("blip.wav", ["sine=d=0.01"]),
        ("six.wav", ["sine=d=2", "-ac", "6"]),
        ("phone.wav", ["sine=d=2", "-ar", "8000", "-c:a", "pcm_u8"]),
        ("dot.png", ["testsrc2=s=64x64", "-vf", "scale=1:1", "-frames:v", "1"]),
    ],
)
def test_odd_material(folder: Path, name: str, args: list[str]):
    said = annotated(sound(folder / name, *args), *OURS)
    (quality,) = named(said, "quality")
    assert 0 <= quality.value <= 1


@pytest.fixture(scope="module")
def pieces(folder: Path) -> dict[str, Path]:
    voice = EspeakVoice(EspeakVoice.Options())
    words = "The tide comes in twice a day, and nobody on the beach had thought of that."
    voice.speak(Speech(text=words, language="en"), folder / "speech.wav")
    compose(8, mood="upbeat", seed=3, out=folder / "music.wav")
    sound(folder / "noise.wav", "anoisesrc=d=4:c=pink:a=0.3:seed=1")
    sound(folder / "silence.wav", "anullsrc,atrim=duration=3")
    return {name: folder / f"{name}.wav" for name in ("speech", "music", "noise", "silence")}


def test_kinds_of_sound(folder: Path, pieces: dict[str, Path]):
    order = ("speech", "silence", "music", "noise")
    joined = "".join(f"[{n}]aresample=48000,aformat=channel_layouts=mono[{n}a];" for n in range(4))
    graph = joined + "".join(f"[{n}a]" for n in range(4)) + "concat=n=4:v=0:a=1"
    inputs = [value for name in order for value in ("-i", pieces[name])]
    ffmpeg.run([*inputs, "-filter_complex", graph, folder / "all.wav"], what="all")
    said = annotated(folder / "all.wav", "sound")
    found = {kind: [(o.start, o.end) for o in named(said, "sound") if o.value["kind"] == kind]
             for kind in order}  # fmt: skip
    ends = np.cumsum([_seconds(pieces[name]) for name in order])
    for kind, start, end in zip(order, [0.0, *ends], ends, strict=False):
        first = min(a for a, _ in found[kind] if a is not None and a > start - 1.2)
        last = max(b for _, b in found[kind] if b is not None and b < end + 1.2)
        assert (first, last) == pytest.approx((start, end), abs=1.2), kind
        inside = sum(min(b, end) - max(a, start) for a, b in found[kind]
                     if a is not None and b is not None and a < end and b > start)  # fmt: skip
        assert inside > 0.7 * (end - start), kind
    shares = value(said, "sounds")
    assert all(shares[kind] > 0.1 for kind in order)


def _seconds(path: Path) -> float:
    from reelwright.media.sound import read_wav

    samples, rate = read_wav(path)
    return len(samples) / rate


def test_one_tone_is_no_music(folder: Path):
    for name, source in (("hum", "sine=f=100:d=5"), ("beep", "sine=f=1000:d=5")):
        said = annotated(sound(folder / f"{name}.wav", source), "sound")
        assert {one.value["kind"] for one in named(said, "sound")} == {"noise"}


def test_moods(folder: Path, pieces: dict[str, Path]):
    happy = value(annotated(pieces["music"], "mood", "sound"), "mood")
    assert happy["kind"] == "joyful"
    compose(8, mood="epic", seed=3, out=folder / "epic.wav")
    grim = value(annotated(folder / "epic.wav", "mood"), "mood")
    assert grim["valence"] < -0.3 < 0.3 < happy["valence"]
    # A dark, still, grey picture and a bright, warm, colourful one.
    for name, colour in (("fog", (40, 45, 52)), ("beach", (250, 200, 120))):
        film(folder / f"{name}.mp4", f"color=0x{bytes(colour).hex()}:d=3:s=320x180:r=10")
    fog = value(annotated(folder / "fog.mp4", "mood"), "mood")
    beach = value(annotated(folder / "beach.mp4", "mood"), "mood")
    assert fog["kind"] == "gloomy"
    assert beach["kind"] == "peaceful"
    # A voice alone tells no mood.
    assert named(annotated(pieces["speech"], "mood"), "mood") == []
