"""What several verbs share: finding the project, settings from --set, watching progress."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from reelwright.core.errors import BriefError, nearest
from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import parse_assignment
from reelwright.store.project import Project, create_project

ARTICLES = (".md", ".markdown", ".txt")


def assignments(texts: Sequence[str]) -> dict[str, Any]:
    """Nested settings from ``key=value`` texts; a list setting given twice keeps both."""
    merged: dict[str, Any] = {}
    for text in texts:
        merge(merged, parse_assignment(text))
    return merged


def merge(into: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Put nested settings over those there are; of a list setting both are kept."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            there = into.get(key)
            into[key] = group = cast(dict[str, Any], there) if isinstance(there, dict) else {}
            merge(group, cast(Mapping[str, Any], value))
        elif isinstance(value, list) and key in into:
            into[key] = [*into[key], *value]
        else:
            into[key] = value


def root_of(target: Path, name: str = "") -> Path:
    """The folder of the project that `find_project` finds or makes; touches nothing."""
    target = target.expanduser()
    if target.is_dir():
        return target.resolve()
    if target.name in ("brief.md", "cut.yaml"):
        return target.parent.resolve()
    return _beside(target.absolute(), name).resolve()


def _beside(article: Path, name: str) -> Path:
    return article.with_name(name) if name else article.with_suffix("")


def find_project(target: Path, name: str = "") -> Project:
    """The project a person means: a folder with a brief or a cut, or an article to make one for.

    ``article.md`` belongs to the project ``article/`` beside it, or the one of that `name`, whose
    brief refers back to it.

    Raises:
        BriefError: there is nothing there, or nothing of this kind.
    """
    target = target.expanduser()
    if target.is_dir():
        if (target / "brief.md").is_file() or (target / "cut.yaml").is_file():
            return Project(target)
        raise BriefError(
            "is not a project: it has no brief.md",
            where=str(target),
            hint=f'begin one with: reel new {target} --topic "…"',
        )
    if target.name in ("brief.md", "cut.yaml") and target.is_file():
        return Project(target.parent)
    if not target.exists():
        names = [path.name for path in target.parent.glob("*")] if target.parent.is_dir() else []
        close = nearest(target.name, names) if names and len(names) < 40 else None
        raise BriefError("is not there", where=str(target), hint=close)
    if target.suffix.lower() not in ARTICLES:
        raise BriefError(
            "is not an article",
            where=str(target),
            hint=f"give a project folder, or a text file ({', '.join(ARTICLES)})",
        )
    # Not resolved: the project stands beside a link, not beside what the link shows.
    return _project_of(target.absolute(), name)


def _project_of(article: Path, name: str) -> Project:
    from reelwright.create.brief import read_article, refers_to, write_brief

    read_article(article)
    root = _beside(article, name)
    refers = f"../{article.name}"
    brief = root / "brief.md"
    if not brief.exists():
        try:
            return create_project(root, write_brief(article=refers))
        except BriefError:
            # Another run began it in the meantime.
            if not brief.exists():
                raise
    if refers_to(brief) != article.resolve():
        raise BriefError(
            f"is another project already, and not the one of {article.name}",
            where=str(root),
            hint=f"run `reel make {root}`, or give the article another name",
        )
    return Project(root)


@contextmanager
def watched(quiet: bool) -> Generator[Progress]:
    """Progress for a person: bars on a terminal, lines elsewhere, nothing when `quiet`."""
    if quiet:
        yield Silent()
    elif sys.stderr.isatty():
        with _Bars() as bars:
            yield bars
    else:
        yield _Lines()


class _Lines:
    """Progress as lines, for logs: at most one every few seconds."""

    def __init__(self) -> None:
        self._stages: dict[str, list[float]] = {}
        self._said = time.monotonic()

    def start(self, stage: str, total: int) -> None:
        self._stages[stage] = [0, total, time.monotonic()]

    def advance(self, stage: str, units: float = 1, note: str = "") -> None:
        done, total, began = self._stages[stage]
        self._stages[stage][0] = done = done + units
        now = time.monotonic()
        if now - self._said >= 5 and total:
            self._said = now
            left = max(0.0, (now - began) / done * (total - done)) if done else 0
            self.say(f"{stage}: {100 * done / total:.0f} %, about {left:.0f} s left")

    def finish(self, stage: str) -> None:
        self._stages.pop(stage, None)

    def say(self, message: str) -> None:
        print(message, file=sys.stderr, flush=True)


class _Bars(_Lines):
    """Progress as bars: stage, share done, seconds left."""

    def __enter__(self) -> _Bars:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(file=sys.stderr)
        self._rich = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=max(10, min(40, os.get_terminal_size(2).columns - 50))),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[note]}"),
            console=self._console,
            transient=True,
        )
        self._tasks: dict[str, Any] = {}
        self._rich.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._rich.stop()

    def start(self, stage: str, total: int) -> None:
        self._tasks[stage] = self._rich.add_task(stage, total=max(1, total), note="")

    def advance(self, stage: str, units: float = 1, note: str = "") -> None:
        self._rich.update(self._tasks[stage], advance=units, note=note[:30])

    def finish(self, stage: str) -> None:
        self._rich.update(self._tasks[stage], visible=False)

    def say(self, message: str) -> None:
        self._console.print(message, markup=False, highlight=False)
