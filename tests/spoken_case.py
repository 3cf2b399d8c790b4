"""Generated speech whose words are known to the sample, for tests of cutting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from reelwright.core.nouns import Speech
from reelwright.edit.cut import speech
from reelwright.providers.tts.espeak_lines import speak_line
from reelwright.providers.vad.silero import SileroActivity

RATE = 16_000
SAID = {
    "en": ("stop it", "six boats", "what a kiss", "she sells fish"),
    "zh": ("不吃", "他说是", "出去走走"),
}


@dataclass(frozen=True)
class Spoken:
    """A recording at `RATE`, and from when to when each phrase can be heard (seconds)."""

    sound: Any
    phrases: tuple[tuple[float, float], ...]

    @property
    def seconds(self) -> float:
        return len(self.sound) / RATE


def spoken(
    language: Literal["en", "zh"] = "en",
    pauses: tuple[float, ...] = (0.7, 1.5, 0.2),
    noise: float = 0.001,
    lead: float = 1.0,
) -> Spoken:
    """Phrases that end without voice, with these pauses between them, in white noise."""
    parts = [np.zeros(round(RATE * lead))]
    phrases: list[tuple[float, float]] = []
    at = len(parts[0])
    for index, text in enumerate(SAID[language]):
        samples, _ = speak_line(Speech(text=text, language=language))
        old = np.arange(len(samples)) / 22_050
        clean = np.interp(np.arange(0, old[-1], 1 / RATE), old, np.asarray(samples).reshape(-1))
        hops = clean[: len(clean) // 160 * 160].reshape(-1, 160)
        power = np.sqrt((hops**2).mean(axis=1))
        heard = np.flatnonzero(power > power.max() * 10 ** (-45 / 20))
        first, last = heard[0] * 160, (heard[-1] + 1) * 160
        phrases.append(((at) / RATE, (at + last - first) / RATE))
        parts.append(clean[first:last])
        pause = pauses[index % len(pauses)] if index + 1 < len(SAID[language]) else 1.0
        parts.append(np.zeros(round(RATE * pause)))
        at += len(parts[-2]) + len(parts[-1])
    sound = np.concatenate(parts)
    sound = sound + np.random.default_rng(0).normal(0, noise, len(sound))
    return Spoken(sound.astype(np.float32), tuple(phrases))


def blocks(sound: Any, size: int = 16_000) -> Iterator[Any]:
    for at in range(0, len(sound), size):
        yield np.asarray(sound[at : at + size], np.float32)


def heard(sound: Any) -> speech.Hearing:
    return speech.hear(blocks(sound), SileroActivity(SileroActivity.Options()))
