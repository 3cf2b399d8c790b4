"""What the kind `frames` must reach: Moving MNIST beside a ConvLSTM, and living backgrounds."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import moving_mnist
import numpy as np
import torch
from figures import Bench, Figure
from learn_frames_material import draw
from torch import Tensor, nn
from torch.nn import functional

from reelwright.core.progress import Silent
from reelwright.learn.frames.kind import Frames
from reelwright.learn.frames.settings import FrameSettings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model

EPOCHS, BATCH = 3, 8
"""About 16 minutes of one core; 16 are about 90."""
PEER_BATCH = 16
WIDTHS = (128, 32)
"""Channels of the peer: as published (ConvLSTM-S), and slim, which gets further in a short time."""
AIM = 35.0
SECONDS = 30.0


def prediction(bench: Bench) -> list[Figure]:
    """Ten frames of Moving MNIST from ten, each side trained for as many CPU seconds."""
    assert bench.shared is not None
    train, test = moving_mnist.write_sets(bench.shared / "mnist", bench.work / "moving-mnist")
    torch.set_num_threads(1)
    began = time.process_time()
    settings = FrameSettings(task="predict", epochs=EPOCHS, batch=BATCH)
    folder = bench.work / "predictor"
    Frames.train([train], settings, Run(folder, device="cpu"))
    spent = time.process_time() - began
    report = load_model(folder).evaluate([test], Silent())
    ours = float(report.values["mse"])
    bench.say(f"ours: MSE {ours:.1f}, SSIM {report.values['ssim']:.3f}, {spent:.0f} CPU s")
    peers = {width: _peer(train, test, width, spent) for width in WIDTHS}
    bench.say(f"ConvLSTM by channels: {peers}")
    best = min(peers.values())
    told = f"MSE {ours:.1f}, SSIM {report.values['ssim']:.3f} in {spent / 60:.0f} CPU min"
    return [
        Figure("frames", "Moving MNIST, MSE against ConvLSTM trained as long", ours / best, 1.0,
               ours=told, against=f"MSE {best:.1f}"),
        Figure("frames", "Moving MNIST, MSE a frame (aim)", ours, AIM, unit="", ours=told),
    ]  # fmt: skip


class ConvLstm(nn.Module):
    """Four layers of ConvLSTM, filters of 5 × 5, patches of 4 × 4 (Shi et al. 2015)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.cells = nn.ModuleList(
            nn.Conv2d((width if layer else 16) + width, 4 * width, 5, padding=2)
            for layer in range(4)
        )
        self.out = nn.Conv2d(width, 16, 1, bias=False)

    def forward(self, past: Tensor) -> Tensor:
        """N × 10 × 64 × 64 → N × 19 × 64 × 64: each next frame."""
        grids = functional.pixel_unshuffle(past.flatten(0, 1)[:, None], 4)
        grids = grids.unflatten(0, past.shape[:2])
        empty = past.new_zeros(len(past), self.width, 16, 16)
        states, told = [(empty, empty)] * 4, list[Tensor]()
        for frame in range(moving_mnist.FRAMES - 1):
            value = grids[:, frame] if frame < 10 else told[-1]
            for layer, cell in enumerate(self.cells):
                hidden, kept = states[layer]
                gates = cell(torch.cat([value, hidden], 1)).chunk(4, 1)
                kept = torch.sigmoid(gates[1] + 1) * kept
                kept = kept + torch.sigmoid(gates[0]) * torch.tanh(gates[2])
                value = torch.sigmoid(gates[3]) * torch.tanh(kept)
                states[layer] = (value, kept)
            told.append(self.out(value))
        return functional.pixel_shuffle(torch.stack(told, 1), 4)[:, :, 0]


def _peer(train: Path, test: Path, width: int, seconds: float) -> float:
    """The peer's MSE after so many CPU seconds."""
    torch.manual_seed(0)
    network = ConvLstm(width)
    network.to(memory_format=torch.channels_last)
    moved = torch.optim.Adam(network.parameters(), 1e-3 if width < 100 else 5e-4)
    clips, chance = np.load(train, mmap_mode="r"), np.random.default_rng(0)
    began = time.process_time()
    first, step = 0.0, 0
    while (spent := time.process_time() - began) < seconds:
        # A rise, then half a cosine down to nothing when the time is over.
        part = spent / seconds
        rate = min(1.0, part / 0.1) * 0.5 * (1 + np.cos(np.pi * part))
        for group in moved.param_groups:
            first = first or group["lr"]
            group["lr"] = first * rate + 1e-8
        some = clips[np.sort(chance.integers(0, len(clips), PEER_BATCH))]
        frames = torch.from_numpy(some.astype(np.float32) / 255)
        loss = (network(frames[:, :10]) - frames[:, 1:]).square().mean()
        moved.zero_grad()
        loss.backward()
        moved.step()
        step += 1
    held, total = np.load(test, mmap_mode="r"), 0.0
    with torch.no_grad():
        for at in range(0, len(held), 20):
            frames = torch.from_numpy(held[at : at + 20].astype(np.float32) / 255)
            apart = network(frames[:, :10])[:, 9:].clamp(0, 1) - frames[:, 10:]
            total += float(apart.square().sum((2, 3)).mean(1).sum())
    return total / len(held)


def living(bench: Bench) -> list[Figure]:
    """A clip of 5 s at 720p: fitted, and 30 s of new footage made of it; how near that is."""
    figures: list[Figure] = []
    for name in ("water", "fire"):
        clip = draw(name, bench.work / f"{name}.mp4")
        folder, out = bench.work / name, bench.work / f"{name}-more.mp4"
        reel = [sys.executable, "-m", "reelwright"]
        began = time.perf_counter()
        _run([*reel, "train", "frames", "--data", str(clip), "--out", str(folder)])
        fitted = time.perf_counter()
        wanted = ["--set", f"seconds={SECONDS:g}", "--set", "loop=yes"]
        _run([*reel, "predict", str(folder), str(out), *wanted])
        ended = time.perf_counter()
        speed = SECONDS * 30 / (ended - fitted)
        values = load_model(folder).evaluate([clip], Silent()).values
        flicker = float(values["flicker"])
        told = ", ".join(f"{key} {float(value):.2f}" for key, value in values.items())
        figures += [
            Figure("frames-living", f"{name}: fit and 30 s at 720p", ended - began, 300, "s",
                   ours=f"{fitted - began:.0f} + {ended - fitted:.0f} s"),
            Figure("frames-living", f"{name}: frames a second", speed, 30, "/s", least=True),
            Figure("frames-living", f"{name}: flicker by the clip's", max(flicker, 1 / flicker),
                   1.2, ours=told),
            Figure("frames-living", f"{name}: the loop's seam by the usual step",
                   float(values["seam"]), 1.2),
        ]  # fmt: skip
    return figures


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
