"""The kind `denoiser`: a network that takes noise out of pictures and footage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from reelwright.core.extras import library
from reelwright.core.progress import Progress, Silent
from reelwright.edit.enhance.denoiser.examples import add_noise, as_channels
from reelwright.edit.enhance.denoiser.leaves import draw_leaves
from reelwright.edit.enhance.denoiser.settings import DenoiserSettings
from reelwright.edit.enhance.luma import psnr
from reelwright.edit.enhance.material import Material, find_files, read_material
from reelwright.learn import folder
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.kind import Kind, Report, Run

if TYPE_CHECKING:
    from reelwright.edit.enhance.denoiser.network import Denoiser

_WINDOW = 320
"""Of a clip's pictures a part so many pixels square is learnt from."""
_LEVELS = (15.0, 25.0, 50.0)
"""Noise that a model is judged with, as in the literature."""
_NAMES = (["pictures", "noise"], ["clean"])


class DenoiserKind(Kind):
    """A network that takes noise of a given strength out of the middle one of some pictures."""

    name: ClassVar[str] = "denoiser"
    uses: ClassVar[str] = "footage without noise: reel enhance CLIP --denoise models/NAME"
    goal: ClassVar[str] = "psnr"
    Settings: ClassVar[type[DenoiserSettings]] = DenoiserSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "rate": (3e-4, 3e-3),
        "width": [32, 48, 64],
        "depth": [4, 6, 8],
        "batch": [8, 16, 32],
    }
    settings: DenoiserSettings

    @classmethod
    def train(cls, data: Sequence[Path], settings: DenoiserSettings, run: Run) -> dict[str, float]:
        """See `Kind.train`; `data` are clean pictures, clips, and folders of them."""
        library("torch", extra="learn")
        from reelwright.edit.enhance.denoiser.task import DenoiseTask
        from reelwright.learn.devices import seed_everything
        from reelwright.learn.trainer import fit
        from reelwright.learn.weights import weights_of

        material = read(data, settings, run.progress)
        seed_everything(settings.seed)
        task = DenoiseTask(material, settings)
        scores = fit(task, settings, run, fingerprint(cls.name, settings, data)).scores
        weights = weights_of(task.network)
        card = folder.Card(
            data=describe_data(data, material.count, "pictures and clips"),
            split=material.split,
            metric=f"psnr: mean PSNR in dB, noise of σ = {settings.judged:g} in luma taken out",
            licence=run.licence,
            command=run.command,
        )
        folder.save_model(run.folder, cls.name, cls.version, settings, {}, weights, scores, card)
        return scores

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """PSNR with fixed noise of σ = 15, 25 and 50, as the literature measures it; of these, the
        ones that the model has learnt.

        A row for each picture; of a clip the middle pictures of some runs. Noise is put on gray
        pictures as it is; on colour ones so strong that their luma has it.
        """
        library("torch", extra="learn")
        from reelwright.edit.enhance.denoiser.task import psnr_of

        network, own = self.load(), self.settings
        known = [level for level in _LEVELS if own.lowest <= level <= own.highest]
        rows: list[dict[str, Any]] = []
        for path in find_files(data):
            found = read_material(
                [path],
                least=8,
                length=own.frames,
                runs=4,
                window=512,
                seed=0,
                progress=Silent(),
            )
            for run in found.train:
                clean = as_channels(run, own)
                seed = [own.seed, len(rows)]
                row: dict[str, Any] = {"picture": path.name}
                for level in known or [own.judged]:
                    row[f"psnr_{level:g}"] = psnr_of(network, clean, level, seed)
                noisy = add_noise(clean[:1], 25.0, np.random.default_rng(seed))
                rows.append({**row, "noisy_25": psnr(noisy, clean[:1])})
        names = [key for key in rows[0] if key != "picture"]
        values = {name: float(np.mean([row[name] for row in rows])) for name in names}
        return Report({**values, "pictures": len(rows)}, {"pictures": rows})

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Take the noise out of pictures, into files beside them.

        Args:
            inputs: pictures.
            options: ``out``: the file to write, or a folder for several; ``noise``: its standard
                deviation in luma, of 255; it is estimated where it is not given.

        Yields:
            ``input``, ``file`` and ``noise`` of each.

        Raises:
            InputError: an option cannot be.
            FootageError: a picture cannot be read.
        """
        from reelwright.edit.enhance.predicting import denoise_files

        return denoise_files(self.folder, inputs, options)

    def export_onnx(self, path: Path) -> float:
        """Write the network: ``pictures`` and ``noise`` in, ``clean`` out; see `network.Denoiser`.

        Height and width are even.
        """
        library("torch", extra="learn")
        import torch

        from reelwright.learn.onnx import export

        own = self.settings
        generator = torch.Generator().manual_seed(0)
        sizes = ((2, 24, 32), (1, 16, 16))
        examples = [
            (
                torch.rand(n, own.channels * own.frames, h, w, generator=generator),
                torch.full((n, 1, 1, 1), 0.1),
            )
            for n, h, w in sizes
        ]
        axes = {
            "pictures": {0: "count", 2: "rows", 3: "columns"},
            "noise": {0: "count"},
            "clean": {0: "count", 2: "rows", 3: "columns"},
        }
        return export(self.load(), examples[0], _NAMES, axes, path, examples[1:])

    def load(self) -> Denoiser:
        """The network with its weights, for torch.

        Raises:
            ModelError: weights and settings do not belong together.
        """
        from reelwright.edit.enhance.denoiser.network import Denoiser
        from reelwright.learn.weights import load_weights

        own = self.settings
        network = Denoiser(own.channels, own.frames, own.width, own.depth)
        load_weights(network, self.folder)
        return network


def read(data: Sequence[Path], settings: DenoiserSettings, progress: Progress) -> Material:
    """The pictures of a data set, as the settings ask for them, and drawn ones."""
    found = read_material(
        data,
        least=settings.patch,
        length=settings.frames,
        runs=settings.runs,
        window=_WINDOW,
        seed=settings.seed,
        progress=progress,
    )
    drawn = draw_leaves(settings.leaves, settings.seed)
    return replace(found, train=[*found.train, *drawn])
