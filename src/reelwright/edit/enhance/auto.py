"""What `--auto` asks for: everything that a clip may need and nobody would argue about.

Each step then looks for itself whether it is needed, and says so when it is not. What changes a
clip's taste or makes things up (a style, a background, more pixels) is left to the person.
"""

from __future__ import annotations

from reelwright.edit.enhance.frame import Look
from reelwright.edit.enhance.order import Order


def decide(look: Look, order: Order) -> tuple[Order, list[str]]:
    """What is asked in full, and what was seen; what the person asked for by name stays.

    An order without `auto` comes back as it is.
    """
    if not order.auto:
        return order, []
    facts = look.facts
    wanted = {
        "denoise": order.denoise or "auto",
        "colour": order.colour or "auto",
        "stabilise": not look.still,
        "sound": facts.has_sound and not look.still,
    }
    seen = f"seen: {facts.width}×{facts.height}"
    if not look.still:
        shots = len(look.changes) + 1
        rate = f"{float(facts.rate):.5g} a second" if facts.rate else "at no known rate"
        varies = ", varying" if facts.variable_rate else ""
        seen += f", {rate}{varies}, {facts.seconds:.1f} s, {shots} shot{'s' * (shots > 1)}"
    return order.model_copy(update=wanted), [f"{seen}, noise {look.noise:.1f} of 255"]
