"""Front matter: the YAML at the very top of a Markdown file."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from reelwright.core.errors import BriefError


class FrontMatter(NamedTuple):
    """A text taken apart at its front matter."""

    raw: str | None
    """The YAML between the two ``---`` lines, or None where there is none."""
    line: int
    """How many lines stand before the body."""
    body: str


def split_front_matter(text: str) -> FrontMatter:
    """Front matter: from a ``---`` on the very first line to the next ``---`` or ``...`` line.

    A ``---`` anywhere else is a thematic break and stays in the body.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return FrontMatter(None, 0, text)
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() in ("---", "..."):
            raw = "\n".join(lines[1:number])
            if raw.strip() and not re.search(r"^\s*[^#\s][^:]*:(?:\s|$)", raw, re.MULTILINE):
                return FrontMatter(None, 0, text)  # text between two thematic breaks
            return FrontMatter(raw, number + 1, "\n".join(lines[number + 1 :]))
    return FrontMatter(None, 0, text)


def front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The front matter as plain values, and the text below it.

    Args:
        text: the whole file.
        name: its name, for error messages.

    Raises:
        BriefError: it is no YAML, or no mapping of keys to values; names the file and the line.
    """
    raw, _, body = split_front_matter(text)
    if raw is None or not raw.strip():
        return {}, body
    return load_mapping(raw, name, what="the front matter", line=1), body


def load_mapping(raw: str, name: str, *, what: str, line: int = 0) -> dict[str, Any]:
    """YAML as plain values; nothing where it holds none.

    Args:
        raw: the text.
        name: of the file it stands in, for error messages.
        what: what it is called in them.
        line: how many lines of the file stand before it.

    Raises:
        BriefError: it is no YAML, or no mapping of keys to values; names the file and the line.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        values = YAML(typ="safe", pure=True).load(raw)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = mark.line if mark else 0
        shown = raw.split("\n")[min(place, raw.count("\n"))]
        key = re.match(r"\s*([^:\s]+)\s*:", shown)
        wrong = (error.problem or "is not valid YAML").strip()
        raise BriefError(
            f"{what} cannot be read: {wrong}",
            where=f"{name}, line {place + line + 1}" + (f', key "{key[1]}"' if key else ""),
            hint=_yaml_hint(wrong),
        ) from None
    except (YAMLError, ValueError) as error:
        raise BriefError(
            f"{what} cannot be read: {error}",
            where=f"{name}, line {line + 1}",
            hint=_yaml_hint(""),
        ) from None
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise BriefError(
            f"{what} is not a list of keys and values",
            where=f"{name}, line {line + 1}",
            hint="write one `key: value` a line" + (" between the two --- lines" if line else ""),
        )
    for key in values:
        if not isinstance(key, str):
            raise BriefError(f"the key {key!r} is not a word", where=f"{name}, {what[4:]}")
    return values


def _yaml_hint(problem: str) -> str:
    if "duplicate" in problem:
        return "keep one of the two"
    if "\\t" in problem or "tab" in problem:
        return "indent with spaces, not tabs"
    return "write `key: value`, with quotes around a value that holds a colon or starts with a sign"
