"""Rows from files: JSON by the line or in one piece, or a table with a header (CSV, TSV).

Files are read a line at a time and never held whole (but for JSON in one piece), so that they may
be larger than memory. What is no row is refused with its file and line; nothing is mended.
"""

from __future__ import annotations

import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from reelwright.core.errors import DataError, nearest
from reelwright.learn.data.encodings import LONGEST, decode_lines, scan

SUFFIXES = (".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt")
"""What files of a folder are read as data."""
LARGEST_PIECE = 512 * 1024 * 1024
"""Bytes of JSON in one piece beyond which it is refused: unlike JSON a line, it is held whole."""
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Row(dict[str, Any]):
    """A row: column → value, and `where` it stands ("file:line")."""

    def __init__(self, columns: Mapping[str, Any], where: str) -> None:
        super().__init__(columns)
        self.where = where


def files_of(paths: Sequence[Path], suffixes: Sequence[str] = SUFFIXES) -> list[Path]:
    """The files that some paths mean: a file itself, a folder's files (deeper ones too) sorted.

    Raises:
        DataError: a path is not there, or a folder has no file of these kinds.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inner = sorted(p for p in path.rglob("*") if p.suffix.lower() in suffixes)
            inner = [p for p in inner if p.is_file() and not p.name.startswith(".")]
            if not inner:
                raise DataError(
                    "the folder holds no data",
                    where=str(path),
                    hint=f"files that are read: {', '.join(suffixes)}",
                )
            found += inner
        else:
            check_there(path)
            found.append(path)
    return found


def check_there(path: Path) -> None:
    """Raises DataError, with the nearest name beside it, where there is no such file or folder."""
    if path.exists():
        return
    there = [p.name for p in path.parent.glob("*")] if path.parent.is_dir() else []
    raise DataError(
        "there is no such file",
        where=str(path),
        hint=nearest(path.name, there) if 0 < len(there) < 40 else "check the path",
    )


def read_rows(
    path: Path,
    wrong: Callable[[DataError], object] | None = None,
    columns: Mapping[str, str] | None = None,
) -> Iterator[Row]:
    """The rows of a file, one at a time.

    Args:
        path: ``.jsonl`` or ``.ndjson`` (an object a line), ``.json`` (that, or a list of objects,
            or objects one after another), ``.csv`` (``,`` or ``;`` and quotation marks), ``.tsv``;
            of others the first line tells which of these it is.
        wrong: told of each row that is none, with its file and line; the others go on. None: the
            first such row is raised.
        columns: names that the columns of a table may have (in small letters) and what they are
            called in its rows. A table whose first line has none of these has no header: its
            columns are what these stand for, in their order. None: every table has a header.

    Raises:
        DataError: what cannot be read, with its file and line.
    """
    encoding = scan(path, mixed=wrong is not None).encoding
    decoded = decode_lines(path, encoding, wrong)
    lines = ((number, text) for number, text in decoded if text.strip())
    first, head = next(lines)
    form = _form(path, head)
    if form == "values":
        rows = _from_values(path, encoding)
    elif form == "lines":
        rows = _from_lines(path, _chain((first, head), lines))
    elif form == "csv":
        rows = _from_csv(path, decode_lines(path, encoding, wrong), head, columns)
    else:
        rows = _from_tsv(path, _chain((first, head), lines), columns)
    for row in rows:
        error = row if isinstance(row, DataError) else _unfit_characters(row)
        if isinstance(row, Row) and error is None:
            yield row
        elif error is not None and wrong is not None:
            wrong(error)
        elif error is not None:
            raise error


def read_examples(
    paths: Sequence[Path], columns: Sequence[str] = ("text", "label")
) -> Iterator[Row]:
    """The rows of several files and folders, with the asked columns as texts that say something.

    Numbers and truth values become texts ("1", "true").

    Raises:
        DataError: see `read_rows`; or a column is missing, or empty in some row.
    """
    for path in files_of(paths):
        for row in read_rows(path):
            yield Row({column: _text(row, column) for column in columns}, row.where)


def _text(row: Row, column: str) -> str:
    if column not in row:
        raise DataError(
            f'there is no column "{column}"', where=row.where, hint=nearest(column, row)
        )
    value = row[column]
    if isinstance(value, bool | int | float):
        value = json.dumps(value)
    if not isinstance(value, str):
        raise DataError(
            f'"{column}" is {_without_text(value)}',
            where=row.where,
            hint='a text in quotation marks is expected, like {"text": "…", "label": "…"}',
        )
    if not value.strip():
        raise DataError(
            f'"{column}" is empty', where=row.where, hint="remove the row, or write what is missing"
        )
    return value


def _without_text(value: Any) -> str:
    if isinstance(value, list):
        return "no text but a list: a row has one"
    return "missing" if value is None else "no text"


def _form(path: Path, head: str) -> str:
    """Which of the four forms a file has, by its name and its first line."""
    suffix, start = path.suffix.lower(), head.lstrip()[:1]
    if suffix in (".jsonl", ".ndjson"):
        return "lines"
    if suffix == ".csv":
        return "csv"
    if suffix == ".tsv":
        return "tsv"
    if start in ("[", "{"):
        return "lines" if start == "{" and _is_whole(head) else "values"
    if suffix == ".json":
        raise DataError(
            "is not JSON", where=f"{path}:1", hint="an object a line, or a list of objects"
        )
    return "tsv" if "\t" in head else "csv"


def _is_whole(line: str) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _from_lines(path: Path, lines: Iterable[tuple[int, str]]) -> Iterator[Row | DataError]:
    for number, line in lines:
        where = f"{path}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield _not_json(error, where)
        else:
            yield _object(value, where)


def _from_values(path: Path, encoding: str) -> Iterator[Row | DataError]:
    """A list of objects, or objects one after another, on as many lines as they like."""
    size = path.stat().st_size
    if size > LARGEST_PIECE:
        raise DataError(
            f"is JSON of {size / 1e6:.0f} MB in one piece; the most is {LARGEST_PIECE >> 20} MB",
            where=str(path),
            hint="write one object a line (.jsonl): such a file may have any size",
        )
    text = "\n".join(line for _, line in decode_lines(path, encoding))
    decoder, gap = json.JSONDecoder(), re.compile(r"[\s,]*")
    place = _end(re.compile(r"\s*\[?"), text, 0)
    is_list = text[place - 1 : place] == "["
    number = 1 + text.count("\n", 0, place)
    while True:
        start = _end(gap, text, place)
        number += text.count("\n", place, start)
        if text[start : start + 1] == ("]" if is_list else ""):
            return
        try:
            value, place = decoder.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            raise _not_json(error, f"{path}:{number}") from None
        yield _object(value, f"{path}:{number}")
        number += text.count("\n", start, place)


def _end(pattern: re.Pattern[str], text: str, place: int) -> int:
    match = pattern.match(text, place)
    return match.end() if match else place


def _object(value: Any, where: str) -> Row | DataError:
    if not isinstance(value, dict):
        return DataError(
            "is no JSON object", where=where, hint='a row looks like {"text": "…", "label": "…"}'
        )
    return Row(value, where)


def _not_json(error: Exception, where: str) -> DataError:
    told = f": {error.msg}" if isinstance(error, json.JSONDecodeError) else ""
    return DataError(
        f"is not JSON{told}", where=where, hint='a row looks like {"text": "…", "label": "…"}'
    )


def _from_csv(
    path: Path,
    decoded: Iterator[tuple[int, str]],
    head: str,
    names: Mapping[str, str] | None,
) -> Iterator[Row | DataError]:
    csv.field_size_limit(LONGEST)
    mark = (
        ";"
        if ";" in head and "," not in head
        else "\t"
        if "\t" in head and "," not in head
        else ","
    )
    lines = _Again(decoded)
    reader = csv.reader(lines, delimiter=mark, strict=True)
    columns: list[str] = []
    while True:
        lines.taken.clear()
        try:
            fields = next(reader, None)
        except csv.Error as error:
            row: Row | DataError = DataError(
                f"is no proper CSV: {error}",
                where=f"{path}:{lines.taken[0][0]}",
                hint="a quotation mark inside a quoted text is written twice",
            )
            if not columns:
                raise row from None
        else:
            if fields is None:
                return
            if not any(field.strip() for field in fields):
                continue
            if not columns:
                columns, is_row = _header(fields, f"{path}:{lines.taken[0][0]}", names)
                if not is_row:
                    continue
            row = _of_fields(columns, fields, f"{path}:{lines.taken[0][0]}")
        if isinstance(row, DataError) and len(lines.taken) > 1:
            # A stray quotation mark has swallowed the lines that follow: they are rows themselves.
            lines.give_back()
            reader = csv.reader(lines, delimiter=mark, strict=True)
        yield row


class _Again:
    """Lines as the reader of CSV takes them; those after the first of a row can be given back."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self._lines = lines
        self._waiting: deque[tuple[int, str]] = deque()
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, text = self._waiting.popleft() if self._waiting else next(self._lines)
        self.taken.append((number, text))
        return text + "\n"

    def give_back(self) -> None:
        """All lines taken but the first will come again."""
        self._waiting.extendleft(reversed(self.taken[1:]))


def _from_tsv(
    path: Path, lines: Iterator[tuple[int, str]], names: Mapping[str, str] | None
) -> Iterator[Row | DataError]:
    first = next(lines)
    fields = [_unquoted(name) for name in first[1].split("\t")]
    columns, is_row = _header(fields, f"{path}:{first[0]}", names)
    for number, line in _chain(first, lines) if is_row else lines:
        fields = [_unquoted(field) for field in line.split("\t")]
        yield _of_fields(columns, fields, f"{path}:{number}")


def _unquoted(field: str) -> str:
    """A field of a TSV file; quotation marks count only where they enclose all of it."""
    if len(field) > 1 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"')
    return field


def _header(
    fields: Sequence[str], where: str, names: Mapping[str, str] | None
) -> tuple[list[str], bool]:
    """What the columns of a table are called, and whether its first line is a row already."""
    found = [name.strip() for name in fields]
    if names is not None and not any(name.lower() in names for name in found):
        columns = list(dict.fromkeys(names.values()))
        if len(found) > len(columns):
            raise DataError(
                f"has {len(found)} columns and no header that names one of {', '.join(columns)}",
                where=where,
                hint=f"write a first line with the names of its columns, as {','.join(columns)}",
            )
        return columns[: len(found)], True
    if len(set(found)) < len(found):
        twice = next(name for name in found if found.count(name) > 1)
        raise DataError(
            f'two columns are called "{twice}"', where=where, hint="give each a name of its own"
        )
    taken: set[str] = set()
    for place, name in enumerate(found):
        meant = (names or {}).get(name.lower(), name)
        # Of two that mean the same, the first; and none takes the name of one that is there.
        if meant not in taken and (meant == name or meant not in found):
            found[place] = meant
            taken.add(meant)
    return found, False


def _of_fields(columns: Sequence[str], fields: Sequence[str], where: str) -> Row | DataError:
    if len(fields) != len(columns):
        return DataError(
            f"has {len(fields)} fields where the header has {len(columns)}: {', '.join(columns)}",
            where=where,
            hint="put a text that holds the separator into quotation marks",
        )
    return Row(dict(zip(columns, fields, strict=True)), where)


def _unfit_characters(row: Row) -> DataError | None:
    for column, value in row.items():
        found = _UNFIT.search(value) if isinstance(value, str) else None
        if found:
            return DataError(
                f'"{column}" holds the character U+{ord(found[0]):04X}, which no text has',
                where=row.where,
                hint="remove it; a file with many of them may be no text at all",
            )
    return None


def _chain(first: tuple[int, str], others: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from others
