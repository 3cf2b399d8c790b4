"""A timeline with one of everything, and a way to look at ASS: shared by the export tests."""

from __future__ import annotations

import subprocess
import wave
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np

from reelwright.core.nouns import Format
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
)


def words(*rows: tuple) -> tuple[TimedWord, ...]:
    """Rows of text, start, end and perhaps strong."""
    return tuple(
        TimedWord(text=row[0], start=row[1], end=row[2], strong=len(row) > 3) for row in rows
    )


def captions_only(
    *captions: Caption, width=540, height=960, rate=Fraction(30), frames=90, marks=(), **style
) -> Timeline:
    look = {"size": 40, "outline_width": 2, "safe": (30, 100, 60, 200)} | style
    return Timeline(
        format=Format(width=width, height=height, rate=rate),
        picture=PictureTrack(
            clips=(PictureClip(start=0, frames=frames, source=Scene(name="x", theme="night")),)
        ),
        text=TextTrack(captions=captions, marks=marks, style=TextStyle(**look)),
    )


def everything(folder: Path, rate: Fraction = Fraction(30)) -> Timeline:
    """Two scenes, a clip and a picture, two transitions, voice, music, captions and a mark."""
    return Timeline(
        title="隔夜茶 & <tea>",
        format=Format(width=1080, height=1920, rate=rate),
        picture=PictureTrack(
            clips=(
                PictureClip(start=0, frames=60, source=Scene(name="hook", theme="night")),
                PictureClip(
                    start=60,
                    frames=90,
                    name="shot 2 (茶)",
                    source=Footage(path="footage/我的 茶'100%.mp4", asset="a1", start=1.5),
                    transition=Transition(frames=10),
                ),
                PictureClip(
                    start=150,
                    frames=45,
                    source=Footage(path="footage/leaf.jpg", asset="a2", kind="picture"),
                ),
                PictureClip(
                    start=195,
                    frames=60,
                    source=Scene(name="call", theme="night"),
                    transition=Transition(frames=7),
                ),
            )
        ),
        sound=(
            SoundTrack(
                name="voice",
                clips=(
                    SoundClip(start=6, frames=50, path=str(folder / "v1.wav"), asset="s1"),
                    SoundClip(
                        start=70, frames=60, path=str(folder / "v2.wav"), asset="s2", gain=2.0
                    ),
                ),
            ),
            SoundTrack(
                name="music",
                ducks=True,
                clips=(
                    SoundClip(
                        start=0,
                        frames=255,
                        path=str(folder / "m.wav"),
                        asset="s3",
                        gain=-18.0,
                        offset=0.5,
                        fade_in=15,
                        fade_out=30,
                    ),
                ),
            ),
        ),
        text=TextTrack(
            captions=(
                Caption(
                    start=6,
                    frames=40,
                    lines=(
                        words(("为什么", 6, 16), ("隔夜茶", 16, 30, True)),
                        words(("不能", 30, 38), ("喝？", 38, 44)),
                    ),
                ),
                Caption(start=70, frames=50, lines=(words(("因为 ", 70, 85), ("<3%>", 85, 118)),)),
            ),
            marks=(Mark(start=0, frames=255, text="内容由AI生成", height=54),),
        ),
    )


def draw_ass(
    text: str, timeline: Timeline, frames: list[int], folder: Path, colour: str = "0x406050"
) -> np.ndarray:
    """Frames n×H×W×3 of the ASS text over one colour, as ffmpeg's libass draws them."""
    from reelwright.edit.export.ass import fonts_of
    from reelwright.media.fonts import link_fonts

    fonts = folder / "fonts"
    link_fonts(fonts_of(timeline), fonts)
    file = folder / "f.ass"
    file.write_text(text, "utf-8")
    page = timeline.format
    pick = "+".join(f"eq(n,{n})" for n in frames)
    done = subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            *("-v", "error", "-f", "lavfi", "-i"),
            f"color={colour}:s={page.width}x{page.height}:r={page.rate}:d={max(frames) / 20 + 1}",
            *("-vf", f"format=rgb24,ass={file}:fontsdir={fonts},select='{pick}'"),
            *("-fps_mode", "passthrough", "-frames:v", str(len(frames))),
            *("-f", "rawvideo", "-pix_fmt", "rgb24", "-"),
        ],
        capture_output=True,
        check=True,
    )
    shape = (len(frames), page.height, page.width, 3)
    return np.frombuffer(done.stdout, np.uint8).reshape(shape)


def make_media(folder: Path) -> None:
    """The files that `everything` names: a clip, a picture, two takes and stereo music."""
    footage = folder / "footage"
    footage.mkdir()
    clip = footage / "我的 茶'100%.mp4"
    subprocess.run(
        [
            imageio_ffmpeg.get_ffmpeg_exe(),
            *("-v", "error", "-f", "lavfi", "-i", "testsrc=s=320x180:r=25:d=8"),
            *("-pix_fmt", "yuv420p", "-preset", "ultrafast", str(clip)),
        ],
        check=True,
    )
    from PIL import Image

    Image.new("RGB", (400, 400), "#557755").save(footage / "leaf.jpg")
    for name, channels, seconds in (("v1", 1, 2.0), ("v2", 1, 2.0), ("m", 2, 10.0)):
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((channels, 2, 48000, 0, "NONE", ""))
            file.writeframes(bytes(round(48000 * seconds) * 2 * channels))
