"""Tagged texts as JSON rows, in three shapes.

`{"tokens": […], "tags": […]}`; `{"text": …, "entities": [{"start", "end", "label"}]}` with `end`
exclusive; and CLUENER's `{"text": …, "label": {type: {words: [[first, last]]}}}` with `last`
inclusive (Xu et al. 2020). Every row is a document of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from sys import intern
from typing import Any

from reelwright.learn.data.rows import Row, read_rows
from reelwright.learn.tagger.corpus import Corpus, Sentence, is_han, refuse
from reelwright.learn.tagger.schemes import Span, detect_scheme, is_prefixed, tags_of
from reelwright.learn.tagger.tokens import Token, split_characters, split_words

_SHAPES = (
    '{"text": "…", "entities": [{"start": 0, "end": 3, "label": "PER"}]} or '
    '{"tokens": ["…"], "tags": ["B-PER"]} is expected'
)


def read_annotated(path: Path, encoding: str) -> Corpus:
    """The sentences of one file of JSON rows.

    Raises:
        DataError: a row has none of the three shapes, entities that overlap or lie outside of the
            text, or as many tags as it has no tokens.
    """
    rows = read_rows(path)
    first = list(islice(rows, 1000))
    texts = "".join(str(row.get("text", "")) for row in first)
    by_character = 2 * sum(map(is_han, texts)) > len(texts.replace(" ", ""))
    sentences: list[Sentence] = []
    crossing = 0
    for number, row in enumerate(chain(first, rows)):
        if "tokens" in row:
            words, tags = _tokens(row)
        else:
            text = row.get("text")
            if not isinstance(text, str) or not text.strip():
                raise refuse('has no "text" and no "tokens"', row.where, _SHAPES)
            tokens = split_characters(text) if by_character else split_words(text)
            words = tuple(token.text for token in tokens)
            spans, missed = _fit(list(_entities(row, text)), tokens, row.where)
            crossing += missed
            tags = tuple(tags_of(spans, len(words), "IOB2"))
        # Each word and tag is held once, however often it comes.
        held = tuple(map(intern, words)), tuple(map(intern, tags))
        sentences.append(Sentence(*held, number, row.where))
    if not sentences:
        raise refuse("holds no rows", str(path), _SHAPES)
    notes = [f"{path.name}: {crossing} entities overlap others and were left out"]
    scheme = detect_scheme(sentence.tags for sentence in sentences)
    return Corpus(sentences, scheme, documents=True, notes=notes if crossing else [])


def _tokens(row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    words: Any = row["tokens"]
    tags: Any = row.get("tags")
    if not _are_texts(words) or not _are_texts(tags) or not words:
        raise refuse('"tokens" and "tags" are not two lists of texts', row.where, _SHAPES)
    if len(words) != len(tags):
        message = f"has {len(words)} tokens and {len(tags)} tags"
        raise refuse(message, row.where, "there is one tag for each token")
    bad = [tag for tag in tags if not is_prefixed(tag)]
    if bad and any(is_prefixed(tag) and tag != "O" for tag in tags):
        hint = "a tag is O, or B-, I-, E- or S- and a type"
        raise refuse(f'"{bad[0]}" is no tag', row.where, hint)
    return tuple(words), tuple(tags)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one for one in value)


def _entities(row: Row, text: str) -> Iterator[Span]:
    """Places in characters, `end` exclusive, and types."""
    if "entities" in row:
        found = row["entities"]
        if not isinstance(found, list):
            raise refuse('"entities" is no list', row.where, _SHAPES)
        for one in found:
            try:
                start, end, label = one["start"], one["end"], one["label"]
            except (TypeError, KeyError):
                message = f"an entity has no start, end and label: {one}"
                raise refuse(message, row.where, _SHAPES) from None
            yield _checked(start, end, label, text, row.where)
    elif isinstance(row.get("label"), dict):
        for label, words in row["label"].items():
            try:
                places = [place for each in words.values() for place in each]
                pairs = [(first, last + 1) for first, last in places]
            except (AttributeError, TypeError, ValueError):
                message = f'the places of "{label}" are not [[first, last], …]'
                raise refuse(message, row.where, _SHAPES) from None
            for start, end in pairs:
                yield _checked(start, end, label, text, row.where)
    else:
        raise refuse('has no "entities" (an empty list where there are none)', row.where, _SHAPES)


def _checked(start: Any, end: Any, label: Any, text: str, where: str) -> Span:
    whole = isinstance(start, int) and isinstance(end, int) and isinstance(label, str)
    if not whole or not label or not 0 <= start < end <= len(text):
        raise refuse(
            f"no entity can stand at {start} to {end} ({label})",
            where,
            f"the text has {len(text)} characters; end is the place behind the last one",
        )
    return start, end, label


def _fit(spans: list[Span], tokens: list[Token], where: str) -> tuple[list[Span], int]:
    """Spans in tokens: a token of which a part lies in an entity lies in it. Of two that overlap
    the longer stays, as flat tags must have it."""
    taken = [False] * len(tokens)
    fitted: list[Span] = []
    missed = 0
    for start, end, label in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        inside = [at for at, token in enumerate(tokens) if token.start < end and token.end > start]
        if not inside:
            raise refuse(f"the entity at {start} to {end} holds no word", where, _SHAPES)
        if any(taken[inside[0] : inside[-1] + 1]):
            missed += 1
            continue
        taken[inside[0] : inside[-1] + 1] = [True] * len(inside)
        fitted.append((inside[0], inside[-1] + 1, label))
    return fitted, missed
