"""Files of text: UTF-8, UTF-16 and GB 18030 are told apart and read; what is no text is refused."""

from __future__ import annotations

from pathlib import Path

from reelwright.core.errors import BriefError
from reelwright.media import texts

LARGEST = 10 * 1024 * 1024
"""Bytes of text beyond which a file is refused."""


def read_text(path: Path, *, allow_empty: bool = False) -> str:
    """The text of a file in UTF-8, UTF-16 or GB 18030 (GBK), with ``\\n`` line ends.

    Raises:
        BriefError: there is no such file, it cannot be opened, is empty (unless `allow_empty`),
            too large, no text, or in an encoding that cannot be told.
    """
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BriefError("is a folder, not a text file", where=str(path), hint="name the file")
        if size > LARGEST:
            raise BriefError(
                f"is too large for an article: {size / 1e6:.1f} MB, the most is 10 MB",
                where=path.name,
                hint="keep the part the video is about",
            )
        data = path.read_bytes()
    except FileNotFoundError:
        raise BriefError(
            "there is no such file", where=str(path), hint="check the path and its spelling"
        ) from None
    except OSError as error:
        raise BriefError(
            f"cannot be read: {error.strerror}", where=str(path), hint="check its permissions"
        ) from None
    text = decode(data, path.name).replace("\r\n", "\n").replace("\r", "\n")
    if not allow_empty and not text.strip():
        raise BriefError(
            "is empty", where=path.name, hint="write or paste the text of the video into it"
        )
    return text


def decode(data: bytes, name: str) -> str:
    """The text of some bytes; see `read_text`."""
    text = texts.decode(data)
    if text is None:
        raise BriefError(
            "is not a text file, or is in an encoding that cannot be told",
            where=name,
            hint="give a .md or .txt file saved as UTF-8 (a picture or clip belongs in footage/)",
        )
    return text
