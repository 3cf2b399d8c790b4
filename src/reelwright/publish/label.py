"""The label of AI-made content, as China's rule asks for it: GB 45438-2025 and the Measures for
Labelling AI-Generated and Synthesised Content, both in force since 2025-09-01.

There are two labels, and a video has both or neither:

- the **visible mark**: text with (人工智能 or AI) and (生成 or 合成), its letters at least 5 % of
  the shortest side high, for at least two seconds from the starting picture on (5.4);
- the **metadata**: a JSON object of strings under the key ``AIGC`` (6.1, Annex E), in MP4 under
  ``moov.udta.meta``, exactly one copy.

Whether they stand follows from the recorded `Origin` of everything in the video, and from nothing
else: present when something was AI-made, absent when nothing was. A person may export without
(``label.mode = off``); that is written into a log that nothing here ever shortens (the Measures,
article 9: six months), and nothing here removes a label from a finished video (article 10).

Order matters: the mark is drawn, then the metadata is written, and a copy made by a tool that does
not keep custom metadata loses it without a word; hence `check_label` after every writing.
"""

from __future__ import annotations

import json
import math
import os
import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

from reelwright.core.errors import MediaError, SettingError, StoreError
from reelwright.core.marking import KEY, TOOL, write_mark
from reelwright.core.nouns import Format, Label, Language, Origin
from reelwright.core.settings import LabelSettings
from reelwright.core.time import frames_to_cover

MARK_SHARE = Fraction(5, 100)
"""Least height of the mark's letters, as a share of the shortest side."""
MARK_SECONDS = Fraction(2)
"""Least time the mark stands, from the first frame on."""
LOG = "label-opt-outs.jsonl"
"""In the home: one line an export without the label. Never shortened."""
CHINESE = frozenset({"", "douyin", "kuaishou", "bilibili"})
"""Platforms on which the Chinese words must stand; the empty one is "not known"."""

# Annex E: every character is 0x21, 0x23 to 0x5B or 0x5D to 0x7E: no space, quote or backslash.
_ALLOWED = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]*")
# version 00, organisation 1, kind of code 1 (USCC), the USCC, generation 1 and a service's four
# characters, or five zeros.
_CODE = re.compile(r"0011([0-9A-HJ-NPQRTUWXY]{18})(?:1[0-9A-Za-z]{4}|00000)")
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_WORDS: dict[str, tuple[str, str]] = {
    "voice": ("AI合成语音", "AI-generated voice"),
    "sound": ("AI合成声音", "AI-generated sound"),
    "all": ("内容由AI生成", "AI-generated content"),
}


def decide(
    parts: Mapping[str, Sequence[Origin]],
    *,
    settings: LabelSettings,
    language: Language,
    produce_id: str,
    platform: str = "",
) -> Label | None:
    """The label a video must carry, or None.

    Whoever makes something out of AI-made material records that material's `Origin` in the same
    part, so that "derived from" needs no search here.

    Args:
        parts: the origins of each part: ``script``, ``voice``, ``picture``, ``music`` …
        settings: with ``mode = "off"`` the answer is None; ask `ai_made_parts` whether that left
            out a label, and if so call `log_opt_out`.
        language: of the video. English videos for Chinese platforms carry both languages, since
            the rule asks for the Chinese words.
        produce_id: the number of this piece of content, such as the hash of its timeline.
        platform: where it is going; on platforms that are not Chinese, English stands alone.

    The producer is ``label.producer``, a code issued to a registered provider. Where it is empty
    the field holds "Reelwright": the Measures (article 5) ask for the provider's *name or* code,
    and the name of the tool that generated it is true, while a code we made up would not be.

    Raises:
        SettingError: ``label.producer`` is no valid code of a producer.
        ValueError: `produce_id` is empty or holds characters the standard does not allow.
    """
    made = ai_made_parts(parts)
    if not made or settings.mode == "off":
        return None
    if not produce_id or not _ALLOWED.fullmatch(produce_id):
        raise ValueError(f"{produce_id!r} cannot number a piece of content")
    producer = check_producer(settings.producer) or TOOL
    return Label(
        text=_mark(made, language, platform),
        metadata=write_mark(produce_id, producer),
        parts=made,
    )


def ai_made_parts(parts: Mapping[str, Sequence[Origin]]) -> tuple[str, ...]:
    """The names of the parts that hold something AI-made, sorted."""
    return tuple(sorted(name for name, found in parts.items() if any(o.ai_made for o in found)))


def check_producer(code: str) -> str:
    """The producer's code, or "" where there is none. Raises SettingError for any other text.

    The 27 characters are 00, 1 (an organisation), 1 (by its unified social credit code), the 18 of
    that code, and 1 (generation) with a service's four characters, or 00000.
    """
    code = code.strip()
    if not code:
        return ""
    found = _CODE.fullmatch(code)
    if not found or not _is_uscc(found.group(1)):
        raise SettingError(
            f'"{code}" is not the code of a producer of AI-made content',
            where="setting label.producer",
            hint="write the 27 characters of your registration (0011, your unified social credit "
            "code, 1 and four characters or 00000), or leave it empty",
        )
    return code


def mark_height(format: Format) -> int:
    """Least height of the mark's letters in pixels: 54 at 1080 × 1920."""
    return math.ceil(min(format.width, format.height) * MARK_SHARE)


def mark_frames(format: Format) -> int:
    """The fewest frames the mark may stand."""
    return frames_to_cover(MARK_SECONDS, format.rate)


def metadata_of(label: Label | None) -> dict[str, str]:
    """Container metadata for the renderer; MP4 needs ``-movflags use_metadata_tags`` with it."""
    return {KEY: label.metadata} if label else {}


def read_label(video: Path) -> dict[str, str] | None:
    """The ``AIGC`` metadata of a video (MP4, MOV, MKV, WebM), or None when it has none.

    Both shapes in use are read: the inner object alone, and the object under an outer ``AIGC``.

    Raises:
        MediaError: the file cannot be read, or its label is damaged or stands more than once.
    """
    import av
    from av.error import FFmpegError

    try:
        copies = _copies(video)
        with av.open(str(video)) as container:
            if not container.streams:
                raise MediaError("holds no video", where=str(video))
            text = container.metadata.get(KEY)
    except (OSError, FFmpegError, struct.error) as error:
        raise MediaError(f"cannot be read for its label ({error})", where=str(video)) from error
    if text is None:
        return None
    if copies > 1:
        raise MediaError(f"carries {copies} AIGC labels where one may stand", where=str(video))
    try:
        value: Any = json.loads(text)
    except ValueError:
        value = None
    if isinstance(value, dict) and isinstance(value.get(KEY), dict):
        value = value[KEY]
    if not isinstance(value, dict) or not all(isinstance(inner, str) for inner in value.values()):
        raise MediaError("carries an AIGC label that is damaged", where=str(video))
    return value


def check_label(video: Path, label: Label | None) -> None:
    """Read the label back from a finished video and compare.

    Raises:
        MediaError: the label that should stand is missing or differs, or one stands that should
            not (it came along from somebody's footage, say).
    """
    found = read_label(video)
    wanted: dict[str, str] | None = json.loads(label.metadata) if label else None
    if found != wanted:
        raise MediaError(
            "lost its AI label while it was written"
            if found is None
            else "does not carry the AI label that was decided on",
            where=str(video),
            hint="delete the file and make it again; if REEL_FFMPEG is set, try without it",
        )


def log_opt_out(home: Path, project: Path, when: datetime, parts: Sequence[str]) -> Path:
    """Note that a video was exported without the label it should carry. Gives the log's path.

    Args:
        home: the folder of user-wide state.
        project: what was exported.
        when: with a time zone.
        parts: what was AI-made in it.

    Raises:
        StoreError: the log cannot be written; the export must then not go on.
    """
    row = {"when": when.isoformat(timespec="seconds"), "project": str(project), "parts": [*parts]}
    log = home / LOG
    try:
        home.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:  # one write a line: two exports at once do not mix
            file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise StoreError(
            f"the choice to leave out the label cannot be noted ({error.strerror})",
            where=str(log),
            hint="make the folder writable, or keep the label: --set label.mode=auto",
        ) from error
    return log


def _mark(made: Sequence[str], language: Language, platform: str) -> str:
    """The words of the mark. They say no more than is so: a spoken article is not AI-written."""
    if set(made) <= {"voice"}:
        chinese, english = _WORDS["voice"]
    elif set(made) <= {"voice", "music"}:
        chinese, english = _WORDS["sound"]
    else:
        chinese, english = _WORDS["all"]
    if language == "zh":
        return chinese
    return f"{chinese} · {english}" if platform in CHINESE else english


def _is_uscc(code: str) -> bool:
    """Whether the last of 18 characters is the check character of GB 32100-2015 (modulo 31)."""
    total = sum(_USCC.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    return _USCC[-total % 31] == code[17]


def _copies(video: Path) -> int:
    """How often the key stands in an MP4 or MOV; 0 in anything else."""
    with video.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        return sum(keys.count(KEY.encode()) for keys in _key_lists(file, 0, size))


def _key_lists(file: IO[bytes], start: int, end: int) -> Iterator[list[bytes]]:
    """The key lists of all ``meta`` boxes of a movie (ISO/IEC 14496-12; QuickTime "mdta" keys)."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = struct.unpack(">I4s", file.read(8))
        body = start + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
            body += 8
        stop = end if size == 0 else start + size
        if stop <= start or stop > end:
            return
        if kind == b"keys":
            file.seek(body + 4)
            yield _keys(file.read(stop - body - 4))
        elif kind in (b"moov", b"udta", b"meta"):
            # `meta` is a full box in MP4 (four bytes of version and flags), a plain one in MOV.
            file.seek(body + 4)
            full = kind == b"meta" and file.read(4) != b"hdlr"
            yield from _key_lists(file, body + 4 * full, stop)
        start = stop


def _keys(data: bytes) -> list[bytes]:
    (count,) = struct.unpack_from(">I", data)
    found: list[bytes] = []
    at = 4
    for _ in range(count):
        (size,) = struct.unpack_from(">I", data, at)
        found.append(data[at + 8 : at + size])
        at += max(size, 8)
    return found
