"""Exports: a timeline for people who finish by hand elsewhere. One file a format.

To add one: a module with ``export(timeline, *, root, out, media) -> Path`` and a line in `EXPORTS`.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

from reelwright.core.errors import InputError, nearest
from reelwright.core.timeline import Timeline

EXPORTS: dict[str, str] = {
    "srt": "reelwright.edit.export.srt:export",
    "ass": "reelwright.edit.export.ass:export",
    "otio": "reelwright.edit.export.otio:export",
    "fcpxml": "reelwright.edit.export.fcpxml:export",
    "edl": "reelwright.edit.export.edl:export",
    "jianying": "reelwright.edit.export.jianying:export",
}
"""Name on the command line → "module:function"."""


def check(name: str) -> None:
    """Refuse a format there is none of, before any work is done for it. Raises InputError."""
    if name not in EXPORTS:
        raise InputError(
            f'there is no export "{name}"', where="reel export --to", hint=nearest(name, EXPORTS)
        )


def export(
    timeline: Timeline,
    name: str,
    *,
    root: Path,
    out: Path,
    media: Mapping[int, Path] | None = None,
) -> Path:
    """Write a timeline in another format.

    Args:
        timeline: what to write.
        name: one of `EXPORTS`.
        root: the project's folder; the timeline's paths are relative to it.
        out: the folder to write into; it is made where it is missing.
        media: rendered files of picture clips by their index, shown instead of what the clip names:
            without captions and transitions, starting with the clip's first frame, and going on
            past its end for as long as the next clip's transition. Drawn scenes need one to be
            more than an empty place in another editor.

    Returns:
        The file written, or for ``jianying`` the draft's folder.

    Raises:
        InputError: there is no such format.
        FootageError: a file of the timeline is damaged.
        MissingExtra: the format needs a library that is not installed.
        StoreError: the disk is full or may not be written.
    """
    check(name)
    module, _, function = EXPORTS[name].partition(":")
    write = getattr(import_module(module), function)
    return write(timeline, root=root, out=out, media=media or {})
