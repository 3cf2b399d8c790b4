"""How a file of data is written: UTF-8, GB 18030 or Windows-1252, one for the whole file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reelwright.core.errors import DataError
from reelwright.media import texts

LONGEST = 16 * 1024 * 1024
"""Bytes of one line beyond which a file is refused, before the line is read to its end."""
_SAMPLE = 256 * 1024
_MARK = b"\xef\xbb\xbf"
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Scan:
    """What one pass over the bytes of a file told.

    Attributes:
        encoding: a codec's name.
        lines: how many lines are not blank.
    """

    encoding: str
    lines: int


def number_lines(file: BinaryIO, name: str) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers from 1, without line ends.

    Raises:
        DataError: a line is over `LONGEST`; no more of it than that is read.
    """
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise DataError(
                f"the line is longer than {LONGEST >> 20} MB",
                where=f"{name}:{number}",
                hint="data have one row a line; is this another kind of file?",
            )
        yield number, line.removeprefix(_MARK if number == 1 else b"").rstrip(b"\r\n")


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """See `number_lines`. Raises DataError also where the file is missing or cannot be read."""
    try:
        with path.open("rb") as file:
            yield from number_lines(file, str(path))
    except OSError as error:
        missing = isinstance(error, FileNotFoundError)
        raise DataError(
            "there is no such file" if missing else f"cannot be read: {error.strerror}",
            where=str(path),
            hint="check the path and its spelling, and that the file may be read",
        ) from None


def scan(path: Path, mixed: bool = False) -> Scan:
    """Read a file once, a line at a time, to tell its encoding.

    Args:
        path: the file.
        mixed: whether lines may be in different encodings; it is then said to be in UTF-8.

    Raises:
        DataError: see `read_lines`; or the file is empty, in UTF-16, in an encoding that cannot be
            told, or has lines in different encodings (both lines are named).
    """
    lines = 0
    first_utf8 = first_other = 0
    other = bytearray()
    for number, line in read_lines(path):
        if number == 1 and line.startswith(_WIDE):
            raise _refused(path, 1, "the file is in UTF-16")
        lines += bool(line.strip())
        if line.isascii():
            continue
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            first_other = first_other or number
            if len(other) < _SAMPLE:
                other += line + b"\n"
            continue
        # Two Chinese characters in GBK may be two Latin letters in UTF-8 by chance; characters of
        # three bytes, as Chinese has in UTF-8, do not come about that way.
        if not first_utf8 and max(text) > "\u07ff":
            first_utf8 = number
    if not lines:
        raise DataError("is empty", where=str(path), hint="one row a line is expected")
    if not first_other:
        return Scan("utf-8", lines)
    if first_utf8 and mixed:
        return Scan("utf-8", lines)
    if first_utf8:
        raise _refused(path, first_other, f"the line is not UTF-8, as line {first_utf8} is")
    encoding = texts.encoding_of(bytes(other))
    if encoding is None:
        raise _refused(path, first_other, "the line is not UTF-8, nor anything else that is known")
    return Scan(encoding, lines)


def decode_lines(
    path: Path, encoding: str, wrong: Callable[[DataError], object] | None = None
) -> Iterator[tuple[int, str]]:
    """The lines of a file as text, with their numbers from 1.

    Args:
        path: the file.
        encoding: a codec's name.
        wrong: told of each line that is not in this encoding; the others go on. None: the first
            such line is raised.

    Raises:
        DataError: see `read_lines`; or a line is not in the file's encoding.
    """
    for number, line in read_lines(path):
        try:
            text = line.decode(encoding)
        except UnicodeDecodeError:
            error = _refused(path, number, f"the line is not {encoding}, as others are")
            if wrong is None:
                raise error from None
            wrong(error)
        else:
            yield number, text


def _refused(path: Path, number: int, message: str) -> DataError:
    return DataError(message, where=f"{path}:{number}", hint="save the whole file as UTF-8")
