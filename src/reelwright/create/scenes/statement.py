"""statement: one sentence, its key words under a marker. What a line gets when nothing fits it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from reelwright.core.nouns import Language, Line
from reelwright.core.words import is_cjk
from reelwright.create.keywords import names
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned, language_of
from reelwright.create.scenes.meaning import essence, key_passages
from reelwright.media import drawing
from reelwright.media.drawing import BASELINE, Box, Type, measure
from reelwright.media.easing import cubic_out
from reelwright.media.typesetting import CLOSING, PAUSES, Setting


class Params(SceneParams):
    """`text` and the words of it to mark."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """Any line."""
    strong = key_passages(line, language)
    text = essence(line.say, language, strong)
    marked = tuple(word for word in strong if word in text and len(word) < len(text))
    return Fit("statement", 0.4, "says one thing", {"text": text, "strong": marked})


def compose(params: Params, stage: Stage) -> None:
    """A rule at the left and the sentence beside it; or the sentence centred; or on a card; or its
    key phrase set large."""
    parted = _parted(params)
    if parted and (stage.wide or stage.pick(5) < 3):
        _poster(parted, stage)
        return
    look = 1 if stage.wide else stage.pick(3)
    if look == 1:
        _centred(params, stage)
        return
    card = look == 2
    text = ends_cleaned(params.text)
    inset = (60 if card else 52) * stage.u
    kind = stage.type(text, title=True)
    room = (stage.width - inset * (2 if card else 1), stage.height * (0.74 if card else 0.9))
    largest = 116 * stage.theme.type.scale
    setting = stage.set(
        text, kind, room, largest, leading=1.38, strong=params.strong, smallest=36, lines=7
    )
    top = stage.top_of(setting.height)
    left = stage.box.left
    if card:
        pad = 64 * stage.u
        around = Box(left, top - pad, stage.box.right, top + setting.height + pad)
        stage.card(around, gap=0.12)
        edge = Box(left + inset, around.top - 6 * stage.u, left + inset + 120 * stage.u, around.top)
        stage.bar(
            Box(edge.left, edge.top, edge.right, edge.bottom + 6 * stage.u),
            stage.colours.second,
            radius=6 * stage.u,
        )
    else:
        _rule(stage, Box(left, top, left + 12 * stage.u, top + setting.height))
    right = stage.box.right - (inset if card else 0.0)
    box = Box(left + inset, top, right, top + setting.height)
    stage.lines(setting, kind, box, stage.colours.text, gap=0.07)
    stage.turn(0.12)
    markers(stage, setting, kind, box)


def _centred(params: Params, stage: Stage) -> None:
    """The sentence in the middle, a short stroke under it."""
    text = ends_cleaned(params.text)
    kind = stage.type(text, title=True)
    room = (stage.width, stage.height * 0.86)
    setting = stage.set(
        text,
        kind,
        room,
        124 * stage.theme.type.scale,
        leading=1.36,
        strong=params.strong,
        smallest=36,
        lines=7,
    )
    foot = 84 * stage.u
    top = stage.top_of(setting.height + foot)
    box = Box(stage.box.left, top, stage.box.right, top + setting.height)
    stage.lines(setting, kind, box, stage.colours.text, align="center", gap=0.07)
    stage.turn(0.12)
    markers(stage, setting, kind, box, align="center")
    middle, low = (box.left + box.right) / 2, box.bottom + foot - 12 * stage.u
    stroke = Box(middle - 60 * stage.u, low, middle + 60 * stage.u, low + 12 * stage.u)
    stage.bar(stroke, stage.colours.second, radius=6 * stage.u)


_PHRASE = (2, 9.0)
"""Characters at least, and ems at most, of a phrase that is set large."""
_AROUND = 13.0
"""Ems at most of what is said before and after it."""


def _parted(params: Params) -> tuple[str, str, str] | None:
    """A sentence as what is said before its one key phrase, the phrase, and what is said after.

    None where it has no one phrase that can stand by itself.
    """
    text = ends_cleaned(params.text)
    strong = [phrase for phrase in params.strong if phrase in text]
    if len(strong) != 1 or text.count(strong[0]) != 1:
        return None
    before, after = (part.strip() for part in text.split(strong[0]))
    if after[:1] in tuple(CLOSING):
        # A mark that closes the phrase is not said apart from it.
        after = after.lstrip(CLOSING).strip()
    kind = Type(language=language_of(text))
    wide = [measure(part, kind) for part in (before, strong[0], after)]
    least, most = _PHRASE
    if len(strong[0]) < least or wide[1] > most or max(wide[0], wide[2]) > _AROUND:
        return None
    # 该 alone on its line, or a phrase that names nothing, is no picture.
    named = names(strong[0], "zh" if is_cjk(strong[0][0]) else "en") or " " in strong[0]
    if len(before) == 1 or len(after) == 1 or not (named or re.search(r"\d", strong[0])):
        return None
    # 《…|…》: what stands in marks is not taken out of them.
    if any(before.count(a) > before.count(b) for a, b in ("《》", "「」", "“”", "（）")):
        return None
    return (before, strong[0], after) if before or after else None


def _poster(parted: tuple[str, str, str], stage: Stage) -> None:
    """The key phrase in large letters, the rest of the sentence over and under it."""
    before, phrase, after = parted
    scale, gap = stage.theme.type.scale, 44 * stage.u
    whole = "".join(parted)
    small = stage.type(whole, title=False)
    kind = stage.type(phrase, title=True)
    room = (stage.width, stage.height * 0.26)
    size = 84 * scale
    around = [
        stage.set(part, small, room, size, smallest=34, lines=3, leading=1.3) if part else None
        for part in (before, after)
    ]
    large = stage.set(phrase, kind, (stage.width, stage.height * 0.4), 232 * scale, smallest=60,
                      lines=2, leading=1.14)  # fmt: skip
    heights = [around[0].height + gap if around[0] else 0.0, large.height]
    heights.append(gap + around[1].height if around[1] else 0.0)
    align = "center" if stage.wide else "left"
    top = stage.top_of(sum(heights))
    left, right = stage.box.left, stage.box.right
    if around[0]:
        place = Box(left, top, right, top + around[0].height)
        stage.lines(around[0], small, place, stage.colours.text, align=align, gap=0.07)
    top += heights[0]
    stage.turn(0.08)
    place = Box(left, top, right, top + large.height)
    stage.lines(large, kind, place, stage.colours.accent, align=align, motion="pop", gap=0.1)
    top += heights[1] + gap
    if around[1]:
        stage.turn(0.1)
        place = Box(left, top, right, top + around[1].height)
        stage.lines(around[1], small, place, stage.colours.text, align=align, gap=0.07)


def _rule(stage: Stage, box: Box) -> None:
    ink = drawing.paint(stage.colours.accent)

    def draw(canvas: Any, p: float) -> None:
        end = box.top + (box.bottom - box.top) * cubic_out(p)
        drawing.rounded(canvas, Box(box.left, box.top, box.right, end), 6 * stage.u, ink)

    stage.add(draw, gap=0.05)


def markers(stage: Stage, setting: Setting, kind: Type, box: Box, *, align: str = "left") -> None:
    """Marker strokes that sweep over the highlighted words of a set text."""
    size = setting.size
    for number, line in enumerate(setting.lines):
        baseline = box.top + size * (BASELINE + setting.leading * number)
        for first, last in _spans([token.strong for token in line]):
            before = "".join(token.text for token in line[:first])
            marked = "".join(token.text for token in line[first:last])
            # A comma that ends the passage keeps to the sentence.
            marked = marked.rstrip().rstrip(PAUSES) or marked
            start = drawing.line_left(line, size, kind, box.left, box.right - box.left, align)
            left = start + measure(before, kind) * size
            right = left + measure(marked, kind) * size
            pad = 0.04 * size
            low = 0.25 if marked.isascii() else 0.19
            stroke = Box(left - pad, baseline - 0.93 * size, right + pad, baseline + low * size)
            _marker(stage, stroke, marked, (left, baseline), size, kind)


def _marker(
    stage: Stage, box: Box, text: str, at: tuple[float, float], size: float, kind: Type
) -> None:
    def draw(canvas: Any) -> None:
        drawing.rounded(canvas, box, 0.1 * size, drawing.paint(stage.colours.accent))
        ink = drawing.paint(stage.colours.on_accent)
        drawing.draw_text(canvas, text, *at, size, kind, ink)

    stage.sprite(drawing.picture_of(box, draw), motion="wipe", gap=0.06)


def _spans(flags: Sequence[bool]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start: int | None = None
    for at, flag in enumerate([*flags, False]):
        if flag and start is None:
            start = at
        elif not flag and start is not None:
            spans.append((start, at))
            start = None
    return spans
