"""espeak-ng in this process, through ctypes: text in, samples and word events out.

The library comes with the package ``espeakng-loader``; its data too, so nothing of the system is
used. Its state is global and not thread-safe: one lock guards everything. The interface is that of
``espeak-ng/speak_lib.h`` (1.52).
"""

from __future__ import annotations

import ctypes
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
_LOCK = threading.Lock()

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: no sound device, espeak_Synth returns when done
_DONT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8, _PHONEMES = 0x1, 0x100  # espeakCHARS_UTF8, espeakPHONEMES
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
    """The library, set up once a process. Use under `_LOCK` only."""

    def __init__(self) -> None:
        import espeakng_loader

        try:
            self.lib: Any = ctypes.CDLL(espeakng_loader.get_library_path())
            data = str(espeakng_loader.get_data_path())
        except (OSError, RuntimeError) as error:
            raise ProviderUnavailable(
                f"the speech library espeak-ng does not load: {error}",
                hint="pip install --force-reinstall espeakng-loader",
            ) from error
        rate = self.lib.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DONT_EXIT)
        if rate != RATE:
            raise ProviderUnavailable(
                f"the speech library espeak-ng cannot use its data in {data}",
                hint="pip install --force-reinstall espeakng-loader",
            )
        self.pieces: list[np.ndarray] = []
        self.words: list[tuple[int, int]] = []
        self.count = 0
        # Kept on the instance: the library holds a bare pointer to it.
        self.callback = _Callback(self._hear)
        self.lib.espeak_SetSynthCallback(self.callback)

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


@cache
def _engine() -> _Engine:
    return _Engine()


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
        return _engine().say(text, voice, speed, pitch, spread, phonemes)


@cache
def variants() -> tuple[str, ...]:
    """The names of the voice variants (``f3``, ``max`` …), sorted."""
    import espeakng_loader

    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    return tuple(sorted(file.name for file in folder.iterdir()))
