"""Material made to fail a check, and material that must pass it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library.planning import in_company, load_annotators
from reelwright.library.tables import AssetRow
from reelwright.library.watching import watch
from reelwright.media import ffmpeg
from reelwright.media.probing import probe

X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-pix_fmt", "yuv420p")


def film(path: Path, source: str, *more: str) -> Path:
    """A clip from an lavfi source."""
    ffmpeg.run(["-f", "lavfi", "-i", source, *more, *X264, path], what=path.name)
    return path


def over(path: Path, picture: Path, filters: str, seconds: float = 3.0) -> Path:
    """A clip of a picture, under a filter graph, at 30 frames a second."""
    args = ["-loop", "1", "-framerate", "30", "-i", picture, "-vf", filters]
    ffmpeg.run([*args, "-t", str(seconds), *X264, path], what=path.name)
    return path


def sound(path: Path, source: str, *more: str) -> Path:
    """A recording from an lavfi source."""
    ffmpeg.run(["-f", "lavfi", "-i", source, *more, path], what=path.name)
    return path


def scene(width: int = 1200, height: int = 800) -> Image.Image:
    """A picture with shapes, edges and textures of all sizes, the same every time."""
    rng = np.random.default_rng(7)
    image = Image.new("RGB", (width, height), (120, 130, 140))
    pen = ImageDraw.Draw(image)
    for number in range(260):
        x, y = int(rng.integers(-80, width)), int(rng.integers(-80, height))
        w, h = (int(v) for v in rng.integers(8, 160, 2))
        colour = tuple(int(v) for v in rng.integers(30, 225, 3))
        draw = pen.ellipse if number % 3 == 0 else pen.rectangle
        draw([x, y, x + w, y + h], fill=colour)
    image = image.filter(ImageFilter.GaussianBlur(0.6))
    grain = rng.normal(0, 4, (height, width, 1))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def annotated(path: Path, *names: str, settings: Settings | None = None) -> list[Annotation]:
    """What these annotators say of a file."""
    facts = probe(path)
    row = AssetRow(
        id="0" * 40, kind=facts.kind, name=path.name, bytes=path.stat().st_size,
        seconds=facts.seconds, facts=facts.model_dump(mode="json"),
    )  # fmt: skip
    everyone = load_annotators(settings or Settings())
    company = in_company(names or tuple(everyone), everyone, facts.kind)
    chosen = {name: everyone[name] for name in company}
    return [one for words in watch(row, path, chosen).words.values() for one in words]


def faults(path: Path, kind: str, *names: str) -> list[Annotation]:
    """The faults of a kind that these annotators find in a file."""
    said = annotated(path, *names)
    return [one for one in said if one.name == "fault" and one.value["kind"] == kind]
