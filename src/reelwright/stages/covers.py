"""Covers: three candidates a video, from its strongest frames or drawn, and their crops."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reelwright.core.nouns import Asset, Box, Script, Shot
from reelwright.core.ports import FaceFinder
from reelwright.providers.faces import load_finder
from reelwright.stages.backdrop import find_background
from reelwright.stages.run import Run
from reelwright.store.steps import Step

COUNT = 3
_CLIPS = 6
"""Clips that are looked into for frames."""
_LOOKS = (0.12, 0.3, 0.5, 0.7, 0.88)
"""Where in a clip, as shares of its length: eyes close and mouths twist, so one look is none."""
_WIDEST = 3414
_FACES_WIDTH = 640
"""Pixels across at which faces are looked for."""


Moment = tuple[Asset, float]
"""An asset and a second of it."""


def publish_covers(
    run: Run, script: Script, shots: Sequence[Shot], moments: Sequence[Moment] = ()
) -> Path:
    """``out/cover.jpg``, and the candidates in ``out/covers/``: gives the first's path.

    ``1.jpg`` is the one thought best; ``cover.pick`` chooses another. Beside each lies what the
    platforms' grids show of it, where that is not all.

    Args:
        moments: what to look at for frames; by default some of each clip of the shots.
    """
    made = _draw(run, script, shots, moments)
    for file in sorted(made.iterdir()):
        run.project.publish(file, f"covers/{file.name}")
    return run.project.publish(made / f"{run.settings.cover.pick}.jpg", "cover.jpg")


def _draw(run: Run, script: Script, shots: Sequence[Shot], moments: Sequence[Moment]) -> Path:
    from reelwright.create.themes import chosen, load_theme

    settings = run.settings
    assets = {shot.asset.id: shot.asset for shot in shots if shot.asset}
    looked = list(assets.values())[:_CLIPS]
    title = settings.cover.title or script.cover_title or script.title
    theme = chosen(settings.style)
    background = find_background(run)
    finder = load_finder(settings.faces)

    def make(out: Path) -> None:
        from reelwright.create import cover

        frames: list[Any] = []
        clips: list[int] = []
        for number, asset in enumerate(looked):
            own = [at for one, at in moments if one.id == asset.id]
            seen = _sample(asset, own)
            frames += seen
            # Moments of one recording that were picked differ as clips do.
            begun = clips[-1] + 1 if clips else 0
            clips += range(begun, begun + len(seen)) if own else [number] * len(seen)
        faces = _find_faces(finder, frames)
        best = cover.best_frames(frames, clips, COUNT, faces)
        pictures = [(frames[index], faces[index] if faces else ()) for index in best]
        whole = cover.window(settings.picture) == (0, 0, *_size(run))
        shape = "3x4" if settings.picture.height > settings.picture.width else "4x3"
        for number in range(COUNT):
            file = out / f"{number + 1}.jpg"
            cover.draw_cover(
                title,
                settings.picture,
                theme,
                file,
                picture=pictures[number][0] if number < len(pictures) else None,
                faces=pictures[number][1] if number < len(pictures) else (),
                # Another seed begins with another layout, so that variants look unlike.
                layout=cover.LAYOUTS[(number + settings.seed) % len(cover.LAYOUTS)],
                language=run.language,
                channel=settings.channel,
                seed=settings.seed + number,
                font=settings.style.font,
                background=background.path if background else None,
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
        "faces": finder.key() if finder and looked else None,
        "moments": [[asset.id, at] for asset, at in moments],
    }
    inputs = tuple(Path(asset.path) for asset in looked)
    if background:
        inputs += (background.path,)
    return run.steps.run(Step("covers", 2, make, params, inputs, what="covers"))


def _size(run: Run) -> tuple[int, int]:
    return run.settings.picture.width, run.settings.picture.height


def _sample(asset: Asset, moments: Sequence[float] = ()) -> list[Any]:
    from reelwright.media.frames import read_frames

    seconds = asset.facts.seconds
    times = [0.0] if asset.facts.kind == "picture" else [seconds * f for f in _LOOKS]
    times = [*moments] or times
    # A cover has no use for more pixels than this, and thirty frames lie in memory together.
    width = _WIDEST if asset.facts.width > _WIDEST else None
    return read_frames(Path(asset.path), times, width)


def _find_faces(finder: FaceFinder | None, frames: Sequence[Any]) -> Sequence[Sequence[Box]] | None:
    """The faces in each frame, the largest first; None where nobody looks for any."""
    if finder is None:
        return None
    import cv2

    small = []
    for frame in frames:
        scale = min(1.0, _FACES_WIDTH / max(frame.shape[:2]))
        size = max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))
        small.append(cv2.resize(frame, size, interpolation=cv2.INTER_AREA))
    found = finder.find(small)
    return [sorted(faces, key=lambda face: -face.width * face.height) for faces in found]
