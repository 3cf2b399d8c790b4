"""The kind `images`: textures and abstract backgrounds learnt from a folder of pictures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from reelwright.core.errors import InputError, ModelError, nearest
from reelwright.core.extras import library
from reelwright.core.marking import write_mark
from reelwright.core.progress import Progress
from reelwright.learn import folder
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.images.drawing import Drawer, write_loop, write_still
from reelwright.learn.images.judging import PATCHES, judge, measure_real
from reelwright.learn.images.noise import Prior, White
from reelwright.learn.images.options import Options, read_options
from reelwright.learn.images.pictures import Album, Frame, read_album, seam
from reelwright.learn.images.settings import ImagesSettings
from reelwright.learn.kind import Kind, Report, Run
from reelwright.learn.session import Session
from reelwright.store.artefacts import hash_value

if TYPE_CHECKING:
    from torch import nn

Weights = Mapping[str, NDArray[Any]]

_METRIC = f"distance: Fréchet's, of the features of {PATCHES} patches (learn/features); 0 is none"
_STILLS, _LOOPS = (".png", ".jpg", ".jpeg", ".webp"), (".mp4",)
_SEAMS = 4
"""Pictures whose seams are measured."""
_NAMES = (["noise", "labels"], ["pictures"])


class Images(Kind):
    """A generator of textures, and what draws with it."""

    name: ClassVar[str] = "images"
    uses: ClassVar[str] = "abstract backgrounds of drawn scenes: style.background=models/NAME"
    goal: ClassVar[str] = "distance"
    higher: ClassVar[bool] = False
    Settings: ClassVar[type[ImagesSettings]] = ImagesSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "rate": (3e-4, 5e-3),
        "local": [12, 24, 48],
        "augment": [0.0, 0.3, 0.6],
        "ema": [0.98, 0.99, 0.995],
    }
    settings: ImagesSettings

    @classmethod
    def train(cls, data: Sequence[Path], settings: ImagesSettings, run: Run) -> dict[str, float]:
        """See `Kind.train`; `data` are pictures, and folders that hold them."""
        library("torch", extra="learn")
        from reelwright.learn.devices import seed_everything
        from reelwright.learn.trainer import fit
        from reelwright.learn.weights import weights_of

        album = read(data, settings)
        for note in album.notes:
            run.progress.say(note)
        seed_everything(settings.seed)
        if settings.model == "gan":
            from reelwright.learn.images.gan import GanTask

            task = GanTask(album, settings)
            parts = {"generator": task.network.generator}
        else:
            from reelwright.learn.images.vae import VaeTask

            task = VaeTask(album, settings)
            parts = {"generator": task.network.generator, "encoder": task.network.encoder}
        scores = fit(task, settings, run, fingerprint(cls.name, settings, data)).scores
        weights = {
            f"{part}.{name}": value
            for part, network in parts.items()
            for name, value in weights_of(network).items()
        }
        if settings.model == "vae":
            prior = task.fit_prior()  # type: ignore[union-attr]
            weights |= {"prior.mean": prior.mean, "prior.covariance": prior.covariance}
        floor = measure_real(album.judged, settings.crop, settings.seed).floor
        card = folder.Card(
            data=describe_data(data, len(album.whole), "pictures"),
            split=album.split,
            metric=_METRIC,
            licence=run.licence,
            command=run.command,
            notes=[
                f"Two halves of the real patches lie {floor:.3g} apart.",
                *(f"- {note}" for note in album.notes),
            ],
        )
        facts = {"labels": list(album.labels)}
        folder.save_model(run.folder, cls.name, cls.version, settings, facts, weights, scores, card)
        return scores

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """Distance, diversity and seams of drawn pictures; the VAE's reconstruction, too.

        With a model that knows labels, folders of the same names are asked for by label, and the
        table ``labels`` has the distance of each.
        """
        own, names = self.settings, self.labels
        album = read(data, own.model_copy(update={"labels": "auto" if names else "none"}))
        unknown = [name for name in album.labels if name not in names]
        if names and unknown:
            raise InputError(
                f'the model knows no label "{unknown[0]}"', hint=nearest(unknown[0], names)
            )
        real = measure_real(album.whole, own.crop, own.seed)
        wanted = [names.index(album.labels[label]) if album.labels else 0 for label in real.labels]
        if names and not album.labels:
            wanted = [number % len(names) for number in range(PATCHES)]
        patches = self._patches(wanted)
        values: dict[str, float | int | str] = dict(judge(real, patches))
        values["distance_of_halves"] = real.floor
        side = max(own.crop * 2, own.cell * 8)
        stills = [self.drawer.still((side, side), seed=seed) for seed in range(_SEAMS)]
        values["seam"] = float(np.mean([seam(still) for still in stills]))
        if own.model == "vae":
            from reelwright.learn.images.vae import measure_psnr

            values["psnr"] = measure_psnr(self._load_whole(), album.whole, own)
        values["pictures"] = len(album.whole)
        tables = {"labels": self._by_label(album)} if album.labels else {}
        return Report(values, tables, album.notes)

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """Draw into files.

        Args:
            inputs: files to write: ``.png``, ``.jpg``, ``.webp``, or ``.mp4`` for a loop. The
                second takes the seed after the first's, and so on.
            options: see `options.Options`.

        Yields:
            ``file``, ``size``, ``seed``, ``seam`` of each; of loops ``frames``, too.

        Raises:
            InputError: an option or file's kind that cannot be, or a label the model does not know.
        """
        asked = read_options(options)
        for number, name in enumerate(inputs):
            path = Path(name)
            if path.suffix.lower() not in (*_STILLS, *_LOOPS):
                raise InputError(
                    "is no kind of picture or loop that can be written",
                    where=name,
                    hint=f"name a file to write: {', '.join((*_STILLS, *_LOOPS))}",
                )
            one = asked.model_copy(update={"seed": asked.seed + number})
            yield {"file": name, **self.draw(path, one)}

    def draw(self, path: Path, asked: Options) -> dict[str, Any]:
        """Draw one picture or loop into a file; gives its facts."""
        label = self._label(asked.label)
        facts: dict[str, Any] = {"size": list(asked.size), "seed": asked.seed}
        scale = asked.scale_for(self.settings.side)
        if path.suffix.lower() in _LOOPS:
            if asked.size[0] % 2 or asked.size[1] % 2:
                raise InputError("a loop's sides are even", where="--set size")
            frames = self.drawer.walk(
                asked.size,
                asked.frames,
                seed=asked.seed,
                label=label,
                scale=scale,
                motion=asked.motion,
            )
            write_loop(frames, asked.size, asked.rate, path, self._mark(asked))
            return {**facts, "frames": asked.frames}
        still = self.drawer.still(asked.size, seed=asked.seed, label=label, scale=scale)
        write_still(still, path, self._mark(asked))
        return {**facts, "seam": round(seam(still), 3)}

    def export_onnx(self, path: Path) -> float:
        """Write the generator: ``noise`` and ``labels`` in, ``pictures`` out; see `Kind`."""
        library("torch", extra="learn")
        import torch

        from reelwright.learn.onnx import export

        chance = np.random.default_rng(0)
        fields = np.stack([self._source.draw(4, 5, chance) for _ in range(2)])
        axes = {
            "noise": {0: "count", 2: "height", 3: "width"},
            "labels": {0: "count"},
            "pictures": {0: "count"},
        }
        labels = torch.zeros(2, dtype=torch.int64)
        network = self._load_generator()
        return export(network, (torch.from_numpy(fields), labels), _NAMES, axes, path)

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the labels that pictures can be asked for by; mostly empty."""
        return tuple(self.config.facts.get("labels", ()))

    @cached_property
    def drawer(self) -> Drawer:
        """What draws: by the ONNX file where there is one, else by torch."""
        exported = self.folder / folder.EXPORTED
        if exported.is_file():
            session = Session(exported)

            def generate(
                noise: NDArray[np.float32], labels: NDArray[np.int64]
            ) -> NDArray[np.float32]:
                given = {"noise": noise, "labels": labels}
                taken = {name: given[name] for name in session.inputs if name in given}
                return session.run(**taken)["pictures"]

            return Drawer(generate, self._source, self.settings.cell)
        library("torch", extra="learn")
        import torch

        network = self._load_generator()

        def compute(noise: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.float32]:
            with torch.no_grad():
                return network(torch.from_numpy(noise), torch.from_numpy(labels)).numpy()

        return Drawer(compute, self._source, self.settings.cell)

    def _mark(self, asked: Options) -> str:
        """The mark of a file: numbered by all that decides it but the weights."""
        return write_mark(hash_value([self.folder.name, self.config, asked])[:32])

    @cached_property
    def _weights(self) -> Weights:
        return folder.read_weights(self.folder)

    @cached_property
    def _source(self) -> White | Prior:
        if self.settings.model == "gan":
            return White(self.settings.local, self.settings.shared)
        try:
            return Prior(self._weights["prior.mean"], self._weights["prior.covariance"])
        except KeyError as error:
            raise _unfit(self.folder) from error

    def _load_generator(self) -> nn.Module:
        from reelwright.learn.images.gan import build_generator
        from reelwright.learn.images.vae import build_autoencoder

        network: nn.Module
        if self.settings.model == "gan":
            network = build_generator(self.settings, len(self.labels))
        else:
            network = build_autoencoder(self.settings).generator
        _fill(network, "generator.", self._weights, self.folder)
        return network

    def _load_whole(self) -> Any:
        from reelwright.learn.images.vae import build_autoencoder

        library("torch", extra="learn")
        network = build_autoencoder(self.settings)
        for part in ("generator", "encoder"):
            _fill(getattr(network, part), f"{part}.", self._weights, self.folder)
        return network

    def _patches(self, labels: Sequence[int]) -> Frame:
        """A patch for each label, each of another seed."""
        crop, cell = self.settings.crop, self.settings.cell
        side = -(-crop // cell) * cell + 2 * cell
        return np.stack(
            [
                self.drawer.still((side, side), seed=1000 + number, label=label)[:crop, :crop]
                for number, label in enumerate(labels)
            ]
        )

    def _by_label(self, album: Album) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number, name in enumerate(album.labels):
            own = tuple(sheet for sheet in album.whole if sheet.label == number)
            real = measure_real(own, self.settings.crop, self.settings.seed)
            found = judge(real, self._patches([self.labels.index(name)] * PATCHES))
            rows.append({"label": name, "pictures": len(own), **found})
        return rows

    def _label(self, name: str) -> int:
        if not name:
            return 0
        if name not in self.labels:
            raise InputError(
                f'the model knows no label "{name}"',
                where="--set label",
                hint=nearest(name, self.labels) if self.labels else "it was trained without labels",
            )
        return self.labels.index(name)


def read(data: Sequence[Path], settings: ImagesSettings) -> Album:
    """The pictures of a data set as the settings ask for them."""
    return read_album(
        data,
        side=settings.side,
        crop=settings.crop,
        labelled=settings.labels == "auto" and settings.model == "gan",
        seed=settings.seed,
    )


def _fill(network: nn.Module, prefix: str, weights: Weights, where: Path) -> None:
    from reelwright.learn.weights import load_into

    own = {name[len(prefix) :]: v for name, v in weights.items() if name.startswith(prefix)}
    try:
        load_into(network, own)
    except RuntimeError as error:
        raise _unfit(where) from error


def _unfit(where: Path) -> ModelError:
    return ModelError(
        "the model is damaged: weights and settings do not belong together",
        where=str(where / folder.WEIGHTS),
        hint="train it again, or copy it again",
    )
