"""Microsoft Edge's reading voices through the library edge-tts: free, no account, a network.

The service says when each word begins and how long it lasts; those times are used as they are. It
is nobody's promise: now and then it turns callers away with 403 until the library is updated.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel

from reelwright.core.errors import (
    ProviderError,
    ProviderRefused,
    ProviderUnavailable,
    SettingError,
)
from reelwright.core.nouns import Origin, Speech, WordTime
from reelwright.providers.door import library, need
from reelwright.providers.tts.files import save_sound

_BEST = {"zh": "zh-CN-XiaoxiaoNeural", "en": "en-US-AvaNeural"}
_TICKS = 10_000_000
_WHAT = "the voice edge-tts"
_ELSE = "or use voice.provider=espeak, which needs no network"
_ADDRESS_LOCK = threading.Lock()


class EdgeVoice:
    """Kind ``tts``, name ``edge-tts``."""

    needs_network: ClassVar[bool] = True
    needs_gpu: ClassVar[bool] = False
    licence: ClassVar[str] = "Microsoft's terms of service"
    languages: ClassVar[tuple[str, ...]] = ("zh", "en")

    class Options(BaseModel):
        """From the settings group ``voice``."""

        base_url: str = ""
        """Another address of the service (``wss://…``), for a relay; empty is Microsoft's own."""
        timeout: float = 60
        retries: int = 3

    def __init__(self, options: Options) -> None:
        """Raises MissingExtra when edge-tts is not installed, SettingError for an address that
        cannot be one."""
        need("edge_tts", extra="edge")
        if options.base_url and not options.base_url.startswith(("ws://", "wss://")):
            raise SettingError(
                f"{_WHAT} speaks over a web socket, and this is none",
                where="setting voice.base_url",
                hint="leave it empty, or write an address that begins with wss://",
            )
        self.options = options

    def speak(self, speech: Speech, out: Path) -> tuple[WordTime, ...]:
        """See `reelwright.core.ports.Voice.speak`."""
        for tried in range(self.options.retries + 1):
            try:
                data, heard = self._ask(speech)
                break
            except ProviderUnavailable as error:
                # 403 does not go away by asking again.
                if tried == self.options.retries or "403" in error.message:
                    raise
                time.sleep(min(2.0**tried, 30))
        else:
            raise AssertionError("unreachable: the last try returns or raises")
        save_sound(data, out, what=_WHAT, hint=f"try again later, {_ELSE}")
        return _locate(speech.text, heard)

    def _ask(self, speech: Speech) -> tuple[bytes, list[tuple[str, float, float]]]:
        """One try: the sound as MP3, and (word, start, end) in seconds."""
        library("edge_tts", extra="edge")
        import aiohttp
        from edge_tts.exceptions import EdgeTTSException, NoAudioReceived

        voice = speech.voice or _BEST[speech.language]
        try:
            with _address(self.options.base_url):
                return asyncio.run(self._listen(speech, voice))
        except TimeoutError:
            raise ProviderUnavailable(
                f"{_WHAT} gave no complete answer within {self.options.timeout:g} seconds",
                hint=f"try again later, raise voice.timeout, {_ELSE}",
            ) from None
        except aiohttp.ClientResponseError as error:
            raise _explain(error.status) from None
        except NoAudioReceived:
            raise ProviderRefused(
                f'{_WHAT} has no sound for "{speech.text[:30]}" with the voice {voice}',
                hint="is the voice one of the line's language? `edge-tts --list-voices` lists them",
            ) from None
        except (aiohttp.ClientError, OSError) as error:
            raise ProviderUnavailable(
                f"{_WHAT} cannot be reached ({type(error).__name__})",
                hint=f"check the network, {_ELSE}",
            ) from None
        except EdgeTTSException as error:
            raise ProviderUnavailable(
                f"{_WHAT} gave an answer that was not understood ({type(error).__name__})",
                hint=f"pip install --upgrade edge-tts, {_ELSE}",
            ) from None
        except (ValueError, KeyError, TypeError) as error:
            # The library checks the voice's name with ValueError; a damaged answer ends up here
            # too.
            raise ProviderRefused(
                f"{_WHAT} cannot speak with the voice {voice} ({error})",
                where="setting voice.name",
                hint="`edge-tts --list-voices` lists the names",
            ) from None

    async def _listen(
        self, speech: Speech, voice: str
    ) -> tuple[bytes, list[tuple[str, float, float]]]:
        from edge_tts import Communicate

        seconds = max(1, round(self.options.timeout))
        stream: Any = Communicate(
            speech.text,
            voice,
            rate=f"{round((speech.rate - 1) * 100):+d}%",
            boundary="WordBoundary",
            connect_timeout=min(10, seconds),
            receive_timeout=seconds,
        ).stream()
        sound: list[bytes] = []
        heard: list[tuple[str, float, float]] = []
        async with asyncio.timeout(self.options.timeout):
            async for chunk in stream:
                if chunk["type"] == "audio":
                    sound.append(chunk["data"])
                elif chunk["type"] == "WordBoundary":
                    start = chunk["offset"] / _TICKS
                    heard.append((chunk["text"], start, start + chunk["duration"] / _TICKS))
        return b"".join(sound), heard

    def origin(self, speech: Speech) -> Origin:
        """See `reelwright.core.ports.Voice.origin`."""
        return Origin(
            provider="edge-tts",
            model=speech.voice or _BEST[speech.language],
            licence=self.licence,
            ai_made=True,
        )

    def key(self, speech: Speech) -> Mapping[str, Any]:
        """See `reelwright.core.ports.Voice.key`."""
        return {"engine": "edge-tts", "voice": speech.voice or _BEST[speech.language]}


def _explain(status: int) -> ProviderError:
    if status == 403:
        return ProviderUnavailable(
            f"{_WHAT} was turned away by Microsoft (403)",
            hint="pip install --upgrade edge-tts, check this machine's clock, wait a while, "
            + _ELSE,
        )
    if status == 429 or status >= 500:
        return ProviderUnavailable(
            f"{_WHAT} is too busy ({status})", hint=f"try again later, {_ELSE}"
        )
    return ProviderRefused(
        f"{_WHAT} was refused ({status})", hint=f"pip install --upgrade edge-tts, {_ELSE}"
    )


@contextmanager
def _address(base_url: str) -> Iterator[None]:
    """Let the library talk to another address while the block runs.

    It takes none, so its constant is exchanged; one such block at a time.
    """
    if not base_url:
        yield
        return
    communicate: Any = library("edge_tts.communicate", extra="edge")
    constants: Any = library("edge_tts.constants", extra="edge")
    with _ADDRESS_LOCK:
        usual = communicate.WSS_URL
        mark = "&" if "?" in base_url else "?"
        communicate.WSS_URL = f"{base_url}{mark}TrustedClientToken={constants.TRUSTED_CLIENT_TOKEN}"
        try:
            yield
        finally:
            communicate.WSS_URL = usual


def _locate(text: str, heard: list[tuple[str, float, float]]) -> tuple[WordTime, ...]:
    """Find the words that the service names, one after another, in what it was given."""
    low = text.lower()
    times: list[WordTime] = []
    at = 0
    for word, start, end in heard:
        found = low.find(word.strip().lower(), at)
        if not word.strip() or found < 0 or found - at > 40 or end <= start:
            continue
        at = found + len(word.strip())
        times.append(WordTime(first=found, last=at, start=start, end=end))
    return tuple(times)
