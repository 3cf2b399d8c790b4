"""Ports: what Reelwright asks of the world outside. One Protocol a kind, one to three methods.

A provider is a class with

- the class facts of `ProviderFacts` (listing reads them without making an instance);
- a nested pydantic class ``Options`` whose fields are filled from the settings section of its kind
  (fields that the section does not have keep their defaults);
- ``__init__(self, options: Options)``, which must not touch the network or load weights;
- the methods of its kind's Protocol.

Failures are the `ProviderError` branch of `reelwright.core.errors`. How built-in and foreign
providers are found is in `reelwright.providers.door`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from reelwright.core.nouns import Format, Origin, Speech, WordTime
from reelwright.core.timeline import Scene


class ProviderFacts(Protocol):
    """What every provider class says of itself."""

    needs_network: ClassVar[bool]
    needs_gpu: ClassVar[bool]
    licence: ClassVar[str]
    languages: ClassVar[tuple[str, ...]]
    """``zh``, ``en`` …; empty: any."""


@runtime_checkable
class Voice(Protocol):
    """Kind ``tts``: speaks."""

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """Speak into the WAV file `out` (any rate, PCM, mono or stereo).

        Returns when each word is heard, or nothing where the engine does not say; the caller then
        aligns the words to the sound.
        """
        ...

    def origin(self, speech: Speech) -> Origin:
        """What to record of a take of this speech."""
        ...

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """Everything besides `speech` that decides the sound (engine, version, model, voice).

        It goes into the hash of the take, so it holds no secrets.
        """
        ...


Message = Mapping[Literal["role", "content"], str]
AnswerMode = Literal["json_schema", "json_object", "text"]


@runtime_checkable
class LLM(Protocol):
    """Kind ``llm``: answers."""

    def complete(
        self, messages: Sequence[Message], *, schema: Mapping[str, Any] | None, mode: AnswerMode
    ) -> str:
        """The text of the answer.

        Args:
            messages: the conversation, each with ``role`` and ``content``.
            schema: the JSON schema the answer should follow.
            mode: how to ask for it: as a structured-output schema, as "some JSON object", or not at
                all. `ProviderRefused` means that the endpoint does not know this mode.
        """
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the messages (address, model); no secrets."""
        ...

    def origin(self, prompt: str) -> Origin:
        """What to record of an answer."""
        ...


class Painter(Protocol):
    """Draws scenes. Handed to the renderer by name, so that `edit` need not know `create`."""

    def __call__(
        self, scene: Scene, format: Format, frames: int, first: int, last: int, root: Path
    ) -> Iterator[Any]:
        """Frames `first` to `last` (exclusive) of a scene that lasts `frames` frames.

        Yields contiguous buffers of BGRA bytes, premultiplied and opaque, `height` × `width` × 4.
        The same buffer may be yielded again: it is consumed before the next is asked for. Frames
        from `frames` on (a transition's tail) show the settled scene. Relative paths in `scene` are
        taken from `root`.
        """
        ...
