"""The HTTP helper against a real server with every bad habit."""

from __future__ import annotations

import logging
import time
from dataclasses import replace

import pytest
from fake_openai import FakeOpenAI, serving
from pydantic import SecretStr

from reelwright.core.errors import (
    MissingKey,
    ProviderRefused,
    ProviderUnavailable,
    ReelError,
    SettingError,
)
from reelwright.providers.http import Endpoint, request_bytes, request_json

KEY = "sk-very-secret-0123456789"


class Naps(list[float]):
    """Stands in for time.sleep: notes the wait and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def endpoint(server: FakeOpenAI, **changes: object) -> Endpoint:
    plain = Endpoint(
        what="the LLM", base_url=server.url, key=SecretStr(KEY), timeout=5, sleep=Naps()
    )
    return replace(plain, **changes)


def ask(target: Endpoint) -> object:
    return request_json(target, "chat/completions", {"messages": [], "model": "m"})


def test_posts_json_with_the_key_as_bearer_token() -> None:
    with serving() as server:
        ask(endpoint(server))
        request = server.requests[0]
    assert request["path"] == "/v1/chat/completions"
    assert request["headers"]["Authorization"] == f"Bearer {KEY}"
    assert request["body"] == {"messages": [], "model": "m"}


def test_gets_without_a_payload_and_without_a_key_sends_no_token() -> None:
    with serving() as server:
        assert request_json(endpoint(server, key=SecretStr("")), "models")["object"] == "list"
        assert "Authorization" not in server.requests[0]["headers"]


def test_sound_comes_back_as_bytes() -> None:
    with serving() as server:
        sound = request_bytes(endpoint(server), "audio/speech", {"input": "你好"})
    assert sound.startswith(b"RIFF")


def test_sound_that_is_text_is_refused() -> None:
    with serving("html") as server, pytest.raises(ProviderRefused, match="a web page"):
        request_bytes(endpoint(server), "audio/speech", {"input": "hi"})


@pytest.mark.parametrize(("mode", "naps"), [("429_then_ok", [7.0, 7.0]), ("500_then_ok", [1.0])])
def test_tries_again_and_waits_as_asked(mode: str, naps: list[float]) -> None:
    with serving(mode) as server:
        target = endpoint(server)
        ask(target)
        assert target.sleep == naps


@pytest.mark.parametrize(
    ("mode", "naps", "says"),
    [
        ("429", [7.0, 7.0, 7.0], "too busy"),
        ("500", [1.0, 2.0, 4.0], r"failed on its side \(500\): The server had an error"),
        ("html_502", [1.0, 2.0, 4.0], r"failed on its side \(502\)"),
        ("closed", [1.0, 2.0, 4.0], "cannot be reached"),
        ("429_long", [], "too busy"),
    ],
)
def test_gives_up_as_unavailable(mode: str, naps: list[float], says: str) -> None:
    with serving(mode) as server:
        target = endpoint(server)
        with pytest.raises(ProviderUnavailable, match=says) as caught:
            ask(target)
        assert target.sleep == naps
        assert len(server.requests) == len(naps) + 1
    if naps:
        assert "(4 tries)" in caught.value.message
    else:
        assert "3600 seconds" in (caught.value.hint or "")


@pytest.mark.parametrize("mode", ["hang", "drip", "drip_headers"])
def test_a_service_that_never_finishes_is_cut_off(mode: str) -> None:
    with serving(mode) as server:
        begun = time.monotonic()
        with pytest.raises(ProviderUnavailable, match=r"within 0\.4 seconds"):
            ask(endpoint(server, timeout=0.4, retries=0))
        assert time.monotonic() - begun < 3


def test_an_answer_has_a_largest_size() -> None:
    with serving("huge") as server, pytest.raises(ProviderRefused, match="more than 1 MB"):
        ask(endpoint(server, max_bytes=1_000_000))


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        ("html", ProviderRefused, "a web page"),
        ("bad_json", ProviderRefused, "instead of JSON"),
        ("401", MissingKey, "does not accept the key"),
        ("403", ProviderRefused, "Country not supported"),
        ("404", ProviderRefused, "The model does not exist"),
        ("quota", ProviderRefused, "no quota"),
        ("redirect", ProviderRefused, "has moved"),
    ],
)
def test_refusals_are_told_once_with_advice(mode: str, kind: type[ReelError], says: str) -> None:
    with serving(mode) as server:
        with pytest.raises(kind, match=says) as caught:
            ask(endpoint(server))
        assert len(server.requests) == 1
        assert caught.value.where == server.url
    assert caught.value.hint


@pytest.mark.parametrize("mode", ["401", "403"])
def test_a_missing_key_names_the_setting(mode: str) -> None:
    with serving(mode) as server, pytest.raises(MissingKey) as caught:
        ask(endpoint(server, key=SecretStr(""), section="voice"))
    assert "REEL_VOICE_API_KEY" in str(caught.value)


@pytest.mark.parametrize("mode", ["401", "403", "500", "html", "hang", "closed"])
def test_the_key_is_never_told(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(mode) as server:
        target = endpoint(server, timeout=0.4, retries=1)
        with pytest.raises(ReelError) as caught:
            ask(target)
    told = f"{caught.value} {caught.value!r} {target!r} {caught.value.__cause__!r} {caplog.text}"
    assert KEY not in told
    assert KEY[3:] not in told


@pytest.mark.parametrize("url", ["", "localhost:11434/v1", "ftp://x/v1", "http://", "http://[/v1"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(SettingError, match=r"llm\.base_url is not"):
        ask(Endpoint(what="the LLM", base_url=url))


def test_a_key_that_is_none_is_not_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        ask(Endpoint(what="x", base_url="http://localhost/v1", key=SecretStr("sk-密钥 1")))
    assert "密钥" not in str(caught.value)


def test_the_address_is_told_without_password_and_query() -> None:
    target = Endpoint(what="x", base_url="https://me:pw@[::1]:8443/v1?api-key=abc")
    assert target.address == "https://[::1]:8443/v1"


def test_nobody_listens() -> None:
    with serving() as server:
        url = server.url
    with pytest.raises(ProviderUnavailable, match="cannot be reached"):
        ask(Endpoint(what="the LLM", base_url=url, retries=0))
