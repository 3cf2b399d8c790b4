"""Which footage is shown in a card rather than filling the frame, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from reelwright.core.nouns import Asset, Format, Language, Line, Pace, Shot
from reelwright.create.words import units

CARD = "card"
"""The scene that frames footage."""
_BLOWN_UP = 2.2
"""Enlargement beyond which footage that fills the frame looks soft."""
_KEPT = 0.3
"""Share of a picture that must be left when it fills the frame: the crop follows the subject, so a
16:9 clip may fill a 9:16 frame (0.32); a panorama may not."""
_TURN = 3
"""Every third shot of footage looks different from the two before it."""


def frame_some(
    shots: Sequence[Shot],
    lines: Sequence[Line],
    plain: Mapping[int, Mapping[str, Any]],
    format: Format,
    language: Language,
    pace: Pace,
) -> tuple[Shot, ...]:
    """The same shots, some of their footage in cards: what is small, what has the wrong shape, and
    now and then one for variety.

    Args:
        shots: with their footage.
        lines: of the script.
        plain: what a plain statement would show of each line (by its index): text, strong.
        format: of the video.
        language: of the script.
        pace: of the voice, for how long a line lasts.
    """
    made: list[Shot] = []
    count = 0
    for shot in shots:
        if shot.asset is None:
            made.append(shot)
            continue
        line = lines[shot.line]
        needed = units(line.say, language) / pace.units_per_second + pace.pause
        named = line.scene == CARD
        why = "" if named else _why(shot.asset, format, count)
        # Whoever names footage but no card wants it as large as it is good.
        if line.scene or (line.footage and why == _CHANGE):
            why = ""
        count += 1
        lasts = shot.asset.facts.kind == "picture" or shot.asset.facts.seconds >= 1.1 * needed
        if not named and (not why or not lasts or shot.asset.facts.hdr):
            made.append(shot)
            continue
        text = plain.get(shot.line) or {"text": line.say}
        params = {key: text[key] for key in ("text", "strong") if key in text} | line.params
        told = f"{shot.why}; {why}" if why else shot.why
        update = {"scene": CARD, "params": params, "framed": True, "why": told}
        made.append(shot.model_copy(update=update))
    return tuple(made)


_CHANGE = "in a card for a change"


def _why(asset: Asset, format: Format, count: int) -> str:
    """Why footage is shown in a card; empty where it fills the frame."""
    facts = asset.facts
    if not facts.width or not facts.height:
        return ""
    across, down = format.width / facts.width, format.height / facts.height
    # A picture moves under the camera and is enlarged a little more.
    if max(across, down) > _BLOWN_UP:
        return f"in a card, being small ({facts.width}×{facts.height})"
    third = count % _TURN == _TURN - 1
    kept = min(across, down) / max(across, down)
    if kept < _KEPT:
        shape = "landscape" if facts.width > facts.height else "upright"
        # All in cards would be dull too.
        return "" if third else f"in a card, being {shape}: only {kept:.0%} of it would be seen"
    return _CHANGE if third else ""
