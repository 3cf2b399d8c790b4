"""Labels: what a person says of their material. It wins, and is kept to learn from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.core.errors import LibraryError, nearest
from reelwright.core.nouns import Annotation
from reelwright.library import catalogue
from reelwright.library.tables import AnnotationRow, AssetRow

KNOWN = (
    "tag", "person", "scene", "object", "mood", "camera", "people", "language", "text",
    "transcript", "title", "description", "place", "fault", "quality",
)  # fmt: skip
"""What is usually said; any other name may be said too."""
_NUMBERS = frozenset({"people", "quality", "brightness"})
_TEXTS = frozenset({"text", "transcript"})
_KINDS = frozenset({"scene", "mood", "fault", "object", "camera", "person"})
"""Names whose values are ``{"kind": …}`` or ``{"name": …}``, as annotators say them."""


def read_label(said: str) -> tuple[str, Any, float]:
    """A label as a person types it: ``name=value``, or ``name!=value`` that it is not so.

    Returns:
        Name, value as annotators say it, and confidence: 1, or 0 for what is denied.

    Raises:
        LibraryError: it is none.

    >>> read_label("scene=sea"), read_label("people=2"), read_label("tag!=cat")
    (('scene', {'kind': 'sea'}, 1.0), ('people', 2, 1.0), ('tag', 'cat', 0.0))
    """
    name, equals, value = said.partition("=")
    denied = name.endswith("!")
    name, value = name.rstrip("! ").strip(), value.strip()
    if not equals or not name or not value or len(name) > 40:
        raise LibraryError(
            f'"{said}" is no label', hint="write name=value, for example tag=海边 or people=2"
        )
    if not name.replace("-", "").replace("_", "").isalnum():
        raise LibraryError(f'"{name}" is no name', hint=nearest(name, KNOWN))
    return name, _value(name, value), 0.0 if denied else 1.0


def _value(name: str, text: str) -> Any:
    if name in _NUMBERS:
        try:
            number = float(text)
        except ValueError:
            raise LibraryError(f"{name} is a number", where=f"{name}={text}") from None
        if number < 0 or (name != "people" and number > 1):
            most = "0 or more" if name == "people" else "from 0 to 1"
            raise LibraryError(f"{name} cannot be {text}", hint=f"it is {most}")
        return int(number) if name == "people" else number
    if name in _TEXTS:
        return {"text": text}
    return {"name" if name == "person" else "kind": text} if name in _KINDS else text


def put_labels(
    session: Session,
    asset_id: str,
    labels: list[tuple[str, Any, float]],
    start: float | None = None,
    end: float | None = None,
) -> list[Annotation]:
    """Put down what a person says of an asset, of all of it or of a stretch.

    Args:
        session: one to write with.
        asset_id: whom it is about.
        labels: as `read_label` gives them.
        start: seconds into it where it begins to be so.
        end: where it ends.

    Raises:
        LibraryError: the stretch is none.
    """
    if start is not None and end is not None and end <= start:
        raise LibraryError(f"ends ({end:g} s) before it begins ({start:g} s)", where="--to")
    words = [
        Annotation(
            name=name, value=value, confidence=sure, start=start, end=end,
            annotator=catalogue.PERSON,
        )
        for name, value, sure in labels
    ]  # fmt: skip
    catalogue.add_annotations(session, asset_id, words)
    qualities = [one for one in words if one.name == "quality" and one.start is None]
    if qualities:
        catalogue.set_quality(session, asset_id, float(qualities[-1].value))
    return words


def export_labels(session: Session) -> Iterator[str]:
    """All that was said by hand, a line of JSON each, in the order of its saying.

    With it stands what annotators had said under the same name: what there is to learn.
    """
    query = (
        select(AnnotationRow, AssetRow)
        .join(AssetRow, AssetRow.id == AnnotationRow.asset)
        .where(AnnotationRow.hand)
        .order_by(AnnotationRow.number)
    )
    for row, asset in session.execute(query).all():
        others = select(AnnotationRow).where(
            AnnotationRow.asset == row.asset, AnnotationRow.name == row.name, ~AnnotationRow.hand
        )
        machine = [
            {"value": one.value, "confidence": one.confidence, "annotator": one.annotator,
             "version": one.version, "start": one.start, "end": one.end}
            for one in session.scalars(others.order_by(AnnotationRow.number))
        ]  # fmt: skip
        places = [place.path for place in catalogue.places_of(session, row.asset)]
        yield json.dumps(
            {
                "asset": row.asset, "kind": asset.kind, "files": places, "name": row.name,
                "value": row.value, "is": row.confidence > 0, "start": row.start, "end": row.end,
                "machine": machine,
            },
            ensure_ascii=False,
        )  # fmt: skip
