"""Draw the footage of this example: four short clips and two pictures, always the same bytes.

Nobody's clips may be committed here, so these stand in for what a shop would film with a phone::

    python examples/shop/make_footage.py
    reel make examples/shop
"""

from __future__ import annotations

import math
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import skia

from reelwright.media.ffmpeg import binary

RATE = 30
Painter = Callable[[skia.Canvas, float, float, float], None]
"""Called with a canvas, its width, its height, and the time in seconds."""


def ink(colour: int, alpha: float = 1.0, stroke: float = 0.0) -> skia.Paint:
    """A paint; `colour` is 0xRRGGBB, a stroke of 0 fills."""
    paint = skia.Paint(AntiAlias=True, Color=skia.ColorSetA(0xFF000000 | colour, int(255 * alpha)))
    if stroke:
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(stroke)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
    return paint


def wall(canvas: skia.Canvas, width: float, height: float, top: int, bottom: int) -> None:
    """A wall in two shades, and the wooden counter before it."""
    colours = [0xFF000000 | top, 0xFF000000 | bottom]
    shade = skia.GradientShader.MakeLinear([(0, 0), (0, height)], colours)
    canvas.drawPaint(skia.Paint(Shader=shade))
    canvas.drawRect(skia.Rect(0, height * 0.8, width, height), ink(0x6B4226))
    canvas.drawRect(skia.Rect(0, height * 0.8, width, height * 0.815), ink(0x8A5A36))


def bean(canvas: skia.Canvas, x: float, y: float, size: float, turn: float) -> None:
    """A roasted coffee bean."""
    canvas.save()
    canvas.translate(x, y)
    canvas.rotate(turn)
    canvas.drawOval(skia.Rect(-size, -size * 0.68, size, size * 0.68), ink(0x4A2C17))
    crease = skia.Path()
    crease.moveTo(-size * 0.85, 0)
    crease.cubicTo(-size * 0.3, -size * 0.35, size * 0.3, size * 0.35, size * 0.85, 0)
    canvas.drawPath(crease, ink(0x2A170B, stroke=size * 0.14))
    canvas.restore()


def grinding(canvas: skia.Canvas, width: float, height: float, time: float) -> None:
    """Beans sink in a glass funnel; powder falls and piles up."""
    wall(canvas, width, height, 0xF2E3CF, 0xD9BC98)
    middle, unit = width / 2, height / 10
    chance = random.Random(7)
    funnel = skia.Path()
    funnel.moveTo(middle - unit * 2.4, unit * 1.2)
    funnel.lineTo(middle + unit * 2.4, unit * 1.2)
    funnel.lineTo(middle + unit * 0.7, unit * 4.6)
    funnel.lineTo(middle - unit * 0.7, unit * 4.6)
    funnel.close()
    canvas.save()
    canvas.clipPath(funnel, skia.ClipOp.kIntersect, True)
    canvas.drawPath(funnel, ink(0xFFFFFF, 0.45))
    for _ in range(90):
        x, y = chance.uniform(-2.3, 2.3) * unit, chance.uniform(2.0, 5.4) * unit
        shake = math.sin(time * 34 + x) * unit * 0.04
        fall = (y + time * unit * 0.28 - unit * 2.0) % (unit * 3.4) + unit * 2.0
        bean(canvas, middle + x + shake, fall, unit * 0.3, chance.uniform(0, 180) + shake * 3)
    canvas.restore()
    canvas.drawPath(funnel, ink(0x9A7B5B, stroke=unit * 0.09))
    body = skia.Rect(middle - unit * 1.3, unit * 4.6, middle + unit * 1.3, unit * 6.2)
    canvas.drawRoundRect(body, unit * 0.2, unit * 0.2, ink(0x37322E))
    canvas.drawCircle(middle, unit * 5.4, unit * 0.32, ink(0xE8A33D))
    for _ in range(60):
        x, phase = chance.gauss(0, 0.16) * unit, chance.random()
        y = (phase + time * 1.6) % 1 * unit * 1.5 + unit * 6.2
        canvas.drawCircle(middle + x, y, unit * 0.05, ink(0x4A2C17))
    pile = unit * (0.5 + min(time, 5) * 0.16)
    canvas.drawOval(
        skia.Rect(middle - unit * 1.5, unit * 8 - pile, middle + unit * 1.5, unit * 8 + pile * 0.3),
        ink(0x4A2C17),
    )
    canvas.drawRect(
        skia.Rect(middle - unit * 1.8, unit * 7.9, middle + unit * 1.8, unit * 8.3), ink(0xC9C4BC)
    )


def cup(canvas: skia.Canvas, x: float, y: float, size: float, full: float) -> None:
    """A glass, `full` of coffee from 0 to 1."""
    glass = skia.Path()
    glass.moveTo(x - size, y - size * 1.5)
    glass.lineTo(x + size, y - size * 1.5)
    glass.lineTo(x + size * 0.8, y)
    glass.lineTo(x - size * 0.8, y)
    glass.close()
    canvas.drawPath(glass, ink(0xFFFFFF, 0.35))
    canvas.save()
    canvas.clipPath(glass, skia.ClipOp.kIntersect, True)
    level = y - size * 1.4 * full
    canvas.drawRect(skia.Rect(x - size, level, x + size, y), ink(0x3B1F0E))
    canvas.drawRect(skia.Rect(x - size, level, x + size, level + size * 0.18), ink(0xC98A4B))
    canvas.restore()
    canvas.drawPath(glass, ink(0xFFFFFF, 0.85, stroke=size * 0.06))


def steam(canvas: skia.Canvas, x: float, y: float, size: float, time: float) -> None:
    """Three wisps that rise."""
    for wisp in (-1, 0, 1):
        path = skia.Path()
        path.moveTo(x + wisp * size * 0.5, y)
        for step in range(1, 13):
            sway = math.sin(step * 0.8 + time * 2.4 + wisp * 2) * size * 0.16
            path.lineTo(x + wisp * size * 0.5 + sway, y - step * size * 0.16)
        canvas.drawPath(path, ink(0xFFFFFF, 0.35, stroke=size * 0.1))


def extraction(canvas: skia.Canvas, width: float, height: float, time: float) -> None:
    """Two thin streams of espresso fill a glass under the machine."""
    wall(canvas, width, height, 0x2E3A44, 0x55646E)
    middle, unit = width / 2, height / 10
    canvas.drawRect(skia.Rect(0, 0, width, unit * 2.6), ink(0xB9BEC2))
    canvas.drawRect(skia.Rect(0, unit * 2.4, width, unit * 2.6), ink(0x7E868B))
    group = skia.Rect(middle - unit * 1.4, unit * 2.6, middle + unit * 1.4, unit * 3.7)
    canvas.drawRoundRect(group, unit * 0.2, unit * 0.2, ink(0x4B5257))
    handle = skia.Rect(middle + unit * 1.2, unit * 2.95, middle + unit * 4.6, unit * 3.4)
    canvas.drawRoundRect(handle, unit * 0.2, unit * 0.2, ink(0x3A2417))
    full = min(1.0, 0.06 + time / 5 * 0.8)
    level = unit * 8 - unit * 1.5 * 1.4 * full
    for side in (-1, 1):
        path = skia.Path()
        path.moveTo(middle + side * unit * 0.45, unit * 3.7)
        path.quadTo(middle + side * unit * 0.42, unit * 5, middle + side * unit * 0.3, level)
        wide = unit * (0.11 + 0.02 * math.sin(time * 9 + side))
        canvas.drawPath(path, ink(0x6B3A1A, stroke=wide))
    cup(canvas, middle, unit * 8, unit * 1.5, full)
    steam(canvas, middle, unit * 5.6, unit * 0.9, time)


def milk(canvas: skia.Canvas, width: float, height: float, time: float) -> None:
    """A jug of milk under the steam wand: the milk turns and rises."""
    wall(canvas, width, height, 0xDCE7E4, 0xA9C2BC)
    middle, unit = width / 2, min(width / 7, height / 10)
    canvas.save()
    canvas.translate(0, height * 0.8 - unit * 8)
    wand = skia.Path()
    wand.moveTo(middle + unit * 2.6, -height)
    wand.lineTo(middle + unit * 2.6, 0)
    wand.quadTo(middle + unit * 1.6, unit * 2.6, middle + unit * 0.5, unit * 5.2)
    canvas.drawPath(wand, ink(0x8D969A, stroke=unit * 0.32))
    jug = skia.Path()
    jug.moveTo(middle - unit * 1.6, unit * 3.6)
    jug.lineTo(middle + unit * 1.6, unit * 3.6)
    jug.lineTo(middle + unit * 2.1, unit * 8)
    jug.lineTo(middle - unit * 2.1, unit * 8)
    jug.close()
    rise = unit * 0.22 * min(time, 5)
    canvas.drawPath(jug, ink(0xC3CACD))
    canvas.drawOval(
        skia.Rect(middle - unit * 1.6, unit * 3.1, middle + unit * 1.6, unit * 4.1), ink(0x8D969A)
    )
    canvas.save()
    mouth = skia.Path()
    mouth.addOval(
        skia.Rect(middle - unit * 1.45, unit * 3.2, middle + unit * 1.45, unit * 4.0 + rise * 0.02)
    )
    canvas.clipPath(mouth, skia.ClipOp.kIntersect, True)
    canvas.drawRect(
        skia.Rect(middle - unit * 2, unit * 3.9 - rise * 0.5, middle + unit * 2, unit * 5),
        ink(0xFFF8EC),
    )
    for ring in range(5):
        turn = time * 220 + ring * 67
        size = unit * (0.25 + ring * 0.24)
        box = skia.Rect(
            middle - size, unit * 3.75 - size * 0.3, middle + size, unit * 3.75 + size * 0.3
        )
        canvas.drawArc(box, turn % 360, 130, False, ink(0xE5D8C2, stroke=unit * 0.06))
    canvas.restore()
    handle = skia.Rect(middle - unit * 3.2, unit * 4.4, middle - unit * 1.5, unit * 7)
    canvas.drawArc(handle, 70, 220, False, ink(0xAAB2B6, stroke=unit * 0.34))
    steam(canvas, middle - unit * 0.6, unit * 3.1, unit * 0.9, time)
    canvas.restore()


def latte(canvas: skia.Canvas, width: float, height: float, time: float) -> None:
    """From above: a leaf of foam grows on the coffee while the jug moves back."""
    canvas.clear(0xFF7A4E2D)
    for plank in range(9):
        canvas.drawLine(
            0, height * plank / 8, width, height * plank / 8, ink(0x6B4226, stroke=height * 0.006)
        )
    x, y, size = width / 2, height / 2, min(width, height) * 0.36
    canvas.drawCircle(x, y, size * 1.3, ink(0xEDE6DB))
    canvas.drawCircle(x, y, size * 1.08, ink(0xFFFFFF))
    canvas.drawCircle(x, y, size, ink(0x9C5F2E))
    canvas.drawCircle(x, y, size * 0.93, ink(0xB5733A))
    grown = min(1.0, time / 4.2)
    for leaf in range(8):
        share = (grown * 8 - leaf) if grown * 8 > leaf else 0.0
        if share <= 0:
            continue
        reach = min(1.0, share) * size * (0.62 - abs(leaf - 3) * 0.07)
        top = y + size * 0.55 - leaf * size * 0.155
        petal = skia.Path()
        petal.moveTo(x, top)
        for side in (-1, 1):
            petal.moveTo(x, top + size * 0.05)
            petal.quadTo(
                x + side * reach * 0.7, top + size * 0.02, x + side * reach, top - reach * 0.4
            )
            petal.quadTo(x + side * reach * 0.5, top - size * 0.1, x, top - size * 0.06)
        canvas.drawPath(petal, ink(0xFFF6E6))
    spout = y + size * (0.6 - grown * 1.25)
    canvas.drawLine(x, spout, x, y + size * 0.6, ink(0xFFF6E6, stroke=size * 0.05))
    canvas.drawCircle(x, spout - size * 0.5, size * 0.5, ink(0xC3CACD))
    canvas.drawCircle(x, spout - size * 0.5, size * 0.4, ink(0xFFFBF3))


def shopfront(canvas: skia.Canvas, width: float, height: float, time: float) -> None:
    """The shop at the corner, before sunrise, with its lights on."""
    shade = skia.GradientShader.MakeLinear([(0, 0), (0, height)], [0xFF26344F, 0xFFE7A977])
    canvas.drawPaint(skia.Paint(Shader=shade))
    unit = width / 12
    canvas.drawRect(skia.Rect(0, height - unit * 1.4, width, height), ink(0x50545C))
    base = height - unit * 1.4
    canvas.drawRect(skia.Rect(unit, base - unit * 9, unit * 11, base), ink(0x8F5B45))
    for row in range(18):
        for brick in range(11):
            left = unit + (brick - (row % 2) / 2) * unit
            box = skia.Rect(left, base - unit * 9 + row * unit / 2, left + unit * 0.94, 0)
            box.fBottom = box.fTop + unit * 0.44
            box.fLeft, box.fRight = max(box.fLeft, unit), min(box.fRight, unit * 11)
            if box.fRight > box.fLeft:
                canvas.drawRect(box, ink(0x9C6650 if (row * 7 + brick * 3) % 5 else 0xA87059))
    canvas.drawRect(
        skia.Rect(unit * 1.8, base - unit * 5, unit * 7, base - unit * 1), ink(0xFFE3A3)
    )
    canvas.drawRect(skia.Rect(unit * 7.8, base - unit * 5, unit * 10.2, base), ink(0x3E5C50))
    canvas.drawRect(
        skia.Rect(unit * 8.2, base - unit * 4.6, unit * 9.8, base - unit * 2), ink(0xFFE3A3)
    )
    for stripe in range(10):
        left = unit * 1.4 + stripe * unit * 0.92
        box = skia.Rect(left, base - unit * 6, left + unit * 0.92, base - unit * 4.7)
        canvas.drawRect(box, ink(0xFFFFFF if stripe % 2 else 0xC2452F))
    canvas.drawLine(
        unit * 4.4, base - unit * 5, unit * 4.4, base - unit, ink(0x5B3A2A, stroke=unit * 0.14)
    )
    for lamp in (2.8, 5.8):
        canvas.drawCircle(unit * lamp, base - unit * 3.9, unit * 0.34, ink(0xFFF7DC))
        canvas.drawCircle(unit * lamp, base - unit * 3.9, unit * 0.8, ink(0xFFF7DC, 0.35))
    cup(canvas, unit * 3.3, base - unit, unit * 0.5, 0.8)
    cup(canvas, unit * 5.6, base - unit, unit * 0.5, 0.8)


def croissant(canvas: skia.Canvas, width: float, height: float, time: float) -> None:
    """A croissant on a plate."""
    canvas.clear(0xFFE9DCC7)
    x, y, size = width / 2, height * 0.52, min(width, height) * 0.4
    canvas.drawOval(
        skia.Rect(x - size * 1.15, y - size * 0.8, x + size * 1.15, y + size), ink(0xC9B79D)
    )
    canvas.drawOval(
        skia.Rect(x - size * 1.15, y - size * 0.86, x + size * 1.15, y + size * 0.92), ink(0xFFFFFF)
    )
    canvas.drawOval(
        skia.Rect(x - size * 0.9, y - size * 0.66, x + size * 0.9, y + size * 0.7), ink(0xF2EEE7)
    )
    for order, part in enumerate((-3, 3, -2, 2, -1, 1, 0)):
        angle = math.radians(90 + part * 27)
        px, py = x - math.cos(angle) * size * 0.62, y + size * 0.36 - math.sin(angle) * size * 0.6
        half = size * (0.36 - abs(part) * 0.058)
        canvas.save()
        canvas.translate(px, py)
        canvas.rotate(-part * 27)
        box = skia.Rect(-half * 0.72, -half, half * 0.72, half)
        canvas.drawOval(box, ink(0xA8642A))
        canvas.drawOval(
            box.makeInset(half * 0.09, half * 0.07), ink(0xD8913F if order % 2 else 0xE09C48)
        )
        for line in (-1, 0, 1):
            canvas.drawLine(
                line * half * 0.3,
                -half * 0.7,
                line * half * 0.38,
                half * 0.7,
                ink(0xB87430, 0.8, stroke=half * 0.06),
            )
        canvas.restore()


CLIPS: dict[str, tuple[Painter, int, int, float]] = {
    "磨豆.mp4": (grinding, 1280, 720, 6),
    "萃取.mp4": (extraction, 1280, 720, 6),
    "打奶泡.mp4": (milk, 720, 1280, 6),
    "拉花.mp4": (latte, 1280, 720, 6),
}
PICTURES: dict[str, tuple[Painter, int, int]] = {
    "店门口.jpg": (shopfront, 1440, 1920),
    "可颂.jpg": (croissant, 1600, 1200),
}


def frames(paint: Painter, width: int, height: int, seconds: float) -> Iterator[bytes]:
    """The frames of a clip as BGRA bytes."""
    buffer = np.zeros((height, width, 4), np.uint8)
    surface = skia.Surface(buffer, colorType=skia.kBGRA_8888_ColorType)
    for frame in range(round(seconds * RATE)):
        with surface as canvas:
            paint(canvas, width, height, frame / RATE)
        yield buffer.tobytes()


def main() -> None:
    """Write everything into footage/ beside this file; what is there already is left alone."""
    folder = Path(__file__).parent / "footage"
    folder.mkdir(exist_ok=True)
    for name, (paint, width, height) in PICTURES.items():
        out = folder / name
        if not out.exists():
            surface = skia.Surface(width, height)
            with surface as canvas:
                paint(canvas, width, height, 0.0)
            surface.makeImageSnapshot().save(str(out), skia.kJPEG, 80)
        sys.stdout.write(f"{out}\n")
    for name, (paint, width, height, seconds) in CLIPS.items():
        out = folder / name
        if not out.exists():
            raw = ["-f", "rawvideo", "-pix_fmt", "bgra", "-s", f"{width}x{height}", "-r", str(RATE)]
            code = ["-c:v", "libx264", "-preset", "medium", "-crf", "22", "-pix_fmt", "yuv420p"]
            whole = ["-threads", "2", "-fflags", "+bitexact", "-movflags", "+faststart"]
            part = out.with_name(f".{name}")
            command = [binary(), "-v", "error", "-y", *raw, "-i", "-", *code, *whole, str(part)]
            with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
                assert encoder.stdin is not None
                for frame in frames(paint, width, height, seconds):
                    encoder.stdin.write(frame)
                encoder.stdin.close()
                if encoder.wait() != 0:
                    raise SystemExit(f"ffmpeg could not write {out}")
            part.replace(out)
        sys.stdout.write(f"{out}\n")


if __name__ == "__main__":
    main()
