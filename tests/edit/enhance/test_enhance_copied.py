"""A picture that nothing is done to is copied, packet by packet, beside its better sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from reelwright.edit.enhance.order import Order
from reelwright.media import ffmpeg
from reelwright.media.probing import probe
from reelwright.stages import enhance_file


def film(out: Path, *args: str) -> Path:
    given = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1"]
    given += ["-f", "lavfi", "-i", "sine=f=440:d=1:r=48000", "-c:v", "libx264", "-g", "10"]
    ffmpeg.run([*given, *args, ffmpeg.source(out)], what="a clip")
    return out


def seen(path: Path) -> list[tuple[float, bytes]]:
    """When each picture of a file is shown, from the first on, and its bytes."""
    with av.open(str(path)) as container:
        packets = [
            (float((p.pts or 0) * (p.time_base or 1)), bytes(p))
            for p in container.demux(video=0)
            if p.size
        ]
    first = min(at for at, _ in packets)
    return [(round(at - first, 3), data) for at, data in packets]


@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_sound_alone_leaves_the_picture_as_it_is(tmp_path: Path, name: str):
    path = film(tmp_path / name, "-bf", "2", "-c:a", "aac")
    made = enhance_file(path, Order(sound=True))
    assert any("copied" in told for told in made.told)
    assert made.pictures == 25
    assert seen(made.path) == seen(path)
    assert probe(made.path).has_sound
    with av.open(str(made.path)) as container:
        starts = [
            Fraction(stream.start_time or 0) * (stream.time_base or 1)
            for stream in container.streams
        ]
    assert abs(starts[0] - starts[1]) < 0.06


def test_what_needs_nothing_is_not_encoded_again(tmp_path: Path):
    upright = film(tmp_path / "u.mp4", "-c:a", "pcm_s16le", "-f", "mov")
    path = tmp_path / "turned.mov"
    args = ["-v", "error", "-display_rotation", "90", "-i", str(upright), "-c", "copy"]
    ffmpeg.run([*args, ffmpeg.source(path)], what="turning")
    made = enhance_file(path, Order(stabilise=True))
    assert seen(made.path) == seen(path)
    facts = probe(made.path)
    assert facts.rotation == probe(path).rotation
    assert (facts.width, facts.height, facts.has_sound) == (64, 96, True)


def test_what_is_damaged_is_not_copied_but_named(tmp_path: Path):
    path = film(tmp_path / "d.mkv", "-c:a", "aac", "-bf", "0")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 1500] = bytes(1500)
    path.write_bytes(bytes(data))
    made = enhance_file(path, Order(sound=True))
    assert made.damage
    assert not any("copied" in told for told in made.told)
