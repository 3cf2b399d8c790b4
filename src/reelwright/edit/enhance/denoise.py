"""Noise taken out by the denoiser that does best on each shot: no single one wins everywhere.

Each is tried on sample pictures (`trial`); what is taken is the best of them, or the best two,
mixed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import tee
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.errors import SettingError, nearest
from reelwright.edit.enhance import graphs, trial
from reelwright.edit.enhance.averaging import REACH, average
from reelwright.edit.enhance.filters import Filter, keys_of
from reelwright.edit.enhance.frame import Look, Picture, by_shot
from reelwright.edit.enhance.order import Order
from reelwright.store import atomic
from reelwright.store.steps import Step

SEEN = 1.3
"""Deviation, of 255, under which noise is not seen, and denoising could only take detail."""


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
        self.why = ""

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
        return f"denoise: {self.label}, noise {self.sigma:.1f} of 255{self.why}"


def _nlmeans(strength: float, patch: int, search: int = 11) -> graphs.Steps:
    return (("nlmeans", f"s={max(1.0, strength):.2f}:p={patch}:r={search}"),)


def _fftdnoiz(strength: float) -> graphs.Steps:
    return (("fftdnoiz", f"sigma={strength:.2f}:prev=1:next=1:overlap=0.8"),)


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


def denoisers() -> dict[str, Callable[[float], Filter]]:
    """Those of `NAMES`, and our own network where it came with the package."""
    from reelwright.edit.enhance.denoise_network import SHIPPED, NetworkDenoise

    return NAMES | ({"network": NetworkDenoise} if SHIPPED.is_dir() else {})


def plan_denoise(look: Look, order: Order) -> Filter | str:
    """The denoiser asked for, or the best of all for this clip; or why none is needed.

    Raises:
        SettingError: there is no denoiser of that name, and no model's folder.
        ModelError: the folder holds no denoiser.
    """
    wanted = order.denoise
    known = denoisers()
    if Path(wanted).is_dir():
        from reelwright.edit.enhance.denoise_network import NetworkDenoise

        return NetworkDenoise(max(look.noise, SEEN), Path(wanted), look.steps.progress.say)
    if wanted != "auto" and wanted not in known:
        raise SettingError(
            f'there is no denoiser "{wanted}"',
            where="denoise",
            hint=f"{nearest(wanted, ['auto', *known])}, or the folder of a trained denoiser",
        )
    if look.noise < SEEN and wanted == "auto":
        return f"denoise: left alone, its noise ({look.noise:.1f} of 255) is hardly seen"
    sigma = max(look.noise, SEEN)
    halved = _is_halved(look)
    if wanted != "auto":
        return _build(known[wanted], sigma, halved)
    losses = _tried(look, sigma, known, halved)
    best = min(losses, key=lambda name: losses[name])
    chosen = _build(known[best], sigma, halved)
    # Of every kind of them.
    vars(chosen)["why"] = f"; the best of {len(losses)} tried on this clip"
    return chosen


def _is_halved(look: Look) -> bool:
    """Whether noise came into colours of half the size, and not before they were halved.

    Enlarged, such noise is spots, which denoisers take for detail: they work on the halved colours.
    """
    if not look.halves_colour:
        return False
    luma, colour = _halved_spread([run[0] for run in look.runs])
    # Blue and red of YCbCr (BT.709), from blue and red less luma.
    parts = sqrt(colour[2, 2]) / 1.8556, sqrt(colour[0, 0]) / 1.5748
    return sum(parts) / 2 > _COLOURED * luma


def _build(builder: Callable[[float], Filter], sigma: float, halved: bool) -> Filter:
    """A denoiser that works on colours of half the size, or on whole ones."""
    found = builder(sigma)
    if halved:
        vars(found)["pixels"] = "yuv420p"
    return found


def _tried(
    look: Look, sigma: float, known: Mapping[str, Callable[[float], Filter]], halved: bool
) -> dict[str, float]:
    """What each denoiser misses the clean picture by, on sample pictures; remembered."""
    strength = sigma * sqrt(1 + _A * _A)
    candidates = {name: _build(builder, strength, halved) for name, builder in known.items()}

    def make(out: Path) -> None:
        losses = dict.fromkeys(candidates, 0.0)
        for number, run in enumerate(look.runs):
            look.steps.progress.say(f"trying denoisers, sample {number + 1} of {len(look.runs)}")
            for name, loss in zip(
                candidates,
                try_all(list(candidates.values()), _cropped(run), number, halved),
                strict=True,
            ):
                losses[name] += loss
        atomic.write_text(out, json.dumps(losses))

    params = {
        "filters": keys_of(list(candidates.values())),
        "changes": [str(at) for at in look.changes],
        "sigma": round(sigma, 3),
    }
    step = Step("denoisers", 2, make, params, (look.path,), ".json", look.path.name)
    return json.loads(look.steps.run(step).read_bytes())


def try_all(
    filters: Sequence[Filter], run: Sequence[Picture], seed: int, halved: bool = False
) -> list[float]:
    """The mean square that each filter misses the clean middle picture of a run by, but for a
    constant that is the same for all.

    Args:
        run: neighbouring pictures, with their noise.
        seed: of the noise that is added.
        halved: whether the pictures held their colours at half the size.
    """
    random = np.random.default_rng(seed)
    draw = _halved_noise(run) if halved else _noise(run)
    middle = len(run) // 2
    noisier: list[Picture] = []
    target: Any = None
    for number, picture in enumerate(run):
        new = draw(random, picture.rgb.shape)
        values = picture.rgb + _A * new
        noisier.append(picture.showing(np.clip(np.round(values), 0, 255).astype(np.uint8)))
        if number == middle:
            target = picture.rgb - new / _A
    losses: list[float] = []
    for step in filters:
        found = next(islice(step.run(iter(noisier)), middle, None))
        losses.append(float(np.mean((found.rgb - target) ** 2)))
    return losses


Draw = Callable[[np.random.Generator, tuple[int, ...]], Any]
"""Gives new noise like that of some pictures, for a shape of height × width × 3."""


def _noise(run: Sequence[Picture]) -> Draw:
    """White noise that varies together in the three channels as the pictures' does."""
    spread = _root(np.mean([noise.covariance(picture.rgb) for picture in run], axis=0))
    return lambda random, shape: random.standard_normal(shape) @ spread.T


def _halved_noise(run: Sequence[Picture]) -> Draw:
    """White noise in luma, and in colours of half the size, which the pictures have enlarged."""
    import cv2

    luma, covariance = _halved_spread(run)
    spread = _root(covariance)

    def draw(random: np.random.Generator, shape: tuple[int, ...]) -> Any:
        high, wide = shape[:2]
        small = random.standard_normal((-(-high // 2), -(-wide // 2), 3)) @ spread.T
        size = (small.shape[1] * 2, small.shape[0] * 2)
        large = cv2.resize(small, size, interpolation=cv2.INTER_LINEAR)
        return luma * random.standard_normal((high, wide, 1)) + large[:high, :wide]

    return draw


def _halved_spread(run: Sequence[Picture]) -> tuple[float, Any]:
    """The deviation of luma's noise, and how that of red, green and blue less luma varies together
    (3 × 3) in colours of half the size."""
    import cv2

    luma = float(np.mean([noise.noise_of(noise.luma_of(picture)) for picture in run]))
    halves = [
        np.asarray(cv2.resize(p.rgb, (p.width // 2, p.height // 2), interpolation=cv2.INTER_AREA))
        for p in run
    ]
    found = np.mean([noise.covariance(half) for half in halves], axis=0)
    # What is left of a colour's noise when luma's is taken out of it.
    colour = np.eye(3) - np.outer(np.ones(3), noise.LUMA)
    return luma, colour @ found @ colour.T


def _root(covariance: Any) -> Any:
    """What turns white noise of three channels into noise that varies together so (3 × 3)."""
    # A little more than nothing, so that there is a root of it.
    return np.linalg.cholesky(covariance + 1e-3 * np.eye(3))


def _cropped(run: Sequence[Picture]) -> list[Picture]:
    """The middle of each picture."""
    high, wide = run[0].rgb.shape[:2]
    rows, columns = min(high, _CROP[0]), min(wide, _CROP[1])
    top, left = (high - rows) // 2, (wide - columns) // 2
    return [
        Picture(
            np.ascontiguousarray(picture.rgb[top : top + rows, left : left + columns]),
            picture.at,
            picture.shot,
        )
        for picture in run
    ]
