"""Noise taken out by what does best on each shot: no single denoiser wins everywhere.

All are tried on sample pictures of the clip (`trial`), the best few of them on each of its shots;
what is taken is the best one there, or the best two, mixed. Shots without noise are left alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import islice, pairwise, tee
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from reelwright.core.errors import SettingError, nearest
from reelwright.edit.enhance import noise, trial
from reelwright.edit.enhance.denoise_classical import NAMES, Denoise
from reelwright.edit.enhance.filters import Filter, keys_of
from reelwright.edit.enhance.frame import Look, Picture, by_shot
from reelwright.edit.enhance.order import Order
from reelwright.edit.enhance.trial import Mixture
from reelwright.store import atomic
from reelwright.store.steps import Step

SEEN = 1.3
"""Deviation, of 255, under which noise is not seen, and denoising could only take detail."""
_SHOTS = 8
"""Shots that are looked at for themselves, at most: the longest."""
_FEW = 3
"""Of all denoisers, the best so many are tried on each shot."""
_LENGTH = 7
"""Pictures that they are tried on: as many as averaging looks at."""

Builder = Callable[[float], Filter]
"""Noise's standard deviation in luma, of 255 → a denoiser for it."""


class Mixed(Filter):
    """The mean of what two filters make of the same pictures, weighed."""

    name: ClassVar[str] = "denoise-mixed"
    version: ClassVar[int] = 1

    def __init__(self, first: Filter, second: Filter, share: float) -> None:
        self.first, self.second, self.share = first, second, share
        vars(self)["memory"] = max(first.memory, second.memory)

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        return {"mixed": keys_of([self.first, self.second]), "share": self.share}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        for_first, for_second = tee(pictures)
        one, two = self.first.run(for_first), self.second.run(for_second)
        share = np.float32(self.share)
        for a, b in zip(one, two, strict=True):
            values = share * a.rgb + (1 - share) * b.rgb
            yield a.showing(np.rint(values).astype(np.uint8))

    def told(self) -> str:
        """See `Filter.told`."""
        return f"{self.first.told()} and {self.second.told()}, {self.share:.0%} of the first"


class ByShot(Filter):
    """For each shot a filter of its own, or none.

    Args:
        usual: for shots that are not named.
        shots: number of a shot → what is done to it.
        told: one sentence for people.
    """

    name: ClassVar[str] = "denoise-by-shot"
    version: ClassVar[int] = 1

    def __init__(self, usual: Filter, shots: Mapping[int, Filter | None], told: str) -> None:
        self.usual, self.shots, self._told = usual, shots, told
        every = [usual, *(each for each in shots.values() if each)]
        vars(self)["memory"] = max(each.memory for each in every)

    def of(self, shot: int) -> Filter | None:
        """What is done to a shot."""
        return self.shots.get(shot, self.usual)

    def key(self) -> Mapping[str, Any]:
        """See `Filter.key`."""
        shots = {str(shot): keys_of([each] if each else []) for shot, each in self.shots.items()}
        return {"usual": keys_of([self.usual]), "shots": shots}

    def run(self, pictures: Iterator[Picture]) -> Iterator[Picture]:
        """See `Filter.run`."""
        for shot in by_shot(pictures):
            first = next(shot)
            step = self.of(first.shot)
            given = _with_rest(first, shot)
            yield from step.run(given) if step else given

    def told(self) -> str:
        """See `Filter.told`."""
        return self._told


def denoisers() -> dict[str, Builder]:
    """Those of `NAMES`, and our own network where it came with the package."""
    from reelwright.edit.enhance.denoise_network import SHIPPED, NetworkDenoise

    if not SHIPPED.is_dir():
        return NAMES
    return NAMES | {
        "network": NetworkDenoise,
        "motion-network": partial(NetworkDenoise, averages=True),
    }


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
    # As cameras and codecs leave it where colours have half the size.
    halved = look.halves_colour and trial.is_halved(look.samples)
    if wanted != "auto":
        return _build(known[wanted], max(look.noise, SEEN), halved)
    usual, shots = _choices(look, known, halved)
    picks = {
        shot: _mix(choice, known, halved) if choice.sigma >= SEEN else None
        for shot, choice in shots.items()
    }
    told = _told([*(shots.values() or [usual])], len(known))
    return ByShot(_mix(usual, known, halved), picks, told)


@dataclass(frozen=True)
class _Choice:
    """What does best where the noise has a standard deviation of `sigma`."""

    mixture: Mixture
    sigma: float


def _told(choices: Sequence[_Choice], tried: int) -> str:
    kinds = Counter("" if each.sigma < SEEN else each.mixture.names for each in choices)
    if len(choices) == 1:
        said = choices[0].mixture.told()
    else:
        said = ", ".join(
            f"{names or 'left alone'} (shots: {count})" for names, count in kinds.most_common()
        )
    low, high = (f"{pick(each.sigma for each in choices):.1f}" for pick in (min, max))
    noisy = low if low == high else f"{low} to {high}"
    return f"denoise: {said}, noise {noisy} of 255; the best of {tried} tried on it"


def _build(builder: Builder, sigma: float, halved: bool) -> Filter:
    """A denoiser that works on colours of half the size, or on whole ones."""
    found = builder(sigma)
    if halved and isinstance(found, Denoise):
        found.pixels = "yuv420p"
    return found


def _mix(choice: _Choice, known: Mapping[str, Builder], halved: bool) -> Filter:
    mixture = choice.mixture
    first = _build(known[mixture.first], choice.sigma, halved)
    if not mixture.second:
        return first
    return Mixed(first, _build(known[mixture.second], choice.sigma, halved), mixture.share)


def _choices(
    look: Look, known: Mapping[str, Builder], halved: bool
) -> tuple[_Choice, dict[int, _Choice]]:
    """What does best on the whole clip, and on each shot that was looked at; remembered."""
    sigma = max(look.noise, SEEN)

    def make(out: Path) -> None:
        usual, shots = _try(look, known, sigma, halved)
        atomic.write_text(
            out, json.dumps([asdict(usual), {k: asdict(v) for k, v in shots.items()}])
        )

    params = {
        "filters": keys_of([_build(builder, sigma, halved) for builder in known.values()]),
        "changes": [str(at) for at in look.changes],
        "sigma": round(sigma, 3),
    }
    step = Step("denoisers", 3, make, params, (look.path,), ".json", look.path.name)
    usual, shots = json.loads(look.steps.run(step).read_bytes())
    return _choice(usual), {int(shot): _choice(each) for shot, each in shots.items()}


def _choice(values: Mapping[str, Any]) -> _Choice:
    return _Choice(Mixture(**values["mixture"]), values["sigma"])


def _try(
    look: Look, known: Mapping[str, Builder], sigma: float, halved: bool
) -> tuple[_Choice, dict[int, _Choice]]:
    def tried(names: Sequence[str], runs: Sequence[Sequence[Picture]], level: float) -> Any:
        filters = {name: _build(known[name], level * trial.HARDER, halved) for name in names}
        return trial.try_runs(filters, runs, halved=halved)

    say = look.steps.progress.say
    say(f"trying {len(known)} denoisers")
    names = list(known)
    errors = tried(names, look.runs, sigma)
    usual = _Choice(trial.best_of(names, errors, sigma), round(sigma, 2))
    if not look.changes:
        return usual, {}
    few = trial.ranked(names, errors)[:_FEW]
    shots: dict[int, _Choice] = {}
    for shot, run in _shots(look):
        say(f"trying the best {len(few)} on shot {shot + 1}")
        level = noise.estimate(run[:1])
        mixture = usual.mixture
        if level >= SEEN:
            mixture = trial.best_of(few, tried(few, [run], level), level)
        shots[shot] = _Choice(mixture, round(level, 2))
    return usual, shots


def _shots(look: Look) -> Iterator[tuple[int, Sequence[Picture]]]:
    """The longest shots in order, and neighbouring pictures from the middle of each."""
    from reelwright.edit.enhance.reading import open_clip, read_pictures

    edges = [Fraction(0), *look.changes, Fraction(look.facts.seconds).limit_denominator(1000)]
    lengths = [float(b - a) for a, b in pairwise(edges)]
    longest = sorted(range(len(lengths)), key=lambda shot: -lengths[shot])[:_SHOTS]
    clip = replace(open_clip(look.path, look.facts), deep=False)
    for shot in sorted(longest):
        middle = edges[shot] + (edges[shot + 1] - edges[shot]) / 2
        pictures = islice(read_pictures(clip, look.changes, start=middle), _LENGTH)
        run = [picture for picture in pictures if picture.shot == shot]
        if run:
            yield shot, run


def _with_rest(first: Picture, rest: Iterator[Picture]) -> Iterator[Picture]:
    yield first
    yield from rest
