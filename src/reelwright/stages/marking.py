"""The label of AI-made content on what `reel enhance` makes: in the picture, and in the file.

What a clip carries already stays, and stands in its picture already. Where a filter made something
up, both labels are made; leaving out the visible one is the person's own, logged decision.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.core.marking import KEY, TOOL, write_mark
from reelwright.core.nouns import Label, Language, Origin
from reelwright.core.settings import LabelSettings, Settings, home
from reelwright.publish import label as labels

if TYPE_CHECKING:
    from reelwright.edit.enhance.filters import Filter


def carried_mark(source: Path, kind: str) -> str | None:
    """The AIGC metadata that a file carries itself, or None.

    Raises MediaError when it carries a damaged label.
    """
    if kind == "picture":
        from reelwright.edit.enhance.still import read_mark

        return read_mark(source)
    found = labels.read_label(source)
    return None if found is None else json.dumps(found, separators=(",", ":"))


def write_new_mark(number: str, settings: LabelSettings) -> str:
    """AIGC metadata for something made up here. Raises SettingError as `check_producer` does."""
    return write_mark(number, labels.check_producer(settings.producer) or TOOL)


def visible_mark(filters: Sequence[Filter], settings: Settings) -> Filter | None:
    """The filter that draws the mark, where one of these made something up."""
    from reelwright.edit.enhance.mark import Marked

    language: Language = "zh" if settings.language == "zh" else "en"
    label = labels.decide(
        {"picture": [Origin(provider="enhance", ai_made=any(f.synthesises for f in filters))]},
        settings=settings.label,
        language=language,
        produce_id="0",
        platform=settings.platform,
    )
    if label is None:
        return None
    return Marked(label.text, labels.MARK_SHARE, labels.MARK_SECONDS, language)


def note_opt_out(target: Path) -> Path:
    """Note, before it is published, that a file is made without the visible mark; the log."""
    return labels.log_opt_out(home(), target, datetime.now(UTC), ["picture"])


def check_mark(file: Path, mark: str | None, kind: str) -> None:
    """Read the metadata back from a finished file. Raises MediaError where it differs."""
    if kind == "video":
        label = Label(text="", metadata=mark, parts=("picture",)) if mark else None
        labels.check_label(file, label)


__all__ = ["KEY", "carried_mark", "check_mark", "note_opt_out", "visible_mark", "write_new_mark"]
