"""The mark that AI-made files carry in their metadata (GB 45438-2025, 6.1 and Annex E).

A JSON object of strings under the key ``AIGC``. Whatever writes a file that a machine made puts it
in; whatever takes a file in looks for it.
"""

from __future__ import annotations

import json

KEY = "AIGC"
TOOL = "Reelwright"
"""Stands for the producer where the person has no code of their own."""
FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)


def write_mark(number: str, producer: str = TOOL) -> str:
    """The JSON object for a piece of content.

    Args:
        number: of this piece of content, such as its hash.
        producer: a registered provider's code, or the name of the tool that made it.
    """
    values = ("1", producer, number, "", producer, number, "")
    return json.dumps(dict(zip(FIELDS, values, strict=True)), separators=(",", ":"))
