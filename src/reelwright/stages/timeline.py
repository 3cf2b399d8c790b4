"""The timeline, as assembled or as the person edited it, and the label it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.core.errors import ReelError, SettingError, TimelineError
from reelwright.core.nouns import Label, Origin, Script, Shot, Sticker, Take
from reelwright.core.settings import Settings
from reelwright.core.time import to_frames
from reelwright.core.timeline import (
    Caption,
    Footage,
    Logo,
    TextStyle,
    Timeline,
    read_timeline,
    write_timeline,
)
from reelwright.create.themes import captions_of, chosen, load_theme
from reelwright.edit import assemble as assembly
from reelwright.publish import label as labels
from reelwright.stages.backdrop import Background, find_background
from reelwright.stages.looking import FOCUS_VERSION, looker
from reelwright.stages.run import Run
from reelwright.stages.sharing import shared_usage, shown_stretches
from reelwright.stages.sound import add_effects, find_effects, find_music
from reelwright.store import atomic
from reelwright.store.artefacts import hash_value
from reelwright.store.project import text_hash
from reelwright.store.steps import Step

_CLOSE = 0.1
"""How far from the asked length, as a share of it, a video may be without a word about it."""
_AIR = 0.015
"""What is left free between content and captions that begin higher than usual, in heights."""
_MARK = 2.85
"""Height of the label's box and the air below it, in heights of its letters."""


@dataclass(frozen=True)
class Layout:
    """A timeline, the label it must carry, and which of its parts are AI-made."""

    timeline: Timeline
    label: Label | None
    ai_made: tuple[str, ...]


def lay_out(run: Run, script: Script, shots: Sequence[Shot], takes: Sequence[Take]) -> Layout:
    """The timeline, as assembled or as the person edited it."""
    settings = run.settings
    theme = chosen(settings.style)
    spans = assembly.schedule(script, takes, settings.picture.rate)
    seconds = (spans[-1].start + spans[-1].frames) / settings.picture.rate
    _tell_length(run, float(seconds))
    _tell_captions(run, script)
    music = find_music(run, float(seconds), script=script, shots=shots, spans=spans)
    if settings.music.beat:
        spans = _on_the_beat(run, spans, takes, music)
    effects = find_effects(run)
    background = find_background(run)
    parts = _origins(script, shots, takes, music, background)
    label = labels.decide(
        parts,
        settings=settings.label,
        language=run.language,
        produce_id=hash_value([script, [take.origin for take in takes]])[:32],
        platform=settings.platform,
    )
    params = {
        "script": script,
        "shots": shots,
        "takes": takes,
        "spans": [[span.start, span.frames, span.voice] for span in spans],
        "music": [music.asset, music.gain, music.origin] if music else None,
        "label": label,
        "settings": [settings.format, settings.fps, settings.platform, settings.style],
        "theme": load_theme(theme),
        "language": run.language,
        "seed": settings.seed,
        "focus": [FOCUS_VERSION, settings.faces],
        "effects": {name: effect.asset for name, effect in effects.items()},
    }
    if background:
        params["background"] = [background.asset, background.origin]

    def make(out: Path) -> None:
        from reelwright.create.captions import caption_style

        look = load_theme(theme)
        colours = look.captions
        style = caption_style(
            _with_captions(settings, script),
            settings.picture,
            square=look.type.serif,
            fill=colours.fill,
            highlight=colours.highlight,
            outline=colours.outline,
        )
        timeline = assembly.assemble(
            script=script,
            shots=_dress(run, script, shots, style, spans, label, background),
            takes=takes,
            spans=spans,
            captions=_captions(run, script, takes, spans, style),
            style=style,
            format=settings.picture,
            theme=theme,
            language=run.language,
            seed_of=lambda text: int(hash_value([settings.seed, text])[:7], 16),
            relative=run.project.relative,
            mark_height=labels.mark_height(settings.picture),
            music=music,
            label=label,
            transitions=look.transitions,
            elsewhere=elsewhere,
            look=looker(run),
            more=(background.origin,) if background else (),
        )
        timeline = _add_logo(run, timeline)
        timeline = add_effects(run, timeline, effects, script=script, shots=shots, spans=spans)
        atomic.write_text(out, write_timeline(timeline))

    with shared_usage(run) as usage:
        ids = [shot.asset.id for shot in shots if shot.asset]
        elsewhere = usage.shown_before(run.project.root, ids) if usage else {}
        params["elsewhere"] = elsewhere
        step = Step("timeline", 11, make, params, suffix=".json", what="timeline")
        timeline = keep_edits(run, step)
        if usage:
            paths = {run.project.relative(Path(s.asset.path)): s.asset.id for s in shots if s.asset}
            usage.show(run.project.root, shown_stretches(timeline, paths))
    return Layout(timeline, label, labels.ai_made_parts(parts))


def _on_the_beat(
    run: Run,
    spans: Sequence[assembly.Span],
    takes: Sequence[Take],
    music: assembly.Music | None,
) -> tuple[assembly.Span, ...]:
    """The spans, their cuts pulled to the beat of composed music."""
    if music is None or run.settings.music.provider != "compose":
        run.say("music.beat: only the beat of composed music is known; the cuts stay")
        return tuple(spans)
    from reelwright.create.music import beats
    from reelwright.edit.beats import pull_to_beats

    heard = beats(music.path.parent).beats
    return pull_to_beats(spans, takes, heard, run.settings.picture.rate)


def _tell_length(run: Run, seconds: float) -> None:
    """Say so where the video comes out longer or shorter than was asked for."""
    wanted = run.settings.length
    if abs(seconds / wanted - 1) > _CLOSE:
        why = "the text holds no more" if seconds < wanted else "the script has more to say"
        run.say(f"the video is {seconds:.0f} s long, not {wanted:g} s: {why}")


def _tell_captions(run: Run, script: Script) -> None:
    """Say what captions cannot show: translations nobody wrote, emoji no font here draws."""
    from reelwright.media.emoji import can_draw, split

    if captions_of(run.settings.style) == "bilingual":
        missing = sum(1 for line in script.lines if not line.translation)
        if missing == len(script.lines):
            run.say(
                "no line has a translation, so captions are karaoke: write `translation:` into "
                "script.yaml, or configure an LLM"
            )
        elif missing:
            run.say(f"{missing} of {len(script.lines)} lines have no translation")
    emoji = [part for line in script.lines for part, is_emoji in split(line.say) if is_emoji]
    if not all(map(can_draw, emoji)):
        run.say("emoji are left out: no font here draws them in colour (see `reel doctor`)")


def _with_captions(settings: Settings, script: Script) -> Settings:
    """The settings with the style of captions that is shown: two languages where there are two."""
    style = captions_of(settings.style)
    if style == "bilingual" and not any(line.translation for line in script.lines):
        style = "karaoke"
    own = settings.style.model_copy(update={"captions": style})
    return settings.model_copy(update={"style": own})


def _dress(
    run: Run,
    script: Script,
    shots: Sequence[Shot],
    style: TextStyle,
    spans: Sequence[assembly.Span],
    label: Label | None,
    background: Background | None,
) -> list[Shot]:
    """The shots with what every scene must know.

    That is the person's font, logo and background, where captions begin, where the label ends while
    it stands, and the sticker of its line.
    """
    from reelwright.create.captions import top_of
    from reelwright.create.scenes.base import content_box

    format = run.settings.picture
    common: dict[str, Any] = {}
    if run.settings.style.font:
        common["font"] = run.settings.style.font
    if run.settings.style.logo:
        common["logo"] = run.project.relative(_find_logo(run))
    if background:
        common["background"] = run.project.relative(background.path)
    captions = top_of(style, format)
    if style.name != "none" and captions < content_box(format).bottom:
        common["floor"] = round(captions / format.height - _AIR, 3)
    marked: dict[str, Any] = {}
    # A label in two languages stands in two lines where the picture is narrow.
    lines = 2 if label and " · " in label.text and format.width <= format.height else 1
    mark = style.safe[1] + round((_MARK + 1.6 * (lines - 1)) * labels.mark_height(format))
    if label and mark > content_box(format).top:
        marked["ceiling"] = round(mark / format.height, 3)
    seen = to_frames(assembly.MARK_SECONDS, format.rate)
    dressed: list[Shot] = []
    for shot, span in zip(shots, spans, strict=True):
        own = {**common, **(marked if span.start < seen else {}), **shot.params}
        line = script.lines[shot.line]
        if line.sticker:
            own["sticker"] = _sticker(run, line.sticker, shot.line)
        dressed.append(shot.model_copy(update={"params": own}))
    return dressed


def _find_logo(run: Run) -> Path:
    logo = run.project.root / Path(run.settings.style.logo).expanduser()
    if not logo.is_file():
        raise SettingError(
            f'there is no picture at "{logo}"',
            where="setting style.logo",
            hint="give the path of your logo (a PNG), from the project's folder",
        )
    return logo


def _add_logo(run: Run, timeline: Timeline) -> Timeline:
    """The person's logo over full-frame footage, where scenes show it too."""
    if not run.settings.style.logo:
        return timeline
    from reelwright.create.scenes.sticker import logo_box
    from reelwright.media.logo import read_logo

    path, format = _find_logo(run), timeline.format
    high, wide = read_logo(path).shape[:2]
    box = logo_box(wide, high, format)
    logo = Logo(
        path=run.project.relative(path),
        left=round(box.left / format.width, 4),
        top=round(box.top / format.height, 4),
        width=round((box.right - box.left) / format.width, 4),
        height=round((box.bottom - box.top) / format.height, 4),
    )
    clips = [
        clip.model_copy(update={"source": clip.source.model_copy(update={"logo": logo})})
        if isinstance(clip.source, Footage)
        else clip
        for clip in timeline.picture.clips
    ]
    picture = timeline.picture.model_copy(update={"clips": tuple(clips)})
    return timeline.model_copy(update={"picture": picture})


def _sticker(run: Run, sticker: Sticker, index: int) -> dict[str, Any]:
    """A line's sticker as a scene's parameter, its file found and checked."""
    from reelwright.create.scenes.sticker import check_sticker

    root = run.project.root
    path = root / sticker.file
    path = path if path.is_file() else root / "stickers" / sticker.file
    try:
        check_sticker(path)
    except ReelError as error:
        raise error.at(f"script.yaml, lines, number {index + 1}") from error
    return sticker.model_copy(update={"file": run.project.relative(path)}).model_dump()


def _captions(
    run: Run,
    script: Script,
    takes: Sequence[Take],
    spans: Sequence[assembly.Span],
    style: TextStyle,
) -> tuple[Caption, ...]:
    from reelwright.create.captions import make_captions, settle

    if style.name == "none":
        return ()
    rate = run.settings.picture.rate
    captions: list[Caption] = []
    for line, take, span in zip(script.lines, takes, spans, strict=True):
        own = make_captions(
            take.words,
            start=span.voice,
            rate=rate,
            language=run.language,
            emphasis=line.emphasis,
            style=style,
            format=run.settings.picture,
            translation=line.translation,
        )
        # A caption ends with its shot, so that no segment depends on another line's words.
        captions.extend(settle(own, rate, end=span.start + span.frames))
    return tuple(captions)


def keep_edits(run: Run, step: Step) -> Timeline:
    """Write timeline.json, unless the person edited it; then theirs is what counts."""
    path, key = run.project.timeline, run.steps.key(step)
    noted = run.project.read_state().get("timeline", {})
    if path.exists():
        text = path.read_text("utf-8", errors="replace")
        if noted and text_hash(text) != noted.get("text"):
            if noted.get("key") != key:
                raise TimelineError(
                    "was edited by hand, and the script or a setting has changed since",
                    where=path.name,
                    hint="rename or delete timeline.json to have it laid out anew, or undo the "
                    "other change to render the timeline as you edited it",
                )
            run.say("timeline.json was edited by hand; it is rendered as it is")
            return read_timeline(path)
        if noted.get("key") == key:
            run.steps.run(step)
            return read_timeline(path)
    made = run.steps.run(step)
    text = made.read_text("utf-8")
    if path.exists() and not noted and path.read_text("utf-8", errors="replace") != text:
        # .reel is gone, so nobody can say who wrote the file that is there.
        atomic.copy(path, path.with_name("timeline.before.json"))
        run.say("timeline.json was laid out anew; the one before is timeline.before.json")
    atomic.write_text(path, text)
    run.project.write_state(timeline={"text": text_hash(text), "key": key})
    return read_timeline(path)


def _origins(
    script: Script,
    shots: Sequence[Shot],
    takes: Sequence[Take],
    music: assembly.Music | None,
    background: Background | None,
) -> dict[str, list[Origin]]:
    """Where each part came from; the label is decided from these."""
    return {
        "script": [script.origin] if script.origin else [],
        "voice": [take.origin for take in takes],
        "picture": [
            *(shot.asset.origin for shot in shots if shot.asset),
            *([background.origin] if background else []),
        ],
        "music": [music.origin] if music else [],
    }
