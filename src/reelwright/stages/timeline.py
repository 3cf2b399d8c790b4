"""The timeline, as assembled or as the person edited it, and the label it carries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelwright.core.errors import TimelineError
from reelwright.core.nouns import Label, Origin, Script, Shot, Take
from reelwright.core.time import to_frames
from reelwright.core.timeline import Caption, TextStyle, Timeline, read_timeline, write_timeline
from reelwright.edit import assemble as assembly
from reelwright.publish import label as labels
from reelwright.stages.run import Run
from reelwright.stages.sound import find_music
from reelwright.store import atomic
from reelwright.store.artefacts import hash_value
from reelwright.store.project import text_hash
from reelwright.store.steps import Step

_CLOSE = 0.1
"""How far from the asked length, as a share of it, a video may be without a word about it."""
_MARK = 2.85
"""Height of the label's box and the air below it, in heights of its letters."""
_TWO_LINES = 2.8
"""Height of a caption of two lines and the air above it, in letter heights."""


@dataclass(frozen=True)
class Layout:
    """A timeline, the label it must carry, and which of its parts are AI-made."""

    timeline: Timeline
    label: Label | None
    ai_made: tuple[str, ...]


def lay_out(run: Run, script: Script, shots: Sequence[Shot], takes: Sequence[Take]) -> Layout:
    """The timeline, as assembled or as the person edited it."""
    settings = run.settings
    spans = assembly.schedule(script, takes, settings.picture.rate)
    seconds = (spans[-1].start + spans[-1].frames) / settings.picture.rate
    _tell_length(run, float(seconds))
    music = find_music(run, float(seconds))
    parts = _origins(script, shots, takes, music)
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
        "language": run.language,
        "seed": settings.seed,
    }

    def make(out: Path) -> None:
        from reelwright.create.captions import caption_style
        from reelwright.create.themes import load_theme

        theme = load_theme(settings.style.theme)
        colours = theme.captions
        style = caption_style(
            settings,
            settings.picture,
            fill=colours.fill,
            highlight=colours.highlight,
            outline=colours.outline,
        )
        timeline = assembly.assemble(
            script=script,
            shots=_dress(run, shots, style, spans, label),
            takes=takes,
            spans=spans,
            captions=_captions(run, script, takes, spans, style),
            style=style,
            format=settings.picture,
            theme=settings.style.theme,
            language=run.language,
            seed_of=lambda text: int(hash_value([settings.seed, text])[:7], 16),
            relative=run.project.relative,
            mark_height=labels.mark_height(settings.picture),
            music=music,
            label=label,
        )
        atomic.write_text(out, write_timeline(timeline))

    step = Step("timeline", 2, make, params, suffix=".json", what="timeline")
    return Layout(_keep_edits(run, step), label, labels.ai_made_parts(parts))


def _tell_length(run: Run, seconds: float) -> None:
    """Say so where the video comes out longer or shorter than was asked for."""
    wanted = run.settings.length
    if abs(seconds / wanted - 1) > _CLOSE:
        why = "the text holds no more" if seconds < wanted else "the script has more to say"
        run.say(f"the video is {seconds:.0f} s long, not {wanted:g} s: {why}")


def _dress(
    run: Run,
    shots: Sequence[Shot],
    style: TextStyle,
    spans: Sequence[assembly.Span],
    label: Label | None,
) -> list[Shot]:
    """The shots with what every scene must know.

    That is the person's font, where captions begin, and where the label ends while it stands.
    """
    from reelwright.create.scenes.base import content_box

    format = run.settings.picture
    common: dict[str, Any] = {}
    if run.settings.style.font:
        common["font"] = run.settings.style.font
    captions = format.height - style.safe[3] - round(_TWO_LINES * style.size)
    if run.settings.style.captions != "none" and captions < content_box(format).bottom:
        common["floor"] = round(captions / format.height, 3)
    marked: dict[str, Any] = {}
    mark = style.safe[1] + round(_MARK * labels.mark_height(format))
    if label and mark > content_box(format).top:
        marked["ceiling"] = round(mark / format.height, 3)
    seen = to_frames(assembly.MARK_SECONDS, format.rate)
    return [
        shot.model_copy(
            update={"params": {**common, **(marked if span.start < seen else {}), **shot.params}}
        )
        for shot, span in zip(shots, spans, strict=True)
    ]


def _captions(
    run: Run,
    script: Script,
    takes: Sequence[Take],
    spans: Sequence[assembly.Span],
    style: TextStyle,
) -> tuple[Caption, ...]:
    from reelwright.create.captions import make_captions, settle

    if run.settings.style.captions == "none":
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
        )
        # A caption ends with its shot, so that no segment depends on another line's words.
        captions.extend(settle(own, rate, end=span.start + span.frames))
    return tuple(captions)


def _keep_edits(run: Run, step: Step) -> Timeline:
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
    script: Script, shots: Sequence[Shot], takes: Sequence[Take], music: assembly.Music | None
) -> dict[str, list[Origin]]:
    """Where each part came from; the label is decided from these."""
    return {
        "script": [script.origin] if script.origin else [],
        "voice": [take.origin for take in takes],
        "picture": [shot.asset.origin for shot in shots if shot.asset],
        "music": [music.origin] if music else [],
    }
