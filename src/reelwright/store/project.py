"""The project folder: what lies where, who may write, and what the last run left behind.

::

    tea/
      brief.md        YAML front matter + topic or article text (what the person wrote)
      cut.yaml        or, instead of a brief: what to cut out of which recordings
      script.yaml     written by `reel make`, meant to be edited by hand
      footage/        the person's own clips and pictures
      timeline.json   what will be rendered
      out/            video.mp4 cover.jpg captions.srt captions.ass post.json timeline.otio
      .reel/          artefacts by hash; safe to delete
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from filelock import FileLock, Timeout

from reelwright.core.errors import BriefError, StoreError
from reelwright.core.progress import Progress, Silent
from reelwright.core.settings import home
from reelwright.store import atomic
from reelwright.store.artefacts import Store, hash_value


class Project:
    """A project folder. Making one touches nothing on the disk."""

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()
        self.brief = self.root / "brief.md"
        self.cut = self.root / "cut.yaml"
        self.script = self.root / "script.yaml"
        self.timeline = self.root / "timeline.json"
        self.footage = self.root / "footage"
        self.out = self.root / "out"
        self.reel = self.root / ".reel"

    @property
    def is_cut(self) -> bool:
        """Whether it is made of recordings as cut.yaml says, and not of a brief."""
        return self.cut.is_file() and not self.brief.exists()

    def open_store(self) -> Store:
        """The project's artefacts, sharing work with others through the home."""
        return Store(self.reel, home() / "artefacts")

    @contextmanager
    def locked(self, progress: Progress | None = None) -> Generator[None]:
        """Hold the folder, so that no two runs write into it at once.

        A second run waits for the first and then finds its work done. The lock is the operating
        system's: a killed process leaves none behind. Unfinished files of a killed run are removed.

        Raises:
            StoreError: the folder cannot be written.
        """
        try:
            self.reel.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.reel / "lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                (progress or Silent()).say(
                    f"another run is at work in {self.root.name}; waiting for it to end"
                )
                lock.acquire()
        except OSError as error:
            raise atomic.explain(error, self.reel) from error
        try:
            for folder in (self.root, self.out, self.reel):
                for leftover in folder.glob(f"{atomic.TEMPORARY}*"):
                    atomic.remove(leftover)
            for leftover in self.reel.glob(f"artefacts/??/{atomic.TEMPORARY}*"):
                atomic.remove(leftover)
            yield
        finally:
            lock.release()

    def relative(self, path: Path) -> str:
        """A path as it is written into project files: relative where it lies inside the project."""
        full = path if path.is_absolute() else self.root / path
        if full.is_relative_to(self.root):
            return full.relative_to(self.root).as_posix()
        return str(full)

    def read_state(self) -> dict[str, Any]:
        """What the last run noted: which files it wrote itself, and from what."""
        try:
            state = json.loads((self.reel / "state.json").read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return cast(dict[str, Any], state) if isinstance(state, dict) else {}

    def write_state(self, **values: Any) -> None:
        """Note values for the next run, beside those already noted."""
        state = self.read_state() | values
        atomic.write_text(self.reel / "state.json", json.dumps(state, sort_keys=True))

    def publish(self, artefact: Path, name: str) -> Path:
        """Copy a finished artefact, or a file of one, to ``out/`` unless it is there already."""
        target = self.out / name
        noted = self.read_state().get("out", {})
        identity = f"{artefact.parent.name}/{artefact.name}"
        if noted.get(name) == [identity, *stamp(target)]:
            return target
        atomic.copy(artefact, target)
        self.write_state(out=noted | {name: [identity, *stamp(target)]})
        return target


def create_project(root: Path, brief: str) -> Project:
    """Make a new project folder with this text as its brief.md.

    Raises:
        BriefError: there is a brief already; it is left as it is.
        StoreError: the folder cannot be written.
    """
    project = Project(root)
    if project.brief.exists():
        raise BriefError(
            "is a project already",
            where=str(root),
            hint=f"choose another name, or edit {project.brief}",
        )
    if root.exists() and not root.is_dir():
        raise StoreError("is a file, not a folder", where=str(root), hint="choose another name")
    atomic.write_text(project.brief, brief)
    try:
        project.footage.mkdir(exist_ok=True)
    except OSError as error:
        raise atomic.explain(error, project.footage) from error
    return project


def text_hash(text: str) -> str:
    """Hash by which a run recognises a file it wrote itself."""
    return hash_value(text)


def stamp(path: Path) -> list[int]:
    """Size and time of a file, by which a run sees that nobody touched it; [0, 0] if gone."""
    try:
        stat = path.stat()
    except OSError:
        return [0, 0]
    return [stat.st_size, stat.st_mtime_ns]
