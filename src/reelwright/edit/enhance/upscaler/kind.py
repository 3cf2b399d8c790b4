"""The kind `upscaler`: a network that makes pictures and footage larger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from reelwright.core.extras import library
from reelwright.core.progress import Progress
from reelwright.edit.enhance.material import Material, find_files, read_material
from reelwright.edit.enhance.upscaler.pairs import Pair, cubic_psnr, pair_of
from reelwright.edit.enhance.upscaler.settings import UpscalerSettings
from reelwright.learn import folder
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.kind import Kind, Report, Run

if TYPE_CHECKING:
    from reelwright.edit.enhance.upscaler.network import Upscaler

_WINDOW = 512
"""Of a clip's pictures a part so many pixels square is learnt from."""
_NAMES = (["small"], ["large"])


class UpscalerKind(Kind):
    """A network that enlarges luma; colour is enlarged without it."""

    name: ClassVar[str] = "upscaler"
    uses: ClassVar[str] = "larger pictures: reel enhance CLIP --upscale 2 --upscaler models/NAME"
    goal: ClassVar[str] = "psnr"
    Settings: ClassVar[type[UpscalerSettings]] = UpscalerSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "rate": (5e-4, 5e-3),
        "width": [16, 32, 48],
        "depth": [2, 4, 8],
        "batch": [8, 16, 32],
    }
    settings: UpscalerSettings

    @classmethod
    def train(cls, data: Sequence[Path], settings: UpscalerSettings, run: Run) -> dict[str, float]:
        """See `Kind.train`; `data` are pictures, clips, and folders of them."""
        library("torch", extra="learn")
        from reelwright.edit.enhance.upscaler.task import UpscaleTask
        from reelwright.learn.devices import seed_everything
        from reelwright.learn.trainer import fit
        from reelwright.learn.weights import weights_of

        material = read(data, settings, run.progress)
        seed_everything(settings.seed)
        task = UpscaleTask(material, settings)
        scores = fit(task, settings, run, fingerprint(cls.name, settings, data)).scores
        weights = weights_of(task.network.fold())
        card = folder.Card(
            data=describe_data(data, material.count, "pictures and clips"),
            split=material.split,
            metric="psnr: mean PSNR of luma in dB, of bicubically shrunk pictures made large again",
            licence=run.licence,
            command=run.command,
            notes=[f"Bicubic interpolation reaches {cubic_psnr(task.judged):.2f} dB on the same."],
        )
        folder.save_model(run.folder, cls.name, cls.version, settings, {}, weights, scores, card)
        return scores

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """PSNR of luma as the literature measures it: shrunk bicubically, made large again, as many
        pixels as the scale left out at the borders. A row for each picture; of a clip several."""
        library("torch", extra="learn")
        from reelwright.edit.enhance.upscaler.task import psnr_of

        network, scale = self.load(), self.settings.scale
        rows: list[dict[str, Any]] = []
        for path in find_files(data):
            for pair in _pairs(path, self.settings, progress):
                values = {"psnr": psnr_of(network, pair), "bicubic": cubic_psnr([pair])}
                rows.append({"picture": path.name, **values})
        values = {key: float(np.mean([row[key] for row in rows])) for key in ("psnr", "bicubic")}
        return Report({**values, "scale": scale, "pictures": len(rows)}, {"pictures": rows})

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Enlarge pictures into files beside them.

        Args:
            inputs: pictures.
            options: ``out``: the file to write, or a folder for several; ``scale``: 2, 3 or 4.

        Yields:
            ``input``, ``file`` and ``size`` of each.

        Raises:
            InputError: an option cannot be.
            FootageError: a picture cannot be read.
        """
        from reelwright.edit.enhance.predicting import enlarge_files

        return enlarge_files(self.folder, self.settings.scale, inputs, options)

    def export_onnx(self, path: Path) -> float:
        """Write the network: ``small`` luma in, ``large`` luma out, n × 1 × H × W, 0 to 1."""
        library("torch", extra="learn")
        import torch

        from reelwright.learn.onnx import export

        example = torch.rand(2, 1, 20, 24, generator=torch.Generator().manual_seed(0))
        axes = {
            name: {0: "count", 2: f"{name}_rows", 3: f"{name}_columns"}
            for name in (*_NAMES[0], *_NAMES[1])
        }
        return export(self.load(), (example,), _NAMES, axes, path)

    def load(self) -> Upscaler:
        """The network with its weights, for torch.

        Raises:
            ModelError: weights and settings do not belong together.
        """
        from reelwright.edit.enhance.upscaler.network import Upscaler
        from reelwright.learn.weights import load_weights

        own = self.settings
        network = Upscaler(own.scale, own.width, own.depth, merged=False)
        load_weights(network, self.folder)
        return network


def read(data: Sequence[Path], settings: UpscalerSettings, progress: Progress) -> Material:
    """The pictures of a data set, as the settings ask for them."""
    return read_material(
        data,
        least=settings.patch * settings.scale,
        length=1,
        runs=settings.runs,
        window=_WINDOW,
        seed=settings.seed,
        progress=progress,
    )


def _pairs(path: Path, settings: UpscalerSettings, progress: Progress) -> list[Pair]:
    found = read_material(
        [path], least=16, length=1, runs=8, window=10_000, seed=0, progress=progress
    )
    return [pair_of(frames[0], settings.scale) for frames in found.train]
