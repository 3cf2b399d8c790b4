"""A model is a folder: `config.json`, `weights.safetensors`, `scores.json`, `card.md`, and the log.

`config.json` holds everything needed to rebuild the network. Weights are safetensors: no pickle is
ever written or read. All files are written whole, the weights before the config, so that a folder
with a config is a model.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from reelwright import __version__
from reelwright.core.errors import ModelError
from reelwright.store.atomic import replacing, write_text

if TYPE_CHECKING:
    import numpy as np

FORMAT = 1
"""The version of the folder's own layout."""
CONFIG, WEIGHTS, SCORES, CARD = "config.json", "weights.safetensors", "scores.json", "card.md"
LOG, EVENTS, EXPORTED = "log.jsonl", "events", "model.onnx"
TRAINING = ".training"
"""Where an interrupted training keeps its checkpoints."""
STUDY, BEST_SETTINGS, STUDY_PLOT = "search.db", "search.yaml", "search.html"
"""What a search for settings leaves: its trials, the best settings, and what it looks like."""


class Config(BaseModel):
    """What a model was made with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    kind: str
    version: int
    """The kind's version."""
    made_by: str
    settings: dict[str, Any]
    """The kind's settings, whole."""
    facts: dict[str, Any]
    """What was learnt from the data but is no weight: labels, vocabulary, sizes."""


@dataclass(frozen=True)
class Card:
    """What a person should know of a model before using it.

    Attributes:
        data: a line for each source: what, how much, its hash.
        split: how training and held-out data were told apart.
        metric: which score on which split, as it is usually called.
        licence: of the data, or empty where nobody said.
        command: what repeats the training.
        notes: anything else worth knowing.
    """

    data: Sequence[str]
    split: str
    metric: str
    licence: str = ""
    command: str = ""
    notes: Sequence[str] = ()


def save_model(
    folder: Path,
    kind: str,
    version: int,
    settings: BaseModel,
    facts: Mapping[str, Any],
    weights: Mapping[str, np.ndarray],
    scores: Mapping[str, float],
    card: Card,
) -> None:
    """Write a model folder. An ONNX file of earlier weights is removed.

    Raises:
        StoreError: the disk is full or read-only; a model that stood there is still whole.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import save_file

    config = Config(
        format=FORMAT,
        kind=kind,
        version=version,
        made_by=f"reelwright {__version__}",
        settings=settings.model_dump(mode="json"),
        facts=dict(facts),
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / EXPORTED).unlink(missing_ok=True)
    with replacing(folder / WEIGHTS) as temporary:
        try:
            save_file(dict(weights), str(temporary))
        except SafetensorError as error:
            raise disk_error(error) from error
    write_text(folder / CONFIG, config.model_dump_json(indent=1) + "\n")
    write_text(folder / SCORES, json.dumps(dict(scores), indent=1) + "\n")
    write_text(folder / CARD, write_card(kind, scores, card))
    # The model stands: what an interrupted training would go on from is needed no more.
    shutil.rmtree(folder / TRAINING, ignore_errors=True)


def write_card(kind: str, scores: Mapping[str, float], card: Card) -> str:
    """The card as Markdown."""
    lines = [f"# A model of kind `{kind}`", ""]
    lines += [f"- **Made**: {date.today().isoformat()}, by Reelwright {__version__}"]
    lines += [f"- **Data**: {line}" for line in card.data]
    lines += [f"- **Split**: {card.split}", f"- **Metric**: {card.metric}"]
    lines += [f"- **{name}**: {value:.4g}" for name, value in scores.items()]
    lines += [f"- **Licence of the data**: {card.licence or 'not stated'}"]
    lines += [f"- **Made again by**: `{card.command}`"] if card.command else []
    return "\n".join([*lines, *([""] if card.notes else []), *card.notes]) + "\n"


def read_config(folder: Path) -> Config:
    """What the model in a folder was made with.

    Raises:
        ModelError: there is no model, it is damaged, or it is from a newer version.
    """
    path = folder / CONFIG
    if not path.is_file():
        raise ModelError(
            "is no model folder: it has no config.json",
            where=str(folder),
            hint="`reel models` lists those there are; `reel train` makes one",
        )
    try:
        values = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, ValueError) as error:
        raise _damaged(path, "is not JSON") from error
    made = values.get("format") if isinstance(values, dict) else None
    if isinstance(made, int) and made > FORMAT:
        raise ModelError(
            f"was made by a newer Reelwright (format {made}; this one reads up to {FORMAT})",
            where=str(path),
            hint="upgrade Reelwright, or train the model again with this version",
        )
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise _damaged(path, f"{key}: {first['msg']}") from error


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    """The weights by name.

    Raises:
        ModelError: the file is missing, cut short, or no safetensors file.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    path = folder / WEIGHTS
    if not path.is_file():
        raise _damaged(path, "is missing")
    try:
        return load_file(str(path))
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, "is cut short, or no safetensors file") from error


def read_scores(folder: Path) -> dict[str, float]:
    """The scores that the model was saved with; empty where they cannot be read."""
    try:
        return json.loads((folder / SCORES).read_text("utf-8"))
    except (OSError, ValueError):
        return {}


def disk_error(error: Exception) -> OSError:
    """What safetensors says of the disk (as text alone), as an error of the system."""
    code = re.search(r"os error (\d+)", str(error))
    return OSError(int(code[1]), os.strerror(int(code[1]))) if code else OSError(str(error))


def _damaged(path: Path, what: str) -> ModelError:
    return ModelError(
        f"the model is damaged: {what}", where=str(path), hint="train it again, or copy it again"
    )
