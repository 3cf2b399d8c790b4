"""Music with known beats, played by a few drums: for tests and benchmarks of beat tracking."""

from __future__ import annotations

import numpy as np

RATE = 22_050


def beat_times(tempo: float, seconds: float, drift: float = 0.0) -> np.ndarray:
    """When it beats; the tempo goes up and down by `drift` (a share of it) every 17 seconds."""
    times = [0.4]
    while times[-1] < seconds - 0.5:
        now = tempo * (1 + drift * np.sin(2 * np.pi * times[-1] / 17))
        times.append(times[-1] + 60 / now)
    return np.array(times)


def clicks(tempo: float, seconds: float = 30.0) -> tuple[np.ndarray, np.ndarray]:
    """A click on each beat over a little noise: samples and beats."""
    rng = np.random.default_rng(round(tempo))
    sound = (0.003 * rng.standard_normal(int(seconds * RATE))).astype(np.float32)
    times = beat_times(tempo, seconds)
    for at in times:
        _put(sound, at, _hit("click", rng, 0.6))
    return sound, times


def band(
    tempo: float,
    seconds: float = 40.0,
    *,
    swing: float = 0.0,
    drift: float = 0.0,
    quiet: float = 0.0,
    loud: tuple[float, float] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Kick, snare, hats off the beat by `swing` and chords that change with the bar.

    The first `quiet` seconds are far softer. Outside of `loud` (seconds) only chords and a soft
    kick play.
    """
    rng = np.random.default_rng(round(tempo * 10 + swing * 100))
    sound = np.zeros(int(seconds * RATE), np.float32)
    times = beat_times(tempo, seconds, drift)
    chords = ((220, 277, 330), (196, 247, 294), (175, 220, 262), (165, 208, 247))
    for index, at in enumerate(times):
        step = (times[index + 1] if index + 1 < len(times) else at + 60 / tempo) - at
        calm = loud is not None and not loud[0] <= at < loud[1]
        _put(
            sound, at, _hit("kick" if index % 4 in (0, 2) else "snare", rng, 0.06 if calm else 0.7)
        )
        if not calm:
            _put(sound, at, _hit("hat", rng, 0.3))
            _put(sound, at + step * (0.5 + swing), _hit("hat", rng, 0.25))
            if rng.random() < 0.3:
                _put(sound, at + step * (0.5 + swing), _hit("kick", rng, 0.5))
        if index % 4 == 0:
            _put(sound, at, _chord(chords[index // 4 % 4], 4 * step))
    if quiet:
        count = int(quiet * RATE)
        sound[:count] *= np.linspace(0.02, 0.12, count).astype(np.float32)
    return sound, times


def f_measure(found: tuple[float, ...], true: np.ndarray, within: float = 0.07) -> float:
    """How well beats were found: 1 when each is, and no other."""
    left = list(found)
    hits = 0
    for at in true:
        near = min(left, key=lambda each: abs(each - at), default=None)
        if near is not None and abs(near - at) <= within:
            left.remove(near)
            hits += 1
    return 2 * hits / (len(found) + len(true))


def _put(sound: np.ndarray, at: float, wave: np.ndarray) -> None:
    first = round(at * RATE)
    count = min(len(wave), len(sound) - first)
    if count > 0:
        sound[first : first + count] += wave[:count]


def _hit(kind: str, rng: np.random.Generator, loud: float) -> np.ndarray:
    lasts = {"kick": 0.18, "snare": 0.15, "hat": 0.05, "click": 0.02}[kind]
    t = np.arange(int(lasts * RATE)) / RATE
    if kind == "kick":
        wave = np.sin(2 * np.pi * (50 * t + 6 * (1 - np.exp(-t * 18)))) * np.exp(-t * 18)
    elif kind == "snare":
        tone = 0.4 * np.sin(2 * np.pi * 190 * t)
        wave = (0.6 * rng.standard_normal(len(t)) + tone) * np.exp(-t * 25)
    elif kind == "hat":
        wave = np.diff(rng.standard_normal(len(t) + 1)) * 0.5 * np.exp(-t * 70)
    else:
        wave = np.sin(2 * np.pi * 1500 * t) * np.exp(-t * 200)
    return (wave * loud).astype(np.float32)


def _chord(notes: tuple[int, ...], seconds: float) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    edge = np.minimum(1, t / 0.05) * np.minimum(1, (seconds - t) / 0.05)
    wave = sum(np.sin(2 * np.pi * hz * t) for hz in notes)
    return (0.06 * wave * edge).astype(np.float32)
