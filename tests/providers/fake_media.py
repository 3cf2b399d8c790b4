"""A small real server that speaks the APIs of Pexels, Pixabay, /images/generations and /embeddings.

The answers have the shape of the services' public documentation, with the oddities of real ones
(playlists among the files, sizes that are null). `mode` makes it misbehave, `trouble` only for the
next so many answers.
"""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "stock-key-1234567890"


class FakeMedia(ThreadingHTTPServer):
    """The server.

    Attributes:
        mode: how files are served: ``ok``, ``cut`` (half, then the connection ends), ``html``,
            ``huge`` (a length of gigabytes), ``endless``, ``404``, ``private`` (a redirect to
            another private host), ``moved`` (a redirect), ``loop``, ``empty``, ``no_ranges``.
        trouble: for how many answers the mode holds; -1 for all.
        asking: how questions are answered: ``ok``, ``429``, ``500``, ``html``, ``other`` …
    """

    daemon_threads = True

    def __init__(self, clip: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.clip = clip
        self.mode, self.trouble, self.asking = "ok", -1, "ok"
        self.tag = '"one"'
        self.elsewhere = ""
        self.seen: list[dict[str, Any]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def paths(self) -> list[str]:
        return [urlsplit(row["path"]).path for row in self.seen]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what several modes are for."""


@contextmanager
def serving_media(clip: bytes = b"clip" * 5000) -> Iterator[FakeMedia]:
    server = FakeMedia(clip)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeMedia

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._note(None)
        if parts.path.startswith("/files/"):
            return self._file()
        if self._troubled():
            return None
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/videos/search":
            if self.headers.get("Authorization") != KEY:
                return self._json(401, {"error": "Unauthorized"})
            return self._json(200, pexels(self.server.url, query["query"]))
        if parts.path == "/api/videos/":
            if query.get("key") != KEY:
                text = b"[ERROR 400] Invalid or missing API key"
                return self._send(400, "text/html; charset=UTF-8", text)
            return self._json(200, pixabay(self.server.url, query["q"], len(self.server.clip)))
        return self._json(404, {"error": "no such path"})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size))
        self._note(body)
        if self._troubled():
            return None
        if self.path.endswith("/embeddings"):
            rows = [
                {"object": "embedding", "index": i, "embedding": meaning_of(one)}
                for i, one in enumerate(body["input"])
            ]
            return self._json(200, {"object": "list", "data": rows[::-1], "model": body["model"]})
        if self.path.endswith("/images/generations"):
            if self.server.asking == "by_url":
                row = {"url": f"{self.server.url}/files/drawn.png"}
            elif self.server.asking == "no_picture":
                row = {"b64_json": base64.b64encode(b"<html>").decode()}
            else:
                row = {"b64_json": base64.b64encode(picture(body["size"])).decode()}
            return self._json(200, {"created": 1, "data": [row]})
        return self._json(404, {"error": "no such path"})

    def _note(self, body: Any) -> None:
        self.server.seen.append({"path": self.path, "headers": dict(self.headers), "body": body})

    def _troubled(self) -> bool:
        asking = self.server.asking
        if asking == "429":
            self._send(429, "text/plain", b"Rate limit", {"Retry-After": "7"})
        elif asking == "500":
            self._send(500, "text/plain", b"oops")
        elif asking == "html":
            self._send(200, "text/html", b"<!DOCTYPE html><html></html>")
        elif asking == "other":
            self._json(200, {"something": "else"})
        else:
            return False
        return True

    def _file(self) -> None:
        server, mode = self.server, self.server.mode
        if server.trouble == 0:
            mode = "ok"
        server.trouble -= 1 if server.trouble > 0 else 0
        data = picture("64x64") if self.path.endswith(".png") else server.clip
        kind = "image/png" if self.path.endswith(".png") else "video/mp4"
        if mode == "html":
            return self._send(200, "text/html", b"<html>Sign in</html>")
        if mode == "404":
            return self._send(404, "text/plain", b"gone")
        if mode == "500":
            return self._send(500, "text/plain", b"oops")
        if mode == "empty":
            return self._send(200, kind, b"")
        if mode in ("private", "moved", "loop") and not self.path.endswith("?moved"):
            to = {"private": server.elsewhere, "loop": self.path, "moved": f"{self.path}?moved"}
            return self._send(302, "text/plain", b"", {"Location": to[mode]})
        first = 0
        ranged = self.headers.get("Range", "")
        if ranged and mode != "no_ranges" and self.headers.get("If-Range") == server.tag:
            first = int(ranged.removeprefix("bytes=").rstrip("-"))
            if first >= len(data):
                return self._send(416, "text/plain", b"")
        self.send_response(206 if first else 200)
        self.send_header("Content-Type", kind)
        self.send_header("ETag", server.tag)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        if mode == "huge":
            self.send_header("Content-Length", str(9_000_000_000))
        elif mode != "endless":
            self.send_header("Content-Length", str(len(data) - first))
        self.end_headers()
        if mode == "endless":
            for _ in range(10_000):
                self.wfile.write(b"x" * 65536)
        rest = data[first:]
        self.wfile.write(rest[: len(rest) // 2] if mode == "cut" else rest)
        self.close_connection = True
        return None

    def _json(self, status: int, value: object) -> None:
        self._send(status, "application/json", json.dumps(value).encode())

    def _send(
        self, status: int, kind: str, body: bytes, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def pexels(base: str, query: str) -> dict[str, Any]:
    """As https://www.pexels.com/api/documentation/#videos-search shows it."""

    def file(number: int, width: int | None, height: int | None, **more: Any) -> dict[str, Any]:
        link = f"{base}/files/{number}.mp4"
        row = {"id": number, "quality": "hd", "file_type": "video/mp4", "fps": 25.0, "link": link}
        return {**row, "width": width, "height": height, **more}

    def video(number: int, slug: str, duration: int, files: list[Any]) -> dict[str, Any]:
        return {
            "id": number,
            "width": 3840,
            "height": 2160,
            "url": f"https://www.pexels.com/video/{slug}-{number}/",
            "image": "https://images.pexels.com/videos/1/pictures/preview-0.jpg",
            "full_res": None,
            "tags": [],
            "duration": duration,
            "user": {"id": 7, "name": "Ana Example", "url": "https://www.pexels.com/@ana"},
            "video_files": files,
            "video_pictures": [],
        }

    videos = [
        video(101, "too-short", 2, [file(1, 1080, 1920)]),
        video(102, "wide-harbour", 20, [file(2, 3840, 2160), file(3, 1280, 720)]),
        video(
            103,
            "boats-in-harbour",
            14,
            [
                file(4, 2160, 3840),
                file(5, 1080, 1920),
                file(6, 540, 960, fps=None),
                file(7, None, None, quality="hls", file_type="application/x-mpegURL"),
            ],
        ),
    ]
    if query == "nothing":
        videos = []
    return {"page": 1, "per_page": 20, "total_results": 3, "url": base, "videos": videos}


def pixabay(base: str, query: str, size: int) -> dict[str, Any]:
    """As https://pixabay.com/api/docs/#api_search_videos shows it."""

    def rendition(number: int, width: int, height: int) -> dict[str, Any]:
        row = {"url": f"{base}/files/{number}.mp4" if number else "", "width": width}
        return {**row, "height": height, "size": size if number else 0, "thumbnail": ""}

    hit = {
        "id": 125,
        "pageURL": "https://pixabay.com/videos/id-125/",
        "type": "film",
        "tags": "flowers, yellow, blossom",
        "duration": 12,
        "videos": {
            "large": rendition(0, 0, 0),
            "medium": rendition(9, 1920, 1080),
            "small": rendition(10, 1280, 720),
            "tiny": rendition(11, 960, 540),
        },
        "views": 4462,
        "downloads": 1464,
        "likes": 18,
        "comments": 0,
        "user_id": 1281706,
        "user": "Coverr-Free-Footage",
        "userImageURL": "",
    }
    return {"total": 1, "totalHits": 1, "hits": [] if query == "nothing" else [hit]}


def meaning(text: str) -> list[float]:
    """A vector that places texts by topic: sea, city, food, whatever the language."""
    topics = (("sea", "harbour", "boat", "海", "船", "浪"), ("city", "street", "城", "街"))
    topics += (("food", "tea", "茶", "饭"),)
    return [0.05 + sum(text.lower().count(word) for word in topic) for topic in topics]


def meaning_of(one: Any) -> list[float]:
    """The vector of a text, or of a picture as either form tells it: a blue one is of the sea, a
    gray one of a city, a red one of food."""
    if isinstance(one, dict):
        data = str(one["image"])
    elif one.startswith("data:image/jpeg;base64,"):
        data = one.partition(",")[2]
    else:
        return meaning(one)
    from PIL import Image

    image = Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB").resize((1, 1))
    pixel = image.getpixel((0, 0))
    assert isinstance(pixel, tuple)
    red, _, blue = pixel
    return meaning("sea" if blue > red + 40 else "food" if red > blue + 40 else "city")


def picture(size: str) -> bytes:
    """A PNG of a red disc on blue, so large as was asked."""
    from PIL import Image, ImageDraw

    width, height = (int(side) for side in size.split("x"))
    image = Image.new("RGB", (width, height), (20, 60, 160))
    box = (width * 0.5, height * 0.4, width * 0.8, height * 0.4 + width * 0.3)
    ImageDraw.Draw(image).ellipse(box, fill=(220, 40, 40))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
