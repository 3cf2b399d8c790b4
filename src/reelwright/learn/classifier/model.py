"""A trained classifier's parts, read from its folder, and what they say of texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelwright.core.errors import ModelError
from reelwright.learn.classifier.deciding import Decider, Matrix
from reelwright.learn.classifier.features import BITS, Families
from reelwright.learn.classifier.linear import VIEWS, Linear, linear_of
from reelwright.learn.classifier.reader import Reader, open_reader
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.data.labels import Labels
from reelwright.learn.folder import Config, read_weights


@dataclass(frozen=True)
class Model:
    """A classifier: the linear part, the network beside it if there is one, and how they decide."""

    labels: Labels
    decider: Decider
    linear: Linear
    reader: Reader | None

    def read(self, texts: Sequence[str]) -> Matrix:
        """The probability of every label: texts × labels."""
        scores = self.linear.score(texts)
        if self.reader:
            scores.append(self.reader.score(texts))
        return self.decider.probabilities(scores)


def read_model(
    folder: Path, config: Config, settings: ClassifierSettings, onnx: bool = True
) -> Model:
    """The parts of the model in a folder; with `onnx` its network runs from an ONNX file if there
    is one.

    Raises:
        ModelError: its weights are missing, damaged, or not those of its config.
    """
    weights = read_weights(folder)
    facts = config.facts
    try:
        if facts["bits"] != BITS:
            raise ValueError("other hashes")
        families = Families(settings.grams, settings.words, settings.gaps)
        linear = linear_of({key: weights[f"linear.{key}"] for key in _ARRAYS}, families)
        labels = Labels(tuple(facts["labels"]))
        decider = Decider(**facts["decider"])
        reader = None
        if settings.model == "neural":
            own = {k[8:]: v for k, v in weights.items() if k.startswith("network.")}
            reader = open_reader(folder, settings, facts, len(labels), own, onnx)
        _check(linear, labels, decider)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelError(
            f"the model is damaged: its weights do not fit its config ({error})",
            where=str(folder),
            hint="train it again, or copy it again",
        ) from error
    return Model(labels, decider, linear, reader)


def _check(linear: Linear, labels: Labels, decider: Decider) -> None:
    """Raises ValueError where sizes do not agree."""
    outputs = 1 if len(labels) == 2 else len(labels)
    features = len(linear.vocabulary.hashes)
    sizes = {view.values.shape for view in linear.views}
    if sizes != {(outputs, features)} or len(linear.vocabulary.rarity) != features:
        raise ValueError(f"{outputs} outputs of {features} features are expected")
    if len(decider.shift) != len(labels) or not np.isfinite(decider.factors).all():
        raise ValueError("the decider is of other labels")


_ARRAYS = ("hashes", "rarity", *VIEWS, *(f"{name}_base" for name in VIEWS))
