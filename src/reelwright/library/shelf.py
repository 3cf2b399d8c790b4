"""Where the library keeps what is its own: database, thumbnails, proxies, what archives held."""

from __future__ import annotations

from pathlib import Path

from reelwright.core.settings import home
from reelwright.store import atomic


def folder() -> Path:
    """Where the library keeps its own files."""
    return home() / "library"


def thumbnail_path(asset_id: str) -> Path:
    """Where the thumbnail of an asset is, if it has one."""
    return _path("thumbnails", asset_id, ".jpg")


def proxy_path(asset_id: str, kind: str) -> Path:
    """Where the proxy of an asset (``video`` or ``audio``) is, if one was made."""
    return _path("proxies", asset_id, ".mp4" if kind == "video" else ".m4a")


def unpacked_path(asset_id: str, name: str) -> Path:
    """Where what was taken out of an archive is kept, by its name there."""
    return _path("files", asset_id, Path(name).suffix.lower())


def discard(asset_id: str) -> None:
    """Remove all that the library itself keeps of an asset. The person's files are not touched."""
    for kind in ("thumbnails", "proxies", "files"):
        for path in _path(kind, asset_id, "").parent.glob(f"{asset_id}*"):
            atomic.remove(path)


def _path(kind: str, asset_id: str, suffix: str) -> Path:
    return folder() / kind / asset_id[:2] / f"{asset_id}{suffix}"
