"""Lines become takes: a voice speaks the spoken form, and every written word learns its time.

A take is a folder with ``take.wav`` (48 kHz, mono, PCM16) and ``take.json``. Whatever the engine
leaves around its speech, a take begins 60 ms before the first sound and ends 120 ms after the last.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.errors import (
    FootageError,
    MediaError,
    ProviderError,
    ProviderRefused,
    ScriptError,
)
from reelwright.core.nouns import Language, Origin, Pace, Speech, Take, Word, WordTime
from reelwright.core.ports import Voice
from reelwright.core.time import SAMPLE_RATE, decimal
from reelwright.create.align import HOP, align, loudness, threshold
from reelwright.create.reading import Reading, read_aloud
from reelwright.create.takes import READING
from reelwright.create.words import is_cjk, segment, units
from reelwright.media import sound
from reelwright.store.atomic import explain, write_text

LEAD, TAIL = 0.06, 0.12
"""Seconds of quiet before and after the speech of every take."""

_SHORTEST = 0.02
"""Seconds a word lasts at least."""
_MARKS = {**dict.fromkeys("，、,：:；;—…", 1.0), **dict.fromkeys("。.！!？?", 2.0)}


def speech_of(
    voice: Voice,
    text: str,
    language: Language,
    *,
    rate: float = 1.0,
    name: str | None = None,
    line: int | None = None,
) -> Speech:
    """What the voice is asked for, given a line as written.

    Args:
        voice: who speaks. A voice with the class fact ``by_line`` (the person's own recordings) is
            told the line's number instead of a voice's name.
        text: the line as written.
        language: of the line.
        rate: 1 is the voice's natural speed.
        name: the engine's name of a voice; empty or None for its best.
        line: the line's number in the script, from 1.

    Raises ScriptError when the text has nothing to say.
    """
    reading = read_aloud(text, language)
    if not any(char.isalnum() for char in reading.spoken):
        raise ScriptError(
            f'there is nothing to say in "{text[:40]}"', hint="write some words, or remove the line"
        )
    if getattr(voice, "by_line", False):
        name = str(line) if line is not None else None
    return Speech(text=reading.spoken, language=language, voice=name or None, rate=rate)


def speak_line(
    voice: Voice,
    text: str,
    language: Language,
    out: Path,
    *,
    rate: float = 1.0,
    name: str | None = None,
    line: int | None = None,
) -> Take:
    """Speak a line into the folder `out`. Arguments: `speech_of`.

    Returns the take; its words joined are `text`, their times rise, and each has start < end
    within the take.

    Raises:
        ScriptError: the text has nothing to say.
        ProviderError: the voice failed, or what it gave cannot be speech of this text.
        StoreError: the disk is full or read-only.
    """
    speech = speech_of(voice, text, language, rate=rate, name=name, line=line)
    _make(out)
    raw, wav = out / ".raw.wav", out / "take.wav"
    try:
        times = voice.speak(speech, raw)
        samples = _read(raw, wav)
    except (FootageError, MediaError) as error:
        raise _refused(
            voice, speech, f"gave no sound that can be read ({error.message})"
        ) from error
    finally:
        raw.unlink(missing_ok=True)
    begin, end = _bounds(voice, speech, samples)
    _check_length(voice, speech, text, language, (end - begin) / SAMPLE_RATE)
    samples, lead = _trim(samples, begin, end)
    if not times:
        times = align(samples, SAMPLE_RATE, speech.text, language)
        lead = 0.0
    seconds = len(samples) / SAMPLE_RATE
    words = time_words(
        text, read_aloud(text, language), segment(text, language), _shift(times, lead), seconds
    )
    sound.write_wav(wav, samples, SAMPLE_RATE)
    return _write(out, seconds, words, voice.origin(speech))


def silent_take(text: str, language: Language, out: Path, pace: Pace | None = None) -> Take:
    """A take for captions without a voice: silence, as long as reading `text` takes.

    Args: see `speak_line`; `pace` replaces the usual reading speed (`READING`).
    """
    _make(out)
    speed = pace.units_per_second if pace else READING[language]
    words = segment(text, language)
    weights = [
        max(1.0, units(word, language)) + sum(_MARKS.get(char, 0.0) for char in word[-2:])
        for word in words
    ]
    spoken = max(1.0, sum(weights) / speed)
    count = round((LEAD + spoken + TAIL) * SAMPLE_RATE)
    edges = LEAD + spoken * np.concatenate(([0.0], np.cumsum(weights))) / max(sum(weights), 1e-9)
    spans = list(pairwise(edges.tolist()))
    seconds = count / SAMPLE_RATE
    sound.write_wav(out / "take.wav", np.zeros(count), SAMPLE_RATE)
    timed = [
        Word(text=word, start=start, end=end)
        for word, (start, end) in zip(words, _in_order(spans, seconds), strict=True)
    ]
    return _write(out, seconds, timed, Origin(provider="none", ai_made=False))


def measure_pace(
    voice: Voice,
    samples: Sequence[str],
    language: Language,
    *,
    rate: float = 1.0,
    name: str | None = None,
    cut: float = 0.0,
) -> Pace:
    """How fast a voice really speaks: it is made to speak, and timed.

    Args:
        voice, language, rate, name: see `speech_of`.
        samples: a few lines like those to come. Commas inside them count as part of the pace.
        cut: seconds of silence that the cut leaves between two takes.
    """
    import tempfile

    spoken, seconds = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        for index, text in enumerate(samples):
            where = Path(folder) / str(index)
            take = speak_line(voice, text, language, where, rate=rate, name=name, line=index + 1)
            spoken += units(text, language)
            seconds += take.seconds - LEAD - TAIL
    if not spoken:
        raise ScriptError("there is nothing to measure a voice's pace by")
    return Pace(units_per_second=spoken / seconds, pause=LEAD + TAIL + cut)


def time_words(
    text: str,
    reading: Reading,
    words: Sequence[str],
    times: Sequence[WordTime],
    seconds: float,
) -> list[Word]:
    """Give every written word the time at which its spoken form is heard.

    Args:
        text: the line as written.
        reading: how it is spoken, and which written stretch is which spoken one.
        words: `text` cut into words.
        times: when stretches of the spoken form are heard, in order.
        seconds: length of the take.
    """
    spans: list[tuple[float, float]] = []
    at = 0
    for word in words:
        core = [index for index, char in enumerate(word) if _sounds(char)]
        first, last = (core[0], core[-1] + 1) if core else (0, len(word))
        begin = _to_spoken(reading, at + first, after=True)
        end = _to_spoken(reading, at + last, after=False)
        start = _instant(times, begin, seconds, after=True)
        stop = _instant(times, max(begin, end), seconds, after=False)
        spans.append((start, max(start, stop)))
        at += len(word)
    assert at == len(text), "words must join to the text"
    return [
        Word(text=word, start=start, end=end)
        for word, (start, end) in zip(words, _in_order(spans, seconds), strict=True)
    ]


def _sounds(char: str) -> bool:
    return char.isalnum() or is_cjk(char) or char in "%％‰$¥￥€£℃°+&@#"


def _to_spoken(reading: Reading, at: int, *, after: bool) -> float:
    """Where in the spoken form a written offset lies. `after`: an edge belongs to what follows."""
    pieces = reading.pieces
    for piece in pieces:
        inside = (
            piece.written_first <= at < piece.written_last
            if after
            else piece.written_first < at <= piece.written_last
        )
        if inside:
            written = piece.written_last - piece.written_first
            spoken = piece.spoken_last - piece.spoken_first
            return piece.spoken_first + (at - piece.written_first) * spoken / written
    return float(pieces[-1].spoken_last if pieces and at > 0 else 0)


def _instant(times: Sequence[WordTime], at: float, seconds: float, *, after: bool) -> float:
    """When a spoken offset is heard."""
    previous = 0.0
    for time in times:
        inside = time.first <= at < time.last if after else time.first < at <= time.last
        if inside:
            share = (at - time.first) / (time.last - time.first)
            return time.start + share * (time.end - time.start)
        if at <= time.first:
            # Between two stretches: a start waits for the next, an end stays with the last.
            return time.start if after else previous
        previous = time.end
    return seconds if after and not times else previous


def _in_order(spans: Sequence[tuple[float, float]], seconds: float) -> list[tuple[float, float]]:
    """The spans made to rise, each at least `_SHORTEST` long, all within the take; microseconds."""
    least = min(_SHORTEST, seconds / max(1, 2 * len(spans)))
    fixed: list[tuple[float, float]] = []
    floor = 0.0
    for start, end in spans:
        start = max(start, floor)
        end = max(end, start + least)
        fixed.append((start, end))
        floor = end
    # A start pushed on by the one before takes the time from its own end, where it has some.
    ceiling = seconds
    for index in range(len(fixed) - 1, -1, -1):
        end = min(fixed[index][1], ceiling)
        start = min(fixed[index][0], end - least)
        fixed[index] = (start, end)
        ceiling = start
    return [(float(decimal(start)), float(decimal(end))) for start, end in fixed]


def _shift(times: Sequence[WordTime], by: float) -> tuple[WordTime, ...]:
    return tuple(
        WordTime(first=one.first, last=one.last, start=one.start + by, end=one.end + by)
        for one in sorted(times, key=lambda one: (one.first, one.start))
        if one.last > one.first
    )


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, folder) from error


def _read(raw: Path, wav: Path) -> np.ndarray:
    sound.to_wav(raw, wav)
    samples, _ = sound.read_wav(wav)
    return samples[:, 0].astype(np.float64)


def _bounds(voice: Voice, speech: Speech, samples: np.ndarray) -> tuple[int, int]:
    """The samples between which something is heard."""
    if not len(samples):
        raise _refused(voice, speech, "gave an empty file")
    envelope = loudness(samples, SAMPLE_RATE)
    if float(np.max(envelope)) < -55:
        raise _refused(voice, speech, "gave only silence")
    loud = np.flatnonzero(envelope > threshold(envelope))
    hop = round(HOP * SAMPLE_RATE)
    return int(loud[0]) * hop, min(len(samples), (int(loud[-1]) + 1) * hop)


def _check_length(
    voice: Voice, speech: Speech, text: str, language: Language, seconds: float
) -> None:
    count = max(1, units(text, language))
    # Nobody says twenty syllables a second, or one in a second and a half for long.
    shortest = count / 20 / speech.rate
    longest = 3 + 1.5 * count / speech.rate
    if not shortest <= seconds <= longest:
        raise _refused(
            voice,
            speech,
            f"gave {seconds:.1f} seconds of sound, where {count} syllables take "
            f"{shortest:.1f} to {longest:.1f}",
        )


def _trim(samples: np.ndarray, begin: int, end: int) -> tuple[np.ndarray, float]:
    """The speech with its margins, and by how many seconds everything moved."""
    lead, tail = round(LEAD * SAMPLE_RATE), round(TAIL * SAMPLE_RATE)
    first, last = begin - lead, end + tail
    kept = samples[max(0, first) : min(len(samples), last)].copy()
    # Room noise does not start or stop with a click.
    ramp = min(round(0.01 * SAMPLE_RATE), len(kept) // 4)
    slope = (np.arange(ramp) + 0.5) / max(ramp, 1)
    kept[:ramp] *= slope
    kept[len(kept) - ramp :] *= slope[::-1]
    kept = np.pad(kept, (max(0, -first), max(0, last - len(samples))))
    return kept, -first / SAMPLE_RATE


def _refused(voice: Voice, speech: Speech, what: str) -> ProviderError:
    origin = voice.origin(speech)
    return ProviderRefused(
        f'the voice {origin.provider} {what} for "{speech.text[:30]}"',
        hint="try the line again, reword it, or choose another voice with voice.provider",
    )


def _write(out: Path, seconds: float, words: Sequence[Word], origin: Origin) -> Take:
    take = Take(path=str(out / "take.wav"), seconds=seconds, words=tuple(words), origin=origin)
    data: Mapping[str, Any] = {**take.model_dump(mode="json"), "path": "take.wav"}
    write_text(out / "take.json", json.dumps(data, ensure_ascii=False, indent=1) + "\n")
    return take
