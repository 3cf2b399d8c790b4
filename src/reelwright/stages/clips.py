"""Several videos out of one recording: a project folder for each, in ``clips/``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.core.nouns import Asset
from reelwright.edit.cut.order import Order
from reelwright.edit.cut.spans import Span
from reelwright.stages.cut_file import order_text
from reelwright.stages.hearing import hear
from reelwright.stages.run import Run
from reelwright.stages.variants import renew
from reelwright.store.project import Project


def lay_out_clips(
    run: Run, order: Order, asset: Asset, spans: Sequence[Span], overrides: Mapping[str, Any]
) -> list[Project]:
    """A project for each span, ``clips/1`` and so on, each with a cut.yaml of its own.

    One that the person edited is left as it is.
    """
    from reelwright.edit.cut.speech import find_speech

    speech = find_speech(hear(run, asset)) if asset.facts.has_sound else ()
    projects: list[Project] = []
    for number, span in enumerate(spans, 1):
        project = Project(run.project.root / "clips" / str(number))
        spoken = any(a < span.end and b > span.start for a, b in speech)
        own = order.model_copy(
            update={
                "sources": (asset.path,),
                "music": str((run.project.root / order.music).resolve()) if order.music else "",
                "clips": None,
                # Where nobody speaks there is no silence between words.
                "silence": order.silence and spoken,
                "stretch": (round(span.start, 3), round(span.end, 3)),
                "title": span.title[:80],
                "why": span.why,
                "settings": _over(order.settings, overrides),
            }
        )
        with project.locked(run.steps.progress):
            noted = project.read_state().get("cut")
            text = order_text(own, project.root)
            project.write_state(cut=renew(run, project.cut, text, noted))
        projects.append(project)
    return projects


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Settings over others, group by group."""
    merged = dict(below)
    for key, value in above.items():
        there = merged.get(key)
        both = isinstance(value, Mapping) and isinstance(there, Mapping)
        merged[key] = _over(there, value) if both else value  # pyright: ignore[reportArgumentType]
    return merged
