"""Takes, music and sound effects."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import SettingError, UnknownProvider, nearest
from reelwright.core.nouns import Language, Origin, Pace, Script, Shot, Speech, Take
from reelwright.core.timeline import Timeline
from reelwright.create import takes
from reelwright.edit import assemble as assembly
from reelwright.edit.effects import Effect, place_effects
from reelwright.providers import door
from reelwright.stages.meanings import read_mood
from reelwright.stages.models import find_model, model_key
from reelwright.stages.run import Run
from reelwright.store import atomic
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.core.ports import Voice

_BED = "music.wav"


SAMPLES: dict[Language, tuple[str, ...]] = {
    "zh": (
        "一杯茶放了一整夜，第二天早上还能不能喝？",
        "很多人以为答案很简单，其实要看时间、温度和杯子。",
        "记住这三点，下次就不会再纠结了。",
    ),
    "en": (
        "Why do we only ever see one side of the Moon?",
        "The answer has less to do with darkness than with time, gravity and a very old habit.",
        "Remember these three points, and you will never wonder again.",
    ),
}


def measure_pace(run: Run) -> Pace:
    """How fast the voice speaks: measured on sample sentences, or a reader's pace without one."""
    if run.settings.voice.provider in ("none", "recording"):
        return Pace(units_per_second=takes.READING[run.language], pause=0.5)
    voice = _voice(run)

    def make(out: Path) -> None:
        from reelwright.create import voice as making

        pace = making.measure_pace(
            voice,
            SAMPLES[run.language],
            run.language,
            rate=run.settings.voice.rate,
            name=run.settings.voice.name or None,
            cut=0.4,
        )
        atomic.write_text(out, pace.model_dump_json())

    params = {
        "samples": SAMPLES[run.language],
        "voice": voice_key(run, SAMPLES[run.language][0]),
    }
    path = run.steps.run(Step("pace", 1, make, params, suffix=".json", what="voice"))
    return Pace.model_validate_json(path.read_bytes())


def speak(run: Run, script: Script) -> tuple[Take, ...]:
    """A take for each line."""
    paths = run.steps.run_all(
        [_take_step(run, line.say, index) for index, line in enumerate(script.lines)], "voice"
    )
    return tuple(takes.read_take(path) for path in paths)


def _take_step(run: Run, text: str, index: int) -> Step:
    settings = run.settings.voice

    def make(out: Path) -> None:
        from reelwright.create import voice as making

        if settings.provider == "none":
            making.silent_take(text, run.language, out)
        else:
            making.speak_line(
                _voice(run),
                text,
                run.language,
                out,
                rate=settings.rate,
                name=settings.name or None,
                line=index + 1,
            )

    params = {
        "text": text,
        "language": run.language,
        "voice": voice_key(run, text, index + 1),
    }
    return Step("take", 1, make, params, what=f"voice of line {index + 1}")


def _voice(run: Run) -> Voice:
    settings = run.settings.voice
    folder = run.project.root / Path(settings.folder).expanduser()
    settings = settings.model_copy(update={"folder": str(folder)})
    try:
        return door.load("tts", settings.provider, settings)
    except UnknownProvider as error:
        known = [*door.names("tts"), "none"]
        raise UnknownProvider(
            f'there is no voice "{settings.provider}"',
            where="setting voice.provider",
            hint=nearest(settings.provider, known),
        ) from error


def voice_key(run: Run, text: str, line: int | None = None) -> dict[str, Any]:
    """What decides a take besides its text: the voice, its version, and how takes are made."""
    settings = run.settings.voice
    key = {"provider": settings.provider, "rate": settings.rate, "takes": takes.VERSION}
    if settings.provider == "none":
        return key
    voice = _voice(run)
    # Recordings are told by the line's number, other voices by their name.
    name = str(line) if getattr(voice, "by_line", False) else settings.name
    speech = Speech(text=text, language=run.language, voice=name or None, rate=settings.rate)
    return {**key, "voice": voice.key(speech)}


def find_music(
    run: Run,
    seconds: float,
    *,
    script: Script,
    shots: Sequence[Shot],
    spans: Sequence[assembly.Span],
) -> assembly.Music | None:
    """The bed of music: composed after the script, the person's own, or none.

    It is made when it is mixed, beside the picture, unless its beat is needed before.
    """
    settings = run.settings.music
    if settings.provider == "none":
        return None
    if settings.provider == "file":
        path = (run.project.root / Path(settings.path).expanduser()).resolve()
        if not settings.path or not path.is_file():
            raise SettingError(
                f'there is no music at "{settings.path}"',
                where="music.path",
                hint="give the path of a sound file, or set music.provider to compose or none",
            )
        wav = run.steps.run(Step("music-file", 1, _decode(path), inputs=(path,), suffix=".wav"))
        return assembly.Music(wav, wav.stem, settings.gain, Origin(provider="person"))
    if settings.provider != "compose":
        raise SettingError(
            f'music.provider cannot be "{settings.provider}"',
            hint=nearest(settings.provider, ["compose", "file", "none"]),
        )
    from reelwright.create import music
    from reelwright.create.music.sections import find_sections

    # Whole pairs of seconds, so that a script that grows by a word keeps its music.
    length = 2.0 * math.ceil((seconds + 0.25) / 2)
    mood, seed = _mood(run, script), run.settings.seed
    sections = find_sections(script, shots, _starts(run, spans), seconds)
    named = run.settings.model.music
    folder = None if named == music.BY_RULE else find_model(run, named, "sequence")
    model = str(folder) if folder else named

    def make(out: Path) -> None:
        music.compose(length, mood=mood, seed=seed, sections=sections, model=model, out=out / _BED)

    params = {"seconds": length, "mood": mood, "seed": seed, "sections": sections}
    if named:
        params["model"] = model_key(folder) or named
    # Composing a second takes about as long as rendering a frame and a half.
    step = Step("music", music.VERSION, make, params, what="music", weight=1.5 * length)
    made = run.steps.run(step) if settings.beat else run.steps.later(step)
    origin = music.origin_of(mood, seed)
    return assembly.Music(made / _BED, made.name, settings.gain, origin)


def _mood(run: Run, script: Script) -> str:
    """The mood set, else that of a theme the person chose, else what the person's model hears in
    the words, else that of the words."""
    from reelwright.create import music
    from reelwright.create.themes import chosen, load_theme

    settings = run.settings
    if settings.music.mood:
        return music.find_mood(settings.music.mood).name
    theme = load_theme(chosen(settings.style)).sound.mood
    if "theme" in settings.style.model_fields_set:
        return theme
    heard = read_mood(run, script)
    return heard or music.choose_mood(
        " ".join([script.title, *(line.say for line in script.lines)]), theme
    )


def _starts(run: Run, spans: Sequence[assembly.Span]) -> list[float]:
    return [float(span.start / run.settings.picture.rate) for span in spans]


def find_effects(run: Run) -> dict[str, Effect]:
    """The sound effects by name, each a step of its own, made when it is mixed; none if none are
    wanted."""
    if not run.settings.music.effects:
        return {}
    from reelwright.create.music import effects as making

    found: dict[str, Effect] = {}
    for name, (seconds, peak) in making.EFFECTS.items():

        def make(out: Path, name: str = name) -> None:
            making.make_effect(name, out, seed=run.settings.seed)

        params = {"name": name, "seed": run.settings.seed}
        step = Step("effect", making.VERSION, make, params, suffix=".wav", what=f"effect {name}")
        path = run.steps.later(step)
        found[name] = Effect(path, path.stem, seconds, peak)
    return found


def add_effects(
    run: Run,
    timeline: Timeline,
    found: Mapping[str, Effect],
    *,
    script: Script,
    shots: Sequence[Shot],
    spans: Sequence[assembly.Span],
) -> Timeline:
    """The timeline with its sound effects (`find_effects`)."""
    if not found:
        return timeline
    from reelwright.create import music
    from reelwright.create.music.sections import find_reveal

    seconds = float(timeline.frames / timeline.format.rate)
    reveal = find_reveal(script, shots, _starts(run, spans), seconds)
    if not music.climbs(music.find_mood(_mood(run, script))):
        reveal = None
    return place_effects(
        timeline,
        shots=shots,
        spans=spans,
        sounds=found,
        relative=run.project.relative,
        reveal=reveal,
    )


def _decode(path: Path) -> Callable[[Path], None]:
    def make(out: Path) -> None:
        from reelwright.media.sound import to_wav

        to_wav(path, out, channels=2)

    return make


def publish_voice(run: Run, takes: Sequence[Take]) -> Path:
    """Copy the takes to ``out/voice/`` as 01.wav, 02.wav …, to listen to."""
    for index, take in enumerate(takes, 1):
        run.project.publish(Path(take.path), f"voice/{index:02d}.wav")
    return run.project.out / "voice"
