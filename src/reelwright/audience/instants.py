"""Times as tables give them: numbers of several units, or ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from reelwright.core.errors import DataError


def read_time(value: Any, where: str) -> float:
    """Seconds since 1970 from a number of seconds, milliseconds or microseconds, or ISO 8601.

    Raises:
        DataError: it is neither; names `where`.
    """
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            return _of_iso(str(value).strip(), where)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DataError(f'"{value}" is no time', where=where, hint=_TIMES)
    # Seconds of the year 5138 on are milliseconds of 1973 on; likewise for microseconds.
    for unit in (1e14, 1e11):
        if value >= unit:
            return value / (unit / 1e8)
    return float(value)


_TIMES = "seconds or milliseconds since 1970, or ISO 8601: 2026-11-22T15:00:00Z"


def _of_iso(text: str, where: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DataError(f'"{text[:40]}" is no time', where=where, hint=_TIMES) from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.timestamp()
