"""Pictures and loops of any size from a trained generator: tiles that wrap exactly.

Runs the generator's ONNX file where there is one, else torch. A field of noise as large as the
picture needs is drawn on a torus; what comes out is scaled, around its borders, to the very size
asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reelwright.core.marking import KEY
from reelwright.learn.images.noise import Prior, White, loop
from reelwright.learn.images.pictures import Frame
from reelwright.store.atomic import replacing

Generate = Callable[[NDArray[np.float32], NDArray[np.int64]], NDArray[np.float32]]
"""Noise (n × channels × h × w) and labels (n) → pictures (n × 3 × H × W, −1 to 1)."""

_RIM = 8
"""Pixels around a picture that scaling may look at; more than any of its kernels needs."""


class Drawer:
    """Draws with one generator.

    Args:
        generate: the network.
        source: what noise it takes.
        cell: pixels that a cell of noise becomes.
    """

    def __init__(self, generate: Generate, source: White | Prior, cell: int) -> None:
        self._generate, self._source, self._cell = generate, source, cell

    def still(
        self, size: tuple[int, int], *, seed: int = 0, label: int = 0, scale: float = 1.0
    ) -> Frame:
        """A picture that tiles.

        Args:
            size: width and height in pixels.
            seed: another number, another picture.
            label: what to show, where the model knows labels.
            scale: how much the texture is enlarged; 1 shows it as it was learnt.
        """
        cells = self._cells(size, scale)
        field = self._source.draw(*cells, np.random.default_rng([seed, 0]))
        return self._picture(field, size, label)

    def walk(
        self,
        size: tuple[int, int],
        frames: int,
        *,
        seed: int = 0,
        label: int = 0,
        scale: float = 1.0,
        motion: float = 0.5,
    ) -> Iterator[Frame]:
        """Frames of a loop, each of which tiles; see `noise.loop`."""
        cells = self._cells(size, scale)
        for field in loop(self._source, *cells, seed, frames, motion):
            yield self._picture(field, size, label)

    def _cells(self, size: tuple[int, int], scale: float) -> tuple[int, int]:
        """Rows and columns of noise."""
        across, down = (max(2, round(side / scale / self._cell)) for side in size)
        return down, across

    def _picture(self, field: NDArray[np.float32], size: tuple[int, int], label: int) -> Frame:
        drawn = self._generate(field[None], np.array([label], np.int64))[0]
        frame = np.clip(np.rint((drawn + 1) * 127.5), 0, 255).astype(np.uint8).transpose(1, 2, 0)
        return resize_around(frame, size)


def resize_around(frame: Frame, size: tuple[int, int]) -> Frame:
    """A picture that wraps at another size (width, height), at which it still does."""
    from PIL import Image

    height, width = frame.shape[:2]
    if (width, height) == size:
        return np.ascontiguousarray(frame)
    # Enough of the other side that no kernel reaches past it, also where it is made smaller.
    rim = _RIM * max(1, -(-width // size[0]), -(-height // size[1]))
    wide = np.pad(frame, ((rim, rim), (rim, rim), (0, 0)), mode="wrap")
    box = (rim, rim, rim + width, rim + height)
    scaled = Image.fromarray(wide).resize(size, Image.Resampling.BICUBIC, box=box)
    return np.asarray(scaled)


def write_still(frame: Frame, path: Path, mark: str) -> None:
    """Write a picture: PNG, JPEG or WebP by its suffix.

    Args:
        frame: the picture.
        path: the file.
        mark: says in a PNG's or JPEG's metadata that it is AI-made (`core.marking`).
    """
    from PIL import Image, PngImagePlugin

    kind = {".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}.get(path.suffix.lower(), "PNG")
    notes: dict[str, Any] = {"quality": 95}
    if kind == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text(KEY, mark)
        notes = {"pnginfo": text}
    elif kind == "JPEG":
        notes["comment"] = f"{KEY}={mark}"
    with replacing(path) as temporary:
        Image.fromarray(frame).save(temporary, kind, **notes)


def write_loop(
    frames: Iterator[Frame], size: tuple[int, int], rate: Fraction, path: Path, mark: str
) -> None:
    """Write frames as MP4 (H.264), all of even width and height.

    Args:
        frames: of the loop.
        size: their width and height.
        rate: frames a second.
        path: the file.
        mark: says in its metadata that it is AI-made (`core.marking`).

    Raises:
        MediaError: ffmpeg failed.
        StoreError: the disk is full or read-only.
    """
    from reelwright.media import ffmpeg
    from reelwright.media.encoders import choose_encoder, encode_args

    with replacing(path) as temporary:
        args: list[str | Path] = ["-f", "rawvideo", "-pix_fmt", "rgb24"]
        args += ["-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "pipe:0"]
        args += ["-vf", "scale=out_color_matrix=bt709:out_range=tv", "-pix_fmt", "yuv420p"]
        args += [*encode_args(choose_encoder("libx264"), "medium", 18, rate)]
        args += ["-metadata", f"{KEY}={mark}", "-movflags", "+faststart+use_metadata_tags"]
        args += ["-f", "mp4", temporary]
        ffmpeg.run(args, what=f"encoding {path.name}", stdin=map(_bytes, frames))


def contact_sheet(frames: Sequence[Frame], across: int) -> Frame:
    """Pictures of one size side by side, `across` in a row; black where there are no more."""
    rows: list[NDArray[Any]] = []
    blank = np.zeros_like(frames[0])
    for start in range(0, len(frames), across):
        row = list(frames[start : start + across])
        rows.append(np.hstack([*row, *([blank] * (across - len(row)))]))
    return np.vstack(rows)


def _bytes(frame: Frame) -> Any:
    return np.ascontiguousarray(frame)
