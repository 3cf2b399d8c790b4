"""The person's own voice: takes they recorded, one file a line.

The folder (``voice/`` in the project, setting ``voice.folder``) holds one sound file a line, in any
common format. A file belongs to a line by number (``01.wav``, ``2.m4a``, ``03 second try.mp3``), or
by words: its name is how the line begins (``为什么隔夜茶.m4a``).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from reelwright.core.errors import (
    FootageError,
    MediaError,
    ProviderRefused,
    SettingError,
    StoreError,
)
from reelwright.core.nouns import Origin, Speech, WordTime
from reelwright.media.sound import to_wav

SUFFIXES = (".wav", ".m4a", ".mp3", ".aac", ".flac", ".ogg", ".opus", ".wma", ".mp4", ".mov")
_NUMBER = re.compile(r"\s*0*(\d{1,4})(?!\d)(?:[\s._\-、)）]|$)")


class RecordingVoice:
    """Kind ``tts``, name ``recording``. `Speech.voice` is the line's number, from 1."""

    needs_network: ClassVar[bool] = False
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "the person's own"
    languages: ClassVar[tuple[str, ...]] = ()
    by_line: ClassVar[bool] = True
    """Whether this voice is told the line's number instead of a voice's name."""

    class Options(BaseModel):
        """From the settings group ``voice``."""

        folder: str = "voice"
        """The folder of the takes; a relative one is taken from the working folder."""

    def __init__(self, options: Options) -> None:
        self.folder = Path(options.folder).expanduser()

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """See `reelwright.core.ports.Voice.speak`. `speech.rate` does not change a recording."""
        file = self.find(speech)
        try:
            to_wav(file, out)
        except (FootageError, MediaError) as error:
            raise ProviderRefused(
                f"the recording cannot be read ({error.message})",
                where=str(file),
                hint="record it again, or export it as WAV",
            ) from error
        return ()

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`. A person's voice is not AI-made."""
        return Origin(provider="recording", licence=self.licence, ai_made=False)

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`: the recording itself."""
        file = self.find(speech)
        try:
            with file.open("rb") as data:
                return {
                    "engine": "recording",
                    "take": hashlib.file_digest(data, "sha256").hexdigest(),
                }
        except OSError as error:
            raise StoreError(f"cannot be read ({error.strerror})", where=str(file)) from error

    def find(self, speech: Speech) -> Path:
        """The file of a line: by its number, else by its beginning.

        Raises:
            SettingError: there is no such folder.
            ProviderRefused: no file, or more than one, is this line's; names line and file.
        """
        if not self.folder.is_dir():
            raise SettingError(
                f"there is no folder {self.folder} with recordings",
                where="setting voice.folder",
                hint="make it, and put 01.wav, 02.wav … into it, one file a line",
            )
        files = sorted(
            file
            for file in self.folder.iterdir()
            if file.suffix.lower() in SUFFIXES and not file.name.startswith(".")
        )
        number = int(speech.voice) if speech.voice and speech.voice.isdigit() else None
        found = [file for file in files if number is not None and _number(file) == number]
        if not found:
            said = _plain(speech.text)
            named = [(len(_plain(file.stem)), file) for file in files if _begins(said, file)]
            longest = max((length for length, _ in named), default=0)
            found = [file for length, file in named if length == longest]
        line = f"line {number}" if number is not None else "the line"
        wanted = f"{number or 1:02d}.wav"
        if not found:
            raise ProviderRefused(
                f'{line} ("{speech.text[:20]}") has no recording: '
                f"{self.folder / wanted} is missing",
                where=line,
                hint=f"record the line and save it as {wanted} ({', '.join(SUFFIXES[1:5])} do too)",
            )
        if len(found) > 1:
            raise ProviderRefused(
                f"{line} has {len(found)} recordings: {', '.join(file.name for file in found)}",
                where=str(self.folder),
                hint="keep one of them",
            )
        return found[0]


def _number(file: Path) -> int | None:
    match = _NUMBER.match(file.stem)
    return int(match[1]) if match else None


def _plain(text: str) -> str:
    """Letters only: how a name and a line are compared."""
    return "".join(char for char in text.casefold() if char.isalnum())


def _begins(said: str, file: Path) -> bool:
    name = _plain(file.stem)
    return len(name) >= 2 and not name.isdigit() and said.startswith(name)
