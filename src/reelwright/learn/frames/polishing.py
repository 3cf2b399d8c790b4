"""Where things are and how they look, made exact by going back and forth between the two.

What a network says of things that move before a dark ground (`layers`) is right but for a pixel or
so; a pixel is what tells a sharp prediction from a blurred one. Given the pictures, each thing is
looked for near where it was said to be; given the places, each picture is what is seen there, on
average, where no other thing covers it. Jojic and Frey 2001 learn flexible sprites by the same
alternation, which needs a good beginning: here the network gives it.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

REACH = 3
"""Pixels each way in which a thing is looked for."""
_SURE = 1.5
"""How much more likely a place is for each unit of squared difference less, in logarithms."""
_OWN = 0.3
"""Frames' worth of trust in the picture so far: what is always covered stays as it was."""


def polish(frames: Tensor, middles: Tensor, pictures: Tensor, rounds: int) -> tuple[Tensor, Tensor]:
    """Places and pictures that draw the frames more exactly.

    Args:
        frames: N × T × H × W, 0 (ground) to 1.
        middles: N × count × T × 2 (down, right), pixels.
        pictures: N × count × side × side.
        rounds: how often both are worked out anew.

    Returns:
        Middles and pictures, shaped as before.
    """
    for _ in range(rounds):
        middles = find(frames, middles, pictures)
        pictures = repaint(frames, middles, pictures)
    return middles, pictures


def find(frames: Tensor, middles: Tensor, pictures: Tensor) -> Tensor:
    """Where each thing is, given what all look like: at most REACH pixels from where it was.

    The squared difference between a frame and what is drawn of it, for every shift of one thing
    before the others, is a sum of two correlations; places are the mean of all, good ones far
    before others. Right to half a pixel; of things with soft edges, nearer.
    """
    side, found = pictures.shape[-1], list(middles.unbind(1))
    laid = [_laid(frames, at, pictures[:, index]) for index, at in enumerate(found)]
    shifts = torch.arange(-REACH, REACH + 1, device=frames.device, dtype=frames.dtype)
    for index, at in enumerate(found):
        free = _free(laid, index)
        whole = torch.round(at - (side - 1) / 2) + (side - 1) / 2
        lines, rows = _spread(frames, whole, side + 2 * REACH)
        # frame − others − free · picture, squared: what depends on the shift of the picture.
        unexplained = free * (frames - 1 + free)
        near = torch.cat([_cut(unexplained, lines, rows), _cut(free * free, lines, rows)], 3)
        picture = pictures[:, index]
        cost = _correlate(near, torch.cat([_slide(-2 * picture), _slide(picture * picture)], 2))
        share = (-_SURE * cost.flatten(2)).softmax(2).reshape(cost.shape)
        away = [(share.sum(3) * shifts).sum(2), (share.sum(2) * shifts).sum(2)]
        found[index] = whole + torch.stack(away, 2)
        laid[index] = _laid(frames, found[index], picture)
    return torch.stack(found, 1)


def repaint(frames: Tensor, middles: Tensor, pictures: Tensor) -> Tensor:
    """What each thing looks like, given where all are: least squares over the frames."""
    side, count = pictures.shape[-1], pictures.shape[1]
    painted = list(pictures.unbind(1))
    laid = [_laid(frames, middles[:, index], painted[index]) for index in range(count)]
    for index in range(count):
        free = _free(laid, index)
        lines, rows = _spread(frames, middles[:, index], side)
        seen = _cut(free * (frames - 1 + free), lines, rows).sum(1)
        often = _cut(free * free, lines, rows).sum(1)
        painted[index] = ((seen + _OWN * painted[index]) / (often + _OWN)).clamp(0, 1)
        laid[index] = _laid(frames, middles[:, index], painted[index])
    return torch.stack(painted, 1)


def lay(middle: Tensor, length: int, side: int, blur: Tensor | None = None) -> Tensor:
    """Weights of `side` picture lines in `length` frame lines: between lines, by nearness.

    Args:
        middle: … pixels along the frame.
        blur: …, by how many pixels more a line is spread; or None.

    Returns:
        … × length × side.
    """
    frame = torch.arange(length, device=middle.device, dtype=middle.dtype)[:, None]
    picture = torch.arange(side, device=middle.device, dtype=middle.dtype)[None]
    away = (frame - picture) - (middle - (side - 1) / 2)[..., None, None]
    if blur is None:
        return functional.relu(1 - away.abs())
    wide = (1 + blur)[..., None, None]
    return functional.relu(1 - away.abs() / wide) / wide


def _spread(frames: Tensor, middles: Tensor, side: int) -> tuple[Tensor, Tensor]:
    down, right = middles.unbind(-1)
    return lay(down, frames.shape[2], side), lay(right, frames.shape[3], side)


def _laid(frames: Tensor, middles: Tensor, picture: Tensor) -> Tensor:
    """One thing before the ground: N × T × H × W."""
    lines, rows = _spread(frames, middles, picture.shape[-1])
    return lines @ picture[:, None] @ rows.transpose(-1, -2)


def _cut(grid: Tensor, lines: Tensor, rows: Tensor) -> Tensor:
    """What of a grid (N × T × H × W) lies where a picture is laid; nothing outside the frame."""
    return lines.transpose(-1, -2) @ grid @ rows


def _free(laid: list[Tensor], index: int) -> Tensor:
    """Where one thing is not covered by the others, 0 to 1."""
    free = torch.ones_like(laid[0])
    for other, each in enumerate(laid):
        if other != index:
            free = free * (1 - each)
    return free


def _slide(picture: Tensor) -> Tensor:
    """A picture's lines at every shift to the right: N × side × (side + 2·REACH) × shifts."""
    spans = [functional.pad(picture, (shift, 2 * REACH - shift)) for shift in range(2 * REACH + 1)]
    return torch.stack(spans, 3)


def _correlate(near: Tensor, slid: Tensor) -> Tensor:
    """Sums of products at every shift: N × T × shifts down × shifts right."""
    number, length, side = near.shape[0], near.shape[1], slid.shape[1]
    parts = [near[:, :, shift : shift + side].flatten(2) for shift in range(2 * REACH + 1)]
    sums = torch.stack(parts, 2).flatten(1, 2) @ slid.flatten(1, 2)
    return sums.reshape(number, length, 2 * REACH + 1, 2 * REACH + 1)
