"""call: what the viewer should do now, and whom to follow."""

from __future__ import annotations

from typing import Any

from reelwright.core.nouns import Language, Line, Role
from reelwright.create.language import in_the_form_of
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned, language_of
from reelwright.create.scenes.meaning import essence
from reelwright.media import drawing
from reelwright.media.drawing import BASELINE, Box, measure

skia: Any = drawing.skia


class Params(SceneParams):
    """`text` is the call; `channel` and `button` may be empty."""

    channel: str = ""
    button: str = ""
    """Words on the button; empty takes the language's word for following."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """The line that calls to action."""
    if line.role is not Role.CALL:
        return None
    button = _button_word(line.say, language)
    return Fit(
        "call", 0.95, "calls to action", {"text": essence(line.say, language), "button": button}
    )


def _button_word(text: str, language: str) -> str:
    return in_the_form_of(text, "关注") if language == "zh" else "Follow"


def compose(params: Params, stage: Stage) -> None:
    """Channel, call and button, one under the other, in the middle."""
    text = ends_cleaned(params.text)
    u = stage.u
    disc = 88 * u if stage.height > 700 * u else 60 * u
    kind = stage.type(text, title=True)
    head = 0.0
    name = None
    name_kind = stage.type(params.channel or "a")
    if params.channel:
        name = stage.set(params.channel, name_kind, (stage.width, 80 * u), 56, smallest=26, lines=1)
        head = disc * 2 + 28 * u + name.height + 52 * u
    foot = 64 * u + 124 * u
    largest = 104 * stage.theme.type.scale
    room = (stage.width, stage.height - head - foot)
    setting = stage.set(text, kind, room, largest, lines=4, leading=1.26, smallest=28)
    total = head + setting.height + foot
    top = stage.top_of(total)
    middle = (stage.box.left + stage.box.right) / 2
    if name:
        _avatar(stage, params.channel, (middle, top + disc), disc)
        box = Box(stage.box.left, top + disc * 2 + 28 * u, stage.box.right, stage.box.bottom)
        stage.lines(name, name_kind, box, stage.colours.muted, align="center")
    box = Box(stage.box.left, top + head, stage.box.right, stage.box.bottom)
    stage.lines(setting, kind, box, stage.colours.text, align="center")
    word = params.button or _button_word(text, language_of(text))
    _button(stage, word, middle, top + head + setting.height + 64 * u)


def _avatar(stage: Stage, name: str, centre: tuple[float, float], radius: float) -> None:
    first = next((char for char in name if char.isalnum()), name[:1]).upper()
    kind = stage.type(first, title=True)
    size = radius * 1.05
    ink = drawing.ink_box(first, 0, 0, size, kind)
    x, y = centre[0] - (ink.left + ink.right) / 2, centre[1] - (ink.top + ink.bottom) / 2
    around = Box(centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)

    def draw(canvas: Any) -> None:
        round_by = 14 * stage.u if stage.theme.type.serif else radius
        drawing.rounded(canvas, around, round_by, drawing.paint(stage.colours.second))
        ground = drawing.paint(stage.colours.ground)
        drawing.draw_text(canvas, first, x, y, size, kind, ground)

    stage.sprite(drawing.picture_of(around, draw), motion="pop", gap=0.1)
    stage.drawing.boxes.append((first, ink.moved(x, y)))


def _button(stage: Stage, word: str, middle: float, top: float) -> None:
    u = stage.u
    kind = stage.type(word)
    size = 56 * u
    wide = measure(word, kind) * size
    most = stage.width - 240 * u
    if wide > most:
        size, wide = size * most / wide, most
    high, plus = 124 * u, 40 * u
    total = wide + plus + 28 * u + 120 * u
    box = Box(middle - total / 2, top, middle + total / 2, top + high)
    x = box.left + 60 * u + plus + 28 * u
    baseline = top + high / 2 + size * (BASELINE - 0.5)

    def draw(canvas: Any) -> None:
        radius = 10 * u if stage.theme.type.serif else high / 2
        drawing.rounded(canvas, box, radius, drawing.paint(stage.colours.accent))
        ink = drawing.paint(stage.colours.on_accent)
        drawing.draw_text(canvas, word, x, baseline, size, kind, ink)
        ink.setStrokeWidth(8 * u)
        ink.setStrokeCap(skia.Paint.kRound_Cap)
        cx, cy = box.left + 60 * u + plus / 2, top + high / 2
        canvas.drawLine(cx - plus / 2, cy, cx + plus / 2, cy, ink)
        canvas.drawLine(cx, cy - plus / 2, cx, cy + plus / 2, ink)

    stage.sprite(drawing.picture_of(box, draw), motion="pop", gap=0.0)
    stage.drawing.boxes.append((word, drawing.ink_box(word, x, baseline, size, kind)))
