"""Covers: three candidates a video, from its strongest frames or drawn, and their crops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reelwright.core.nouns import Asset, Script, Shot
from reelwright.stages.run import Run
from reelwright.store.steps import Step

COUNT = 3
_CLIPS = 6
"""Clips that are looked into for frames."""


def publish_covers(run: Run, script: Script, shots: Sequence[Shot]) -> Path:
    """``out/cover.jpg``, and the candidates in ``out/covers/``: gives the first's path.

    ``1.jpg`` is the one thought best; ``cover.pick`` chooses another. Beside each lies what the
    platforms' grids show of it, where that is not all.
    """
    made = _draw(run, script, shots)
    for file in sorted(made.iterdir()):
        run.project.publish(file, f"covers/{file.name}")
    return run.project.publish(made / f"{run.settings.cover.pick}.jpg", "cover.jpg")


def _draw(run: Run, script: Script, shots: Sequence[Shot]) -> Path:
    from reelwright.create.themes import chosen, load_theme

    settings = run.settings
    assets = {shot.asset.id: shot.asset for shot in shots if shot.asset}
    looked = list(assets.values())[:_CLIPS]
    title = settings.cover.title or script.cover_title or script.title
    theme = chosen(settings.style)

    def make(out: Path) -> None:
        from reelwright.create import cover

        frames: list[Any] = []
        clips: list[int] = []
        for number, asset in enumerate(looked):
            seen = _sample(asset)
            frames += seen
            clips += [number] * len(seen)
        pictures = [frames[index] for index in cover.best_frames(frames, clips, COUNT)]
        whole = cover.window(settings.picture) == (0, 0, *_size(run))
        shape = "3x4" if settings.picture.height > settings.picture.width else "4x3"
        for number in range(COUNT):
            file = out / f"{number + 1}.jpg"
            cover.draw_cover(
                title,
                settings.picture,
                theme,
                file,
                picture=pictures[number] if number < len(pictures) else None,
                # Another seed begins with another layout, so that variants look unlike.
                layout=cover.LAYOUTS[(number + settings.seed) % len(cover.LAYOUTS)],
                language=run.language,
                channel=settings.channel,
                seed=settings.seed + number,
                font=settings.style.font,
            )
            if not whole:
                cover.crop_cover(file, settings.picture, out / f"{number + 1}-{shape}.jpg")

    params = {
        "title": title,
        "format": settings.picture,
        "theme": load_theme(theme),
        "font": settings.style.font,
        "language": run.language,
        "channel": settings.channel,
        "seed": settings.seed,
    }
    inputs = tuple(Path(asset.path) for asset in looked)
    return run.steps.run(Step("covers", 1, make, params, inputs, what="covers"))


def _size(run: Run) -> tuple[int, int]:
    return run.settings.picture.width, run.settings.picture.height


def _sample(asset: Asset) -> list[Any]:
    from reelwright.media.frames import read_frames

    seconds = asset.facts.seconds
    times = [0.0] if asset.facts.kind == "picture" else [seconds * f for f in (0.2, 0.5, 0.8)]
    return read_frames(Path(asset.path), times)
