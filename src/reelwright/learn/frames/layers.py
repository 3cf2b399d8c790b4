"""Frames as things that move before a dark ground: each a small picture, and where it is when.

Flexible sprites (Jojic and Frey 2001), found by a network rather than by search, as in Minderer et
al. 2019 and Hsieh et al. 2018 (DDPAE): a small network looks at all frames of a window at once and
marks, for each thing and frame, where its middle is. The thing's picture is what is seen there,
cut out of all frames and put over each other: where another thing passes before it, the other
frames tell. So nothing of the detail goes through the network, and its one job is to follow.
The codes of a frame are the middles, made exact by `polishing`; a relation continues them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from reelwright.learn.frames.polishing import lay, polish
from reelwright.learn.frames.relations import LstmRelation, TransformerRelation

CELL = 4
"""Pixels across of a cell in which a middle is marked."""
ROUNDS = 5
"""How often places and pictures are made exact before a prediction."""


class Mixing(nn.Module):
    """A wide filter over each channel, then all channels of a place (Liu et al. 2022)."""

    def __init__(self, width: int, kernel: int) -> None:
        super().__init__()
        self.spread = nn.Conv2d(width, width, kernel, padding=kernel // 2, groups=width)
        self.norm = nn.LayerNorm(width)
        self.widen, self.narrow = nn.Linear(width, 2 * width), nn.Linear(2 * width, width)
        nn.init.normal_(self.narrow.weight, std=0.02)

    def forward(self, grid: Tensor) -> Tensor:
        """N × width × H × W → the same."""
        last = self.norm(self.spread(grid).permute(0, 2, 3, 1))
        return grid + self.narrow(functional.gelu(self.widen(last))).permute(0, 3, 1, 2)


class LayerCodec(nn.Module):
    """Where each thing is in each frame, and what it looks like.

    Args:
        length: frames in a window.
        shape: height and width of a frame; multiples of 8.
        count: how many things move.
        side: pixels across of a thing's picture.
        width: channels.
    """

    def __init__(
        self, length: int, shape: tuple[int, int], count: int, side: int, width: int
    ) -> None:
        super().__init__()
        self.length, self.shape, self.count, self.side = length, shape, count, side
        high, wide = shape[0] // CELL, shape[1] // CELL
        self.stem = nn.Conv2d(length * CELL * CELL + 2, width, 1)
        self.fine = nn.Sequential(Mixing(width, 5), Mixing(width, 5))
        self.down = nn.Conv2d(4 * width, 2 * width, 1)
        self.coarse = nn.Sequential(*(Mixing(2 * width, 7) for _ in range(5)))
        self.up = nn.Conv2d(2 * width, 4 * width, 1)
        self.last = Mixing(width, 5)
        self.mark = nn.Conv2d(width, count * length, 1)
        nn.init.normal_(self.mark.weight, std=0.02)
        self.look = nn.Conv2d(length + 2, 24, 3, padding=1)
        self.draw = nn.Conv2d(24, 1, 3, padding=1)
        nn.init.zeros_(self.draw.weight)
        assert self.draw.bias is not None
        nn.init.zeros_(self.draw.bias)
        lines = torch.linspace(-1, 1, high)[:, None].expand(high, wide)
        rows = torch.linspace(-1, 1, wide)[None].expand(high, wide)
        self.register_buffer("places", torch.stack([lines, rows])[None], persistent=False)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """What moves in a window.

        Args:
            frames: N × length × H × W, 0 (ground) to 1.

        Returns:
            Middles in pixels (N × count × length × 2: down, right), and pictures
            (N × count × side × side).
        """
        number = frames.shape[0]
        places: Tensor = self.get_buffer("places").expand(number, -1, -1, -1)
        cells = functional.pixel_unshuffle(frames, CELL)
        fine = self.fine(_last(self.stem(torch.cat([cells, places], 1))))
        coarse = self.coarse(_last(self.down(functional.pixel_unshuffle(fine, 2))))
        fine = self.last(_last(fine + functional.pixel_shuffle(self.up(coarse), 2)))
        marks = self.mark(fine).reshape(number, self.count, self.length, -1).softmax(3)
        high, wide = fine.shape[2:]
        marks = marks.reshape(number, self.count, self.length, high, wide)
        down = (marks.sum(4) * _middles(marks, high)).sum(-1)
        right = (marks.sum(3) * _middles(marks, wide)).sum(-1)
        middles = torch.stack([down, right], -1)
        return middles, self._pictures(frames, middles)

    def _pictures(self, frames: Tensor, middles: Tensor) -> Tensor:
        lines, rows = self.spread(middles, None)
        seen = lines.transpose(-1, -2) @ frames[:, None] @ rows
        mean = seen.mean(2, keepdim=True)
        # What is bright in all frames is the thing's; what passes by is so in a few.
        lasting = (torch.softmax(-8 * seen, 2) * seen).sum(2, keepdim=True)
        every = torch.cat([seen, mean, lasting], 2).flatten(0, 1)
        more = self.draw(functional.gelu(self.look(_last(every))))
        return ((mean + lasting) / 2 + more.reshape_as(mean))[:, :, 0]

    def spread(self, middles: Tensor, blur: Tensor | None) -> tuple[Tensor, Tensor]:
        """How a picture's lines and rows lie in a frame: … × H × side and … × W × side.

        Args:
            middles: … × 2, in pixels.
            blur: … × 2, by how many pixels more it is spread, where that is not sure; or None.
        """
        blurs = (None, None) if blur is None else blur.unbind(-1)
        down, right = middles.unbind(-1)
        lines = lay(down, self.shape[0], self.side, blurs[0])
        return lines, lay(right, self.shape[1], self.side, blurs[1])

    def compose(self, pictures: Tensor, lines: Tensor, rows: Tensor) -> Tensor:
        """Things laid over each other: N × T × H × W."""
        laid = lines @ pictures[:, :, None] @ rows.transpose(-1, -2)
        free = 1 - laid[:, 0]
        for index in range(1, self.count):
            free = free * (1 - laid[:, index])
        return 1 - free


class LayerPredictor(nn.Module):
    """The frames that come next, as things that move on.

    Args:
        past: frames that are seen; a window of the codec.
        future: frames that are predicted.
        relation: what continues the middles.
    """

    def __init__(
        self,
        past: int,
        future: int,
        shape: tuple[int, int],
        count: int,
        side: int,
        width: int,
        relation: Literal["lstm", "transformer"],
    ) -> None:
        super().__init__()
        self.past, self.future = past, future
        self.codec = LayerCodec(past, shape, count, side, width)
        if relation == "transformer":
            self.relation: nn.Module = TransformerRelation(
                2, max(width, 64), past + future, inertia=True, extra=2
            )
        else:
            self.relation = LstmRelation(2, max(width * 3 // 2, 32), inertia=True, extra=2)
        scale = torch.tensor([side_ / 2 for side_ in shape])
        self.register_buffer("middle", scale, persistent=False)

    def forward(self, past: Tensor) -> Tensor:
        """N × past × 1 × H × W, 0 to 1 → N × future × 1 × H × W."""
        frames = past[:, :, 0]
        middles, pictures = self.codec(frames)
        middles, pictures = polish(frames, middles, pictures, ROUNDS)
        return self.continued(anchored(middles, pictures), pictures)[0][:, :, None].clamp(0, 1)

    def continued(
        self, middles: Tensor, pictures: Tensor, pick: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """Future frames (those picked), and where things are in them (as `places` has it).

        Args:
            middles: where things were, `anchored`.
        """
        number, count = middles.shape[:2]
        told = self.relation(self.places(middles).flatten(0, 1), self.future)
        told = told.reshape(number, count, self.future, 4)
        where, unsure = told[..., :2], functional.softplus(told[..., 2:] - 1.0)
        chosen = slice(None) if pick is None else pick
        middle: Tensor = self.get_buffer("middle")
        pixels = where[:, :, chosen] * middle + middle - 0.5 - off_centre(pictures)[:, :, None]
        lines, rows = self.codec.spread(pixels, unsure[:, :, chosen])
        return self.codec.compose(pictures, lines, rows), where

    def places(self, middles: Tensor) -> Tensor:
        """Pixels as −1 to 1 over the frame."""
        middle: Tensor = self.get_buffer("middle")
        return (middles - middle + 0.5) / middle

    def codec_loss(
        self, windows: Tensor, pick: Tensor, coarse: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        """How far the window (N × past × H × W) is from being drawn again from its codes.

        Args:
            pick: which of its frames are drawn.
            coarse: weight of the same at a fourth and an eighth of the size, which leads things
                to where they are from further away.

        Returns:
            The loss, and middles and pictures.
        """
        middles, pictures = self.codec(windows)
        lines, rows = self.codec.spread(middles[:, :, pick], None)
        apart = self.codec.compose(pictures, lines, rows) - windows[:, pick]
        loss = _energy(apart)
        for factor, weight in ((4, 4.0), (8, 16.0)):
            if coarse:
                loss = loss + coarse * weight * _energy(functional.avg_pool2d(apart, factor))
        return loss / 100, middles, pictures

    def relation_loss(
        self,
        middles: tuple[Tensor, Tensor],
        pictures: Tensor,
        future: Tensor,
        pick: Tensor,
        symmetries: Sequence[Callable[[Tensor], Tensor]],
    ) -> Tensor:
        """How far the continued middles and the frames drawn from them are from what came.

        Args:
            middles: of past and future, anchored, the same things in the same order.
            pictures: of the past.
            future: N × future × H × W.
            pick: which of its frames are drawn.
            symmetries: changes of paths (N × T × 2) after which they are as likely as before.
        """
        drawn, _ = self.continued(middles[0], pictures, pick)
        loss = self.path_loss(torch.cat(middles, 2), symmetries)
        return loss + _energy(drawn - future[:, pick]) / 100

    def path_loss(self, paths: Tensor, symmetries: Sequence[Callable[[Tensor], Tensor]]) -> Tensor:
        """How far continued middles are from those that came: N × count × (past + future) × 2."""
        known = self.places(paths).flatten(0, 1)
        for turned in symmetries:
            known = torch.cat([known, turned(known)])
        guess = self.relation(known[:, : self.past], self.future)[..., :2]
        return 20 * functional.smooth_l1_loss(guess, known[:, self.past :], beta=0.05)


def off_centre(pictures: Tensor) -> Tensor:
    """How far the weight of pictures (… × side × side) lies from their middle: … × 2, pixels."""
    light = pictures.clamp_min(0)
    side = light.shape[-1]
    steps = torch.arange(side, device=light.device, dtype=light.dtype) - (side - 1) / 2
    whole = light.sum((-1, -2)).clamp_min(1e-3)
    down, right = (light.sum(-1) * steps).sum(-1), (light.sum(-2) * steps).sum(-1)
    return torch.stack([down, right], -1) / whole[..., None]


def anchored(middles: Tensor, pictures: Tensor) -> Tensor:
    """Middles (N × count × T × 2) moved to where the things' weight is.

    A thing may stand anywhere in its picture; two windows agree on where it is only by its weight.
    """
    return middles + off_centre(pictures)[:, :, None]


def matched(pictures: tuple[Tensor, Tensor], ends: tuple[Tensor, Tensor], moved: Tensor) -> Tensor:
    """For each thing of one window, which of the next window it is: N × count.

    By its picture and by where it would be: things keep both. Greedy, the surest pair first.

    Args:
        pictures: of both windows (N × count × side × side).
        ends: last middles of the one, first middles of the other (N × count × 2).
        moved: the last movement of the one.
    """
    number, count = ends[0].shape[:2]
    looks = (pictures[0][:, :, None] - pictures[1][:, None]).square().sum((3, 4))
    away = (ends[0] + moved)[:, :, None] - ends[1][:, None]
    cost = looks + away.square().sum(3)
    order = torch.zeros(number, count, dtype=torch.long, device=cost.device)
    every = torch.arange(number, device=cost.device)
    for _ in range(count):
        best = cost.flatten(1).argmin(1)
        mine, other = best // count, best % count
        order[every, mine] = other
        cost[every, mine] = float("inf")
        cost[every, :, other] = float("inf")
    return order


def side_of(shape: tuple[int, int], reach: float) -> int:
    """Pixels across of a thing's picture: even, at least 4."""
    return max(4, int(np.ceil(min(shape) * reach / 2)) * 2)


def _middles(marks: Tensor, count: int) -> Tensor:
    cells = torch.arange(count, device=marks.device, dtype=marks.dtype)
    return cells * CELL + (CELL - 1) / 2


def _energy(apart: Tensor) -> Tensor:
    """Squared difference, summed over a frame."""
    return apart.square().sum((-1, -2)).mean()


def _last(grid: Tensor) -> Tensor:
    """With channels innermost, for which filters are quickest on CPUs."""
    return grid.contiguous(memory_format=torch.channels_last)
