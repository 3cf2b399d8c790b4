"""Spans → a timeline: which frames are shown, which samples heard, which words read.

Picture and sound of a piece begin at the same instant of the source, which lies on a frame of the
timeline's rate; the sound is offset by exactly that many samples, so that lips and voice stay
together however many cuts there are and whatever the file's own rate does. Pieces that follow each
other in the source are heard in one go; everywhere else they are cross-faded.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from reelwright.core.nouns import Asset, Word
from reelwright.core.time import to_frames
from reelwright.core.timeline import Footage, PictureClip, SoundClip
from reelwright.edit.cut.spans import Span

BLEND = 12.0
"""Milliseconds of the cross-fade at a cut: long enough not to click, too short to be heard."""
RATES = tuple(
    Fraction(text)
    for text in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60")
)
"""Frames a second that platforms take."""


@dataclass(frozen=True)
class Piece:
    """A stretch of a source in whole frames of the timeline."""

    asset: Asset
    start: int
    """Where it stands in the video."""
    first: int
    """Its first frame, counted from the source's beginning."""
    frames: int
    span: Span

    def seconds(self, rate: Fraction) -> tuple[float, float]:
        """From which second of the source to which it goes."""
        return float(self.first / rate), float((self.first + self.frames) / rate)


Framing = Callable[[Piece], Sequence[tuple[int, Footage]]]
"""How a piece is shown: footage one after the other, with how many frames each lasts."""


def rate_of(assets: Sequence[Asset], fallback: Fraction) -> Fraction:
    """The rate that fits recordings best: their own, where it is one of `RATES`.

    A frame is then shown once and as it is. Of several recordings the fastest counts; where the
    rate varies, the next that platforms take.
    """
    best: Fraction | None = None
    for asset in assets:
        own = asset.facts.rate
        if asset.facts.kind != "video" or own is None or own < 20:
            continue
        near = _nearest(own)
        best = max(best or near, near)
    return best or fallback


def _nearest(own: Fraction) -> Fraction:
    near = min(RATES, key=lambda rate: abs(rate - own))
    if abs(near - own) <= own / 100:
        return near
    return next((rate for rate in RATES if rate >= own), RATES[-1])


def place(spans: Sequence[Span], assets: Mapping[str, Asset], rate: Fraction) -> tuple[Piece, ...]:
    """Spans in whole frames, one after the other.

    Spans that meet or overlap once they are rounded are one piece. One that lies behind its
    source's last frame is left out.
    """
    pieces: list[Piece] = []
    for span in spans:
        asset = assets[span.source]
        whole = floor(Fraction(asset.facts.seconds) * rate + Fraction(1, 100))
        first = to_frames(span.start, rate)
        last = min(max(to_frames(span.end, rate), first + 1), max(1, whole))
        if first >= last:
            continue
        before = pieces[-1] if pieces else None
        if (
            before
            and before.asset.id == asset.id
            and (before.first <= first <= before.first + before.frames)
        ):
            frames = max(before.frames, last - before.first)
            pieces[-1] = Piece(asset, before.start, before.first, frames, before.span)
            continue
        at = before.start + before.frames if before else 0
        pieces.append(Piece(asset, at, first, last - first, span))
    return tuple(pieces)


def picture(
    pieces: Sequence[Piece], framing: Framing, name: Callable[[Piece], str]
) -> tuple[PictureClip, ...]:
    """The picture clips of pieces."""
    clips: list[PictureClip] = []
    for piece in pieces:
        at = piece.start
        for frames, footage in framing(piece):
            clips.append(PictureClip(start=at, frames=frames, source=footage, name=name(piece)))
            at += frames
    return tuple(clips)


def sound(
    pieces: Sequence[Piece],
    rate: Fraction,
    relative: Callable[[str], str],
    gain: Callable[[Piece], float] = lambda piece: 0.0,
) -> tuple[SoundClip, ...]:
    """The sound clips of pieces: each from the instant its picture begins at."""
    clips: list[SoundClip] = []
    for piece in pieces:
        if not piece.asset.facts.has_sound:
            continue
        clips.append(
            SoundClip(
                start=piece.start,
                frames=piece.frames,
                path=relative(piece.asset.path),
                asset=piece.asset.id,
                offset=float(piece.first / rate),
                gain=round(gain(piece), 2),
                blend=BLEND,
            )
        )
    return tuple(clips)


def words_in(
    pieces: Sequence[Piece], words: Mapping[str, Sequence[Word]], rate: Fraction
) -> tuple[Word, ...]:
    """The words that are heard, at their seconds of the video.

    Args:
        words: of each source by its asset's id, in seconds of the source.
    """
    middles = {key: [(w.start + w.end) / 2 for w in said] for key, said in words.items()}
    heard: list[Word] = []
    for piece in pieces:
        begin, end = piece.seconds(rate)
        shift = float(piece.start / rate) - begin
        said, at = words.get(piece.asset.id, ()), middles.get(piece.asset.id, [])
        for word in said[bisect_left(at, begin) : bisect_left(at, end)]:
            start, stop = max(begin, word.start) + shift, min(end, word.end) + shift
            heard.append(word.model_copy(update={"start": start, "end": stop}))
    return tuple(heard)


def sentences(words: Sequence[Word], pause: float = 0.7) -> list[list[Word]]:
    """Words in groups that end with a sentence, or before a pause of so many seconds."""
    groups: list[list[Word]] = []
    for word in words:
        last = groups[-1][-1] if groups else None
        if (
            last is None
            or last.text.rstrip()[-1:] in "。！？!?….；"
            or word.start - last.end > pause
        ):
            groups.append([])
        groups[-1].append(word)
    return groups
