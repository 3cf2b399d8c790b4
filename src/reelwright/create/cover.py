"""The cover: one picture that has to be read at the size of a thumbnail."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import Format, Language, Line
from reelwright.store.atomic import replacing

if TYPE_CHECKING:
    import numpy as np

    from reelwright.media.drawing import Box

LAYOUTS = ("left", "strips", "centre")
"""How a title can stand on a cover: under a bar, on strips of the accent, in the middle."""

_LINES = 3
_PREVIEW = 200
"""Pixels across of the smallest preview in which a title must be read."""
_READABLE = 13.4
"""Height of the em there, in pixels: a Chinese character is then 12 pixels high."""
_READABLE_LATIN = 17.0
_POSTER = 1.45
"""How much larger than that a title is wanted, where cutting it at a clause allows it."""
_CLAUSE = re.compile(r"[，。？！：；,?!:;—|]+\s*")


def draw_cover(
    title: str,
    format: Format,
    theme_name: str,
    out: Path,
    *,
    picture: np.ndarray | None = None,
    layout: str = "left",
    language: Language = "zh",
    channel: str = "",
    seed: int = 0,
    font: str = "",
) -> None:
    """Draw a cover and write it as a JPEG.

    The title stands in at most three lines, inside the window that the platforms' grids show of a
    cover (`window`). One too long to be read in a preview is cut where a clause ends.

    Args:
        title: what stands on it, 1 to 80 characters.
        format: its size.
        theme_name: the look.
        out: the file, ``.jpg``.
        picture: a frame to stand under the title, H × W × 3 uint8 RGB; None draws the theme's own
            background.
        layout: one of `LAYOUTS`.
        language: of the title.
        channel: the channel's name, small, below; may be empty.
        seed: where the background's wander stands.
        font: the font family asked for.

    Raises:
        FontError: characters that no font here covers.
        SettingError: no such theme.
        StoreError: the file cannot be written.
    """
    import numpy as np
    from PIL import Image

    from reelwright.create.scenes.base import SceneParams, Stage
    from reelwright.create.themes import load_theme
    from reelwright.media import drawing

    theme = load_theme(theme_name)
    stage = Stage(format, theme, seed, SceneParams(font=font))
    buffer = np.zeros((format.height, format.width, 4), np.uint8)
    canvas = drawing.buffer_surface(buffer).getCanvas()
    _ground(canvas, stage, picture, layout)
    compose(
        title,
        stage,
        on_picture=picture is not None,
        language=language,
        channel=channel,
        layout=layout,
    )
    for element in stage.drawing.elements:
        element.draw(canvas, 1.0)
    _save(Image.fromarray(np.ascontiguousarray(buffer[..., 2::-1])), out)


def window(format: Format) -> tuple[int, int, int, int]:
    """What the platforms' grids show of a cover: left, top, right, bottom in pixels.

    The middle 3:4 of one taller than that, the middle 4:3 of a landscape one, else all of it.
    """
    width, height = format.width, format.height
    wide = min(width, round(height * 4 / 3)) if width > height else width
    high = min(height, round(width * 4 / 3)) if height > width else height
    left, top = (width - wide) // 2, (height - high) // 2
    return left, top, left + wide, top + high


def crop_cover(cover: Path, format: Format, out: Path) -> None:
    """Write the `window` of a cover as a JPEG of its own."""
    from PIL import Image

    with Image.open(cover) as image:
        _save(image.crop(window(format)), out)


def _save(image: Any, out: Path) -> None:
    with replacing(out) as temporary:
        image.save(temporary, format="JPEG", quality=92, subsampling=0, optimize=True)


def shorter(title: str, language: Language) -> Iterator[str]:
    """A title, then shorter and shorter beginnings of it: at its clauses, then at its words."""
    from reelwright.create.words import segment

    yield title
    ends = [match.start() for match in _CLAUSE.finditer(title) if match.start() >= 4]
    for end in reversed(ends):
        mark = title[end] if title[end] in "？！?!" else ""
        if title[:end] + mark != title:
            yield title[:end] + mark
    words = segment(title[: ends[0]] if ends else title, language)
    for count in range(len(words) - 1, 0, -1):
        yield "".join(words[:count]).rstrip(" ，、,") + "…"


def compose(
    title: str,
    stage: Any,
    *,
    on_picture: bool,
    language: Language,
    channel: str = "",
    layout: str = "left",
) -> None:
    """Lay the cover's text out on a stage: low on a picture, else in the middle."""
    from reelwright.create.scenes.base import ends_cleaned
    from reelwright.create.scenes.meaning import key_passages
    from reelwright.media.drawing import Box

    u = stage.u
    left, top, right, bottom = window(stage.format)
    across, down = 0.075 * (right - left), 0.09 * (bottom - top)
    box = Box(left + across, top + down, right - across, bottom - down)
    inset = 26 * u if layout == "strips" else 0.0
    latin = not any(char > "\u2e80" for char in title)
    least = (_READABLE_LATIN if latin else _READABLE) * stage.format.width / _PREVIEW
    below = {"strips": 66}.get(layout, 30) * u
    foot = 54 * u + below if channel else 0.0
    head = {"left": 62 * u, "strips": 0.0, "centre": 44 * u}[layout]
    room = (box.right - box.left - 2 * inset, box.bottom - box.top - foot - head - 70 * u)
    leading = 1.42 if layout == "strips" else 1.2

    def set_one(given: str) -> tuple[Any, Any]:
        text = ends_cleaned(given)
        marked = key_passages(Line(say=text), language)
        marked = tuple(passage for passage in marked if len(passage) < len(text))
        kind = stage.type(text, title=True)
        return kind, stage.set(
            text, kind, room, 212, lines=_LINES, leading=leading, strong=marked, smallest=40
        )

    kind, setting = set_one(title)
    for given in shorter(title, language):
        # A first clause in poster size says more than all of a title in small letters.
        wanted = least if given.endswith("…") else least * _POSTER
        if setting.size >= wanted:
            break
        kind, setting = set_one(given)
    used = head + setting.height + foot
    spare = max(0.0, box.bottom - box.top - used)
    start = box.top + spare * (1.0 if on_picture else 0.46)
    place = Box(box.left + inset, start + head, box.right - inset, box.bottom)
    palette = stage.colours
    ink, accent = ("#ffffff", "#ffd466") if on_picture else (palette.text, palette.accent)
    align = "center" if layout == "centre" else "left"
    if layout == "strips":
        _strips(stage, setting, kind, place, inset)
    else:
        _rule(stage, box, start, accent, align)
        shadow = (14 * u, "#000000b0") if on_picture else None
        stage.lines(setting, kind, place, ink, strong=accent, align=align, shadow=shadow)
    if channel:
        small = stage.type(channel)
        name = stage.set(channel, small, (room[0], 70 * u), 46, smallest=20, lines=1)
        y = place.top + setting.height + below
        under = Box(place.left - inset, y, place.right + inset, y + name.height)
        stage.lines(name, small, under, "#f0f0f0" if on_picture else palette.muted, align=align)


def _rule(stage: Any, box: Box, top: float, fill: str, align: str) -> None:
    """A short thick bar over the title, at its left or in the middle."""
    from reelwright.media.drawing import Box

    u = stage.u
    wide = 120 * u
    left = box.left if align == "left" else (box.left + box.right - wide) / 2
    stage.bar(Box(left, top, left + wide, top + 18 * u), fill, radius=9 * u)


def _strips(stage: Any, setting: Any, kind: Any, place: Box, inset: float) -> None:
    """Each line on a strip of the accent as long as itself, or of the text's where it is strong."""
    from reelwright.media.drawing import BASELINE, Box, line_text, measure

    size, palette = setting.size, stage.colours
    corner = 0 if stage.theme.type.serif else 0.16 * size
    for number, line in enumerate(setting.lines):
        middle = place.top + size * (BASELINE + setting.leading * number) - 0.36 * size
        wide = measure(line_text(line), kind) * size
        strip = Box(
            place.left - inset,
            middle - 0.66 * size,
            place.left + wide + inset,
            middle + 0.66 * size,
        )
        strong = any(token.strong for token in line)
        stage.bar(strip, palette.text if strong else palette.accent, radius=corner)
        own = replace(setting, lines=(line,))
        at = Box(place.left, place.top + size * setting.leading * number, place.right, place.bottom)
        stage.lines(own, kind, at, palette.ground if strong else palette.on_accent)


def _ground(canvas: Any, stage: Any, picture: np.ndarray | None, layout: str) -> None:
    from reelwright.create.scenes.background import Ground
    from reelwright.media import drawing

    if picture is None:
        ground = Ground(stage.format, stage.theme, stage.seed)
        ground.draw(canvas, ground.place(0.0))
        return
    import numpy as np
    from PIL import Image

    from reelwright.media.subject import find_subject

    width, height = stage.format.width, stage.format.height
    image = Image.fromarray(np.ascontiguousarray(picture[..., :3]))
    scale = max(width / image.width, height / image.height)
    wide, high = width / scale, height / scale
    # Towards the subject: across where the picture is too wide, up or down where too high.
    x, y = find_subject(picture[..., :3])
    left = min(max(0.0, image.width * x - wide / 2), image.width - wide)
    top = min(max(0.0, image.height * y - high * 0.4), image.height - high)
    fitted = image.resize(
        (width, height), Image.Resampling.LANCZOS, box=(left, top, left + wide, top + high)
    )
    canvas.drawImage(drawing.image_of(np.asarray(fitted)), 0, 0)
    start = height * 0.22
    # Strips bring their own ground.
    deep = (0.0, 0.2, 0.3, 0.4) if layout == "strips" else (0.0, 0.5, 0.74, 0.8)
    shades = [drawing.colour("#000000", alpha) for alpha in deep]
    canvas.drawPaint(drawing.linear_gradient((0, start), (0, height), shades))


def best_frame(frames: Sequence[np.ndarray]) -> int:
    """The index of the frame that makes the strongest cover; of equals, the first.

    Args:
        frames: at least one, H × W × 3 uint8 RGB.
    """
    scores = [strength(frame) for frame in frames]
    return scores.index(max(scores))


def best_frames(frames: Sequence[np.ndarray], clips: Sequence[int], count: int) -> list[int]:
    """The indices of the strongest frames, the best first, none like another.

    Args:
        frames: as for `best_frame`; may be none.
        clips: which clip each frame is from; frames of different clips come first.
        count: how many at most.
    """
    scores = [strength(frame) for frame in frames]
    order = sorted(range(len(frames)), key=lambda index: (-scores[index], index))
    chosen: list[int] = []
    for other_clip in (True, False):
        for index in order:
            if len(chosen) == count:
                return chosen
            seen = {clips[each] for each in chosen}
            if index in chosen or (other_clip and clips[index] in seen):
                continue
            if all(_apart(frames[index], frames[each]) for each in chosen):
                chosen.append(index)
    return chosen


_LIKE = 14.0
"""Mean difference of two small copies, of 255, under which they show the same."""


def _apart(one: np.ndarray, two: np.ndarray) -> bool:
    import numpy as np
    from PIL import Image

    small = [
        np.asarray(Image.fromarray(each[..., :3]).resize((24, 24)), np.float32)
        for each in (one, two)
    ]
    return float(np.abs(small[0] - small[1]).mean()) > _LIKE


def strength(frame: np.ndarray) -> float:
    """How strong a cover a frame makes.

    Sharp, rich in contrast, neither dark nor burnt out, its subject where no title stands, and
    rather with skin (a face) than without.

    Args:
        frame: H × W × 3 uint8 RGB.
    """
    import numpy as np

    from reelwright.media.subject import find_subject

    step = max(1, frame.shape[1] // 320)
    small = frame[::step, ::step, :3].astype(np.float32)
    grey = small @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    edges = (
        4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    )
    sharp = float(np.log1p(edges.var())) if edges.size else 0.0
    contrast = float(grey.std()) / 64
    bright = 1 - abs(float(grey.mean()) / 255 - 0.48) * 1.6
    clipped = float(((grey < 6) | (grey > 250)).mean())
    red, green, blue = (small[..., channel] for channel in range(3))
    cb = 128 - 0.169 * red - 0.331 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.419 * green - 0.081 * blue
    skin = float(((cb > 77) & (cb < 127) & (cr > 137) & (cr < 175)).mean())
    face = 0.25 if 0.03 < skin < 0.45 else 0.0
    _, y = find_subject(frame[..., :3])
    composed = 0.25 if 0.15 <= y <= 0.6 else 0.0
    return sharp / 6 + min(contrast, 1.4) + 1.5 * bright - clipped + face + composed
