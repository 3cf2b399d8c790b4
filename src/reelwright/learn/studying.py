"""What a search found, as one page of HTML that needs nothing else."""

from __future__ import annotations

import html
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from reelwright.core.extras import library

if TYPE_CHECKING:
    from optuna import Study

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; color: #222; }
table { border-collapse: collapse; } td { padding: .1rem 1.5rem .1rem 0; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
"""


def draw_study(study: Study, kind: str, goal: str) -> str:
    """The page: the best settings, how the trials went, and what each setting did."""
    library("plotly", extra="learn")
    best = study.best_trial
    rows = [(goal, f"{best.value:.4g}"), *((name, f"{of}") for name, of in best.params.items())]
    cells = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{html.escape(value)}</td></tr>"
        for name, value in rows
    )
    parts = [
        f"<h2>{title}</h2>{figure.to_html(full_html=False, include_plotlyjs=number == 0)}"
        for number, (title, figure) in enumerate(_figures(study, goal))
    ]
    return (
        f'<!doctype html><meta charset="utf-8"><title>{kind}: search</title>'
        f"<style>{_STYLE}</style><h1>{kind}: {len(study.trials)} trials</h1>"
        f"<p>The best, which is trial {best.number}:</p><table>{cells}</table>{''.join(parts)}\n"
    )


def _figures(study: Study, goal: str) -> Iterator[tuple[str, Any]]:
    from optuna import visualization as draw

    with warnings.catch_warnings():
        # Of what is experimental in the library, and of trials that were given up.
        warnings.simplefilter("ignore")
        yield "Trial by trial", draw.plot_optimization_history(study, target_name=goal)
        if any(trial.intermediate_values for trial in study.trials):
            yield "Epoch by epoch", draw.plot_intermediate_values(study)
        yield "Setting by setting", draw.plot_slice(study, target_name=goal)
        yield "All settings", draw.plot_parallel_coordinate(study, target_name=goal)
