"""Faces told apart: see `reelwright.core.ports.FaceTeller`."""

from __future__ import annotations

import importlib.util

from reelwright.core.ports import FaceTeller
from reelwright.core.settings import PeopleSettings
from reelwright.providers import door


def load_teller(settings: PeopleSettings) -> FaceTeller | None:
    """Who tells faces apart, by the settings; None where nobody is to. Loads no weights yet.

    ``auto`` is dlib's network where the extra ``people`` is installed, else the embedded patterns.

    Raises:
        UnknownProvider, MissingExtra, MissingKey, SettingError: see `door.load`.
    """
    if settings.provider == "none":
        return None
    name = settings.provider
    if name == "auto":
        both = all(importlib.util.find_spec(each) for each in ("dlib", "face_recognition_models"))
        name = "dlib" if both else "patterns"
    return door.load("people", name, settings)
