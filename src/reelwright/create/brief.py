"""brief.md and bare articles: what the person asked for.

The front matter of a brief holds ``topic``, ``title``, ``article`` (another file to read the text
from) and any setting; the rest of the file is the article. A bare article is a brief without front
matter, or with a blog's.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from reelwright.core.errors import BriefError, SettingError, nearest
from reelwright.core.nouns import Brief
from reelwright.core.settings import Settings, check_keys, check_values, is_secret
from reelwright.create.front_matter import front_matter
from reelwright.create.text_file import read_text

_OWN = ("topic", "title", "article")
_BRIEF_TEXT = """\
---
{front}---

{body}
"""


def read_brief(path: Path) -> Brief:
    """Read brief.md and the article it refers to.

    Raises:
        BriefError: the file or the article it names cannot be read, or the front matter is no YAML.
        SettingError: a key of the front matter is neither a setting nor a brief's own; names the
            file, the line and the nearest valid key.
    """
    text = read_text(path, allow_empty=True)
    values, body = front_matter(text, path.name)
    own = {key: values.pop(key) for key in _OWN if key in values}
    _check(values, text, path.name, strict=True)
    if "article" in own:
        other = (path.parent / str(own["article"])).resolve()
        article = read_article(other)
        values = {**article.settings, **values}
        body = article.article or ""
        own.setdefault("topic", article.topic)
    topic = own.get("topic") or own.get("title")
    # A comment is a note to oneself, like the one a new brief starts with.
    said = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL).strip()
    return Brief(topic=str(topic) if topic else None, article=said or None, settings=values)


def read_article(path: Path) -> Brief:
    """Read a bare article (.md or .txt).

    Keys of its front matter that are settings count; a blog's other keys (date, author, layout …)
    are left alone, unless one looks like a mistyped setting.
    """
    text = read_text(path)
    values, body = front_matter(text, path.name)
    title = values.pop("title", None) or values.pop("topic", None)
    values = _check(values, text, path.name, strict=False)
    if not body.strip():
        raise BriefError("has no text below its front matter", where=path.name)
    return Brief(topic=str(title) if title else None, article=body.strip(), settings=values)


def refers_to(path: Path) -> Path | None:
    """The article a brief takes its text from, if it names one."""
    values, _ = front_matter(read_text(path, allow_empty=True), path.name)
    return (path.parent / str(values["article"])).resolve() if "article" in values else None


def write_brief(
    *, topic: str = "", settings: Mapping[str, Any] | None = None, article: str = "", body: str = ""
) -> str:
    """The text of a new brief.md."""
    import io

    from ruamel.yaml import YAML

    values: dict[str, Any] = {}
    if topic:
        values["topic"] = topic
    if article:
        values["article"] = article
    values.update(settings or {})
    out = io.StringIO()
    yaml = YAML()
    yaml.allow_unicode = True
    yaml.dump(values, out)
    front = out.getvalue() if values else ""
    return _BRIEF_TEXT.format(front=front, body=body).rstrip() + "\n"


def _check(values: dict[str, Any], text: str, name: str, *, strict: bool) -> dict[str, Any]:
    """The keys that are settings; unknown ones raise when strict, or when they look mistyped."""
    known = [*Settings.model_fields, *_OWN]
    kept: dict[str, Any] = {}
    for key, value in values.items():
        if key in Settings.model_fields:
            where = f"{name}, line {_line_of(text, key)}"
            try:
                check_keys({key: value}, where)
            except SettingError as error:
                # A nested key has a line of its own.
                inner = error.message.rpartition(".")[2].strip('"')
                raise SettingError(
                    error.message,
                    where=f"{name}, line {_line_of(text, inner, key)}",
                    hint=error.hint,
                ) from None
            # Secrets are refused by name elsewhere; lines are known only here.
            for path, one in _ones(key, value):
                if not is_secret(path):
                    where = f"{name}, line {_line_of(text, path[-1], key if path[1:] else None)}"
                    check_values(one, where)
            kept[key] = value
        elif strict or difflib.get_close_matches(key, known, n=1, cutoff=0.75):
            raise SettingError(
                f'there is no key "{key}"',
                where=f"{name}, line {_line_of(text, key)}",
                hint=nearest(key, known),
            )
    return kept


def _ones(key: str, value: Any) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """The settings under a key one by one: their paths, and themselves as nested values."""
    if not isinstance(value, Mapping) or not value:
        return [((key,), {key: value})]
    group = cast(Mapping[str, Any], value)
    return [((key, inner), {key: {inner: one}}) for inner, one in group.items()]


def _line_of(text: str, key: str, after: str | None = None) -> int:
    """Line (from 1) of the front matter on which a key stands."""
    seen = after is None
    for number, line in enumerate(text.splitlines(), 1):
        start = line.strip().strip("\"'").partition(":")[0].strip("\"' {")
        if seen and (start == key or (after and f"{key}:" in line)):
            return number
        if start == after:
            seen = True
            if f"{key}:" in line:
                return number
    return 1
