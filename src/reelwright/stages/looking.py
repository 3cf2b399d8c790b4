"""Footage looked at: what it looks like at a glance, what it means, where its subject is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from reelwright.core.nouns import Asset, Format, Glance, Script
from reelwright.core.ports import FaceFinder
from reelwright.providers import door
from reelwright.providers.faces import load_finder
from reelwright.stages.run import Run
from reelwright.store import atomic
from reelwright.store.steps import Step

STAGE = "footage"
FOCUS_VERSION = 2
"""Raised whenever `media.follow` would look elsewhere in the same stretch."""
_GLANCE_VERSION = 3
"""Raised whenever `media.glance` would see the same file otherwise."""
_FAR = 1.5
"""How many deviations above the mean count as being as near as can be."""

Point = tuple[float, float]


def glance_at(run: Run, assets: Sequence[Asset]) -> tuple[Asset, ...]:
    """The assets with what they look like, measured once and remembered by content."""
    finder = load_finder(run.settings.faces)

    def step(asset: Asset) -> Step:
        def make(out: Path) -> None:
            from reelwright.media.glance import glance

            seen = glance(Path(asset.path), asset.facts, finder.find if finder else None)
            atomic.write_text(out, seen.model_dump_json())

        path = Path(asset.path)
        params = {
            "seconds": asset.facts.seconds,
            "kind": asset.facts.kind,
            "faces": finder.key() if finder else None,
        }
        return Step("glance", _GLANCE_VERSION, make, params, (path,), ".json", what=path.name)

    steps = [step(asset) for asset in assets]
    # Where all is known there is nothing to show progress of.
    known = [run.steps.find(each) for each in steps]
    found = (
        [run.steps.run(each) for each in steps] if all(known) else run.steps.run_all(steps, STAGE)
    )
    return tuple(
        asset.model_copy(update={"glance": Glance.model_validate_json(path.read_bytes())})
        for asset, path in zip(assets, found, strict=True)
    )


def measure_nearness(
    run: Run, script: Script, assets: Sequence[Asset]
) -> dict[tuple[int, str], float]:
    """How near each line and asset are in meaning, 0 to 1; nothing without a service that tells.

    Raises:
        ProviderError: the service is set up and gives no answer that can be used.
    """
    settings = run.settings.embed
    if not settings.provider or not assets:
        return {}
    embedder = door.load("embed", settings.provider, settings)
    lines = [" ".join([line.say, *line.search]) for line in script.lines]
    pictures = embedder.pictures and all(a.facts.kind == "picture" for a in assets)
    texts = _vectors(run, "texts", lines, embedder.embed_texts, embedder.key())
    if pictures:
        paths = [Path(asset.path) for asset in assets]
        step = _vector_step("pictures", [], paths, embedder.embed_pictures, embedder.key())
        things = json.loads(run.steps.run(step).read_bytes())
    else:
        from reelwright.create.footage import caption

        told = [caption(asset) or "?" for asset in assets]
        things = _vectors(run, "texts", told, embedder.embed_texts, embedder.key())
    near = {
        (index, asset.id): _cosine(line, thing)
        for index, line in enumerate(texts)
        for asset, thing in zip(assets, things, strict=True)
    }
    return stand_out(near)


def stand_out(near: dict[tuple[int, str], float]) -> dict[tuple[int, str], float]:
    """How far each nearness stands out of all of them, 0 to 1.

    Models differ in what they call near: with one, texts of nothing in common come to 0.1, with
    another to 0.7. What can be compared is how much a pair is above the others.
    """
    values = list(near.values())
    mean = sum(values) / len(values)
    spread = (sum((value - mean) ** 2 for value in values) / len(values)) ** 0.5
    if spread < 1e-4:
        return {}
    return {
        key: round(min(1.0, max(0.0, (value - mean) / spread / _FAR)), 4)
        for key, value in near.items()
    }


def looker(run: Run) -> Callable[[Asset, float, float], tuple[Point, Point | None]]:
    """Who tells where the subject of a stretch is: for `edit.assemble`."""
    format = run.settings.picture
    finder = load_finder(run.settings.faces)

    def look(asset: Asset, start: float, seconds: float) -> tuple[Point, Point | None]:
        step = _focus_step(asset, format, start, seconds, finder)
        first, last = json.loads(run.steps.run(step).read_bytes())
        return (first[0], first[1]), (last[0], last[1]) if last else None

    return look


def _focus_step(
    asset: Asset, format: Format, start: float, seconds: float, finder: FaceFinder | None
) -> Step:
    path = Path(asset.path)

    def make(out: Path) -> None:
        from reelwright.media.follow import follow

        find = finder.find if finder else None
        found = follow(path, asset.facts, format, start, seconds, find)
        atomic.write_text(out, json.dumps(found))

    params = {
        "facts": asset.facts,
        "size": [format.width, format.height],
        "start": start,
        "seconds": seconds,
        "faces": finder.key() if finder else None,
    }
    return Step("focus", FOCUS_VERSION, make, params, (path,), ".json", what=path.name)


def _vectors(
    run: Run,
    kind: str,
    texts: Sequence[str],
    embed: Callable[[Sequence[str]], Sequence[Sequence[float]]],
    key: object,
) -> list[list[float]]:
    unique = list(dict.fromkeys(texts))
    step = _vector_step(kind, unique, [], embed, key)
    found = dict(zip(unique, json.loads(run.steps.run(step).read_bytes()), strict=True))
    return [found[text] for text in texts]


def _vector_step(
    kind: str,
    texts: list[str],
    paths: list[Path],
    embed: Callable[..., Sequence[Sequence[float]]],
    key: object,
) -> Step:
    def make(out: Path) -> None:
        atomic.write_text(out, json.dumps([list(v) for v in embed(texts or paths)]))

    params = {"kind": kind, "texts": texts, "embedder": key}
    return Step("embed", 1, make, params, tuple(paths), ".json", what="embeddings")


def _cosine(a: Sequence[float], b: Sequence[float]) -> float:
    inner = sum(x * y for x, y in zip(a, b, strict=True))
    size = (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5
    return inner / size if size else 0.0
