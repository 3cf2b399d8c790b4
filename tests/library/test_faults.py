"""Each check, on a clip made to fail it and on one that must pass."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from specimens import annotated, faults, film, over, scene, sound

from reelwright.core.nouns import Annotation
from reelwright.core.settings import LibrarySettings, Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faults")
    scene().save(folder / "scene.png")
    # A camera on a tripod before something that moves: nothing is wrong with it.
    pan = "crop=640:480:'40+4*n':100"
    over(folder / "good.mp4", folder / "scene.png", pan)
    return folder


def span(one: Annotation) -> tuple[float, float]:
    assert one.start is not None
    assert one.end is not None
    return one.start, one.end


def test_nothing_is_wrong_with_a_good_clip(folder: Path):
    said = annotated(folder / "good.mp4")
    assert [one for one in said if one.name == "fault"] == []
    (quality,) = [one for one in said if one.name == "quality"]
    assert quality.value > 0.7


def test_black(folder: Path):
    hole = "drawbox=t=fill:c=black:enable='between(t,1,1.9)'"
    path = film(folder / "black.mp4", f"testsrc2=d=3:s=640x480:r=30,{hole}")
    (found,) = faults(path, "black", "pictures")
    assert span(found) == pytest.approx((1.0, 1.93), abs=0.08)
    assert found.value["measured"] <= found.value["limit"] == 0.05
    dim = film(folder / "dim.mp4", "testsrc2=d=2:s=640x480:r=30,eq=brightness=-0.3")
    assert faults(dim, "black", "pictures") == []
    short = "drawbox=t=fill:c=black:enable='between(t,1,1.2)'"
    path = film(folder / "blink.mp4", f"testsrc2=d=3:s=640x480:r=30,{short}")
    assert faults(path, "black", "pictures") == []


def test_frozen(folder: Path):
    path = film(
        folder / "frozen.mp4", "testsrc2=d=1:s=640x480:r=30,tpad=stop_mode=clone:stop_duration=3"
    )
    (found,) = faults(path, "frozen", "pictures")
    assert span(found) == pytest.approx((0.97, 4.0), abs=0.1)
    # A camera on its tripod is not frozen: its picture has grain.
    grain = "crop=640:480:100:100,noise=alls=6:allf=t"
    assert (
        faults(over(folder / "still.mp4", folder / "scene.png", grain), "frozen", "pictures") == []
    )
    # A black picture stands still, but is one fault and not two.
    path = film(folder / "dark.mp4", "color=black:d=3:s=640x480:r=30")
    assert len(faults(path, "black", "pictures")) == 1
    assert faults(path, "frozen", "pictures") == []


def test_blurred(folder: Path):
    soft = "crop=640:480:'40+4*n':100,gblur=sigma=6:enable='gte(t,1.99)'"
    path = over(folder / "blurred.mp4", folder / "scene.png", soft, 5)
    (found,) = faults(path, "blurred", "sharpness")
    assert span(found) == pytest.approx((2.0, 5.0), abs=0.1)
    assert faults(folder / "good.mp4", "blurred", "sharpness") == []
    # Before a blurred background stands somebody sharp.
    picture = scene().filter(ImageFilter.GaussianBlur(9))
    picture.paste(scene().crop((0, 0, 300, 500)), (400, 200))
    picture.save(folder / "portrait.png")
    assert faults(folder / "portrait.png", "blurred", "sharpness") == []
    Image.new("RGB", (800, 600), "skyblue").save(folder / "sky.png")
    assert faults(folder / "sky.png", "blurred", "sharpness") == []
    scene().filter(ImageFilter.GaussianBlur(9)).save(folder / "soft.jpg")
    assert len(faults(folder / "soft.jpg", "blurred", "sharpness")) == 1


def test_shaking(folder: Path):
    hand = "crop=640:480:'200+14*sin(2.1*n)+9*sin(3.3*n)':'150+12*sin(2.6*n)'"
    path = over(folder / "shaking.mp4", folder / "scene.png", hand)
    found = faults(path, "shaking", "steadiness")
    assert sum(one.end - one.start for one in found if one.end and one.start) > 2.4
    assert found[0].value["measured"] > found[0].value["limit"]
    assert faults(folder / "good.mp4", "shaking", "steadiness") == []
    sway = "crop=640:480:'200+30*sin(0.06*n)':'150+20*sin(0.05*n)'"
    path = over(folder / "sway.mp4", folder / "scene.png", sway)
    assert faults(path, "shaking", "steadiness") == []


def light(folder: Path, name: str, gain: float, add: float = 0.0) -> Path:
    values = np.asarray(scene().filter(ImageFilter.GaussianBlur(1.5)), np.float32)
    Image.fromarray(np.clip(values * gain + add, 0, 255).astype(np.uint8)).save(folder / name)
    return folder / name


def test_overexposed(folder: Path):
    burnt = light(folder, "burnt.png", 3)
    (found,) = faults(burnt, "overexposed", "pictures")
    assert found.start is None
    clip = over(folder / "burnt.mp4", burnt, "crop=640:480:'40+4*n':100", 2)
    (found,) = faults(clip, "overexposed", "pictures")
    assert span(found) == pytest.approx((0, 2), abs=0.1)
    # White paper with words on it is as it should be.
    page = Image.new("RGB", (800, 600), "white")
    ImageDraw.Draw(page).multiline_text((60, 60), "The tide\ncomes in\ntwice a day." * 4, "black")
    page.save(folder / "page.png")
    for picture in (folder / "page.png", folder / "scene.png"):
        assert faults(picture, "overexposed", "pictures") == []


def test_underexposed(folder: Path):
    (found,) = faults(light(folder, "night.png", 0.17), "underexposed", "pictures")
    assert found.value["measured"] <= found.value["limit"]
    # A dark room with a lamp in it is lit on purpose.
    lamp = Image.open(light(folder, "room.png", 0.17))
    ImageDraw.Draw(lamp).ellipse([300, 150, 800, 650], fill=(250, 220, 160))
    lamp.save(folder / "lamp.png")
    for picture in (folder / "lamp.png", folder / "scene.png"):
        assert faults(picture, "underexposed", "pictures") == []


def test_silent(folder: Path):
    gap = "sine=d=10,volume=0:enable='between(t,2,8)'"
    (found,) = faults(sound(folder / "gap.wav", gap), "silent", "noises")
    assert span(found) == pytest.approx((2, 8), abs=0.15)
    assert faults(sound(folder / "tone.wav", "sine=d=6"), "silent", "noises") == []
    quiet = sound(folder / "quiet.wav", "anoisesrc=d=6:a=0.004")
    assert faults(quiet, "silent", "noises") == []
    mute = film(folder / "mute.mp4", "testsrc2=d=6:s=640x480:r=10", "-f", "lavfi", "-i",
                "anullsrc", "-shortest")  # fmt: skip
    assert len(faults(mute, "silent", "noises")) == 1


@pytest.mark.parametrize("codec", ["wav", "m4a"])
def test_clipped(folder: Path, codec: str):
    voice = "anoisesrc=d=6:c=brown:a=0.3:seed=3,tremolo=f=4:d=0.9"
    cut = "volume=18dB:enable='between(t,2,4)',aformat=s16"
    loud = sound(folder / f"loud.{codec}", f"{voice},{cut}")
    (found,) = faults(loud, "clipped", "noises")
    assert span(found) == pytest.approx((2, 4), abs=1.1)
    assert faults(sound(folder / f"fine.{codec}", voice), "clipped", "noises") == []
    sine = sound(folder / f"sine.{codec}", "sine=d=3,volume=14dB")
    assert faults(sine, "clipped", "noises") == []


def test_clipped_and_turned_down(folder: Path):
    cut = "sine=d=3,volume=30dB,aformat=s16,volume=-4dB"
    assert faults(sound(folder / "down.wav", cut), "clipped", "noises")


def test_too_short_and_too_small(folder: Path):
    tiny = film(folder / "tiny.mp4", "testsrc2=d=0.5:s=320x180:r=30")
    assert [one.value["measured"] for one in faults(tiny, "short", "pictures")] == [0.5]
    assert [one.value["measured"] for one in faults(tiny, "small", "pictures")] == [180]
    assert faults(sound(folder / "blip.wav", "sine=d=0.4"), "short", "noises")
    for kind in ("short", "small"):
        assert faults(folder / "good.mp4", kind, "pictures") == []
    said = annotated(
        tiny, "pictures", settings=Settings(library=LibrarySettings(short=0.4, small=100))
    )
    assert said == []


def test_damaged(folder: Path):
    data = bytearray((folder / "good.mp4").read_bytes())
    with av.open(str(folder / "good.mp4")) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            at = float((packet.pts or 0) * (packet.time_base or 0))
            if packet.size and 1.0 <= at < 1.5 and packet.pos is not None:
                junk = bytes(range(7, 256, 3)) * packet.size
                data[packet.pos + 9 : packet.pos + packet.size] = junk[: packet.size - 9]
    (folder / "broken.mp4").write_bytes(data)
    (found,) = faults(folder / "broken.mp4", "damaged", "pictures")
    assert span(found) == pytest.approx((1.0, 1.5), abs=0.2)
    assert faults(folder / "good.mp4", "damaged", "pictures") == []
    (before,) = [one for one in annotated(folder / "good.mp4", "quality") if one.name == "quality"]
    said = annotated(folder / "broken.mp4", "pictures", "quality")
    (after,) = [one for one in said if one.name == "quality"]
    assert after.value < before.value - 0.1
