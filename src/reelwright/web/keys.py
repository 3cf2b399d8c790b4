"""Who may ask for what: keys with a scope, of which the database knows only hashes.

A key is 256 random bits, so that a plain hash of it cannot be guessed back. Who speaks from this
machine itself, as a browser would that opened the page here, is a viewer without a key.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reelwright.audience.tables import ApiKeyRow, table
from reelwright.core.settings import home
from reelwright.store import atomic
from reelwright.store.database import Database, insert_new

Scope = Literal["viewer", "owner"]


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        id: one of a kind for each key or address; no secret.
        scope: what they may do. An owner may do all that a viewer may.
    """

    id: str
    scope: Scope


def hash_of(key: str) -> str:
    """What the database knows of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def find_key(session: Session, key: str) -> Caller | None:
    """Whose key this is; None where it is nobody's, or was revoked."""
    row = session.get(ApiKeyRow, hash_of(key))
    if row is None or row.revoked is not None or row.scope not in ("viewer", "owner"):
        return None
    return Caller(row.hash[:16], "owner" if row.scope == "owner" else "viewer")


def key_file(scope: Scope) -> Path:
    """Where a key of this scope lies on this machine, for its owner alone to read."""
    return home() / "feed" / f"{scope}.key"


def ensure_keys(database: Database, now: float) -> dict[Scope, Path]:
    """See to it that there is a key of each scope in its file, and that the database knows it."""
    files: dict[Scope, Path] = {}
    for scope in ("viewer", "owner"):
        path = files[scope] = key_file(scope)
        key = path.read_text("utf-8").strip() if path.is_file() else ""
        if not key:
            key = secrets.token_urlsafe(32)
            with atomic.replacing(path) as temporary:
                temporary.touch(mode=0o600)
                temporary.write_text(key + "\n", "utf-8")
        row = {"hash": hash_of(key), "name": "this machine", "scope": scope, "added": now}
        with database.reading() as session:
            known = session.scalar(select(ApiKeyRow.hash).where(ApiKeyRow.hash == row["hash"]))
        if known is None:
            with database.writing() as session:
                insert_new(session, table(ApiKeyRow), [row])
    return files
