"""A kind's settings as a person gives them: ``key=value``, or ``@file`` with many of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, ValidationError

from reelwright.core.errors import SettingError, must_be, nearest

Settings = TypeVar("Settings", bound=BaseModel)


def read_settings(model: type[Settings], texts: Sequence[str], what: str) -> Settings:
    """Settings from assignments, the later winning.

    Args:
        model: the kind's ``Settings``.
        texts: ``key=value``, or ``@file`` (a YAML or JSON file of keys and values).
        what: whose settings these are, for messages.

    Raises:
        SettingError: an unknown key (names the nearest), a value that cannot be, or a file that
            cannot be read.
    """
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for text in texts:
        for path, value, place in _assignments(text):
            _put(values, path, value, model)
            places[".".join(path)] = place
    return check_settings(model, values, what, places)


def read_options(texts: Sequence[str]) -> dict[str, str]:
    """``key=value`` texts as they are. Raises SettingError where one is no assignment."""
    return {".".join(path): str(value) for text in texts for path, value, _ in _assignments(text)}


def check_settings(
    model: type[Settings], values: Mapping[str, Any], what: str, places: Mapping[str, str]
) -> Settings:
    """Settings from plain values. Raises SettingError; `places` tells where each key was set."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        path = [str(part) for part in first["loc"]]
        key = ".".join(path)
        where = next((place for name, place in places.items() if key.startswith(name)), "--set")
        if first["type"] == "extra_forbidden":
            raise SettingError(
                f'{what} has no setting "{key}"',
                where=where,
                hint=nearest(path[-1], model.model_fields),
            ) from None
        missing = first["type"] == "missing"
        told = "is missing" if missing else f"cannot be {first.get('input')!r}"
        raise SettingError(
            f"{key or what} {told}", where=where, hint=None if missing else must_be(first["msg"])
        ) from None


def _assignments(text: str) -> Iterator[tuple[list[str], Any, str]]:
    """(path, value, place) of each assignment in one ``--set``."""
    if text.startswith("@"):
        file = Path(text[1:]).expanduser()
        for key, value in _read_file(file).items():
            yield key.split("."), value, str(file)
        return
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise SettingError(
            f'"{text}" is not a setting',
            where="--set",
            hint="write it as key=value, like epochs=5, or as @file",
        )
    yield key.strip().split("."), value.strip(), "--set"


def _read_file(path: Path) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        # JSON is YAML, too.
        values = YAML(typ="safe", pure=True).load(path.read_text("utf-8-sig"))
    except OSError as error:
        raise SettingError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise SettingError(
            f"is neither YAML nor JSON: {str(error).splitlines()[0]}",
            where=str(path),
            hint="write one `key: value` a line",
        ) from None
    if not isinstance(values, dict):
        raise SettingError(
            "holds no settings", where=str(path), hint="write one `key: value` a line"
        )
    return {str(key): value for key, value in values.items()}


def _put(values: dict[str, Any], path: Sequence[str], value: Any, model: type[BaseModel]) -> None:
    *parents, last = path
    for part in parents:
        inner = values.setdefault(part, {})
        values = cast(dict[str, Any], inner if isinstance(inner, dict) else {})
    is_list = not parents and _is_list(model, last)
    values[last] = _parsed(value, is_list) if isinstance(value, str) else value


def _parsed(value: str, is_list: bool) -> Any:
    """A value from the command line; pydantic reads numbers and truth values from texts itself."""
    if value == "null":
        return None
    if value.startswith(("[", "{")):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [part.strip() for part in value.split(",") if part.strip()] if is_list else value


def _is_list(model: type[BaseModel], key: str) -> bool:
    field = model.model_fields.get(key)
    return field is not None and any(
        word in str(field.annotation) for word in ("tuple[", "list[", "Sequence[")
    )
