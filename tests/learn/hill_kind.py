"""A kind without a network: its score is known, so that the search alone is looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from reelwright.core.errors import TrainingError
from reelwright.core.progress import Progress
from reelwright.learn.kind import Kind, KindSettings, Report, Run


class HillSettings(KindSettings):
    height: float = Field(default=0.1, gt=0)
    shape: tuple[int, ...] = (1,)
    name: str = "hill"


class Hill(Kind):
    name = "hill"
    uses = "nowhere"
    goal = "top"
    Settings = HillSettings
    space = {"height": (0.001, 1.0), "shape": [(1,), (2, 3)]}

    @classmethod
    def train(cls, data: Sequence[Path], settings: HillSettings, run: Run) -> dict[str, float]:
        assert run.folder.is_dir()
        (run.folder / "weights").write_text("many")
        if settings.height < 0.01:
            raise TrainingError("the loss is nan", where="step 1")
        score = sum(settings.shape) - abs(settings.height - 0.3)
        if run.judged:
            for epoch in range(3):
                run.judged(epoch * 10, score)
        return {"top": score}

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        raise NotImplementedError

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    def export_onnx(self, path: Path) -> float:
        raise NotImplementedError
