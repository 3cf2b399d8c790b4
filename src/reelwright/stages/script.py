"""Brief → script: written, fitted to the asked length, or the person's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.core.errors import BriefError
from reelwright.core.nouns import Language, Origin, Pace, Script, Take
from reelwright.core.ports import LLM
from reelwright.create.brief import refers_to
from reelwright.create.script_file import read_script_file, write_script_file
from reelwright.create.themes import captions_of
from reelwright.edit import assemble as assembly
from reelwright.stages.models import find_model, model_key
from reelwright.stages.run import Run, find_llm
from reelwright.stages.sound import SAMPLES, measure_pace, speak, voice_key
from reelwright.store import atomic
from reelwright.store.project import text_hash
from reelwright.store.steps import Step

if TYPE_CHECKING:
    from reelwright.create.titles import Titles

_ATTEMPTS = 3
_TOLERABLE = 0.08
_CLOSE = 0.03
"""How far from the asked length, as a share of it, a script may come out before it is refitted."""


def write_script(run: Run) -> Script:
    """The script: the person's own if they edited it, else written now (or found again)."""
    path = run.project.script
    if path.exists() and run.settings.voice.provider == "recording":
        # The recordings were made for the lines as they stand.
        return read_script_file(path)
    step = _script_step(run)
    key = run.steps.key(step)
    noted = run.project.read_state().get("script", {})
    if path.exists():
        if not is_untouched(run):
            if noted and noted.get("key") != key:
                run.say(
                    "the brief or its settings changed after script.yaml was edited by hand; your "
                    "script stays (delete script.yaml to have it written anew)"
                )
            return read_script_file(path)
        if noted.get("key") == key:
            return read_script_file(path)
    made = run.steps.run(step)
    script = Script.model_validate_json(made.read_bytes())
    text = write_script_file(script, path)
    run.project.write_state(script={"text": text_hash(text), "key": key})
    return script


def is_untouched(run: Run) -> bool:
    """Whether script.yaml is as it was written: nobody edited it."""
    path, noted = run.project.script, run.project.read_state().get("script", {})
    if not noted or not path.exists():
        return False
    return text_hash(path.read_text("utf-8", errors="replace")) == noted.get("text")


def _script_step(run: Run) -> Step:
    settings, llm = run.settings, find_llm(run.settings)
    params = {
        "brief": run.brief.model_copy(update={"settings": {}}),
        "language": run.language,
        "length": settings.length,
        "platform": settings.platform,
        "channel": settings.channel,
        "seed": settings.seed,
        "script": settings.script,
        "llm": {**llm.key(), "temperature": settings.llm.temperature} if llm else None,
        "voice": _voice_of(run),
    }
    if llm and captions_of(settings.style) == "bilingual":
        params["translated"] = True
    if settings.model.titles:
        params["titles"] = model_key(find_model(run, settings.model.titles, "sequence"))
    if settings.model.tags:
        params["names"] = model_key(find_model(run, settings.model.tags, "tagger"))

    def make(out: Path) -> None:
        pace = measure_pace(run)
        script = _write(run, llm, pace)
        if settings.voice.provider != "recording":
            script = _fit(run, llm, pace, script)
        script = _name(run, script)
        atomic.write_text(out, script.model_dump_json())

    return Step("script", 4, make, params, suffix=".json", what="script")


def _voice_of(run: Run) -> dict[str, Any]:
    """What of the voice decides a script's length; recordings are made after the script."""
    if run.settings.voice.provider == "recording":
        return {"provider": "recording"}
    return voice_key(run, SAMPLES[run.language][0])


def _write(run: Run, llm: LLM | None, pace: Pace) -> Script:
    folder = find_model(run, run.settings.model.titles, "sequence")
    if folder is None:
        return _written(run, llm, pace, None)
    from reelwright.create.titles import Titles, retitle

    titles = Titles(folder)
    return retitle(_written(run, llm, pace, titles), titles, run.settings.seed)


def _written(run: Run, llm: LLM | None, pace: Pace, titles: Titles | None) -> Script:
    settings, brief = run.settings, run.brief
    if llm:
        from reelwright.create.llm_writer import write_script_with

        return write_script_with(llm, brief, settings, run.language, pace)
    if not brief.article:
        raise BriefError(
            f'there is only a topic ("{brief.topic}") and nobody to write about it'
            if brief.topic
            else "there is neither a topic nor a text",
            where=run.project.brief.name,
            hint="put an article into brief.md below the front matter, or set llm.base_url (and "
            "REEL_LLM_API_KEY) to an OpenAI-compatible service or a local Ollama",
        )
    from reelwright.create.article import parse_article
    from reelwright.create.writer import write_script as write

    article = parse_article(brief.article, title=brief.topic or "")
    try:
        script = write(
            article,
            language=run.language,
            length=settings.length,
            pace=pace,
            channel=settings.channel,
            call=settings.script.call,
            seed=settings.seed,
            titles=titles,
        )
    except BriefError as error:
        # Its length is a setting's matter; what it lacks is the text's.
        text = refers_to(run.project.brief) or run.project.brief
        raise error if error.where else error.at(text.name) from error
    return script.model_copy(update={"origin": Origin(provider="extractive")})


def _name(run: Run, script: Script) -> Script:
    """The script with its names as tags, search words and emphasis, where a tagger is set."""
    folder = find_model(run, run.settings.model.tags, "tagger")
    if folder is None:
        return script
    from reelwright.create.entities import Names, name_script

    names = Names(folder)
    if not names.reads(run.language):
        run.say(f"{run.settings.model.tags} tags texts of another language; this script stays")
        return script
    return name_script(script, names)


def _fit(run: Run, llm: LLM | None, pace: Pace, script: Script) -> Script:
    """Speak the script, choose the pause, and if need be write again, to meet the asked length."""
    wanted = run.settings.length
    for attempt in range(_ATTEMPTS):
        takes = speak(run, script)
        script = script.model_copy(update={"pause": assembly.fit_pause(script, takes, wanted)})
        error = _length(run, script, takes) / wanted - 1
        too_short = error < 0 and _whole_article_used(script, run)
        # An LLM costs time and money, and has counted its syllables itself: it is asked once more
        # only if the video would come out too far from the length asked for.
        close, attempts = (_TOLERABLE, 2) if llm else (_CLOSE, _ATTEMPTS)
        if abs(error) <= close or too_short or attempt == attempts - 1:
            break
        # The next script is written for the pace that this one turned out to be spoken at.
        spoken = sum(take.seconds for take in takes)
        estimate = _spoken_estimate(script, run.language, pace)
        rate = pace.units_per_second * estimate / spoken / (1 + error / 2)
        pace = pace.model_copy(update={"units_per_second": rate})
        script = _write(run, llm, pace)
    pause = assembly.fit_pause(script, takes, wanted, assembly.BOUNDS)
    return script.model_copy(update={"pause": pause})


def _length(run: Run, script: Script, takes: Sequence[Take]) -> float:
    last = assembly.schedule(script, takes, run.settings.picture.rate)[-1]
    return float((last.start + last.frames) / run.settings.picture.rate)


def _spoken_estimate(script: Script, language: Language, pace: Pace) -> float:
    from reelwright.create.words import units

    return sum(units(line.say, language) for line in script.lines) / pace.units_per_second


def _whole_article_used(script: Script, run: Run) -> bool:
    """Whether there is nothing more in the article to say."""
    said = sum(len(line.say) for line in script.lines)
    return not run.brief.article or said >= 0.85 * len(run.brief.article)
