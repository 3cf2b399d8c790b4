"""Denoisers made of ffmpeg's filters, behind averaging along movement or alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reelwright.edit.enhance import graphs
from reelwright.edit.enhance.averaging import REACH, average
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Picture


class Denoise(Filter):
    """A line of ffmpeg's filters, behind averaging along movement or alone."""

    name = "denoise"
    version = 2
    memory = 10
    pixels = "yuv444p"
    """The kind of pixels that ffmpeg's filters work on."""

    def __init__(
        self, label: str, steps: graphs.Steps, *, sigma: float, averages: bool = False
    ) -> None:
        self.label = label
        self.steps = tuple(steps)
        self.sigma = round(sigma, 2)
        self.averages = averages

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        steps = [list(step) for step in self.steps]
        averages = self.averages and self.sigma
        return {"steps": steps, "averages": averages, "reach": REACH, "pixels": self.pixels}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        if self.averages:
            pictures = average(pictures, self.sigma)
        if not self.steps:
            return pictures
        return graphs.run_shots(pictures, self.steps, pixels=self.pixels)

    def told(self) -> str:
        """See `Filter.told`."""
        return f"denoise: {self.label}, noise {self.sigma:.1f} of 255"


def _nlmeans(strength: float, patch: int, search: int = 11) -> graphs.Steps:
    return (("nlmeans", f"s={max(1.0, strength):.2f}:p={patch}:r={search}"),)


def _fftdnoiz(strength: float) -> graphs.Steps:
    return (("fftdnoiz", f"sigma={strength:.2f}:prev=1:next=1:overlap=0.6"),)


def _still(sigma: float) -> Filter:
    return Denoise("nlmeans", _nlmeans(0.8 * sigma, 7), sigma=sigma)


def _wide(sigma: float) -> Filter:
    return Denoise("nlmeans-wide", _nlmeans(0.62 * sigma, 7, 15), sigma=sigma)


def _fine(sigma: float) -> Filter:
    return Denoise("nlmeans-fine", _nlmeans(0.53 * sigma, 5), sigma=sigma)


def _fft(sigma: float) -> Filter:
    return Denoise("fftdnoiz", _fftdnoiz(3 * sigma), sigma=sigma)


def _steady(sigma: float) -> Filter:
    near = min(0.3, 3.4 * sigma / 255)
    told = ":".join(f"{plane}a={near:.4f}:{plane}b={min(5.0, 5 * near):.4f}" for plane in range(3))
    return Denoise("atadenoise", (("atadenoise", f"{told}:s=9"),), sigma=sigma)


def _motion(sigma: float) -> Filter:
    return Denoise("motion", _nlmeans(0.27 * sigma, 5, 7), sigma=sigma, averages=True)


def _strong_motion(sigma: float) -> Filter:
    steps = _nlmeans(0.4 * sigma, 7, 9)
    return Denoise("motion-strong", steps, sigma=sigma, averages=True)


def _motion_fft(sigma: float) -> Filter:
    return Denoise("motion-fft", _fftdnoiz(1.2 * sigma), sigma=sigma, averages=True)


NAMES: dict[str, Callable[[float], Filter]] = {
    "nlmeans": _still,
    "nlmeans-wide": _wide,
    "nlmeans-fine": _fine,
    "fftdnoiz": _fft,
    "atadenoise": _steady,
    "motion": _motion,
    "motion-strong": _strong_motion,
    "motion-fft": _motion_fft,
}
"""Name → the denoiser for noise of a standard deviation in luma, of 255."""
