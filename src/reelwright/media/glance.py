"""What a clip or picture looks like at a glance: colours, brightness, motion, sharpness."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelwright.core.nouns import Glance, MediaFacts
from reelwright.media.frames import Frame, read_frames, to_rgb
from reelwright.media.tracks import FindFaces

COLOURS = (
    *("red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink"),
    *("brown", "black", "grey", "white"),
)
"""The names a colour can have."""

_WIDTH = 96
_FACES_WIDTH = 640
_SURE = 0.35
"""Score from which a face that nobody saw a second time is believed."""
_LOOKS = 6
_APART = Fraction(1, 4)
_SHARE = 0.12
_MOST = 4

# Upper ends of hue in degrees; red closes the circle.
_HUES = ((15, 0), (42, 1), (68, 2), (165, 3), (200, 4), (258, 5), (292, 6), (338, 7), (361, 0))


def glance(path: Path, facts: MediaFacts, find: FindFaces | None = None) -> Glance:
    """Look at a few moments of a clip, or at a picture.

    A clip is looked at where it can be entered (its key frames), so this takes as long for an hour
    as for a minute.

    Args:
        path: a video or a picture.
        facts: what probing says of it.
        find: who finds faces; None counts none.

    Raises:
        FootageError: it cannot be read.
    """
    width = _FACES_WIDTH if find else _WIDTH
    if facts.kind == "picture":
        pairs = [(read_frames(path, [0.0], width)[0], None)]
    else:
        pairs = _pairs(path, facts.seconds, width)
    faces = find([first for first, _ in pairs]) if find else ()
    pairs = [(_small(first), then if then is None else _small(then)) for first, then in pairs]
    firsts = [first for first, _ in pairs]
    moved = [_change(first, then) for first, then in pairs if then is not None]
    return Glance(
        colours=leading_colours(np.concatenate([frame.reshape(-1, 3) for frame in firsts])),
        brightness=round(float(np.mean([_luma(frame).mean() for frame in firsts])) / 255, 3),
        motion=round(float(np.mean(moved)), 4) if moved else 0.0,
        sharpness=round(float(np.median([_sharpness(frame) for frame in firsts])), 3),
        faces=max((sum(face.score >= _SURE for face in seen) for seen in faces), default=0),
    )


def _small(frame: Frame) -> Frame:
    """A frame at the width that colours and motion are measured at."""
    if frame.shape[1] <= _WIDTH:
        return frame
    from PIL import Image

    size = _WIDTH, max(1, round(frame.shape[0] * _WIDTH / frame.shape[1]))
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BILINEAR))


def _pairs(path: Path, seconds: float, width: int) -> list[tuple[Frame, Frame | None]]:
    """Frames at moments spread over a clip, each with the one a quarter of a second on."""
    from av.error import FFmpegError

    from reelwright.media.probing import open_media

    found: dict[int, tuple[Frame, Frame | None]] = {}
    with open_media(path) as container:
        film = container.streams.video[0]
        film.thread_type = "AUTO"
        base = film.time_base or Fraction(1, 1000)
        origin = film.start_time or 0
        for index in range(_LOOKS):
            at = origin + int(Fraction(seconds) * (2 * index + 1) / (2 * _LOOKS) / base)
            try:
                container.seek(at, stream=film, backward=True)
                first = None
                for frame in container.decode(film):
                    if first is None:
                        first = frame
                        if (frame.pts or 0) in found:
                            break
                        found[frame.pts or 0] = (to_rgb(frame, width), None)
                    elif ((frame.pts or 0) - (first.pts or 0)) * base >= _APART:
                        found[first.pts or 0] = (found[first.pts or 0][0], to_rgb(frame, width))
                        break
            except (FFmpegError, StopIteration):
                continue  # a damaged moment says nothing of the others
    if len(found) < 3:
        return _through(path, seconds, width)
    return [found[pts] for pts in sorted(found)]


def _through(path: Path, seconds: float, width: int) -> list[tuple[Frame, Frame | None]]:
    """The same for a clip with hardly a key frame, which has to be decoded from its beginning."""
    from av.error import FFmpegError

    from reelwright.media.probing import open_media

    starts = [Fraction(seconds) * share / 10 for share in (2, 5, 8)]
    wanted = sorted([*starts, *(at + _APART for at in starts)])
    found: list[Frame] = []
    with open_media(path) as container:
        film = container.streams.video[0]
        film.thread_type = "AUTO"
        # Frames that no other needs are not needed here either.
        film.codec_context.skip_frame = "NONREF"
        base = film.time_base or Fraction(1, 1000)
        origin = film.start_time or 0
        last = None
        try:
            for frame in container.decode(film):
                last = frame
                if ((frame.pts or 0) - origin) * base >= wanted[len(found)]:
                    found.append(to_rgb(frame, width))
                    if len(found) == len(wanted):
                        break
        except FFmpegError:
            pass  # what could be decoded says enough
        if last is not None and not found:
            found.append(to_rgb(last, width))
    if not found:
        found = read_frames(path, [0.0], width)
    if len(found) < 2:
        return [(found[0], None)]
    return list(zip(found[::2], found[1::2], strict=False))


def _luma(frame: Frame) -> npt.NDArray[np.float64]:
    return frame.astype(np.float64) @ np.array([0.2126, 0.7152, 0.0722])


def _change(first: Frame, then: Frame) -> float:
    """Mean change between two frames; what gets brighter as a whole does not count as moving."""
    difference = _luma(then) - _luma(first)
    return float(np.abs(difference - np.median(difference)).mean()) / 255


def _sharpness(frame: Frame) -> float:
    light = _luma(frame)
    if min(light.shape) < 3:
        return 0.0
    around = light[:-2, 1:-1] + light[2:, 1:-1] + light[1:-1, :-2] + light[1:-1, 2:]
    bend = np.abs(4 * light[1:-1, 1:-1] - around)
    return min(1.0, float(np.percentile(bend, 95)) / 255)


def leading_colours(pixels: npt.NDArray[np.uint8]) -> tuple[str, ...]:
    """The names of the colours that fill most of some pixels (n × 3), most first."""
    names = name_colours(pixels)
    shares = np.bincount(names, minlength=len(COLOURS)) / len(names)
    order = sorted(range(len(COLOURS)), key=lambda index: (-shares[index], index))
    return tuple(COLOURS[index] for index in order[:_MOST] if shares[index] >= _SHARE)


def name_colours(pixels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """For each pixel (n × 3, RGB) the index of its colour's name in `COLOURS`."""
    values = pixels.astype(np.float64) / 255
    high, low = values.max(-1), values.min(-1)
    spread = high - low
    red, green, blue = values[:, 0], values[:, 1], values[:, 2]
    safe = np.where(spread > 0, spread, 1)
    hue = np.select(
        [high == red, high == green],
        [(green - blue) / safe % 6, (blue - red) / safe + 2],
        (red - green) / safe + 4,
    )
    hue = hue * 60
    names = np.zeros(len(values), np.int64)
    names[:] = np.array([name for _, name in _HUES])[
        np.searchsorted([end for end, _ in _HUES], hue, side="right").clip(0, len(_HUES) - 1)
    ]
    saturation = spread / np.where(high > 0, high, 1)
    # Dark orange is what people call brown.
    warm = (names <= 1) & (hue >= 8) & (hue <= 48)
    names[warm & (high < 0.62) & (saturation < 0.85)] = COLOURS.index("brown")
    plain = (saturation < 0.16) | (spread < 0.07)
    names[plain] = COLOURS.index("grey")
    names[plain & (high > 0.82)] = COLOURS.index("white")
    names[high < 0.16] = COLOURS.index("black")
    return names
