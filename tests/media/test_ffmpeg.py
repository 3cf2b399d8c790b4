import time
from pathlib import Path

import pytest

from reelwright.core.errors import MediaError, StoreError
from reelwright.media import ffmpeg

NAMES = [
    "with space",
    'double"quote',
    "it's",
    "emoji 🍵",
    "100%d",
    "a:b",
    "back\\slash",
    "comma,comma",
    "[bracket]",
    "semi;colon",
    " edge ",
    "all ' : \\ , [ ] ; % = @ 茶 #",
]

ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 64
PlayResY: 64

[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour
Style: Default,DejaVu Sans,60,&H00FFFFFF

[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:09.00,Default,XX
"""


@pytest.mark.parametrize("name", NAMES)
def test_any_name_survives_the_filter_graph_and_the_input(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    folder.mkdir()
    (folder / f"{name}.ass").write_text(ASS)
    graph = f"color=black:s=64x64,ass=filename={ffmpeg.quote(folder / f'{name}.ass')}"
    graph += f":fontsdir={ffmpeg.quote(folder)},format=gray"
    raw = folder / f"{name}.raw"
    ffmpeg.run(
        ["-f", "lavfi", "-i", graph, "-frames:v", "1", "-f", "rawvideo", "pipe:1"],
        what="drawing",
        out=raw,
    )
    assert max(raw.read_bytes()) > 200  # the letters are there: the file was found

    wav = folder / f"{name}.wav"
    lavfi = ["-f", "lavfi", "-i", "sine=d=0.1"]
    ffmpeg.run([*lavfi, ffmpeg.source(wav)], what="a tone")
    ffmpeg.run(["-i", ffmpeg.source(wav), "-f", "null", "-"], what="reading it")


def test_failure_says_what_and_why(tmp_path: Path) -> None:
    with pytest.raises(MediaError) as caught:
        ffmpeg.run(["-i", ffmpeg.source(tmp_path / "no.mp4"), "-f", "null", "-"], what="shot 3")
    assert "No such file" in str(caught.value)
    assert str(caught.value).startswith("shot 3: ")


def test_frames_go_in_by_pipe_and_are_counted() -> None:
    frame = bytes(64 * 64)
    seen: list[int] = []
    args = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x64", "-i", "pipe:0"]
    ffmpeg.run(
        [*args, "-f", "null", "-"], what="x", stdin=(frame for _ in range(30)), on_frame=seen.append
    )
    assert seen[-1] == 30


def test_a_reader_that_has_enough_stops_the_feeder() -> None:
    asked = 0

    def endless():
        nonlocal asked
        while True:
            asked += 1
            yield bytes(512 * 512)

    args = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "512x512", "-i", "pipe:0"]
    ffmpeg.run([*args, "-frames:v", "3", "-f", "null", "-"], what="x", stdin=endless())
    assert asked < 200


def test_an_error_of_the_feeder_ends_ffmpeg_at_once() -> None:
    def broken():
        yield bytes(64 * 64)
        raise ValueError("the brush broke")

    args = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "64x64", "-i", "pipe:0"]
    begun = time.monotonic()
    with pytest.raises(ValueError, match="brush"):
        ffmpeg.run([*args, "-f", "null", "-"], what="x", stdin=broken())
    assert time.monotonic() - begun < 5


def test_a_full_disk_is_a_store_error() -> None:
    args = ["-f", "lavfi", "-i", "testsrc2=d=1:s=320x240", "-f", "rawvideo", "pipe:1"]
    with pytest.raises(StoreError, match="no space"):
        ffmpeg.run(args, what="x", out=Path("/dev/full"))
    assert isinstance(
        ffmpeg.failure("a\nav_interleaved: No space left on device", "x", 1), StoreError
    )


def test_a_missing_ffmpeg_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REEL_FFMPEG", str(tmp_path / "nope"))
    with pytest.raises(MediaError, match="no ffmpeg at") as caught:
        ffmpeg.binary()
    assert caught.value.where == "REEL_FFMPEG"
