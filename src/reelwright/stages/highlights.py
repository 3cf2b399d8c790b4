"""The best of recordings: scored second by second, chosen as highlights or as clips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.core.nouns import Asset, Transcript
from reelwright.edit.cut.spans import Span
from reelwright.providers.faces import load_finder
from reelwright.stages.hearing import hear
from reelwright.stages.run import Run
from reelwright.store import atomic
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.edit.cut.highlights import Material
    from reelwright.edit.cut.signs import Signs


def choose_best(
    run: Run, assets: Sequence[Asset], told: Mapping[str, Transcript], seconds: float
) -> tuple[Span, ...]:
    """The best so many seconds of some recordings."""
    from reelwright.edit.cut.highlights import choose

    materials = [_material(run, asset, told.get(asset.id)) for asset in assets]
    return choose(materials, seconds, language=run.language)


def choose_clips(
    run: Run, asset: Asset, told: Mapping[str, Transcript], count: int
) -> tuple[Span, ...]:
    """So many separate stretches of a recording, each with a title and why it was picked."""
    from reelwright.edit.cut.clips import pick_clips

    text = told.get(asset.id)
    words = text.words if text else ()
    return pick_clips(_material(run, asset, text), count, words, language=run.language)


def draw_scores(run: Run, assets: Sequence[Asset], spans: Sequence[Span]) -> dict[str, Path]:
    """The score of each recording and what was picked by it, as pictures in ``out/``."""
    from reelwright.edit.cut.explain import draw_curve
    from reelwright.edit.cut.scoring import score

    drawn: dict[str, Path] = {}
    for number, asset in enumerate(assets, 1):
        own = [span for span in spans if span.source == asset.path]
        curve = score(measure(run, asset))
        picture = draw_curve(curve, own, title=Path(asset.path).name, language=run.language)
        name = "scores" if len(assets) == 1 else f"scores-{number}"
        drawn[name] = run.project.out / f"{name}.png"
        atomic.write_bytes(drawn[name], picture)
    return drawn


def _material(run: Run, asset: Asset, told: Transcript | None) -> Material:
    from reelwright.edit.cut.edges import find_edges
    from reelwright.edit.cut.highlights import Material
    from reelwright.edit.cut.scoring import score
    from reelwright.edit.cut.speech import find_speech

    signs = measure(run, asset)
    speech = find_speech(hear(run, asset)) if asset.facts.has_sound else ()
    words = told.words if told else ()
    edges = find_edges(asset.facts.seconds, signs.changes, speech, words)
    return Material(asset.path, score(signs), edges)


def measure(run: Run, asset: Asset) -> Signs:
    """What happens in each second of a recording, measured once."""
    from reelwright.edit.cut import signs

    finder = load_finder(run.settings.faces)
    path = Path(asset.path)

    def make(out: Path) -> None:
        hearing = hear(run, asset) if asset.facts.has_sound else None
        find = finder.find if finder else None
        found = signs.measure(path, asset.facts, hearing=hearing, find_faces=find)
        atomic.write_text(out, found.model_dump_json())

    params = {
        "facts": asset.facts,
        "faces": finder.key() if finder else None,
        "vad": run.settings.vad,
    }
    step = Step("signs", signs.VERSION, make, params, (path,), ".json", what=path.name)
    return signs.Signs.model_validate_json(run.steps.run(step).read_bytes())
