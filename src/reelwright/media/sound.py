"""Sound files: to WAV, in and out of arrays, and how loud they are."""

from __future__ import annotations

import re
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError, MediaError
from reelwright.core.time import SAMPLE_RATE
from reelwright.media import ffmpeg

Samples = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Loudness:
    """How loud a file is as a whole (EBU R 128, ITU-R BS.1770)."""

    lufs: float
    """Integrated loudness; −70 is silence."""
    true_peak: float
    """dBTP, from the oversampled signal; −inf is silence."""


def to_wav(src: Path, out: Path, *, channels: int = 1) -> None:
    """Any sound, or the sound of any video, as 48 kHz PCM16 WAV.

    Raises FootageError when there is no sound in it, MediaError when it cannot be decoded.
    """
    part = out.with_name(f".{out.name}.part")
    args = ["-v", "error", "-protocol_whitelist", "file", "-i", ffmpeg.source(src)]
    args += ["-map", "0:a:0", "-ac", str(channels), "-ar", str(SAMPLE_RATE), "-c:a", "pcm_s16le"]
    # A WAV whose length is filled in afterwards cannot be piped: this one ffmpeg writes itself.
    args += ["-fflags", "+bitexact", "-map_metadata", "-1", "-f", "wav", ffmpeg.source(part)]
    try:
        ffmpeg.run(args, what=f"reading the sound of {src.name}")
        part.replace(out)
    except MediaError as error:
        if "matches no streams" in error.message:
            raise FootageError(
                "has no sound", where=str(src), hint="give a file with a sound track"
            ) from error
        from reelwright.media.probing import probe

        probe(src)  # says better what is wrong with a file that is no media
        raise
    finally:
        part.unlink(missing_ok=True)


def read_wav(path: Path) -> tuple[Samples, int]:
    """Samples (float32, length × channels, −1 to 1) and their rate, of a PCM WAV file.

    Raises FootageError when it is no PCM WAV.
    """
    try:
        with wave.open(str(path), "rb") as file:
            raw = file.readframes(file.getnframes())
            return from_pcm(raw, file.getsampwidth(), file.getnchannels()), file.getframerate()
    except (wave.Error, EOFError) as error:
        raise FootageError(
            f"is not a PCM WAV file ({error})", where=str(path), hint="convert it with to_wav"
        ) from error
    except OSError as error:
        raise FootageError(f"cannot be read ({error.strerror})", where=str(path)) from error


def from_pcm(raw: bytes, width: int, channels: int) -> Samples:
    """Interleaved little-endian PCM of `width` bytes a sample as floats (length × channels)."""
    whole = len(raw) // (width * channels) * width * channels
    data = np.frombuffer(raw[:whole], np.uint8)
    if width == 1:  # unsigned, by the format's definition
        values = data.astype(np.float32) / 128 - 1
    elif width == 2:
        values = data.view("<i2").astype(np.float32) / 32768
    elif width == 3:
        wide = np.zeros((len(data) // 3, 4), np.uint8)
        wide[:, 1:] = data.reshape(-1, 3)
        values = (wide.reshape(-1).view("<i4") / 2147483648).astype(np.float32)
    else:
        values = (data.view("<i4") / 2147483648).astype(np.float32)
    return values.astype(np.float32, copy=False).reshape(-1, channels)


def to_pcm16(samples: npt.NDArray[Any]) -> bytes:
    """Floats as interleaved PCM16; what lies outside −1 to 1 is clipped."""
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


def write_wav(path: Path, samples: npt.NDArray[Any], rate: int = SAMPLE_RATE) -> None:
    """Write samples (length, or length × channels, −1 to 1) as a PCM16 WAV file."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(1 if samples.ndim == 1 else samples.shape[1])
            file.setsampwidth(2)
            file.setframerate(rate)
            file.writeframes(to_pcm16(samples))
        part.replace(path)
    except OSError as error:
        raise ffmpeg.disk_error(error, path) from error
    finally:
        part.unlink(missing_ok=True)


def measure(path: Path) -> Loudness:
    """The loudness of a file's first sound track. Raises MediaError when it has none."""
    args = ["-protocol_whitelist", "file", "-i", ffmpeg.source(path), "-map", "0:a:0"]
    args += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    said = ffmpeg.run(args, what=f"measuring {path.name}")
    return parse_loudness(said)


def parse_loudness(said: str) -> Loudness:
    """The summary that ffmpeg's ebur128 filter ends with, told to look for peaks.

    Raises MediaError when there is none.
    """
    peak = re.search(r"Peak:\s+(-?[\d.]+|nan|-?inf) dBFS", _summary(said))
    if not peak:
        raise MediaError("ffmpeg did not say how loud it is")
    return Loudness(
        lufs=parse_lufs(said), true_peak=float(peak[1]) if peak[1] != "nan" else float("-inf")
    )


def parse_lufs(said: str) -> float:
    """The integrated loudness in that summary. Raises MediaError when there is none."""
    loud = re.search(r"I:\s+(-?[\d.]+|nan|-?inf) LUFS", _summary(said))
    if not loud:
        raise MediaError("ffmpeg did not say how loud it is")
    # Nothing long enough to measure counts as silence.
    return float(loud[1]) if loud[1][-1].isdigit() else -70.0


def _summary(said: str) -> str:
    return said[said.rfind("Summary:") :]
