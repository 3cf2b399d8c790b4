"""Who tells speech from everything else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from reelwright.core.nouns import Speech
from reelwright.core.settings import VadSettings
from reelwright.media.sound import read_wav
from reelwright.providers import door
from reelwright.providers.tts.espeak import EspeakVoice


@pytest.fixture(scope="module")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A second of quiet noise, speech, and two more seconds, at 16 kHz; and when speech ends."""
    path = tmp_path_factory.mktemp("vad") / "a.wav"
    line = Speech(text="Tea is good for you, even in the morning.", language="en")
    EspeakVoice(EspeakVoice.Options()).speak(line, path)
    spoken, rate = read_wav(path)
    times = np.arange(0, len(spoken) / rate, 1 / 16_000)
    spoken = np.interp(times, np.arange(len(spoken)) / rate, spoken[:, 0])
    whole = np.concatenate([np.zeros(16_000), spoken, np.zeros(32_000)])
    whole += np.random.default_rng(0).normal(0, 0.001, len(whole))
    return whole.astype(np.float32), 1 + len(spoken) / 16_000


def blocks(sound: Any, size: int) -> Iterator[Any]:
    for at in range(0, len(sound), size):
        yield sound[at : at + size]


def test_speech_is_told_from_silence_in_blocks_of_any_size(speech: Any) -> None:
    sound, end = speech
    vad = door.load("vad", "silero", VadSettings())
    heard = np.array(list(vad.listen(blocks(sound, 16_000))))
    assert len(heard) == -(-len(sound) // vad.step)
    at = np.arange(len(heard)) * vad.step / 16_000
    assert heard[at < 0.9].max() < 0.3
    assert heard[(at > 1.2) & (at < end - 0.2)].mean() > 0.8
    assert heard[at > end + 0.4].max() < 0.3
    assert list(vad.listen(blocks(sound, 333))) == heard.tolist()
    assert list(vad.listen(iter([]))) == []
    assert vad.key()["provider"] == "silero"
