"""The cover: one picture that has to be read at the size of a thumbnail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import Box as Face
from reelwright.core.nouns import Format, Language, Line
from reelwright.create.cover_picture import Crop, crops, draw_crop, placed, shade
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
_SIZES = (212.0, 164.0, 124.0)
"""The largest a title may be, in units; smaller where it would stand in somebody's face."""
_HIDDEN = 0.03
"""Share of a face that a title may cover."""
_CLAUSE = re.compile(r"[，。？！：；,?!:;—|]+\s*")


def draw_cover(
    title: str,
    format: Format,
    theme_name: str,
    out: Path,
    *,
    picture: np.ndarray | None = None,
    faces: Sequence[Face] = (),
    layout: str = "left",
    language: Language = "zh",
    channel: str = "",
    seed: int = 0,
    font: str = "",
    background: Path | None = None,
) -> None:
    """Draw a cover and write it as a JPEG.

    The title stands in at most three lines, inside the window that the platforms' grids show of a
    cover (`window`). One too long to be read in a preview is cut where a clause ends. It keeps off
    the faces: low, else high, where they leave room there.

    Args:
        title: what stands on it, 1 to 80 characters.
        format: its size.
        theme_name: the look.
        out: the file, ``.jpg``.
        picture: a frame to stand under the title, H × W × 3 uint8 RGB; None draws the theme's own
            background.
        faces: those in the picture, the one that matters most first.
        layout: one of `LAYOUTS`.
        language: of the title.
        channel: the channel's name, small, below; may be empty.
        seed: where the background's wander stands.
        font: the font family asked for.
        background: a picture or clip in place of the theme's own background.

    Raises:
        FontError: characters that no font here covers.
        SettingError: no such theme.
        StoreError: the file cannot be written.
    """
    import numpy as np
    from PIL import Image

    from reelwright.create.scenes.backdrop import open_ground
    from reelwright.create.scenes.base import SceneParams, Stage
    from reelwright.create.themes import load_theme
    from reelwright.media import drawing

    theme = load_theme(theme_name)
    stage = Stage(format, theme, seed, SceneParams(font=font))
    buffer = np.zeros((format.height, format.width, 4), np.uint8)
    canvas = drawing.buffer_surface(buffer).getCanvas()
    if picture is None:
        ground = open_ground(background, format, theme, seed)
        ground.draw(canvas, ground.place(0.0))
        compose(title, stage, on_picture=False, language=language, channel=channel, layout=layout)
    else:

        def measure(biggest: float) -> tuple[Box, Box]:
            text = _set(title, stage, language, channel, layout, biggest)
            return text.at(1.0), text.at(0.0)

        crop, biggest, high = _arrange(picture, faces, format, measure)
        draw_crop(canvas, picture, crop, format)
        shade(canvas, format, layout, high=high)
        compose(
            title,
            stage,
            on_picture=True,
            language=language,
            channel=channel,
            layout=layout,
            biggest=biggest,
            high=high,
        )
    for element in stage.drawing.elements:
        element.draw(canvas, 1.0)
    _save(Image.fromarray(np.ascontiguousarray(buffer[..., 2::-1])), out)


def _arrange(
    picture: np.ndarray,
    faces: Sequence[Face],
    format: Format,
    measure: Callable[[float], tuple[Box, Box]],
) -> tuple[Crop, float, bool]:
    """How to crop a picture, how big its title may be, and whether that stands high.

    The first way in which the title keeps off the faces; else the one that covers least of them.

    Args:
        picture: H × W × 3.
        faces: in it.
        format: of the cover.
        measure: where a title of at most this size would stand low, and where high.
    """
    ways: list[tuple[float, int, Crop, float, bool]] = []
    for biggest in _SIZES:
        spots = measure(biggest)
        for crop in crops(picture, faces, format):
            seen = placed(faces, crop, (picture.shape[1], picture.shape[0]), format)
            for high, spot in enumerate(spots):
                hidden = max(
                    (_common(spot, face) / max(1.0, _area(face)) for face in seen), default=0
                )
                ways.append((hidden, len(ways), crop, biggest, bool(high)))
                if hidden <= _HIDDEN:
                    return crop, biggest, bool(high)
    _, _, crop, biggest, high = min(ways)
    return crop, biggest, high


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)


def _common(one: Box, two: Box) -> float:
    """The area that two boxes have in common."""
    across = min(one.right, two.right) - max(one.left, two.left)
    down = min(one.bottom, two.bottom) - max(one.top, two.top)
    return max(0.0, across) * max(0.0, down)


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


@dataclass(frozen=True)
class _Text:
    """A title set for a cover, and the room it takes."""

    kind: Any
    setting: Any
    box: Box
    """Where text may stand."""
    head: float
    """Pixels for what stands above the title, and below it, if anything does."""
    foot: float
    inset: float

    def top(self, share: float) -> float:
        """Where it begins, if it is moved down by this share of the room it leaves."""
        used = self.head + self.setting.height + self.foot
        return self.box.top + max(0.0, self.box.bottom - self.box.top - used) * share

    def at(self, share: float) -> Box:
        """The place it then takes, from side to side."""
        used = self.head + self.setting.height + self.foot
        return replace(self.box, top=self.top(share), bottom=self.top(share) + used)


def _set(
    title: str, stage: Any, language: Language, channel: str, layout: str, biggest: float
) -> _Text:
    """A title set as large as it may be, shortened where it would be too small to be read."""
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
    foot = 54 * u + _below(layout) * u if channel else 0.0
    head = {"left": 62 * u, "strips": 0.0, "centre": 44 * u}[layout]
    room = (box.right - box.left - 2 * inset, box.bottom - box.top - foot - head - 70 * u)
    leading = 1.42 if layout == "strips" else 1.2

    def set_one(given: str) -> tuple[Any, Any]:
        text = ends_cleaned(given)
        marked = key_passages(Line(say=text), language)
        marked = tuple(passage for passage in marked if len(passage) < len(text))
        kind = stage.type(text, title=True)
        return kind, stage.set(
            text, kind, room, biggest, lines=_LINES, leading=leading, strong=marked, smallest=40
        )

    kind, setting = set_one(title)
    for given in shorter(title, language):
        # A first clause in poster size says more than all of a title in small letters.
        wanted = min(biggest, least if given.endswith("…") else least * _POSTER)
        if setting.size >= wanted:
            break
        kind, setting = set_one(given)
    return _Text(kind, setting, box, head, foot, inset)


def _below(layout: str) -> float:
    """Units between the title and the channel's name."""
    return 66.0 if layout == "strips" else 30.0


def compose(
    title: str,
    stage: Any,
    *,
    on_picture: bool,
    language: Language,
    channel: str = "",
    layout: str = "left",
    biggest: float = 212,
    high: bool = False,
) -> None:
    """Lay the cover's text out on a stage: low or high on a picture, else in the middle."""
    from reelwright.media.drawing import Box

    u = stage.u
    text = _set(title, stage, language, channel, layout, biggest)
    kind, setting, box, inset = text.kind, text.setting, text.box, text.inset
    start = text.top((0.0 if high else 1.0) if on_picture else 0.46)
    place = Box(box.left + inset, start + text.head, box.right - inset, box.bottom)
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
        room = box.right - box.left - 2 * inset, 70 * u
        name = stage.set(channel, small, room, 46, smallest=20, lines=1)
        y = place.top + setting.height + _below(layout) * u
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


def best_frame(frames: Sequence[np.ndarray]) -> int:
    """The index of the frame that makes the strongest cover; of equals, the first.

    Args:
        frames: at least one, H × W × 3 uint8 RGB.
    """
    scores = [strength(frame) for frame in frames]
    return scores.index(max(scores))


def best_frames(
    frames: Sequence[np.ndarray],
    clips: Sequence[int],
    count: int,
    faces: Sequence[Sequence[Face]] | None = None,
) -> list[int]:
    """The indices of the strongest frames, the best first, none like another.

    Args:
        frames: as for `best_frame`; may be none.
        clips: which clip each frame is from; frames of different clips come first.
        count: how many at most.
        faces: those in each frame; None: nobody looked for any.
    """
    known: Sequence[Sequence[Face] | None] = faces if faces is not None else [None] * len(frames)
    scores = [strength(frame, seen) for frame, seen in zip(frames, known, strict=True)]
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


_FACE = 1.2
"""What the best face adds to a frame's strength: as much as the difference between a dull frame
and a rich one."""
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


def strength(frame: np.ndarray, faces: Sequence[Face] | None = None) -> float:
    """How strong a cover a frame makes.

    Sharp, rich in contrast, neither dark nor burnt out, its subject where no title stands, and
    rather with a clear, open, whole face than without.

    Args:
        frame: H × W × 3 uint8 RGB.
        faces: those in it; None: nobody looked, and skin stands for a face.
    """
    import numpy as np

    from reelwright.media.portrait import rate_portrait
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
    if faces is None:
        face = 0.25 if 0.03 < _skin(small) < 0.45 else 0.0
    else:
        face = _FACE * rate_portrait(frame[..., :3], faces)
    _, y = find_subject(frame[..., :3], faces or ())
    composed = 0.25 if 0.15 <= y <= 0.6 else 0.0
    return sharp / 6 + min(contrast, 1.4) + 1.5 * bright - clipped + face + composed


def _skin(pixels: np.ndarray) -> float:
    """The share of some pixels that is as red as skin is, whatever its lightness."""
    red, green, blue = (pixels[..., channel] for channel in range(3))
    cb = 128 - 0.169 * red - 0.331 * green + 0.5 * blue
    cr = 128 + 0.5 * red - 0.419 * green - 0.081 * blue
    return float(((cb > 77) & (cb < 127) & (cr > 137) & (cr < 175)).mean())
