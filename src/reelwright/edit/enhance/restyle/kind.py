"""The kind `style`: a manner of painting, learnt from one picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from reelwright.core.errors import InputError
from reelwright.core.extras import library
from reelwright.core.progress import Progress
from reelwright.edit.enhance.material import Material, read_material
from reelwright.edit.enhance.restyle.settings import StyleSettings
from reelwright.learn import folder
from reelwright.learn.data.hashing import describe_data, fingerprint, hash_files
from reelwright.learn.kind import Kind, Report, Run

if TYPE_CHECKING:
    from reelwright.edit.enhance.restyle.network import Painter

_WINDOW = 512
_NAMES = (["pictures"], ["painted"])


class StyleKind(Kind):
    """A network that paints pictures in the manner of one."""

    name: ClassVar[str] = "style"
    uses: ClassVar[str] = "other looks: reel enhance CLIP --style models/NAME"
    goal: ClassVar[str] = "loss"
    higher: ClassVar[bool] = False
    Settings: ClassVar[type[StyleSettings]] = StyleSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "rate": (5e-4, 5e-3),
        "manner": (1.0, 30.0),
        "side": [160, 256, 384],
    }
    settings: StyleSettings

    @classmethod
    def train(cls, data: Sequence[Path], settings: StyleSettings, run: Run) -> dict[str, float]:
        """See `Kind.train`; `data` are pictures, clips, and folders of them.

        The network is exported too, so that it runs without torch.
        """
        library("torch", extra="learn")
        from reelwright.edit.enhance.restyle.task import StyleTask
        from reelwright.learn.devices import seed_everything
        from reelwright.learn.trainer import fit
        from reelwright.learn.weights import weights_of

        picture = check_picture(settings)
        material = read(data, settings, run.progress)
        seed_everything(settings.seed)
        task = StyleTask(material, settings)
        mark = fingerprint(cls.name, settings, [*data, picture])
        scores = fit(task, settings, run, mark).scores
        card = folder.Card(
            data=[
                f"the manner of {picture.name} (hash {hash_files([picture])[:12]})",
                *describe_data(data, material.count, "pictures and clips"),
            ],
            split=material.split,
            metric="loss: what is shown and the manner, by the maps of learn/features",
            licence=run.licence,
            command=run.command,
        )
        # Where the picture lies is nobody's business; its name is enough.
        kept = settings.model_copy(update={"picture": picture.name})
        weights = weights_of(task.network)
        folder.save_model(run.folder, cls.name, cls.version, kept, {}, weights, scores, card)
        export(task.network, run.folder / folder.EXPORTED)
        return scores

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """How far paintings of these pictures are from what they show: by features, 0 is none."""
        library("torch", extra="learn")
        import torch

        from reelwright.learn.features import to_input
        from reelwright.learn.features.network import load_network
        from reelwright.learn.images.losses import unlikeness

        network, features = self.load(), load_network()
        material = read(data, self.settings, progress)
        sheets = [
            *material.train,
            *(s for s in material.judged if material.judged is not material.train),
        ]
        rows: list[float] = []
        for frames in sheets:
            side = min(frames.shape[1] // 4 * 4, frames.shape[2] // 4 * 4, _WINDOW)
            with torch.no_grad():
                patch = torch.from_numpy(to_input(frames[:1, :side, :side]))
                seen, meant = features.maps(network(patch)), features.maps(patch)
                rows.append(float(unlikeness(seen[2:], meant[2:])))
        return Report({"shown": sum(rows) / len(rows), "pictures": len(rows)})

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Paint pictures into files beside them.

        Args:
            inputs: pictures.
            options: ``out``: the file to write, or a folder for several; ``strength``: 0 to 1.

        Yields:
            ``input`` and ``file`` of each.

        Raises:
            InputError: an option cannot be.
            FootageError: a picture cannot be read.
        """
        from reelwright.edit.enhance.predicting import paint_files

        return paint_files(self.folder, inputs, options)

    def export_onnx(self, path: Path) -> float:
        """Write the network: ``pictures`` in, ``painted`` out, n × 3 × H × W, −1 to 1."""
        library("torch", extra="learn")
        return export(self.load(), path)

    def load(self) -> Painter:
        """The network with its weights, for torch.

        Raises:
            ModelError: weights and settings do not belong together.
        """
        from reelwright.edit.enhance.restyle.network import Painter
        from reelwright.learn.weights import load_weights

        network = Painter(self.settings.width, self.settings.blocks)
        load_weights(network, self.folder)
        return network


def export(network: Painter, path: Path) -> float:
    """Write a painter as ONNX; gives the largest difference from torch."""
    import torch

    from reelwright.learn.onnx import export as write

    chance = torch.Generator().manual_seed(0)
    examples = [torch.rand(2, 3, *size, generator=chance) * 2 - 1 for size in ((32, 48), (40, 36))]
    axes = {
        name: {0: "count", 2: f"{name}_rows", 3: f"{name}_columns"}
        for name in (*_NAMES[0], *_NAMES[1])
    }
    return write(network, (examples[0],), _NAMES, axes, path, [(examples[1],)])


def read(data: Sequence[Path], settings: StyleSettings, progress: Progress) -> Material:
    """The pictures of a data set, as the settings ask for them."""
    return read_material(
        data,
        least=settings.patch,
        length=1,
        runs=settings.runs,
        window=_WINDOW,
        seed=settings.seed,
        progress=progress,
    )


def check_picture(settings: StyleSettings) -> Path:
    """The picture that is learnt from. Raises InputError where it is none."""
    from reelwright.media.probing import is_picture

    if not settings.picture:
        raise InputError("a style is learnt from a picture", hint="name one with --picture")
    path = Path(settings.picture).expanduser()
    try:
        with path.open("rb") as file:
            head = file.read(64)
    except OSError as error:
        raise InputError(
            f"cannot be read: {error.strerror}", where=str(path), hint="check --picture"
        ) from None
    if not is_picture(head):
        raise InputError(
            "is no picture: a style is learnt from one",
            where=str(path),
            hint="give a JPEG or PNG to --picture",
        )
    return path
