"""Draws the score of a recording and what was picked by it: `--explain`."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np

from reelwright.edit.cut.scoring import Curve, Part
from reelwright.edit.cut.spans import Span
from reelwright.edit.cut.telling import NAMES, clock

_WIDE = 1600
_LEFT, _RIGHT = 270, 60
_TOP, _MAIN, _ROW, _GAP, _FOOT = 170, 250, 62, 14, 120
_PAPER, _INK, _SOFT, _LINE = "#fbfaf6", "#1f2430", "#7b8190", "#e4e1d8"
_PICK = "#e8590c"
_TOTAL = "#1f2430"
_COLOURS = {
    "speech": "#3b6fd4",
    "loudness": "#0f9d94",
    "applause": "#d9480f",
    "laughter": "#e0a100",
    "motion": "#c2255c",
    "faces": "#7048e8",
    "text": "#5c7cfa",
    "rhythm": "#2f9e44",
}
_WORDS = {
    "zh": {
        "picked": "选中 {count} 段，共 {seconds} 秒（原片 {whole}）",
        "weight": "占总分 {share}%",
        "absent": "这段素材里没有",
        "sure": "把握",
        "note": "橙色是选中的片段。每一行是一种线索，圆点越多，测得越有把握；"
        "总分是各行按份量相加。",
    },
    "en": {
        "picked": "{count} picked, {seconds} s in all (of {whole})",
        "weight": "{share}% of the score",
        "absent": "none in this recording",
        "sure": "sure",
        "note": "What was picked is orange. Each row is one kind of evidence; more dots mean a "
        "surer measure. The score adds the rows by their weights.",
    },
}
_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)


def draw_curve(curve: Curve, spans: Sequence[Span], *, title: str, language: str = "zh") -> bytes:
    """A PNG, 1600 pixels across: the score over time, its parts below, what was picked over all.

    Args:
        curve: the score.
        spans: what was picked of this recording.
        title: what the recording is called.
        language: ``zh`` or ``en``.
    """
    from PIL import Image

    from reelwright.media.drawing import buffer_surface

    high = _TOP + _MAIN + len(curve.parts) * (_ROW + _GAP) + _GAP + _FOOT
    pixels = np.zeros((high, _WIDE, 4), np.uint8)
    surface = buffer_surface(pixels)
    _Drawing(surface.getCanvas(), curve, spans, language).draw(title, high)
    surface.flushAndSubmit()
    out = BytesIO()
    Image.fromarray(pixels[..., 2::-1].copy()).save(out, "PNG", optimize=True)
    return out.getvalue()


class _Drawing:
    def __init__(self, canvas: Any, curve: Curve, spans: Sequence[Span], language: str) -> None:
        from reelwright.media.drawing import Type

        self.canvas, self.curve, self.spans = canvas, curve, spans
        self.language = "zh" if language == "zh" else "en"
        self.words, self.names = _WORDS[self.language], NAMES[self.language]
        self.bold = Type(weight=700, language=self.language)
        self.plain = Type(weight=400, language=self.language)

    def x(self, at: float) -> float:
        return _LEFT + (_WIDE - _LEFT - _RIGHT) * at / max(self.curve.seconds, 1e-6)

    def write(self, text: str, x: float, y: float, size: float, fill: str, kind: Any) -> float:
        from reelwright.media.drawing import draw_text, paint

        return draw_text(self.canvas, text, x, y, size, kind, paint(fill))

    def draw(self, title: str, high: int) -> None:
        from reelwright.media.drawing import colour

        self.canvas.clear(colour(_PAPER))
        bottom = high - _FOOT
        self._head(title)
        self._times(bottom)
        self._picks(bottom)
        self._area(self.curve.total, _TOTAL, _TOP + 40, _MAIN - 56, strong=True)
        self.write(_capital(self.names["total"]), 60, _TOP + 64, 27, _INK, self.bold)
        top = _TOP + _MAIN + _GAP
        for part in self.curve.parts:
            self._part(part, top)
            top += _ROW + _GAP
        self.write(self.words["note"], 60, high - 34, 19, _SOFT, self.plain)

    def _head(self, title: str) -> None:
        from reelwright.media.drawing import measure

        size = 40.0
        while measure(title, self.bold) * size > _WIDE - 120 and len(title) > 8:
            title = title[: max(6, len(title) - 4)].rstrip("… ") + "…"
        self.write(title, 60, 84, size, _INK, self.bold)
        told = self.words["picked"].format(
            count=len(self.spans),
            seconds=f"{sum(span.seconds for span in self.spans):.1f}",
            whole=clock(self.curve.seconds),
        )
        self.write(told, 60, 126, 24, _PICK, self.plain)

    def _times(self, bottom: int) -> None:
        from reelwright.media.drawing import measure, paint

        step = next((s for s in _STEPS if self.curve.seconds / s <= 12), _STEPS[-1])
        for at in np.arange(0, self.curve.seconds + 1e-6, step):
            x = self.x(float(at))
            self.canvas.drawLine(x, _TOP, x, bottom, paint(_LINE, StrokeWidth=1.5))
            text = clock(float(at))
            wide = measure(text, self.plain) * 18
            self.write(text, x - wide / 2, bottom + 28, 18, _SOFT, self.plain)

    def _picks(self, bottom: int) -> None:
        from reelwright.media.drawing import Box, measure, paint, rounded

        shown = -1e9
        for span in self.spans:
            left, right = self.x(span.start), max(self.x(span.end), self.x(span.start) + 2)
            self.canvas.drawRect(_rect(left, _TOP, right, bottom), paint(_PICK, 0.11))
            rounded(self.canvas, Box(left, _TOP, right, _TOP + 8), 3, paint(_PICK))
            text = clock(span.start)
            wide = measure(text, self.bold) * 17
            if left - shown > 8:
                self.write(text, left, _TOP - 8, 17, _PICK, self.bold)
                shown = left + wide

    def _part(self, part: Part, top: float) -> None:
        from reelwright.media.drawing import paint

        ink = _COLOURS[part.name] if part.weight else _SOFT
        self.write(_capital(self.names[part.name]), 60, top + 26, 23, _INK, self.bold)
        if part.weight:
            share = self.words["weight"].format(share=round(100 * part.weight))
            self.write(share, 60, top + 52, 16, _SOFT, self.plain)
        else:
            self.write(self.words["absent"], 60, top + 52, 16, _SOFT, self.plain)
        for dot in range(4):
            full = part.sure >= (dot + 0.6) / 4
            self.canvas.drawCircle(
                _LEFT - 74 + 14 * dot, top + 18, 4.2, paint(ink if full else _LINE)
            )
        base = top + _ROW
        self.canvas.drawLine(_LEFT, base, _WIDE - _RIGHT, base, paint(_LINE, StrokeWidth=1.5))
        if part.weight:
            self._area(part.values, ink, top, _ROW)

    def _area(self, values: Any, ink: str, top: float, high: float, strong: bool = False) -> None:
        """A filled curve, from the base line up."""
        from reelwright.media.drawing import colour, linear_gradient, paint, skia

        width = _WIDE - _LEFT - _RIGHT
        # As many points as there are pixels: where seconds are closer, their highest is shown.
        at = np.arange(len(values)) + 0.5
        if len(values) > width:
            parts = np.array_split(np.asarray(values), width)
            values = np.array([part.max() for part in parts])
            at = np.array([part.mean() for part in np.array_split(at, width)])
        most = max(float(np.max(values)), 0.2) if strong else 1.0
        base = top + high
        xs = [self.x(float(t)) for t in at]
        ys = [base - high * float(v) / most for v in values]
        line = skia.Path()
        line.moveTo(self.x(0), ys[0])
        for x, y in zip(xs, ys, strict=True):
            line.lineTo(x, y)
        line.lineTo(self.x(self.curve.seconds), ys[-1])
        area = skia.Path(line)
        area.lineTo(self.x(self.curve.seconds), base)
        area.lineTo(self.x(0), base)
        area.close()
        self.canvas.drawPath(
            area,
            linear_gradient((0, top), (0, base), [colour(ink, 0.42), colour(ink, 0.08)]),
        )
        pen = paint(ink, Style=skia.Paint.kStroke_Style, StrokeWidth=3.0 if strong else 2.0)
        pen.setStrokeJoin(skia.Paint.kRound_Join)
        self.canvas.drawPath(line, pen)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rect(left: float, top: float, right: float, bottom: float) -> Any:
    from reelwright.media.drawing import skia

    return skia.Rect.MakeLTRB(left, top, right, bottom)
