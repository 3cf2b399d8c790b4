"""The kind `classifier`: which label a short text has, how probable it is, and when not to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.errors import InputError, nearest
from reelwright.core.progress import Progress
from reelwright.learn.classifier.deciding import Decider
from reelwright.learn.classifier.examples import open_labelled
from reelwright.learn.classifier.features import plain
from reelwright.learn.classifier.model import Model, read_model
from reelwright.learn.classifier.reporting import report_labels
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.kind import Kind, Report, Run

_BLOCK = 4096
_STAGE = "classify"


class Classifier(Kind):
    """Labels of short texts: mood, topic, sentiment, intent."""

    name = "classifier"
    uses = "mood and topic of titles and lines: settings model.mood, model.topic"
    goal = "macro_f1"
    Settings = ClassifierSettings
    space: ClassVar[Mapping[str, Sequence[Any] | tuple[float, float]]] = {
        "strength": (2.0, 200.0),
        "grams": [2, 3, 4],
        "gaps": [0, 3],
        "balance": [0.0, 0.25, 0.5, 0.75],
    }

    @classmethod
    def train(cls, data: Sequence[Path], settings: Any, run: Run) -> dict[str, float]:
        """See `Kind.train`. Texts are held out by their hash."""
        from reelwright.learn.classifier.training import train

        return train(cls.name, cls.version, data, settings, run)

    def evaluate(self, data: Sequence[Path], progress: Progress) -> Report:
        """Accuracy, F1 of every label, calibration, and what not saying gains."""
        with open_labelled(data) as examples:
            progress.start(_STAGE, len(examples.texts))
            found: list[np.ndarray] = []
            for at in range(0, len(examples.texts), _BLOCK):
                block = examples.texts[at : at + _BLOCK]
                found.append(self.model.read(block))
                progress.advance(_STAGE, len(block))
            progress.finish(_STAGE)
        probabilities = np.concatenate(found)
        return report_labels(probabilities, examples.labels, self.model.labels, self.decider)

    def predict(
        self, inputs: Sequence[str], options: Mapping[str, str]
    ) -> Iterator[dict[str, Any]]:
        """For each text: label, probability, abstain (whether it had better not be said), and the
        probability of every label.

        Option `threshold`: the least probability of a label that is said.
        """
        least = _threshold(options, self.decider)
        names = self.model.labels.names
        for at in range(0, len(inputs), _BLOCK):
            block = inputs[at : at + _BLOCK]
            probabilities = self.model.read(block)
            chosen = self.decider.choose(probabilities)
            for text, row, number in zip(block, probabilities.tolist(), chosen, strict=True):
                sure = row[number] >= least and bool(plain(text))
                yield {
                    "text": text,
                    "label": names[number],
                    "probability": round(row[number], 6),
                    "abstain": not sure,
                    "probabilities": {
                        name: round(value, 6) for name, value in zip(names, row, strict=True)
                    },
                }

    def export_onnx(self, path: Path) -> float:
        """What comes after cutting a text: see `exporting`."""
        from reelwright.learn.classifier.exporting import export_model

        return export_model(self._read(onnx=False), path)

    @property
    def decider(self) -> Decider:
        """How scores become a label."""
        return self.model.decider

    @cached_property
    def model(self) -> Model:
        """The model's parts."""
        return self._read(onnx=True)

    def _read(self, *, onnx: bool) -> Model:
        settings = ClassifierSettings.model_validate(self.config.settings)
        return read_model(self.folder, self.config, settings, onnx)


def _threshold(options: Mapping[str, str], decider: Decider) -> float:
    for name in options:
        if name != "threshold":
            raise InputError(
                f'"{name}" is no option of a classifier', hint=nearest(name, ["threshold"])
            )
    if "threshold" not in options:
        return decider.threshold
    try:
        least = float(options["threshold"])
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise InputError(f"threshold={options['threshold']} is no number from 0 to 1")
    return least
