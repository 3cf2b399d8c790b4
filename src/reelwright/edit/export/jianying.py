"""剪映 draft: a folder to put beside 剪映's own drafts, through `pyJianYingDraft` (an extra).

The picture, the sound and the captions, each caption an editable text. 剪映 6 and later open such
plain drafts and encrypt them when they save. A drawn scene without a file is a dark picture that
holds its place, since 剪映 moves the first clip of its main track to the beginning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import md5
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import FootageError, InputError, MissingExtra
from reelwright.core.time import to_samples
from reelwright.core.timeline import Caption, Footage, Timeline
from reelwright.edit.export.sources import Source, picture_source, sound_lanes

if TYPE_CHECKING:
    import pyJianYingDraft as Draft
    from pyJianYingDraft import ScriptFile, Timerange

PIXELS_PER_SIZE = 1080 / 120
"""剪映's letter size 1 in pixels of a picture 1080 wide: estimated, size 8 being about 72."""
PLACE = "scene.png"
"""The picture that stands for scenes without a file."""


def export(timeline: Timeline, *, root: Path, out: Path, media: Mapping[int, Path]) -> Path:
    """Write a draft folder, named after the timeline's title, into the folder `out`.

    Returns:
        The draft's folder, with ``draft_content.json`` and ``draft_meta_info.json``.

    Raises:
        MissingExtra: `pyJianYingDraft` is not installed.
        InputError: there is a draft of that name already.
        FootageError: a file of the timeline is missing or damaged.
    """
    try:
        import pyJianYingDraft  # noqa: F401
    except ImportError as error:
        raise MissingExtra(
            "the 剪映 export needs pyJianYingDraft",
            where="reel export --to jianying",
            hint='pip install "reelwright[jianying]"',
        ) from error
    from reelwright.store.atomic import replacing

    name = draft_name(timeline.title)
    folder = out / name
    if folder.exists():
        raise InputError(
            f'there is a draft "{name}" already, and it may have been worked on',
            where=str(folder),
            hint="move or delete it, or change the title",
        )
    with replacing(folder) as temporary:
        temporary.mkdir()
        _draw_place(temporary / PLACE)
        content, meta = write_draft(
            timeline, root=root, media=media, name=name, place=temporary / PLACE
        )
        # The draft names the place where it will stand.
        content = content.replace(
            json.dumps(str((temporary / PLACE).absolute()), ensure_ascii=False),
            json.dumps(str((folder / PLACE).absolute()), ensure_ascii=False),
        )
        (temporary / "draft_content.json").write_text(content, "utf-8")
        (temporary / "draft_meta_info.json").write_text(meta, "utf-8")
    return folder


def draft_name(title: str) -> str:
    """A folder's name: the title without what file systems refuse."""
    plain = re.sub(r'[<>:"/\\|?*\x00-\x1f]+', " ", title)
    return " ".join(plain.split()).strip(". ")[:60].strip() or "reelwright"


def write_draft(
    timeline: Timeline, *, root: Path, media: Mapping[int, Path], name: str, place: Path
) -> tuple[str, str]:
    """The texts of ``draft_content.json`` and ``draft_meta_info.json``.

    `place` is the picture that stands for scenes without a file.

    Raises:
        FootageError: a file of the timeline is missing or damaged.
    """
    import pyJianYingDraft as Draft
    from pyJianYingDraft import assets

    form = timeline.format
    script = Draft.ScriptFile(form.width, form.height, round(form.rate), maintrack_adsorb=False)
    page = _Page(timeline, root, script, place)
    page.pictures(media)
    page.sounds()
    page.captions()
    content = json.loads(script.dumps())
    # The library counts whole frames a second; 剪映 itself writes fractions.
    content["fps"] = float(form.rate)
    content["name"] = name
    template = Path(assets.get_asset_path("DRAFT_META_TEMPLATE"))
    meta = json.loads(template.read_text("utf-8"))
    meta["draft_name"] = name
    meta["tm_duration"] = script.duration
    return _settled(content, name), _settled(meta, name)


class _Page:
    """Puts the parts of a timeline into one draft."""

    def __init__(self, timeline: Timeline, root: Path, script: ScriptFile, place: Path) -> None:
        self.timeline = timeline
        self.root = root
        self.script = script
        self.place = place
        self.materials: dict[Path, Any] = {}

    def span(self, start: int, frames: int) -> Timerange:
        """Microseconds: both edges from whole frames, so that neighbours meet exactly."""
        from pyJianYingDraft import Timerange

        first, last = (self.micros(frame) for frame in (start, start + frames))
        return Timerange(first, last - first)

    def micros(self, frame: int) -> int:
        return to_samples(frame, self.timeline.format.rate, 1_000_000)

    def material(self, path: Path, kind: type) -> Any:
        if path not in self.materials:
            try:
                self.materials[path] = kind(str(path))
            except FileNotFoundError as error:
                raise FootageError(
                    "there is no such file", where=str(path), hint="剪映 needs every file in place"
                ) from error
            except ValueError as error:
                raise FootageError(
                    "cannot be used in 剪映: it has no picture or sound of the kind needed",
                    where=str(path),
                    hint="convert it to mp4, jpg or wav",
                ) from error
        return self.materials[path]

    def source_span(self, source: Source, material: Any, frames: int) -> Timerange:
        """What is taken from the file; never a microsecond more than there is."""
        from pyJianYingDraft import Timerange

        wanted = self.span(source.start, frames)
        start = min(wanted.start, max(0, material.duration - wanted.duration))
        return Timerange(start, min(wanted.duration, material.duration))

    def pictures(self, media: Mapping[int, Path]) -> None:
        import pyJianYingDraft as Draft

        self.script.add_track(Draft.TrackType.video, "picture")
        clips = self.timeline.picture.clips
        for index, clip in enumerate(clips):
            source = picture_source(self.timeline, index, self.root, media)
            material = self.material(source.path or self.place, Draft.VideoMaterial)
            whole = isinstance(clip.source, Footage) and index not in media
            segment = Draft.VideoSegment(
                material,
                self.span(clip.start, clip.frames),
                source_timerange=self.source_span(source, material, clip.frames),
                speed=1.0,
                volume=0.0,
                clip_settings=self.framing(clip.source, material) if whole else None,
            )
            following = clips[index + 1].transition if index + 1 < len(clips) else None
            if following:
                # 剪映 hangs a transition on the clip it leads out of.
                segment.add_transition(
                    Draft.TransitionType.叠化, duration=self.span(0, following.frames).duration
                )
            self.script.add_segment(segment, "picture")

    def framing(self, source: Any, material: Any) -> Draft.ClipSettings:
        """Scale and shift that fill the frame around the focus; 剪映's scale 1 fits inside.

        A crop that moves stands halfway; of two crops the upper one fills the frame.
        """
        import pyJianYingDraft as Draft

        if source.fill == "blur":
            return Draft.ClipSettings()
        form = self.timeline.format
        across, down = form.width / material.width, form.height / material.height
        scale = max(across, down)
        shifts: list[float] = []
        for share, size, frame in zip(
            source.middle,
            (material.width * scale, material.height * scale),
            (form.width, form.height),
            strict=True,
        ):
            most = (size - frame) / 2
            shifts.append(max(-most, min(most, (0.5 - share) * size)) / (frame / 2))
        factor = scale / min(across, down)
        return Draft.ClipSettings(
            scale_x=factor, scale_y=factor, transform_x=shifts[0], transform_y=-shifts[1]
        )

    def sounds(self) -> None:
        import pyJianYingDraft as Draft

        for index, track in enumerate(self.timeline.sound):
            for number, lane in enumerate(sound_lanes(self.timeline, index, self.root)):
                name = track.name if number == 0 else f"{track.name} {number + 1}"
                self.script.add_track(Draft.TrackType.audio, name)
                for heard in lane:
                    assert heard.source.path is not None
                    material = self.material(heard.source.path, Draft.AudioMaterial)
                    taken = self.source_span(heard.source, material, heard.source.frames)
                    start = self.span(heard.start, heard.source.frames).start
                    segment = Draft.AudioSegment(
                        material,
                        Draft.Timerange(start, taken.duration),
                        source_timerange=taken,
                        speed=1.0,
                        volume=10 ** (heard.clip.gain / 20),
                    )
                    rise = heard.clip.fade_in if heard.first else 0
                    fall = heard.clip.fade_out if heard.last else 0
                    if rise or fall:
                        segment.add_fade(self.span(0, rise).duration, self.span(0, fall).duration)
                    self.script.add_segment(segment, name)

    def captions(self) -> None:
        import pyJianYingDraft as Draft

        look = self.timeline.text.style
        if not self.timeline.text.captions or look.name == "none":
            return
        self.script.add_track(Draft.TrackType.text, "captions")
        form = self.timeline.format
        style = Draft.TextStyle(
            size=round(look.size * 1080 / form.width / PIXELS_PER_SIZE, 2),
            bold=True,
            color=_colour(look.fill),
            align=1,
        )
        border = Draft.TextBorder(color=_colour(look.outline), width=40.0)
        for caption in self.timeline.text.captions:
            segment = Draft.TextSegment(
                caption.text,
                self.span(caption.start, caption.frames),
                style=style,
                border=border,
                clip_settings=Draft.ClipSettings(transform_y=self.height(caption)),
            )
            self.script.add_segment(segment, "captions")

    def height(self, caption: Caption) -> float:
        """Where the middle of a caption stands, in half heights of the picture above its middle."""
        look, full = self.timeline.text.style, self.timeline.format.height
        middle = full - look.safe[3] - look.size * 0.66 * len(caption.lines)
        return round(1 - 2 * middle / full, 4)


def _draw_place(path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (1080, 1920), "#14171b").save(path)


def _colour(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _settled(content: dict[str, Any], name: str) -> str:
    """The JSON with its random identifiers replaced by ones that follow from their order."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    found: dict[str, str] = {}

    def settle(match: re.Match[str]) -> str:
        seed = f"{name} {len(found)}"
        return found.setdefault(match[0], md5(seed.encode(), usedforsecurity=False).hexdigest())

    return re.sub(r"(?<=\")[0-9a-f]{32}(?=\")", settle, text) + "\n"
