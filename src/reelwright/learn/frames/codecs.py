"""Codecs of single frames (VAE, VQ-VAE), and what predicts frames by continuing their codes.

A VAE (Kingma and Welling 2014) codes a frame as a grid of a few numbers a place, with noise on
them while it learns, so that codes near each other mean frames near each other. A VQ-VAE (van den
Oord et al. 2017) takes each place's code from a book of learnt ones, which keeps predictions sharp:
what is predicted is set to an entry, too.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from reelwright.learn.frames.relations import (
    ConvLstmRelation,
    LstmRelation,
    TransformerRelation,
)
from reelwright.learn.frames.settings import FrameSettings

FACTOR = 4
"""How many pixels across a place of the grid stands for."""
_KEEP = 0.99
"""How much of the book's running means is kept at each step."""


class FrameCodec(nn.Module):
    """Frames to grids of codes and back.

    Args:
        channels: of a frame.
        code: numbers at each place of the grid.
        width: channels of the network.
        book: entries of the code book; 0 for a VAE.
    """

    def __init__(self, channels: int, code: int, width: int, book: int) -> None:
        super().__init__()
        self.code, self.book = code, book
        self.encoder = nn.Sequential(
            nn.Conv2d(channels, width // 2, 4, 2, 1),
            nn.SiLU(),
            nn.Conv2d(width // 2, width, 4, 2, 1),
            nn.SiLU(),
            _Residual(width),
            nn.Conv2d(width, code if book else 2 * code, 1),
        )
        self.decoder = nn.Sequential(
            nn.Conv2d(code, width, 1),
            _Residual(width),
            nn.SiLU(),
            nn.ConvTranspose2d(width, width // 2, 4, 2, 1),
            nn.SiLU(),
            nn.ConvTranspose2d(width // 2, channels, 4, 2, 1),
        )
        if book:
            self.register_buffer("entries", torch.randn(book, code) * 0.1)
            self.register_buffer("uses", torch.ones(book))
            self.register_buffer("sums", self.get_buffer("entries").clone())

    def encode(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """N × channels × H × W → codes (N × code × H/4 × W/4), and what they cost as a loss."""
        told = self.encoder(frames * 2 - 1)
        if self.book:
            nearest = self.nearest(told)
            if self.training:
                self._learn(told.detach())
            return told + (nearest - told).detach(), functional.mse_loss(told, nearest.detach())
        mean, spread = told.chunk(2, 1)
        spread = spread.clamp(-8, 4)
        cost = 0.5 * (mean.square() + spread.exp() - 1 - spread).mean()
        if self.training:
            mean = mean + torch.randn_like(mean) * (spread / 2).exp()
        return mean, cost

    def decode(self, codes: Tensor) -> Tensor:
        """Codes → frames, 0 to 1."""
        return torch.sigmoid(self.decoder(codes))

    def nearest(self, codes: Tensor) -> Tensor:
        """The entries of the book nearest to codes."""
        flat = codes.permute(0, 2, 3, 1)
        return self.get_buffer("entries")[self._which(flat)].permute(0, 3, 1, 2)

    def _which(self, flat: Tensor) -> Tensor:
        entries = self.get_buffer("entries")
        return (entries.square().sum(1) - 2 * flat @ entries.T).argmin(-1)

    def _learn(self, codes: Tensor) -> None:
        """Move each entry to the mean of what is nearest to it; unused ones to where codes are."""
        flat = codes.permute(0, 2, 3, 1).reshape(-1, self.code).float()
        which = self._which(flat)
        entries, uses, sums = (self.get_buffer(name) for name in ("entries", "uses", "sums"))
        with torch.no_grad():
            count = torch.bincount(which, minlength=self.book).float()
            sums.mul_(_KEEP).index_add_(0, which, flat, alpha=1 - _KEEP)
            uses.mul_(_KEEP).add_(count, alpha=1 - _KEEP)
            entries.copy_(sums / uses.clamp_min(1e-4)[:, None])
            idle = (uses < 1e-2).nonzero()[:, 0][: len(flat)]
            fresh = flat[torch.linspace(0, len(flat) - 1, len(idle), device=flat.device).long()]
            entries[idle], sums[idle], uses[idle] = fresh, fresh, 1.0


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.SiLU(),
            nn.Conv2d(width, width, 3, 1, 1),
            nn.SiLU(),
            nn.Conv2d(width, width, 1),
        )

    def forward(self, grid: Tensor) -> Tensor:
        """N × width × H × W → the same."""
        return grid + self.body(grid)


class GridPredictor(nn.Module):
    """The frames that come next, by continuing the codes of those seen.

    Args:
        settings: codec, relation and their sizes; neither is `auto`.
        channels: of a frame.
        shape: its height and width, multiples of 4.
    """

    def __init__(self, settings: FrameSettings, channels: int, shape: tuple[int, int]) -> None:
        super().__init__()
        self.settings = settings
        book = settings.book if settings.codec == "vqvae" else 0
        self.codec = FrameCodec(channels, settings.code, settings.width, book)
        self.grid = (settings.code, shape[0] // FACTOR, shape[1] // FACTOR)
        size = self.grid[0] * self.grid[1] * self.grid[2]
        length = settings.past + settings.future
        self.pack = self.unpack = nn.Identity()
        if settings.relation == "convlstm":
            self.relation: nn.Module = ConvLstmRelation(settings.code, settings.width)
        else:
            # Whole grids are vectors too long to be related: they are packed.
            vector = 4 * settings.width
            self.pack, self.unpack = nn.Linear(size, vector), nn.Linear(vector, size)
            self.relation = (
                LstmRelation(vector, vector)
                if settings.relation == "lstm"
                else TransformerRelation(vector, vector, length)
            )

    def forward(self, past: Tensor) -> Tensor:
        """N × past × C × H × W, 0 to 1 → N × future × C × H × W."""
        codes, _ = self.codec.encode(past.flatten(0, 1))
        told = self._continue(codes.reshape(-1, self.settings.past, *self.grid)).flatten(0, 1)
        if self.codec.book:
            told = self.codec.nearest(told)
        drawn = self.codec.decode(told)
        return drawn.reshape(-1, self.settings.future, *past.shape[2:])

    def loss(self, clips: Tensor, part: float) -> Tensor:
        """How far frames are from their decoded codes, and predicted ones from what came.

        Args:
            clips: N × (past + future) × C × H × W, 0 to 1.
            part: of the training that is over; the codec's own cost grows with it.
        """
        past = self.settings.past
        codes, cost = self.codec.encode(clips.flatten(0, 1))
        same = _apart(self.codec.decode(codes), clips.flatten(0, 1))
        codes = codes.unflatten(0, clips.shape[:2])
        told = self._continue(codes[:, :past])
        near = functional.mse_loss(told, codes[:, past:].detach())
        drawn = self.codec.decode(told.flatten(0, 1)).unflatten(0, told.shape[:2])
        ahead = _apart(drawn, clips[:, past:])
        weight = 1.0 if self.codec.book else 1e-3 * min(1.0, 4 * part)
        return same + ahead + 0.05 * near + weight * cost

    def _continue(self, codes: Tensor) -> Tensor:
        count = self.settings.future
        if self.settings.relation == "convlstm":
            return self.relation(codes, count)
        told = self.relation(self.pack(codes.flatten(2)), count)
        return self.unpack(told).reshape(-1, count, *self.grid)


def _apart(drawn: Tensor, frames: Tensor) -> Tensor:
    """Squared and absolute difference: the one for the metric, the other for sharp edges."""
    return 10 * (drawn - frames).square().mean() + (drawn - frames).abs().mean()
