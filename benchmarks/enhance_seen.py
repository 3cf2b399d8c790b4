"""Styles and mattes against their bars, as `enhance_style` and `enhance_matte` measure them."""

from __future__ import annotations

from pathlib import Path

from figures import Bench, Figure


def style(bench: Bench) -> list[Figure]:
    """How much each look boils, as a share of the same without smoothing; the worst look."""
    import enhance_style

    found = enhance_style.measure("style", _data(bench))
    told = ", ".join(f"{name} {value:.2f}" for name, value in found.items())
    title = "flow-warped error with smoothing by without, worst look"
    return [Figure("style", title, max(found.values()), 0.5, "×", told, "picture by picture")]


def style_speed(bench: Bench) -> list[Figure]:
    """Pictures a second at 720p on two cores, from processor seconds; the slowest look."""
    import enhance_style

    found = {n: 2 / s for n, s in enhance_style.measure("style-speed", _data(bench)).items()}
    told = ", ".join(f"{name} {value:.1f}" for name, value in found.items())
    title = "styles at 720p, two cores, slowest"
    return [Figure("style-speed", title, min(found.values()), 8.0, "/s", told, least=True)]


def matting(bench: Bench) -> list[Figure]:
    """Overlap of the matte without a green screen with the chroma key's."""
    import enhance_matte

    found = enhance_matte.measure("matting", _data(bench))
    mean = found.pop("mean")
    told = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
    return [Figure("matting", "mean IoU of mattes", mean, 0.95, "", told, "chroma", least=True)]


def matting_speed(bench: Bench) -> list[Figure]:
    """Pictures a second at 720p on two cores, from processor seconds."""
    import enhance_matte

    found = enhance_matte.measure("matting-speed", _data(bench))
    told = ", ".join(f"{name} {value:.3f}" for name, value in found.items())
    seconds = found["a picture"]
    title = "mattes at 720p, two cores"
    return [Figure("matting-speed", title, 2 / seconds, 15.0, "/s", told, least=True)]


def _data(bench: Bench) -> Path:
    if bench.shared is None:
        raise SystemExit("this figure needs the shared test data: --data DIR")
    return bench.shared
