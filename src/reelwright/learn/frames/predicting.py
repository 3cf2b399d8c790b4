"""Fitting and using what predicts the next frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from reelwright.learn.frames.clips import Clip, Clips
from reelwright.learn.frames.codecs import GridPredictor
from reelwright.learn.frames.layers import (
    LayerPredictor,
    anchored,
    matched,
    off_centre,
    side_of,
)
from reelwright.learn.frames.polishing import find, polish
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.task import Task, Turn

_ROUND = 8
"""Frames are enlarged to multiples of this."""
_DRAWN = 5
"""Frames of a window that are drawn for the loss: a part of them tells as much as all."""
_ALONE = 0.2
"""The part of the epochs in which the codec of `layers` learns alone: there are no paths yet."""
_POLISHED = 2
"""Rounds of polishing that a training can spare."""
_QUICK = 4.0
"""The relation of `layers` learns from exact paths, so that its rate may be so much higher."""
_JUDGED = 200
"""Clips that a validation looks at, at most."""


@dataclass(frozen=True)
class Batch:
    """Clips to learn from: N × T × C × H × W, 0 to 1; and how far the training is, 0 to 1."""

    clips: Tensor
    part: Tensor
    pick: Tensor
    """Which frames of a window are drawn, and which of the future."""
    pick_future: Tensor
    alone: bool
    """Whether only the codec learns from it; so are all batches of an epoch."""


def build(settings: FrameSettings, shape: tuple[int, int, int]) -> nn.Module:
    """The network, for frames of some height, width and channels."""
    high, wide = (-(-size // _ROUND) * _ROUND for size in shape[:2])
    relation = settings.relation
    if settings.codec == "layers":
        side = side_of((shape[0], shape[1]), settings.reach)
        return LayerPredictor(
            settings.past,
            settings.future,
            (high, wide),
            settings.layers,
            side,
            settings.width,
            "transformer" if relation == "transformer" else "lstm",
        )
    return GridPredictor(settings, shape[2], (high, wide))


def enlarge(frames: Tensor) -> Tensor:
    """Frames (… × H × W) whose sides are multiples of what networks need, the edges repeated."""
    high, wide = frames.shape[-2:]
    down, right = -high % _ROUND, -wide % _ROUND
    if not down and not right:
        return frames
    flat = functional.pad(frames.flatten(0, -4), (0, right, 0, down), mode="replicate")
    return flat.reshape(*frames.shape[:-2], high + down, wide + right)


def to_tensor(clips: Clip) -> Tensor:
    """N × T × H × W × C bytes → N × T × C × H × W, 0 to 1, enlarged."""
    values = torch.from_numpy(np.ascontiguousarray(clips).astype(np.float32) / 255)
    return enlarge(values.permute(0, 1, 4, 2, 3))


class PredictTask(Task):
    """Learning to predict: what the trainer is handed."""

    goal, higher = "mse", False

    def __init__(self, clips: Clips, settings: FrameSettings) -> None:
        self.clips, self.settings = clips, settings
        self.network = build(settings, clips.shape)
        self.layered = isinstance(self.network, LayerPredictor)
        square = clips.shape[0] == clips.shape[1]
        self.flips = _flips(settings, square)

    def steps(self) -> int:
        """Batches in an epoch; the last one may be smaller."""
        return -(-len(self.clips.train) // self.settings.batch)

    def batches(self, epoch: int) -> Iterator[Batch]:
        """The clips in an order of their own in each epoch, some of them flipped."""
        settings, steps = self.settings, self.steps()
        chance = np.random.default_rng([settings.seed, 11, epoch])
        order = chance.permutation(len(self.clips.train))
        for step in range(steps):
            places = np.sort(order[step * settings.batch : (step + 1) * settings.batch])
            clips = to_tensor(self.clips.get([self.clips.train[place] for place in places]))
            for flip in self.flips:
                if chance.random() < 0.5:
                    clips = flip(clips)
            part = (epoch * steps + step) / (steps * settings.epochs)
            yield Batch(
                clips.contiguous(),
                torch.tensor(part),
                torch.from_numpy(np.sort(chance.permutation(settings.past)[:_DRAWN])),
                torch.from_numpy(np.sort(chance.permutation(settings.future)[:_DRAWN])),
                epoch < round(_ALONE * settings.epochs),
            )

    def turns(self) -> Sequence[Turn]:
        """The codec of layers and its relation learn by losses of their own."""
        if not isinstance(self.network, LayerPredictor):
            return super().turns()
        codec, relation = self.network.codec, self.network.relation
        return [
            Turn("codec", [(list(codec.parameters()), 1.0)]),
            Turn("relation", [(list(relation.parameters()), _QUICK)]),
        ]

    def loss(self, batch: Batch) -> Tensor:
        """Of codes on a grid."""
        assert isinstance(self.network, GridPredictor)
        return self.network.loss(batch.clips, float(batch.part))

    def losses(self, batch: Batch) -> Iterator[tuple[str, Tensor]]:
        """Turn by turn."""
        network = self.network
        if not isinstance(network, LayerPredictor):
            yield from super().losses(batch)
            return
        frames, past = batch.clips[:, :, 0], self.settings.past
        starts = _starts(frames.shape[1], past)
        windows = torch.cat([frames[:, start : start + past] for start in starts])
        coarse = max(0.0, 1 - 2 * float(batch.part))
        loss, middles, pictures = network.codec_loss(windows, batch.pick, coarse)
        yield "codec", loss
        if batch.alone:
            return
        with torch.no_grad():
            exact = polish(windows, middles.detach(), pictures.detach(), _POLISHED)
            path, drawn = _joined(starts, *exact)
            # Where the very pictures of the past are in the future.
            moved = off_centre(drawn)[:, :, None]
            future = find(frames[:, past:], path[:, :, past:] - moved, drawn) + moved
        square = self.clips.shape[0] == self.clips.shape[1]
        flips, whole = _path_flips(self.settings, square), (path[:, :, :past], future)
        yield (
            "relation",
            network.relation_loss(whole, drawn, frames[:, past:], batch.pick_future, flips),
        )
        if self.settings.symmetry == "all":
            # Paths are few and dear: they are learnt backwards, too.
            yield "relation", network.path_loss(torch.cat(whole, 2).flip(2), flips)

    def validate(self) -> Mapping[str, float]:
        """The error of predicted frames, summed over a frame, on held-out clips."""
        total, count = 0.0, 0
        high, wide, _ = self.clips.shape
        held = self.clips.held[:_JUDGED]
        device = next(self.network.parameters()).device
        for first in range(0, len(held), self.settings.batch):
            clips = to_tensor(self.clips.get(held[first : first + self.settings.batch])).to(device)
            past = self.settings.past
            apart = (self.network(clips[:, :past]) - clips[:, past:])[..., :high, :wide]
            total += float(apart.square().sum((2, 3, 4)).mean(1).sum())
            count += len(clips)
        return {"mse": total / count}


def predictor(network: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    """A network as a function on arrays (N × past × C × H × W, floats)."""

    def predict(past: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(torch.from_numpy(past)).numpy()

    return predict


def _starts(total: int, past: int) -> list[int]:
    """Where windows of `past` frames begin that cover `total` frames."""
    return [0, *(min(start, total - past) for start in range(past, total, past))]


def _joined(starts: Sequence[int], middles: Tensor, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """The paths of things, anchored, through all windows, and their pictures in the first."""
    each, drawn = anchored(middles, pictures).chunk(len(starts)), pictures.chunk(len(starts))
    path, last = each[0], drawn[0]
    for start, here, looks in zip(starts[1:], each[1:], drawn[1:], strict=True):
        new = path.shape[2] - start
        moved = path[:, :, -1] - path[:, :, -2]
        order = matched((last, looks), (path[:, :, -1], here[:, :, new]), moved)
        rows = torch.arange(len(order), device=order.device)[:, None]
        path, last = torch.cat([path, here[rows, order][:, :, new:]], 2), looks[rows, order]
    return path, drawn[0]


def _flips(settings: FrameSettings, square: bool) -> list[Callable[[Tensor], Tensor]]:
    """What may be done to clips (N × T × C × H × W) without making them unlikely."""
    every: list[Callable[[Tensor], Tensor]] = [
        lambda clips: clips.flip(4),
        lambda clips: clips.flip(3),
        lambda clips: clips.flip(1),
    ]
    if square:
        every.append(lambda clips: clips.transpose(3, 4))
    return every[: {"none": 0, "mirror": 1}.get(settings.symmetry, 4)]


def _path_flips(settings: FrameSettings, square: bool) -> list[Callable[[Tensor], Tensor]]:
    """The same for paths (N × T × 2: down, right, from the middle), but for time's direction."""
    every: list[Callable[[Tensor], Tensor]] = [
        lambda paths: paths * paths.new_tensor([1.0, -1.0]),
        lambda paths: paths * paths.new_tensor([-1.0, 1.0]),
    ]
    if square:
        every.append(lambda paths: paths.flip(2))
    return every[: {"none": 0, "mirror": 1}.get(settings.symmetry, 3)]
