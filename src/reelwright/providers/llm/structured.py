"""A checked value out of any LLM: a ladder of ways to ask, then validation, then repair.

Endpoints differ. Some take a JSON schema and keep to it, some only know "any JSON object", some
know neither and wrap their JSON in prose. `ask` goes down this ladder until the endpoint takes a
rung and says something, and stays there; what it says is validated by pydantic, and the errors are
sent back for the model to put right.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from reelwright.core.errors import ProviderRefused
from reelwright.core.ports import LLM, AnswerMode, Message

LADDER: tuple[AnswerMode, ...] = ("json_schema", "json_object", "text")
_KEPT = {"type", "properties", "items", "enum", "const", "anyOf", "description"}
_QUOTED = 4000
"""Characters of a wrong answer that are quoted back to the model."""

_BROKE_OFF = "the answer broke off before its JSON was complete"

M = TypeVar("M", bound=BaseModel)


def ask(llm: LLM, messages: Sequence[Message], model: type[M], *, repairs: int = 2) -> M:
    """The LLM's answer as a `model`.

    Args:
        llm: whom to ask.
        messages: the conversation; the last message is the user's.
        model: the shape wanted. It must not be recursive nor hold free-form objects.
        repairs: how many wrong answers may be sent back to be put right.

    Raises:
        ProviderRefused: no rung of the ladder gave an answer, or the last answer was still wrong;
            says what the model kept getting wrong.
        ProviderError: whatever else `llm.complete` raises.
    """
    schema = strict_schema(model)
    talk = [dict(message) for message in messages]
    rung, text = _first_answer(llm, talk, schema)
    turns = 0
    while True:
        value, problem = _read(text, model)
        if value is not None:
            return value
        if turns == repairs:
            raise ProviderRefused(
                f"the LLM gave no usable answer in {turns + 1} tries; at last: {problem}",
                where=_name(llm),
                hint="let the server give longer answers (Ollama: num_ctx), or ask for a shorter "
                "video"
                if problem == _BROKE_OFF
                else "try a larger model, or do without: --set script.writer=extractive",
            )
        turns += 1
        if text.strip():  # an empty turn is not quoted: several endpoints refuse empty messages
            talk.append({"role": "assistant", "content": text[:_QUOTED]})
            talk.append({"role": "user", "content": _repair(problem, schema)})
        text = llm.complete(_worded(talk, schema, rung), schema=schema, mode=rung)


def strict_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The model's JSON schema in the dialect that strict structured output takes.

    References are put in place, every object lists all its properties as required and allows no
    others, and only keywords that every endpoint knows are kept: limits of length and number move
    into the description.

    >>> class Tag(BaseModel):
    ...     name: str = ""
    >>> strict_schema(Tag)["required"]
    ['name']
    """
    schema = model.model_json_schema()
    return _strict(schema, schema.get("$defs", {}), ())


def find_json(text: str) -> tuple[dict[str, Any] | None, str]:
    """The JSON object in an answer, or None and what is wrong, said to the model.

    Thoughts in ``<think>`` are passed over, code fences and prose are ignored, and the largest
    object counts. Flawed JSON is not mended: guessing what was meant could change what is said.
    """
    text = re.sub(r"<think>.*?(</think>|\Z)", "", text, flags=re.S).strip()
    if not text:
        return None, "the answer was empty"
    decoder = json.JSONDecoder()
    found: list[tuple[int, dict[str, Any]]] = []
    at = text.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if error.pos >= len(text) - 1 or error.msg.startswith("Unterminated"):
                return (_largest(found), "") if found else (None, _BROKE_OFF)
            if error.pos - at > 20 and not found:  # JSON with a flaw, not a brace in prose
                near = text[max(at, error.pos - 20) : error.pos + 20]
                return None, f"the JSON is not valid: {error.msg} near {near!r}"
            at = text.find("{", at + 1)
            continue
        except RecursionError:
            return None, "the JSON is nested too deeply"
        found.append((end - at, value))
        at = text.find("{", end)
    return (_largest(found), "") if found else (None, "there was no JSON object in the answer")


def _first_answer(
    llm: LLM, talk: list[dict[Any, str]], schema: dict[str, Any]
) -> tuple[AnswerMode, str]:
    """The first rung that the endpoint takes and says something on, and what it says."""
    refused: ProviderRefused | None = None
    taken: AnswerMode | None = None
    for rung in LADDER:
        try:
            text = llm.complete(_worded(talk, schema, rung), schema=schema, mode=rung)
        except ProviderRefused as error:
            refused = error
            continue
        if text.strip():
            return rung, text
        taken = rung
    if taken is None and refused is not None:
        raise refused
    return taken or "text", ""


def _worded(
    talk: Sequence[Mapping[Any, str]], schema: dict[str, Any], rung: AnswerMode
) -> list[Message]:
    """The conversation, the schema put into the user's first request where it cannot go beside."""
    if rung == "json_schema":
        return [*talk]
    worded = [dict(message) for message in talk]
    request = next(i for i, message in enumerate(worded) if message["role"] == "user")
    worded[request]["content"] += f"\n\n{_instruction(schema)}"
    return [*worded]


def _instruction(schema: dict[str, Any]) -> str:
    return (
        "Answer with one json object and nothing else: no prose, no code fence. "
        f"It must follow this JSON schema:\n{json.dumps(schema, ensure_ascii=False)}"
    )


def _repair(problem: str, schema: dict[str, Any]) -> str:
    how = "more briefly" if problem == _BROKE_OFF else "corrected"
    return (
        f"That answer cannot be used: {problem}.\n"
        f"Give the whole answer again, {how}. {_instruction(schema)}"
    )


def _read(text: str, model: type[M]) -> tuple[M | None, str]:
    value, problem = find_json(text)
    if value is None:
        return None, problem
    try:
        return model.model_validate(value), ""
    except ValidationError as error:
        rows = [
            f"{'.'.join(map(str, row['loc'])) or 'the object'}: {row['msg']}"
            for row in error.errors(include_url=False, include_input=False)
        ]
        more = f"; and {len(rows) - 6} more" if len(rows) > 6 else ""
        return None, "; ".join(rows[:6]) + more


def _largest(found: list[tuple[int, dict[str, Any]]]) -> dict[str, Any]:
    return max(found, key=lambda pair: pair[0])[1]


def _name(llm: LLM) -> str:
    key = llm.key()
    return " ".join(str(key[part]) for part in ("address", "model") if key.get(part)) or "the LLM"


def _strict(node: dict[str, Any], defs: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    if "$ref" in node:
        name = node["$ref"].rsplit("/", 1)[-1]
        if name in path:
            raise TypeError(f"{name} is recursive: strict structured output cannot ask for it")
        # A description beside the reference wins over the one of what it points to.
        beside = {key: value for key, value in node.items() if key != "$ref"}
        return _strict({**defs[name], **beside}, defs, (*path, name))
    kept = {key: value for key, value in node.items() if key in _KEPT}
    if kept.get("type") == "object":
        if "properties" not in kept:
            raise TypeError("a free-form object cannot be asked for as strict structured output")
        kept["properties"] = {
            name: _strict(inner, defs, path) for name, inner in kept["properties"].items()
        }
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    if "items" in kept:
        kept["items"] = _strict(kept["items"], defs, path)
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(inner, defs, path) for inner in kept["anyOf"]]
    limits = _limits(node)
    if limits:
        kept["description"] = " ".join(filter(None, (kept.get("description"), limits)))
    return kept


def _limits(node: dict[str, Any]) -> str:
    words = {
        "minLength": "At least {} characters.",
        "maxLength": "At most {} characters.",
        "minItems": "At least {} items.",
        "maxItems": "At most {} items.",
        "minimum": "At least {}.",
        "maximum": "At most {}.",
    }
    return " ".join(text.format(node[key]) for key, text in words.items() if key in node)
