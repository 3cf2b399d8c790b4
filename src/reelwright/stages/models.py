"""Trained models that the settings name: where they are, and what tells one from another."""

from __future__ import annotations

from pathlib import Path

from reelwright.learn.folder import CONFIG, EXPORTED, WEIGHTS, read_config
from reelwright.stages.run import Run
from reelwright.store.artefacts import hash_content, hash_value


def find_model(run: Run, setting: str, kind: str) -> Path | None:
    """The model folder a setting names, from the project's folder or the working directory; None
    where it names none.

    Args:
        run: whose project.
        setting: the value of a ``model.…`` setting.
        kind: what kind it must be of.

    Raises:
        ModelError: there is no model, or one of another kind.
    """
    if not setting:
        return None
    from reelwright.learn.kinds import load_model

    named = Path(setting).expanduser()
    inside = (run.project.root / named).resolve()
    folder = inside if (inside / CONFIG).is_file() else named.resolve()
    return load_model(folder, kind).folder


def model_key(folder: Path | None) -> str:
    """What changes when a model does: a hash of its files, "" for none."""
    if folder is None:
        return ""
    read_config(folder)
    files = [folder / name for name in (CONFIG, WEIGHTS, EXPORTED)]
    return hash_value([hash_content(path) if path.is_file() else "" for path in files])
