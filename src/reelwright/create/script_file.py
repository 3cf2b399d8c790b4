"""script.yaml: the script as a person reads and edits it."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reelwright.core.errors import FootageError, ReelError, ScriptError, must_be, nearest
from reelwright.core.nouns import Line, Script
from reelwright.store import atomic

_HEADER = """\
# What the video says. Edit it, then run `reel make` again: only what you changed is made again.
# Each line may also name: scene (a template), params (of that scene), footage (a file name),
# emphasis (words to highlight), pause (seconds of silence after it), transition (how its picture
# comes in: cut, dissolve, push, zoom …), sticker (a Lottie file in stickers/), translation (for
# captions in two languages). cover_title, beside title, is what the cover says instead.
"""


_SHOWN = 60
"""Characters of a wrong value shown in a message."""


def write_script_file(script: Script, path: Path) -> str:
    """Write a script as YAML and return the text written. Raises StoreError."""
    text = script_text(script)
    atomic.write_text(path, text)
    return text


def script_text(script: Script) -> str:
    """A script as YAML, as a person reads and edits it."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    # Fields left at their defaults stay out of the way of whoever edits the file.
    values = script.model_dump(mode="json", exclude_defaults=True)
    values["pause"] = script.pause
    lines = [_in_row(line, "search", "emphasis") for line in values.pop("lines")]
    out = io.StringIO()
    yaml.dump({**_in_row(values, "tags"), "lines": lines}, out)
    return _HEADER + out.getvalue()


def _in_row(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    """The values with the lists at these keys written in one row: ``[tea, health]``."""
    from ruamel.yaml.comments import CommentedSeq

    for key in keys:
        if key in values:
            row = CommentedSeq(values[key])
            row.fa.set_flow_style()
            values[key] = row
    return values


def read_script_file(path: Path) -> Script:
    """Read and check script.yaml.

    Raises:
        ScriptError: not UTF-8, not YAML, an unknown key (names the line of the file and the nearest
            valid key), or a value that cannot be.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    name = path.name
    try:
        values: Any = YAML().load(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise ScriptError("is not UTF-8 text", where=name, hint="save it as UTF-8") from error
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}, line {mark.line + 1}" if mark else name
        hint = "quote a text that holds a colon or starts with a sign; indent with spaces"
        if error.problem and "duplicate" in error.problem:
            hint = "keep one of the two"
        problem = (error.problem or "it cannot be parsed").partition(" with value")[0]
        raise ScriptError(f"is not valid YAML: {problem}", where=where, hint=hint) from error
    except (YAMLError, OSError) as error:
        raise ScriptError(f"cannot be read: {error}", where=name) from error
    if not isinstance(values, dict):
        raise ScriptError(
            "holds no script",
            where=name,
            hint="it needs at least `title` and `lines`; delete it to have it written anew",
        )
    try:
        return Script.model_validate(_plain(values))
    except ValidationError as error:
        first = error.errors()[0]
        raise _explain(dict(first), values, name) from None


_NUMBERED = re.compile(r"script\.yaml, lines, number (\d+)(?:, )?(.*)")


def placed(error: ReelError, path: Path) -> ReelError:
    """An error about a line's scene, parameters or footage, with the line of the file it is in.

    What is wrong there shows only when shots are planned, long after the file was read. An error
    about anything else comes back as it is.
    """
    found = _NUMBERED.match(error.where or "")
    if not found:
        return error
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    index = int(found[1]) - 1
    key = "footage" if isinstance(error, FootageError) else "params"
    key = "scene" if error.message.startswith("there is no scene") else key
    try:
        values = YAML().load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError):
        return error
    line = _line_of(values, ["lines", index, key, *found[2].removeprefix("params.").split(".")])
    if line is None:
        return error
    where = ", ".join(part for part in (f"{path.name}, line {line}", found[2]) if part)
    return type(error)(error.message, where=where, hint=error.hint)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    return value


def _explain(error: dict[str, Any], values: Any, name: str) -> ScriptError:
    path = list(error["loc"])
    line = _line_of(values, path)
    where = f"{name}, line {line}" if line else name
    key = ".".join(str(part + 1) if isinstance(part, int) else str(part) for part in path)
    if error["type"] == "extra_forbidden":
        known = Line.model_fields if path[:1] == ["lines"] else Script.model_fields
        return ScriptError(
            f'there is no key "{path[-1]}"', where=where, hint=nearest(str(path[-1]), known)
        )
    if error["type"] == "missing":
        return ScriptError(f'"{key}" is missing', where=where)
    value = repr(error.get("input"))
    value = value if len(value) <= _SHOWN else f"{value[:_SHOWN]}…"
    return ScriptError(f"{key} cannot be {value}", where=where, hint=must_be(error["msg"]))


def _line_of(values: Any, path: list[Any]) -> int | None:
    """Line of the file (from 1) where the value at this path stands."""
    line: int | None = None
    here = values
    for part in path:
        marks = getattr(here, "lc", None)
        try:
            if isinstance(here, dict) and part in here and marks:
                line = marks.key(part)[0] + 1
                here = here[part]
            elif isinstance(here, list) and isinstance(part, int) and marks:
                line = marks.item(part)[0] + 1
                here = here[part]
            else:
                break
        except (KeyError, IndexError, AttributeError):
            break
    return line
