"""What was asked → the filters that do it, in the order in which they help each other.

Noise goes first, since everything else would make it stronger or mistake it for detail; the camera
is calmed before the size changes; colours are set before a style bends them; grain comes last of
what is seen, and pictures are put in between when each is finished.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from reelwright.edit.enhance.filters import Filter
from reelwright.edit.enhance.frame import Look
from reelwright.edit.enhance.order import Order

STEPS = {
    "denoise": "reelwright.edit.enhance.denoise:plan_denoise",
    "stabilise": "reelwright.edit.enhance.stabilise:plan_stabilise",
    "background": "reelwright.edit.enhance.background.plan:plan_background",
    "upscale": "reelwright.edit.enhance.upscale:plan_upscale",
    "colour": "reelwright.edit.enhance.colour:plan_colour",
    "style": "reelwright.edit.enhance.restyle.plan:plan_style",
    "grain": "reelwright.edit.enhance.grain:plan_grain",
    "fps": "reelwright.edit.enhance.rate:plan_rate",
}
"""Field of `Order` → module:function, (look, order) → a filter, or why there is none."""

Planner = Callable[[Look, Order], Filter | str]


def plan(look: Look, order: Order) -> tuple[list[Filter], list[str]]:
    """The filters for what is asked, in order; and a sentence for each thing asked.

    Raises:
        ReelError: something asked cannot be done, and why.
    """
    filters: list[Filter] = []
    told: list[str] = []
    for field, place in STEPS.items():
        if not getattr(order, field):
            continue
        module, _, name = place.partition(":")
        planner: Planner = getattr(import_module(module), name)
        found = planner(look, order)
        if isinstance(found, str):
            told.append(found)
        else:
            filters.append(found)
            told.append(found.told())
    return filters, told
