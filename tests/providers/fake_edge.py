"""A local web-socket server that speaks the protocol of Edge's reading voices.

The real library edge-tts talks to it. What it says is real speech: the embedded voice speaks the
text, ffmpeg makes MP3 of it, and the embedded voice's own times go out as word boundaries.
"""

from __future__ import annotations

import asyncio
import json
import re
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path

from aiohttp import web

from reelwright.core.nouns import Speech, WordTime
from reelwright.media import ffmpeg
from reelwright.providers.tts.espeak import EspeakVoice


def speak_mp3(text: str, rate: float = 1.0) -> tuple[bytes, tuple[WordTime, ...]]:
    """The text as 24 kHz 48 kbit/s MP3, and its word times."""
    language = "zh" if re.search("[一-鿿]", text) else "en"
    with tempfile.TemporaryDirectory() as folder:
        wav, mp3 = Path(folder) / "a.wav", Path(folder) / "a.mp3"
        speech = Speech(text=text, language=language, rate=rate)
        times = EspeakVoice(EspeakVoice.Options()).speak(speech, wav)
        args = ["-i", str(wav), "-ar", "24000", "-ac", "1", "-b:a", "48k", "-y", str(mp3)]
        ffmpeg.run(args, what="making MP3")
        return mp3.read_bytes(), times


class FakeEdge:
    """What the server does, and what it was asked."""

    def __init__(self) -> None:
        self.mode = "ok"
        self.ssml: list[str] = []
        self.calls = 0
        self.url = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.calls += 1
        if self.mode.isdigit():
            return web.Response(status=int(self.mode), text="no")
        if self.mode == "html":
            return web.Response(text="<html>hello</html>", content_type="text/html")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        config, ssml = await socket.receive_str(), await socket.receive_str()
        assert '"wordBoundaryEnabled":"true"' in config
        self.ssml.append(ssml)
        if self.mode == "hang":
            await asyncio.sleep(30)
        text = unescape(re.sub(r"<[^>]+>", "", ssml.split("\r\n\r\n", 1)[1])).strip()
        rate = 1 + int(re.search(r"rate='([+-]\d+)%'", ssml)[1]) / 100  # type: ignore[index]
        await socket.send_str("Path:turn.start\r\n\r\n{}")
        if self.mode != "silent":
            data, times = await asyncio.to_thread(speak_mp3, text, rate)
            if self.mode == "noise":
                data = bytes(range(256)) * 20
            for time in times:
                await socket.send_str(f"Path:audio.metadata\r\n\r\n{boundary(text, time)}")
            header = b"X-RequestId:1\r\nContent-Type:audio/mpeg\r\nPath:audio\r\n"
            for at in range(0, len(data), 4000):
                part = data[at : at + 4000]
                await socket.send_bytes(len(header).to_bytes(2, "big") + header + part)
        await socket.send_str("Path:turn.end\r\n\r\n{}")
        await socket.close()
        return socket


def boundary(text: str, time: WordTime) -> str:
    """One word boundary as the service sends it: times in units of 100 ns."""
    data = {
        "Offset": round(time.start * 1e7),
        "Duration": round((time.end - time.start) * 1e7),
        "text": {"Text": text[time.first : time.last], "Length": 1, "BoundaryType": "WordBoundary"},
    }
    return json.dumps({"Metadata": [{"Type": "WordBoundary", "Data": data}]})


@contextmanager
def serving_edge() -> Iterator[FakeEdge]:
    """A server on a free port of this machine."""
    fake, ready, loop = FakeEdge(), threading.Event(), asyncio.new_event_loop()
    stop = asyncio.Event()

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/edge", fake.answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        fake.url = f"ws://127.0.0.1:{port}/edge"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield fake
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
