"""The mix: all sound tracks as one AAC track at −14 LUFS, made once.

The tracks are added up (`tracks`), measured, raised or lowered as a whole, limited and encoded. The
encoded sound is then measured again: what counts is what is heard, and AAC overshoots a little, so
gain and ceiling are corrected until the result is right.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import MediaError
from reelwright.core.time import SAMPLE_RATE, to_samples
from reelwright.core.timeline import EFFECTS, SoundTrack, Timeline
from reelwright.media import ffmpeg
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.media.sound import Loudness

VERSION = 5
"""Raised whenever the same tracks would come out with other bytes."""
LUFS = -14.0
CEILING = -1.0
"""dBTP, of the sound as decoded."""
NEAR = 0.2
"""LU that the result may be off before it is corrected (the promise is 0.5)."""
SILENCE = -69.0
"""At and below this nothing is heard: BS.1770's gate is −70."""
MOST = 45.0
"""Decibels: more than this would only raise noise."""
SHORT = 3 * SAMPLE_RATE
"""BS.1770 needs 0.4 s at least; what is shorter than this is measured in a loop."""
TRIES = 5

_RAW = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i", "pipe:0"]


def mix_step(timeline: Timeline, *, root: Path, ffmpeg_version: str) -> Step:
    """The step that makes a timeline's sound: an M4A file, exactly as long as the picture."""
    tracks = [track for track in timeline.sound if track.clips]
    paths = [clip.path for track in tracks for clip in track.clips]
    names = list(dict.fromkeys(paths))
    params: dict[str, Any] = {
        "frames": timeline.frames,
        "rate": str(timeline.format.rate),
        "ffmpeg": ffmpeg_version,
        # Files by their place among the inputs: contents count, names do not.
        "tracks": [
            {
                "ducks": track.ducks,
                "effects": track.name == EFFECTS,
                "clips": [
                    {
                        **clip.model_dump(mode="json", exclude={"path", "asset"}),
                        "file": names.index(clip.path),
                    }
                    for clip in track.clips
                ],
            }
            for track in tracks
        ],
    }
    rate, frames = timeline.format.rate, timeline.frames

    def make(out: Path) -> None:
        mix(tracks, out, root=root, rate=rate, frames=frames)

    return Step(
        name="mix",
        version=VERSION,
        make=make,
        params=params,
        inputs=tuple(root / name for name in names),
        suffix=".m4a",
        what="the sound",
        weight=max(1, frames // 20),
    )


def mix(
    tracks: Sequence[SoundTrack], out: Path, *, root: Path, rate: Fraction, frames: int
) -> Loudness:
    """Mix tracks into an AAC-LC file (48 kHz, stereo, 192 kbit/s) at −14 LUFS, ≤ −1 dBTP.

    Silence stays silence; no tracks give a silent file. Constant memory.

    Returns:
        How loud the file is.

    Raises:
        FootageError: a file is missing or has no sound.
        MediaError: ffmpeg failed.
    """
    from reelwright.edit.render.tracks import blocks, ducking, prepare

    total = to_samples(frames, rate)
    with tempfile.TemporaryDirectory(prefix="reel-mix-") as folder:
        files = prepare(tracks, root, Path(folder), rate)
        duck = ducking(tracks, files, rate, total)

        def mixed() -> Iterator[Any]:
            return blocks(tracks, files, rate, total, duck)

        return level(mixed, total, out)


def level(mixed: Any, total: int, out: Path) -> Loudness:
    """Encode `mixed()` (blocks of n × 2 floats, `total` samples in all) at the right loudness."""
    from reelwright.media.sound import measure

    again = max(1, -(-SHORT // max(1, total)))
    before = _measure(b for _ in range(again) for b in mixed())
    gain = min(MOST, LUFS - before) if before > SILENCE else 0.0
    ceiling = CEILING - 0.5
    best = None
    for _ in range(TRIES):
        _encode(mixed(), out, gain, ceiling)
        best = measure(out)
        # A file too short for the meter keeps the gain found in the loop.
        off = LUFS - best.lufs if again == 1 and best.lufs > SILENCE else 0.0
        if gain >= MOST and off > 0:
            off = 0.0
        over = best.true_peak - CEILING
        if abs(off) <= NEAR and over <= 0:
            break
        gain = min(MOST, gain + off)
        if over > 0:
            ceiling -= over + 0.1
    assert best is not None
    return best


def _measure(samples: Iterator[Any]) -> float:
    """LUFS. The peak, which takes five times as long to find, only counts when it is encoded."""
    from reelwright.media.sound import parse_lufs

    args = [*_RAW, "-af", "ebur128=framelog=quiet", "-f", "null", "-"]
    return parse_lufs(ffmpeg.run(args, what="measuring the mix", stdin=samples))


def _encode(samples: Iterator[Any], out: Path, gain: float, ceiling: float) -> None:
    # The limiter works at four times the rate, where peaks between samples can be seen.
    limit = 10 ** (ceiling / 20)
    chain = f"volume={gain:.3f}dB:precision=float,aresample={4 * SAMPLE_RATE}"
    chain += f",alimiter=limit={limit:.5f}:level=false:latency=true:attack=4:release=60"
    chain += f",aresample={SAMPLE_RATE}"
    args = ["-v", "error", *_RAW, "-af", chain, "-c:a", "aac", "-b:a", "192k"]
    # At this rate the fast coder is 15 dB nearer to the source than the default, in half the time.
    args += ["-aac_coder", "fast"]
    args += ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
    args += ["-f", "mp4", ffmpeg.source(out)]
    ffmpeg.run(args, what="encoding the mix", stdin=samples)
    if not out.exists():
        raise MediaError("the mix was not written", where=str(out))
