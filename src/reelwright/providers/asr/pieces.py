"""A long recording in pieces that a service takes, cut where it is quietest."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from reelwright.core.errors import FootageError

SECONDS = 600
"""Longest piece: at 16 kHz it has 19 MB, and services take 25."""
_LOOK = 30
"""Seconds before its end in which a piece may be cut."""
_HOP = 0.1


def cut_wav(path: Path, seconds: float = SECONDS) -> Iterator[tuple[float, bytes]]:
    """The pieces of a PCM WAV file in order: where each begins (seconds), and a WAV file of it.

    One piece is in memory at a time. Raises FootageError when it is no PCM WAV.
    """
    import numpy as np

    from reelwright.media.sound import from_pcm

    try:
        with path.open("rb") as raw, wave.open(raw) as file:
            rate, width, channels = file.getframerate(), file.getsampwidth(), file.getnchannels()
            begin, total = 0, file.getnframes()
            while begin < total:
                count = min(round(seconds * rate), total - begin)
                file.setpos(begin)
                data = file.readframes(count)
                if begin + count < total:
                    samples = from_pcm(data, width, channels)[:, 0]
                    hop = round(_HOP * rate)
                    tail = samples[-min(len(samples) // 2, _LOOK * rate) :]
                    whole: Any = tail[: len(tail) // hop * hop].reshape(-1, hop)
                    power = (whole.astype(np.float64) ** 2).mean(axis=1)
                    quiet = int(np.argmin(power[1:])) + 1 if len(power) > 1 else len(power)
                    count = len(samples) - len(tail) + quiet * hop + hop // 2
                    data = data[: count * width * channels]
                yield begin / rate, _as_wav(data, rate, width, channels)
                begin += count
    except (wave.Error, EOFError) as error:
        raise FootageError(f"is not a PCM WAV file ({error})", where=str(path)) from error
    except OSError as error:
        raise FootageError(f"cannot be read ({error.strerror})", where=str(path)) from error


def _as_wav(data: bytes, rate: int, width: int, channels: int) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)
    return out.getvalue()
