"""`task=predict`: training, judging and using what says which frames come next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from reelwright.core.progress import Progress
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.folder import EXPORTED, Card, read_weights, save_model
from reelwright.learn.frames import figures
from reelwright.learn.frames.clips import HELD_OUT, Clips, read_clips
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.kind import Report, Run

if TYPE_CHECKING:
    from torch import nn

    from reelwright.learn.kind import Kind

Predict = Callable[[np.ndarray], np.ndarray]


def train(data: Sequence[Path], settings: FrameSettings, run: Run) -> dict[str, float]:
    """Fit to the clips in `data` and write the model folder."""
    from reelwright.learn.devices import seed_everything
    from reelwright.learn.frames.predicting import PredictTask
    from reelwright.learn.trainer import fit
    from reelwright.learn.weights import weights_of

    with read_clips(data, settings.past + settings.future, settings.side, run.folder) as clips:
        settings = decided(settings, clips)
        seed_everything(settings.seed)
        task = PredictTask(clips, settings)
        done = fit(task, settings, run, fingerprint("frames", settings, data))
        card = Card(
            data=describe_data(data, len(clips), "clips"),
            split=f"one of {HELD_OUT} clips, at the end of each file, is held out",
            metric="squared error summed over a frame (0 to 1), mean over the predicted frames",
            licence=run.licence,
            command=run.command,
            notes=[f"Codec {settings.codec}, relation {settings.relation}."],
        )
        facts = {"shape": list(clips.shape)}
        save_model(
            run.folder, "frames", 1, settings, facts, weights_of(task.network), done.scores, card
        )
    return done.scores


def decided(settings: FrameSettings, clips: Clips) -> FrameSettings:
    """Settings with nothing left open.

    Raises:
        DataError: the codec does not fit the clips.
    """
    from reelwright.core.errors import DataError

    codec, relation, symmetry = settings.codec, settings.relation, settings.symmetry
    if codec == "auto":
        codec = "layers" if clips.is_things_before_dark() else "vae"
    if codec == "layers" and clips.shape[2] != 1:
        raise DataError(
            "the codec layers is for gray clips; these have colours",
            where=clips.parts[0].name,
            hint="set codec=vae",
        )
    if relation == "auto":
        relation = "lstm" if codec == "layers" else "convlstm"
    if codec == "layers" and relation == "convlstm":
        raise DataError(
            "the codes of the codec layers are no grids, so no ConvLSTM can continue them",
            hint="set relation=lstm or relation=transformer",
        )
    if symmetry == "auto":
        symmetry = "all" if codec == "layers" else "mirror"
    return settings.model_copy(update={"codec": codec, "relation": relation, "symmetry": symmetry})


def load_predictor(model: Kind) -> Predict:
    """The model as a function on arrays: N × past × C × H × W, 0 to 1 → the frames that follow.

    The ONNX file is used where there is one, without torch.
    """
    exported = model.folder / EXPORTED
    if exported.is_file():
        from reelwright.learn.session import Session

        session = Session(exported)
        return lambda past: session.run(past=past)["future"]
    from reelwright.learn.frames.predicting import predictor

    return predictor(_network(model)[0])


def evaluate(model: Kind, data: Sequence[Path], progress: Progress) -> Report:
    """MSE, PSNR and SSIM over all clips in `data`; the last frame copied beside it."""
    settings = FrameSettings.model_validate(model.config.settings)
    predict = load_predictor(model)
    past, length = settings.past, settings.past + settings.future
    rows = np.zeros((settings.future, 4))
    with read_clips(data, length, settings.side, model.folder) as clips:
        check_shape(model, clips)
        places, high, wide = clips.everything(), *clips.shape[:2]
        progress.start("evaluate", len(places))
        for first in range(0, len(places), settings.batch):
            some = clips.get(places[first : first + settings.batch])
            came = some[:, past:].astype(np.float32) / 255
            drawn = predict(as_input(some[:, :past])).transpose(0, 1, 3, 4, 2)[:, :, :high, :wide]
            last = np.broadcast_to(some[:, past - 1 : past].astype(np.float32) / 255, came.shape)
            rows[:, 0] += figures.mse(drawn, came).sum(0)
            rows[:, 1] += figures.psnr(drawn, came).sum(0)
            for index in range(settings.future):
                pairs = zip(drawn[:, index], came[:, index], strict=True)
                rows[index, 2] += sum(figures.ssim(a, b) for a, b in pairs)
            rows[:, 3] += figures.mse(last, came).sum(0)
            progress.advance("evaluate", len(some))
        rows /= len(places)
        progress.finish("evaluate")
    names = ("mse", "psnr", "ssim", "mse_copied")
    values: dict[str, float | int | str] = dict(
        zip(names, (float(x) for x in rows.mean(0)), strict=True)
    )
    table = [
        {"frame": index + 1, **dict(zip(names, (float(x) for x in row), strict=True))}
        for index, row in enumerate(rows)
    ]
    return Report({"clips": len(places), **values}, {"frames": table})


def as_input(clips: np.ndarray) -> np.ndarray:
    """N × T × H × W × C bytes → N × T × C × H × W floats, sides made multiples of 8."""
    high, wide = clips.shape[2:4]
    room = ((0, 0), (0, 0), (0, -high % 8), (0, -wide % 8), (0, 0))
    padded = np.pad(clips, room, mode="edge").transpose(0, 1, 4, 2, 3)
    return np.ascontiguousarray(padded.astype(np.float32) / 255)


def check_shape(model: Kind, clips: Clips) -> None:
    """Raises DataError where clips are not of the size the model was made for."""
    from reelwright.core.errors import DataError

    if list(clips.shape) != model.config.facts["shape"]:
        high, wide, channels = clips.shape
        theirs = "{1}×{0}×{2}".format(*model.config.facts["shape"])
        raise DataError(
            f"its frames are {wide}×{high}×{channels}; the model was made for {theirs}",
            where=clips.parts[0].name,
        )


def roll(predict: Predict, past: np.ndarray, count: int) -> np.ndarray:
    """As many frames as wanted: what is predicted is seen in its turn.

    Args:
        predict: N × past × … → N × future × ….
        past: the last frames seen.
    """
    told: list[np.ndarray] = []
    seen = past
    while sum(piece.shape[1] for piece in told) < count:
        told.append(predict(np.ascontiguousarray(seen)))
        seen = np.concatenate([seen, told[-1]], 1)[:, -past.shape[1] :]
    return np.concatenate(told, 1)[:, :count]


def export(model: Kind, path: Path) -> float:
    """Write the network as ONNX; see `Kind.export_onnx`."""
    import torch

    from reelwright.learn.onnx import export as write

    network, shape = _network(model)
    high, wide = (-(-size // 8) * 8 for size in shape[:2])
    past = model.config.settings["past"]
    example = torch.rand(2, past, shape[2], high, wide)
    axes = {"past": {0: "batch"}, "future": {0: "batch"}}
    return write(network, (example,), (["past"], ["future"]), axes, path)


def _network(model: Kind) -> tuple[nn.Module, tuple[int, int, int]]:
    from reelwright.learn.frames.predicting import build
    from reelwright.learn.weights import load_into

    high, wide, channels = model.config.facts["shape"]
    network = build(FrameSettings.model_validate(model.config.settings), (high, wide, channels))
    load_into(network, read_weights(model.folder))
    return network, (high, wide, channels)
