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

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from reelwright.core.nouns import Box, Format, Origin, Speech, Transcript, WordTime
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


@dataclass(frozen=True)
class Candidate:
    """A clip that a stock library offers."""

    id: str
    """The library's own number of it."""
    link: str
    """Where its file is."""
    seconds: float
    width: int
    height: int
    origin: Origin
    """Whom to credit: author, page, licence."""
    tags: tuple[str, ...] = ()
    bytes: int = 0
    """Size of its file; 0 where the library does not say."""


@runtime_checkable
class Stock(Protocol):
    """Kind ``stock``: a library of clips."""

    def search(self, query: str, *, format: Format, seconds: float) -> tuple[Candidate, ...]:
        """Clips for a few words, that fill this format and last so long, best first."""
        ...

    def fetch(self, candidate: Candidate, out: Path) -> None:
        """Download a clip into the file `out`; goes on where an earlier try broke off."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answers besides the question (provider, address); no secrets."""
        ...


@runtime_checkable
class Images(Protocol):
    """Kind ``image``: generates pictures."""

    def draw(self, prompt: str, *, format: Format, seed: int, out: Path) -> None:
        """Generate a picture into the file `out` (PNG, JPEG or WebP)."""
        ...

    def origin(self, prompt: str, *, seed: int) -> Origin:
        """What to record of a picture."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the picture besides prompt, format and seed; no secrets."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Kind ``embed``: places texts, and pictures where it can, in one space of meaning."""

    @property
    def pictures(self) -> bool:
        """Whether `embed_pictures` works; else pictures are told by their words."""
        ...

    def embed_texts(self, texts: Sequence[str]) -> tuple[tuple[float, ...], ...]:
        """A vector for each text, all of one length."""
        ...

    def embed_pictures(self, pictures: Sequence[Path]) -> tuple[tuple[float, ...], ...]:
        """A vector for each picture file, in the space of the texts."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the vectors besides what is placed (address, model); no secrets."""
        ...


@runtime_checkable
class FaceFinder(Protocol):
    """Kind ``faces``: finds faces in pictures."""

    def find(self, frames: Sequence[Any]) -> tuple[tuple[Box, ...], ...]:
        """The faces in each frame (height × width × 3 bytes, RGB, upright), the surest first."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the pictures (model, version)."""
        ...


@runtime_checkable
class ObjectFinder(Protocol):
    """Kind ``objects``: finds things in pictures and names them."""

    def find(self, frames: Sequence[Any]) -> tuple[tuple[tuple[str, Box], ...], ...]:
        """The things in each frame (height × width × 3 bytes, RGB, upright), the surest first:
        what each is called, and where it is."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the pictures (model, names)."""
        ...


@runtime_checkable
class FaceTeller(Protocol):
    """Kind ``people``: tells faces apart."""

    near: ClassVar[float]
    """Two faces whose vectors are nearer than this (Euclidean) are thought the same person's."""

    def describe(self, frame: Any, faces: Sequence[Box]) -> tuple[tuple[float, ...], ...]:
        """A vector for each face of a frame (height × width × 3 bytes, RGB, upright)."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the pictures (model, version)."""
        ...


@runtime_checkable
class PersonMatter(Protocol):
    """Kind ``matte``: tells persons from what is behind them."""

    def begin(self) -> Callable[[Any], Any]:
        """A function for the pictures of one shot, in order (it may remember those before).

        It takes height × width × 3 bytes (RGB, upright) and gives height × width float32: how much
        of each pixel is a person's, 0 to 1.
        """
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the pictures (model, version)."""
        ...


@runtime_checkable
class PictureStyle(Protocol):
    """Kind ``style``: paints a picture anew."""

    def paint(self, frame: Any) -> Any:
        """A picture (height × width × 3 bytes, RGB) → the same painted, of about that size."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the picture (model, version)."""
        ...


@runtime_checkable
class PictureEnlarger(Protocol):
    """Kind ``upscale``: makes pictures larger."""

    say: Callable[[str], None]
    """Is told when memory runs out, and what is done about it."""

    def enlarge(self, frame: Any) -> Any:
        """A picture (height × width × 3 bytes, RGB) → the same, larger by a whole factor."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the picture (model, version)."""
        ...


@runtime_checkable
class VoiceActivity(Protocol):
    """Kind ``vad``: tells speech from everything else."""

    step: ClassVar[int]
    """Samples at 16 kHz that one probability stands for."""

    def listen(self, samples: Iterator[Any]) -> Iterator[float]:
        """The probability (0 to 1) of speech in each `step` samples.

        Args:
            samples: blocks of any length of mono sound at 16 kHz, float32 in −1 to 1.
        """
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the sound (model, version)."""
        ...


@runtime_checkable
class Transcriber(Protocol):
    """Kind ``asr``: writes down what is said."""

    def transcribe(self, sound: Path, language: str | None) -> Transcript:
        """What is said in a WAV file, with the time of each word; no words where nobody speaks.

        Args:
            language: ``zh``, ``en`` …; None lets the engine tell.
        """
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the sound (address, model, version); no secrets."""
        ...


@runtime_checkable
class TextReader(Protocol):
    """Kind ``ocr``: reads text in pictures."""

    def read(self, frame: Any) -> tuple[tuple[str, Box], ...]:
        """The lines of text in a frame (height × width × 3 bytes, RGB, upright), top first."""
        ...

    def key(self) -> Mapping[str, Any]:
        """What decides the answer besides the picture (model, version)."""
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
