"""Tag schemes: how entities are written as one tag a token, and read back.

A span is `(start, end, type)` in tokens, `end` exclusive. Reading follows conlleval (Tjong Kim Sang
2000), whose rule holds for all schemes at once: an entity begins at `B-` or `S-`, after `E-` or
`S-`, and wherever the type changes. Only writing needs to know the scheme.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, get_args

Scheme = Literal["IOB1", "IOB2", "IOBES", "plain"]
"""`plain`: tags without prefixes, one label a token (parts of speech); `O` says nothing."""
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)
Span = tuple[int, int, str]

OUTSIDE = "O"
_PREFIXES = {"B": "B", "I": "I", "M": "I", "E": "E", "L": "E", "S": "S", "U": "S", "W": "S"}
"""Prefixes as others write them (BMES, BILOU), and what they mean."""


def split_tag(tag: str) -> tuple[str, str]:
    """The prefix (B, I, E, S; O for outside) and the type of a prefixed tag.

    Raises:
        ValueError: it is no such tag.
    """
    if tag == OUTSIDE:
        return OUTSIDE, ""
    prefix, dash, kind = tag.partition("-")
    if prefix not in _PREFIXES or not dash or not kind:
        raise ValueError(tag)
    return _PREFIXES[prefix], kind


def is_prefixed(tag: str) -> bool:
    """Whether a tag is `O`, or a prefix, a dash and a type."""
    try:
        return bool(split_tag(tag))
    except ValueError:
        return False


def spans_of(tags: Sequence[str], scheme: Scheme) -> list[Span]:
    """The entities that tags spell out, as conlleval sees them.

    >>> spans_of(["I-PER", "B-PER", "I-PER", "I-ORG"], "IOB1")
    [(0, 1, 'PER'), (1, 3, 'PER'), (3, 4, 'ORG')]
    """
    if scheme == "plain":
        return [(at, at + 1, tag) for at, tag in enumerate(tags) if tag != OUTSIDE]
    found: list[Span] = []
    start, before, kind_before = 0, OUTSIDE, ""
    for at, tag in enumerate([*tags, OUTSIDE]):
        prefix, kind = split_tag(tag)
        # An I or E goes on with what stands before it, if that is of its type and has not ended.
        goes_on = kind == kind_before and prefix in "IE" and before in "BI"
        if not goes_on:
            if kind_before:
                found.append((start, at, kind_before))
            start = at
        before, kind_before = prefix, kind
    return found


def tags_of(spans: Iterable[Span], length: int, scheme: Scheme) -> list[str]:
    """The tags that spell entities out; the spans do not overlap.

    >>> tags_of([(0, 1, "PER"), (1, 3, "PER"), (4, 5, "LOC")], 5, "IOB1")
    ['I-PER', 'B-PER', 'I-PER', 'O', 'I-LOC']
    >>> tags_of([(0, 1, "PER"), (1, 3, "PER")], 3, "IOBES")
    ['S-PER', 'B-PER', 'E-PER']
    """
    tags = [OUTSIDE] * length
    end_before, kind_before = -1, ""
    for start, end, kind in sorted(spans):
        if scheme == "plain":
            tags[start:end] = [kind] * (end - start)
            continue
        prefixes = ["I"] * (end - start)
        if scheme != "IOB1" or (start == end_before and kind == kind_before):
            prefixes[0] = "B"
        if scheme == "IOBES":
            prefixes[-1] = "S" if end - start == 1 else "E"
        tags[start:end] = [f"{prefix}-{kind}" for prefix in prefixes]
        end_before, kind_before = end, kind
    return tags


def detect_scheme(sentences: Iterable[Sequence[str]]) -> Scheme:
    """The scheme of a file's tags.

    IOBES if any tag ends an entity or stands alone; IOB1 if more entities begin with I than with a
    B that parts nothing (people's files break their rules now and then); else IOB2. Without any
    prefix: plain.
    """
    with_i = with_b = prefixed = 0
    for tags in sentences:
        kind_before = ""
        for tag in filter(is_prefixed, tags):
            prefix, kind = split_tag(tag)
            if prefix in "ES":
                return "IOBES"
            if kind != kind_before:
                with_i += prefix == "I"
                with_b += prefix == "B"
            prefixed += prefix != OUTSIDE
            kind_before = kind
    if not prefixed:
        return "plain"
    return "IOB1" if with_i > with_b else "IOB2"


def may_follow(before: str, tag: str) -> bool:
    """Whether an IOBES tag may stand after another (`""` is the sentence's border)."""
    prefix_before, kind_before = split_tag(before or OUTSIDE)
    prefix, kind = split_tag(tag or OUTSIDE)
    if prefix_before in "BI":
        return prefix in "IE" and kind == kind_before
    return prefix in "OBS"
