"""Faces in pictures: see `reelwright.core.ports.FaceFinder`."""

from __future__ import annotations

from reelwright.core.ports import FaceFinder
from reelwright.core.settings import FacesSettings
from reelwright.providers import door

EMBEDDED = "nudenet"
"""The one that comes with Reelwright: what ``auto`` means."""


def load_finder(settings: FacesSettings) -> FaceFinder | None:
    """Who finds faces, by the settings; None where nobody is to. Loads no weights yet.

    Raises:
        UnknownProvider, MissingExtra, MissingKey, SettingError: see `door.load`.
    """
    if settings.provider == "none":
        return None
    name = EMBEDDED if settings.provider == "auto" else settings.provider
    return door.load("faces", name, settings)
