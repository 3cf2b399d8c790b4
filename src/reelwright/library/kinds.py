"""What a file is, told by its first bytes; its name counts only where they say nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from reelwright.media.probing import is_picture

Kind = Literal["media", "picture", "text", "archive", "other"]

HEAD = 512
"""Bytes at a file's beginning that are looked at."""

MEDIA = frozenset(
    {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".mts", ".m2ts"}
    | {".wmv", ".flv", ".3gp", ".3g2", ".ogv", ".gif", ".vob", ".mxf", ".dv", ".rm", ".rmvb"}
    | {".wav", ".mp3", ".m4a", ".aac", ".flac", ".ogg", ".oga", ".opus", ".wma", ".aif", ".aiff"}
    | {".amr", ".caf", ".mka"}
)
PICTURE = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif"}
)
TEXT = frozenset({".txt", ".md", ".markdown", ".srt", ".vtt", ".ass", ".lrc"})
ARCHIVE = frozenset({".zip", ".tar", ".tgz", ".tbz2", ".txz", ".tbz", ".taz"})
_PACKED = frozenset({".gz", ".bz2", ".xz"})

_ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06")
_MEDIA = (
    *(b"OggS", b"fLaC", b"ID3", b"\x1aE\xdf\xa3", b"FLV\x01", b"GIF8", b"#!AMR", b"caff"),
    *(b"0&\xb2u\x8ef\xcf\x11", b"\x00\x00\x01\xba", b"\x00\x00\x01\xb3", b"FORM", b".RMF"),
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide")


def kind_of(name: str, head: bytes) -> Kind:
    """What a file of this name that begins so is.

    ``media`` is anything with time in it, moving or heard. A name that promises material makes the
    file material, so that one which is damaged is told of rather than passed over.
    """
    suffix = Path(name).suffix.lower()
    if is_archive(name, head):
        return "archive"
    if is_picture(head) and not (head.startswith(b"BM") and suffix in TEXT):
        return "picture"
    if _is_media(head):
        return "media"
    if suffix in MEDIA and suffix != ".ts":  # which are programs as often as films
        return "media"
    if suffix in PICTURE:
        return "picture"
    return "text" if suffix in TEXT else "other"


def is_archive(name: str, head: bytes) -> bool:
    """Whether it is a zip or tar file. Documents and programs that are zips inside are none."""
    path = Path(name.lower())
    if path.suffix in ARCHIVE or (path.suffix in _PACKED and Path(path.stem).suffix == ".tar"):
        return True
    known = path.suffix in MEDIA | PICTURE | TEXT
    return (known or not path.suffix) and (head.startswith(_ARCHIVES) or head[257:262] == b"ustar")


def _is_media(head: bytes) -> bool:
    if head.startswith(_MEDIA) or head[4:8] in _BOXES:
        return True
    if head.startswith(b"RIFF"):
        return head[8:12] in (b"WAVE", b"AVI ")
    # MP3 and AAC without a tag, and MPEG transport streams, begin with a sync word only.
    if len(head) > 376 and head[0] == head[188] == head[376] == 0x47:
        return True
    return len(head) > 3 and head[0] == 0xFF and head[1] in (0xFB, 0xF3, 0xF2, 0xF1, 0xF9)
