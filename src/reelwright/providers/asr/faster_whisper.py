"""Whisper on this machine, through `faster-whisper` (an extra) and a model the person downloaded.

The model is a folder as CTranslate2 reads it (``model.bin``, ``config.json``, ``tokenizer.json`` or
a vocabulary). Nothing is downloaded from here. Decoding is by beam search at temperature 0, each
half minute for itself, so that the same sound gives the same words and one mistake does not repeat.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from reelwright.core.errors import ProviderRefused, SettingError
from reelwright.core.nouns import Transcript
from reelwright.providers.asr.words import PROMPTS, language_code, place_words
from reelwright.providers.door import library, need
from reelwright.providers.tts.files import fingerprint

VERSION = 1
"""Counts changes to how the engine is asked."""
_HINT = (
    "download a model for faster-whisper (a folder with model.bin) and set asr.model to the folder"
)


class FasterWhisper:
    """See `reelwright.core.ports.Transcriber`."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "MIT (the engine; the model has its own)"
    languages: ClassVar[tuple[str, ...]] = ()

    class Options(BaseModel):
        """Filled from the settings section ``asr``."""

        model_config = ConfigDict(frozen=True)

        model: str = ""

    def __init__(self, options: Options) -> None:
        need("faster_whisper", extra="whisper")
        self.folder = Path(options.model).expanduser()
        if not options.model or not (self.folder / "model.bin").is_file():
            raise SettingError(
                f'there is no model in "{options.model}"' if options.model else "no model is set",
                where="setting asr.model",
                hint=_HINT,
            )
        self._loaded: Any = None

    def transcribe(self, sound: Path, language: str | None) -> Transcript:
        """See `core.ports.Transcriber`. Raises ProviderRefused when the model cannot be used."""
        engine = self._load()
        try:
            segments, info = engine.transcribe(
                str(sound),
                language=language,
                beam_size=5,
                temperature=0.0,
                condition_on_previous_text=False,
                initial_prompt=PROMPTS.get(language or ""),
                word_timestamps=True,
                vad_filter=True,
            )
            words = [word for segment in segments for word in segment.words or ()]
        except (RuntimeError, ValueError, LookupError, TypeError, OSError) as error:
            raise self._broken(error) from error
        heard = [(word.word, float(word.start), float(word.end)) for word in words]
        text = "".join(word.word for word in words)
        return Transcript(
            language=language or language_code(info.language), words=place_words(text, heard)
        )

    def key(self) -> Mapping[str, Any]:
        """The engine's version, and what tells the model from others."""
        from importlib.metadata import version

        return {
            "provider": "faster-whisper",
            "version": [VERSION, version("faster-whisper")],
            "model": fingerprint(self.folder / "model.bin"),
        }

    def _load(self) -> Any:
        if self._loaded is None:
            engine = library("faster_whisper", extra="whisper")
            try:
                self._loaded = engine.WhisperModel(
                    str(self.folder), device="auto", compute_type="default", local_files_only=True
                )
            except (RuntimeError, ValueError, LookupError, TypeError, OSError) as error:
                raise self._broken(error) from error
        return self._loaded

    def _broken(self, error: Exception) -> ProviderRefused:
        return ProviderRefused(
            f"faster-whisper cannot use this model ({type(error).__name__}: {str(error)[:200]})",
            where=str(self.folder),
            hint=_HINT,
        )
