"""FCP7 XML (xmeml 5): what Premiere Pro and DaVinci Resolve both read.

One sequence: a video track with cross dissolves, audio tracks, and a marker for each caption. Every
length is in frames of the sequence. Stereo sound lies on two tracks, linked, as these editors
expect. Pictures are scaled to fill; a focus other than the centre is not carried over.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree as Tree

from reelwright.core.time import to_frames
from reelwright.core.timeline import Footage, Timeline
from reelwright.edit.export.sources import (
    Heard,
    Source,
    channels,
    picture_source,
    sound_lanes,
)

FILE = "timeline.xml"


def write_fcpxml(timeline: Timeline, *, root: Path, media: Mapping[int, Path] | None = None) -> str:
    """The timeline as FCP7 XML.

    Files are named by absolute ``file:`` URLs, the only ones these editors follow. A drawn scene
    without a file is a clip whose media is offline.

    Raises:
        FootageError: a file of the timeline is damaged.
    """
    page = _Page(timeline, root)
    top = Tree.Element("xmeml", version="5")
    sequence = Tree.SubElement(top, "sequence", id="sequence-1")
    _add(sequence, "name", timeline.title or "Reelwright")
    _add(sequence, "duration", timeline.frames)
    page.rate(sequence)
    code = Tree.SubElement(sequence, "timecode")
    page.rate(code)
    _add(code, "string", "00:00:00:00")
    _add(code, "frame", 0)
    _add(code, "displayformat", "NDF")
    parts = Tree.SubElement(sequence, "media")
    page.video(Tree.SubElement(parts, "video"), media or {})
    page.audio(Tree.SubElement(parts, "audio"))
    for caption in timeline.text.captions:
        marker = Tree.SubElement(sequence, "marker")
        _add(marker, "name", caption.text.replace("\n", " "))
        _add(marker, "comment", caption.text)
        _add(marker, "in", caption.start)
        _add(marker, "out", caption.start + caption.frames)
    Tree.indent(top)
    body = Tree.tostring(top, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n{body}\n'


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write ``timeline.xml`` into the folder `out`."""
    from reelwright.store.atomic import write_text

    write_text(out / FILE, write_fcpxml(timeline, root=root, media=media))
    return out / FILE


class _Page:
    """Writes the parts of one document; remembers which files it has described."""

    def __init__(self, timeline: Timeline, root: Path) -> None:
        self.timeline = timeline
        self.root = root
        self.files: dict[object, str] = {}
        self.clips = 0

    def rate(self, parent: Tree.Element, rate: Fraction | None = None) -> None:
        """Whole frames a second, and whether they run 0.1 % slow."""
        exact = rate or self.timeline.format.rate
        whole = to_frames(1, exact)
        element = Tree.SubElement(parent, "rate")
        _add(element, "timebase", whole)
        _add(element, "ntsc", "TRUE" if exact == Fraction(whole * 1000, 1001) else "FALSE")

    def characteristics(self, parent: Tree.Element, width: int, height: int) -> None:
        element = Tree.SubElement(parent, "samplecharacteristics")
        self.rate(element)
        _add(element, "width", width)
        _add(element, "height", height)
        _add(element, "anamorphic", "FALSE")
        _add(element, "pixelaspectratio", "square")
        _add(element, "fielddominance", "none")

    # ── picture ───────────────────────────────────────────────────────────────────────────────────

    def video(self, parent: Tree.Element, media: Mapping[int, Path]) -> None:
        form = self.timeline.format
        self.characteristics(Tree.SubElement(parent, "format"), form.width, form.height)
        track = Tree.SubElement(parent, "track")
        for index, clip in enumerate(self.timeline.picture.clips):
            source = picture_source(self.timeline, index, self.root, media)
            if clip.transition:
                self.transition(track, clip.start, clip.transition.frames, clip.transition.name)
            end = clip.start + clip.frames
            # -1: the edge lies under a transition, whose place says where it is.
            item = self.item(
                track,
                source,
                start=-1 if clip.transition else clip.start,
                end=-1 if source.tail else end,
                kind="video",
            )
            if isinstance(clip.source, Footage) and index not in media:
                self.fill(item, source)
            if clip.name:
                _add(Tree.SubElement(item, "comments"), "mastercomment1", clip.name)

    def transition(self, track: Tree.Element, start: int, frames: int, name: str) -> None:
        element = Tree.SubElement(track, "transitionitem")
        self.rate(element)
        _add(element, "start", start)
        _add(element, "end", start + frames)
        _add(element, "alignment", "start")
        effect = Tree.SubElement(element, "effect")
        _add(effect, "name", "Cross Dissolve" if name == "dissolve" else name)
        _add(effect, "effectid", "Cross Dissolve")
        _add(effect, "effectcategory", "Dissolve")
        _add(effect, "effecttype", "transition")
        _add(effect, "mediatype", "video")

    def fill(self, item: Tree.Element, source: Source) -> None:
        """Scale to fill the frame: editors put a clip in at its own size."""
        facts, form = source.facts, self.timeline.format
        if not (facts and facts.width and facts.height):
            return
        scale = 100 * max(form.width / facts.width, form.height / facts.height)
        effect = _effect(item, "Basic Motion", "basic", "motion", "motion", "video")
        _parameter(effect, "scale", "Scale", f"{scale:.4f}", ("0", "1000"))

    # ── sound ─────────────────────────────────────────────────────────────────────────────────────

    def audio(self, parent: Tree.Element) -> None:
        _add(parent, "numOutputChannels", 2)
        form = Tree.SubElement(Tree.SubElement(parent, "format"), "samplecharacteristics")
        _add(form, "depth", 16)
        _add(form, "samplerate", 48000)
        for index in range(len(self.timeline.sound)):
            for lane in sound_lanes(self.timeline, index, self.root):
                self.lane(parent, lane)

    def lane(self, parent: Tree.Element, lane: list[Heard]) -> None:
        wide = {heard.source.path: channels(heard.source.path or Path()) for heard in lane}
        first = len(parent.findall("track")) + 1
        pairs: list[list[Tree.Element]] = [[] for _ in lane]
        for channel in range(1, min(2, max(wide.values(), default=1)) + 1):
            track = Tree.SubElement(parent, "track")
            for place, heard in enumerate(lane):
                count = wide[heard.source.path]
                if channel > count:
                    continue
                item = self.item(
                    track,
                    heard.source,
                    start=heard.start,
                    end=heard.start + heard.source.frames,
                    kind="audio",
                    count=count,
                )
                of = Tree.SubElement(item, "sourcetrack")
                _add(of, "mediatype", "audio")
                _add(of, "trackindex", channel)
                self.level(item, heard)
                pairs[place].append(item)
            _add(track, "outputchannelindex", channel)
        for place, items in enumerate(pairs):
            for item in items if len(items) > 1 else []:
                for number, other in enumerate(items):
                    link = Tree.SubElement(item, "link")
                    _add(link, "linkclipref", other.get("id"))
                    _add(link, "mediatype", "audio")
                    _add(link, "trackindex", first + number)
                    _add(link, "clipindex", place + 1)

    def level(self, item: Tree.Element, heard: Heard) -> None:
        clip, source = heard.clip, heard.source
        # These editors know amplification up to 12 dB.
        level = min(10 ** (clip.gain / 20), 3.98107)
        rise = clip.fade_in if heard.first else 0
        fall = clip.fade_out if heard.last else 0
        if not (clip.gain or rise or fall):
            return
        effect = _effect(item, "Audio Levels", "audiolevels", "audiolevels", "audiolevels", "audio")
        parameter = _parameter(effect, "level", "Level", f"{level:.6f}", ("0", "3.98107"))
        begin, end = source.start, source.start + source.frames
        points: dict[int, float] = {}
        if rise:
            points |= {begin: 0.0, min(begin + rise, end): level}
        if fall:
            points |= {max(end - fall, begin + rise): level, end: 0.0}
        for when, value in points.items():
            frame = Tree.SubElement(parameter, "keyframe")
            _add(frame, "when", when)
            _add(frame, "value", f"{value:.6f}")

    # ── clips and files ───────────────────────────────────────────────────────────────────────────

    def item(
        self,
        track: Tree.Element,
        source: Source,
        *,
        start: int,
        end: int,
        kind: str,
        count: int = 1,
    ) -> Tree.Element:
        self.clips += 1
        item = Tree.SubElement(track, "clipitem", id=f"clipitem-{self.clips}")
        _add(item, "name", source.name)
        _add(item, "enabled", "TRUE")
        _add(item, "duration", source.length(self.timeline.format.rate))
        self.rate(item)
        _add(item, "start", start)
        _add(item, "end", end)
        _add(item, "in", source.start)
        _add(item, "out", source.start + source.frames + source.tail)
        if source.still:
            _add(item, "stillframe", "TRUE")
        self.file(item, source, kind, count)
        return item

    def file(self, item: Tree.Element, source: Source, kind: str, count: int) -> None:
        # A scene without a file is one of its own every time.
        key: object = (source.path, kind) if source.path else self.clips
        if key in self.files:
            Tree.SubElement(item, "file", id=self.files[key])
            return
        self.files[key] = f"file-{len(self.files) + 1}"
        file = Tree.SubElement(item, "file", id=self.files[key])
        _add(file, "name", source.name)
        if source.path:
            _add(file, "pathurl", source.path.as_uri().replace("file://", "file://localhost", 1))
        self.rate(file, source.facts.rate if source.facts else None)
        seconds = Fraction(source.length(self.timeline.format.rate)) / self.timeline.format.rate
        own = source.facts.rate if source.facts and source.facts.rate else None
        _add(file, "duration", to_frames(seconds, own or self.timeline.format.rate))
        parts = Tree.SubElement(file, "media")
        if kind == "video":
            facts, form = source.facts, self.timeline.format
            size = (facts.width, facts.height) if facts else (form.width, form.height)
            self.characteristics(Tree.SubElement(parts, "video"), *size)
        else:
            audio = Tree.SubElement(parts, "audio")
            form = Tree.SubElement(audio, "samplecharacteristics")
            _add(form, "depth", 16)
            _add(form, "samplerate", 48000)
            _add(audio, "channelcount", count)


def _add(parent: Tree.Element, tag: str, text: object) -> None:
    # XML has no place for control characters; a title or a comment can do without them.
    plain = "".join(char for char in str(text) if char >= " " or char in "\n\t")
    Tree.SubElement(parent, tag).text = plain


def _effect(
    item: Tree.Element, name: str, identity: str, category: str, kind: str, medium: str
) -> Tree.Element:
    effect = Tree.SubElement(Tree.SubElement(item, "filter"), "effect")
    _add(effect, "name", name)
    _add(effect, "effectid", identity)
    _add(effect, "effectcategory", category)
    _add(effect, "effecttype", kind)
    _add(effect, "mediatype", medium)
    return effect


def _parameter(
    effect: Tree.Element, identity: str, name: str, value: str, limits: tuple[str, str]
) -> Tree.Element:
    parameter = Tree.SubElement(effect, "parameter")
    _add(parameter, "parameterid", identity)
    _add(parameter, "name", name)
    _add(parameter, "valuemin", limits[0])
    _add(parameter, "valuemax", limits[1])
    _add(parameter, "value", value)
    return parameter
