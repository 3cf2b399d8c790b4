"""A classifier as ONNX: what comes after a text was cut into features, or into characters.

- Linear: ``features`` (texts × most, numbers of features; the one after the last pads) and
  ``times`` (how often each is in its text, 1 for padding) become ``probabilities``, all of it.
- Neural: ``letters`` (texts × characters, 0 pads) become the network's ``scores``; the linear part
  and the factors that join them are read from the weights. An encoder's input is ``pieces`` (texts
  × pieces, their numbers and one, 0 pads).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from reelwright.core.extras import need
from reelwright.learn.classifier.model import Model


def export_model(model: Model, path: Path) -> float:
    """Write the file; returns the largest difference between its outputs and torch's.

    Raises:
        MissingExtra: the extra ``learn`` is not installed.
        ModelError: it cannot be written.
    """
    need("torch", extra="learn")
    import torch

    from reelwright.learn.classifier.networks import Summing
    from reelwright.learn.onnx import export

    chance = torch.Generator().manual_seed(0)

    def numbers(most: int) -> Any:
        return torch.randint(1, most, (3, 12), generator=chance)

    if model.reader:
        size, name = len(model.reader.alphabet), model.reader.alphabet.name
        axes = {name: {0: "texts", 1: name}, "scores": {0: "texts"}}
        # Rows of several lengths, so that what is done to padding is written, too.
        lengths = torch.tensor([[12], [7], [3]])
        rows = numbers(size) * (torch.arange(12) < lengths)
        checks = [(rows[:2],), (rows[:1],), (rows[1:, :7],)]
        network, names = model.reader.network, ([name], ["scores"])
        return export(network, (rows,), names, axes, path, checks)
    summing = Summing(model.linear, model.decider.factors)
    features = numbers(len(model.linear.vocabulary.hashes) + 1)
    times = numbers(4).float()
    names = (["features", "times"], ["probabilities"])
    axes = {name: {0: "texts", 1: "most"} for name in names[0]}
    return export(summing, (features, times), names, axes | {names[1][0]: {0: "texts"}}, path)
