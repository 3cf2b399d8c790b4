"""The sound tracks added up, block by block: however long the video, one second is in memory.

Levels that must be known ahead (how loud the voice will be, for the music to make room in time)
are worked out first, as one number every ten milliseconds.
"""

from __future__ import annotations

import wave
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import FootageError
from reelwright.core.time import SAMPLE_RATE, to_samples
from reelwright.core.timeline import EFFECTS, SoundClip, SoundTrack
from reelwright.media.ffmpeg import disk_error
from reelwright.media.listening import listen
from reelwright.media.sound import from_pcm, to_pcm16, to_wav

Samples = npt.NDArray[np.float32]
Curve = npt.NDArray[np.float32]

BLOCK = SAMPLE_RATE
HOP = SAMPLE_RATE // 100
UNDER = 16.0
"""Loudness units that ducking tracks are brought below the voice while it is heard."""
DUCK = (4.0, 36.0)
"""Decibels that are taken from them for it, at least and at most."""
QUIET, HEARD = -52.0, -38.0
"""dBFS (RMS over a hop): at and below the one nobody speaks, from the other on somebody does."""
AHEAD, HOLD, RELEASE = 0.25, 0.15, 0.9
"""Seconds: how long going down takes, and ends before the word; how long it then outlasts the
sound; how long coming up takes."""
SMOOTH = 0.06
"""Seconds over which the corners of that are rounded."""

_WEIGHED = SAMPLE_RATE // 10
_BEFORE = 1
"""Seconds that are decoded before the first one heard: decoders need a moment to be exact."""


@dataclass(frozen=True)
class Prepared:
    """A WAV file that can be read, and which sample of the sound it stands for its first is."""

    path: Path
    first: int = 0


class Source:
    """A WAV file as stereo floats from any sample of the sound on."""

    def __init__(self, prepared: Prepared) -> None:
        path, self._first = prepared.path, prepared.first
        self._raw = path.open("rb")
        try:
            self._file = wave.open(self._raw)  # noqa: SIM115 - closed by close()
        except (wave.Error, EOFError) as error:
            self._raw.close()
            raise FootageError(f"is not a PCM WAV file ({error})", where=str(path)) from error
        self.length = self._first + self._file.getnframes()
        """Samples."""

    def read(self, start: int, count: int) -> Samples:
        """Samples from `start` on (count × 2), silence before the first; fewer at the end."""
        if start < self._first:
            return np.zeros((min(count, self._first - start), 2), np.float32)
        if start >= self.length:
            return np.zeros((0, 2), np.float32)
        self._file.setpos(start - self._first)
        raw = self._file.readframes(count)
        samples = from_pcm(raw, self._file.getsampwidth(), self._file.getnchannels())
        return samples if samples.shape[1] == 2 else np.repeat(samples[:, :1], 2, axis=1)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
        self._raw.close()


def is_ready(path: Path) -> bool:
    """Whether a file is WAV as it is read here: PCM, 48 kHz, one or two channels."""
    try:
        with path.open("rb") as raw, wave.open(raw) as file:
            return file.getframerate() == SAMPLE_RATE and file.getnchannels() <= 2
    except (wave.Error, EOFError, OSError):
        return False


def prepare(
    tracks: Sequence[SoundTrack], root: Path, folder: Path, rate: Fraction
) -> dict[str, Prepared]:
    """A readable WAV for each file named: the file itself, or a conversion in `folder`.

    Of a long recording only what lies between the first and the last moment heard is converted.

    Raises FootageError or MediaError for a file without sound.
    """
    clips: dict[str, list[SoundClip]] = {}
    for track in tracks:
        for clip in track.clips:
            clips.setdefault(clip.path, []).append(clip)
    ready: dict[str, Prepared] = {}
    for index, name in enumerate(sorted(clips)):
        path = root / name
        if is_ready(path):
            ready[name] = Prepared(path)
            continue
        wav = folder / f"{index:04d}.wav"
        if any(clip.loop for clip in clips[name]):
            to_wav(path, wav, channels=2)
            ready[name] = Prepared(wav)
        else:
            ready[name] = _convert(path, clips[name], rate, wav)
    return ready


def _convert(path: Path, clips: Sequence[SoundClip], rate: Fraction, wav: Path) -> Prepared:
    """The part of a sound that is heard, as WAV; seconds count as the picture's do."""
    start = max(0, floor(min(clip.offset for clip in clips)) - _BEFORE)
    end = max(clip.offset + float(clip.frames / rate) for clip in clips) + _BEFORE
    try:
        with wav.open("wb") as raw, wave.open(raw, "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(SAMPLE_RATE)
            for block in listen(path, rate=SAMPLE_RATE, channels=2, start=start, end=end):
                file.writeframes(to_pcm16(block))
    except OSError as error:
        raise disk_error(error, wav) from error
    return Prepared(wav, start * SAMPLE_RATE)


def blocks(
    tracks: Sequence[SoundTrack],
    files: Mapping[str, Prepared],
    rate: Fraction,
    total: int,
    duck: Curve | None = None,
) -> Iterator[Samples]:
    """All tracks added up, a second at a time (n × 2, not limited to −1 to 1).

    Args:
        tracks: those to add up.
        files: what to read for each path (`prepare`).
        rate: frames a second of the timeline.
        total: samples in all.
        duck: decibels, one number a hop, by which tracks that duck are lowered.
    """
    with ExitStack() as stack:
        used = {clip.path for track in tracks for clip in track.clips}
        sources: dict[str, Source] = {}
        for name in sorted(used):
            sources[name] = Source(files[name])
            stack.callback(sources[name].close)
        placed = [_by_block(track, rate, total) for track in tracks]
        for start in range(0, total, BLOCK):
            count = min(BLOCK, total - start)
            block = np.zeros((count, 2), np.float32)
            for track, heard in zip(tracks, placed, strict=True):
                added = _add_up(heard.get(start // BLOCK, ()), sources, rate, start, count, total)
                if added is None:
                    continue
                if track.ducks and duck is not None:
                    added *= _gain(duck, start, count)[:, None]
                block += added
            yield block


def _by_block(track: SoundTrack, rate: Fraction, total: int) -> dict[int, list[SoundClip]]:
    """The clips heard in each block, by its number: a long cut has thousands of them."""
    found: dict[int, list[SoundClip]] = {}
    for clip in track.clips:
        low, high = _heard(clip, rate, total)
        for number in range(low // BLOCK, -(-high // BLOCK)):
            found.setdefault(number, []).append(clip)
    return found


def _heard(clip: SoundClip, rate: Fraction, total: int) -> tuple[int, int]:
    """From which sample of the video to which a clip is heard, its cross-fades included."""
    outside = round(clip.blend / 2000 * SAMPLE_RATE)
    first, last = to_samples(clip.start, rate), to_samples(clip.start + clip.frames, rate)
    return max(0, first - outside), min(total, last + outside)


def _add_up(
    clips: Sequence[SoundClip],
    sources: Mapping[str, Source],
    rate: Fraction,
    start: int,
    count: int,
    total: int,
) -> Samples | None:
    added: Samples | None = None
    for clip in clips:
        first = to_samples(clip.start, rate)
        last = to_samples(clip.start + clip.frames, rate)
        low, high = _heard(clip, rate, total)
        begin, end = max(low, start), min(high, start + count)
        if begin >= end:
            continue
        if added is None:
            added = np.zeros((count, 2), np.float32)
        piece = _clip(clip, sources[clip.path], begin - first, end - begin)
        piece *= np.float32(10 ** (clip.gain / 20))
        piece *= _fades(clip, rate, begin - first, end - begin, last - first)[:, None]
        if clip.blend:
            ramp = 2 * round(clip.blend / 2000 * SAMPLE_RATE)
            piece *= _blend(ramp, begin - low, end - begin, high - low)[:, None]
        added[begin - start : end - start] += piece
    return added


def _clip(clip: SoundClip, source: Source, at: int, count: int) -> Samples:
    position = round(clip.offset * SAMPLE_RATE) + at
    out = np.zeros((count, 2), np.float32)
    filled = 0
    while filled < count:
        here = position + filled
        if here >= source.length:
            if not clip.loop or not source.length:
                break
            # The file again from its first sample, with nothing in between.
            here %= source.length
        piece = source.read(here, count - filled)
        if not len(piece):
            break
        out[filled : filled + len(piece)] = piece
        filled += len(piece)
    return out


def _fades(clip: SoundClip, rate: Fraction, at: int, count: int, length: int) -> Curve:
    gain = np.ones(count, np.float32)
    place = np.arange(at, at + count)
    rise, fall = to_samples(clip.fade_in, rate), to_samples(clip.fade_out, rate)
    if rise and at < rise:
        gain *= np.sin(np.pi / 2 * np.clip(place / rise, 0, 1)).astype(np.float32)
    if fall and at + count > length - fall:
        left = np.clip((length - place) / fall, 0, 1)
        gain *= np.sin(np.pi / 2 * left).astype(np.float32)
    return gain


def _blend(ramp: int, at: int, count: int, length: int) -> Curve:
    """Gains that come in over the first samples and go out over the last, at equal power.

    Noise of a room is not alike on both sides of a cut: powers add up there, not amplitudes.
    """
    place = np.arange(at, at + count) + 0.5
    near = np.minimum(place, length - place)
    return np.sin(np.pi / 2 * np.clip(near / min(ramp, length / 2), 0, 1)).astype(np.float32)


def _gain(duck: Curve, start: int, count: int) -> Curve:
    hops = np.arange(len(duck)) * HOP
    decibels = np.interp(np.arange(start, start + count), hops, duck)
    return (10 ** (-decibels / 20)).astype(np.float32)


def ducking(
    tracks: Sequence[SoundTrack], files: Mapping[str, Prepared], rate: Fraction, total: int
) -> Curve | None:
    """By how many decibels ducking tracks are lowered, one number a hop; None if none duck.

    However loud voice and music are, the music ends up `UNDER` the voice: both are weighed as they
    are heard (BS.1770's filter) where the voice is, and that decides the depth for the whole piece.
    """
    leading = [t for t in tracks if not t.ducks and t.clips and t.name != EFFECTS]
    giving = [track for track in tracks if track.ducks and track.clips]
    if not leading or not giving or total <= 0:
        return None
    levels: list[Curve] = []
    voice: list[Curve] = []
    for block in blocks(leading, files, rate, total):
        levels.append(_levels(block))
        voice.append(_weigh(block))
    music = np.concatenate([_weigh(block) for block in blocks(giving, files, rate, total)])
    return duck_curve(np.concatenate(levels), _depth(np.concatenate(voice), music))


def _depth(voice: Curve, music: Curve) -> float:
    """Decibels to take from the music, from both powers as weighed (`_weigh`)."""
    # As BS.1770 gates: what is 10 LU under the mean of what is heard is a pause.
    heard = voice > 1e-6
    if not heard.any():
        return 0.0
    heard &= voice > voice[heard].mean() / 10
    ratio = float(music[heard].mean()) / float(voice[heard].mean())
    return float(np.clip(10 * np.log10(max(ratio, 1e-9)) + UNDER, *DUCK))


def _weigh(block: Samples) -> Curve:
    """Power of each tenth of a second, weighted by frequency as BS.1770 does."""
    short = -len(block) % _WEIGHED
    parts = np.pad(block, ((0, short), (0, 0))).reshape(-1, _WEIGHED, 2)
    power = np.abs(np.fft.rfft(parts, axis=1)) ** 2
    return (power.sum(axis=2) @ _weights() * 2 / _WEIGHED**2).astype(np.float32)


@lru_cache(maxsize=1)
def _weights() -> Curve:
    """BS.1770's two filters at 48 kHz, as gains of power at each frequency of `_weigh`."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(_WEIGHED))
    shelf = 1.53512485958697 - 2.69169618940638 * z + 1.19839281085285 * z**2
    shelf /= 1 - 1.69065929318241 * z + 0.73248077421585 * z**2
    high = (1 - 2 * z + z**2) / (1 - 1.99004745483398 * z + 0.99007225036621 * z**2)
    return (np.abs(shelf * high) ** 2).astype(np.float32)


def _levels(block: Samples) -> Curve:
    short = -len(block) % HOP
    power = np.pad(np.mean(block.astype(np.float64) ** 2, axis=1), (0, short))
    means = power.reshape(-1, HOP).mean(axis=1)
    return (10 * np.log10(np.maximum(means, 1e-12))).astype(np.float32)


def duck_curve(levels: Curve, depth: float) -> Curve:
    """Decibels of ducking from the level of what leads (dBFS), one number a hop each.

    The curve goes down and up at a steady pace, never faster: it is all the way down when a word
    begins, and in a short pause it comes up only as far as it can go and be back in time.
    """
    hop = HOP / SAMPLE_RATE
    wanted = np.clip((levels - QUIET) / (HEARD - QUIET), 0, 1) * depth
    hold, margin = round(HOLD / hop), round(SMOOTH / 2 / hop) + 1
    padded = np.pad(wanted, (hold + margin, margin))
    windows: Any = np.lib.stride_tricks.sliding_window_view(padded, hold + 2 * margin + 1)
    curve: list[float] = windows.max(axis=1).tolist()
    up, down = depth * hop / RELEASE, depth * hop / AHEAD
    for index in range(1, len(curve)):
        curve[index] = max(curve[index], curve[index - 1] - up)
    for index in range(len(curve) - 2, -1, -1):
        curve[index] = max(curve[index], curve[index + 1] - down)
    bell = np.hanning(2 * margin + 1)
    # Before the first sample nothing is heard, so the curve may begin where it will be.
    ends = np.pad(np.asarray(curve), margin, mode="edge")
    return np.convolve(ends, bell / bell.sum(), mode="valid").astype(np.float32)
