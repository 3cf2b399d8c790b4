"""Denoisers compared on a clip's own pictures, without a clean one to compare with.

The noisy picture y is made noisier in two ways, y + a·z and y − z/a, where z is new noise like its
own. What was added to the two has nothing in common (Pang et al. 2021, "Recorrupted-to-
Recorrupted"), so how far a denoiser's answer to the first lies from the second tells, but for a
constant, how far it lies from the clean picture nobody has. The same holds for mixtures of answers,
and theirs follow from how the errors of each two go together, so that the best is simply computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import sqrt
from typing import Any

import numpy as np

from reelwright.edit.enhance import noise
from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Picture

MORE = 0.5
"""How much of the new noise is added to what is denoised."""
HARDER = sqrt(1 + MORE * MORE)
"""How much stronger the noise is then."""
_COLOURED = 0.57
"""Noise in colours of half the size, in shares of luma's, from which on it came in there: what was
in red, green and blue alike has lost half of it by being halved."""
_CROP = (288, 384)
"""Height and width, at most, of what is tried."""
_PLACES = ((0.5, 0.5), (0.25, 0.75), (0.75, 0.25))
"""Where of what a picture has to spare that lies, down and across; run after run."""
_WORTH = 0.002
"""Of the noise's square: what a mixture of two must win, since it takes as long as both."""
_WEIGHED = np.sqrt([6 / 8, 1 / 8, 1 / 8])[:, None] * np.array(
    [[0.2126, 0.7152, 0.0722], [-0.1146, -0.3854, 0.5], [0.5, -0.4542, -0.0458]]
)
"""RGB → luma and two colours (BT.709), luma counting six times as much as a colour, as is usual
where pictures in colour are judged."""


@dataclass(frozen=True)
class Mixture:
    """What does best: one denoiser, or two mixed.

    Attributes:
        first: its name.
        second: the other's; empty where there is none.
        share: of the first, 0 to 1.
    """

    first: str
    second: str = ""
    share: float = 1.0

    @property
    def names(self) -> str:
        """For people: what it is of."""
        return f"{self.first} and {self.second}, mixed" if self.second else self.first

    def told(self) -> str:
        """The same, with how much of each."""
        return self.names + (f" {self.share:.0%} to {1 - self.share:.0%}" if self.second else "")


def best_of(names: Sequence[str], errors: Any, sigma: float) -> Mixture:
    """The best denoiser; or the best two, mixed, where that is worth it.

    Args:
        names: of denoisers.
        errors: what `try_all` gives, or a mean of such.
        sigma: standard deviation of the noise in luma, of 255.
    """
    own = np.diag(errors)
    best = int(np.argmin(own))
    found, least = Mixture(names[best]), float(own[best]) - _WORTH * sigma**2
    for one, two in combinations(range(len(names)), 2):
        apart = float(own[one] + own[two] - 2 * errors[one, two])
        if apart <= 1e-6:
            continue
        share = round(float(np.clip((own[two] - errors[one, two]) / apart, 0, 1)), 2)
        loss = float(own[two] + share * (share * apart - 2 * (own[two] - errors[one, two])))
        if 0 < share < 1 and loss < least:
            found, least = Mixture(names[one], names[two], share), loss
    return found


def ranked(names: Sequence[str], errors: Any) -> list[str]:
    """The names of denoisers, the best first."""
    order = np.argsort(np.diag(errors), kind="stable")
    return [names[int(place)] for place in order]


def try_runs(
    filters: Mapping[str, Filter], runs: Sequence[Sequence[Picture]], *, halved: bool
) -> Any:
    """The mean over runs of what `try_all` gives for a part of each, always another one."""
    found = [
        try_all(list(filters.values()), _cropped(run, number), number, halved)
        for number, run in enumerate(runs)
    ]
    return np.mean(found, axis=0)


def try_all(
    filters: Sequence[Filter], run: Sequence[Picture], seed: int, halved: bool = False
) -> Any:
    """How the errors of filters go together.

    Args:
        filters: for noise that is `HARDER` than that of the pictures.
        run: neighbouring pictures, with their noise. The middle one is judged.
        seed: of the noise that is added.
        halved: whether the pictures held their colours at half the size.

    Returns:
        n × n: the mean product of what each two miss the clean picture by, plus a constant that is
        the same everywhere.
    """
    random = np.random.default_rng(seed)
    draw = _halved_noise(run) if halved else _noise(run)
    middle = len(run) // 2
    noisier: list[Picture] = []
    target: Any = None
    for number, picture in enumerate(run):
        new = draw(random, picture.rgb.shape)
        values = picture.rgb + MORE * new
        noisier.append(picture.showing(np.clip(np.round(values), 0, 255).astype(np.uint8)))
        if number == middle:
            target = picture.rgb - new / MORE
    misses: list[Any] = []
    for step in filters:
        found = next(islice(step.run(iter(noisier)), middle, None))
        misses.append(((found.rgb - target) @ _WEIGHED.T).ravel())
    together = np.stack(misses)
    return together @ together.T / (target.shape[0] * target.shape[1])


def is_halved(pictures: Sequence[Picture]) -> bool:
    """Whether noise came into colours of half the size, and not before they were halved.

    Enlarged, such noise is spots, which denoisers take for detail: they work on the halved colours.
    """
    luma, colour = _halved_spread(pictures)
    # Blue and red of YCbCr (BT.709), from blue and red less luma.
    parts = sqrt(colour[2, 2]) / 1.8556, sqrt(colour[0, 0]) / 1.5748
    return sum(parts) / 2 > _COLOURED * luma


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


def _cropped(run: Sequence[Picture], number: int) -> list[Picture]:
    """A part of each picture, in the place that is this run's turn."""
    high, wide = run[0].rgb.shape[:2]
    rows, columns = min(high, _CROP[0]), min(wide, _CROP[1])
    down, across = _PLACES[number % len(_PLACES)]
    # Even, since colours are halved in pairs of pixels.
    top, left = (round(part) // 2 * 2 for part in ((high - rows) * down, (wide - columns) * across))
    return [
        Picture(
            np.ascontiguousarray(picture.rgb[top : top + rows, left : left + columns]),
            picture.at,
            picture.shot,
        )
        for picture in run
    ]
