"""Figures of images: textures learnt from pictures that are drawn for it, judged by `evaluate`.

Nothing from outside: caustics are drawn by recipe (`learn/features/textures.py`).
The distance is given by that of two halves of the real patches, which a perfect generator reaches.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from figures import Bench, Figure
from PIL import Image

from reelwright.core.progress import Silent
from reelwright.learn.features import cloud_of, describe, frechet
from reelwright.learn.features.textures import draw, paint
from reelwright.learn.images.kind import Images
from reelwright.learn.images.settings import ImagesSettings
from reelwright.learn.kind import Run

_COLOURS: dict[str, list[list[int]]] = {
    "caustics": [[4, 60, 110], [20, 120, 170], [200, 250, 250]],
    "marble": [[238, 236, 230], [200, 196, 190], [70, 72, 80]],
}
_SMALL: dict[str, Any] = {"side": 128, "levels": 3}
"""Half the pictures' size, so that a minute shows whether it learns."""
_GAN: dict[str, Any] = {**_SMALL, "crop": 32, "epochs": 2}
_VAE: dict[str, Any] = {**_SMALL, "model": "vae", "patches": 1600, "epochs": 2}


def draw_pictures(folder: Path, names: list[str], count: int = 12) -> Path:
    """Pictures of 256 pixels whose borders do not fit together, a sub-folder each recipe."""
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number in range(count):
            chance = np.random.default_rng(number)
            field = draw(name, 320, 320, chance, 0.55 if name == "caustics" else 1.0)
            tint = chance.integers(-12, 13, (1, 3))
            picture = paint(field, np.array(_COLOURS[name]) + tint)[20:276, 30:286]
            Image.fromarray(picture).save(folder / name / f"{number:02}.png")
    return folder


def gan(bench: Bench) -> list[Figure]:
    """Caustics by the GAN."""
    report, minutes = _learn(bench, "gan", _GAN)
    return [*_judged("images-gan", report), _minutes("images-gan", minutes)]


def vae(bench: Bench) -> list[Figure]:
    """Caustics by the VAE."""
    report, minutes = _learn(bench, "vae", _VAE)
    ratio = Figure("images-vae", "patches given back", report["psnr"], 19, unit="dB", least=True)
    return [*_judged("images-vae", report), ratio, _minutes("images-vae", minutes)]


def fidelity(bench: Bench) -> list[Figure]:
    """How much further than two halves of one set a slightly spoilt half lies."""
    chance = np.random.default_rng(0)
    colours = np.array(_COLOURS["marble"])
    patches = [paint(draw("marble", 64, 64, chance), colours) for _ in range(512)]
    real = cloud_of(describe(patches[:256]))
    rest = patches[256:]
    halves = frechet(real, cloud_of(describe(rest)))
    blurred = [cv2.GaussianBlur(patch, (0, 0), 0.7) for patch in rest]
    spoilt = frechet(real, cloud_of(describe(blurred)))
    return [
        Figure("images-distance", "a blur of 0.7 px, by two halves", spoilt / halves, 2, least=True)
    ]


def _learn(bench: Bench, name: str, settings: dict[str, Any]) -> tuple[dict[str, Any], float]:
    data = draw_pictures(bench.work / "pictures", ["caustics"]) / "caustics"
    out = bench.work / f"images-{name}"
    began = time.process_time()
    Images.train([data], ImagesSettings(**settings), Run(out, device="cpu"))
    seconds = time.process_time() - began
    return Images(out, _config(out)).evaluate([data], Silent()).as_json(), seconds / 60


def _config(folder: Path) -> Any:
    from reelwright.learn.folder import read_config

    return read_config(folder)


def _judged(key: str, report: dict[str, Any]) -> list[Figure]:
    floor = report["distance_of_halves"]
    return [
        Figure(key, "distance, by two halves", report["distance"] / floor, 20),
        Figure(key, "seam, by the picture's own edges", report["seam"], 1.1),
        Figure(key, "diversity, by real pictures'", report["diversity"], 0.6, least=True),
    ]


def _minutes(key: str, minutes: float) -> Figure:
    return Figure(key, "processor minutes of training", minutes, 2, unit="min")
