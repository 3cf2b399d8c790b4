"""Types of columns that tables of several rooms have: numbers, plain values, paths of files."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import JSON, BigInteger, Integer, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

Plain = JSON().with_variant(JSONB(), "postgresql")
"""A plain JSON value."""

Number = BigInteger().with_variant(Integer(), "sqlite")
"""The type of a table's own numbers: SQLite counts up `INTEGER` only."""

_ESCAPED = re.compile("\x1b([0-9a-f]{2})")


class PathText(TypeDecorator[str]):
    """The path of a file as text, whatever bytes its name is made of.

    Names on disk are bytes. Those that are no UTF-8 come to us with stand-ins (PEP 383) that no
    database takes; they are kept as ESC and two digits, and ESC itself so too.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | Path | None, dialect: Dialect) -> str | None:
        """A path as it is kept."""
        return None if value is None else keep_path(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """A kept path as the system takes it."""
        return None if value is None else give_path(value)


def keep_path(path: str | Path) -> str:
    """A path as the database keeps it; see `PathText`."""
    return re.sub(
        "[\x1b\udc80-\udcff]",
        lambda found: "".join(f"\x1b{byte:02x}" for byte in os.fsencode(found[0])),
        str(path),
    )


def give_path(kept: str) -> str:
    """A path as the system takes it, from how the database keeps it; see `PathText`."""
    return _ESCAPED.sub(lambda found: os.fsdecode(bytes([int(found[1], 16)])), kept)
