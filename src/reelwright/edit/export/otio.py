"""OTIO: OpenTimelineIO's JSON, written by hand, since its library is large and compiled.

One video track, an audio track for each lane of sound, captions as markers on the whole. Framing,
gain and fades have no place in OTIO: they stand in the clips' metadata under ``reelwright``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.core.timeline import Footage, PictureClip, Timeline
from reelwright.edit.export.sources import (
    Heard,
    Source,
    picture_source,
    relative_url,
    sound_lanes,
)

FILE = "timeline.otio"

Json = dict[str, Any]


def write_otio(
    timeline: Timeline, *, root: Path, folder: Path, media: Mapping[int, Path] | None = None
) -> str:
    """The timeline as OTIO JSON.

    Args:
        timeline: what to write.
        root: the project's folder.
        folder: where the document will stand; files of the project are named relative to it.
        media: as in `reelwright.edit.export.export`.

    Raises:
        FootageError: a file of the timeline is damaged.
    """
    page = _Page(timeline.format.rate, root, folder)
    tracks = [_video(timeline, page, media)]
    for index, track in enumerate(timeline.sound):
        for number, lane in enumerate(sound_lanes(timeline, index, root)):
            name = track.name if number == 0 else f"{track.name} {number + 1}"
            tracks.append(_audio(name, lane, page))
    document = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": timeline.title,
        "global_start_time": page.time(0),
        "metadata": {
            "reelwright": {
                "width": timeline.format.width,
                "height": timeline.format.height,
                "rate": str(timeline.format.rate),
                "language": timeline.language,
            }
        },
        "tracks": _item("Stack.1", "tracks", children=tracks, markers=_captions(timeline, page)),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``timeline.otio`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_otio(timeline, root=root, folder=out, media=media))
    return out / FILE


@dataclass(frozen=True)
class _Page:
    rate: Fraction
    root: Path
    folder: Path

    def time(self, frames: int) -> Json:
        return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(self.rate), "value": float(frames)}

    def span(self, start: int, frames: int) -> Json:
        return {
            "OTIO_SCHEMA": "TimeRange.1",
            "start_time": self.time(start),
            "duration": self.time(frames),
        }

    def url(self, path: Path) -> str:
        return relative_url(path, self.root, self.folder)


def _item(schema: str, name: str, **more: Any) -> Json:
    """The fields that everything on a timeline has."""
    empty = {"metadata": {}, "source_range": None, "effects": [], "markers": [], "enabled": True}
    return {"OTIO_SCHEMA": schema, "name": name, **empty, **more}


def _clip(source: Source, page: _Page, reference: Json, metadata: Json) -> Json:
    return _item(
        "Clip.2",
        source.name,
        source_range=page.span(source.start, source.frames),
        media_references={"DEFAULT_MEDIA": reference},
        active_media_reference_key="DEFAULT_MEDIA",
        metadata={"reelwright": metadata},
    )


def _file(source: Source, path: Path, page: _Page) -> Json:
    return {
        "OTIO_SCHEMA": "ExternalReference.1",
        "name": source.name,
        "metadata": {},
        "available_range": page.span(0, source.length(page.rate)),
        "available_image_bounds": None,
        "target_url": page.url(path),
    }


def _scene(clip: PictureClip, source: Source, page: _Page) -> Json:
    assert not isinstance(clip.source, Footage)
    return {
        "OTIO_SCHEMA": "GeneratorReference.1",
        "name": clip.source.name,
        "metadata": {},
        "available_range": page.span(0, source.length(page.rate)),
        "available_image_bounds": None,
        "generator_kind": "reelwright.scene",
        "parameters": clip.source.model_dump(mode="json"),
    }


def _video(timeline: Timeline, page: _Page, media: Mapping[int, Path] | None) -> Json:
    children: list[Json] = []
    for index, clip in enumerate(timeline.picture.clips):
        source = picture_source(timeline, index, page.root, media)
        if clip.transition:
            # The clip before goes on for the transition's frames; this one starts at the cut.
            known = clip.transition.name == "dissolve"
            children.append(
                {
                    "OTIO_SCHEMA": "Transition.1",
                    "name": clip.transition.name,
                    "metadata": {},
                    "in_offset": page.time(0),
                    "out_offset": page.time(clip.transition.frames),
                    "transition_type": "SMPTE_Dissolve" if known else "Custom_Transition",
                }
            )
        metadata: Json = {"shot": clip.name}
        if isinstance(clip.source, Footage) and index not in (media or {}):
            metadata |= {"fill": True, "focus": list(clip.source.focus), "move": clip.source.move}
            if clip.source.focus_end:
                metadata["focus_end"] = list(clip.source.focus_end)
            if clip.source.fill != "crop":
                metadata["fill"] = clip.source.fill
            for name in ("camera", "below"):
                keys = getattr(clip.source, name)
                metadata |= {name: [list(key) for key in keys]} if keys else {}
        reference = _file(source, source.path, page) if source.path else _scene(clip, source, page)
        children.append(_clip(source, page, reference, metadata))
    return _item("Track.1", "picture", kind="Video", children=children)


def _audio(name: str, lane: list[Heard], page: _Page) -> Json:
    children: list[Json] = []
    at = 0
    for heard in lane:
        if heard.start > at:
            children.append(_item("Gap.1", "", source_range=page.span(0, heard.start - at)))
        clip, source = heard.clip, heard.source
        metadata: Json = {"gain": clip.gain}
        if heard.first and clip.fade_in:
            metadata["fade_in"] = clip.fade_in
        if heard.last and clip.fade_out:
            metadata["fade_out"] = clip.fade_out
        if clip.blend:
            metadata["blend"] = clip.blend
        assert source.path is not None
        children.append(_clip(source, page, _file(source, source.path, page), metadata))
        at = heard.start + source.frames
    return _item("Track.1", name, kind="Audio", children=children)


def _captions(timeline: Timeline, page: _Page) -> list[Json]:
    return [
        {
            "OTIO_SCHEMA": "Marker.2",
            "name": caption.text.replace("\n", " "),
            "comment": caption.text,
            "color": "YELLOW",
            "marked_range": page.span(caption.start, caption.frames),
            "metadata": {
                "reelwright": {
                    "words": [
                        [word.text, word.start, word.end, word.strong]
                        for line in caption.lines
                        for word in line
                    ]
                }
            },
        }
        for caption in timeline.text.captions
    ]
