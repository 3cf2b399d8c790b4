"""The sound that goes with an enhanced clip: its own packets, or what was made of them."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from reelwright.core.time import SAMPLE_RATE
from reelwright.edit.enhance.order import Order
from reelwright.edit.enhance.reading import Clip
from reelwright.edit.enhance.writing import ALONE
from reelwright.media import ffmpeg
from reelwright.media.listening import listen, track_of
from reelwright.media.probing import open_media
from reelwright.store.steps import Step, Steps


def make_sound(clip: Clip, order: Order, steps: Steps) -> tuple[Path | None, Fraction, list[str]]:
    """The file whose sound goes with a clip.

    Returns:
        The file, or None where there is no sound; the seconds of its count at which the first
        picture is shown; and a sentence for each thing that was done.

    Raises:
        MediaError: the sound cannot be decoded.
        StoreError: the disk is full or may not be written.
    """
    if not clip.facts.has_sound:
        return None, Fraction(0), ["sound: there is none"] if order.sound else []
    if order.sound:
        from reelwright.edit.enhance.sound import clean_sound

        path, told = clean_sound(clip, steps)
        return path, Fraction(0), told
    with open_media(clip.path) as container:
        kinds = {stream.codec_context.name for stream in container.streams.audio}
    if kinds <= ALONE:
        return clip.path, clip.begun, []
    return steps.run(_encoded(clip.path)), Fraction(0), [f"sound: {', '.join(sorted(kinds))} → AAC"]


def _encoded(path: Path) -> Step:
    """The sound as AAC, from the first picture on."""

    def make(out: Path) -> None:
        track = track_of(path)
        args = ["-v", "error", "-f", "f32le", "-ar", str(SAMPLE_RATE)]
        args += ["-ac", str(track.channels), "-i", "pipe:0", "-c:a", "aac", "-b:a", "256k"]
        args += ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
        blocks = listen(path, rate=SAMPLE_RATE, channels=None)
        ffmpeg.run([*args, "-f", "mp4", ffmpeg.source(out)], what="the sound", stdin=blocks)

    params = {"ffmpeg": ffmpeg.version()}
    return Step("sound-aac", 1, make, params, (path,), ".m4a", f"the sound of {path.name}")
