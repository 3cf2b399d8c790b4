"""What voices do with files: sound in any container to WAV, and weights told apart."""

from __future__ import annotations

import hashlib
import importlib
from functools import lru_cache
from pathlib import Path

from reelwright.core.errors import FootageError, MediaError, ProviderRefused, SettingError
from reelwright.media.ffmpeg import disk_error
from reelwright.media.sound import to_wav


def save_sound(data: bytes, out: Path, *, what: str, hint: str) -> None:
    """Write the sound file that a service sent (MP3, WAV, Ogg …) as WAV.

    Raises ProviderRefused, beginning with `what`, when it is none.
    """
    received = out.with_name(f".{out.name}.received")
    try:
        received.write_bytes(data)
        to_wav(received, out)
    except (FootageError, MediaError) as error:
        raise ProviderRefused(
            f"{what} sent {len(data)} bytes that are no sound", hint=hint
        ) from error
    except OSError as error:
        raise disk_error(error, received) from error
    finally:
        received.unlink(missing_ok=True)


def weights(path: str, *, what: str, suffix: str, hint: str) -> Path:
    """The file that ``voice.model`` names. Raises SettingError when there is none."""
    file = Path(path).expanduser()
    if not path or not file.is_file():
        raise SettingError(
            f"{what} needs the file of a model ({suffix})"
            if not path
            else f"there is no file {path} for {what}",
            where="setting voice.model",
            hint=hint,
        )
    return file


def fingerprint(file: Path) -> str:
    """What tells these weights from others: size and a hash of their beginning, middle and end.

    Hashing some hundred megabytes whole would cost more than everything else of an unchanged run.
    """
    stat = file.stat()
    return _fingerprint(str(file), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=16)
def _fingerprint(path: str, size: int, changed: int) -> str:
    del changed  # only to look again when the file was replaced
    part = 1 << 18
    found = hashlib.sha256(str(size).encode())
    with Path(path).open("rb") as file:
        for at in (0, max(0, size // 2 - part // 2), max(0, size - part)):
            file.seek(at)
            found.update(file.read(part))
    return found.hexdigest()


def model_errors() -> tuple[type[Exception], ...]:
    """What running somebody's weights can raise: onnxruntime's errors have no common base."""
    state = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    theirs = [
        value
        for value in vars(state).values()
        if isinstance(value, type) and issubclass(value, Exception)
    ]
    usual = (RuntimeError, ValueError, LookupError, TypeError, AssertionError, OSError)
    return (*usual, *theirs)
