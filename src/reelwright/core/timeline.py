"""The timeline: what will be rendered. Versioned JSON, documented on this page.

A timeline is a picture format and tracks. A track is a list of items in order of time; an item
starts at a whole frame and lasts a whole number of frames. Three kinds of track::

    picture   clips, one after another, covering the whole video (never overlapping)
    sound     clips of sound, each with its gain; any number of tracks (voice, music, effects)
    text      captions (role "caption") and marks drawn over the picture (role "mark")

A picture clip shows a `source`: footage (a file, from an instant on, cropped to fill: at one point,
along a line, or along a path of keys; or whole, or two crops of it, see `fill`), or a scene
(the name of a template and its parameters, drawn on the fly). Its `transition`, if any, mixes the
clip before it into its own first frames: the clip before goes on for that many frames more.

Positions are whole frames at `format.rate`; instants inside source files are seconds. Nothing else
is stored: what a frame looks like follows from this file and the files it names.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from reelwright.core.camera import Key, halfway
from reelwright.core.errors import TimelineError
from reelwright.core.nouns import Format, Noun, Origin

VERSION = 1
EFFECTS = "effects"
"""Name of the track of sound effects: it is heard as it is, and no track makes room for it."""


class Logo(Noun):
    """A small picture that stands still over a clip."""

    path: str
    left: float = Field(ge=0, le=1)
    """Where it stands and how large it is, as shares of the frame's width and height."""
    top: float = Field(ge=0, le=1)
    width: float = Field(gt=0, le=1)
    height: float = Field(gt=0, le=1)


class Footage(Noun):
    """A file shown full-frame, scaled and cropped to fill."""

    type: Literal["footage"] = "footage"
    path: str
    asset: str
    """The asset's id (content hash)."""
    start: float = Field(default=0.0, ge=0)
    """Seconds into the file of the first frame shown."""
    kind: Literal["video", "picture"] = "video"
    focus: tuple[float, float] = (0.5, 0.5)
    """The point of the source (0 to 1) kept as near the centre as filling the frame allows."""
    focus_end: tuple[float, float] | None = None
    """Where that point has moved to, evenly, at the clip's last frame (videos); None: nowhere."""
    move: Literal["none", "push", "pull"] = "none"
    """A slow camera move over the length of the clip (pictures)."""
    fill: Literal["crop", "blur", "split"] = "crop"
    """How a clip of another shape fills the frame: cropped; whole, before a blurred and darkened
    copy of itself that fills it; or two crops of it, one above the other. Videos only."""
    camera: tuple[Key, ...] = ()
    """Where the crop (of `split`, the upper one) looks: keys (frame of this clip, x, y, zoom), the
    way between them smooth, see `core.camera`. Without any, `focus` and `focus_end` say it."""
    below: tuple[Key, ...] = ()
    """Where the lower crop of `split` looks."""
    hdr: bool = False
    rotation: int = 0
    logo: Logo | None = None
    """The person's logo over it; scenes draw their own."""

    @property
    def middle(self) -> tuple[float, float]:
        """The focus halfway: for those who cannot move it."""
        if self.camera:
            return halfway(self.camera)
        x, y = self.focus_end or self.focus
        return (self.focus[0] + x) / 2, (self.focus[1] + y) / 2

    @model_validator(mode="after")
    def _keys_in_order(self) -> Self:
        for keys in (self.camera, self.below):
            if any(then[0] <= first[0] for first, then in pairwise(keys)):
                raise ValueError("the keys of a path stand in the order of their frames")
            if any(not (0 <= x <= 1 and 0 <= y <= 1 and 1 <= zoom <= 16) for _, x, y, zoom in keys):
                raise ValueError("a key is: frame, x and y (0 to 1), zoom (1 to 16)")
        if self.fill == "split" and not (self.camera and self.below):
            raise ValueError("a split picture needs `camera` and `below`")
        return self


class Scene(Noun):
    """A drawn picture: a scene template with its parameters."""

    type: Literal["scene"] = "scene"
    name: str
    theme: str
    params: dict[str, Any] = Field(default_factory=dict)
    seed: int = 0
    still: tuple[str, ...] = ()
    """Paths of pictures that the parameters name; their contents count as inputs."""


class Transition(Noun):
    """How a clip takes over from the one before it."""

    name: str = "dissolve"
    frames: int = Field(ge=1, le=120)


class PictureClip(Noun):
    """A stretch of picture."""

    start: int = Field(ge=0)
    frames: int = Field(ge=1)
    source: Annotated[Footage | Scene, Field(discriminator="type")]
    transition: Transition | None = None
    name: str = ""
    """What to call it when something goes wrong: ``shot 3 (一行字…)``."""


class SoundClip(Noun):
    """A stretch of sound."""

    start: int = Field(ge=0)
    frames: int = Field(ge=1)
    path: str
    asset: str
    """Content hash of the file."""
    offset: float = Field(default=0.0, ge=0)
    """Seconds into the file of the first sample heard."""
    gain: float = 0.0
    """Decibels."""
    fade_in: int = 0
    fade_out: int = 0
    blend: float = Field(default=0.0, ge=0, le=200)
    """Milliseconds over which it comes in and goes out, half of them outside of its frames: clips
    that meet are cross-faded."""
    loop: bool = False
    """Whether the file starts again when it ends before the clip does."""


class TimedWord(Noun):
    """A word of a caption. `start` and `end` are frames of the timeline."""

    text: str
    start: int
    end: int
    strong: bool = False


class Caption(Noun):
    """One caption: at most two lines of words, shown together."""

    start: int = Field(ge=0)
    frames: int = Field(ge=1)
    lines: tuple[tuple[TimedWord, ...], ...] = Field(min_length=1, max_length=2)
    translation: tuple[str, ...] = Field(default=(), max_length=2)
    """What stands below in the other language, smaller, one item a line."""

    @property
    def text(self) -> str:
        """The caption as plain text, lines joined by a newline."""
        return "\n".join("".join(word.text for word in line).strip() for line in self.lines)


class Mark(Noun):
    """Words that stand over the picture: the label of AI-made content."""

    start: int = Field(ge=0)
    frames: int = Field(ge=1)
    text: str
    height: int
    """Height of the letters in pixels."""


class PictureTrack(Noun):
    """Clips one after another."""

    type: Literal["picture"] = "picture"
    clips: tuple[PictureClip, ...] = Field(min_length=1)


class SoundTrack(Noun):
    """Clips of sound. A track that ducks grows quiet while a track that does not is heard."""

    type: Literal["sound"] = "sound"
    name: str
    ducks: bool = False
    clips: tuple[SoundClip, ...] = ()


CAPTION_STYLES = ("karaoke", "fill", "pop", "box", "typewriter", "bilingual", "plain", "none")
"""Names of the styles of captions."""
CAPTION_MARGINS = {"box": 0.14, "pop": 0.1}
"""What a style needs at each side of a line besides the letters, in letter heights."""
TRANSLATION_SIZE = 0.6
"""Height of a translation's letters, in letter heights of the caption above it."""
TRANSLATION_LINE = 1.26
"""Distance of a translation's baselines, in its own letter heights."""


class TextStyle(Noun):
    """How captions look and where they may stand."""

    name: str = "karaoke"
    """One of `CAPTION_STYLES`."""
    family: str = ""
    """The font family asked for; empty lets Reelwright choose by coverage."""
    size: int = 64
    """Height of the letters in pixels."""
    fill: str = "#ffffff"
    highlight: str = "#ffd54a"
    outline: str = "#101418"
    outline_width: float = 4.0
    corner: float = Field(default=0.26, ge=0, le=0.6)
    """Radius of the corners of a box behind a word, in letter heights; 0 is square."""
    safe: tuple[int, int, int, int] = (60, 200, 60, 400)
    """Pixels to keep free at the left, top, right and bottom (the platform's own buttons)."""


class TextTrack(Noun):
    """Captions and marks."""

    type: Literal["text"] = "text"
    style: TextStyle = TextStyle()
    captions: tuple[Caption, ...] = ()
    marks: tuple[Mark, ...] = ()


class Timeline(Noun):
    """What will be rendered."""

    version: Literal[1] = VERSION
    title: str = ""
    format: Format
    language: Literal["zh", "en"] = "zh"
    picture: PictureTrack
    sound: tuple[SoundTrack, ...] = ()
    text: TextTrack = TextTrack()
    origins: tuple[Origin, ...] = ()
    """Where everything in it came from; the label is decided from these."""

    @property
    def frames(self) -> int:
        """Length of the video in frames."""
        last = self.picture.clips[-1]
        return last.start + last.frames

    @model_validator(mode="after")
    def _covers(self) -> Timeline:
        at = 0
        for index, clip in enumerate(self.picture.clips):
            if clip.start != at:
                raise ValueError(
                    f"picture clip {index} starts at frame {clip.start}, but the one before it "
                    f"ends at {at}: picture clips must follow each other without gap or overlap"
                )
            if clip.transition and (index == 0 or clip.transition.frames > clip.frames):
                raise ValueError(
                    f"picture clip {index}: its transition is longer than the clip, or there is "
                    "nothing before it to come from"
                )
            at += clip.frames
        return self


def read_timeline(path: Path) -> Timeline:
    """Read and check a timeline file. Raises `TimelineError` naming the file and the key."""
    try:
        return Timeline.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise TimelineError(
            first["msg"],
            where=f"{path.name}, key {key}" if key else path.name,
            hint="undo the edit, or delete the file to have it written again",
        ) from error
    except OSError as error:
        raise TimelineError(f"cannot be read ({error.strerror})", where=str(path)) from error


def write_timeline(timeline: Timeline) -> str:
    """The timeline as indented JSON, ending in a newline."""
    return timeline.model_dump_json(indent=1) + "\n"
