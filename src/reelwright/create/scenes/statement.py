"""statement: one sentence, its key words under a marker. What a line gets when nothing fits it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.meaning import essence, key_passages
from reelwright.media import drawing
from reelwright.media.drawing import BASELINE, Box, Type, measure
from reelwright.media.easing import cubic_out
from reelwright.media.typesetting import PAUSES, Setting


class Params(SceneParams):
    """`text` and the words of it to mark."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """Any line."""
    strong = key_passages(line, language)
    text = essence(line.say, language, strong)
    marked = tuple(word for word in strong if word in text and len(word) < len(text))
    return Fit("statement", 0.4, "says one thing", {"text": text, "strong": marked})


def compose(params: Params, stage: Stage) -> None:
    """A rule at the left as high as the text; the sentence beside it."""
    text = ends_cleaned(params.text)
    inset = 52 * stage.u
    kind = stage.type(text, title=True)
    room = (stage.width - inset, stage.height * 0.9)
    largest = 108 * stage.theme.type.scale
    setting = stage.set(
        text, kind, room, largest, leading=1.38, strong=params.strong, smallest=36, lines=7
    )
    top = stage.box.top + (stage.height - setting.height) * 0.46
    left = stage.box.left
    _rule(stage, Box(left, top, left + 12 * stage.u, top + setting.height))
    box = Box(left + inset, top, stage.box.right, top + setting.height)
    stage.lines(setting, kind, box, stage.colours.text, gap=0.07)
    stage.turn(0.12)
    markers(stage, setting, kind, box)


def _rule(stage: Stage, box: Box) -> None:
    ink = drawing.paint(stage.colours.accent)

    def draw(canvas: Any, p: float) -> None:
        end = box.top + (box.bottom - box.top) * cubic_out(p)
        drawing.rounded(canvas, Box(box.left, box.top, box.right, end), 6 * stage.u, ink)

    stage.add(draw, gap=0.05)


def markers(stage: Stage, setting: Setting, kind: Type, box: Box) -> None:
    """Marker strokes that sweep over the highlighted words of a text set from the left."""
    size = setting.size
    for number, line in enumerate(setting.lines):
        baseline = box.top + size * (BASELINE + setting.leading * number)
        for first, last in _spans([token.strong for token in line]):
            before = "".join(token.text for token in line[:first])
            marked = "".join(token.text for token in line[first:last])
            # A comma that ends the passage keeps to the sentence.
            marked = marked.rstrip().rstrip(PAUSES) or marked
            left = box.left + measure(before, kind) * size
            right = left + measure(marked, kind) * size
            pad = 0.04 * size
            stroke = Box(left - pad, baseline - 0.93 * size, right + pad, baseline + 0.19 * size)
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
