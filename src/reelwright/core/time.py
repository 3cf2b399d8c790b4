"""Time. Positions are whole frames at a rational rate; all rounding of time happens here.

Seconds come in as floats (a voice engine, a probe, a person) and leave as whole frames, samples,
milliseconds or centiseconds. Nothing else in Reelwright rounds time, so a shot, its caption and its
sound can never disagree about where a frame is. Rounding is half up: frame `n` owns the instant
`n / rate`.
"""

from __future__ import annotations

import re
from fractions import Fraction
from math import ceil, floor

Seconds = float | Fraction | int

SAMPLE_RATE = 48_000
"""Sound inside Reelwright: samples a second."""


def parse_rate(text: str) -> Fraction:
    """A frame rate from text: ``"30"``, ``"29.97"`` or ``"30000/1001"``.

    The NTSC rates written as decimals (23.976, 29.97, 59.94) become their exact fractions
    (SMPTE ST 12-1). Raises ValueError outside 1 to 240 frames a second.
    """
    ntsc = {"23.976": (24000, 1001), "23.98": (24000, 1001), "29.97": (30000, 1001)}
    ntsc["59.94"] = (60000, 1001)
    try:
        rate = Fraction(*ntsc[text]) if text in ntsc else Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f'"{text}" is not a frame rate') from None
    if not 1 <= rate <= 240:
        raise ValueError(f"a frame rate must lie between 1 and 240, not {text}")
    return rate


def parse_seconds(text: str) -> float:
    """A length of time as people write it: ``"3s"``, ``"90"``, ``"1m30s"``, ``"2h"``, ``"1:30"``.

    Raises ValueError for anything else.
    """
    text = text.strip().lower()
    clock = re.fullmatch(r"(?:(\d+):)?([0-5]?\d):([0-5]?\d(?:\.\d+)?)", text)
    units = re.fullmatch(
        r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?:in)?)?(?:(\d*\.?\d+)s?)?", text
    )
    found = clock or (units if text else None)
    if found is None:
        raise ValueError(f'"{text}" is not a length of time')
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + seconds


def format_rate(rate: Fraction) -> str:
    """The rate as ffmpeg reads it: ``"30"`` or ``"30000/1001"``."""
    return str(rate)


def _half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def to_frames(seconds: Seconds, rate: Fraction) -> int:
    """The frame nearest to an instant."""
    return _half_up(Fraction(seconds) * rate)


def frames_to_cover(seconds: Seconds, rate: Fraction) -> int:
    """The fewest frames that last at least this long (used for shots: speech is never cut)."""
    # A duration that is whole to within a microframe is whole: 2.0000000001 s is 60 frames at 30.
    return ceil(Fraction(seconds) * rate - Fraction(1, 1_000_000))


def to_seconds(frames: int, rate: Fraction) -> Fraction:
    """The exact instant a frame starts at."""
    return Fraction(frames) / rate


def to_samples(frames: int, rate: Fraction, sample_rate: int = SAMPLE_RATE) -> int:
    """The sample a frame starts at."""
    return _half_up(Fraction(frames) * sample_rate / rate)


def decimal(seconds: Seconds) -> str:
    """Seconds as ffmpeg reads them, to the microsecond: ``"1.966667"``."""
    micros = _half_up(Fraction(seconds) * 1_000_000)
    sign = "-" if micros < 0 else ""
    return f"{sign}{abs(micros) // 1_000_000}.{abs(micros) % 1_000_000:06d}"


def srt_time(frames: int, rate: Fraction) -> str:
    """SubRip time, milliseconds: ``"00:01:02,345"``."""
    ms = _half_up(to_seconds(frames, rate) * 1000)
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d},{ms % 1000:03d}"


def centiseconds(frames: int, rate: Fraction) -> int:
    """The unit of ASS (event times and karaoke durations)."""
    return _half_up(to_seconds(frames, rate) * 100)


def ass_time(frames: int, rate: Fraction) -> str:
    """Advanced SubStation time, centiseconds: ``"0:01:02.35"``."""
    cs = centiseconds(frames, rate)
    return f"{cs // 360_000}:{cs // 6000 % 60:02d}:{cs // 100 % 60:02d}.{cs % 100:02d}"


def timecode(frames: int, rate: Fraction) -> str:
    """Non-drop SMPTE timecode, counting at the nearest whole rate: ``"00:00:04:12"``."""
    base = _half_up(rate)
    seconds, frame = divmod(frames, base)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}:{frame:02d}"


def frame_ms(frames: int, rate: Fraction) -> int:
    """A millisecond at which an event must begin, or end, to do so with this frame in libass.

    Half a frame before the frame's instant, not below 0: ffmpeg counts a frame's time in floating
    point and cuts it to whole milliseconds, so an event at the instant itself may be a frame late.
    """
    return max(0, floor((Fraction(frames) - Fraction(1, 2)) / rate * 1000))
