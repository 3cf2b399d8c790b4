"""The before-and-after pictures of the README, by `reel enhance` itself.

    python examples/shop/make_footage.py
    python benchmarks/make_before_after.py [--clip FILE] [--out docs/before-after.jpg]

A clip is made worse in ways that everybody knows (noise, a cast and too little light, half the
size), and better again; and drawn in another manner. Each picture shows before on its left, after
on its right. Without a clip it is one that the project draws itself.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from reelwright.edit.enhance.order import Order
from reelwright.media import ffmpeg
from reelwright.media.frames import read_frames
from reelwright.stages import enhance_file

CLIP = Path("examples/shop/footage/拉花.mp4")
START, SECONDS, SIZE = 2.0, 0.6, (640, 360)
_COVER = "force_original_aspect_ratio=increase:flags=lanczos"
_SIZES = f"scale={SIZE[0]}:{SIZE[1]}:{_COVER},crop={SIZE[0]}:{SIZE[1]}"
TILES: dict[str, tuple[str, Order]] = {
    "--denoise auto": (f"{_SIZES},noise=alls=45:allf=t", Order(denoise="auto")),
    "--colour auto": (
        f"{_SIZES},eq=brightness=-0.12:contrast=0.7:saturation=0.75,colorbalance=rm=0.1:bm=-0.1",
        Order(colour="auto"),
    ),
    "--upscale 2": (f"{_SIZES},scale={SIZE[0] // 2}:-2:flags=area", Order(upscale=2)),
    "--style ink": (_SIZES, Order(style="ink")),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Before-and-after pictures for the README.")
    parser.add_argument("--clip", type=Path, default=CLIP, help="a clip of a second or more")
    parser.add_argument("--out", type=Path, default=Path("docs/before-after.jpg"))
    parser.add_argument("--only", default=",".join(TILES), help="tiles, by their options")
    options = parser.parse_args()
    wanted = options.only.split(",")
    with tempfile.TemporaryDirectory(prefix="reel-before-after-") as folder:
        tiles = [
            tile(options.clip, Path(folder), number, name, *TILES[name])
            for number, name in enumerate(wanted)
        ]
    across = 2
    rows = -(-len(tiles) // across)
    sheet = Image.new("RGB", (across * SIZE[0], rows * SIZE[1]))
    for number, picture in enumerate(tiles):
        sheet.paste(picture, (number % across * SIZE[0], number // across * SIZE[1]))
    sheet.save(options.out, quality=88)
    print(options.out)


def tile(clip: Path, folder: Path, number: int, name: str, worse: str, order: Order) -> Any:
    """Half of the picture before, half of it after."""
    before, after = folder / f"{number}.mp4", folder / f"{number}-after.mp4"
    cut = ["-v", "error", "-ss", str(START), "-t", str(SECONDS), "-i", str(clip), "-an"]
    code = ["-vf", worse, "-c:v", "libx264", "-crf", "8", ffmpeg.source(before)]
    ffmpeg.run([*cut, *code], what=name)
    enhance_file(before, order, out=after)
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
