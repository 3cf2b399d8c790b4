"""espeak-ng in this process, through ctypes: text in, samples and word events out.

The library comes with the package ``espeakng-loader``; its data too, so nothing of the system is
used. The interface is that of ``espeak-ng/speak_lib.h`` (1.52).

Its state is global: one lock guards everything. Some of that state (where its flutter and its echo
stand) outlives an utterance and even its own termination, so that the same words never sound the
same twice. To give the same bytes for the same text, the library is loaded anew for each utterance,
which takes about ten milliseconds.
"""

from __future__ import annotations

import _ctypes
import ctypes
import os
import sys
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import ProviderRefused, ProviderUnavailable

RATE = 22_050
"""Samples a second."""
_LONGEST = 600 * RATE
"""Samples after which speaking is stopped: nothing here asks for ten minutes in one piece."""
_LONGEST_PATH = 130
"""Bytes: the library's buffer for a path holds 160, and it adds names of its own."""
_LOCK = threading.Lock()

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: no sound device, espeak_Synth returns when done
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8, _PHONEMES = 0x1, 0x100  # espeakCHARS_UTF8, espeakPHONEMES
_IPA = 0x02  # espeakPHONEMES_IPA
_EVENT_END_OF_LIST, _EVENT_WORD = 0, 1
_SPEED, _PITCH, _RANGE = 1, 3, 4  # espeak_PARAMETER


class _Id(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Id),
    ]


_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event)
)


@dataclass(frozen=True)
class Sound:
    """What came out of one call."""

    samples: np.ndarray
    """float64, mono, −1 to 1, at `RATE`."""
    words: tuple[tuple[int, int], ...]
    """(character of the text, sample at which its word begins), rising."""


class _Engine:
    """The library, fresh. Use under `_LOCK`, and close."""

    def __init__(self) -> None:
        try:
            self.lib: Any = ctypes.CDLL(_library())
            data = _data()
        except (OSError, RuntimeError) as error:
            raise ProviderUnavailable(
                f"the speech library espeak-ng does not load: {error}",
                hint="pip install --force-reinstall espeakng-loader",
            ) from error
        rate = self.lib.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT)
        if rate != RATE:
            raise ProviderUnavailable(
                f"the speech library espeak-ng cannot use its data in {data}",
                hint="pip install --force-reinstall espeakng-loader, in a folder with a short path "
                f"(this one has {len(data.encode())} bytes, and the library takes {_LONGEST_PATH})",
            )
        # The engine seeds its noise with the clock; its klatt voices use the C library's generator.
        self.lib.espeak_ng_SetRandSeed(ctypes.c_long(1))
        _seed()
        self.pieces: list[np.ndarray] = []
        self.words: list[tuple[int, int]] = []
        self.count = 0
        # Kept on the instance: the library holds a bare pointer to it.
        self.callback = _Callback(self._hear)
        self.lib.espeak_SetSynthCallback(self.callback)

    def close(self) -> None:
        self.lib.espeak_Terminate()
        unload = getattr(_ctypes, "dlclose", None) or getattr(_ctypes, "FreeLibrary", None)
        if unload:
            unload(self.lib._handle)

    def _hear(self, wav: Any, count: int, events: Any) -> int:
        if wav and count > 0:
            self.pieces.append(np.ctypeslib.as_array(wav, (count,)).copy())
            self.count += count
        index = 0
        while events[index].type != _EVENT_END_OF_LIST:
            if events[index].type == _EVENT_WORD:
                self.words.append((events[index].text_position - 1, events[index].sample))
            index += 1
        return 1 if self.count > _LONGEST else 0

    def say(
        self, text: str, voice: str, speed: int, pitch: int, spread: int, phonemes: bool
    ) -> Sound:
        self.pieces, self.words, self.count = [], [], 0
        if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ProviderRefused(f'espeak-ng has no voice "{voice}"')
        for parameter, value in ((_SPEED, speed), (_PITCH, pitch), (_RANGE, spread)):
            self.lib.espeak_SetParameter(parameter, value, 0)
        data = text.encode() + b"\0"
        flags = _UTF8 | (_PHONEMES if phonemes else 0)
        self.lib.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, flags, None, None)
        if self.count > _LONGEST:
            raise ProviderRefused(
                "the text is too long to be spoken in one piece", hint="split it into lines"
            )
        samples = np.concatenate(self.pieces) if self.pieces else np.zeros(0, np.int16)
        words = tuple((at, min(sample, len(samples))) for at, sample in self.words if at >= 0)
        return Sound(samples.astype(np.float64) / 32768, words)

    def phonemes(self, text: str, voice: str) -> str:
        if self.lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise ProviderRefused(f'espeak-ng has no voice "{voice}"')
        self.lib.espeak_TextToPhonemes.restype = ctypes.c_char_p
        rest = ctypes.c_char_p(text.encode())
        said: list[str] = []
        # A call reads as far as the end of a clause.
        while rest.value:
            piece = self.lib.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA)
            said.append((piece or b"").decode(errors="replace").strip())
        return " ".join(each for each in said if each)


@cache
def _library() -> str:
    """The library's path, for this module alone.

    Where the system allows, it is a copy in memory: other packages that load the same file (the
    phonemizer of kokoro-onnx does) would keep it from ever being unloaded.
    """
    import espeakng_loader

    path = espeakng_loader.get_library_path()
    if not sys.platform.startswith("linux"):
        return path
    try:
        copy = os.memfd_create("espeak-ng")
        with os.fdopen(copy, "wb", closefd=False) as file:
            file.write(Path(path).read_bytes())
    except OSError:
        return path
    return f"/proc/self/fd/{copy}"


@cache
def _data() -> str:
    """The path of the data; where it is too long for the library, a short way to the same."""
    import espeakng_loader

    path = str(espeakng_loader.get_data_path())
    if len(path.encode()) <= _LONGEST_PATH or not sys.platform.startswith("linux"):
        return path
    return f"/proc/self/fd/{os.open(path, os.O_RDONLY | os.O_DIRECTORY)}"


def _seed() -> None:
    """Set the generator of the C library, where it can be reached."""
    try:
        ctypes.CDLL("msvcrt" if sys.platform == "win32" else None).srand(1)
    except (OSError, AttributeError):
        return


def say(
    text: str, voice: str, *, speed: int, pitch: int = 50, spread: int = 50, phonemes: bool = False
) -> Sound:
    """Speak.

    Args:
        text: no NUL and no lone surrogates; with `phonemes`, ``[[…]]`` holds phoneme names.
        voice: a language, or a language and a variant: ``en-us+f3``.
        speed: words a minute, 80 to 450.
        pitch: 0 to 99.
        spread: how far the pitch moves, 0 to 99.
        phonemes: whether ``[[…]]`` means phonemes.

    Raises:
        ProviderUnavailable: the library does not load.
        ProviderRefused: no such voice, or the text is too long.
    """
    with _LOCK:
        engine = _Engine()
        try:
            return engine.say(text, voice, speed, pitch, spread, phonemes)
        finally:
            engine.close()


def phonemes(text: str, voice: str) -> str:
    """How a text is said, in the international phonetic alphabet.

    Raises ProviderUnavailable and ProviderRefused as `say` does.
    """
    with _LOCK:
        engine = _Engine()
        try:
            return engine.phonemes(text, voice)
        finally:
            engine.close()


@cache
def variants() -> tuple[str, ...]:
    """The names of the voice variants (``f3``, ``max`` …), sorted."""
    import espeakng_loader

    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    return tuple(sorted(file.name for file in folder.iterdir()))
