"""One run: what every stage is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwright.core.errors import BriefError
from reelwright.core.nouns import Brief, Language
from reelwright.core.settings import Settings
from reelwright.create.language import detect_language, foreign_script
from reelwright.edit.render.workers import Workers
from reelwright.providers import door
from reelwright.store.project import Project
from reelwright.store.steps import Steps

if TYPE_CHECKING:
    from reelwright.core.ports import LLM


@dataclass
class Run:
    """One `reel make`: the project, what was asked, and the steps it is made with."""

    project: Project
    brief: Brief
    settings: Settings
    language: Language
    steps: Steps
    workers: Workers
    batch: bool = False
    """Whether it is one of several videos made by one command."""

    @property
    def say(self) -> Callable[[str], None]:
        """Tell the person something."""
        return self.steps.progress.say


def language_of(brief: Brief, settings: Settings) -> Language:
    """The language asked for, or that of the text.

    Raises:
        BriefError: the text is mostly in letters of another language.
    """
    if settings.language != "auto":
        return settings.language
    text = f"{brief.topic or ''} {brief.article or ''}"
    script = foreign_script(text)
    if script:
        raise BriefError(
            f"is written in neither Chinese nor English ({script} letters)",
            where="the text",
            hint="give the text in Chinese or English; a text that mixes languages is taken as "
            "one of them with --set language=zh, or en",
        )
    return detect_language(text)


def find_llm(settings: Settings) -> LLM | None:
    """The LLM that writes, or None for the extractive writer."""
    wanted, llm = settings.script.writer, settings.llm
    configured = bool(llm.base_url or llm.api_key.get_secret_value())
    if wanted == "extractive" or (wanted == "auto" and not configured):
        return None
    return door.load("llm", llm.provider, llm)
