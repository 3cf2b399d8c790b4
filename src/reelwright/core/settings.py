"""Settings: one tree of values, from five places, the later winning.

    defaults < settings.toml in the home < environment < front matter of brief.md < --set

The environment's names are ``REEL_<SECTION>_<KEY>`` (``REEL_LLM_API_KEY``). Keys marked `Secret`
are read from settings.toml and the environment only: a project folder is something people share,
so a secret in front matter or on the command line is refused.

The home is the platform's data folder, or where ``REEL_HOME`` points. It holds settings.toml, the
shared artefacts, the cut fonts, and later the library and the models.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)

from reelwright.core.errors import SettingError, must_be, nearest
from reelwright.core.nouns import SIZES, Format
from reelwright.core.time import format_rate, parse_rate


class Section(BaseModel):
    """Base of all groups of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ScriptSettings(Section):
    """Who writes."""

    writer: Literal["auto", "extractive", "llm"] = "auto"
    """`auto`: the LLM when one is configured, else the extractive writer."""
    tone: str = ""
    audience: str = ""
    call: str = ""
    """The call to action, word for word; empty lets the writer choose."""


class LLMSettings(Section):
    """An OpenAI-compatible endpoint (cloud, Ollama, vLLM, llama.cpp)."""

    provider: str = "openai"
    base_url: str = ""
    """For example ``http://localhost:11434/v1``. Empty: no LLM, unless there is a key, which means
    OpenAI's own address."""
    model: str = ""
    api_key: SecretStr = SecretStr("")
    timeout: float = Field(default=120, gt=0, le=3600)
    """Seconds for one answer."""
    retries: int = Field(default=3, ge=0, le=10)
    """Tries again after a time-out, 429 or 5xx."""
    temperature: float = Field(default=0.7, ge=0, le=2)


class VoiceSettings(Section):
    """Who speaks."""

    provider: str = "espeak"
    """espeak, edge-tts, openai, piper, kokoro, recording, or none (captions only)."""
    name: str = ""
    """The engine's name of a voice; empty takes its best for the language."""
    rate: float = Field(default=1.0, ge=0.5, le=2.0)
    base_url: str = ""
    model: str = ""
    """A model's name (openai) or file (piper, kokoro)."""
    api_key: SecretStr = SecretStr("")
    timeout: float = Field(default=60, gt=0, le=3600)
    retries: int = Field(default=3, ge=0, le=10)
    folder: str = "voice"
    """For `recording`: the folder of the person's takes (01.wav, 02.wav … or one by line)."""


class StyleSettings(Section):
    """How it looks."""

    theme: str = "night"
    font: str = ""
    """A font family of this machine; empty lets Reelwright choose by coverage."""
    captions: str = "karaoke"
    """karaoke, plain, or none."""
    logo: str = ""
    """A picture of the person's logo (from the project's folder), shown small on every scene and
    over footage."""
    background: str = ""
    """What stands behind drawn scenes in place of the theme's own background: a picture, a clip, or
    a model's folder (kind `images`). Empty: the theme's own."""
    colours: tuple[str, ...] = ()
    """Two colours for the theme `brand`, as ``#rrggbb``: the ground, and the accent on it."""


class MusicSettings(Section):
    """What plays under the voice."""

    provider: str = "compose"
    """compose, file, or none."""
    path: str = ""
    """For `file`: the person's own music."""
    mood: str = ""
    """Empty: that of the theme named in style.theme, else that of the text's words."""
    gain: float = Field(default=-8, ge=-60, le=6)
    """Decibels against a voice while nobody speaks; under speech, music is brought 16 LU below
    the voice."""
    beat: bool = False
    """Let the beat of composed music pull cuts by up to 120 ms. A reworded line then moves the
    cuts after it, so that more is made again."""
    effects: bool = True
    """Quiet sounds on transitions, counters, lists and before the reveal, with or without music."""


class StockSettings(Section):
    """Clips of others, searched for the lines that have no footage; each is credited."""

    provider: str = ""
    """pexels or pixabay; empty: off."""
    api_key: SecretStr = SecretStr("")
    base_url: str = ""
    """Empty: the provider's own address."""
    per_video: int = Field(default=4, ge=0, le=40)
    """Clips fetched for one video, at most."""
    max_bytes: int = Field(default=80_000_000, ge=10_000, le=4_000_000_000)
    """Size of one clip, at most."""
    timeout: float = Field(default=120, gt=0, le=3600)
    retries: int = Field(default=3, ge=0, le=10)


class ImageSettings(Section):
    """Pictures generated for the lines that have no footage; each is recorded as AI-made."""

    provider: str = ""
    """openai (any endpoint with ``/images/generations``); empty: off."""
    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("")
    size: str = Field(default="", pattern=r"^(\d{2,5}x\d{2,5})?$")
    """As the endpoint knows it, ``1024x1536``; empty: by the video's format and the model."""
    style: str = "photograph, natural light, no text, no letters, no logo"
    """Said of every picture, after what it shows."""
    per_video: int = Field(default=4, ge=0, le=40)
    """Pictures generated for one video, at most."""
    timeout: float = Field(default=180, gt=0, le=3600)
    retries: int = Field(default=3, ge=0, le=10)


class EmbedSettings(Section):
    """What tells how near two texts, or a text and a picture, are in meaning."""

    provider: str = ""
    """openai (any endpoint with ``/embeddings``); empty: off."""
    pictures: Literal["", "items", "modality"] = ""
    """How the service takes pictures, where its model places them among texts, as CLIP does: as
    ``{"image": base64}`` (Jina, SGLang), or as data addresses with ``"modality": "image"``
    (Infinity); empty: it takes texts only."""
    base_url: str = ""
    model: str = ""
    api_key: SecretStr = SecretStr("")
    timeout: float = Field(default=60, gt=0, le=3600)
    retries: int = Field(default=3, ge=0, le=10)


class FacesSettings(Section):
    """Who finds faces."""

    provider: str = "auto"
    """auto (the embedded one), a provider's name, or none."""


class ObjectsSettings(Section):
    """Who finds things in pictures and names them."""

    provider: str = "auto"
    """auto (onnx where a model is set), a provider's name, or none."""
    model: str = ""
    """A detector of the YOLO family, exported to an ONNX file."""
    labels: str = ""
    """A text file with a name a line, where the model does not tell what it names."""
    least: float = Field(default=0.35, ge=0.05, le=0.95)
    """How sure it must be of a thing."""


class PeopleSettings(Section):
    """Who tells the faces of different people apart."""

    provider: str = "auto"
    """auto (the best that is installed), a provider's name, or none."""


class VadSettings(Section):
    """Who tells speech from everything else."""

    provider: str = "silero"


class AsrSettings(Section):
    """Who writes down what is said."""

    provider: str = ""
    """faster-whisper or openai (any endpoint with ``/audio/transcriptions``); empty: nobody."""
    base_url: str = ""
    model: str = ""
    """A model's name (openai), or its folder (faster-whisper)."""
    api_key: SecretStr = SecretStr("")
    timeout: float = Field(default=300, gt=0, le=3600)
    retries: int = Field(default=3, ge=0, le=10)


class OcrSettings(Section):
    """Who reads text in pictures."""

    provider: str = "auto"
    """auto (rapidocr where it is installed), a provider's name, or none."""


class LibrarySettings(Section):
    """The library of the person's material."""

    url: SecretStr = SecretStr("")
    """Where it is kept, as an SQLAlchemy URL (``postgresql+psycopg://…``); empty: an SQLite file
    in the home."""
    use: bool = True
    """Whether `reel make` looks for footage in the library as well as in ``footage/``."""
    archive_bytes: int = Field(default=50_000_000_000, gt=0)
    """Bytes that one archive may unpack to; what the library takes from archives is copied into the
    home."""
    black: float = Field(default=0.05, ge=0, le=1)
    """Luma (0 to 1) up to which nearly all of a frame must be to count as black."""
    black_seconds: float = Field(default=0.5, ge=0, le=3600)
    """A fault from so many seconds of black on."""
    frozen: float = Field(default=0.0015, ge=0, le=1)
    """Mean change of luma from frame to frame, up to which the picture counts as frozen."""
    frozen_seconds: float = Field(default=2, ge=0, le=3600)
    blurred: float = Field(default=0.0035, ge=0, le=1)
    """How soft the sharpest edges are (their standard deviation, as a share of the picture's longer
    side) from which on it counts as blurred."""
    blurred_seconds: float = Field(default=1.5, ge=0, le=3600)
    shaking: float = Field(default=0.005, ge=0, le=1)
    """Unsteadiness from which on a camera counts as shaking: picture widths that its movement
    changes by in a fifteenth of a second."""
    overexposed: float = Field(default=0.35, ge=0, le=1)
    """Share of a picture that has burnt out."""
    underexposed: float = Field(default=0.16, ge=0, le=1)
    """Luma that nine tenths of an underexposed picture stay under."""
    exposure_seconds: float = Field(default=1, ge=0, le=3600)
    """Over- and underexposure are faults from so many seconds on."""
    silent: float = Field(default=-60, ge=-120, le=0)
    """Decibels (full scale) under which sound counts as silent."""
    silent_seconds: float = Field(default=5, ge=0, le=3600)
    clipped: float = Field(default=0.001, ge=0, le=1)
    """Share of the samples in a second that may be cut off at the top."""
    short: float = Field(default=1, ge=0, le=3600)
    """Seconds that a clip or a recording should last, at least."""
    small: int = Field(default=480, ge=1, le=10_000)
    """Pixels that a picture's shorter side should have, at least."""


class CutSettings(Section):
    """How raw recordings are cut."""

    pause: float = Field(default=0.35, ge=0.05, le=5)
    """Pauses longer than this many seconds are shortened."""
    fill: Literal["auto", "crop", "blur", "split"] = "auto"
    """How recordings of another shape fill the frame: cropped to their subject; whole, before a
    blurred copy; two people one above the other; or decided shot by shot."""


class CoverSettings(Section):
    """The picture that stands for the video."""

    title: str = Field(default="", max_length=80)
    """What stands on it; empty takes the script's ``cover_title``, else its title."""
    pick: int = Field(default=1, ge=1, le=3)
    """Which of the three candidates becomes ``cover.jpg``; 1 is the one thought best."""


class LabelSettings(Section):
    """The mark of AI-made content (GB 45438-2025)."""

    mode: Literal["auto", "off"] = "auto"
    """`off` is the person's own, logged decision to export without the label."""
    producer: str = ""
    """The provider's code of 27 characters, given by the regulator; never invented."""


class RenderSettings(Section):
    """How it is encoded."""

    encoder: str = "libx264"
    """libx264, auto, or a hardware encoder: h264_nvenc, h264_vaapi, h264_qsv, h264_videotoolbox."""
    crf: int = Field(default=20, ge=0, le=51)
    preset: Literal[
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower",
        "veryslow", "placebo",
    ] = "veryfast"  # fmt: skip
    jobs: int = Field(default=0, ge=0, le=256)
    """Steps run at once; 0 is one per core."""


class ModelSettings(Section):
    """Trained models in place of the shipped ones: each is a folder that `reel train` made."""

    tags: str = ""
    """A `tagger`: people, places, organisations and products in scripts, titles and comments."""
    mood: str = ""
    """A `classifier` of moods, for lines whose mood nobody wrote."""
    topic: str = ""
    """A `classifier` of topics, for titles."""
    titles: str = ""
    """A `sequence` of past titles: ranks and proposes titles and hooks."""
    music: str = ""
    """A `sequence` of music: composes in place of the shipped weights; `none` composes by rule."""


class GoalSettings(Section):
    """What an outcome is worth to the feed, when a video was shown once."""

    completion: float = 1.0
    watch: float = 1.0
    """Watched longer than other videos of its length: the share of them it beats."""
    like: float = 2.0
    comment: float = 3.0
    share: float = 4.0
    follow: float = 5.0
    skip: float = -0.5
    not_interested: float = -10.0


class ServeSettings(Section):
    """`reel serve`: the service and the viewer's page."""

    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    """0 takes a free one."""
    rate: float = Field(default=1000, gt=0)
    """Requests a second that one caller may make for long; for a moment twice as many."""
    body: int = Field(default=8, ge=1, le=1024)
    """The largest body of a request, in MB."""


class FeedSettings(Section):
    """The feed: videos, what viewers do with them, and what they see next."""

    url: SecretStr = SecretStr("")
    """Where it is kept, as an SQLAlchemy URL (``postgresql+psycopg://…``); empty: an SQLite file
    in the home."""
    half_life: float = Field(default=14, gt=0, le=3650)
    """Days after which what a viewer did counts half in their profile."""
    goals: GoalSettings = GoalSettings()
    explore: float = Field(default=0.2, ge=0, le=1)
    """The share of places that go to new videos, so that each gets its fair trial."""
    trial: int = Field(default=20, ge=0, le=100_000)
    """How often a new video is shown before it must hold its own."""
    new_days: float = Field(default=1, ge=0, le=365)
    """A video younger than this may get such a place even after its trial."""
    variety: float = Field(default=0.3, ge=0, le=1)
    """What likeness to the videos just before it costs a video."""
    shuffle: float = Field(default=0, ge=0, le=10)
    """How far scores may lie apart for the lower one to win now and then, so that other ways to
    rank can be judged by what was shown; 0: the highest always wins."""
    retrain: float = Field(default=6, ge=0, le=8760)
    """Hours after which the service trains models again, where enough came since; 0: never."""
    ranker: bool = True
    """Whether what a viewer will make of a video is foretold by a trained ranker, once there is one
    that proved better than the rates of all viewers."""
    author_cap: int = Field(default=3, ge=1)
    """The most videos of one author on a page."""
    topic_cap: int = Field(default=6, ge=1)
    """The most videos of one topic on a page."""
    ai_share: float = Field(default=1, ge=0, le=1)
    """The most of a page that may be AI-made."""
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


def _to_word(value: Any) -> Any:
    """`true` is what ``auto`` says; `false` and nothing leave it alone; numbers are words too."""
    if value is True:
        return "auto"
    if value in (False, None):
        return ""
    return str(value) if isinstance(value, int | float) else value


Word = Annotated[str, BeforeValidator(_to_word)]


class EnhanceSettings(Section):
    """What is done to each file of footage before it is shown; an empty word leaves it alone.

    ``footage: {denoise: auto}`` in brief.md is short for it; ``files`` there are the footage.
    """

    auto: bool = False
    """Look, and decide about everything that needs no taste."""
    denoise: Word = ""
    """``auto``, or one denoiser by name (`denoise_classical.NAMES`)."""
    grain: float = Field(default=0.0, ge=0, le=1)
    """How much of the noise that was taken out comes back as fine grain."""
    stabilise: bool = False
    colour: Word = ""
    """``auto``."""
    sound: bool = False
    """Clean the sound and bring it to −14 LUFS."""
    fps: Word = ""
    """Pictures a second of the result."""
    upscale: Literal[0, 1, 2, 3, 4] = 0
    """Times as wide and as high."""
    upscaler: Word = "auto"
    """``auto``, ``lanczos``, or the path of a model."""
    style: Word = ""
    """The name of a look, or the path of a picture, a ``.cube`` file or a model."""
    strength: float = Field(default=1.0, ge=0, le=1)
    """Of the style."""
    background: Word = ""
    """``blur``, a colour, or the path of a picture or video."""
    matte: Word = "auto"
    """How the person is told from the background: ``auto``, ``chroma``, or a model's path."""

    @field_validator("fps")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        if value and not 1 <= parse_rate(value) <= 240:
            raise ValueError("a video has 1 to 240 pictures a second")
        return value


class BatchSettings(Section):
    """How several videos are made by one command. Counts on the command line, in settings.toml and
    in the environment; a project's own makes no difference."""

    at_once: int = Field(default=1, ge=1, le=64)
    """Videos made at the same time, sharing the cores."""


class Settings(Section):
    """Everything a person can set."""

    language: Literal["auto", "zh", "en"] = "auto"
    length: float = Field(default=45, gt=0, le=3600)
    """Seconds."""
    format: Literal["9:16", "16:9", "1:1", "3:4"] = "9:16"
    fps: str = "30"
    platform: Literal["douyin", "kuaishou", "bilibili", "shorts", "reels"] = "douyin"
    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    footage: tuple[str, ...] = ()
    """Folders or files of the person's clips and pictures, besides ``footage/``."""
    enhance: EnhanceSettings = EnhanceSettings()
    fresh: Literal["auto", "on", "off"] = "auto"
    """Whether stretches of footage that other videos of this home showed are passed over while
    others are left. `auto`: for the videos of a batch only."""
    channel: str = ""
    """The channel's name, shown with the call to action."""
    script: ScriptSettings = ScriptSettings()
    llm: LLMSettings = LLMSettings()
    voice: VoiceSettings = VoiceSettings()
    style: StyleSettings = StyleSettings()
    music: MusicSettings = MusicSettings()
    stock: StockSettings = StockSettings()
    image: ImageSettings = ImageSettings()
    embed: EmbedSettings = EmbedSettings()
    faces: FacesSettings = FacesSettings()
    objects: ObjectsSettings = ObjectsSettings()
    people: PeopleSettings = PeopleSettings()
    vad: VadSettings = VadSettings()
    asr: AsrSettings = AsrSettings()
    ocr: OcrSettings = OcrSettings()
    library: LibrarySettings = LibrarySettings()
    cut: CutSettings = CutSettings()
    cover: CoverSettings = CoverSettings()
    label: LabelSettings = LabelSettings()
    render: RenderSettings = RenderSettings()
    model: ModelSettings = ModelSettings()
    feed: FeedSettings = FeedSettings()
    serve: ServeSettings = ServeSettings()
    batch: BatchSettings = BatchSettings()

    @field_validator("fps", mode="before")
    @classmethod
    def _check_fps(cls, value: object) -> str:
        return format_rate(parse_rate(str(value)))

    @property
    def picture(self) -> Format:
        """The format asked for."""
        width, height = SIZES[self.format]
        return Format(width=width, height=height, rate=parse_rate(self.fps))


def home() -> Path:
    """The folder of user-wide state. Does not create it."""
    given = os.environ.get("REEL_HOME")
    if given:
        return Path(given).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("reelwright", appauthor=False)


def load_settings(
    *layers: tuple[str, Mapping[str, Any]], environ: Mapping[str, str] | None = None
) -> Settings:
    """Settings from the home, the environment and further layers, the later winning.

    Args:
        layers: pairs of a name for messages (``brief.md``, ``--set``) and nested plain values.
        environ: stands in for ``os.environ``.

    Raises:
        SettingError: an unknown key (names the layer, the key and the nearest valid one), a value
            that cannot be, or a secret where none may stand.
    """
    env = os.environ if environ is None else environ
    merged: dict[str, Any] = {}
    given: dict[tuple[str, ...], str] = {}
    file = home() / "settings.toml"
    if file.is_file():
        try:
            _merge(merged, tomllib.loads(file.read_text("utf-8")), str(file), given)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingError(f"is not valid TOML: {error}", where=str(file)) from error
        except OSError as error:
            raise SettingError(f"cannot be read: {error.strerror}", where=str(file)) from error
    _merge(merged, _from_environment(env), "environment", given)
    for name, values in layers:
        for path in _leaves(values):
            if is_secret(path):
                raise SettingError(
                    f"{'.'.join(path)} is a secret and may not stand in {name}",
                    hint=f"set {variable(path)} in the environment, or put it into {file}",
                )
        _merge(merged, values, name, given)
    try:
        return Settings.model_validate(merged)
    except ValidationError as error:
        path = _path_of(error)
        name = given.get(path, "settings")
        raise _explain(error, variable(path) if name == "environment" else name) from None


def check_values(values: Mapping[str, Any], where: str) -> None:
    """Refuse settings, as nested plain values, that cannot be what they are set to.

    Raises:
        SettingError: names the place `where`, the key, and what the value must be.
    """
    try:
        Settings.model_validate(spelt_out(values))
    except ValidationError as error:
        raise _explain(error, where) from None


def parse_assignment(text: str) -> dict[str, Any]:
    """``voice.rate=1.1`` as ``{"voice": {"rate": "1.1"}}``. Raises SettingError without ``=``."""
    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise SettingError(
            f'"{text}" is not a setting', hint="write it as key=value, like style.theme=ink"
        )
    nested: dict[str, Any] = {}
    inner = nested
    *parents, last = path.strip().split(".")
    for part in parents:
        inner = inner.setdefault(part, {})
    # A tuple setting takes its one value as a list, so that --set footage=clips works.
    model = _section(parents)
    field = model.model_fields.get(last) if model else None
    is_list = field is not None and "tuple" in str(field.annotation)
    inner[last] = [value.strip()] if is_list else value.strip()
    return nested


def variable(path: tuple[str, ...]) -> str:
    """The environment variable of a setting: ``("llm", "api_key")`` → ``REEL_LLM_API_KEY``."""
    return "_".join(("REEL", *path)).upper()


def is_secret(path: tuple[str, ...]) -> bool:
    """Whether the setting at this path is a secret."""
    model = _section(list(path[:-1]))
    field = model.model_fields.get(path[-1]) if model else None
    return field is not None and field.annotation is SecretStr


def setting_paths() -> Iterator[tuple[str, ...]]:
    """The paths of all settings: ``("length",)``, ``("voice", "rate")`` …"""
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            yield from ((name, inner) for inner in kind.model_fields)
        else:
            yield (name,)


def check_keys(values: Mapping[str, Any], name: str) -> None:
    """Refuse keys that are no settings, naming the nearest valid key."""
    values = spelt_out(values)
    for path in _leaves(values):
        for depth in range(1, len(path) + 1):
            model = _section(list(path[: depth - 1]))
            if model is None or path[depth - 1] not in model.model_fields:
                known = list(model.model_fields) if model else []
                raise SettingError(
                    f'there is no setting "{".".join(path[:depth])}"',
                    where=name,
                    hint=nearest(path[depth - 1], known) if known else None,
                )


def spelt_out(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same with ``footage: {files: …, denoise: auto}`` as ``footage`` and ``enhance``."""
    given = values.get("footage")
    if not isinstance(given, Mapping):
        return values
    asked = dict(cast(Mapping[str, Any], given))
    files = asked.pop("files", None)
    rest = {key: value for key, value in values.items() if key != "footage"}
    inner = rest.get("enhance")
    rest["enhance"] = {**cast(Mapping[str, Any], inner or {}), **asked}
    if files is not None:
        rest["footage"] = [files] if isinstance(files, str) else files
    return rest


def _section(path: list[str]) -> type[Section] | None:
    model: type[Section] = Settings
    for part in path:
        field = model.model_fields.get(part)
        kind = field.annotation if field else None
        if not (isinstance(kind, type) and issubclass(kind, Section)):
            return None
        model = kind
    return model


def _leaves(values: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, value in values.items():
        here = (*path, str(key))
        if isinstance(value, Mapping):
            yield from _leaves(cast(Mapping[str, Any], value), here)
        else:
            yield here


def _merge(
    into: dict[str, Any],
    values: Mapping[str, Any],
    name: str,
    given: dict[tuple[str, ...], str],
) -> None:
    """Put a layer's values over those there are, and note in `given` which layer set what."""
    values = spelt_out(values)
    check_keys(values, name)
    for path in _leaves(values):
        given[path] = name
        value: Any = values
        for part in path:
            value = value[part]
        target = into
        for part in path[:-1]:
            # A group set to a plain value by a layer below is overruled, not tripped over.
            if not isinstance(target.get(part), dict):
                target[part] = {}
            target = target[part]
        target[path[-1]] = value


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in setting_paths():
        value = environ.get(variable(path))
        if value is None:
            continue
        nested = parse_assignment(f"{'.'.join(path)}={value}")
        if len(path) == 1:
            found.update(nested)
        else:
            found.setdefault(path[0], {}).update(nested[path[0]])
    return found


def _path_of(error: ValidationError) -> tuple[str, ...]:
    """The setting an error is about; an item of a list counts as the list."""
    return tuple(str(part) for part in error.errors()[0]["loc"] if not isinstance(part, int))


def _explain(error: ValidationError, where: str) -> SettingError:
    first = error.errors()[0]
    path = _path_of(error)
    key = ".".join(path)
    # The value of a secret never reaches a message.
    value = "(hidden)" if is_secret(path) else repr(first.get("input"))
    section = _section(list(path))
    if section is not None:
        inner = ", ".join(f"{key}.{name}" for name in section.model_fields)
        return SettingError(f"{key} is a group of settings", where=where, hint=f"set one: {inner}")
    return SettingError(f"{key} cannot be {value}", where=where, hint=must_be(first["msg"]))
