"""Jobs: the videos that one `reel make` was asked for, and a file of them.

A file of jobs has one JSON object a line; its paths start at the file's own folder::

    {"target": "tea"}
    {"target": "moon.md", "set": {"style.theme": "ink", "length": 30}}
    {"target": "moon.md", "name": "moon-short", "set": {"length": 15}}
    {"target": "shop", "variants": 3}

``target`` is a project folder or an article. ``set`` holds settings, by their full names or nested.
``name`` is what the job is called; an article's project folder gets that name too, so that one
article can be made in several ways. ``variants`` is how many videos of it that differ.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from reelwright.cli.common import merge, root_of
from reelwright.core.errors import BriefError, ReelError, SettingError, must_be, nearest
from reelwright.core.settings import check_keys

MOST_VARIANTS = 20


@dataclass(frozen=True)
class Job:
    """One video, or `variants` of it.

    Attributes:
        target: a project folder or an article.
        overrides: settings as nested plain values.
        name: what it is called; also the name of an article's project folder, where given.
        where: the file and line it stands in, for messages.
        error: what was wrong with it, if it cannot be begun at all.
    """

    target: Path
    overrides: Mapping[str, Any] = field(default_factory=dict[str, Any])
    name: str = ""
    variants: int = 1
    where: str = ""
    error: ReelError | None = None

    @property
    def label(self) -> str:
        """What the person calls it."""
        plain = self.target.parent if self.target.name == "brief.md" else self.target
        return self.name or plain.stem or str(plain)

    def times(self, variants: int) -> Job:
        """The job, so many times in ways that differ."""
        return replace(self, variants=variants)


class _Row(BaseModel):
    """A line of a file of jobs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: Annotated[str, Field(min_length=1)]
    set: dict[str, Any] = {}
    name: Annotated[str, Field(pattern=r"^[^/\\\x00-\x1f]*$")] = ""
    variants: Annotated[int, Field(ge=1, le=MOST_VARIANTS)] = 1


def read_jobs(path: Path) -> list[Job]:
    """The jobs of a file, or of standard input for ``-``.

    A line that cannot be read becomes a job whose `error` names the file and the line: the others
    are made all the same.

    Raises:
        BriefError: the file cannot be read, or there is no job in it.
    """
    if str(path) == "-":
        name, folder, text = "standard input", Path(), sys.stdin.read()
    else:
        path = path.expanduser()
        name, folder = path.name, path.parent
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise BriefError("is not UTF-8 text", where=str(path)) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise BriefError(f"cannot be read: {reason}", where=str(path)) from error
    jobs = [
        _read(line, folder, f"{name}, line {number}")
        for number, line in enumerate(text.split("\n"), 1)
        if line.strip()
    ]
    if not jobs:
        raise BriefError(
            "holds no job", where=name, hint='write one a line, like {"target": "article.md"}'
        )
    return jobs


def _read(line: str, folder: Path, where: str) -> Job:
    row: Any = None
    try:
        row = json.loads(line)
        if not isinstance(row, dict):
            raise BriefError("is no job", where=where, hint='write {"target": "article.md"}')
        read = _Row.model_validate(row)
        overrides = _settings(read.set, where)
    except json.JSONDecodeError as error:
        wrong: ReelError = BriefError(
            f"is not valid JSON: {error.msg} (character {error.colno})",
            where=where,
            hint='one object a line, like {"target": "article.md"}',
        )
    except ValidationError as error:
        wrong = _explain(error, where)
    except ReelError as error:
        wrong = error
    else:
        target = folder / Path(read.target).expanduser()
        return Job(target, overrides, read.name.strip(), read.variants, where)
    named = row.get("name") or row.get("target") if isinstance(row, dict) else None
    label = str(named or where.rpartition(", ")[2])
    return Job(Path(label), name=label, where=where, error=wrong)


def _settings(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for key, value in given.items():
        # A list setting given as one text is a list of one, as with --set.
        nested: Any = [value] if key == "footage" and isinstance(value, str) else value
        for part in reversed(key.split(".")):
            nested = {part: nested}
        merge(merged, nested)
    check_keys(merged, where)
    return merged


def _explain(error: ValidationError, where: str) -> ReelError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return BriefError(
            f'there is no key "{key}"', where=where, hint=nearest(key, _Row.model_fields)
        )
    if first["type"] == "missing":
        return BriefError(f'"{key}" is missing', where=where, hint="name an article or a project")
    if key == "name":
        return BriefError("name may not hold a slash", where=where)
    return SettingError(
        f"{key} cannot be {first.get('input')!r}", where=where, hint=must_be(first["msg"])
    )


def refuse_twins(jobs: Sequence[Job]) -> None:
    """Refuse two jobs that would write into the same project. Raises BriefError."""
    seen: dict[Path, Job] = {}
    for job in jobs:
        if job.error:
            continue
        root = root_of(job.target, job.name)
        if root in seen:
            first = seen[root]
            places = " and ".join(dict.fromkeys(j.where or str(j.target) for j in (first, job)))
            article = not job.target.is_dir() and job.target.name != "brief.md"
            raise BriefError(
                f"two jobs would be made into the same project, {root.name}",
                where=places,
                hint='give one of them a "name" of its own, in a file of jobs'
                if article
                else "leave one out, or ask for --variants",
            )
        seen[root] = job
