"""Libraries that come with a pip extra: are they there, and what to say where they are not."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from reelwright.core.errors import MissingExtra

_EXTRAS = {"transformers": "encoder", "keras": "keras", "wandb": "wandb", "trackio": "trackio"}
"""Library → the extra that brings it; those that are not named belong to ``learn``."""


def need(library: str, *, extra: str) -> None:
    """Check, without importing it, that the library behind a pip extra is installed.

    Raises MissingExtra naming the extra.
    """
    if not is_there(library):
        raise MissingExtra(f"{library} is not installed", hint=f'pip install "reelwright[{extra}]"')


def is_there(library: str) -> bool:
    """Whether a library is installed; it is not imported."""
    try:
        return importlib.util.find_spec(library) is not None
    except (ImportError, ValueError):
        return False


def library(name: str, *, extra: str) -> ModuleType:
    """Import the library behind a pip extra. Raises MissingExtra naming the extra."""
    need(name.split(".")[0], extra=extra)
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise MissingExtra(
            f"{name} is installed but does not load: {error}",
            hint=f'pip install --upgrade "reelwright[{extra}]"',
        ) from error


def explain_missing(error: ModuleNotFoundError) -> MissingExtra:
    """The error of an import, as one that names the extra of ``learn`` which brings the library."""
    name = (error.name or str(error)).split(".")[0]
    extra = _EXTRAS.get(name, "learn")
    return MissingExtra(f"{name} is not installed", hint=f'pip install "reelwright[{extra}]"')
