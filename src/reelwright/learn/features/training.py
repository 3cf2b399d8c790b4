"""How the feature net was trained, and the command that does it again.

    python -m reelwright.learn.features.training FOLDER

Patches are drawn as they are needed, from (seed, epoch, number) alone. The net learns which recipe
drew a patch, and what was done to it: how it was blurred, how noisy it is, its colours and their
spread, the size of its pattern, the direction it runs in.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from reelwright.learn.devices import seed_everything
from reelwright.learn.features import PATCH, SHIPPED, to_input
from reelwright.learn.features.network import FeatureNet
from reelwright.learn.features.textures import RECIPES, Chance, Frame, draw, paint
from reelwright.learn.folder import Card, save_model
from reelwright.learn.kind import FitSettings, Run
from reelwright.learn.onnx import export
from reelwright.learn.task import Task
from reelwright.learn.trainer import fit
from reelwright.learn.weights import weights_of

NAMES = tuple(RECIPES)
_HELD_OUT = 1_000_000
"""The epoch that patches to judge by are drawn for."""


class FeatureSettings(FitSettings):
    """How the feature net is trained."""

    epochs: int = 8
    batch: int = 32
    rate: float = 4e-3
    patches: int = 6400
    """Patches an epoch."""


@dataclass(frozen=True)
class Patches:
    """A batch: pictures, the recipe's number of each, and what was done to it."""

    pictures: Tensor
    recipes: Tensor
    facts: Tensor


def draw_patch(chance: Chance) -> tuple[Frame, int, np.ndarray]:
    """A patch, its recipe's number, and its facts (see `facts_of`)."""
    recipe = int(chance.integers(len(NAMES)))
    scale = float(2 ** chance.uniform(-0.8, 0.8))
    field = draw(NAMES[recipe], PATCH, PATCH, chance, scale)
    if chance.random() < 0.5:
        field = field.T
    clean = paint(field, _palette(chance)).astype(np.float32)
    blur = max(0.0, float(chance.uniform(-1.0, 2.5)))
    grain = max(0.0, float(chance.uniform(-25, 30)))
    seen = cv2.GaussianBlur(clean, (0, 0), blur) if blur > 0.2 else clean
    seen = seen + grain * chance.standard_normal(seen.shape, dtype=np.float32)
    frame = np.clip(np.rint(seen), 0, 255).astype(np.uint8)
    return frame, recipe, facts_of(frame, clean, blur, grain, scale)


def facts_of(
    frame: Frame, clean: np.ndarray, blur: float, grain: float, scale: float
) -> np.ndarray:
    """What the net has to tell of a patch, thirteen numbers of about -1 to 1.

    Blur, grain, scale; mean and deviation of red, green and blue; direction of its lines (two) and
    strength of its edges before and after it was spoilt.
    """
    grey = clean.mean(-1)
    across, down = np.gradient(grey, axis=1), np.gradient(grey, axis=0)
    xx, yy, xy = (across**2).mean(), (down**2).mean(), (across * down).mean()
    lines = np.array([xx - yy, 2 * xy]) / max(1e-6, xx + yy)
    after = np.hypot(*np.gradient(frame.mean(-1))).mean()
    edges = np.log1p(np.array([np.sqrt(xx + yy), after])) / 2 - 1
    means = frame.mean((0, 1)) / 127.5 - 1
    spread = frame.std((0, 1)) / 64 - 0.5
    done = np.array([blur / 1.5 - 0.5, grain / 20 - 0.5, np.log2(scale)])
    return np.concatenate([done, means, spread, lines, edges]).astype(np.float32)


def _palette(chance: Chance) -> np.ndarray:
    """Two to four colours; half the time shades of one, as most real textures are."""
    count = int(chance.integers(2, 5))
    if chance.random() < 0.5:
        return chance.uniform(0, 255, (count, 3))
    steps = np.sort(chance.uniform(0, 1, count))[:: int(chance.choice([-1, 1]))]
    own = chance.uniform(40, 255, 3)
    return np.clip(steps[:, None] * own + chance.normal(0, 14, (count, 3)), 0, 255)


class FeatureTask(Task):
    """Recipe and facts of drawn patches."""

    network: FeatureNet
    goal = "accuracy"

    def __init__(self, settings: FeatureSettings) -> None:
        self.settings = settings
        self.network = FeatureNet(len(NAMES))
        self._judged = list(self._draw(_HELD_OUT, 12))

    def steps(self) -> int:
        """Batches in an epoch."""
        return self.settings.patches // self.settings.batch

    def batches(self, epoch: int) -> Iterator[Patches]:
        """New patches every epoch."""
        return self._draw(epoch, self.steps())

    def _draw(self, epoch: int, count: int) -> Iterator[Patches]:
        chance = np.random.default_rng([self.settings.seed, epoch])
        for _ in range(count):
            rows = [draw_patch(chance) for _ in range(self.settings.batch)]
            frames, recipes, facts = zip(*rows, strict=True)
            yield Patches(
                torch.from_numpy(to_input(np.stack(frames))),
                torch.tensor(recipes),
                torch.from_numpy(np.stack(facts)),
            )

    def loss(self, batch: Any) -> Tensor:
        """Cross-entropy of the recipe, squared error of the facts."""
        recipes, facts = self._answer(batch.pictures)
        wrong = F.cross_entropy(recipes, batch.recipes)
        return wrong + 4 * F.mse_loss(facts, batch.facts)

    def validate(self) -> Mapping[str, float]:
        """How often the recipe is told rightly, and the error of the facts."""
        right, error, count = 0, 0.0, 0
        for batch in self._judged:
            recipes, facts = self._answer(batch.pictures)
            right += int((recipes.argmax(1) == batch.recipes).sum())
            error += float(((facts - batch.facts) ** 2).mean(1).sum())
            count += len(recipes)
        return {"accuracy": right / count, "facts_mse": error / count}

    def _answer(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        seen = F.relu(self.network(pictures))
        assert self.network.recipe is not None
        assert self.network.facts is not None
        return self.network.recipe(seen), self.network.facts(seen)


def train(folder: Path, settings: FeatureSettings) -> dict[str, float]:
    """Train the net and write its folder: weights without heads, card, ONNX."""
    cv2.setNumThreads(1)
    seed_everything(settings.seed)
    task = FeatureTask(settings)
    run = Run(folder, device="cpu")
    scores = fit(task, settings, run, settings.model_dump_json()).scores
    plain = task.network.without_heads()
    drawn = settings.patches * settings.epochs
    card = Card(
        data=[f"{drawn} patches of {PATCH} pixels, drawn by {len(NAMES)} recipes (textures.py)"],
        split="judged on patches drawn from another stream of chance",
        metric="accuracy: how often the recipe is told; facts_mse: error of the thirteen facts",
        licence="drawn by Reelwright's own code: that of Reelwright, Apache-2.0",
        command="python -m reelwright.learn.features.training FOLDER",
        notes=["Fixed: distances measured with other weights cannot be compared with its own."],
    )
    save_model(folder, "features", 1, settings, {}, weights_of(plain), scores, card)
    example = torch.zeros(2, 3, PATCH, PATCH)
    axes = {"pictures": {0: "count", 2: "height", 3: "width"}, "descriptions": {0: "count"}}
    export(plain, (example,), (["pictures"], ["descriptions"]), axes, folder / "model.onnx")
    return scores


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    sys.stdout.write(f"{train(target, FeatureSettings())}\n")
