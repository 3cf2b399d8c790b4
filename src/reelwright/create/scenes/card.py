"""card: a picture or a clip in a frame, the key phrase beneath it (beside it in a landscape)."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from reelwright.core.nouns import Language, Line
from reelwright.create.scenes.base import Fit, SceneParams, Stage, ends_cleaned
from reelwright.create.scenes.camera import Camera
from reelwright.create.scenes.film import Film
from reelwright.media import drawing
from reelwright.media.drawing import Box
from reelwright.media.easing import quint_out
from reelwright.media.typesetting import Setting

skia: Any = drawing.skia


_Fill = Callable[[Any, Any, bool], None]
"""`fill(canvas, paint, steady)`: the paint says how visible it is, `steady` that it is at rest."""


class Params(SceneParams):
    """A picture or a clip (a path from the project's folder), and `text` (may be empty)."""

    picture: str = ""
    clip: str = ""
    start: float = Field(default=0.0, ge=0)
    """Seconds into the clip."""
    focus: tuple[float, float] | None = None
    """Where its subject is (shares of its width and height); left out, it is looked for."""

    @model_validator(mode="after")
    def _one_of_them(self) -> Params:
        if bool(self.picture) == bool(self.clip):
            raise ValueError("give either picture or clip")
        return self


def suit(line: Line, index: int, total: int, language: Language) -> Fit | None:
    """Never by itself: a picture or a clip has to be given."""
    return None


def compose(params: Params, stage: Stage) -> None:
    """The card as large as the text leaves it, the text below it or at its right.

    Raises FootageError where the picture or clip is missing or damaged.
    """
    u = stage.u
    path = stage.root / (params.picture or params.clip)
    # A little less wide than films are, where the frame is upright: the card then has weight.
    shape = min(max(_shape(path), 0.8), 16 / 9 if stage.wide else 1.4)
    text = ends_cleaned(params.text)
    kind = stage.type(text or "a", title=True)
    centred = not stage.wide and stage.pick(2) == 1
    gap = 60 * u if text else 0.0
    scale = stage.theme.type.scale
    setting: Setting | None = None
    if stage.wide and text:
        across = min(stage.width * 0.56, stage.height * shape)
        high = min(stage.height, across / shape)
        room = (stage.width - across - 1.3 * gap, stage.height * 0.9)
        setting = stage.set(
            text, kind, room, 100 * scale, smallest=30, lines=6, leading=1.34, strong=params.strong
        )
        top = stage.top_of(high)
        used = across + 1.3 * gap + setting.width
        card = _around(stage.box.left + (stage.width - used) / 2, top, across, high)
        left = card.right + 1.3 * gap
        column = Box(left, top + (high - setting.height) / 2, stage.box.right, stage.box.bottom)
    else:
        if text:
            room = (stage.width, stage.height * 0.36)
            setting = stage.set(
                text, kind, room, 96 * scale, smallest=30, lines=4, leading=1.3,
                strong=params.strong,
            )  # fmt: skip
        # Latin letters reach below the em box.
        below = gap + setting.height + 0.16 * setting.size if setting else 0.0
        most = min(stage.height - below, 0.7 * stage.height if text else stage.height)
        across = min(stage.width, most * max(shape, 1.0 if text else 0.0))
        high = min(most, across / shape)
        top = stage.top_of(high + below)
        # A narrow card over a text set from the left would stand in no relation to it.
        left = stage.box.left + (stage.width - across) / 2
        centred = centred or across < 0.93 * stage.width
        card = _around(left, top, across, high)
        column = Box(stage.box.left, card.bottom + gap, stage.box.right, stage.box.bottom)
    _frame(stage, card, _filler(params, path, card, stage))
    if setting is None:
        return
    if stage.wide:
        mark = column.top - 44 * u
        bar = Box(column.left, mark, column.left + 72 * u, mark + 12 * u)
        stage.bar(bar, stage.colours.accent, radius=6 * u)
    stage.turn(0.06)
    stage.lines(
        setting, kind, column, stage.colours.text, strong=stage.colours.accent,
        align="center" if centred else "left",
    )  # fmt: skip


def _around(left: float, top: float, width: float, height: float) -> Box:
    return Box(round(left), round(top), round(left + width), round(top + height))


def _shape(path: Path) -> float:
    from reelwright.media.probing import probe

    facts = probe(path)
    return facts.width / max(1, facts.height) if facts.width else 1.5


def _filler(params: Params, path: Path, card: Box, stage: Stage) -> _Fill:
    """How the card is filled."""
    width, height = round(card.right - card.left), round(card.bottom - card.top)
    target = skia.Rect.MakeLTRB(card.left, card.top, card.right, card.bottom)
    corner = _corner(stage)
    sampling = skia.SamplingOptions(skia.FilterMode.kLinear)
    film = Film(path, params.start, width, height, params.focus) if params.clip else None
    camera = None if film else Camera(path, width, height, focus=params.focus)
    seen = {"view": camera.view(0.0)} if camera else {}

    def go_on(seconds: float, share: float) -> bool:
        if film:
            return film.at(seconds)
        if camera:
            seen["view"] = camera.view(share)
        return True

    rounded = skia.RRect.MakeRectXY(target, corner, corner)
    side = ceil(corner)
    left, top, right, bottom = card.left, card.top, card.right, card.bottom
    bands = [
        (left, top + side, right, bottom - side),
        (left + side, top, right - side, top + side),
        (left + side, bottom - side, right - side, bottom),
    ]
    corners = [
        (x, y, x + side, y + side) for x in (left, right - side) for y in (top, bottom - side)
    ]

    def fill(canvas: Any, ink: Any, steady: bool) -> None:
        image = camera.image if camera else film.image if film else None
        if image is None:
            return
        view = seen["view"] if camera else Box(0, 0, width, height)
        whole = skia.Rect.MakeLTRB(view.left, view.top, view.right, view.bottom)

        def draw() -> None:
            if steady and not camera:
                canvas.drawImage(image, left, top)
            elif steady:
                canvas.drawImageRect(image, whole, target, sampling)
            else:
                canvas.drawImageRect(image, whole, target, sampling, ink)

        # Smooth corners are slow, so only they are cut smoothly.
        for part in [*corners, *bands] if steady else [None]:
            canvas.save()
            if part:
                canvas.clipRect(skia.Rect.MakeLTRB(*part))
            if part not in bands:
                canvas.clipRRect(rounded, skia.ClipOp.kIntersect, True)
            draw()
            canvas.restore()

    stage.drawing.film = go_on
    return fill


def _corner(stage: Stage) -> float:
    return (8 if stage.theme.type.serif else 34) * stage.u


def _frame(stage: Stage, card: Box, fill: _Fill) -> None:
    """The card comes up and settles: a soft shadow, what fills it, a hairline around."""
    u = stage.u
    corner = _corner(stage)
    blur = 26 * u
    rest = Box(card.left, card.top + 16 * u, card.right, card.bottom + 16 * u)

    def cast(canvas: Any) -> None:
        soft = skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur)
        ink = drawing.paint("#000000", 0.34, MaskFilter=soft)
        drawing.rounded(canvas, rest, corner, ink)

    shadow = drawing.picture_of(rest, cast, pad=round(3 * blur))
    hair = drawing.paint(stage.colours.edge)
    hair.setStyle(skia.Paint.kStroke_Style)
    hair.setStrokeWidth(3 * u)

    def draw(canvas: Any, p: float) -> None:
        moved = quint_out(p)
        ink = skia.Paint(AntiAlias=True, Alphaf=min(1.0, p * 2.2))
        canvas.save()
        if p < 1:
            grown = 0.92 + 0.08 * moved
            x, y = (card.left + card.right) / 2, (card.top + card.bottom) / 2
            canvas.translate(x, y + 70 * u * (1 - moved))
            canvas.scale(grown, grown)
            canvas.translate(-x, -y)
        if p < 1:
            canvas.drawImage(shadow.image, shadow.x, shadow.y, skia.SamplingOptions(), ink)
        else:
            # With a paint it would take ten times as long.
            canvas.drawImage(shadow.image, shadow.x, shadow.y)
        fill(canvas, ink, p >= 1)
        if p >= 1:
            drawing.rounded(canvas, card, corner, hair)
        canvas.restore()

    stage.add(draw, length=0.6, gap=0.2)
