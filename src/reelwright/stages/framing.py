"""How pieces of recordings are shown in another shape: watched once, framed shot by shot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.camera import halfway
from reelwright.core.errors import MediaError
from reelwright.core.nouns import Asset
from reelwright.core.timeline import Footage
from reelwright.edit.cut.plan import Framing, Piece
from reelwright.media.shape import window
from reelwright.providers.faces import load_finder
from reelwright.stages.run import Run
from reelwright.store import atomic
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.edit.cut.reframe import Framed
    from reelwright.edit.cut.watching import Watched

STAGE = "watching"
_FITS = 0.97
"""Share of a side that a crop may leave without it mattering where it stands."""
_STRETCH = 20
"""Seconds that are watched, or not, together."""


def framing_key(run: Run) -> list[Any]:
    """What decides how pieces are framed, besides the recordings and the speech in them."""
    from reelwright.edit.cut import reframe, watching

    finder = load_finder(run.settings.faces)
    faces = finder.key() if finder else None
    return [reframe.VERSION, watching.VERSION, faces, run.settings.cut.fill]


def watch_sources(run: Run, assets: Sequence[Asset], pieces: Sequence[Piece]) -> dict[str, Watched]:
    """What is seen in each recording that has to be cropped, by the asset's id.

    Only about as much of one is watched as lies between the first and the last moment shown.
    """
    seen: dict[str, Watched] = {}
    rate = run.settings.picture.rate
    for asset in assets:
        shown = [piece.seconds(rate) for piece in pieces if piece.asset.id == asset.id]
        if shown and min(window(asset.facts, run.settings.picture)) < _FITS:
            # Whole stretches, so that a cut moved by a moment leaves it as it is.
            start = floor(min(start for start, _ in shown) / _STRETCH) * _STRETCH
            end = ceil(max(end for _, end in shown) / _STRETCH) * _STRETCH
            seen[asset.id] = _watch(run, asset, (start, end))
    return seen


def _watch(run: Run, asset: Asset, stretch: tuple[float, float]) -> Watched:
    from reelwright.edit.cut import watching

    finder = load_finder(run.settings.faces)
    path = Path(asset.path)

    def make(out: Path) -> None:
        find = finder.find if finder else None
        start, end = stretch
        progress, done = run.steps.progress, 0.0
        progress.start(STAGE, 100)

        def tell(share: float) -> None:
            nonlocal done
            if run.steps.stopping.is_set():
                raise MediaError("was broken off", where=asset.path)
            progress.advance(STAGE, 100 * (share - done))
            done = share

        watched = watching.watch(path, asset.facts, find, start=start, end=end, tell=tell)
        progress.finish(STAGE)
        atomic.write_text(out, watched.model_dump_json())

    params = {
        "facts": asset.facts,
        "faces": finder.key() if finder else None,
        "stretch": list(stretch),
    }
    step = Step("watched", watching.VERSION, make, params, (path,), ".json", what=path.name)
    return watching.Watched.model_validate_json(run.steps.run(step).read_bytes())


def framing(
    run: Run,
    watched: Mapping[str, Watched],
    speech: Mapping[str, Sequence[tuple[float, float]]],
    shown: Mapping[str, Asset],
) -> Framing:
    """Who frames pieces.

    Args:
        watched: what is seen in recordings (`watch_sources`).
        speech: when somebody speaks in them, where that is known.
        shown: the files to show instead of a recording's own (made steady), by its id.
    """
    from reelwright.edit.cut.reframe import Shown, reframe, show

    rate = run.settings.picture.rate
    framed: dict[str, tuple[Framed, ...]] = {}

    def frame(piece: Piece) -> list[tuple[int, Footage]]:
        own = piece.asset
        if own.id not in watched:
            parts: Sequence[Shown] = (Shown(piece.frames, "crop"),)
        else:
            if own.id not in framed:
                framed[own.id] = reframe(
                    watched[own.id],
                    own.facts,
                    run.settings.picture,
                    speech=speech.get(own.id, ()),
                    fill=run.settings.cut.fill,
                )
            parts = show(framed[own.id], piece.first, piece.frames, rate)
        at, made = piece.first, list[tuple[int, Footage]]()
        for part in parts:
            made.append((part.frames, _footage(run, shown.get(own.id, own), at, rate, part)))
            at += part.frames
        return made

    return frame


def _footage(run: Run, asset: Asset, first: int, rate: Fraction, part: Any) -> Footage:
    return Footage(
        path=run.project.relative(Path(asset.path)),
        asset=asset.id,
        start=float(first / rate),
        focus=halfway(part.camera) if part.camera else (0.5, 0.5),
        fill=part.fill,
        camera=part.camera,
        below=part.below,
        hdr=asset.facts.hdr,
        rotation=asset.facts.rotation,
    )
