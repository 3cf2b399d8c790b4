"""Standard MIDI files (format 0 and 1): read into a score, and written from one.

A reader of our own of what is needed (note on and off, metre, key, the drum channel): the format
is four kinds of event, and a library for it would weigh more than this page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from reelwright.core.errors import DataError
from reelwright.learn.sequence.score import MODES, Score
from reelwright.store.atomic import write_bytes

DRUMS = 9
"""The channel of drums, counted from 0."""
_LOW = frozenset({35, 36, 41, 43, 45, 47, 48, 50, 64})
_BACK = frozenset({37, 38, 39, 40, 54})
_WRITTEN = (36, 38, 42)
"""The drums that stand for each role where a score is written."""
# How well each pitch class fits a major and a minor key (Krumhansl & Kessler 1982).
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass
class _Song:
    """A file while it is read; times are ticks."""

    notes: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    strokes: list[tuple[int, int, int]] = field(default_factory=list)
    metre: tuple[int, int] = (4, 4)
    key: tuple[int, str] | None = None


def read_song(path: Path) -> Score:
    """The tune and drums of a MIDI file.

    The tune is that of the highest channel which plays a fair part of all notes, its highest note
    where several sound; times are rounded to sixteenths, and the file's first metre counts.

    Raises:
        DataError: no MIDI file, one that is cut short, or one without notes; names file and byte.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path)) from error
    if data[:4] != b"MThd" or len(data) < 14:
        raise _refused(path, 0, "is no MIDI file: it does not begin with MThd")
    tracks, division = int.from_bytes(data[10:12], "big"), int.from_bytes(data[12:14], "big")
    if division & 0x8000 or not division:
        raise _refused(path, 12, "counts its time in film frames, not in beats")
    song, at = _Song(), 8 + int.from_bytes(data[4:8], "big")
    for _ in range(tracks):
        if at + 8 > len(data):
            raise _refused(path, at, "is cut short: a track is missing")
        size = int.from_bytes(data[at + 4 : at + 8], "big")
        if at + 8 + size > len(data):
            raise _refused(path, at, "is cut short within a track")
        if data[at : at + 4] == b"MTrk":
            _track(_Bytes(path, data, at + 8, at + 8 + size), song)
        at += 8 + size
    if not song.notes and not song.strokes:
        raise DataError("holds no notes", where=str(path), hint="take it out of the data")
    notes = _tune(song, division)
    tonic, mode = song.key or _find_key([n for part in song.notes.values() for n in part])
    drums = {
        (round(4 * tick / division), role): min(3, 1 + velocity // 48)
        for tick, role, velocity in sorted(song.strokes, key=lambda each: each[2])
    }
    return Score(
        where=str(path),
        tonic=tonic,
        mode=mode,
        metre=song.metre,
        notes=tuple(notes),
        drums=tuple((step, role, loud) for (step, role), loud in sorted(drums.items())),
    )


@dataclass
class _Bytes:
    """A part of a file, read from its front."""

    path: Path
    data: bytes
    at: int
    end: int

    def take(self, count: int = 1) -> bytes:
        if self.at + count > self.end:
            raise _refused(self.path, self.at, "is cut short within an event")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self) -> int:
        """A number of seven bits a byte; at most four bytes."""
        value = 0
        for _ in range(4):
            byte = self.take()[0]
            value = value << 7 | byte & 127
            if byte < 128:
                return value
        raise _refused(self.path, self.at, "has a number longer than MIDI allows")


def _track(part: _Bytes, song: _Song) -> None:
    now, status = 0, 0
    sounding: dict[tuple[int, int], int] = {}
    first = True
    while part.at < part.end:
        now += part.number()
        byte = part.take()[0]
        if byte == 0xFF:
            kind = part.take()[0]
            value = part.take(part.number())
            if kind == 0x58 and len(value) >= 2 and first and value[0]:
                song.metre, first = (value[0], 2 ** min(4, value[1])), False
            elif kind == 0x59 and len(value) >= 2 and song.key is None:
                sharps = int.from_bytes(value[:1], "big", signed=True)
                minor = value[1] == 1
                song.key = (7 * sharps + 9 * minor) % 12, "minor" if minor else "major"
        elif byte in (0xF0, 0xF7):
            part.take(part.number())
        else:
            if byte >= 0xF0 or (byte < 128 and not status):
                raise _refused(part.path, part.at - 1, f"has the byte {byte}, which begins nothing")
            if byte >= 128:
                status, byte = byte, part.take()[0]
            second = 0 if status >> 4 in (0xC, 0xD) else part.take()[0]
            if status >> 4 in (8, 9):
                on = status >> 4 == 9 and second > 0
                _note(song, sounding, now, status & 15, byte, second if on else 0)


def _note(
    song: _Song, sounding: dict[tuple[int, int], int], now: int, channel: int, pitch: int, loud: int
) -> None:
    if channel == DRUMS:
        if loud:
            song.strokes.append((now, 0 if pitch in _LOW else 1 if pitch in _BACK else 2, loud))
        return
    began = sounding.pop((channel, pitch), None)
    if began is not None and now > began:
        song.notes.setdefault(channel, []).append((began, now - began, pitch))
    if loud:
        sounding[channel, pitch] = now


def _tune(song: _Song, division: int) -> Iterator[tuple[int, int, int]]:
    total = sum(len(part) for part in song.notes.values())
    fair = [part for part in song.notes.values() if 5 * len(part) >= total]
    if not fair:
        return
    best = max(fair, key=lambda part: (sum(pitch for _, _, pitch in part) / len(part), len(part)))
    highest: dict[int, tuple[int, int]] = {}
    for began, ticks, pitch in best:
        step = round(4 * began / division)
        length = max(1, round(4 * (began + ticks) / division) - step)
        if step not in highest or pitch > highest[step][0]:
            highest[step] = pitch, length
    steps = sorted(highest)
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        pitch, length = highest[step]
        yield step, length if following is None else min(length, following - step), pitch


def _find_key(notes: list[tuple[int, int, int]]) -> tuple[int, str]:
    """The key whose profile goes best with how long each pitch class sounds."""
    held = [0.0] * 12
    for _, ticks, pitch in notes:
        held[pitch % 12] += ticks
    scores = {
        (tonic, mode): sum(held[(tonic + step) % 12] * fit for step, fit in enumerate(profile))
        / sum(profile)
        for tonic in range(12)
        for mode, profile in (("major", _MAJOR), ("minor", _MINOR))
    }
    return max(scores, key=lambda key: scores[key])


def write_song(path: Path, score: Score, tempo: float = 100.0) -> None:
    """Write a score as a MIDI file: the tune on channel 1, the drums on channel 10.

    Raises:
        StoreError: the file cannot be written.
    """
    events: list[tuple[int, int, bytes]] = []
    for start, length, pitch in score.notes:
        events.append((start, 1, bytes((0x90, pitch, 90))))
        events.append((start + length, 0, bytes((0x80, pitch, 0))))
    for step, role, strength in score.drums:
        drum = _WRITTEN[role]
        events.append((step, 1, bytes((0x90 + DRUMS, drum, min(127, 48 * strength - 20)))))
        events.append((step + 1, 0, bytes((0x80 + DRUMS, drum, 0))))
    beat = round(60e6 / tempo).to_bytes(3, "big")
    minor = MODES[score.mode][2] == 3
    sharps = min(range(-6, 6), key=lambda n: (7 * n + 9 * minor - score.tonic) % 12)
    track = b"\x00\xff\x51\x03" + beat
    track += bytes((0, 0xFF, 0x58, 4, score.metre[0], score.metre[1].bit_length() - 1, 24, 8))
    track += bytes((0, 0xFF, 0x59, 2, sharps % 256, minor))
    now = 0
    for step, _, message in sorted(events):
        track += _length(step - now) + message
        now = step
    track += b"\x00\xff\x2f\x00"
    head = b"MThd" + (6).to_bytes(4, "big") + bytes((0, 0, 0, 1, 0, 4))
    write_bytes(path, head + b"MTrk" + len(track).to_bytes(4, "big") + track)


def _length(value: int) -> bytes:
    out = [value & 127]
    while value := value >> 7:
        out.insert(0, value & 127 | 128)
    return bytes(out)


def _refused(path: Path, at: int, message: str) -> DataError:
    return DataError(
        message, where=f"{path}, byte {at}", hint="save it again as a standard MIDI file (.mid)"
    )
