"""What `reel doctor` looks at: one small function a matter, each tried for real.

A check is ``ok``, ``advice`` (something optional is not here) or ``missing`` (without it the story
on a fresh machine, text in and video out, cannot run).
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from reelwright.core.errors import FontError, MediaError, ProviderError, ReelError
from reelwright.core.settings import Settings, home, load_settings

LEAST_DISK, GOOD_DISK = 300_000_000, 2_000_000_000
"""Bytes free: below the first nothing can be made, below the second only short videos."""


class Check(NamedTuple):
    """One line of the report."""

    name: str
    state: Literal["ok", "advice", "missing"]
    found: str
    advice: str = ""


def examine(*, online: bool = False) -> list[Check]:
    """All checks, in the order a person reads them. Asks the network only when `online`."""
    try:
        settings, trouble = load_settings(), []
    except ReelError as error:
        settings = Settings()
        trouble = [Check("settings", "missing", error.message, error.hint or "")]
    return [
        *trouble,
        python(),
        ffmpeg(),
        *encoders(settings),
        drawing(),
        *fonts(),
        *voices(settings),
        llm(settings, online=online),
        *senses(settings),
        home_folder(),
        disk(),
    ]


def python() -> Check:
    """The interpreter."""
    found = f"{platform.python_version()} at {sys.executable}"
    return Check("python", "ok", found)


def ffmpeg() -> Check:
    """The binary, and whether it was built with what rendering needs."""
    from reelwright.media.ffmpeg import binary, version

    advice = "pip install --force-reinstall imageio-ffmpeg, or let REEL_FFMPEG name a full build"
    try:
        path, name = binary(), version()
        lacks = [
            what
            for what, flag, word in (
                ("libass", "-filters", " ass "),
                ("libx264", "-encoders", " libx264 "),
                ("aac", "-encoders", " aac "),
            )
            if word not in _ask(path, flag)
        ]
    except MediaError as error:
        found = f"{error.where}: {error.message}" if error.where else error.message
        return Check("ffmpeg", "missing", found, error.hint or advice)
    except (OSError, subprocess.SubprocessError) as error:
        return Check("ffmpeg", "missing", f"does not run ({type(error).__name__})", advice)
    if lacks:
        return Check("ffmpeg", "missing", f"{path} lacks {', '.join(lacks)}", advice)
    return Check("ffmpeg", "ok", f"{name.removeprefix('ffmpeg version ')} at {path}")


def _ask(path: str, flag: str) -> str:
    done = subprocess.run(
        [path, "-hide_banner", flag], capture_output=True, text=True, timeout=30, check=True
    )
    return done.stdout


def encoders(settings: Settings) -> Iterator[Check]:
    """Every encoder, tried on a few frames. Only the one that is set is needed."""
    from reelwright.media.encoders import working_encoders

    try:
        tried = working_encoders()
    except ReelError as error:
        yield Check("encoders", "missing", error.message, error.hint or "")
        return
    works = [name for name, trouble in tried.items() if trouble is None]
    wanted = settings.render.encoder
    trouble = tried.get(wanted, "there is no such encoder") if wanted != "auto" else None
    if trouble:
        advice = f"set render.encoder to {' or '.join([*works, 'auto'])}"
        yield Check("encoders", "missing", f"{wanted}: {trouble}", advice)
    elif works:
        hint = "" if len(works) > 1 else "no hardware encoder works here; libx264 needs none"
        yield Check("encoders", "ok", ", ".join(works), hint)
    else:
        yield Check("encoders", "missing", f"libx264: {tried.get('libx264')}")


def drawing() -> Check:
    """Skia, which needs the machine's OpenGL libraries although it draws on the processor."""
    try:
        import skia
    except ImportError as error:
        advice = "reel doctor --fix drawing (Debian: apt-get install libgl1 libegl1)"
        return Check("drawing", "missing", f"Skia does not load: {error}", advice)
    return Check("drawing", "ok", f"Skia {getattr(skia, '__version__', '')}")


def fonts() -> Iterator[Check]:
    """Chinese (needed), bold, and emoji."""
    from reelwright.media import fonts as shelf

    chinese = shelf.families("zh")
    if not chinese:
        yield Check(
            "fonts",
            "missing",
            "no font here can write Chinese",
            "reel doctor --fix fonts (Debian: apt-get install fonts-noto-cjk)",
        )
        return
    more = f" and {len(chinese) - 3} more" if len(chinese) > 3 else ""
    yield Check("fonts", "ok", f"Chinese: {', '.join(chinese[:3])}{more}")
    try:
        (_, bold), *_ = shelf.covering("隔夜茶", weight=700)
        heavy = bold.weight >= 600
    except FontError:
        heavy = False
    if not heavy:
        advice = "install a bold Chinese font, such as fonts-noto-cjk"
        yield Check("bold", "advice", "no bold Chinese font; titles will look thin", advice)
    try:
        (_, emoji), *_ = shelf.covering("🍵🌕")
        yield Check("emoji", "ok", emoji.family)
    except FontError:
        advice = "for emoji on screen, install fonts-noto-color-emoji"
        yield Check("emoji", "advice", "no font here has emoji", advice)


def voices(settings: Settings) -> Iterator[Check]:
    """Every voice: ready, or what it lacks. The one that is set is needed."""
    from reelwright.providers import door

    wanted = settings.voice.provider
    for name in door.names("tts"):
        trouble = _voice_trouble(name, settings)
        label = f"voice {name}"
        if trouble is None:
            yield Check(label, "ok", "ready" + (" (the one that is set)" if name == wanted else ""))
        else:
            state = "missing" if name == wanted else "advice"
            yield Check(label, state, trouble.message, trouble.hint or "")
    if wanted != "none" and wanted not in door.names("tts"):
        advice = f"set voice.provider to one of: {', '.join(door.names('tts'))}, none"
        yield Check(f"voice {wanted}", "missing", "there is no such voice", advice)


def _voice_trouble(name: str, settings: Settings) -> ReelError | None:
    from reelwright.core.nouns import Speech
    from reelwright.providers import door

    # What is set for one engine (its model, its address) means nothing to another.
    chosen = name == settings.voice.provider
    section = settings.voice if chosen else type(settings.voice)()
    try:
        voice = door.load("tts", name, section)
        if name == "espeak":
            with tempfile.TemporaryDirectory() as folder:
                voice.speak(Speech(text="你好", language="zh"), Path(folder) / "take.wav")
    except ReelError as error:
        return error
    return None


def llm(settings: Settings, *, online: bool) -> Check:
    """Whether an LLM is set up, and, when asked, whether it answers."""
    from reelwright.providers import door

    chosen = settings.llm
    if not chosen.base_url and not chosen.api_key.get_secret_value().strip():
        return Check(
            "llm",
            "advice",
            "not set up; scripts are drawn from an article, a topic alone needs an LLM",
            "set REEL_LLM_BASE_URL (a local server) or REEL_LLM_API_KEY, and REEL_LLM_MODEL",
        )
    state = "missing" if settings.script.writer == "llm" else "advice"
    try:
        client = door.load("llm", chosen.provider, chosen)
        key = client.key()
        found = " ".join(str(key[part]) for part in ("address", "model") if key.get(part))
        if not online:
            return Check("llm", "ok", f"{found} (reel doctor --online asks whether it answers)")
        names = client.models()
    except ProviderError as error:
        return Check("llm", state, error.message, error.hint or "")
    except ReelError as error:
        return Check("llm", "missing", error.message, error.hint or "")
    if chosen.model and names and chosen.model not in names:
        listed = ", ".join(names[:8])
        return Check("llm", state, f"{found}: there is no such model", f"it has {listed}")
    return Check("llm", "ok", f"{found} answers")


def senses(settings: Settings) -> Iterator[Check]:
    """Who looks and listens for `reel cut` and the library; their weights are not loaded."""
    from reelwright.providers import door, objects
    from reelwright.providers.faces import load_finder
    from reelwright.providers.ocr import load_reader
    from reelwright.providers.people import load_teller

    asr = settings.asr
    tried: list[tuple[str, Callable[[], object], str, str]] = [
        (
            "speech",
            lambda: door.load("vad", settings.vad.provider, settings.vad),
            "nobody hears it",
            "set vad.provider to silero",
        ),
        (
            "faces",
            lambda: load_finder(settings.faces),
            "nobody looks for them",
            "set faces.provider to auto",
        ),
        (
            "people",
            lambda: load_teller(settings.people),
            "nobody tells faces apart",
            "set people.provider to auto",
        ),
        (
            "objects",
            lambda: objects.load_finder(settings.objects),
            "nobody looks for them",
            "set objects.model to a detector's ONNX file",
        ),
        (
            "text seen",
            lambda: load_reader(settings.ocr),
            "nobody reads text in pictures",
            'pip install "reelwright[ocr]"',
        ),
        (
            "transcripts",
            lambda: door.load("asr", asr.provider, asr) if asr.provider else None,
            "nobody writes down what is said",
            "set asr.provider to faster-whisper or openai",
        ),
    ]
    for name, load, without, advice in tried:
        try:
            found = load()
        except ReelError as error:
            yield Check(name, "advice", error.message, error.hint or "")
            continue
        if found is None:
            yield Check(name, "advice", without, advice)
        else:
            yield Check(name, "ok", "ready")


def home_folder() -> Check:
    """Whether the folder of user-wide state can be written."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        found = f"{folder} cannot be written ({error.strerror})"
        return Check("home", "missing", found, "let REEL_HOME name a folder of yours")
    return Check("home", "ok", str(folder))


def disk() -> Check:
    """Space for artefacts, where the home is and where we stand."""
    places = [place for place in (home(), Path.cwd()) if place.exists()]
    free, place = min((shutil.disk_usage(place).free, str(place)) for place in places)
    found = f"{free / 1e9:.1f} GB free at {place}"
    if free < LEAST_DISK:
        return Check("disk", "missing", found, "make room: a video needs some hundred megabytes")
    if free < GOOD_DISK:
        return Check("disk", "advice", found, "enough for short videos; `reel clean` makes room")
    return Check("disk", "ok", found)
