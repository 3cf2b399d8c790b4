"""The cover: one picture that has to be read at the size of a thumbnail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.nouns import Format, Language, Line
from reelwright.store.atomic import replacing

if TYPE_CHECKING:
    import numpy as np

_LINES = 3


def draw_cover(
    title: str,
    format: Format,
    theme_name: str,
    out: Path,
    *,
    picture: np.ndarray | None = None,
    language: Language = "zh",
    channel: str = "",
    seed: int = 0,
    font: str = "",
) -> None:
    """Draw a cover and write it as a JPEG.

    The title stands in at most three lines, inside the middle 3:4 of the frame, which is what the
    platforms' grids show of an upright cover.

    Args:
        title: what stands on it, 1 to 80 characters.
        format: its size.
        theme_name: the look.
        out: the file, ``.jpg``.
        picture: a frame to stand under the title, H × W × 3 uint8 RGB; None draws the theme's own
            background.
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
    _ground(canvas, stage, picture)
    compose(title, stage, on_picture=picture is not None, language=language, channel=channel)
    for element in stage.drawing.elements:
        element.draw(canvas, 1.0)
    image = Image.fromarray(np.ascontiguousarray(buffer[..., 2::-1]))
    with replacing(out) as temporary:
        image.save(temporary, format="JPEG", quality=92, subsampling=0, optimize=True)


def compose(
    title: str, stage: Any, *, on_picture: bool, language: Language, channel: str = ""
) -> None:
    """Lay the cover's text out on a stage: low on a picture, else in the middle."""
    from reelwright.create.scenes.base import ends_cleaned
    from reelwright.create.scenes.meaning import key_passages
    from reelwright.media.drawing import Box

    u, width, height = stage.u, stage.format.width, stage.format.height
    text = ends_cleaned(title)
    strong = key_passages(Line(say=text), language)
    strong = tuple(passage for passage in strong if len(passage) < len(text))
    # The 3:4 window in the middle, less a margin.
    seen = min(height, width * 4 / 3)
    box = Box(
        width * 0.075,
        (height - seen) / 2 + seen * 0.09,
        width * 0.925,
        (height + seen) / 2 - seen * 0.09,
    )
    kind = stage.type(text, title=True)
    foot = 96 * u if channel else 0.0
    tall = box.bottom - box.top
    room = (box.right - box.left, tall - foot - 70 * u)
    setting = stage.set(
        text, kind, room, 212, lines=_LINES, leading=1.2, strong=strong, smallest=40
    )
    head = 62 * u
    used = head + setting.height
    top = box.bottom - foot - used if on_picture else box.top + (tall - foot - used) * 0.44
    ink = "#ffffff" if on_picture else stage.colours.text
    marked = "#ffd466" if on_picture else stage.colours.accent
    stage.bar(
        Box(box.left, top, box.left + 120 * u, top + 18 * u),
        marked if on_picture else stage.colours.accent,
        radius=9 * u,
    )
    place = Box(box.left, top + head, box.right, box.bottom)
    stage.lines(setting, kind, place, ink, strong=marked)
    if channel:
        small = stage.type(channel)
        name = stage.set(channel, small, (room[0], 70 * u), 50, smallest=20, lines=1)
        below = Box(box.left, box.bottom - name.height, box.right, box.bottom)
        stage.lines(name, small, below, "#e8e8e8" if on_picture else stage.colours.muted)


def _ground(canvas: Any, stage: Any, picture: np.ndarray | None) -> None:
    from reelwright.create.scenes.background import Ground
    from reelwright.media import drawing

    if picture is None:
        ground = Ground(stage.format, stage.theme, stage.seed)
        ground.draw(canvas, ground.place(0.0))
        return
    import numpy as np
    from PIL import Image

    width, height = stage.format.width, stage.format.height
    image = Image.fromarray(np.ascontiguousarray(picture[..., :3]))
    scale = max(width / image.width, height / image.height)
    wide, high = width / scale, height / scale
    left, top = (image.width - wide) / 2, (image.height - high) / 2
    fitted = image.resize(
        (width, height), Image.Resampling.LANCZOS, box=(left, top, left + wide, top + high)
    )
    canvas.drawImage(drawing.image_of(np.asarray(fitted)), 0, 0)
    start = height * 0.22
    shades = [drawing.colour("#000000", alpha) for alpha in (0.0, 0.5, 0.74, 0.8)]
    canvas.drawPaint(drawing.linear_gradient((0, start), (0, height), shades))


def best_frame(frames: Sequence[np.ndarray]) -> int:
    """The index of the frame that makes the strongest cover.

    Sharp, rich in contrast and neither dark nor burnt out. Of equals, the first.

    Args:
        frames: at least one, H × W × 3 uint8 RGB.
    """
    import numpy as np

    def strength(frame: np.ndarray) -> float:
        step = max(1, frame.shape[1] // 320)
        grey = frame[::step, ::step, :3].astype(np.float32) @ np.array(
            [0.2126, 0.7152, 0.0722], np.float32
        )
        edges = (
            4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2]
            - grey[1:-1, 2:]
        )  # fmt: skip
        sharp = float(np.log1p(edges.var())) if edges.size else 0.0
        contrast = float(grey.std()) / 64
        bright = 1 - abs(float(grey.mean()) / 255 - 0.48) * 1.6
        clipped = float(((grey < 6) | (grey > 250)).mean())
        return sharp / 6 + min(contrast, 1.4) + 1.5 * bright - clipped

    scores = [strength(frame) for frame in frames]
    return scores.index(max(scores))
