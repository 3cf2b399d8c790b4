"""The nouns: what is asked, what is said, what is shown, what it is made of.

All are frozen pydantic models that refuse unknown fields, so a typo in a hand-edited file is an
error with a place and not a silent nothing. Rooms of the house meet only here. The timeline, a
noun with a page of its own, is in `reelwright.core.timeline`.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from reelwright.core.time import format_rate, parse_rate

Language = Literal["zh", "en"]


class Noun(BaseModel):
    """Base of all nouns: frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _to_rate(value: object) -> object:
    return parse_rate(str(value)) if isinstance(value, str | int | float) else value


Rate = Annotated[
    Fraction,
    BeforeValidator(_to_rate),
    PlainSerializer(format_rate, return_type=str),
]
"""Frames a second, exact; written as ``"30"`` or ``"30000/1001"``."""


class Format(Noun):
    """The picture: size in pixels (even) and frames a second."""

    width: int = Field(ge=64, le=7680, multiple_of=2)
    height: int = Field(ge=64, le=7680, multiple_of=2)
    rate: Rate = Fraction(30)

    def scaled(self, factor: float) -> Format:
        """The same shape at another size, sides rounded to even pixels."""
        return Format(
            width=max(64, round(self.width * factor / 2) * 2),
            height=max(64, round(self.height * factor / 2) * 2),
            rate=self.rate,
        )


SIZES: dict[str, tuple[int, int]] = {
    "9:16": (1080, 1920),
    "16:9": (1920, 1080),
    "1:1": (1080, 1080),
    "3:4": (1080, 1440),
}
"""The named shapes and their sizes in pixels."""


class Origin(Noun):
    """Where something came from. Labels, credits and rights are worked out from this."""

    provider: str
    """Who made it: ``person``, ``extractive``, ``openai``, ``espeak``, ``scenes``, ``pexels`` …"""
    model: str | None = None
    prompt: str | None = None
    seed: int | None = None
    licence: str | None = None
    author: str | None = None
    url: str | None = None
    ai_made: bool = False
    """Whether a machine generated or synthesised it, in the sense of GB 45438-2025. Synthetic
    speech counts, whatever the engine; drawing a person's own words as graphics does not."""
    parents: tuple[str, ...] = ()


class MediaFacts(Noun):
    """What probing says of a media file. Sizes are as displayed, after rotation."""

    kind: Literal["video", "audio", "picture"]
    seconds: float = 0.0
    width: int = 0
    height: int = 0
    rotation: int = 0
    """Degrees clockwise the decoder's picture must be turned to be upright: 0, 90, 180, 270."""
    rate: Rate | None = None
    """Average frames a second."""
    variable_rate: bool = False
    hdr: bool = False
    """Transfer function is PQ or HLG."""
    interlaced: bool = False
    has_sound: bool = False
    codec: str = ""
    pixel_format: str = ""


class Glance(Noun):
    """What a few frames of a clip or picture show, measured."""

    colours: tuple[str, ...] = ()
    """The colours that take up most of it, by the names of `media.glance.COLOURS`."""
    brightness: float = 0.5
    """Mean luma, 0 to 1."""
    motion: float = 0.0
    """Mean change of luma a quarter of a second apart, 0 to 1; 0 for pictures."""
    sharpness: float = 0.0
    """Strength of fine detail, 0 to 1."""
    faces: int = 0
    """The most faces seen at one moment; 0 also where nobody looked for any."""


class Asset(Noun):
    """A media file. Its id is the hash of its content."""

    id: str
    path: str
    facts: MediaFacts
    origin: Origin
    tags: tuple[str, ...] = ()
    """Words that describe it: from its name, its folder, and annotations."""
    glance: Glance | None = None
    """What it looks like, where that was measured."""


class Annotation(Noun):
    """Something known about an asset: said by whom, how surely, of which stretch of it."""

    name: str = Field(min_length=1, max_length=40)
    """What kind of thing is known: ``shot``, ``face``, ``mood``, ``fault``, ``tag`` …"""
    value: Any
    """The thing itself: a plain JSON value, of one shape for one name."""
    confidence: float = Field(default=1.0, ge=0, le=1)
    start: float | None = Field(default=None, ge=0)
    """Seconds into the file where it begins to hold; None: it holds for the whole file."""
    end: float | None = Field(default=None, ge=0)
    annotator: str
    """Who says so; ``person`` for corrections by hand, which win over all others."""
    version: int = 1
    """Of the annotator: a newer one's words replace an older one's."""


class Box(Noun):
    """A rectangle in a picture, as shares (0 to 1) of its upright width and height."""

    left: float
    top: float
    width: float = Field(ge=0)
    height: float = Field(ge=0)
    score: float = Field(default=1.0, ge=0, le=1)
    """How surely the thing sought is there."""

    @property
    def centre(self) -> tuple[float, float]:
        """Its middle."""
        return self.left + self.width / 2, self.top + self.height / 2


class Role(StrEnum):
    """What a line does for the script."""

    HOOK = "hook"
    POINT = "point"
    CALL = "call"


class Sticker(Noun):
    """A small Lottie animation that plays over a drawn scene."""

    file: str
    """Its JSON file, from the project's folder or in its ``stickers/``."""
    at: Literal[
        "auto", "top-left", "top", "top-right", "left", "centre", "right",
        "bottom-left", "bottom", "bottom-right",
    ] = "auto"  # fmt: skip
    """Where it stands, among the corners, sides and centre of where content may stand; ``auto``
    keeps it off the text, smaller if need be."""
    size: float = Field(default=0.24, ge=0.04, le=0.8)
    """Its longer side as a share of the picture's shorter one."""


def _to_sticker(value: object) -> object:
    return {"file": value} if isinstance(value, str) else value


class Line(Noun):
    """One idea: what is said, and how it is shown."""

    say: str = Field(min_length=1, max_length=400, description="One spoken sentence, plain text.")
    role: Role = Field(default=Role.POINT, description="hook first, call last, else point.")
    scene: str | None = Field(
        default=None, description="Scene template to draw; leave out to let the meaning choose."
    )
    params: dict[str, Any] = Field(
        default_factory=dict, description="Parameters of the scene; leave out to let it choose."
    )
    footage: str | None = Field(
        default=None, description="File name in footage/ to show, or leave out."
    )
    search: tuple[str, ...] = Field(
        default=(), max_length=12, description="Words to find a fitting picture or clip by."
    )
    emphasis: tuple[str, ...] = Field(
        default=(), max_length=6, description="Words of `say` to highlight."
    )
    pause: float | None = Field(
        default=None, ge=0, le=5, description="Seconds of silence after the line."
    )
    transition: str | None = Field(
        default=None, description="How its picture takes over; leave out to let the theme choose."
    )
    sticker: Annotated[Sticker | None, BeforeValidator(_to_sticker)] = Field(
        default=None, description="An animation drawn over the scene; leave out."
    )
    translation: str = Field(
        default="", max_length=600, description="`say` in the other language, for its captions."
    )


class Script(Noun):
    """What the video says. Its JSON schema is what an LLM is asked to fill in."""

    title: str = Field(min_length=1, max_length=80, description="Title of the post.")
    titles: tuple[str, ...] = Field(default=(), max_length=5, description="Other possible titles.")
    cover_title: str = Field(
        default="", max_length=80, description="Title on the cover, where it is another."
    )
    description: str = Field(default="", max_length=2000, description="Text of the post.")
    tags: tuple[str, ...] = Field(default=(), max_length=12, description="Tags without '#'.")
    lines: tuple[Line, ...] = Field(min_length=1, max_length=400)
    pause: float = Field(
        default=0.3, ge=0, le=5, description="Seconds of silence after a line without its own."
    )
    origin: Origin | None = Field(default=None, description="Who wrote it; absent: the person.")

    @property
    def hook(self) -> Line | None:
        """The line that opens the video."""
        return next((line for line in self.lines if line.role is Role.HOOK), None)

    @property
    def call(self) -> Line | None:
        """The call to action."""
        return next((line for line in self.lines if line.role is Role.CALL), None)


class Brief(Noun):
    """What was asked: the text to work from and everything the person decided about it.

    `settings` holds the front matter's keys as nested plain values; they have been checked against
    `reelwright.core.settings.Settings` when the brief was read.
    """

    topic: str | None = None
    article: str | None = None
    """Markdown, without front matter."""
    settings: dict[str, Any] = Field(default_factory=dict)


class Pace(Noun):
    """How fast a voice speaks: measured, not assumed."""

    units_per_second: float = Field(gt=0)
    """Syllables a second, as spoken."""
    pause: float = Field(default=0.3, ge=0)
    """Seconds of silence the voice's takes and the cut leave after each line."""


class Speech(Noun):
    """What a voice is asked to speak. `text` is the spoken form: no digits, no symbols."""

    text: str
    language: Language
    voice: str | None = None
    """The engine's name of a voice, or None for its best one for the language."""
    rate: float = Field(default=1.0, ge=0.5, le=2.0)
    """1 is the voice's natural speed."""


class WordTime(Noun):
    """When a stretch of `Speech.text` is heard, in seconds from the start of the take."""

    first: int
    """Offset of its first character in `Speech.text`."""
    last: int
    """Offset after its last character."""
    start: float
    end: float


class Word(Noun):
    """A word as written, and when it is heard, in seconds from the start of the take.

    `text` keeps the white space and punctuation that follow the word, so that the words of a line
    joined together give back the line exactly.
    """

    text: str
    start: float
    end: float


class Transcript(Noun):
    """What is said in a recording. The words' texts joined give the whole text; times are seconds
    from the start of the file."""

    language: str
    words: tuple[Word, ...]


class Take(Noun):
    """One line, spoken: where the sound is, how long it lasts, when each word is heard."""

    path: str
    seconds: float
    words: tuple[Word, ...]
    origin: Origin


class Shot(Noun):
    """One line's picture: a drawn scene, or footage under it."""

    line: int
    """Index into `Script.lines`."""
    scene: str
    """Name of the scene template that is drawn where no footage is shown."""
    params: dict[str, Any] = Field(default_factory=dict)
    asset: Asset | None = None
    """The clip or picture to show, for as long as it lasts."""
    framed: bool = False
    """Whether the scene shows the asset itself, in a card, rather than give way to it."""
    why: str = ""
    """Why this picture was picked, for people."""


class Label(Noun):
    """The mark of AI-made content: GB 45438-2025."""

    text: str
    """The visible mark."""
    metadata: str
    """The JSON object of the ``AIGC`` key."""
    parts: tuple[str, ...]
    """Which parts are AI-made: ``voice``, ``script``, ``picture``, ``music``."""


class Variant(Noun):
    """What sets one of several videos of the same brief apart."""

    number: int = Field(ge=1)
    hook: str
    """The line it opens with."""
    theme: str
    pace: Literal["even", "brisk", "calm"]
    """How long it pauses between lines; the lines themselves are spoken alike."""
    cover: str
    """The title on its cover."""
    seed: int
    """Of the music and the drawing."""


class Post(Noun):
    """A finished video as it will be published."""

    title: str
    titles: tuple[str, ...] = ()
    description: str = ""
    tags: tuple[str, ...] = ()
    language: Language = "zh"
    platform: str = ""
    video: str = "video.mp4"
    cover: str = "cover.jpg"
    seconds: float = 0.0
    credits: tuple[Origin, ...] = ()
    ai_made: tuple[str, ...] = ()
    label: Label | None = None
    label_opt_out: bool = False
    """The person chose to export without the label although something is AI-made."""
    variant: Variant | None = None
    """What differs from the other videos of the same brief."""
    captioned: bool = False
    """Whether the picture itself shows captions: whoever plays it need not lay others over it."""


EventKind = Literal[
    "impression", "progress", "completion", "rewatch", "skip", "like", "unlike", "comment",
    "share", "follow", "not_interested",
]  # fmt: skip
"""What a viewer can do with a video: it came into view; so much of it was watched; it was watched
to its end, again, or left early; and what was tapped."""


class Event(Noun):
    """Something a viewer did with a video. Whether it can be is the feed's to say, not the noun's:
    it is made of whatever a client sends."""

    user: str
    item: str
    kind: EventKind
    time: float
    """Seconds since 1970 (UTC)."""
    value: float | None = None
    """Seconds watched, of progress, completion, rewatch and skip; of others how often. None: 0
    seconds, or once."""
    id: str | None = None
    """The client's own name for it, one of a kind for this viewer. Without one, an event is the
    same as another when viewer, item, kind, time and value are."""
    request: str | None = None
    """The page of the feed on which it was shown."""
    rank: int | None = None
    """Its place on that page, from 0."""
    model: str | None = None
    """What chose it."""
    propensity: float | None = None
    """How likely it was to be shown at that place, 0 to 1."""
