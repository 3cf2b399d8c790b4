"""Sound: noise under a voice is taken away, what is wrong with a sound is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from reelwright.edit.enhance.sound import listen_to
from reelwright.edit.enhance.voice import quieten, spectra
from reelwright.media.sound import write_wav

RATE = 48_000


def voice(seconds: float) -> np.ndarray:
    """Syllables of a gliding voice with pauses between them."""
    t = np.arange(int(seconds * RATE)) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 25 * np.sin(3 * t)) / RATE
    tone = sum(np.sin(n * pitch) / n for n in range(1, 16))
    loud = np.clip(np.sin(2 * np.pi * 2.2 * t), 0, 1) * (np.sin(2 * np.pi * 0.4 * t) > -0.3)
    return (0.12 * tone * loud).astype(np.float32)


def ratio(found: np.ndarray, clean: np.ndarray) -> float:
    share = float(found @ clean / (clean @ clean))
    error = found - share * clean
    return float(10 * np.log10(share**2 * (clean @ clean) / (error @ error)))


@pytest.mark.parametrize("size", [0.01, 0.03])
def test_noise_under_a_voice_is_lower_and_nothing_is_lost(size: float):
    clean = voice(5)
    noise = np.random.default_rng(1).normal(0, size, len(clean)).astype(np.float32)
    given = (clean + noise)[:, None].repeat(2, axis=1)
    power = np.median(spectra(noise), axis=0) / np.log(2)
    whole = np.concatenate(list(quieten(iter([given]), power)))
    parts = np.concatenate(list(quieten(iter(np.split(given, [700, 90_001])), power)))
    assert whole.shape == given.shape
    assert np.allclose(whole, parts, atol=1e-6)
    assert ratio(whole[:, 0], clean) > ratio(given[:, 0], clean) + 4


def test_hum_and_cut_peaks_are_heard(tmp_path: Path):
    t = np.arange(6 * RATE) / RATE
    hum = 0.03 * np.sin(2 * np.pi * 50 * t) + 0.02 * np.sin(2 * np.pi * 150 * t)
    noise = np.random.default_rng(2).normal(0, 0.004, len(t))
    write_wav(tmp_path / "hum.wav", hum + noise)
    found = listen_to(tmp_path / "hum.wav", 6)
    assert [round(hertz) for hertz in found.hum] == [50, 150]
    assert found.clipped == 0
    write_wav(tmp_path / "cut.wav", np.clip(1.6 * np.sin(2 * np.pi * 200 * t), -0.9, 0.9))
    cut = listen_to(tmp_path / "cut.wav", 6)
    assert cut.clipped > 0.05
    assert not cut.hum
    assert not cut.noisy
