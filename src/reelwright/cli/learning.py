"""What the verbs of `learn` share: missing extras told, a stop that can be gone on from, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.cli.telling import Stopped
from reelwright.core.extras import explain_missing

if TYPE_CHECKING:
    from reelwright.learn.kind import Report
    from reelwright.learn.listing import Listed


@contextmanager
def explained() -> Iterator[None]:
    """Where a library of an extra is missing, name the extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise explain_missing(error) from error


@contextmanager
def told_how_to_resume(folder: Path) -> Iterator[None]:
    """Ctrl-C while a checkpoint is there: say how to go on from it."""
    try:
        yield
    except KeyboardInterrupt:
        from reelwright.learn.folder import TRAINING

        checkpoint = any((folder / TRAINING).glob("checkpoint.*"))
        again = "run it again with --resume to go on from the last checkpoint"
        raise Stopped(again if checkpoint else "there is no checkpoint yet to go on from") from None


def is_model(folder: Path) -> bool:
    """Whether a folder is a model rather than a project."""
    return (folder / "config.json").is_file() and not (folder / "brief.md").is_file()


def report_lines(report: Report) -> Iterator[str]:
    """A report for a person: figures, tables, and what else should be known."""
    for name, value in report.values.items():
        yield f"{name.replace('_', ' '):24} {plain_value(value)}"
    for name, rows in report.tables.items():
        yield from ("", f"{name}:", *table_lines(rows))
    if report.notes:
        yield from ("", *(f"note: {note}" for note in report.notes))


def prediction_lines(prediction: Mapping[str, Any]) -> Iterator[str]:
    """A prediction for a person: what it is of, then what is said of it."""
    rest = dict(prediction)
    for name in ("text", "input"):
        if name in rest:
            yield str(rest.pop(name))
            break
    for name, value in rest.items():
        if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
            yield from (f"  {line}" for line in table_lines(value))
        else:
            yield f"  {name.replace('_', ' ')}: {plain_value(value)}"


def model_lines(models: Sequence[Listed]) -> Iterator[str]:
    """The models there are, for a person."""
    if not models:
        yield "there are no models; train one with: reel train KIND --data FILE --out models/NAME"
        return
    yield from table_lines([_model_row(model) for model in models])


def _model_row(model: Listed) -> dict[str, Any]:
    score = (model.scores or {}).get(model.goal)
    return {
        "model": "(shipped)" if model.shipped else str(model.folder),
        "kind": model.kind or "damaged",
        "size": _size(model.bytes) if model.kind else "",
        "score": "" if score is None else f"{model.goal} {plain_value(score)}",
        "learnt from": model.trouble or "; ".join(model.data),
        "used by": ", ".join(model.used),
    }


def _size(count: int) -> str:
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def table_lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Rows of like columns as lines, columns in line; numbers stand on the right."""
    if not rows:
        return
    columns = list(rows[0])
    cells = [[name.replace("_", " ") for name in columns]]
    cells += [[plain_value(row.get(name, "")) for name in columns] for row in rows]
    numeric = [isinstance(rows[0].get(name), int | float) for name in columns]
    widths = [max(_width(line[at]) for line in cells) for at in range(len(columns))]
    for line in cells:
        yield "  ".join(
            " " * (width - _width(cell)) + cell if right else cell + " " * (width - _width(cell))
            for cell, width, right in zip(line, widths, numeric, strict=True)
        ).rstrip()


def plain_value(value: Any) -> str:
    """A value as a person reads it."""
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) >= 1000 else f"{value:.4f}"
    if isinstance(value, list | tuple):
        return ", ".join(plain_value(item) for item in value)
    if isinstance(value, Mapping):
        return " ".join(f"{name}={plain_value(item)}" for name, item in value.items())
    return str(value)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
