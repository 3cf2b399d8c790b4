"""What backgrounds are painted with, once: `Sheet` in, nothing out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import hypot, sin
from typing import Any

from reelwright.create.themes import Theme
from reelwright.create.themes.contrast import channels
from reelwright.media import drawing
from reelwright.media.drawing import Box, colour

skia: Any = drawing.skia


@dataclass(frozen=True)
class Sheet:
    """What is painted on: larger than the frame by how far the window wanders."""

    canvas: Any
    width: int
    height: int
    unit: float
    """A pixel of a frame whose short side is 1080."""
    theme: Theme


def aurora(sheet: Sheet) -> None:
    """Lights in a dark sky, fine dots fading downwards."""
    long = max(sheet.width, sheet.height)
    spots = [(0.88, 0.06, 0.52, 0.50), (0.02, 0.55, 0.46, 0.30), (0.95, 0.92, 0.50, 0.30)]
    glows = sheet.theme.background.glows * 3
    for (x, y, radius, strength), tint in zip(spots, glows, strict=False):
        light(sheet, (x, y), long * radius, tint, strength)
    # Fine dots give the dark something to hold on to.
    step = 54 * sheet.unit
    rows = int(sheet.height / step) + 1
    for row in range(rows):
        ink = drawing.paint("#ffffff", 0.055 * max(0.0, 1 - row / rows * 1.3))
        for column in range(int(sheet.width / step) + 1):
            sheet.canvas.drawCircle(column * step, row * step, 1.6 * sheet.unit, ink)


def paper(sheet: Sheet) -> None:
    """A sheet with fibres, and washed hills at its foot, the far ones paler."""
    width, height, unit = sheet.width, sheet.height, sheet.unit
    values = _numbers(520 * 4)
    for x, y, length, slope in zip(*[iter(values)] * 4, strict=True):
        fibre = drawing.paint("#8a7a5c", 0.035 + 0.045 * length)
        fibre.setStrokeWidth((0.8 + length) * unit)
        reach = (12 + 40 * length) * unit
        x, y = x * width, y * height
        sheet.canvas.drawLine(x, y, x + reach, y + reach * (slope - 0.5), fibre)
    tint = sheet.theme.background.glows[-1]
    for layer, (foot, rise, strength) in enumerate(
        [(0.80, 0.10, 0.10), (0.87, 0.09, 0.15), (0.94, 0.07, 0.22)]
    ):
        points = [(0.0, float(height))]
        for step in range(61):
            x = step / 60
            wave = (
                sin(x * 5.1 + layer * 2.3) * 0.5
                + sin(x * 11.7 + layer * 1.1) * 0.25
                + sin(x * 23.0 + layer * 4.0) * 0.07
            )
            points.append((x * width, height * (foot - rise * (0.35 + wave * 0.65))))
        top, bottom = height * (foot - rise), height * min(1.0, foot + 0.14)
        wash = drawing.linear_gradient(
            (0, top), (0, bottom), [colour(tint, strength), colour(tint, 0.0)]
        )
        wash.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, 3 * unit))
        sheet.canvas.drawPath(polygon([*points, (width, height)]), wash)


def mist(sheet: Sheet) -> None:
    """Light drifting through haze, a pale sun above."""
    flow(sheet, sheet.theme.background.colours, reach=1.1, warp=0.9)
    sun = (sheet.width * 0.8, sheet.height * 0.13)
    radius = 150 * sheet.unit
    light(sheet, (0.8, 0.13), radius * 3.4, sheet.theme.background.glows[2], 0.7)
    sheet.canvas.drawCircle(*sun, radius, drawing.paint("#fffaf0", 0.75))


def dots(sheet: Sheet) -> None:
    """Printed dots that shrink away from two corners, as on a poster."""
    width, height, unit = sheet.width, sheet.height, sheet.unit
    ink = drawing.paint(sheet.theme.background.colours[2])
    pale = drawing.paint("#ffffff", 0.2)
    step = 46 * unit
    far = hypot(width, height)
    for row in range(int(height / step) + 2):
        for column in range(int(width / step) + 2):
            x, y = (column + row % 2 / 2) * step, row * step * 0.87
            near = hypot(x, y) / far
            if near < 0.5:
                sheet.canvas.drawCircle(x, y, step * 0.46 * (1 - near / 0.5), pale)
            near = hypot(width - x, height - y) / far
            if near < 0.62:
                sheet.canvas.drawCircle(x, y, step * 0.5 * (1 - near / 0.62), ink)


def grid(sheet: Sheet) -> None:
    """Fine lines, a mark where every fourth of them cross, darker at the edges."""
    width, height, unit = sheet.width, sheet.height, sheet.unit
    first, second = sheet.theme.background.glows[:2]
    light(sheet, (0.85, 0.1), max(width, height) * 0.5, second, 0.1)
    light(sheet, (0.1, 0.85), max(width, height) * 0.5, first, 0.1)
    step = CELL * unit
    thin, mark = drawing.paint(first, 0.055), drawing.paint(first, 0.26)
    for each in (thin, mark):
        each.setStrokeWidth(max(1.0, 2 * unit))
    columns, rows = int(width / step) + 1, int(height / step) + 1
    for column in range(columns):
        sheet.canvas.drawLine(column * step, 0, column * step, height, thin)
    for row in range(rows):
        sheet.canvas.drawLine(0, row * step, width, row * step, thin)
    arm = 9 * unit
    for column in range(0, columns, 4):
        for row in range(0, rows, 4):
            x, y = column * step, row * step
            sheet.canvas.drawLine(x - arm, y, x + arm, y, mark)
            sheet.canvas.drawLine(x, y - arm, x, y + arm, mark)


CELL = 60
"""The side of a cell of the grid, in units."""


def table(sheet: Sheet) -> None:
    """Warm light from a window, a checked cloth at the foot."""
    width, height, unit = sheet.width, sheet.height, sheet.unit
    glows = sheet.theme.background.glows
    flow(sheet, sheet.theme.background.colours, reach=0.9, warp=0.7)
    light(sheet, (0.95, 0.02), max(width, height) * 0.5, glows[1], 0.55)
    light(sheet, (0.0, 0.5), max(width, height) * 0.36, glows[1], 0.3)
    top, check = height - min(height * 0.2, 360 * unit), 60 * unit
    cloth = drawing.paint(glows[2], 0.3)
    sheet.canvas.save()
    sheet.canvas.clipRect(skia.Rect.MakeLTRB(0, top, width, height))
    sheet.canvas.drawPaint(drawing.paint("#fffaf2"))
    for column in range(0, int(width / check) + 1, 2):
        left = column * check
        sheet.canvas.drawRect(skia.Rect.MakeLTRB(left, top, left + check, height), cloth)
    for row in range(1, int((height - top) / check) + 1, 2):
        y = top + row * check
        sheet.canvas.drawRect(skia.Rect.MakeLTRB(0, y, width, y + check), cloth)
    sheet.canvas.restore()
    shade = [colour("#38190e", 0.16), colour("#38190e", 0.0)]
    box = skia.Rect.MakeLTRB(0, top, width, top + 40 * unit)
    sheet.canvas.drawRect(box, drawing.linear_gradient((0, top), (0, top + 40 * unit), shade))
    drawing.rounded(
        sheet.canvas, Box(0, top, width, top + 5 * unit), 0, drawing.paint(glows[2], 0.7)
    )


def film(sheet: Sheet) -> None:
    """Dark stock with a leak of light at its edges, and grain that does not dance."""
    long = max(sheet.width, sheet.height)
    glows = sheet.theme.background.glows
    flow(sheet, sheet.theme.background.colours, reach=1.0, warp=1.0)
    light(sheet, (1.04, 0.02), long * 0.46, glows[0], 0.46)
    light(sheet, (-0.05, 0.98), long * 0.5, glows[1], 0.6)
    light(sheet, (0.0, 0.1), long * 0.36, glows[2], 0.3)
    tile = drawing.new_surface(400, 400, opaque=True)
    noise = skia.PerlinNoiseShader.MakeFractalNoise(0.8, 0.8, 2, 7.0, skia.ISize(400, 400))
    tile.getCanvas().drawPaint(skia.Paint(Shader=noise))
    again = skia.TileMode.kRepeat
    grain = skia.Paint(Shader=tile.makeImageSnapshot().makeShader(again, again))
    grain.setAlphaf(0.06)
    grain.setBlendMode(skia.BlendMode.kOverlay)
    sheet.canvas.drawPaint(grain)


def planes(sheet: Sheet) -> None:
    """Large planes of a darker (or lighter) shade, cut slantwise."""
    width, height = sheet.width, sheet.height
    tint = sheet.theme.background.glows[2]
    slant = min(width, height) * 0.55
    for across, strength in ((0.62, 0.5), (0.86, 0.6)):
        x = width * across
        plane = polygon([(x, 0), (width, 0), (width, height), (x - slant, height)])
        fade = [colour(tint, strength), colour(tint, strength * 0.1)]
        sheet.canvas.drawPath(plane, drawing.linear_gradient((width, 0), (0, height), fade))
    low = [(0.0, height * 0.78), (width, height * 0.9), (width, height), (0.0, height)]
    sheet.canvas.drawPath(polygon(low), drawing.paint(tint, 0.55))


def light(sheet: Sheet, at: tuple[float, float], radius: float, tint: str, strength: float) -> None:
    """A soft light, at a share of the width and of the height."""
    colours = [colour(tint, strength), colour(tint, strength * 0.38), colour(tint, 0.0)]
    where = (sheet.width * at[0], sheet.height * at[1])
    sheet.canvas.drawPaint(drawing.radial_gradient(where, radius, colours))


_FLOW = """
uniform float2 size; uniform float reach; uniform float warp;
uniform float3 one; uniform float3 two; uniform float3 three;
float hash(float2 p) { return fract(sin(dot(p, float2(12.9898, 78.233))) * 43758.5453); }
float noise(float2 p) {
  float2 i = floor(p); float2 f = fract(p); f = f * f * (3.0 - 2.0 * f);
  return mix(mix(hash(i), hash(i + float2(1, 0)), f.x),
             mix(hash(i + float2(0, 1)), hash(i + float2(1, 1)), f.x), f.y);
}
float cloud(float2 p) { return 0.6 * noise(p) + 0.28 * noise(p * 2.1 + 7.0)
                             + 0.12 * noise(p * 4.3 + 3.0); }
half4 main(float2 at) {
  float2 p = at / max(size.x, size.y) * 3.0 * reach;
  float2 moved = p + warp * float2(cloud(p + 1.7), cloud(p + 9.2));
  float share = clamp(0.55 * at.y / size.y + 0.75 * cloud(moved) - 0.15, 0.0, 1.0);
  float3 mixed = share < 0.5 ? mix(one, two, share * 2.0) : mix(two, three, share * 2.0 - 1.0);
  return half4(half3(mixed), 1.0);
}
"""


@lru_cache(maxsize=1)
def _flow_effect() -> Any:
    return skia.RuntimeEffect.MakeForShader(_FLOW)


def flow(sheet: Sheet, colours: tuple[str, ...], *, reach: float, warp: float) -> None:
    """Three colours flowing into one another like smoke.

    The shader runs on one pixel of twenty-five, in half floats, so that enlarging shows no bands.
    """
    wide, high = max(2, sheet.width // 5), max(2, sheet.height // 5)
    builder = skia.RuntimeShaderBuilder(_flow_effect())
    builder.setUniform("size", [float(wide), float(high)])
    builder.setUniform("reach", reach)
    builder.setUniform("warp", warp)
    for name, each in zip(("one", "two", "three"), colours, strict=False):
        builder.setUniform(name, [value / 255 for value in channels(each)])
    info = skia.ImageInfo.Make(wide, high, skia.kRGBA_F16_ColorType, skia.kPremul_AlphaType)
    small = skia.Surface.MakeRaster(info)
    small.getCanvas().drawPaint(skia.Paint(Shader=builder.makeShader()))
    sheet.canvas.drawImageRect(
        small.makeImageSnapshot(),
        skia.Rect.MakeWH(sheet.width, sheet.height),
        skia.SamplingOptions(skia.CubicResampler.Mitchell()),
        skia.Paint(Dither=True),
    )


def polygon(points: list[tuple[float, float]]) -> Any:
    """A closed path through points."""
    path = skia.PathBuilder() if hasattr(skia, "PathBuilder") else skia.Path()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    return path.detach() if hasattr(path, "detach") else path


def _numbers(count: int) -> list[float]:
    """Numbers from 0 to 1 by a fixed recipe."""
    state, made = 12345, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2**31
        made.append(state / 2**31)
    return made
