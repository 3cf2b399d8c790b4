"""Figures of the networks of `edit/enhance`: larger pictures, and pictures without noise.

`upscale` and `denoise` train on the sets of the literature (T91; Train400), which takes a quarter
of an hour of one quiet core and half an hour of two, and are kept in the cache. Those weights are
for comparing and are not shipped; `upscale-speed` and `upscale-vmaf` measure the ones that are.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from figures import Bench, Figure
from PIL import Image

from reelwright.core.progress import Silent
from reelwright.edit.enhance.compare import compare_files
from reelwright.edit.enhance.denoiser.kind import DenoiserKind
from reelwright.edit.enhance.denoiser.settings import DenoiserSettings
from reelwright.edit.enhance.frame import Picture
from reelwright.edit.enhance.upscale import Sharpen, interpolate
from reelwright.edit.enhance.upscaler.kind import UpscalerKind
from reelwright.edit.enhance.upscaler.running import SHIPPED, Enlarger
from reelwright.edit.enhance.upscaler.settings import UpscalerSettings
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_model
from reelwright.media import ffmpeg
from reelwright.media.probing import probe
from reelwright.media.sweep import sweep

Frame = npt.NDArray[np.uint8]

T91 = UpscalerSettings(rate=4e-3, epochs=14)
TRAIN400 = DenoiserSettings(
    frames=1, colour=False, lowest=25, highest=25, patch=64, batch=16, patches=16_000, epochs=6
)
_CORES = 2
_CLIPS = {
    "clips_sam2/01_dog.mp4": 360,
    "clips_sam2/02_cups.mp4": 360,
    "clips_sam2/04_coffee.mp4": 360,
    "clip_screen/gh-scoped-creds-screencast.mp4": 540,
}
"""Clip → lines that it is shrunk to, and enlarged from by two."""
_SECONDS = 0.8


def upscale(bench: Bench) -> list[Figure]:
    """PSNR of luma on Set5 (and Set14, BSD100, where they lie beside it)."""
    assert bench.shared
    place = bench.shared / "sr"
    model = bench.cache / "upscaler-t91"
    if not (model / "config.json").is_file():
        bench.say("training the upscaler on T91")
        UpscalerKind.train([place / "yang91"], T91, Run(model, device="cpu", resume=True))
    kind = load_model(model, "upscaler")
    figures: list[Figure] = []
    for name, bar in (("set5", 36.8), ("set14", 0.0), ("bsd100", 0.0)):
        if (place / name).is_dir():
            report = kind.evaluate([place / name], Silent())
            figures.append(
                Figure(
                    f"upscale-{name}",
                    f"×2 upscaling, {name}: PSNR of luma (network trained on T91)",
                    round(float(report.values["psnr"]), 2),
                    bar,
                    "dB",
                    ours=f"{report.values['psnr']:.2f}",
                    against=f"bicubic {report.values['bicubic']:.2f}",
                    least=True,
                )
            )
    return figures


def upscale_speed(bench: Bench) -> list[Figure]:
    """Pictures a second from 360 × 640 to 720 × 1280: the network by itself, and all of the step.

    Processor seconds over the cores, so that other programs do not count.
    """
    chance = np.random.default_rng(0)
    rgb = chance.integers(0, 256, (640, 360, 3), np.uint8)
    luma = chance.uniform(16, 235, (640, 360)).astype(np.float32)
    enlarger, step = Enlarger(SHIPPED), Sharpen(2)
    alone = min(_seconds(lambda: enlarger(luma)) for _ in range(8))
    whole = min(_seconds(lambda: list(step.run(iter([Picture(rgb)] * 3)))) for _ in range(3)) / 3
    return [
        Figure(
            "upscale-speed",
            "×2 upscaling, 360×640 → 720×1280, onnxruntime, two cores",
            round(_CORES / alone, 1),
            12.0,
            "frames/s",
            ours=f"{_CORES / alone:.1f}",
            against=f"with colour and calming {_CORES / whole:.1f}",
            least=True,
        )
    ]


def upscale_vmaf(bench: Bench) -> list[Figure]:
    """VMAF of halved clips enlarged by the network that ships, over Lanczos interpolation."""
    assert bench.shared
    gains: list[float] = []
    told: list[str] = []
    step = Sharpen(2)
    for name, lines in _CLIPS.items():
        frames = _frames(bench.shared / name, lines * 2)
        high, wide = frames[0].shape[:2]
        small = [_resized(frame, (wide // 2, high // 2)) for frame in frames]
        ours = [one.rgb for one in step.run(Picture(frame) for frame in small)]
        plain = [interpolate(frame, 2) for frame in small]
        found = [
            compare_files(_saved(bench, "original", frames), _saved(bench, which, made))
            for which, made in (("ours", ours), ("lanczos", plain))
        ]
        scores = [one.vmaf or 0.0 for one in found]
        gains.append(scores[0] - scores[1])
        flickers = [one.flicker[1] if one.flicker else 0.0 for one in found]
        flicker = flickers[0] / max(1e-9, flickers[1])
        told.append(f"{Path(name).stem} {scores[0]:.1f} (flicker ×{flicker:.2f})")
        bench.say(f"{name}: VMAF {scores[0]:.1f}, Lanczos {scores[1]:.1f}, {found}")
    return [
        Figure(
            "upscale-vmaf",
            "VMAF of upscaled clips, over Lanczos (360 → 720 and 540 → 1080 lines)",
            round(float(np.mean(gains)), 2),
            3.0,
            "points",
            ours=", ".join(told),
            least=True,
        )
    ]


def denoise(bench: Bench) -> list[Figure]:
    """PSNR on Set12 with σ = 25 (and BSD68, where it lies beside it).

    As the literature measures: noise of a fixed seed on gray pictures, neither rounded nor clipped;
    each picture goes through the network once.
    """
    assert bench.shared
    place = bench.shared / "denoise"
    model = bench.cache / "denoiser-train400"
    if not (model / "config.json").is_file():
        bench.say("training the denoiser on Train400")
        DenoiserKind.train([place / "Train400"], TRAIN400, Run(model, device="cpu", resume=True))
    kind = load_model(model, "denoiser")
    figures: list[Figure] = []
    for name, bar in (("Set12", 29.8), ("BSD68", 0.0)):
        if (place / name).is_dir():
            report = kind.evaluate([place / name], Silent())
            value, before = (float(report.values[key]) for key in ("psnr_25", "noisy_25"))
            for row in report.tables["pictures"]:
                bench.say(f"{name} {row['picture']}: {row['psnr_25']:.2f} dB")
            title = f"denoising, {name}, σ = 25: PSNR (network trained on Train400)"
            figures.append(
                Figure(
                    f"denoise-{name.lower()}", title, round(value, 2), bar, "dB",
                    f"{value:.2f}", f"noisy {before:.2f}", least=True,
                )
            )  # fmt: skip
    return figures


def _seconds(work: Any) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _frames(path: Path, lines: int) -> list[Frame]:
    """Pictures from the middle of a clip, so many lines high and of even width."""
    facts = probe(path)
    start = facts.seconds / 2
    blocks = sweep(path, facts, width=facts.width, start=start, end=start + _SECONDS)
    found = [frame for block in blocks for frame in block.frames]
    wide = round(found[0].shape[1] * lines / found[0].shape[0] / 4) * 4
    return [_resized(frame, (wide, lines)) for frame in found]


def _resized(frame: Frame, size: tuple[int, int]) -> Frame:
    if (frame.shape[1], frame.shape[0]) == size:
        return frame
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC))


def _saved(bench: Bench, name: str, frames: Iterable[Frame]) -> Path:
    """Pictures as a video without loss."""
    shown = list(frames)
    out = bench.work / f"{name}.mkv"
    args: list[str | Path] = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-r", "25"]
    args += ["-s", f"{shown[0].shape[1]}x{shown[0].shape[0]}", "-i", "pipe:0"]
    args += ["-vf", "scale=out_color_matrix=bt709", "-pix_fmt", "yuv444p", "-c:v", "ffv1", "-y"]
    ffmpeg.run([*args, out], what="saving", stdin=(np.ascontiguousarray(one) for one in shown))
    return out
