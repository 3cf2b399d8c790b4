"""How much of a picture is left when it fills a frame of another shape."""

from __future__ import annotations

from reelwright.core.nouns import Format, MediaFacts


def window(facts: MediaFacts, format: Format) -> tuple[float, float]:
    """The shares of the width and the height that are left when a picture fills a format."""
    shape = facts.width / facts.height / (format.width / format.height)
    return min(1.0, 1 / shape), min(1.0, shape)
