"""How errors are told: as values for machines, and a disk's error as one of ours."""

from __future__ import annotations

from reelwright.core.errors import ReelError, StoreError


class Stopped(Exception):
    """The person stopped a command; the message says what to do to go on from there."""


def as_values(error: ReelError) -> dict[str, str | None]:
    """An error for machines."""
    return {
        "error": error.message,
        "kind": type(error).__name__,
        "where": error.where,
        "hint": error.hint,
    }


def of_the_disk(error: OSError) -> StoreError:
    """What the system said where nobody expected it: a folder in a file's place, say."""
    return StoreError(
        f"cannot be used: {error.strerror or error}",
        where=str(error.filename) if error.filename else None,
        hint="is a folder or another file in its place, and may it be read and written?",
    )
