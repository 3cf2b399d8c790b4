"""Names in a script become its tags, its lines' search words, and what is highlighted in them.

Those in comments (`Names.list_names`) become tags of the video.

The model is a `tagger` that `reel train` made. Whatever the writer chose stays behind the names.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reelwright.core.nouns import Language, Line, Role, Script
from reelwright.create.language import detect_language
from reelwright.learn.kinds import load_model
from reelwright.learn.tagger.kind import Tagger

_SURE = 0.7
"""How sure the model must be of a name."""
_NAMES, _TAGS = 4, 8
"""Names among the tags at most, and tags in all."""
_SEARCHED, _STRONG = 5, 3
_PLACE = re.compile(r"LOC|GPE|FAC|place|address|scene|city|country|地", re.IGNORECASE)
_PERSON = re.compile(r"PER|name|人", re.IGNORECASE)


class Names:
    """A tagger, asked for names.

    Args:
        folder: its model folder.

    Raises:
        ModelError: it is no tagger.
    """

    def __init__(self, folder: Path) -> None:
        found = load_model(folder, "tagger")
        assert isinstance(found, Tagger)
        self._model = found

    def reads(self, language: Language) -> bool:
        """Whether the model is for texts in a language: Chinese ones are read by character."""
        return (self._model.unit == "character") == (language == "zh")

    def find(self, texts: Sequence[str]) -> list[list[dict[str, Any]]]:
        """The names in each text, in order: `text`, `label` and where they stand."""
        return [found["entities"] for found in self._model.predict(texts, {"least": str(_SURE)})]

    def list_names(self, texts: Sequence[str]) -> list[list[str]]:
        """The names in each text; none in texts of a language that the model is not for."""
        read = [text if self.reads(detect_language(text)) else "" for text in texts]
        return [[one["text"] for one in found] for found in self.find(read)]


def name_script(script: Script, names: Names) -> Script:
    """A script whose names are tags, search words and highlighted; the same where there are none.

    Args:
        script: as it was written.
        names: the tagger.
    """
    title, *lines = names.find([script.title, *(line.say for line in script.lines)])
    return script.model_copy(
        update={
            "tags": _tags(script.tags, [*title, *title, *(one for line in lines for one in line)]),
            "lines": tuple(
                line if line.role is Role.CALL else _name_line(line, found)
                for line, found in zip(script.lines, lines, strict=True)
            ),
        }
    )


def _tags(tags: Sequence[str], found: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    """The names most spoken of (those in the title count double), then the other tags."""
    counts = Counter(one["text"] for one in found)
    ranked = sorted(counts, key=lambda name: -counts[name])
    return _without_parts([*ranked[:_NAMES], *tags])[:_TAGS]


def _name_line(line: Line, found: Sequence[dict[str, Any]]) -> Line:
    if not found:
        return line
    # A place is what a picture shows best; of a person stock footage has none.
    ranked = sorted(found, key=_shown)
    search = _without_parts([*(one["text"] for one in ranked), *line.search])
    numbers = [piece for piece in line.emphasis if re.search(r"\d", piece)]
    others = [piece for piece in line.emphasis if piece not in numbers]
    strong = _without_parts([*numbers, *(one["text"] for one in found), *others])
    return line.model_copy(
        update={"search": search[: max(_SEARCHED, len(line.search))], "emphasis": strong[:_STRONG]}
    )


def _shown(entity: dict[str, Any]) -> int:
    if _PLACE.search(entity["label"]):
        return 0
    return 2 if _PERSON.search(entity["label"]) else 1


def _without_parts(words: Sequence[str]) -> tuple[str, ...]:
    """Words without those that an earlier one holds."""
    kept: list[str] = []
    for word in words:
        if not any(word.lower() in other.lower() for other in kept):
            kept.append(word)
    return tuple(kept)
