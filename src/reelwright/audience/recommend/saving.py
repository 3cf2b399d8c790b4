"""Recommenders as model folders: their arrays as safetensors, the rest as JSON. Nothing is pickled.

What a recommender learnt are its attributes besides `settings`: arrays, sparse tables, mappings of
these by name, plain values, other recommenders, and one network. Each is kept under its path
(``members/ease/table``), so that a new recommender needs no code to be saved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from reelwright.audience.interactions import Ints
from reelwright.audience.recommend.recommender import TABLE, Recommender, load_recommender
from reelwright.core.errors import ModelError, ReelError
from reelwright.learn.folder import Card, read_config, read_weights, save_model

KIND = "recommender"
VERSION = 2
_ITEMS = {1: "items", 2: "/items"}
"""Where the names of videos stand: since version 2, where no attribute's path can be."""
_NETWORK = "network"
_SPARSE = ("data", "indices", "indptr", "shape")


@dataclass(frozen=True)
class Saved:
    """A recommender out of a folder.

    Attributes:
        items: the names of the videos it indexes.
    """

    recommender: Recommender
    items: Sequence[str]


def recommender_of(name: str) -> type[Recommender]:
    """The class of a recommender, `auto` among them. Raises InputError where there is none."""
    if name == "auto" and name not in TABLE:
        from reelwright.audience.recommend.auto import Auto

        return Auto
    return load_recommender(name)


def save_recommender(
    folder: Path,
    recommender: Recommender,
    items: Sequence[str],
    scores: Mapping[str, float],
    card: Card,
) -> None:
    """Write a fitted recommender into a folder.

    Args:
        items: names of the videos, in the order of its indexes.
        scores: what it reached where it was judged.

    Raises:
        StoreError: the disk is full or read-only.
    """
    arrays: dict[str, np.ndarray] = {}
    facts = _take_apart(recommender, "", arrays)
    arrays[_ITEMS[VERSION]] = np.frombuffer("\n".join(items).encode(), np.uint8)
    settings = recommender.settings
    save_model(
        folder, KIND, VERSION, settings, {"model": facts, "items": len(items)}, arrays, scores, card
    )


def load_saved(folder: Path) -> Saved:
    """The recommender of a folder, ready to score.

    Raises:
        ModelError: there is none, it is damaged, or it is from a newer version.
        MissingExtra: it needs a library that is not installed.
    """
    config = read_config(folder)
    if config.kind != KIND or config.version > VERSION:
        raise ModelError(
            f"is no recommender this Reelwright can read ({config.kind}, {config.version})",
            where=str(folder),
            hint="`reel feed train` makes one",
        )
    arrays = read_weights(folder)
    try:
        names = arrays[_ITEMS[config.version]].tobytes().decode()
        items = names.split("\n") if config.facts["items"] else []
        recommender = _put_together(config.facts["model"], "", arrays)
        if len(items) != config.facts["items"]:
            raise ValueError("videos")
    except (KeyError, ValueError, TypeError, IndexError, RuntimeError, ValidationError) as error:
        if isinstance(error, ReelError):
            raise
        raise ModelError(
            f"the model is damaged: its parts do not fit ({type(error).__name__})",
            where=str(folder),
            hint="`reel feed train` makes a new one",
        ) from error
    return Saved(recommender, items)


def _take_apart(value: Recommender, path: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    for name, one in vars(value).items():
        if name not in ("settings", _NETWORK):
            parts[name] = _describe(one, f"{path}{name}", arrays)
    if getattr(value, _NETWORK, None) is not None:
        from reelwright.learn.weights import weights_of

        weights = weights_of(value.network)  # pyright: ignore[reportAttributeAccessIssue]
        for name, one in weights.items():
            arrays[f"{path}{_NETWORK}/{name}"] = np.ascontiguousarray(one)
    settings = value.settings.model_dump(mode="json")
    return {"is": "recommender", "name": value.name, "settings": settings, "parts": parts}


def _describe(value: Any, path: str, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """What a value is; its arrays go into `arrays` under its path."""
    if isinstance(value, Recommender):
        return _take_apart(value, f"{path}/", arrays)
    if hasattr(value, "tocsr"):
        table = value.tocsr()
        arrays |= {f"{path}/{name}": np.asarray(getattr(table, name)) for name in _SPARSE}
        return {"is": "sparse"}
    if isinstance(value, np.ndarray):
        arrays[path] = np.ascontiguousarray(value)
        return {"is": "array"}
    if isinstance(value, Mapping):
        parts = {str(name): _describe(one, f"{path}/{name}", arrays) for name, one in value.items()}
        return {"is": "mapping", "parts": parts}
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, str | int | float | bool | list | tuple):
        return {"is": "plain", "value": value}
    raise TypeError(f"{path} is a {type(value).__name__}: no model file can keep that")


def _put_together(told: Mapping[str, Any], path: str, arrays: Mapping[str, np.ndarray]) -> Any:
    cls = recommender_of(told["name"])
    value = cls(cls.Settings.model_validate(told["settings"]))
    for name, part in told["parts"].items():
        setattr(value, name, _read(part, f"{path}{name}", arrays))
    start = f"{path}{_NETWORK}/"
    weights = {name[len(start) :]: one for name, one in arrays.items() if name.startswith(start)}
    if weights:
        value.network = _network(value.settings, weights)  # pyright: ignore[reportAttributeAccessIssue]
    elif told["name"] == "sequential":
        value.network = None  # pyright: ignore[reportAttributeAccessIssue]
    return value


def _read(told: Mapping[str, Any], path: str, arrays: Mapping[str, np.ndarray]) -> Any:
    kind = told["is"]
    if kind == "recommender":
        return _put_together(told, f"{path}/", arrays)
    if kind == "mapping":
        return {name: _read(one, f"{path}/{name}", arrays) for name, one in told["parts"].items()}
    if kind == "array":
        return arrays[path]
    if kind == "sparse":
        from scipy.sparse import csr_array

        data, indices, indptr, shape = (arrays[f"{path}/{name}"] for name in _SPARSE)
        return csr_array((data, indices, indptr), shape=tuple(shape.tolist()))
    return told["value"]


def _network(settings: Any, weights: dict[str, np.ndarray]) -> Any:
    from reelwright.core import extras

    extras.need("torch", extra="learn")
    from reelwright.audience.recommend.sequential_network import NextItem
    from reelwright.learn.weights import load_into

    items = len(weights["fame"])
    sizes = (settings.length, settings.width, settings.blocks, settings.heads)
    network = NextItem(items, *sizes, settings.dropout)
    load_into(network, weights)
    return network.eval()


def places_in(items: Sequence[str], places: Mapping[str, int]) -> Ints:
    """Where each of a model's videos is in a catalogue."""
    return np.array([places[item] for item in items], np.int32)
