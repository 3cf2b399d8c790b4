"""Taking one file in: what it is, the hash of its content, its facts, its record, its thumbnail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reelwright.core.errors import FootageError, MediaError
from reelwright.core.nouns import Annotation, MediaFacts
from reelwright.library.archives import Unpacked
from reelwright.library.kinds import HEAD, MEDIA, PICTURE, TEXT, kind_of
from reelwright.library.proxies import make_thumbnail
from reelwright.library.shelf import thumbnail_path
from reelwright.library.walking import File, Trouble, why
from reelwright.media import texts
from reelwright.media.metadata import Record, read_record
from reelwright.media.probing import probe
from reelwright.store.artefacts import hash_content

ANNOTATOR, VERSION = "file", 1
"""Who says what stands in the file itself: ``title``, ``artist``, ``description``, ``device``,
``content`` (of text)."""
LONGEST_TEXT = 20_000_000
_KEPT_TEXT = 100_000
"""Characters of a text that are kept to search in."""

_GROWING = "run again when it is no longer being written"


Known = Callable[[str, int], bool]


@dataclass(frozen=True)
class Taken:
    """A file that can come into the library."""

    file: File
    """The file, or the archive that held it."""
    member: str
    """Its name in the archive; empty for a file of its own."""
    content: str
    """Hash of its content: the asset's id."""
    size: int
    kind: str
    """``video``, ``audio``, ``picture`` or ``text``; empty where the library knows the content."""
    facts: MediaFacts | None
    record: Record
    annotations: tuple[Annotation, ...] = ()
    note: str = ""
    """Something odd that is worth telling, though nothing failed."""

    @property
    def name(self) -> str:
        """The name it goes by."""
        return Path(self.member).name if self.member else self.file.path.name


def take(file: File, known: Known) -> Taken | Trouble | None:
    """Look at a file; None where it is no material.

    Args:
        file: as it was come upon.
        known: whether the library has this content already, of this many bytes; then only where it
            lies is news.
    """
    try:
        with file.path.open("rb") as opened:
            kind = kind_of(file.path.name, opened.read(HEAD))
        if kind in ("other", "archive"):
            return None
        if not file.size:
            return Trouble(file.path, "is empty (0 bytes)", "copy it again")
        content = hash_content(file.path)
        found = _look(file, file.path, "", content, file.size, kind, known)
        stat = file.path.stat()
    except OSError as error:
        return why(file.path, error)
    if (stat.st_size, stat.st_mtime_ns) != (file.size, file.mtime):
        # Whatever was found is of a file that is gone, damaged or not.
        return Trouble(file.path, "changed while it was read", _GROWING)
    return found


def take_member(archive: File, unpacked: Unpacked, known: Known) -> Taken | Trouble:
    """Look at what came out of an archive."""
    try:
        with unpacked.path.open("rb") as opened:
            kind = kind_of(unpacked.member, opened.read(HEAD))
        return _look(
            archive, unpacked.path, unpacked.member, unpacked.content, unpacked.size, kind, known
        )
    except OSError as error:
        return why(archive.path, error, unpacked.member)


def _look(
    file: File,
    path: Path,
    member: str,
    content: str,
    size: int,
    kind: str,
    known: Known,
) -> Taken | Trouble:
    """What there is to say of a readable file with this content."""
    if known(content, size):
        return Taken(file, member, content, size, "", None, Record())
    name = member or file.path.name
    try:
        if kind == "text":
            return _text(file, path, member, content, size)
        facts = probe(path)
        record = read_record(path, Path(name).name)
        if facts.kind != "audio":
            make_thumbnail(path, facts, thumbnail_path(content))
    except (FootageError, MediaError) as error:
        return Trouble(file.path, error.message, error.hint, member)
    return Taken(
        *(file, member, content, size, facts.kind, facts, record),
        annotations=_told(record),
        note=_odd(name, facts),
    )


def _text(file: File, path: Path, member: str, content: str, size: int) -> Taken | Trouble:
    if size > LONGEST_TEXT:
        reason = f"is too large for a text ({size // 1_000_000} MB)"
        return Trouble(file.path, reason, "keep the part that matters", member)
    words = texts.decode(path.read_bytes())
    if words is None:
        reason = "is not a text, or is in an encoding that cannot be told"
        return Trouble(file.path, reason, "save it as UTF-8", member)
    if not words.strip():
        return Trouble(file.path, "is empty: a text without a word", None, member)
    said = Annotation(
        name="content", value=words[:_KEPT_TEXT], annotator=ANNOTATOR, version=VERSION
    )
    return Taken(file, member, content, size, "text", None, Record(), (said,))


def _told(record: Record) -> tuple[Annotation, ...]:
    """What stands in the file itself, as annotations."""
    words = {
        "title": record.title,
        "artist": record.artist,
        "description": record.description,
        "device": record.device,
    }
    return tuple(
        Annotation(name=name, value=value, annotator=ANNOTATOR, version=VERSION)
        for name, value in words.items()
        if value
    )


def _odd(name: str, facts: MediaFacts) -> str:
    suffix = Path(name).suffix.lower()
    promised = MEDIA if facts.kind != "picture" else PICTURE | {".gif"}
    if suffix in MEDIA | PICTURE | TEXT and suffix not in promised:
        article = "an" if facts.kind == "audio" else "a"
        sort = f"{article} {facts.kind} file" if facts.kind != "picture" else "a picture"
        return f"is {sort}, whatever its name says"
    return ""
