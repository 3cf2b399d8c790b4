"""One run: what every stage is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reelwright.core.nouns import Brief, Language
from reelwright.core.settings import Settings
from reelwright.create.language import detect_language
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

    @property
    def say(self) -> Callable[[str], None]:
        """Tell the person something."""
        return self.steps.progress.say


def language_of(brief: Brief, settings: Settings) -> Language:
    """The language asked for, or that of the text."""
    if settings.language != "auto":
        return settings.language
    return detect_language(f"{brief.topic or ''} {brief.article or ''}")


def find_llm(settings: Settings) -> LLM | None:
    """The LLM that writes, or None for the extractive writer."""
    wanted, llm = settings.script.writer, settings.llm
    configured = bool(llm.base_url or llm.api_key.get_secret_value())
    if wanted == "extractive" or (wanted == "auto" and not configured):
        return None
    return door.load("llm", llm.provider, llm)
