"""Sound made clean and as loud as it should be: listened to, then only what it needs is done.

Clipped peaks are rebuilt, hum is notched out, steady noise under a voice is taken away, sharp s are
softened; at the end all of it is at −14 LUFS. Music is never denoised: nothing in its pauses is
noise, and it is turned up or down as a whole, so it does not pump.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.core.settings import VadSettings
from reelwright.core.time import SAMPLE_RATE
from reelwright.edit.cut.speech import find_speech, hear
from reelwright.edit.enhance.reading import Clip
from reelwright.edit.enhance.voice import quieten, spectra
from reelwright.edit.render.mix import LUFS, level
from reelwright.media import ffmpeg
from reelwright.media.hearing import STEP, Listener
from reelwright.media.listening import listen
from reelwright.store import atomic
from reelwright.store.steps import Step, Steps

VERSION = 1
_WINDOWS, _SECONDS = 4, 20.0
"""Stretches that are listened to before anything is decided, and how long they are."""
_CLIPPED = 5e-5
"""Share of samples that are cut off from which on peaks are rebuilt."""
_VOICE = 0.15
"""Share of the time that somebody speaks from which on it is about the voice."""
_MUSIC = 0.2
"""Share of the energy of pauses in held tones from which on there is music in them."""
_NOISE = (-75.0, 40.0)
"""Decibels (full scale) that pauses must have, and how far under speech at most, to be cleaned."""
_HUM = 14.0
"""Decibels by which mains hum stands out of what is around it."""
_SHARP = -6.0
"""Decibels of s sounds against the voice from which on they are softened."""
_LINES = 8
"""Multiples of the mains' frequency that are looked at."""


@dataclass(frozen=True)
class Findings:
    """What was heard."""

    clipped: float
    """Share of the samples."""
    voice: float
    """Share of the time that somebody speaks."""
    pauses: float
    """Decibels between words."""
    speech: float
    """Decibels of words."""
    tones: float
    """Share of held notes between words."""
    hum: tuple[float, ...]
    """Hertz of the lines of hum that stand out."""
    sharp: float
    """Decibels of what is between 5 and 10 kHz against the voice's own, at its sharpest."""
    noise: tuple[float, ...] = ()
    """Power of each line between words."""

    @property
    def noisy(self) -> bool:
        """Whether there is steady noise under a voice that can be taken away."""
        least, most = _NOISE
        under = self.speech - self.pauses
        heard = self.voice >= _VOICE and self.pauses > least and 3 < under < most
        return heard and self.tones < _MUSIC and bool(self.noise)


def clean_sound(clip: Clip, steps: Steps) -> tuple[Path, list[str]]:
    """The sound of a clip, cleaned: an M4A file that begins with the first picture.

    Returns it and a sentence for each thing that was done.

    Raises:
        FootageError: it cannot be read.
        MediaError: none of its sound can be decoded.
    """
    path = clip.path
    found = _found(path, clip.facts.seconds, steps)
    given = path
    told: list[str] = []
    if found.clipped > _CLIPPED:
        told.append(f"sound: clipped peaks rebuilt ({found.clipped:.2%} of the samples)")
        given = steps.run(_filtered(path, path, "declip", ["adeclip"], None))
    filters = [
        f"bandreject=f={hertz:.2f}:width_type=h:w={1.5 + hertz / 60:.2f}" for hertz in found.hum
    ]
    if found.hum:
        told.append(f"sound: hum at {found.hum[0]:.0f} Hz notched out ({len(found.hum)} lines)")
    if found.voice >= _VOICE and found.sharp > _SHARP:
        filters.append("deesser=i=0.4")
        told.append("sound: sharp s softened")
    if found.noisy:
        under = found.speech - found.pauses
        told.append(f"sound: noise {under:.0f} dB under the voice reduced")
    elif found.voice < _VOICE:
        told.append("sound: nobody speaks for long, so no noise is taken from it")
    if filters or found.noisy:
        noise = np.array(found.noise, np.float32) if found.noisy else None
        given = steps.run(_filtered(path, given, "clean", filters, noise))
    told.append(f"sound: brought to {LUFS:.0f} LUFS")
    return steps.run(_levelled(path, given)), told


def _filtered(path: Path, given: Path, name: str, filters: Sequence[str], noise: Any) -> Step:
    """The sound through filters, and what is taken from it before, as FLAC."""

    def make(out: Path) -> None:
        blocks: Iterator[Any] = listen(given, rate=SAMPLE_RATE, channels=2)
        if noise is not None:
            blocks = quieten(blocks, noise)
        args = ["-v", "error", "-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i", "pipe:0"]
        args += ["-af", ",".join([*filters, "alimiter=limit=0.99:level=false:latency=true"])]
        args += ["-c:a", "flac", "-sample_fmt", "s32", "-compression_level", "2"]
        args += ["-fflags", "+bitexact", "-flags:a", "+bitexact", "-map_metadata", "-1"]
        ffmpeg.run([*args, ffmpeg.source(out)], what="cleaning the sound", stdin=blocks)

    params = {
        "name": name,
        "filters": list(filters),
        "noise": None if noise is None else [float(value) for value in noise],
        "ffmpeg": ffmpeg.version(),
    }
    what = f"the sound of {path.name}"
    return Step("sound-clean", VERSION, make, params, (given,), ".flac", what)


def _levelled(path: Path, given: Path) -> Step:
    def make(out: Path) -> None:
        def blocks() -> Iterator[Any]:
            return listen(given, rate=SAMPLE_RATE, channels=2)

        level(blocks, sum(len(block) for block in blocks()), out)

    params = {"ffmpeg": ffmpeg.version()}
    what = f"the sound of {path.name}"
    return Step("sound-level", VERSION, make, params, (given,), ".m4a", what)


def _found(path: Path, seconds: float, steps: Steps) -> Findings:
    def make(out: Path) -> None:
        steps.progress.say(f"listening to {path.name}")
        atomic.write_text(out, json.dumps(asdict(listen_to(path, seconds))))

    params = {"vad": VadSettings().provider}
    step = Step("sound-found", VERSION, make, params, (path,), ".json", path.name)
    values = json.loads(steps.run(step).read_bytes())
    return Findings(**{**values, "hum": tuple(values["hum"]), "noise": tuple(values["noise"])})


def listen_to(path: Path, seconds: float) -> Findings:
    """What is heard in stretches spread over a file. Raises as `media.listening.listen` does."""
    from reelwright.providers import door

    settings = VadSettings()
    vad = door.load("vad", settings.provider, settings)
    low: list[Any] = []
    full: list[Any] = []
    for start in _starts(seconds):
        low.append(_all(path, 16_000, start))
        full.append(_all(path, SAMPLE_RATE, start))
    hum = _hum(low)
    # Hum is held like a note; what is listened to for music is without it.
    sound = _notched(np.concatenate(low), hum)
    hearing = hear(iter((sound,)), vad)
    spans = find_speech(hearing)
    ear = Listener()
    ear.hear(sound)
    heard = ear.finish()
    spoken = _mask(spans, len(heard.levels), STEP / 16_000)
    wide = np.concatenate(full)
    power = spectra(wide)
    lines = _mask(spans, len(power), 512 / SAMPLE_RATE)
    # The first and last moments of a pause still ring.
    quiet = ~_widened(lines, 6)
    levels = np.maximum(heard.levels, -100)
    loud = levels[spoken] if spoken.any() else levels
    calm = levels[~_widened(spoken, 2)] if (~_widened(spoken, 2)).any() else levels[:0]
    audible = calm > -100 if calm.size else calm
    tones = heard.tones[~_widened(spoken, 2)][: len(calm)]
    noise: Any = np.zeros(0)
    if quiet.sum() >= 20:
        noise = np.median(power[quiet], axis=0) / np.log(2)
    return Findings(
        clipped=_clipped(wide),
        voice=float(spoken.mean()) if len(spoken) else 0.0,
        pauses=_mean_level(calm) if calm.size else -100.0,
        speech=_mean_level(loud) if loud.size else -100.0,
        tones=float(tones[audible].mean()) if calm.size and audible.any() else 0.0,
        hum=hum,
        sharp=_sharp(power, lines),
        noise=tuple(round(float(value), 12) for value in noise),
    )


def _starts(seconds: float) -> list[float]:
    if seconds <= _WINDOWS * _SECONDS:
        return [float(n) for n in np.arange(0, max(seconds, 0.1), _SECONDS)]
    return [(seconds - _SECONDS) * n / (_WINDOWS - 1) for n in range(_WINDOWS)]


def _all(path: Path, rate: int, start: float) -> Any:
    blocks = list(listen(path, rate=rate, start=start, end=start + _SECONDS))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)


def _mask(spans: Sequence[tuple[float, float]], count: int, step: float) -> Any:
    mask = np.zeros(count, bool)
    for start, end in spans:
        mask[int(start / step) : int(np.ceil(end / step))] = True
    return mask


def _widened(mask: Any, by: int) -> Any:
    kernel: Callable[..., Any] = np.convolve
    return kernel(mask, np.ones(2 * by + 1), "same") > 0 if len(mask) else mask


def _mean_level(levels: Any) -> float:
    return float(10 * np.log10(np.mean(10 ** (levels / 10))))


def _clipped(samples: Any) -> float:
    """The share of samples in flat tops: three and more at the file's own limit."""
    size = np.abs(samples)
    most = float(size.max()) if len(size) else 0.0
    if most < 0.5:
        return 0.0
    at = size >= 0.995 * most
    run = at[2:] & at[1:-1] & at[:-2]
    return float(run.mean()) if len(run) else 0.0


def _hum(stretches: Sequence[Any]) -> tuple[float, ...]:
    """The lines of mains hum (50 or 60 Hz and their multiples) that are there all the time."""
    size = 32_768
    windows = [s[n : n + size] for s in stretches for n in range(0, len(s) - size + 1, size // 2)]
    if len(windows) < 2:
        return ()
    shape = np.hanning(size).astype(np.float32)
    power = 10 * np.log10(np.abs(np.fft.rfft(np.stack(windows) * shape, axis=1)) ** 2 + 1e-9)
    step = 16_000 / size
    best: tuple[float, ...] = ()
    for mains in (50.0, 60.0):
        lines: list[float] = []
        for multiple in range(1, _LINES + 1):
            middle, near, far = (round(hertz / step) for hertz in (mains * multiple, 1.0, 10.0))
            here = power[:, middle - near : middle + near + 1]
            around = np.median(power[:, middle - far : middle + far + 1], axis=1)
            if float(np.quantile(here.max(axis=1) - around, 0.2)) > _HUM:
                peak = int(np.argmax(here.mean(axis=0))) + middle - near
                lines.append(round(peak * step, 2))
        # One line alone is a note.
        if len(lines) >= 2 and len(lines) > len(best):
            best = tuple(lines)
    return best


def _notched(sound: Any, lines: Sequence[float]) -> Any:
    from scipy.signal import iirnotch, lfilter

    for hertz in lines:
        b, a = iirnotch(hertz, hertz / (2 + hertz / 60), 16_000)
        sound = np.asarray(lfilter(b, a, sound), np.float32)
    return sound


def _sharp(power: Any, spoken: Any) -> float:
    """How strong s sounds are against the voice, at their strongest, in decibels."""
    if spoken.sum() < 20:
        return -100.0
    hertz = np.fft.rfftfreq(1024, 1 / SAMPLE_RATE)
    high = power[spoken][:, (hertz > 5000) & (hertz < 10_000)].sum(axis=1)
    voice = power[spoken][:, (hertz > 200) & (hertz < 4000)].sum(axis=1)
    return float(
        10 * np.log10(np.quantile(high, 0.97) / max(np.quantile(voice, 0.9), 1e-12) + 1e-10)
    )
