"""hook: the title that opens the video, as large as it can be."""

from __future__ import annotations

from reelwright.core.nouns import Language, Line, Role
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.meaning import essence, key_passages
from reelwright.media.drawing import Box


class Params(SceneParams):
    """`text` is the title, `strong` the words of it in the accent."""


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """The line that opens the video."""
    if line.role is not Role.HOOK and index != 0:
        return None
    score = 0.92 if line.role is Role.HOOK else 0.6
    strong = key_passages(line, language)
    params = {"text": essence(line.say, language, strong), "strong": strong}
    return Fit("hook", score, "opens the video", params)


def compose(params: Params, stage: Stage) -> None:
    """A short bar, then the title, from the left or centred, its key word in the accent."""
    centred = stage.wide or stage.pick(2) == 1
    text = ends_cleaned(params.text)
    kind = stage.type(text, title=True)
    room = (stage.width, stage.height - 90 * stage.u)
    largest = (164 if not stage.wide else 150) * stage.theme.type.scale
    setting = stage.set(
        text, kind, room, largest, lines=5, leading=1.24, strong=params.strong, smallest=44
    )
    total = 64 * stage.u + setting.height
    top = stage.top_of(total)
    start = stage.box.left + ((stage.width - 96 * stage.u) / 2 if centred else 0.0)
    mark = Box(start, top, start + 96 * stage.u, top + 14 * stage.u)
    stage.bar(mark, stage.colours.accent, radius=7 * stage.u, gap=0.1)
    below = Box(stage.box.left, top + 64 * stage.u, stage.box.right, stage.box.bottom)
    stage.lines(
        setting,
        kind,
        below,
        stage.colours.text,
        strong=stage.colours.accent,
        align="center" if centred else "left",
        gap=0.09,
    )
