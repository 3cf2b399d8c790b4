"""What a kind of model is: the one interface between the command line, the product and the kinds.

To add a kind: a package with a `kind.py` whose class fills in `name`, `version`, `uses` and
`Settings`, and writes `train`, `evaluate`, `predict` and `export_onnx`; then one line in
`kinds.KINDS`. The verbs, the loop, checkpoints, search and tracking are there already.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reelwright.core.errors import ModelError
from reelwright.core.progress import Progress, Silent
from reelwright.learn.folder import Config


class KindSettings(BaseModel):
    """Base of every kind's settings: what `--set key=value` sets and `config.json` keeps."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(default=0, ge=0)
    """Decides the split, the first weights, the order and every other chance."""


class FitSettings(KindSettings):
    """Base of the settings of kinds that `trainer.fit` fits."""

    epochs: int = Field(default=10, ge=1)
    batch: int = Field(default=32, ge=1)
    rate: float = Field(default=1e-3, gt=0, le=10)
    """The highest learning rate; it rises over `warmup` and falls along a cosine to zero."""
    warmup: float = Field(default=0.05, ge=0, le=1)
    """The part of all steps in which the rate rises."""
    decay: float = Field(default=0.01, ge=0)
    """AdamW's weight decay; vectors (biases, norms) have none."""
    clip: float = Field(default=1.0, ge=0)
    """The gradients' largest norm; 0 leaves them."""
    ema: float = Field(default=0.0, ge=0, lt=1)
    """How much of the weights' running mean is kept at each step; 0 keeps none."""
    patience: int = Field(default=0, ge=0)
    """Ends after this many epochs without a better score; 0 never does."""
    precision: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """`auto`: bfloat16 on GPUs that have it, else float32."""


class EncoderSettings(FitSettings):
    """Base of the settings of kinds that can tune an encoder."""

    with_encoder: ClassVar[Mapping[str, Any]] = {}
    """Defaults that are others where there is an encoder."""

    encoder: str = ""
    """A local folder with a Hugging Face encoder; empty learns from the data alone."""
    encoder_rate: float = Field(default=0.1, ge=0, le=1)
    """The encoder's learning rate as a part of `rate`; 0 leaves the encoder as it is."""
    frozen: int = Field(default=0, ge=0)
    """So many of the encoder's lowest layers are left as they are, as are its pieces' vectors."""

    @model_validator(mode="before")
    @classmethod
    def _fits_encoder(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and values.get("encoder"):
            return {**cls.with_encoder, **values}
        return values


@dataclass(frozen=True)
class Run:
    """One training as it is asked for: where to, who watches, on what.

    Attributes:
        folder: the model folder to write.
        progress: who watches.
        resume: go on from the last checkpoint in the folder.
        trackers: names from `tracking.TRACKERS`, beside the log and TensorBoard.
        device: a torch device ("cpu", "cuda", "cuda:1", "mps"), or "auto".
        licence: under what terms the data stand, for the card; empty where the person did not say.
        command: the command line that repeats the training, for the card.
        judged: told each validation's step and goal; may raise to end the training (pruning).
    """

    folder: Path
    progress: Progress = field(default_factory=Silent)
    resume: bool = False
    trackers: tuple[str, ...] = ()
    device: str = "auto"
    licence: str = ""
    command: str = ""
    judged: Callable[[int, float], None] | None = None


@dataclass(frozen=True)
class Report:
    """How good a model is on a set of data.

    Attributes:
        values: single figures by their standard names ("accuracy", "macro_f1", "entity_f1" …).
        tables: rows by title ("labels": [{"label", "precision", "recall", "f1", "support"}, …]).
        notes: sentences a person should know (labels unseen in training, rows left out).
    """

    values: Mapping[str, float | int | str]
    tables: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    notes: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Values and tables side by side under their own names; notes where there are any."""
        notes = {"notes": list(self.notes)} if self.notes else {}
        return {**self.values, **{name: list(rows) for name, rows in self.tables.items()}, **notes}


class Kind(ABC):
    """A kind of model, and one trained model of that kind.

    Args:
        folder: the model's folder.
        config: what it was made with, read already.

    Raises:
        ModelError: its settings are none of this kind's.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    """Raised when a folder of this kind cannot be read by older code any more."""
    uses: ClassVar[str]
    """Where the product uses such a model, in one sentence."""
    goal: ClassVar[str]
    """The score that says how good a model of this kind is; the one `--search` looks at."""
    higher: ClassVar[bool] = True
    """Whether more of the goal is better."""
    Settings: ClassVar[type[KindSettings]]
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {}
    """What `--search` tries: setting → a list of choices, or (low, high) drawn on a log scale."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder, self.config = folder, config
        try:
            self.settings = self.Settings.model_validate(config.settings)
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            raise ModelError(
                f"the model is damaged: its setting {key} cannot be {first.get('input')!r}",
                where=str(folder),
                hint="train it again, or copy it again",
            ) from None

    @classmethod
    @abstractmethod
    def train(cls, data: Sequence[Path], settings: Any, run: Run) -> dict[str, float]:
        """Fit a model and write its folder (`folder.save_model`).

        Args:
            data: files or folders with what is to be learnt.
            settings: this kind's `Settings`.
            run: where to, who watches, on what.

        Returns:
            The scores on the held-out part; `goal` is among them.

        Raises:
            DataError: the data cannot be used; names the file and line.
            TrainingError: the loss is no number any more, or memory ran out.
        """

    @abstractmethod
    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """Judge the model by the field's own metric.

        Raises:
            DataError: the data cannot be used; names the file and line.
        """

    @abstractmethod
    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """What the kind gives for each input, one plain dict an input.

        Args:
            inputs: texts, or paths of files, as the kind reads them.
            options: `--set key=value` of this call (length, temperature, out …).

        Raises:
            InputError: an input or option cannot be used.
        """

    @abstractmethod
    def export_onnx(self, path: Path) -> float:
        """Write the network as ONNX to `path` and check it against torch.

        Returns:
            The largest difference between any output of the two.
        """
