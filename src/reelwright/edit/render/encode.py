"""A segment as a step: what decides its bytes, and how it is made."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from reelwright.core.errors import MediaError
from reelwright.core.nouns import Format
from reelwright.core.timeline import Footage, Logo, Timeline
from reelwright.edit.export.ass import fonts_of, write_ass
from reelwright.edit.export.sprites import Sprite, emoji_of
from reelwright.edit.render.graph import Film, Overlay, plan
from reelwright.edit.render.segments import Part, Segment, text_in
from reelwright.edit.render.worker import Job
from reelwright.edit.render.workers import Workers
from reelwright.media import ffmpeg
from reelwright.media.emoji import write_picture
from reelwright.media.encoders import Encoder, encode_args, steady_args
from reelwright.media.fonts import FontFile, emoji_font, link_fonts
from reelwright.media.logo import write_scaled
from reelwright.media.probing import colours, entry, probe
from reelwright.store.steps import Step, Steps

VERSION = 2
"""Raised whenever the same segment would come out with other bytes."""


@dataclass(frozen=True)
class Look:
    """How all segments of a render are encoded."""

    format: Format
    encoder: Encoder
    preset: str
    crf: int
    painter: str
    painter_version: Any
    ffmpeg: str

    def key(self) -> Mapping[str, Any]:
        """What of it decides a segment's bytes."""
        return {
            "format": self.format,
            "encode": encode_args(self.encoder, self.preset, self.crf, self.format.rate),
            "ffmpeg": self.ffmpeg,
        }


def segment_step(
    timeline: Timeline, segment: Segment, look: Look, *, root: Path, steps: Steps, workers: Workers
) -> Step:
    """The step that encodes a segment of a timeline to an MP4 file of exactly its frames.

    Raises FontError when its captions cannot be drawn.
    """
    shown = timeline.model_copy(update={"text": text_in(timeline, segment), "title": ""})
    fonts = fonts_of(shown)
    ass = ""
    sprites: list[Sprite] = []
    if fonts:
        end = segment.start + segment.frames
        ass = write_ass(shown, first=segment.start, last=end, scale=look.format)
        sprites = emoji_of(shown, first=segment.start, last=end, scale=look.format)
    parts = [part for part in (segment.before, segment.main) if part]
    drawn = any(part.drawn for part in parts)
    params: dict[str, Any] = {
        **look.key(),
        "frames": segment.frames,
        "parts": [part.key(look.format) for part in parts],
        "transition": segment.transition,
        "ass": ass,
        # A picture counts frames of its own file; how they are drawn is the painter's.
        "painter": [look.painter, look.painter_version] if drawn else None,
        # Which of the inputs are the fonts.
        "fonts": len(fonts),
    }
    files = [path for part in parts for path in part.inputs(root)]
    logo = _logo_of(parts)
    if logo:
        params["logo"] = logo.model_dump(exclude={"path"})
        files.append(root / logo.path)
    if sprites:
        params["emoji"] = [asdict(sprite) for sprite in sprites]
        files += [font.path for font in [emoji_font()] if font]

    def make(out: Path) -> None:
        _make(segment, look, ass, fonts, sprites, root=root, steps=steps, workers=workers, out=out)

    return Step(
        name="segment",
        version=VERSION,
        make=make,
        params=params,
        inputs=(*files, *dict.fromkeys(font.path for font in fonts)),
        suffix=".mp4",
        what=segment.name,
        weight=segment.frames,
    )


def _make(
    segment: Segment,
    look: Look,
    ass: str,
    fonts: list[FontFile],
    sprites: list[Sprite],
    *,
    root: Path,
    steps: Steps,
    workers: Workers,
    out: Path,
) -> None:
    script = out.with_name(f"{out.name}.ass")
    try:
        folder = None
        if ass:
            script.write_text(ass, "utf-8")
            folder = steps.run(_fonts_step(fonts))
        films = _films(segment, root)
        overlays = [_overlay(sprite, steps) for sprite in sprites]
        logo = _logo_of([part for part in (segment.before, segment.main) if part])
        if logo:
            # Under the emoji, which belong to the captions.
            overlays.insert(0, _logo(logo, look.format, segment.frames, root, steps))
        ready = plan(
            segment,
            look.format,
            look.encoder,
            root=root,
            films=films,
            ass=script if ass else None,
            fonts=folder,
            overlays=overlays,
        )
        args = arguments(ready.inputs, ready.graph, look, segment.frames)
        count = _run(segment, look, args, root=root, workers=workers, out=out, steps=steps)
    except OSError as error:
        raise ffmpeg.disk_error(error, script) from error
    finally:
        script.unlink(missing_ok=True)
    if count != segment.frames:
        raise MediaError(
            f"came out {count} frames long instead of {segment.frames}",
            hint="a clip in it may be damaged: play it, or convert it to mp4",
        )


def arguments(inputs: tuple[str, ...], graph: str, look: Look, frames: int) -> list[str]:
    """All of ffmpeg's arguments for a segment."""
    args = ["-v", "error", "-filter_complex_threads", "1", *look.encoder.first, *inputs]
    args += ["-filter_complex", graph, "-map", "[v]", "-frames:v", str(frames)]
    args += encode_args(look.encoder, look.preset, look.crf, look.format.rate)
    args += steady_args(look.encoder)
    # No dates and version numbers of the muxer: the same inputs give the same bytes. In fragments,
    # since a pipe cannot be wound back to write the index.
    args += ["-fflags", "+bitexact", "-map_metadata", "-1", "-f", "mp4"]
    return [*args, "-movflags", "+frag_keyframe+empty_moov+default_base_moof", "pipe:1"]


def _run(
    segment: Segment,
    look: Look,
    args: list[str],
    *,
    root: Path,
    workers: Workers,
    out: Path,
    steps: Steps,
) -> int:
    if any(part.drawn for part in (segment.before, segment.main) if part):
        return workers.draw(
            Job(
                segment=segment,
                format=look.format,
                painter=look.painter,
                root=root,
                args=args,
                out=out,
                what="encoding",
            )
        )
    counts = [0]
    stop: threading.Event = steps.stopping
    ffmpeg.run(args, what="encoding", out=out, on_frame=counts.append, stopping=stop)
    return counts[-1]


def _fonts_step(fonts: list[FontFile]) -> Step:
    return Step(
        name="fonts",
        version=1,
        make=lambda folder: _link(fonts, folder),
        # Links: where the files lie counts too.
        params={"files": [str(font.path) for font in fonts]},
        inputs=tuple(font.path for font in fonts),
        weight=0,
    )


def _link(fonts: list[FontFile], folder: Path) -> None:
    link_fonts(fonts, folder)


def _overlay(sprite: Sprite, steps: Steps) -> Overlay:
    """The picture of an emoji, drawn once a size, where it stands."""
    font = emoji_font()
    step = Step(
        name="emoji",
        version=1,
        make=lambda out: write_picture(sprite.emoji, sprite.size, out),
        params={"emoji": sprite.emoji, "size": sprite.size},
        inputs=(font.path,) if font else (),
        suffix=".png",
        weight=0,
    )
    return Overlay(steps.run(step), sprite.x, sprite.y, sprite.first, sprite.last)


def _logo_of(parts: Sequence[Part]) -> Logo | None:
    """The logo over footage. In a transition from or to a scene, which draws its own, it stands
    over both."""
    sources = [part.source for part in parts]
    return next((each.logo for each in sources if isinstance(each, Footage) and each.logo), None)


def _logo(logo: Logo, format: Format, frames: int, root: Path, steps: Steps) -> Overlay:
    """The picture of a logo, scaled once a size, where it stands from the first frame on."""
    size = (max(1, round(logo.width * format.width)), max(1, round(logo.height * format.height)))
    path = root / logo.path
    step = Step(
        name="logo",
        version=1,
        make=lambda out: write_scaled(path, size, out),
        params={"size": size},
        inputs=(path,),
        suffix=".png",
        weight=0,
    )
    x, y = round(logo.left * format.width), round(logo.top * format.height)
    return Overlay(steps.run(step), x, y, 0, frames)


def _films(segment: Segment, root: Path) -> dict[str, Film]:
    found: dict[str, Film] = {}
    for part in (segment.before, segment.main):
        if part and isinstance(part.source, Footage) and not part.drawn:
            stat = (root / part.source.path).stat()
            path = root / part.source.path
            found[part.source.path] = film_of(path, stat.st_mtime_ns)
    return found


@lru_cache(maxsize=256)
def film_of(path: Path, changed: int = 0) -> Film:
    """What the graph must know of a clip. Raises FootageError when it cannot be used.

    `changed` is the file's time stamp: facts are remembered only as long as it stays the same.
    """
    facts = probe(path)
    matrix, transfer = colours(path)
    return Film(
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        matrix=matrix,
        transfer=transfer,
        interlaced=facts.interlaced,
        entry=entry(path, facts),
    )
