"""Text in pictures: see `reelwright.core.ports.TextReader`."""

from __future__ import annotations

import importlib.util

from reelwright.core.ports import TextReader
from reelwright.core.settings import OcrSettings
from reelwright.providers import door


def load_reader(settings: OcrSettings) -> TextReader | None:
    """Who reads text in pictures, by the settings; None where nobody is to, or, with ``auto``,
    where nobody is installed. Loads no weights yet.

    Raises:
        UnknownProvider, MissingExtra, SettingError: see `door.load`.
    """
    if settings.provider == "none":
        return None
    if settings.provider == "auto":
        if importlib.util.find_spec("rapidocr") is None:
            return None
        return door.load("ocr", "rapidocr", settings)
    return door.load("ocr", settings.provider, settings)
