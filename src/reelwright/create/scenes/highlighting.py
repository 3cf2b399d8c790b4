"""Code in colours: which part of it is a keyword, a string, a comment, a number, a call.

Small on purpose: a viewer has seconds, so what matters is that comments recede and strings and
keywords stand apart, in any language a tutorial is likely to show.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

Kind = Literal["plain", "keyword", "string", "comment", "number", "call", "key"]
Piece = tuple[Kind, str]

_HASH = {
    "python", "py", "sh", "bash", "zsh", "shell", "console", "yaml", "yml", "toml", "ini", "ruby",
    "rb", "r", "perl", "dockerfile", "make",
}  # fmt: skip
_DASHES = {"sql", "lua", "haskell", "hs", "elm", "ada"}
_TAGS = {"html", "xml", "svg", "vue", "markdown", "md"}
_DATA = {"json", "yaml", "yml", "toml", "ini"}

_KEYWORDS = {
    "python py": """
    and as assert async await break class continue def del elif else except finally for from global
    if import in is lambda match nonlocal not or pass raise return try while with yield None True
    False self""",
    "sh bash zsh shell console": """
    if then else elif fi for while do done case esac function in return export local sudo cd echo
    set unset source exit""",
    "sql": """
    select from where and or not in is null join left right inner outer on group by order having
    limit insert into values update set delete create table primary key index view as distinct
    count sum avg min max case when then else end union all with""",
    "json yaml yml toml ini": "true false null yes no on off",
    "": """
    abstract as async await bool boolean break case catch char class const continue def default
    defer delete do double else elif enum export extends extern false final finally float fn for
    from func function go if impl implements import in int interface is let long loop match mod
    module mut namespace new nil none not null number or override package private protected pub
    public raise return self static string struct super switch template this throw throws trait
    true try type typeof use using val var void when where while with yield""",
}


@lru_cache(maxsize=32)
def _grammar(language: str) -> tuple[re.Pattern[str], frozenset[str]]:
    name = language.lower()
    if name in _HASH:
        comment = r"#[^\n]*"
    elif name in _DASHES:
        comment = r"--[^\n]*|/\*.*?\*/"
    elif name in _TAGS:
        comment = r"<!--.*?-->"
    elif name:
        comment = r"//[^\n]*|/\*.*?\*/"
    else:
        # Not said: # after a space is a comment in most, // in the rest; :// is an address.
        comment = r"(?<!\S)#[^\n]*|(?<!:)//[^\n]*|/\*.*?\*/"
    words = next((text for names, text in _KEYWORDS.items() if name in names.split()), None)
    known = frozenset((words if words is not None else _KEYWORDS[""]).split())
    key = r"^[ \t-]*[\w.-]+(?=\s*[:=])|\"[^\"\n]*\"(?=\s*:)" if name in _DATA else r"(?!)"
    pattern = re.compile(
        rf"(?P<comment>{comment})|(?P<key>{key})"
        r"|(?P<string>\"\"\".*?\"\"\"|'''.*?'''|\"(?:\\.|[^\"\\\n])*\"|(?<!\w)'(?:\\.|[^'\\\n])*'"
        r"|`[^`]*`)"
        r"|(?P<number>(?<![\w.])0[xXbB][\da-fA-F]+|(?<![\w.])\d[\d_]*(?:\.\d+)?(?!\w))"
        r"|(?P<word>[^\W\d]\w*)(?P<calls>(?=\())?",
        re.DOTALL | re.MULTILINE,
    )
    return pattern, known


def highlight(code: str, language: str = "") -> list[list[Piece]]:
    """The lines of a code, each in pieces of one kind; the pieces joined give the line.

    Args:
        code: any text.
        language: as a fence names it (``python``, ``js`` …); empty for one that is not known.
    """
    pattern, known = _grammar(language)
    pieces: list[Piece] = []
    at = 0
    for match in pattern.finditer(code):
        if match.start() > at:
            pieces.append(("plain", code[at : match.start()]))
        pieces.append((_kind(match, known, language), match.group()))
        at = match.end()
    pieces.append(("plain", code[at:]))
    lines: list[list[Piece]] = [[]]
    for kind, text in pieces:
        first, *others = text.split("\n")
        if first:
            lines[-1].append((kind, first))
        for other in others:
            lines.append([(kind, other)] if other else [])
    return lines


def _kind(match: re.Match[str], known: frozenset[str], language: str) -> Kind:
    group = match.lastgroup or "plain"
    if group in ("word", "calls"):
        word = match["word"]
        if (word.lower() if language.lower() == "sql" else word) in known:
            return "keyword"
        return "call" if match["calls"] is not None else "plain"
    return group  # type: ignore[return-value]
