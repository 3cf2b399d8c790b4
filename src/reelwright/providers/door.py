"""The door to all providers: kind → name → class.

Ours stand in `TABLE`; a package of anyone else's adds its own as entry points, in the same form::

    [project.entry-points."reelwright.tts"]
    my-voice = "my_package.voice:MyVoice"

Both go through `find` and `load`. Listing imports nothing; loading imports one module. A name of
ours cannot be taken over by a package that happens to be installed.
"""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any, cast

from pydantic import BaseModel, SecretStr, ValidationError

from reelwright.core.errors import (
    MissingExtra,
    MissingKey,
    SettingError,
    UnknownProvider,
    nearest,
)
from reelwright.core.extras import library as library
from reelwright.core.extras import need as need
from reelwright.core.settings import variable

TABLE: dict[str, dict[str, str]] = {
    "tts": {
        "espeak": "reelwright.providers.tts.espeak:EspeakVoice",
        "edge-tts": "reelwright.providers.tts.edge:EdgeVoice",
        "openai": "reelwright.providers.tts.openai:OpenAIVoice",
        "piper": "reelwright.providers.tts.piper:PiperVoice",
        "kokoro": "reelwright.providers.tts.kokoro:KokoroVoice",
        "recording": "reelwright.providers.tts.recording:RecordingVoice",
    },
    "llm": {
        "openai": "reelwright.providers.llm.openai:OpenAILLM",
    },
    "stock": {
        "pexels": "reelwright.providers.stock.pexels:Pexels",
        "pixabay": "reelwright.providers.stock.pixabay:Pixabay",
    },
    "image": {
        "openai": "reelwright.providers.image.openai:OpenAIImages",
    },
    "embed": {
        "openai": "reelwright.providers.embed.openai:OpenAIEmbedder",
    },
    "faces": {
        "nudenet": "reelwright.providers.faces.nudenet:NudeNetFaces",
    },
    "objects": {
        "onnx": "reelwright.providers.objects.onnx:OnnxObjects",
    },
    "ocr": {
        "rapidocr": "reelwright.providers.ocr.rapidocr:RapidReader",
    },
    "people": {
        "dlib": "reelwright.providers.people.dlib:DlibPeople",
        "patterns": "reelwright.providers.people.patterns:PatternPeople",
    },
    "matte": {
        "onnx": "reelwright.providers.matte.onnx:OnnxMatte",
    },
    "upscale": {
        "onnx": "reelwright.providers.upscale.onnx:OnnxEnlarger",
        "safetensors": "reelwright.providers.upscale.safetensors:SafetensorsEnlarger",
    },
    "style": {
        "onnx": "reelwright.providers.style.onnx:OnnxStyle",
    },
    "vad": {
        "silero": "reelwright.providers.vad.silero:SileroActivity",
    },
    "asr": {
        "faster-whisper": "reelwright.providers.asr.faster_whisper:FasterWhisper",
        "openai": "reelwright.providers.asr.openai:OpenAITranscriber",
    },
}
"""Kind → name → ``module:Class``."""


def names(kind: str) -> list[str]:
    """The names of all providers of a kind, sorted. Imports none of them."""
    return sorted({*TABLE.get(kind, {}), *(point.name for point in _foreign(kind))})


def find(kind: str, name: str) -> type[Any]:
    """The class of a provider.

    Args:
        kind: ``tts``, ``llm`` …
        name: as in `names`.

    Raises:
        UnknownProvider: there is none of that name; lists those there are.
        MissingExtra: its module needs a library that is not installed.
    """
    target = TABLE.get(kind, {}).get(name)
    if target:
        point = EntryPoint(name, target, f"reelwright.{kind}")
    else:
        matches = [point for point in _foreign(kind) if point.name == name]
        if not matches:
            raise UnknownProvider(
                f'there is no {kind} provider "{name}"', hint=nearest(name, names(kind))
            )
        point = matches[0]
    try:
        return cast("type[Any]", point.load())
    except ImportError as error:
        missing = error.name or str(error)
        raise MissingExtra(
            f'the {kind} provider "{name}" needs {missing}, which is not installed',
            hint=f"pip install {missing.split('.')[0]}",
        ) from error
    except AttributeError as error:
        raise UnknownProvider(
            f'the {kind} provider "{name}" names {point.value}, and there is no such class',
            hint="repair or remove the package that brings it",
        ) from error


def load(kind: str, name: str, section: BaseModel) -> Any:
    """A provider, ready for use.

    Args:
        kind: ``tts``, ``llm`` …
        name: as in `names`.
        section: the group of settings of the kind; each of its fields that the provider's
            ``Options`` knows is handed over, the rest keep their defaults.

    Raises:
        UnknownProvider, MissingExtra: see `find`.
        MissingKey: it needs a key that is not set; names the setting.
        SettingError: an option has a value this provider cannot work with.
    """
    provider = find(kind, name)
    options: type[BaseModel] = provider.Options
    given = {
        field: getattr(section, field)
        for field in type(section).model_fields
        if field in options.model_fields
    }
    try:
        filled = options(**given)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingError(
            f'{first["msg"]} (for the {kind} provider "{name}")', where=key
        ) from None
    return provider(filled)


def need_key(key: SecretStr, setting: tuple[str, ...], *, what: str) -> None:
    """Check that a key is set. Raises MissingKey naming the setting and its variable."""
    if not key.get_secret_value().strip():
        raise MissingKey(
            f"{what} needs a key",
            where=f"setting {'.'.join(setting)}",
            hint=f"set {variable(setting)} in the environment, or put it into settings.toml",
        )


def _foreign(kind: str) -> list[EntryPoint]:
    ours = TABLE.get(kind, {})
    points = [point for point in entry_points(group=f"reelwright.{kind}") if point.name not in ours]
    return sorted(points, key=lambda point: (point.name, point.value))
