"""Several videos of one brief: projects in ``variants/1``, ``2`` … that differ on purpose.

Each is a project of its own, which can be edited, made again and exported alone. All say the same
after their first line, so that voice lines are shared through the store.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, cast

from pydantic import ValidationError

from reelwright.core.errors import ProviderError
from reelwright.core.nouns import Script, Variant
from reelwright.core.settings import is_secret
from reelwright.create.brief import write_brief
from reelwright.create.script_file import script_text
from reelwright.edit import assemble as assembly
from reelwright.stages.run import Run, find_llm
from reelwright.store import atomic
from reelwright.store.project import Project, text_hash
from reelwright.store.steps import Step

_FILE = "variant.json"
_PACES: tuple[tuple[Any, float], ...] = (("even", 1.0), ("brisk", 0.55), ("calm", 1.5))
"""Paces, and what the pause between lines is multiplied by."""
_BRANDED = "brand"
"""The theme that is the person's own colours: nothing to try out on others' videos."""
_NOT_THEIRS = (("render", "jobs"), ("batch", "at_once"))


def lay_out_variants(
    run: Run, script: Script, count: int, overrides: Mapping[str, Any]
) -> list[Project]:
    """Make or renew the projects of `count` variants of a script.

    The first is the video as it would be made alone. A file of theirs that the person edited stays
    as it is.

    Args:
        overrides: the settings of the command line; those they fix are the same in all variants.
    """
    from reelwright.create.openings import with_opening

    base = script.hook or script.lines[0]
    hooks = [base.say, *_hooks(run, script, count - 1)]
    if len(hooks) < count:
        run.say(f"there are {len(hooks)} ways to open for {count} variants; some open alike")
    themes = _themes(run, overrides)
    # What names the subject makes the better cover.
    subject = script.tags[0] if script.tags else ""
    others = sorted(script.titles, key=lambda title: subject.lower() not in title.lower())
    titles = list(dict.fromkeys((script.title, *others)))
    projects: list[Project] = []
    for index in range(count):
        pace, factor = _PACES[index % len(_PACES)]
        pause = round(min(max(script.pause * factor, assembly.BOUNDS[0]), assembly.BOUNDS[1]), 2)
        title = titles[index % len(titles)]
        own = with_opening(script, hooks[index]) if 0 < index < len(hooks) else script
        own = own.model_copy(
            update={
                "title": title,
                "titles": tuple(other for other in titles if other != title)[:5],
                "pause": pause if index else script.pause,
            }
        )
        variant = Variant(
            number=index + 1,
            hook=own.lines[0].say,
            theme=themes[index % len(themes)],
            pace=pace,
            cover=title,
            seed=(run.settings.seed + index) % 2**31,
        )
        projects.append(_write(run, variant, own, overrides))
    return projects


def read_variant(run: Run, script: Script) -> Variant | None:
    """What sets this project apart from its sisters, as it now is; None if it has none."""
    try:
        variant = Variant.model_validate_json((run.project.root / _FILE).read_bytes())
    except (OSError, ValidationError):
        return None
    return variant.model_copy(
        update={
            "hook": (script.hook or script.lines[0]).say,
            "theme": run.settings.style.theme,
            "cover": script.title,
            "seed": run.settings.seed,
        }
    )


def _hooks(run: Run, script: Script, count: int) -> list[str]:
    if run.settings.voice.provider == "recording":
        run.say("the recording of the first line is one, so all variants open alike")
        return []
    from reelwright.create.article import parse_article
    from reelwright.create.openings import openings

    brief = run.brief
    article = parse_article(brief.article, title=brief.topic or "") if brief.article else None
    asked: list[str] = []
    try:
        asked = _asked(run, script, count)
    except ProviderError as error:
        run.say(f"the LLM wrote no other first lines ({error.message}); the article's own are used")
    return openings(script, article, run.language, asked)[:count]


def _asked(run: Run, script: Script, count: int) -> list[str]:
    """First lines by the LLM that writes, where one does."""
    from reelwright.create.openings import Openings, ask_openings

    llm = find_llm(run.settings)
    if llm is None:
        return []

    def make(out: Path) -> None:
        found = ask_openings(llm, script, run.language, count)
        atomic.write_text(out, Openings(hooks=found).model_dump_json())

    params = {
        "lines": [line.say for line in script.lines],
        "language": run.language,
        "count": count,
        "llm": {**llm.key(), "temperature": run.settings.llm.temperature},
    }
    path = run.steps.run(Step("openings", 1, make, params, suffix=".json", what="first lines"))
    return Openings.model_validate_json(path.read_bytes()).hooks


def _themes(run: Run, overrides: Mapping[str, Any]) -> Sequence[str]:
    """Themes in turn, the project's own first; that alone where the command line fixes it."""
    from reelwright.create.themes import theme_names

    own = run.settings.style.theme
    if "theme" in overrides.get("style", {}):
        return [own]
    others = [name for name in theme_names() if name not in (own, _BRANDED)]
    Random(run.settings.seed).shuffle(others)
    return [own, *others]


# ── The files of a variant ───────────────────────────────────────────────────────────────────────


def _write(run: Run, variant: Variant, script: Script, overrides: Mapping[str, Any]) -> Project:
    project = Project(run.project.root / "variants" / str(variant.number))
    settings = _settings(run, project.root, overrides)
    settings["seed"] = variant.seed
    settings.setdefault("style", {})["theme"] = variant.theme
    brief = write_brief(
        topic=run.brief.topic or "", settings=settings, body=run.brief.article or ""
    )
    with project.locked(run.steps.progress):
        noted = project.read_state().get("variant", {})
        noted["brief"] = renew(run, project.brief, brief, noted.get("brief"))
        text = script_text(script)
        noted["script"] = renew(run, project.script, text, noted.get("script"))
        atomic.write_text(project.root / _FILE, variant.model_dump_json(indent=1) + "\n")
        project.write_state(variant=noted)
    return project


def renew(run: Run, path: Path, text: str, noted: str | None) -> str:
    """Write a file unless the person edited it; gives the hash of what we wrote last."""
    there = text_hash(path.read_text("utf-8", errors="replace")) if path.exists() else None
    own = text_hash(text)
    if there in (None, noted):
        if there != own:
            atomic.write_text(path, text)
        return own
    if there != own:
        where = path.relative_to(run.project.root)
        run.say(f"{where} was edited by hand; it stays (delete it to have it written anew)")
        return noted or ""
    return own


def _settings(run: Run, root: Path, overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Everything the project and the command line set, as a variant's brief says it."""
    own = run.project.root
    values: dict[str, Any] = {}
    for path in dict.fromkeys([*_leaves(run.brief.settings), *_leaves(overrides)]):
        if path in _NOT_THEIRS or is_secret(path) or path == ("footage",):
            continue
        value: Any = run.settings
        group = values
        for part in path[:-1]:
            value = getattr(value, part)
            group = group.setdefault(part, {})
        value = getattr(value, path[-1])
        if isinstance(value, str):
            value = _moved(value, own, root, always=path == ("voice", "folder"))
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        group[path[-1]] = list(cast(Iterable[Any], value)) if isinstance(value, tuple) else value
    if run.settings.voice.provider == "recording":
        voice = values.setdefault("voice", {})
        voice["folder"] = _moved(run.settings.voice.folder, own, root, always=True)
    clips = [_moved(clip, own, root, always=True) for clip in run.settings.footage]
    if run.project.footage.is_dir():
        clips.insert(0, os.path.relpath(run.project.footage, root))
    if clips:
        values["footage"] = clips
    return values


def _moved(text: str, old: Path, new: Path, *, always: bool = False) -> str:
    """A relative path as it is written from another folder; a text that names no file as it is."""
    path = Path(text)
    if not text or path.is_absolute() or text.startswith("~"):
        return text
    # A mood may be called as a folder is: only what looks like a path to a file is taken for one.
    if always or (path.suffix and (old / path).exists()):
        return os.path.relpath(old / path, new)
    return text


def _leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(cast(Mapping[str, Any], value), (*path, str(key)))
        else:
            yield (*path, str(key))
