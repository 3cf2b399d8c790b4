"""The gallery: every theme × scene × format in Chinese and English, on one page to look through.

What a scene shows is read from sample lines as a script's would be, so that a new scene whose
`suit` knows one of them appears by itself; scenes that no line alone asks for have samples of their
parameters.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from reelwright.core.errors import ScriptError, nearest
from reelwright.core.nouns import SIZES, Format, Language, Line, Role
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.themes import load_theme, theme_names
from reelwright.store import atomic

SCALE = 1 / 3
"""Size of the pictures against finished frames."""
_FRAMES = 120
_SHOWN = 110
PICTURE = "sample.jpg"

LINES: dict[Language, tuple[tuple[Role, str], ...]] = {
    "zh": (
        (Role.HOOK, "为什么隔夜茶不能喝？真相和你想的不一样"),
        (Role.CALL, "关注我，每天一个生活小知识"),
        (Role.POINT, "放了12小时的绿茶，亚硝酸盐只有0.02毫克。"),
        (Role.POINT, "好茶要做到三点：密封、冷藏、当天喝完。"),
        (Role.POINT, "首先把茶叶滤出来，然后装进瓶子，最后放进冰箱。"),
        (Role.POINT, "老茶师说：“茶不怕隔夜，怕的是不干净的杯子。”"),
        (Role.POINT, "真正危险的不是时间，而是温度。"),
        (Role.POINT, "茶叶里的香气，会在杯子里慢慢散掉。"),
        (Role.POINT, "一杯里的咖啡因：绿茶30毫克，红茶50毫克，咖啡95毫克。"),
        (Role.POINT, "2021年销量是20万，2022年是35万，2023年是60万，2024年是80万。"),
        (Role.POINT, "喝茶的人里，绿茶占60%，红茶占25%，乌龙占15%。"),
        (Role.POINT, "有62%的人会把茶放过夜。"),
        (Role.POINT, "1602年，茶叶传到欧洲；1773年，发生了波士顿倾茶事件；1908年，茶包问世。"),
        (Role.POINT, "所谓茶多酚，是指茶叶里一类抗氧化的物质。"),
        (Role.POINT, "茶水变色了还能喝吗？能喝，那只是茶多酚氧化了。"),
        (Role.POINT, "绿茶、红茶、乌龙、普洱都要避光保存。"),
    ),
    "en": (
        (Role.HOOK, "Why the Moon is slowly drifting away from us"),
        (Role.CALL, "Follow for one small wonder a day"),
        (Role.POINT, "The Moon moves away by 3.8 cm every year."),
        (Role.POINT, "You need three things: a jar, a cold shelf, and a little time."),
        (Role.POINT, "First, strain the leaves, then fill a bottle, finally chill it."),
        (Role.POINT, 'As an old sailor said, "A quiet sky is never an empty one."'),
        (Role.POINT, "The danger is not the time, but the temperature."),
        (Role.POINT, "The smell of tea slowly fades in an open cup."),
        (Role.POINT, "Green tea has 30 mg of caffeine, black tea 50 mg, and coffee 95 mg."),
        (Role.POINT, "Sales were 20 million in 2021, 35 million in 2022 and 60 million in 2023."),
        (Role.POINT, "Of all tea, green is 60%, black is 25% and oolong is 15%."),
        (Role.POINT, "62% of people keep their tea overnight."),
        (Role.POINT, "In 1957 Sputnik flew, in 1961 Gagarin followed, and in 1969 we landed."),
        (Role.POINT, "Perigee means the point of an orbit that is nearest to the Earth."),
        (Role.POINT, "Can you drink dark tea? Yes, it has only oxidised."),
        (Role.POINT, "Perigee, apogee, and libration all shape the Moon we see."),
    ),
}
"""What scripts say; each scene is shown with the line that suits it best."""

_GIVEN: dict[str, dict[Language, dict[str, Any]]] = {
    "picture": {
        "zh": {"picture": PICTURE, "text": "清晨五点的茶山", "strong": ("茶山",)},
        "en": {"picture": PICTURE, "text": "Five in the morning, above the clouds"},
    },
    "table": {
        "zh": {
            "title": "三种茶，怎么泡",
            "header": ("茶", "水温", "时间"),
            "rows": (("绿茶", "80℃", "2分钟"), ("红茶", "95℃", "3分钟"), ("普洱", "100℃", "20秒")),
        },
        "en": {
            "title": "Three teas and how to brew them",
            "header": ("Tea", "Water", "Time"),
            "rows": (("Green", "80 °C", "2 min"), ("Black", "95 °C", "3 min"),
                     ("Oolong", "90 °C", "4 min")),
        },
    },
    "code": {
        language: {
            "code": 'def brew(leaf):\n    if leaf == "green":\n        return "2 min, 80 °C"\n'
            '    return "4 min, 95 °C"\n\nprint(brew("green"))',
            "language": "python",
            "title": "brew.py",
        }
        for language in ("zh", "en")
    },
    "card": {
        "zh": {"picture": PICTURE, "text": "清晨五点的茶山"},
        "en": {"picture": PICTURE, "text": "Five in the morning, above the clouds"},
    },
}  # fmt: skip
"""Parameters of scenes that no line alone asks for."""


@dataclass(frozen=True)
class Cell:
    """One picture of the gallery."""

    theme: str
    scene: str
    shape: str
    language: Language
    params: dict[str, Any]

    @property
    def name(self) -> str:
        """Its file, from the gallery's folder."""
        theme = re.sub(r"[^\w]+", "-", self.theme)
        return f"{self.scene}/{theme}-{self.shape.replace(':', 'x')}-{self.language}.jpg"


def sample(scene: str, language: Language) -> dict[str, Any] | None:
    """Parameters to show a scene with; None where no sample line suits it."""
    given = _GIVEN.get(scene, {}).get(language)
    if given is not None:
        return dict(given)
    best: tuple[float, dict[str, Any]] | None = None
    for index, (role, say) in enumerate(LINES[language]):
        line = Line(say=say, role=role)
        channel = "茶知道" if language == "zh" else "Small Wonders"
        fits = scenes.suit(line, index=index, total=40, language=language, channel=channel)
        for place, fit in enumerate(fits):
            # A line that this scene would really be drawn for comes before one it only could.
            score = fit.score + (1.0 if place == 0 else 0.0)
            if fit.scene == scene and (best is None or score > best[0]):
                best = (score, fit.params)
    return best[1] if best else None


def cells(
    themes: Sequence[str] = (), names: Sequence[str] = (), shapes: Sequence[str] = ()
) -> Iterator[Cell]:
    """Every cell there is, or those of some themes, scenes and formats.

    Raises:
        SettingError: no such theme.
        ScriptError: no such scene or format.
    """
    for theme in themes:
        load_theme(theme)
    for given, known, what in ((names, scenes.names(), "scene"), (shapes, SIZES, "format")):
        for each in given:
            if each not in known:
                raise ScriptError(f'there is no {what} "{each}"', hint=nearest(each, known))
    for scene in names or scenes.TABLE:
        for language in ("zh", "en"):
            params = sample(scene, language)
            if params is None:
                continue
            for theme in themes or theme_names():
                for shape in shapes or SIZES:
                    yield Cell(theme, scene, shape, language, params)


def draw_gallery(
    out: Path,
    *,
    themes: Sequence[str] = (),
    names: Sequence[str] = (),
    shapes: Sequence[str] = (),
    seed: int = 0,
    jobs: int = 0,
    on_cell: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw the gallery into a folder: ``index.html`` and the pictures it shows.

    Args:
        out: the folder; made where it is not there.
        themes: which themes; empty takes all. So for `names` of scenes and `shapes`.
        seed: which of a scene's layouts.
        jobs: processes; 0 is one per core.
        on_cell: told how many cells are drawn, and of how many.

    Returns the page. Raises as `cells` does, and FontError where a font is missing.
    """
    wanted = list(cells(themes, names, shapes))
    out.mkdir(parents=True, exist_ok=True)
    draw_sample(out / PICTURE)
    # A share holds all cells of a theme and a format: they have their background in common.
    shares: dict[tuple[str, str], list[Cell]] = {}
    for cell in wanted:
        shares.setdefault((cell.theme, cell.shape), []).append(cell)
    workers = min(jobs or os.cpu_count() or 1, max(1, len(shares)))
    same = [out] * len(shares), [seed] * len(shares)
    done = 0
    with ExitStack() as stack:
        several: Callable[..., Iterator[int]] = map
        if workers > 1:
            pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
            several = stack.enter_context(pool).map
        for count in several(_draw_share, shares.values(), *same):
            done += count
            if on_cell:
                on_cell(done, len(wanted))
    page = out / "index.html"
    atomic.write_text(page, _page(wanted))
    return page


def _draw_share(share: list[Cell], out: Path, seed: int) -> int:
    for cell in share:
        (out / cell.name).parent.mkdir(exist_ok=True)
        draw_cell(cell, out, out / cell.name, seed)
    return len(share)


def draw_cell(cell: Cell, root: Path, out: Path, seed: int = 0) -> None:
    """Draw one settled frame as a JPEG."""
    from PIL import Image

    width, height = SIZES[cell.shape]
    format = Format(width=width, height=height).scaled(SCALE)
    scene = Scene(name=cell.scene, theme=cell.theme, params=cell.params, seed=seed)
    frame = next(iter(scenes.paint(scene, format, _FRAMES, _SHOWN, _SHOWN + 1, root)))
    with atomic.replacing(out) as place:
        Image.fromarray(frame[..., 2::-1].copy()).save(place, "JPEG", quality=86)


def draw_sample(out: Path) -> None:
    """A picture to show picture scenes with: hills at dawn."""
    from math import sin

    import skia
    from PIL import Image

    from reelwright.create.scenes.grounds import polygon
    from reelwright.media import drawing

    width, height = 1440, 1440
    surface = drawing.new_surface(width, height, opaque=True)
    canvas = surface.getCanvas()
    sky = [drawing.colour(each) for each in ("#2b4a7c", "#d98a6a", "#f6cf9a", "#f3e2c4")]
    canvas.drawPaint(drawing.linear_gradient((0, 0), (0, height * 0.72), sky))
    canvas.drawCircle(width * 0.62, height * 0.42, 96, drawing.paint("#fff3d6"))
    for layer, tint in enumerate(("#c08f86", "#86707f", "#4d5570", "#2a3a4c", "#16242e")):
        foot = height * (0.52 + 0.11 * layer)
        crest = [
            (x * width / 90, foot - 60 * sin(x * (0.09 + 0.025 * layer) + layer * 1.9)
             - 24 * sin(x * 0.31 + layer)) for x in range(91)
        ]  # fmt: skip
        hill = polygon([(0, height), *crest, (width, height)])
        fade = [drawing.colour(tint), drawing.colour(tint, 0.72)]
        canvas.drawPath(hill, drawing.linear_gradient((0, foot - 90), (0, foot + 320), fade))
    pixels = surface.makeImageSnapshot().toarray(colorType=skia.kRGBA_8888_ColorType)
    with atomic.replacing(out) as place:
        Image.fromarray(pixels[..., :3].copy()).save(place, "JPEG", quality=88)


def _page(shown: Sequence[Cell]) -> str:
    """The page, whole: its style and its filters are in it, its pictures beside it."""
    facts = {
        "cells": [[c.theme, c.scene, c.shape, c.language, c.name] for c in shown],
        "themes": {name: load_theme(name).says for name in dict.fromkeys(c.theme for c in shown)},
        "scenes": {name: _says(name) for name in dict.fromkeys(c.scene for c in shown)},
        "shapes": {shape: list(SIZES[shape]) for shape in dict.fromkeys(c.shape for c in shown)},
    }
    template = Path(__file__).with_name("gallery.html").read_text("utf-8")
    # Inside a script element only "</" could end it early.
    told = json.dumps(facts, ensure_ascii=False).replace("</", "<\\/")
    return template.replace("/*FACTS*/null", told)


def _says(scene: str) -> str:
    """What a scene is, by the first line of its module."""
    module = import_module(f"{scenes.__name__}.{scenes.TABLE[scene]}")
    words = (module.__doc__ or "").strip().split("\n")[0]
    said = words.partition(": ")[2] or words
    return said[:1].upper() + said[1:]
