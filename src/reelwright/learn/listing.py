"""The models there are: those in folders of the person's, and those that ship with the package."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from reelwright.core.errors import ModelError, ReelError
from reelwright.core.settings import ModelSettings
from reelwright.learn.folder import CARD, CONFIG, EXPORTED, WEIGHTS, read_scores
from reelwright.learn.kinds import KINDS, load_model

PACKAGE = Path(__file__).resolve().parents[1]
_DEEP = 2
"""How far below a folder models are looked for."""


@dataclass(frozen=True)
class Listed:
    """A model as it is listed.

    Attributes:
        folder: where it lies.
        kind: its kind; empty where the folder is damaged.
        bytes: of its weights, exported ones included.
        data: what it was trained on, as its card has it.
        goal: the name of the score that says how good it is; empty where there is none.
        scores: all scores it was saved with.
        uses: where the product uses a model of its kind.
        used: the settings that name it.
        shipped: whether it comes with the package.
        trouble: why it cannot be used; empty where it can.
    """

    folder: Path
    kind: str = ""
    bytes: int = 0
    data: tuple[str, ...] = ()
    goal: str = ""
    scores: Mapping[str, float] | None = None
    uses: str = ""
    used: tuple[str, ...] = ()
    shipped: bool = False
    trouble: str = ""


def list_models(folders: Sequence[Path], settings: ModelSettings) -> list[Listed]:
    """The models in and below some folders, and the shipped ones, each once.

    Args:
        folders: models, or folders of models; those that are not there hold none.
        settings: which models the product uses.
    """
    found = {path.resolve(): path for folder in folders for path in find_models(folder)}
    listed = [describe_model(path, settings) for _, path in sorted(found.items())]
    shipped = [path for path in _shipped() if path not in found]
    return [*listed, *(describe_model(path, settings, shipped=True) for path in shipped)]


def find_models(folder: Path, deep: int = _DEEP) -> Iterator[Path]:
    """The model folders at and below a folder, sorted; nothing is looked for inside a model."""
    if (folder / CONFIG).is_file():
        yield folder
    elif folder.is_dir() and deep:
        for inner in sorted(folder.iterdir()):
            if inner.is_dir() and not inner.name.startswith("."):
                yield from find_models(inner, deep - 1)


def describe_model(folder: Path, settings: ModelSettings, *, shipped: bool = False) -> Listed:
    """What is to be said of one model; a damaged one is told as such."""
    used = tuple(
        f"model.{name}"
        for name, value in settings.model_dump().items()
        if value and Path(value).expanduser().resolve() == folder.resolve()
    )
    try:
        kind = load_model(folder)
        if not (folder / WEIGHTS).is_file():
            raise ModelError(f"{WEIGHTS} is missing")
    except ReelError as error:
        return Listed(folder, used=used, shipped=shipped, trouble=error.message)
    files = (folder / WEIGHTS, folder / EXPORTED)
    return Listed(
        folder,
        kind=kind.name,
        bytes=sum(path.stat().st_size for path in files if path.is_file()),
        data=tuple(_data_lines(folder / CARD)),
        goal=kind.goal,
        scores=read_scores(folder),
        uses=kind.uses,
        used=used,
        shipped=shipped,
    )


def as_values(model: Listed) -> dict[str, Any]:
    """A listed model for machines."""
    values = {**asdict(model), "folder": str(model.folder)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items()}


def _data_lines(card: Path) -> Iterator[str]:
    try:
        lines = card.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    for line in lines:
        if line.startswith("- **Data**: "):
            yield line.removeprefix("- **Data**: ")


def _shipped() -> list[Path]:
    """Model folders inside the package: beside the code of the kind they belong to."""
    rooms = {PACKAGE.joinpath(*target.split(":")[0].split(".")[1:-1]) for target in KINDS.values()}
    return sorted({config.parent for room in rooms for config in room.rglob(CONFIG)})
