"""`task=background`: endless new footage from a few seconds of water, fire, clouds, traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from reelwright.core.errors import DataError, InputError
from reelwright.core.time import format_rate, parse_rate, to_frames
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.folder import EXPORTED, Card, read_weights, save_model
from reelwright.learn.frames import imagining, paths, planes, subspace, weaving
from reelwright.learn.frames.filming import KEPT, Filmed, keep, look
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.kind import Run

if TYPE_CHECKING:
    from reelwright.learn.frames.dynamics import Dynamics
    from reelwright.learn.kind import Kind

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

ACROSS = 16
"""Pixels across of the frames that codes are made of: what is finer comes from real moments."""
CELLS = (64, 36)
_FADE, _LONG = 0.8, 1.6
"""Seconds over which a jump is hidden, where the clip is long enough; and where it hardly comes
back to what it has shown."""
_SEEN = 4.0
"""What is seen of a good jump, by what usually changes from frame to frame, from which on a person
should be told that the clip hardly comes back."""
_DYNAMICS = "dynamics."


@dataclass(frozen=True)
class Wish:
    """What footage is asked for.

    Attributes:
        seconds: how long.
        loop: whether its end goes over into its beginning.
        seed: other seeds, other footage.
        strength: how far frames follow the imagined codes rather than the moments they come from.
    """

    seconds: float = 30.0
    loop: bool = True
    seed: int = 0
    strength: float = 0.5


def train(data: Sequence[Path], settings: FrameSettings, run: Run) -> dict[str, float]:
    """Learn how one clip goes on, and write the model folder with the clip in it."""
    from reelwright.learn.devices import seed_everything
    from reelwright.learn.frames.dynamics import DynamicsTask
    from reelwright.learn.trainer import fit
    from reelwright.learn.weights import weights_of

    if len(data) != 1 or data[0].is_dir():
        raise DataError(
            "a living background is learnt from one clip",
            hint="give --data one video; set task=predict to learn from many",
        )
    path = data[0]
    run.progress.say(f"looking at {path.name}")
    filmed = look(path)
    kept = run.folder / KEPT
    keep(path, filmed, kept)
    rows, cells = _small(kept, filmed)
    notes, fade = list(filmed.notes), _fade(len(rows), _FADE * filmed.rate)
    if not _comes_back(cells.astype(np.float32), fade):
        fade = _fade(len(rows), _LONG * filmed.rate)
        notes.append(
            "the clip hardly comes back to what it has shown, so going back will be seen as slow "
            "dissolves; a longer clip, or one of what stays in its place, does better"
        )
    for note in notes:
        run.progress.say(note)
    basis, codes, share = subspace.fit(rows, min(settings.code, len(rows) // 4))
    run.progress.say(f"{codes.shape[1]} numbers a frame hold {share:.0%} of what changes")
    seed_everything(settings.seed)
    task = DynamicsTask(codes, settings)
    done = fit(task, settings, run, fingerprint("frames", settings, data))
    weights = weights_of(task.network)
    for name in weights:
        if not np.isfinite(weights[name]).all():
            raise DataError("nothing could be learnt from it", where=str(path))
    facts = {
        "size": list(filmed.size),
        "rate": format_rate(filmed.rate),
        "frames": len(codes),
        "share": share,
        "fade": fade,
    }
    card = Card(
        data=describe_data(data, len(codes), "frames"),
        split="the last 15 % of the clip are held out",
        metric="squared error of the next code, whose numbers have the variance 1",
        licence=run.licence,
        command=run.command,
        notes=["What is made with it is synthesised and counts as AI-made.", *notes],
    )
    scores = {**done.scores, "share": share}
    arrays = {f"{_DYNAMICS}{name}": value for name, value in weights.items()}
    arrays |= {"mean": basis.mean, "parts": basis.parts, "codes": codes, "cells": cells}
    save_model(run.folder, "frames", 1, settings, facts, arrays, scores, card)
    # So that footage is made without torch.
    export(task.network, run.folder / EXPORTED)
    return scores


def export(network: Any, path: Path) -> float:
    """Write the step of the codes as ONNX; see `Kind.export_onnx`."""
    import torch

    from reelwright.learn.frames.dynamics import INPUTS, OUTPUTS
    from reelwright.learn.onnx import export as write

    sizes = (network.size, network.size, network.width, network.width)
    example = tuple(torch.full((2, size), 0.1) for size in sizes)
    axes = {name: {0: "batch"} for name in (*INPUTS, *OUTPUTS)}
    return write(network, example, (INPUTS, OUTPUTS), axes, path)


class Background:
    """A trained living background.

    Args:
        model: of the kind `frames`, with `task=background`.
    """

    def __init__(self, model: Kind) -> None:
        facts = model.config.facts
        self.folder = model.folder
        self.settings = FrameSettings.model_validate(model.config.settings)
        self.size: tuple[int, int] = tuple(facts["size"])
        self.rate, self.fade = parse_rate(facts["rate"]), int(facts["fade"])
        self.weights = read_weights(model.folder)

    def network(self) -> Dynamics:
        """The network of the codes, in torch."""
        from reelwright.learn.frames.dynamics import Dynamics
        from reelwright.learn.weights import load_into

        network = Dynamics(self.weights["codes"].shape[1], self.settings.width)
        own = {n: value for n, value in self.weights.items() if n.startswith(_DYNAMICS)}
        load_into(network, {name.removeprefix(_DYNAMICS): value for name, value in own.items()})
        return network

    def step(self) -> Callable[..., dict[str, np.ndarray]]:
        """How codes go on: by the ONNX file where there is one, without torch."""
        exported = self.folder / EXPORTED
        if exported.is_file():
            from reelwright.learn.session import Session

            return Session(exported).run
        from reelwright.learn.frames.dynamics import as_step

        return as_step(self.network())

    def clip(self) -> Iterator[Bytes]:
        """The frames it was learnt from (I420)."""
        return planes.decode(self.folder / KEPT)

    def frames(self, wish: Wish) -> Iterator[Bytes]:
        """New footage, frame by frame (I420).

        The clip's frames are kept as bytes while it is made: 1.4 MB each at 720p.
        """
        codes = self.weights["codes"]
        number = to_frames(Fraction(wish.seconds).limit_denominator(1000), self.rate)
        shortest = 2 * self.fade + 2
        if number < shortest:
            raise InputError(
                f"{wish.seconds:g} s are too short for footage of this clip",
                hint=f"ask for at least {shortest / float(self.rate):.1f} s",
            )
        chance = np.random.default_rng([wish.seed, 17])
        close = min(self.fade, number // 4) if wish.loop else 0
        wanted = imagining.imagine(
            self.step(), codes, self.settings.width, number, chance, close=close
        )
        cells = self.weights["cells"].astype(np.float32)
        costs = paths.Costs(paths.going_over(cells, self.fade), codes, self.fade)
        path = paths.find_path(costs, wanted, wish.loop)
        basis = subspace.Subspace(self.weights["mean"], self.weights["parts"])
        clip = np.empty((len(codes), self.size[1] * 3 // 2, self.size[0]), np.uint8)
        for index, frame in enumerate(self.clip()):
            clip[min(index, len(clip) - 1)] = frame
        small = planes.small_size(*self.size, ACROSS)
        material = weaving.Material(clip, cells, codes, basis, small)
        return weaving.weave(material, path, wanted, self.fade, wish.strength)


def _small(kept: Path, filmed: Filmed) -> tuple[Floats, Bytes]:
    """The kept clip as rows for codes, and as small frames for seams."""
    small = planes.small_size(*filmed.size, ACROSS)
    rows, cells = list[Any](), list[Bytes]()
    for frame in planes.decode(kept):
        rows.append(planes.shrink(frame, small).ravel())
        cells.append(planes.shrink(frame, CELLS))
    return np.stack(rows).astype(np.float32), np.stack(cells)


def _fade(count: int, frames: float) -> int:
    return max(4, min(round(frames), count // 4) // 2 * 2)


def _comes_back(cells: Floats, fade: int) -> bool:
    """Whether the clip has moments that can follow others than those before them."""
    return paths.good_jump(paths.jump_costs(paths.going_over(cells, fade), fade)) < _SEEN
