"""The before-and-after pictures of the README, by `reel enhance` itself.

    python benchmarks/make_before_after.py [--clip FILE] [--out docs/before-after.jpg]

A clip is made worse in ways that everybody knows (noise, a cast and too little light, half the
size), and better again; and drawn in other manners. Each picture shows before on its left, after
on its right. Without a clip it is a landscape that the project draws itself (`landscape`).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from landscape import film_landscape
from PIL import Image, ImageDraw, ImageFont

from reelwright.core.settings import load_settings
from reelwright.edit.enhance.order import Order
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames
from reelwright.stages import enhance_file

START, SECONDS, RATE, SIZE = 2.0, 0.6, 25, (640, 360)
_COVER = "force_original_aspect_ratio=increase:flags=lanczos"
_SIZES = f"scale={SIZE[0]}:{SIZE[1]}:{_COVER},crop={SIZE[0]}:{SIZE[1]}"
TILES: dict[str, tuple[str, Order]] = {
    "--denoise auto": (f"{_SIZES},noise=alls=28:allf=t", Order(denoise="auto")),
    "--colour auto": (
        f"{_SIZES},eq=brightness=-0.10:contrast=0.72:saturation=0.8,"
        "colorchannelmixer=rr=1.1:gg=1:bb=0.8",
        Order(colour="auto"),
    ),
    "--upscale 3": (f"{_SIZES},scale={SIZE[0] // 3}:-2:flags=area", Order(upscale=3)),
    "--style ink": (_SIZES, Order(style="ink")),
    "--style oil": (_SIZES, Order(style="oil")),
    "--style pixel": (_SIZES, Order(style="pixel")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Before-and-after pictures for the README.")
    parser.add_argument("--clip", type=Path, help="a clip of three seconds or more")
    parser.add_argument("--out", type=Path, default=Path("docs/before-after.jpg"))
    parser.add_argument("--only", default=",".join(TILES), help="tiles, by their options")
    options = parser.parse_args()
    wanted = options.only.split(",")
    with tempfile.TemporaryDirectory(prefix="reel-before-after-") as folder:
        clip = options.clip or draw_clip(Path(folder) / "drawn.mkv")
        tiles = [
            tile(clip, Path(folder), number, name, *TILES[name])
            for number, name in enumerate(wanted)
        ]
    across = 2
    rows = -(-len(tiles) // across)
    sheet = Image.new("RGB", (across * SIZE[0], rows * SIZE[1]))
    for number, picture in enumerate(tiles):
        sheet.paste(picture, (number % across * SIZE[0], number // across * SIZE[1]))
    sheet.save(options.out, quality=86)
    print(options.out)


def draw_clip(out: Path) -> Path:
    """The drawn landscape as a clip."""
    pictures = film_landscape(round((START + SECONDS) * RATE), SIZE)
    raw = ["-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{SIZE[0]}x{SIZE[1]}"]
    raw += ["-r", str(RATE), "-i", "pipe:0", "-c:v", "ffv1", ffmpeg.source(out)]
    ffmpeg.run(raw, what="the landscape", stdin=(picture.tobytes() for picture in pictures))
    return out


def tile(clip: Path, folder: Path, number: int, name: str, worse: str, order: Order) -> Any:
    """Half of the picture before, half of it after."""
    before, after = folder / f"{number}.mp4", folder / f"{number}-after.mp4"
    cut = ["-v", "error", "-ss", str(START), "-t", str(SECONDS), "-i", str(clip), "-an"]
    code = ["-vf", worse, "-c:v", "libx264", "-crf", "8", ffmpeg.source(before)]
    ffmpeg.run([*cut, *code], what=name)
    # The mark of what is made up, in one language, stands in the half that is not shown.
    enhance_file(before, order, out=after, settings=load_settings(("", {"language": "zh"})))
    one, two = (
        Image.fromarray(read_frames(path, [SECONDS / 2])[0]).resize(SIZE, Image.Resampling.LANCZOS)
        for path in (before, after)
    )
    half = SIZE[0] // 2
    one.paste(two.crop((half, 0, *SIZE)), (half, 0))
    draw = ImageDraw.Draw(one)
    draw.line((half, 0, half, SIZE[1]), fill="white", width=2)
    font = ImageFont.load_default(size=22)
    draw.text((14, SIZE[1] - 38), name, "white", font, stroke_width=2, stroke_fill="black")
    return one


if __name__ == "__main__":
    main()
