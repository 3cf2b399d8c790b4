"""The kind `frames`: what comes next, and living backgrounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from reelwright.core.progress import Progress
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.kind import Kind, Report, Run


class Frames(Kind):
    """Video from video: the frames that come next, or endless footage of what one clip shows."""

    name = "frames"
    uses = "a shot's footage: a model folder in footage/ is an endless clip of what it learnt"
    goal = "mse"
    higher = False
    Settings = FrameSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "rate": (3e-4, 5e-3),
        "width": [32, 64, 96],
        "code": [8, 16, 24, 32],
    }
    settings: FrameSettings

    @property
    def lives(self) -> bool:
        """Whether this is a living background."""
        return self.settings.task == "background"

    @classmethod
    def train(cls, data: Sequence[Path], settings: FrameSettings, run: Run) -> dict[str, float]:
        """Fit to one filmed clip (`task=background`) or to many (`task=predict`).

        Raises:
            DataError: the data cannot be used, or a clip does not fit; says why.
            TrainingError: the loss is no number any more, or memory ran out.
        """
        if settings.task == "background":
            from reelwright.learn.frames import living

            return living.train(data, settings, run)
        from reelwright.learn.frames import foreseeing

        return foreseeing.train(data, settings, run)

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """Of predicted frames MSE, PSNR and SSIM; of a living background how near ten seconds of
        it are to the clip in `data` in change, flicker and sharpness, and how new."""
        if self.lives:
            from reelwright.learn.frames import judging

            return judging.evaluate(self, data, progress)
        from reelwright.learn.frames import foreseeing

        return foreseeing.evaluate(self, data, progress)

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Of a living background: `inputs` are the clips to write; options `seconds`, `loop`,
        `seed`, `strength`, `denoise`, `deflicker`. Else: clips to go on from, videos or arrays;
        options `frames` and `out`.
        """
        from reelwright.learn.frames import requests

        if self.lives:
            return requests.write_footage(self, inputs, options)
        return requests.continue_clips(self, inputs, options)

    def export_onnx(self, path: Path) -> float:
        """The whole of what predicts frames (`past` → `future`), or, of a living background, the
        step of its codes: what decodes them is a matrix among the weights."""
        if self.lives:
            from reelwright.learn.frames.living import Background, export

            return export(Background(self).network(), path)
        from reelwright.learn.frames import foreseeing

        return foreseeing.export(self, path)
