"""The LLM client and the ladder to a checked value, against a real server with every bad habit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from fake_openai import FakeOpenAI, serving
from pydantic import BaseModel, Field, SecretStr

from reelwright.core.errors import (
    MissingKey,
    ProviderRefused,
    ProviderUnavailable,
    ReelError,
    SettingError,
)
from reelwright.core.nouns import Role
from reelwright.core.ports import LLM
from reelwright.providers.llm.openai import OpenAILLM
from reelwright.providers.llm.structured import ask, find_json, strict_schema


class Line(BaseModel):
    say: str = Field(min_length=1, max_length=80, description="One sentence.")
    role: Role = Field(default=Role.POINT, description="hook or point")
    emphasis: list[str] = Field(default=[], max_length=6)
    pause: float | None = None


class Small(BaseModel):
    title: str = Field(min_length=1)
    lines: list[Line] = Field(min_length=1)


MESSAGES: list[Any] = [
    {"role": "system", "content": "You write scripts."},
    {"role": "user", "content": "<article>The sky is blue. Grass is green.</article>"},
]


def llm(server: FakeOpenAI, **options: Any) -> OpenAILLM:
    made = OpenAILLM(
        OpenAILLM.Options(**{"base_url": server.url, "model": "fake", "timeout": 5, **options})
    )
    made.endpoint = replace(made.endpoint, sleep=lambda _: None)
    return made


def rungs(server: FakeOpenAI) -> list[str]:
    forms = [request["body"].get("response_format") or {} for request in server.requests]
    return [form.get("type", "text") for form in forms]


def test_it_is_an_llm() -> None:
    assert isinstance(OpenAILLM(OpenAILLM.Options()), LLM)


@pytest.mark.parametrize(
    ("mode", "asked"),
    [
        ("ok", ["json_schema"]),
        ("no_schema", ["json_schema", "json_object"]),
        ("only_text", ["json_schema", "json_object", "text"]),
        ("thinking", ["json_schema", "json_object", "text"]),
        ("blank_then_ok", ["json_schema", "json_object"]),
        ("truncated_then_ok", ["json_schema", "json_schema"]),
        ("invalid_then_ok", ["json_schema", "json_schema"]),
        ("no_temperature", ["json_schema", "json_schema"]),
        ("429_then_ok", ["json_schema"] * 3),
        ("500_then_ok", ["json_schema"] * 2),
    ],
)
def test_a_checked_value_comes_out(mode: str, asked: list[str]) -> None:
    with serving(mode) as server:
        value = ask(llm(server), MESSAGES, Small)
        assert rungs(server) == asked
    assert value.lines[0].say == "The sky is blue."


@pytest.mark.parametrize(
    ("mode", "kind", "says"),
    [
        ("blank", ProviderRefused, "in 3 tries; at last: the answer was empty"),
        ("truncated", ProviderRefused, "broke off before its JSON was complete"),
        ("always_invalid", ProviderRefused, r"title: String should have .*lines\.0\.say: Field"),
        ("refusal", ProviderRefused, "the model declined: I'm sorry"),
        ("html", ProviderRefused, "a web page"),
        ("404", ProviderRefused, "The model does not exist"),
        ("500", ProviderUnavailable, "failed on its side"),
        ("401", MissingKey, "does not accept the key"),
    ],
)
def test_a_clear_error_comes_at_the_end(mode: str, kind: type[ReelError], says: str) -> None:
    with serving(mode) as server:
        with pytest.raises(kind, match=says) as caught:
            ask(llm(server, api_key=SecretStr("sk-abcdefgh1234")), MESSAGES, Small)
        assert len(server.requests) <= 5
        assert server.url in str(caught.value)
    assert "abcdefgh" not in str(caught.value)


@pytest.mark.parametrize("mode", ["hang", "drip"])
def test_a_server_that_never_finishes(mode: str) -> None:
    with serving(mode) as server, pytest.raises(ProviderUnavailable, match="within 0.3 seconds"):
        ask(llm(server, timeout=0.3, retries=1), MESSAGES, Small)


def test_json_mode_says_json_and_carries_the_schema() -> None:
    with serving("no_schema") as server:
        ask(llm(server), MESSAGES, Small)
        said = server.requests[1]["body"]["messages"][1]["content"]
    assert "json" in said
    assert json.dumps(strict_schema(Small)) in said


def test_repair_quotes_the_answer_and_sends_the_errors() -> None:
    with serving("invalid_then_ok") as server:
        ask(llm(server), MESSAGES, Small)
        talk = server.requests[1]["body"]["messages"]
    assert [message["role"] for message in talk] == ["system", "user", "assistant", "user"]
    assert "wrong key" in talk[2]["content"]
    assert "lines.0.say: Field required" in talk[3]["content"]


def test_no_more_than_two_repairs() -> None:
    with serving("always_invalid") as server:
        with pytest.raises(ProviderRefused):
            ask(llm(server), MESSAGES, Small)
        assert len(server.requests) == 3


def test_a_trailing_comma_is_sent_back_not_mended() -> None:
    with serving() as server:
        server.script = ['{"title": "a title that is long enough", "lines": [{"say": "b"},]}']
        value = ask(llm(server), MESSAGES, Small)
        assert "the JSON is not valid" in server.requests[1]["body"]["messages"][3]["content"]
    assert value.lines[0].say == "The sky is blue."


def test_an_only_model_is_found_out() -> None:
    with serving() as server:
        ask(llm(server, model=""), MESSAGES, Small)
        assert [request["path"] for request in server.requests] == [
            "/v1/models",
            "/v1/chat/completions",
        ]
        assert server.requests[1]["body"]["model"] == "fake"


def test_several_models_and_none_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        client = llm(server, model="")
        monkeypatch.setattr(client, "models", lambda: ["qwen3:8b", "llama3.2"])
        with pytest.raises(SettingError, match="no model is chosen") as caught:
            client.complete(MESSAGES, schema=None, mode="text")
    assert "qwen3:8b, llama3.2" in (caught.value.hint or "")


def test_nothing_is_set_up() -> None:
    with pytest.raises(MissingKey, match="no LLM is set up") as caught:
        OpenAILLM(OpenAILLM.Options()).complete(MESSAGES, schema=None, mode="text")
    assert "REEL_LLM_API_KEY" in (caught.value.hint or "")


def test_a_key_alone_means_the_cloud() -> None:
    client = OpenAILLM(OpenAILLM.Options(api_key=SecretStr("sk-abc")))
    assert client.key()["address"] == "https://api.openai.com/v1"
    assert "sk-abc" not in repr(client.key())


def test_an_answer_is_recorded_as_ai_made() -> None:
    origin = OpenAILLM(OpenAILLM.Options(model="qwen3")).origin("a prompt")
    assert (origin.ai_made, origin.model, origin.prompt) == (True, "qwen3", "a prompt")


def test_the_strict_dialect() -> None:
    schema = strict_schema(Small)
    line = schema["properties"]["lines"]["items"]
    assert schema["additionalProperties"] is line["additionalProperties"] is False
    assert line["required"] == ["say", "role", "emphasis", "pause"]
    assert line["properties"]["say"] == {
        "type": "string",
        "description": "One sentence. At least 1 characters. At most 80 characters.",
    }
    assert line["properties"]["role"]["enum"] == ["hook", "point", "call"]
    assert line["properties"]["role"]["description"] == "hook or point"
    assert line["properties"]["pause"]["anyOf"] == [{"type": "number"}, {"type": "null"}]
    told = json.dumps(schema)
    assert not any(
        word in told for word in ("$ref", "$defs", "default", "maxLength", '"title": "L')
    )


def test_what_strict_mode_cannot_say_is_refused() -> None:
    class Free(BaseModel):
        params: dict[str, Any]

    class Tree(BaseModel):
        branches: list[Tree]

    with pytest.raises(TypeError, match="free-form"):
        strict_schema(Free)
    with pytest.raises(TypeError, match="recursive"):
        strict_schema(Tree)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', {"a": 1}),
        ('Here {is} it:\n```json\n{"a": {"b": 2}}\n```\nEnjoy {it}.', {"a": {"b": 2}}),
        ('<think>{"a": 0, "long": "enough"}</think>{"a": 1}', {"a": 1}),
        ('{"x": 1} or rather {"x": 1, "y": 2}', {"x": 1, "y": 2}),
        ('{"say": "braces } in { strings"}', {"say": "braces } in { strings"}),
    ],
)
def test_json_is_found_in_the_text(text: str, found: dict[str, Any]) -> None:
    assert find_json(text) == (found, "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("<think>I wonder", "empty"),
        ("I cannot do that.", "no JSON object"),
        ('{"lines": [{"say": "a"}, {"say": "b', "broke off"),
        ('{"lines": [{"say": "a"}', "broke off"),
        ('{"title": "long enough here", "lines": [1,]} and more', "not valid"),
        ('{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_json_that_is_none(text: str, problem: str) -> None:
    value, said = find_json(text)
    assert value is None
    assert problem in said
