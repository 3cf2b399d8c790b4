"""Noise under a voice, taken out without being told what the noise is.

Each spectrum is weighed by the log-spectral amplitude estimator of Ephraim and Malah (1985), its
signal-to-noise ratio decided from one spectrum to the next (theirs, 1984), while the noise is
followed through speech by how probable speech is in each line (Gerkmann and Hendriks 2012). What is
left of the noise sounds like the noise did, only lower.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_SIZE, _HOP = 1024, 512
_FLOOR = 10 ** (-18 / 20)
"""What noise is brought down to at most: silence between words would sound cut out."""
_GROWS = 2.0
"""How much stronger noise may be than it was in the pauses: held vowels are no noise."""
_FOLLOW = 0.93
"""How much of the ratio is taken from the spectrum before."""
_LEAST = 10 ** (-25 / 10)
_SPEECH = 10 ** (15 / 10)
"""The ratio that speech, where there is some, usually has to the noise."""


def quieten(blocks: Iterable[Floats], noise: Floats) -> Iterator[Floats]:
    """Sound with less noise, sample by sample as long as it was.

    Args:
        blocks: length × channels, 48 kHz, any length each.
        noise: its power to begin with, in each of the lines that `spectra` gives.
    """
    window = np.sqrt(np.hanning(_SIZE + 1)[:_SIZE]).astype(np.float32)
    held: Any = None
    tail: Any = None
    state = _State(noise)
    skip, given, taken = _SIZE - _HOP, 0, 0
    for block, ending in _and_end(blocks):
        if held is None:
            held = np.zeros((_SIZE - _HOP, block.shape[1]), np.float32)
            tail = np.zeros((_SIZE - _HOP, block.shape[1]), np.float32)
        taken += 0 if ending else len(block)
        held = np.concatenate([held, block])
        done: list[Floats] = []
        while len(held) >= _SIZE:
            spectrum = np.fft.rfft(held[:_SIZE] * window[:, None], axis=0)
            # One gain for all channels, or places would wander.
            gain = state.gain((np.abs(spectrum) ** 2).mean(axis=1))
            back = np.fft.irfft(spectrum * gain[:, None], _SIZE, axis=0).astype(np.float32)
            back *= window[:, None]
            back[: len(tail)] += tail
            done.append(back[:_HOP])
            tail = back[_HOP:]
            held = held[_HOP:]
        if done:
            out = np.concatenate(done)[skip:]
            skip = 0
            out = out[: max(0, taken - given)]
            given += len(out)
            yield out


def _and_end(blocks: Iterable[Floats]) -> Iterator[tuple[Floats, bool]]:
    """The blocks, and then enough silence to push out what is held."""
    last = None
    for last in blocks:
        yield last, False
    if last is not None:
        yield np.zeros((_SIZE, last.shape[1]), np.float32), True


def spectra(samples: Floats) -> Floats:
    """The power of each line a hundred times a second or so: n × lines, of mono sound."""
    window = np.sqrt(np.hanning(_SIZE + 1)[:_SIZE]).astype(np.float32)
    if len(samples) < _SIZE:
        return np.zeros((0, _SIZE // 2 + 1), np.float32)
    cut = np.lib.stride_tricks.sliding_window_view(samples, _SIZE)[::_HOP]
    return (np.abs(np.fft.rfft(cut * window, axis=1)) ** 2).astype(np.float32)


class _State:
    """What is known of the noise and of the spectrum before."""

    def __init__(self, noise: Floats) -> None:
        self.noise = np.maximum(noise.astype(np.float64), 1e-12)
        self.most = _GROWS * self.noise
        self.likely = np.full(len(noise), 0.5)
        self.clean = np.zeros(len(noise))

    def gain(self, power: Any) -> Any:
        from scipy.special import exp1

        ratio = power / self.noise
        odds = (1 + _SPEECH) * np.exp(-np.minimum(ratio, 60) * _SPEECH / (1 + _SPEECH))
        speech = 1 / (1 + odds)
        self.likely = 0.9 * self.likely + 0.1 * speech
        # Where speech seems to be all the time, it is the noise that became louder.
        speech = np.where(self.likely > 0.99, np.minimum(speech, 0.99), speech)
        self.noise = 0.8 * self.noise + 0.2 * (speech * self.noise + (1 - speech) * power)
        self.noise = np.clip(self.noise, 1e-12, self.most)
        after = np.minimum(power / self.noise, 1e4)
        before = _FOLLOW * self.clean / self.noise + (1 - _FOLLOW) * np.maximum(after - 1, 0)
        before = np.maximum(before, _LEAST)
        share = before / (1 + before)
        gain = share * np.exp(0.5 * exp1(np.maximum(share * after, 1e-8)))
        gain = np.clip(gain, _FLOOR, 1.0)
        self.clean = gain**2 * power
        return gain
