"""cut.yaml: what was asked of a cut, as a person reads and edits it."""

from __future__ import annotations

import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reelwright.core.errors import BriefError, FootageError, must_be, nearest
from reelwright.core.nouns import MediaFacts
from reelwright.core.settings import load_settings
from reelwright.create.front_matter import load_mapping
from reelwright.edit.cut.order import Order
from reelwright.media.probing import probe
from reelwright.store import atomic
from reelwright.store.project import Project, text_hash

_HEADER = """\
# What was asked of this cut. Edit it, then run `reel make` on this folder: only what you changed is
# made again. Besides what stands here there are: silence, fillers (false keeps them), highlights,
# length (seconds), clips (how many), stretch ([from, to] in seconds), music, beat, stabilise,
# level, title, and settings as in README.
"""


_NEAR = 3
"""Folders that a recording may lie above its project, to be named from there."""


def begin_cut(sources: Sequence[Path], out: Path | None, asked: Mapping[str, Any]) -> Project:
    """See `reelwright.pipeline.begin_cut`."""
    paths = [source.expanduser().absolute() for source in sources]
    for path in paths:
        if not path.is_file():
            raise FootageError(
                "is a folder, not a recording" if path.is_dir() else "there is no such file",
                where=str(path),
                hint="give the recordings themselves" if path.is_dir() else "check the name",
            )
        # Before anything is made for it.
        check_kind(probe(path), path)
    values = {**asked, "sources": [str(path) for path in paths]}
    try:
        order = Order.model_validate(values)
    except ValidationError as error:
        raise _explain(error, values, "reel cut") from None
    load_settings(("reel cut", order.settings))
    root = out.expanduser() if out else _beside(paths[0], order)
    project = Project(root)
    text = order_text(order, project.root)
    if project.brief.exists() or (root.exists() and not root.is_dir()):
        raise BriefError(
            "is something else already", where=str(root), hint="name another folder with --out"
        )
    if project.cut.exists():
        there = project.cut.read_text("utf-8", errors="replace")
        if there == text:
            return project
        if text_hash(there) != project.read_state().get("cut"):
            raise BriefError(
                "was edited by hand, and asks for something else",
                where=str(project.cut),
                hint=f"edit it and run `reel make {root}`, or name another folder with --out",
            )
    elif root.is_dir() and any(root.iterdir()) and not out:
        raise BriefError(
            "is there already, and is no cut", where=str(root), hint="name a folder with --out"
        )
    atomic.write_text(project.cut, text)
    project.write_state(cut=text_hash(text))
    return project


def check_kind(facts: MediaFacts, path: Path) -> None:
    """Refuse what is no recording with a picture. Raises FootageError."""
    if facts.kind == "audio":
        raise FootageError(
            "has sound but no picture",
            where=str(path),
            hint="`reel cut` cuts videos; a recorded voice is the voice of a video that "
            "`reel make` draws, with voice.provider=recording",
        )
    if facts.kind == "picture":
        raise FootageError("is a picture", where=str(path), hint="`reel cut` cuts videos")


def _beside(path: Path, order: Order) -> Path:
    """Where a cut lies whose folder nobody named; one that is called as a folder is set apart."""
    name = path.stem if path.suffix else f"{path.name}-cut"
    return path.with_name(name if order.kind != "montage" else f"{name}-montage")


def order_text(order: Order, root: Path) -> str:
    """An order as YAML, its sources named from the project's folder where that is no detour."""
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    values = order.model_dump(mode="json", exclude_defaults=True)
    values["sources"] = [_from(root, source) for source in order.sources]
    if order.music:
        values["music"] = _from(root, order.music)
    out = io.StringIO()
    yaml.dump(values, out)
    return _HEADER + out.getvalue()


def read_order(project: Project) -> Order:
    """Read and check cut.yaml.

    Raises:
        BriefError: no YAML, an unknown key (with the nearest valid one), or a value that cannot be.
        SettingError: a setting that is none.
    """
    name = project.cut.name
    try:
        raw = project.cut.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise BriefError("is not UTF-8 text", where=name, hint="save it as UTF-8") from error
    except OSError as error:
        raise BriefError(f"cannot be read ({error.strerror})", where=str(project.cut)) from error
    values = load_mapping(raw, name, what="the order")
    try:
        order = Order.model_validate(values)
    except ValidationError as error:
        raise _explain(error, values, name) from None
    load_settings((name, order.settings))
    return order


def find_source(project: Project, source: str) -> Path:
    """Where a source lies. Raises BriefError when it does not."""
    path = (project.root / Path(source).expanduser()).resolve()
    if not path.is_file():
        raise BriefError(
            "is a folder, not a recording" if path.is_dir() else "is not there",
            where=f"{project.cut.name}, {source}",
            hint="give files" if path.is_dir() else "put it back, or write where it is now",
        )
    return path


def _from(root: Path, path: str) -> str:
    full = Path(path).expanduser().absolute()
    try:
        # Beside the project, or within: both can then be moved together.
        beside = Path(os.path.relpath(full, root)).as_posix()
    except ValueError:
        return str(full)
    return beside if beside.count("../") <= _NEAR else str(full)


def _explain(error: ValidationError, values: dict[str, Any], name: str) -> BriefError:
    first = error.errors()[0]
    key = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return BriefError(
            f'there is no key "{key}"', where=name, hint=nearest(key, Order.model_fields)
        )
    if first["type"] == "missing":
        return BriefError(f'"{key}" is missing', where=name, hint="name at least one recording")
    if first["type"] == "value_error":
        return BriefError(first["msg"].removeprefix("Value error, "), where=name)
    return BriefError(
        f"{key} cannot be {values.get(key)!r}", where=f"{name}, {key}", hint=must_be(first["msg"])
    )
