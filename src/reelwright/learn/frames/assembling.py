"""Frames to a clip: H.264 in MP4, marked as made by a machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.time import format_rate
from reelwright.store.artefacts import hash_value
from reelwright.store.atomic import replacing

Bytes = npt.NDArray[np.uint8]

_CRF, _PRESET = 18, "veryfast"


def assemble(
    frames: Iterator[Bytes], size: tuple[int, int], rate: Fraction, out: Path, made: object
) -> None:
    """Write frames (I420) as a clip.

    Args:
        size: width and height, even.
        made: what the frames follow from; the clip's own number is its hash.

    Raises:
        MediaError: ffmpeg failed.
        StoreError: the disk is full or read-only.
    """
    _encode(frames, "yuv420p", size, [], rate, out, made)


def assemble_rgb(frames: Bytes, rate: Fraction, out: Path) -> None:
    """Write frames (T × H × W × 3) as a clip; an odd line or row is repeated. Raises as
    `assemble`."""
    high, wide = frames.shape[1:3]
    filters = ["-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2,fillborders=right=1:bottom=1:mode=smear"]
    if high % 2 == 0 and wide % 2 == 0:
        filters = ["-vf", "null"]
    filters[1] += ",scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    each = (np.ascontiguousarray(frame) for frame in frames)
    made = hashlib.blake2b(np.ascontiguousarray(frames).data, digest_size=20).hexdigest()
    _encode(each, "rgb24", (wide, high), filters, rate, out, made)


def _encode(
    frames: Iterator[Bytes],
    pixels: str,
    size: tuple[int, int],
    filters: list[str],
    rate: Fraction,
    out: Path,
    made: object,
) -> None:
    from reelwright.media import ffmpeg
    from reelwright.media.encoders import choose_encoder, encode_args, steady_args

    encoder = choose_encoder("libx264")
    args = ["-v", "error", "-f", "rawvideo", "-pixel_format", pixels]
    args += ["-video_size", f"{size[0]}x{size[1]}", "-framerate", format_rate(rate)]
    args += ["-i", "pipe:0", *filters]
    args += [*encode_args(encoder, _PRESET, _CRF, rate), *steady_args(encoder)]
    args += ["-bitexact", "-movflags", "+faststart+use_metadata_tags"]
    args += ["-metadata", f"AIGC={mark(made)}"]
    with replacing(out) as temporary:
        ffmpeg.run([*args, temporary], what=f"writing {out.name}", stdin=frames)


def mark(made: object) -> str:
    """The implicit label of synthesised content (GB 45438-2025, Annex E), so that whoever uses the
    clip knows: `reel make` reads it and labels the video."""
    fields = {
        "Label": "1",
        "ContentProducer": "Reelwright",
        "ProduceID": hash_value(made)[:32],
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    return json.dumps(fields, separators=(",", ":"))
