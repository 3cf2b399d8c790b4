"""Of several copies, which is the better, and why."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from pydantic import BaseModel, ConfigDict

from reelwright.library.tables import AssetRow

_LONGER = 0.05
_COVERED = 0.012
_LARGER = 0.1
_DENSER = 0.25
_SHRUNK = 1.25
_CODECS = {"hevc": 1.6, "h265": 1.6, "vp9": 1.5, "av1": 2.0, "mjpeg": 0.25, "mpeg2video": 0.5,
           "mpeg1video": 0.4, "mpeg4": 0.75}  # fmt: skip
"""What a bit is worth, against one of H.264."""
_SOUND_CODECS = {"opus": 1.6, "aac": 1.25, "vorbis": 1.25, "mp2": 0.75}
"""What a bit is worth, against one of MP3."""
_LOSSLESS = ("pcm", "flac", "alac", "wavpack", "ape", "tta")


class Side(BaseModel):
    """How one of two copies stands to the other."""

    model_config = ConfigDict(frozen=True)

    share: float
    """What share of its length (of a picture: 1) the other one has too."""
    field: float
    """What share of its picture the other one shows too."""
    plain: bool
    """Whether what it shows besides has hardly any detail: bars, or a blurred copy."""
    inset: bool
    """Whether it shows more on sides that meet."""
    covered: float
    """In what share of the picture something is laid over it."""


class Comparison(BaseModel):
    """Two assets that show the same."""

    model_config = ConfigDict(frozen=True)

    likeness: float
    """How alike they are where they are the same, 0 to 1."""
    mirrored: bool
    speed: float
    """Seconds of the first that go by in one of the second."""
    first: Side
    second: Side


@dataclass(frozen=True)
class Verdict:
    """Which of two copies is the better."""

    lead: float
    """By how much the first is better; negative: the second is."""
    reasons: tuple[str, ...]
    """What speaks for the better one, the weightiest first."""


def weigh(first: AssetRow, second: AssetRow, how: Comparison) -> Verdict:
    """Which of two copies is the better: whole, larger, clean, less compressed, with its sound,
    earlier; and why."""
    points: list[tuple[float, str, str]] = []

    def say(value: float, of_first: str, of_second: str) -> None:
        if value:
            points.append((value, of_first, of_second))

    one, two = how.first, how.second
    finer = (_pixels(first, one) / _pixels(second, two)) ** 0.5
    one_framed, two_framed = _is_framed(one, 1 / finer), _is_framed(two, finer)
    frames = "no border or other picture around it"
    if one_framed != two_framed:
        say(3.0 if two_framed else -3.0, frames, frames)
    elif not one_framed:
        wider = log2(max(two.field, 0.01) / max(one.field, 0.01))
        if abs(wider) > _LARGER:
            say(4 * wider, _more(one.field), _more(two.field))
    one_over, two_over = one.covered >= _COVERED, two.covered >= _COVERED
    if one_over != two_over:
        say(
            2.5 if two_over else -2.5,
            f"nothing laid over it, as over {two.covered:.0%} of the other",
            f"nothing laid over it, as over {one.covered:.0%} of the other",
        )
    longer = two.share - one.share
    if abs(longer) > _LONGER:
        say(6 * longer, *(f"{_left(*side):.0f} s longer" for side in ((first, one), (second, two))))
    size = log2(_pixels(first, one) / _pixels(second, two))
    if abs(size) > _LARGER:
        text = (f"larger ({a.width}×{a.height})" for a in (first, second))
        say(max(-4.0, min(4.0, 1.5 * size)), *text)
    whole = _is_lossless(first), _is_lossless(second)
    if whole[0] != whole[1]:
        say(1.5 if whole[0] else -1.5, "lossless", "lossless")
    # Of two that are lossless, the one that takes more bytes is only packed less well.
    dense = 0.0 if any(whole) else log2(_bits(first) / _bits(second))
    if abs(dense) > _DENSER:
        say(max(-1.2, min(1.2, 0.5 * dense)), "less compressed", "less compressed")
    sounds = bool(first.facts.get("has_sound")), bool(second.facts.get("has_sound"))
    if sounds[0] != sounds[1]:
        say(1.0 if sounds[0] else -1.0, "has its sound", "has its sound")
    if first.taken and second.taken and first.taken != second.taken:
        earlier = first.taken < second.taken
        say(0.3 if earlier else -0.3, "recorded earlier", "recorded earlier")
    elif first.number != second.number:
        say(0.01 if first.number < second.number else -0.01, "came first", "came first")
    lead = sum(value for value, _, _ in points)
    speaking = sorted((p for p in points if p[0] * lead > 0), key=lambda point: -abs(point[0]))
    return Verdict(lead, tuple(p[1] if lead > 0 else p[2] for p in speaking[:3]))


def _is_framed(side: Side, finer: float) -> bool:
    """Whether what a copy shows besides is a border or another picture.

    More of the picture on sides that meet can be what the other one was cut from, or what it was
    put into. Who puts a picture into another makes it small; who cuts, does not: `finer` says how
    many times as many pixels a line of what both show has in the other one.
    """
    return side.plain or (side.inset and finer > _SHRUNK)


def _more(field: float) -> str:
    return f"shows {1 - field:.0%} more of the picture"


def _left(row: AssetRow, side: Side) -> float:
    """Seconds that the other one lacks."""
    return row.seconds * (1 - side.share)


def _pixels(row: AssetRow, side: Side) -> float:
    """Pixels that what both show has."""
    return max(1.0, row.width * row.height * side.field)


def _is_lossless(row: AssetRow) -> bool:
    """Whether a sound file keeps each sample it was given."""
    return row.kind == "audio" and str(row.facts.get("codec", "")).startswith(_LOSSLESS)


def _bits(row: AssetRow) -> float:
    """Bits a pixel, of a film also a second, weighed by what its codec makes of them; of a sound
    file, bits a second."""
    worth = (_SOUND_CODECS if row.kind == "audio" else _CODECS).get(
        str(row.facts.get("codec", "")), 1.0
    )
    pixels = max(1, row.width * row.height)
    return max(1e-9, 8 * row.bytes * worth / max(row.seconds, 0.04) / pixels)
