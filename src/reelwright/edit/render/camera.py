"""Filters that follow a camera's path: smooth to fractions of a pixel, in the segment's one pass.

The crop filter moves by whole pixels (two, where colour is halved), which is seen as trembling when
it moves slowly. So a crop a little larger than what is shown is taken at whole steps, and what is
left, the fraction and any change of zoom, is done by resampling it through `perspective`, whose
corners are told anew for each frame. A path that does not move is a plain crop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from reelwright.core.camera import Key, Piece, look, pieces

_SPARE = 4
"""Pixels that the crop is larger by: room for a fraction of an even step."""


@dataclass(frozen=True)
class Shot:
    """What of a clip is to be seen: its size as displayed, the path, and which frames of it."""

    width: int
    height: int
    path: Sequence[Key]
    first: int
    frames: int

    @property
    def still(self) -> bool:
        """Whether the path stands still for all of these frames."""
        ends = self.first, self.first + self.frames - 1
        inside = [key for key in self.path if ends[0] < key[0] < ends[1]]
        places = {look(self.path, at) for at in ends} | {key[1:] for key in inside}
        return len(places) == 1


def plain_crop(shot: Shot, size: tuple[int, int]) -> str:
    """The crop filter of a path that stands still.

    The picture may have pixels that are not square (sar). Clips of a few pixels are cut exactly, or
    nothing would remain.

    Args:
        shot: what of which clip.
        size: of the picture that is filled; only its shape counts.
    """
    x, y, zoom = look(shot.path, shot.first)
    wide = f"min(iw,ih*{size[0]}/{size[1]}/sar)"
    high = f"min(ih,iw*sar*{size[1]}/{size[0]})"
    if zoom != 1:
        wide, high = f"{wide}/{zoom:g}", f"{high}/{zoom:g}"
    exact = ":exact=1" if min(shot.width, shot.height) < 32 else ""
    crop = f"crop=w='max(1,{wide})':h='max(1,{high})'"
    return f"{crop}:x='iw*{x:g}-ow/2':y='ih*{y:g}-oh/2'{exact}"


@dataclass(frozen=True)
class MovingCrop:
    """The filters of a path that moves: first `crop`, then, whatever is between, `bend`."""

    crop: tuple[str, ...]
    room: tuple[int, int]
    """The size of what `crop` leaves."""
    corners: tuple[str, ...]
    """Left, top, right and bottom of what is shown of that, in its pixels, by the frame `N`."""

    def bend(self, size: tuple[int, int] | None = None) -> str:
        """The filter that resamples what is shown to the whole picture.

        Args:
            size: what the crop was scaled to meanwhile, if it was.
        """
        factors = (
            [1.0, 1.0] if size is None else [a / b for a, b in zip(size, self.room, strict=True)]
        )
        left, top, right, bottom = (
            _counted(corner if factor == 1 else f"({corner})*{_number(factor)}", "(on-1)")
            for corner, factor in zip(self.corners, factors * 2, strict=True)
        )
        told = ":".join(
            f"x{index}='{x}':y{index}='{y}'"
            for index, (x, y) in enumerate(
                ((left, top), (right, top), (left, bottom), (right, bottom))
            )
        )
        return f"perspective={told}:interpolation=cubic:eval=frame"


def moving_crop(shot: Shot, size: tuple[int, int]) -> MovingCrop:
    """The filters of a path that moves.

    Args:
        shot: what of which clip.
        size: of the picture that is filled; only its shape counts.
    """
    scale = min(shot.width / size[0], shot.height / size[1])
    zooms = _between(shot, 3)
    widest = min(_value(piece, at) for piece in zooms for at in _ends(piece, shot))
    zoom = _choose(zooms, shot)
    room: list[int] = []
    steps: list[str] = []
    begins: list[str] = []
    ends: list[str] = []
    for axis, full in enumerate((shot.width, shot.height)):
        seen = size[axis] * scale
        side = _number(seen) if zoom == "1" else f"{_number(seen)}/({zoom})"
        large = min(full // 2 * 2, ceil(seen / widest / 2) * 2 + _SPARE)
        edge = "0"
        if seen < full - 0.5 or zoom != "1":
            middle = _choose(_between(shot, axis + 1), shot)
            edge = f"clip({full}*({middle})-{side}/2,0,{full}-{side})"
        spare = (full - large) // 2 * 2
        room.append(large)
        steps.append(_step(edge, spare))
        inside = edge if spare <= 0 else f"st(0,{edge});ld(0)-{_step('ld(0)', spare)}"
        begins.append(inside)
        ends.append(f"{inside}+{side}")
    across, down = (_counted(step, "n") for step in steps)
    crop = (
        # Whatever the shape of its pixels, it is now as large as it is displayed.
        f"scale={shot.width}:{shot.height}:flags=bicubic",
        "setsar=1",
        f"crop=w={room[0]}:h={room[1]}:x='{across}':y='{down}'",
    )
    return MovingCrop(crop, (room[0], room[1]), (*begins, *ends))


def _step(edge: str, spare: int) -> str:
    """The even whole pixels that a crop with so much to spare is moved by, for an edge."""
    return "0" if edge == "0" or spare <= 0 else f"clip(2*floor({edge}/2),0,{spare})"


def _between(shot: Shot, channel: int) -> list[Piece]:
    """The pieces of a value that are seen."""
    last = shot.first + shot.frames
    found = [
        piece for piece in pieces(shot.path, channel) if piece[0] < last and piece[1] > shot.first
    ]
    if found and found[0][0] <= shot.first and found[-1][1] >= last - 1:
        return found
    begin, end = shot.path[0], shot.path[-1]
    if not found:
        place = begin if last <= begin[0] + 1 else end
        return [(shot.first, last, (place[channel], 0.0, 0.0, 0.0))]
    if found[0][0] > shot.first:
        found.insert(0, (shot.first, found[0][0], (begin[channel], 0.0, 0.0, 0.0)))
    if found[-1][1] < last - 1:
        found.append((found[-1][1], last, (end[channel], 0.0, 0.0, 0.0)))
    return found


def _ends(piece: Piece, shot: Shot) -> tuple[float, float]:
    return float(max(piece[0], shot.first)), float(min(piece[1], shot.first + shot.frames))


def _value(piece: Piece, frame: float) -> float:
    a, b, c, d = piece[2]
    t = frame - piece[0]
    return a + t * (b + t * (c + t * d))


def _choose(found: Sequence[Piece], shot: Shot) -> str:
    """An expression for the frame `N`, counted from the first shown, out of pieces in order."""
    (begin, _, (a, b, c, d)) = found[0]
    if all(piece[2] == (a, 0, 0, 0) for piece in found):
        return _number(a)
    if len(found) == 1:
        t = f"(N{shot.first - begin:+d})"
        return f"({_number(a)}+{t}*({_number(b)}+{t}*({_number(c)}+{t}*{_number(d)})))"
    # Halved again and again: expressions may not be nested deeply.
    half = len(found) // 2
    border = found[half][0] - shot.first
    return f"if(lt(N,{border}),{_choose(found[:half], shot)},{_choose(found[half:], shot)})"


def _number(value: float) -> str:
    return f"{value:.9g}" if value >= 0 else f"({value:.9g})"


def _counted(expression: str, frame: str) -> str:
    """The expression with its frame named as a filter names it; `perspective` counts from 1."""
    return expression.replace("N", frame)
