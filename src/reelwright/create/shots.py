"""Script → shots: for each line a scene to draw, and footage to show where some fits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import ReelError, ScriptError, nearest
from reelwright.core.nouns import Asset, Format, Language, Line, Pace, Role, Script, Shot
from reelwright.create import footage
from reelwright.create.framing import CARD, frame_some
from reelwright.create.words import segment, units

if TYPE_CHECKING:
    from reelwright.create.scenes import Fit

_FITS = 0.35
"""Similarity from which footage is taken to show what a line says."""
_SHORTEST = 1.5
"""Seconds of a clip below which it is not worth cutting to."""
_PLAIN = ("statement", "keywords")
"""Scenes that say in letters what footage can show as well."""
_NEARLY = 0.3
"""How much worse a scene's score may be when it avoids showing the same scene twice in a row."""
_LOUD = "keywords"
"""A scene that tires when it comes again soon."""
_SOON = 5
"""Lines within which it does not."""


def plan_shots(
    script: Script,
    *,
    language: Language,
    assets: Sequence[Asset],
    pace: Pace,
    suit: Callable[..., list[Fit]],
    check: Callable[[str, dict[str, Any]], Any],
    scenes: Sequence[str],
    channel: str = "",
    format: Format | None = None,
    near: Mapping[tuple[int, str], float] | None = None,
    elsewhere: Mapping[str, float] | None = None,
    named: str = "named in script.yaml",
    found: Mapping[tuple[int, str], tuple[float, str]] | None = None,
) -> tuple[Shot, ...]:
    """A shot for each line, in order.

    A line that names its scene or footage gets it. Otherwise footage goes to the lines it fits best
    (by its name, its looks, its meaning), then what is left of it to lines that only a plain
    statement would show; the rest is drawn. No clip is planned for longer than it lasts.

    Args:
        suit: `reelwright.create.scenes.suit`: the scenes that suit a line, best first.
        check: `reelwright.create.scenes.check`: raises for parameters a scene does not take.
        scenes: names of all scenes.
        format: of the video; footage that would fill it badly is then shown in a card.
        near: how near a line (its index) and an asset (its id) are in meaning, 0 to 1.
        elsewhere: seconds of an asset (its id) that other videos of a batch have shown.
        named: why a line shows the scene it names: the person or the writer set it.
        found: how well an asset (its id) that was searched for a line (its index) answers, 0 to 1,
            and why. What was searched for is shown where it answers, and nowhere else.

    Raises:
        ScriptError: a line names a scene that does not exist, or parameters it does not take.
        FootageError: a line names footage that does not exist.
    """
    drawn: list[Shot] = []
    plain: dict[int, dict[str, Any]] = {}
    for index, line in enumerate(script.lines):
        before = [shot.scene for shot in drawn[-_SOON:]]
        fits = suit(line, index=index, total=len(script.lines), language=language, channel=channel)
        shot = _choose(line, index, fits, before, scenes, named)
        plain[index] = next((fit.params for fit in fits if fit.scene == "statement"), {})
        if line.params:
            # A card with footage gets the picture it needs only when that is assigned.
            given = {"picture": "-"} if line.scene == CARD and line.footage else {}
            try:
                check(shot.scene, {**shot.params, **given})
            except ReelError as error:
                raise error.at(_where(index)) from error
        drawn.append(shot)
    shown = _assign(
        script.lines, assets, language, pace, drawn, near or {}, elsewhere or {}, found or {}
    )
    shots = tuple(
        shot.model_copy(update={"asset": shown[i][0], "why": shown[i][1]}) if i in shown else shot
        for i, shot in enumerate(drawn)
    )
    return frame_some(shots, script.lines, plain, format, language, pace) if format else shots


def _where(index: int) -> str:
    return f"script.yaml, lines, number {index + 1}"


def _choose(
    line: Line,
    index: int,
    fits: Sequence[Fit],
    before: Sequence[str],
    scenes: Sequence[str],
    named: str,
) -> Shot:
    if line.scene is not None:
        if line.scene not in scenes:
            raise ScriptError(
                f'there is no scene "{line.scene}"',
                where=_where(index),
                hint=nearest(line.scene, scenes),
            )
        fit = next((fit for fit in fits if fit.scene == line.scene), None)
        # What the person set wins over what the scene read from the line.
        params = {**(fit.params if fit else {"text": line.say}), **line.params}
        return Shot(line=index, scene=line.scene, params=params, why=named)
    fits = [fit for fit in fits if fit.scene != _LOUD or _LOUD not in before] or fits
    best = fits[0]
    same = 0
    while same < len(before) and before[-1 - same] == best.scene:
        same += 1
    # A statement has looks enough to stand twice in a row.
    if same and (same > 1 or best.scene != "statement"):
        # The same scene again gives way to one that suits nearly as well, a third time to any
        # other that suits at all.
        enough = best.score - _NEARLY if same == 1 else 0.0
        others = (f for f in fits[1:] if f.scene != best.scene and f.score >= enough)
        best = next(others, best)
    return Shot(line=index, scene=best.scene, params={**best.params, **line.params}, why=best.why)


def _assign(
    lines: Sequence[Line],
    assets: Sequence[Asset],
    language: Language,
    pace: Pace,
    drawn: Sequence[Shot],
    near: Mapping[tuple[int, str], float],
    elsewhere: Mapping[str, float],
    found: Mapping[tuple[int, str], tuple[float, str]],
) -> dict[int, tuple[Asset, str]]:
    """Which line shows which asset, and why."""
    # What other videos of a batch showed is taken from only when nothing else is left.
    fresh = {asset.id: _length(asset) - elsewhere.get(asset.id, 0.0) for asset in assets}
    fresh |= {a.id: 0.0 for a in assets if a.facts.kind == "picture" and a.id in elsewhere}
    left = {asset.id: _length(asset) for asset in assets}
    shown: dict[int, tuple[Asset, str]] = {}

    def take(index: int, asset: Asset, why: str, again: bool) -> bool:
        needed = units(lines[index].say, language) / pace.units_per_second + pace.pause
        rest = left[asset.id] if again else min(left[asset.id], fresh[asset.id])
        if rest < min(needed, _SHORTEST):
            return False
        # A picture is shown once; a clip goes on where its last stretch ended.
        for of in (left, fresh):
            of[asset.id] = 0.0 if asset.facts.kind == "picture" else of[asset.id] - needed
        shown[index] = (asset, why)
        return True

    for index, line in enumerate(lines):
        if line.footage:
            asset = footage.named(line.footage, assets, _where(index))
            shown[index] = (asset, "named in script.yaml")
            for of in (left, fresh):
                of[asset.id] -= units(line.say, language) / pace.units_per_second
    words = lambda text: segment(text, language)  # noqa: E731
    sought = {asset for _, asset in found}
    scored = [
        (
            found[index, asset.id]
            if (index, asset.id) in found
            else footage.similarity(line, asset, words, near.get((index, asset.id), 0.0)),
            index,
            asset,
        )
        for index, line in enumerate(lines)
        for asset in assets
        if index not in shown and not line.scene
        if asset.id not in sought or (index, asset.id) in found
    ]
    scored.sort(key=lambda s: (-s[0][0], s[1], s[2].path))
    # Plain lines show what nothing asked for, and of that what looks most as they say.
    plain = [
        index
        for index, line in enumerate(lines)
        if drawn[index].scene in _PLAIN and line.role is Role.POINT and not line.scene
    ]
    for again in (False, True) if elsewhere else (False,):
        for (score, why), index, asset in scored:
            if score >= _FITS and index not in shown:
                take(index, asset, why, again)
        used = {asset.id for asset, _ in shown.values()}
        for index in plain:
            if index in shown:
                continue
            fits = {asset.id: fit[0] for fit, at, asset in scored if at == index}
            rest = [asset for asset in assets if asset.id not in used | sought]
            for asset in sorted(rest, key=lambda asset: -fits[asset.id]):
                if take(index, asset, "not yet shown", again):
                    used.add(asset.id)
                    break
    return shown


def _length(asset: Asset) -> float:
    return float("inf") if asset.facts.kind == "picture" else asset.facts.seconds
