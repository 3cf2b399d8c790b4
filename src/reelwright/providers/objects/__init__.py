"""Things in pictures: see `reelwright.core.ports.ObjectFinder`."""

from __future__ import annotations

from reelwright.core.ports import ObjectFinder
from reelwright.core.settings import ObjectsSettings
from reelwright.providers import door


def load_finder(settings: ObjectsSettings) -> ObjectFinder | None:
    """Who finds things, by the settings; None where nobody is to, or, with ``auto``, where no
    model is set. Loads no weights yet.

    Raises:
        UnknownProvider, MissingExtra, SettingError: see `door.load`.
    """
    if settings.provider == "none" or (settings.provider == "auto" and not settings.model):
        return None
    name = "onnx" if settings.provider == "auto" else settings.provider
    return door.load("objects", name, settings)
