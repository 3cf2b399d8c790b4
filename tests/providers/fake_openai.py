"""A small real server that speaks the OpenAI API, with every bad habit a real one can have.

As a fixture (in any test)::

    from fake_openai import serving            # tests/providers is put on the path by its conftest

    with serving("ok") as server:
        Endpoint(what="the LLM", base_url=server.url)
        server.requests                         # what was asked: path, headers, body
        server.mode = "500"                     # may be changed at any time

By hand, with any mode of `MODES`::

    python tests/providers/fake_openai.py --port 8123 --mode ok

It answers ``POST /v1/chat/completions``, ``POST /v1/audio/speech``, ``POST
/v1/audio/transcriptions`` and ``GET /v1/models``.
"""

from __future__ import annotations

import argparse
import email
import email.message
import io
import json
import math
import re
import struct
import threading
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

MODES = {
    "ok": "follows the schema of the request",
    "no_schema": "400 on json_schema; knows json_object",
    "only_text": "400 on any response_format; JSON in a code fence, with prose around it",
    "thinking": "like only_text, with a <think> block that holds braces",
    "blank": "an empty answer",
    "blank_then_ok": "an empty answer the first time",
    "truncated": "half the answer, finish_reason length",
    "truncated_then_ok": "half the answer the first time",
    "invalid_then_ok": "an answer that breaks the schema the first time",
    "always_invalid": "an answer that breaks the schema, every time",
    "no_temperature": "400 when a temperature is sent, as reasoning models do",
    "refusal": "the model declines",
    "429": "always busy",
    "429_then_ok": "busy twice, with Retry-After",
    "429_long": "busy, asks to wait for an hour",
    "quota": "429 because the account is empty",
    "500": "always broken",
    "500_then_ok": "broken once",
    "html": "a page of HTML with status 200",
    "html_502": "a gateway's page of HTML with status 502",
    "bad_json": "half a JSON document with status 200",
    "hang": "never answers",
    "drip": "a byte now and then, for ever",
    "drip_headers": "a header byte now and then, for ever",
    "huge": "never stops sending",
    "closed": "closes the connection without an answer",
    "401": "does not accept the key, and repeats it",
    "403": "not allowed",
    "404": "no such model",
    "redirect": "lives elsewhere",
}


class FakeOpenAI(ThreadingHTTPServer):
    """The server. `mode` may be changed between requests."""

    daemon_threads = True

    def __init__(self, port: int = 0, mode: str = "ok") -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.mode = mode
        self.requests: list[dict[str, Any]] = []
        self.stopping = threading.Event()
        self.script: list[str] = []
        """Answers to give next, word for word, before the mode has its say."""
        self.transcripts: list[dict[str, Any]] = []
        """What ``/audio/transcriptions`` hears: ``text``, ``words``, ``segments``, ``language``."""

    @property
    def url(self) -> str:
        """The base address to put into settings."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what several modes are for."""


@contextmanager
def serving(mode: str = "ok", port: int = 0) -> Iterator[FakeOpenAI]:
    """A running server, stopped and closed at the end."""
    server = FakeOpenAI(port, mode)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeOpenAI

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self._note(None)
        if not self._misbehave(1):
            self._json(200, {"object": "list", "data": [{"id": "fake", "object": "model"}]})

    def do_POST(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(size)
        kind = self.headers.get("Content-Type", "")
        formed = kind.startswith("multipart/form-data")
        body: dict[str, Any] = read_form(kind, raw) if formed else json.loads(raw or b"{}")
        nth = self._note(body)
        if self._misbehave(nth):
            return
        if self.path.endswith("/audio/speech"):
            self._send(200, "audio/wav", beeps(str(body.get("input", ""))))
        elif self.path.endswith("/chat/completions"):
            self._chat(body, nth)
        elif self.path.endswith("/audio/transcriptions"):
            self._transcribe(body)
        else:
            self._error(404, f"no such path: {self.path}")

    def _note(self, body: dict[str, Any] | None) -> int:
        self.server.requests.append(
            {"path": self.path, "headers": dict(self.headers), "body": body}
        )
        return len(self.server.requests)

    def _misbehave(self, nth: int) -> bool:
        """Troubles that do not depend on what is asked. Whether the answer is done with."""
        mode = self.server.mode
        key = self.headers.get("Authorization", "")
        if mode in ("429", "429_then_ok") and (nth <= 2 or mode == "429"):
            self._error(429, "Rate limit reached", {"Retry-After": "7"})
        elif mode == "429_long":
            self._error(429, "Rate limit reached", {"Retry-After": "3600"})
        elif mode == "quota":
            self._error(429, "You exceeded your current quota", code="insufficient_quota")
        elif mode == "500" or (mode == "500_then_ok" and nth == 1):
            self._error(500, "The server had an error")
        elif mode in ("html", "html_502"):
            status = 200 if mode == "html" else 502
            self._send(status, "text/html", b"<!DOCTYPE html><html><h1>Welcome</h1></html>")
        elif mode == "bad_json":
            self._send(200, "application/json", b'{"choices": [')
        elif mode == "hang":
            self.server.stopping.wait(30)
        elif mode in ("drip", "drip_headers"):
            self._drip(mode == "drip_headers")
        elif mode == "huge":
            self._flood()
        elif mode == "closed":
            self.close_connection = True
        elif mode == "401":
            self._error(401, f"Incorrect API key provided: {key.removeprefix('Bearer ')}")
        elif mode == "403":
            self._error(403, "Country not supported")
        elif mode == "404":
            self._error(404, "The model does not exist")
        elif mode == "redirect":
            self._send(308, "text/plain", b"", {"Location": "http://example.invalid/v1"})
        else:
            return False
        return True

    def _chat(self, body: dict[str, Any], nth: int) -> None:
        mode = self.server.mode
        form = body.get("response_format") or {}
        kind = form.get("type", "text")
        if mode == "no_schema" and kind == "json_schema":
            return self._error(400, "This response_format type is unavailable now")
        if mode in ("only_text", "thinking") and kind != "text":
            return self._error(400, "response_format is not supported")
        if mode == "no_temperature" and "temperature" in body:
            return self._error(400, "Unsupported value: 'temperature' does not support 0.7")
        prompt = "\n".join(str(message.get("content", "")) for message in body["messages"])
        if kind == "json_object" and "json" not in prompt.lower():
            return self._error(400, "'messages' must contain the word 'json'")
        if mode == "refusal":
            return self._answer(None, refusal="I'm sorry, I can't help with that.")
        if self.server.script:
            return self._answer(self.server.script.pop(0))
        schema = form.get("json_schema", {}).get("schema") or _schema_in(prompt)
        text = json.dumps(fill(schema, prompt), ensure_ascii=False, indent=1)
        first = nth == 1
        if mode == "blank" or (mode == "blank_then_ok" and first):
            return self._answer("")
        if mode == "truncated" or (mode == "truncated_then_ok" and first):
            return self._answer(text[: len(text) // 2], finish="length")
        if mode == "always_invalid" or (mode == "invalid_then_ok" and first):
            return self._answer('{"title": "", "lines": [{"text": "wrong key"}]}')
        if mode == "only_text":
            text = f"Sure! Here is the script:\n\n```json\n{text}\n```\n\nHope {{that}} helps."
        if mode == "thinking":
            text = f'<think>Maybe {{"title": "no"}}?</think>\n{text}'
        return self._answer(text)

    def _transcribe(self, body: dict[str, Any]) -> None:
        """The next of `transcripts`, or the last one again, with what was asked for."""
        said = self.server.transcripts
        if body.get("response_format") != ["verbose_json"]:
            return self._json(200, {"text": said[0]["text"] if said else ""})
        answer = dict(said.pop(0) if len(said) > 1 else said[0]) if said else {"text": ""}
        if "word" not in body.get("timestamp_granularities[]", []):
            answer.pop("words", None)
        return self._json(200, {"task": "transcribe", "language": "english", **answer})

    def _answer(self, text: str | None, finish: str = "stop", refusal: str | None = None) -> None:
        message = {"role": "assistant", "content": text, "refusal": refusal}
        choice = {"index": 0, "message": message, "finish_reason": finish}
        self._json(200, {"object": "chat.completion", "model": "fake", "choices": [choice]})

    def _error(
        self, status: int, message: str, headers: dict[str, str] | None = None, code: str = ""
    ) -> None:
        self._json(status, {"error": {"message": message, "code": code}}, headers)

    def _json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(value).encode(), headers)

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

    def _drip(self, in_headers: bool) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        if not in_headers:
            self.wfile.write(b"Content-Length: 100000\r\n\r\n")
        while not self.server.stopping.wait(0.05):
            self.wfile.write(b"x" if in_headers else b" ")
        self.close_connection = True

    def _flood(self) -> None:
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
        while not self.server.stopping.is_set():
            self.wfile.write(b" " * 65536)
        self.close_connection = True


def read_form(kind: str, raw: bytes) -> dict[str, Any]:
    """A multipart form: each field's values as texts, files as bytes under their field's name."""
    message = email.message_from_bytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + raw)
    found: dict[str, Any] = {}
    for part in cast("list[email.message.Message]", message.get_payload()):
        name = str(part.get_param("name", header="content-disposition"))
        content = cast(bytes, part.get_payload(decode=True))
        if part.get_filename():
            found[name] = content
        else:
            found.setdefault(name, []).append(content.decode())
    return found


# --- what a model would say -------------------------------------------------------------------

_FILLER = {
    "zh": (
        "关于{topic}，很多人一开始就想错了。",
        "先说结论：它没有传说中那么神秘。",
        "关键要看条件，条件变了，结果就跟着变。",
        "拿身边的例子来说，你一看就明白。",
        "最容易忽略的，往往是最简单的那一步。",
        "记住这一点，下次就不会再弄错。",
        "你还想知道什么？评论区告诉我。",
    ),
    "en": (
        "Most people get {topic} wrong.",
        "Here is the short answer first.",
        "It all depends on the conditions, and they change.",
        "Take an example from everyday life.",
        "The step that people forget is the simplest one.",
        "Keep that in mind and you will not get it wrong again.",
        "What else would you like to know? Tell me in the comments.",
    ),
}


def fill(schema: dict[str, Any], prompt: str) -> Any:
    """A value that follows the JSON schema, its words taken from the prompt's own text."""
    chinese = len(re.findall(r"[\u4e00-\u9fff]", prompt)) > 40
    found = re.search(r"^(?:主题：|Topic: )(.+)$", prompt, flags=re.M)
    topic = found.group(1).strip() if found else ""
    lines = _sentences(prompt, chinese, topic)
    return _Filler(schema, lines, chinese, _wanted(prompt), topic).value(schema, "")


class _Filler:
    def __init__(
        self, root: dict[str, Any], lines: list[str], chinese: bool, wanted: int, topic: str
    ) -> None:
        self.root, self.lines, self.chinese, self.wanted = root, lines, chinese, wanted
        self.topic = topic or lines[0][:30]
        self.used = 0
        self.said = lines[0]

    def value(self, schema: dict[str, Any], name: str) -> Any:
        if "$ref" in schema:
            target: Any = self.root
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            return self.value(target, name)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            # A model marks its first line as the hook and the rest as points.
            return schema["enum"][0 if self.used <= 1 else min(1, len(schema["enum"]) - 1)]
        for choice in schema.get("anyOf", []):
            if choice.get("type") != "null":
                return self.value(choice, name)
        kind = schema.get("type")
        if kind == "object":
            properties = schema.get("properties", {})
            return {key: self.value(inner, key) for key, inner in properties.items()}
        if kind == "array":
            return self._array(schema, name)
        if kind == "string":
            return self._string(name)
        return {"integer": 1, "number": 1.0, "boolean": True}.get(str(kind))

    def _array(self, schema: dict[str, Any], name: str) -> list[Any]:
        if name != "lines":
            return [self.value(schema["items"], name)]
        found: list[Any] = []
        total = 0
        while total < self.wanted * 0.97 and len(found) < 200:
            found.append(self.value(schema["items"], name))
            total += _length(found[-1].get("say", "") or "x")
        if len(found) > 2 and "say" in found[-1]:
            found[-1]["say"] = _FILLER["zh" if self.chinese else "en"][-1]
        return found

    def _string(self, name: str) -> str:
        if name == "say":
            self.said = self.lines[self.used % len(self.lines)]
            self.used += 1
            return self.said
        if name in ("emphasis", "search"):
            words = re.findall(r"[\u4e00-\u9fff]+|[A-Za-z]+|\d+", self.said)
            longest = max(words or [""], key=len)
            return longest[:4] if self.chinese else longest
        if name == "tags":
            return "知识" if self.chinese else "science"
        return self.topic[:60]


def _sentences(prompt: str, chinese: bool, topic: str) -> list[str]:
    quoted = re.findall(r"<article>(.*?)</article>", prompt, flags=re.S)
    text = quoted[0] if quoted else ""
    text = re.sub(r"^[#>|`\-*].*$", "", text, flags=re.M)
    ends = r"(?<=[。！？])" if chinese else r"(?<=[.!?])\s+"
    found = [" ".join(piece.split()) for piece in re.split(ends, text)]
    found = [piece for piece in found if 4 <= len(piece) <= 160]
    return found or [line.format(topic=topic) for line in _FILLER["zh" if chinese else "en"]]


def _length(text: str) -> int:
    """Roughly the syllables of a line: Chinese characters and digits, vowel groups of English."""
    return len(re.findall(r"[\u4e00-\u9fff0-9]|[aeiouy]+", text.lower()))


def _wanted(prompt: str) -> int:
    found = re.search(r"(\d+)\s*(?:个音节|syllables|个字)", prompt)
    return int(found.group(1)) if found else 60


def _schema_in(prompt: str) -> dict[str, Any]:
    """The first JSON object of the prompt that looks like a schema."""
    for match in re.finditer(r"\{", prompt):
        try:
            value, _ = json.JSONDecoder().raw_decode(prompt[match.start() :])
        except ValueError:
            continue
        if isinstance(value, dict) and "properties" in value:
            return value
    return {"type": "object", "properties": {}}


def beeps(text: str, rate: int = 24000) -> bytes:
    """A WAV file with one soft tone a word or Chinese character, standing in for speech."""
    count = max(1, len(re.findall(r"[\u4e00-\u9fff]|\w+", text)))
    samples: list[int] = []
    for index in range(min(count, 400)):
        pitch = 180 + 40 * (index % 5)
        for n in range(int(rate * 0.18)):
            swell = math.sin(math.pi * n / (rate * 0.18))
            samples.append(int(9000 * swell * math.sin(2 * math.pi * pitch * n / rate)))
        samples.extend([0] * int(rate * 0.04))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description="A fake OpenAI API for hand trials.")
    parser.add_argument("--port", type=int, default=8123)
    parser.add_argument("--mode", choices=sorted(MODES), default="ok")
    options = parser.parse_args()
    with serving(options.mode, options.port) as server:
        print(f"REEL_LLM_BASE_URL={server.url}  mode {options.mode}: {MODES[options.mode]}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
