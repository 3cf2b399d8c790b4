"""What voices have in common that run here from the person's copy of a model's weights."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from pydantic import BaseModel

from reelwright.core.errors import ProviderRefused
from reelwright.core.nouns import Speech, WordTime
from reelwright.media.sound import write_wav
from reelwright.providers.door import need
from reelwright.providers.tts.files import fingerprint, model_errors, weights

_LONGEST = 3000
"""Characters of a line."""


class LocalVoice(ABC):
    """A voice with a model file (``.onnx``) of its own. Gives no word times."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    languages: ClassVar[tuple[str, ...]] = ("zh", "en")
    licence: ClassVar[str]
    engine: ClassVar[str]
    """Its name, and the extra's."""
    module: ClassVar[str]
    package: ClassVar[str]
    get: ClassVar[str]
    """Where a model can be had."""

    class Options(BaseModel):
        """From the settings group ``voice``."""

        model: str = ""
        """The ``.onnx`` file; what belongs to it lies beside it."""

    def __init__(self, options: Options) -> None:
        """Raises MissingExtra without the library, SettingError without a model file."""
        need(self.module, extra=self.engine)
        self.model = weights(options.model, what=self.engine, suffix=".onnx", hint=self.get)
        self._lock = threading.Lock()
        self._loaded: Any = None

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """See `reelwright.core.ports.Voice.speak`."""
        if len(speech.text) > _LONGEST:
            raise ProviderRefused(
                f"{len(speech.text)} characters are too many for one line",
                hint="split it into lines",
            )
        with self._lock:
            try:
                if self._loaded is None:
                    self._loaded = self.load()
                samples, rate = self.say(self._loaded, speech)
            except model_errors() as error:
                raise ProviderRefused(
                    f"{self.engine} cannot use this model "
                    f"({type(error).__name__}: {str(error)[:200]})",
                    where=str(self.model),
                    hint=f"download it again; {self.get}",
                ) from error
        write_wav(out, samples, rate)
        return ()

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`."""
        from importlib.metadata import version

        return {
            "engine": self.engine,
            "version": version(self.package),
            "model": fingerprint(self.model),
            "voice": speech.voice or "",
        }

    @abstractmethod
    def load(self) -> Any:
        """The library's engine, with the weights in it. May raise what `model_errors` lists."""

    @abstractmethod
    def say(self, engine: Any, speech: Speech) -> tuple[np.ndarray, int]:
        """A line's samples (float, −1 to 1) and their rate. May raise what `model_errors` lists."""
