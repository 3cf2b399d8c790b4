"""Brief → script by an LLM.

The model is asked for a `Draft` (the part of `Script` that a writer decides), which is then made
safe to speak: plain text, a hook first, a call last, and a length that fits. A draft that is more
than a tenth off is sent back once with the numbers; what is still too long loses its least
important lines. Models count badly, so the numbers are ours, never theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from reelwright.core.errors import BriefError, ProviderRefused, ProviderUnavailable
from reelwright.core.nouns import Brief, Language, Line, Pace, Role, Script
from reelwright.core.ports import LLM, Message
from reelwright.core.settings import Settings
from reelwright.create.llm_prompt import Budget, first_messages, length_message
from reelwright.create.words import units
from reelwright.providers.llm.structured import ask

TOLERANCE = 0.10
"""Share by which the estimated length may be off."""
_SECONDS_A_LINE = 4.0
_FEWEST_UNITS = 10


class DraftLine(BaseModel):
    """A line as the model writes it. Roles, scenes and pauses are ours."""

    model_config = ConfigDict(frozen=True)

    say: Annotated[str, Field(min_length=1, max_length=400, description="One spoken sentence.")]
    emphasis: Annotated[
        list[str], Field(max_length=6, description="Words of `say` to highlight.")
    ] = []
    search: Annotated[list[str], Field(max_length=12, description="Visible things.")] = []
    weight: Annotated[int, Field(ge=1, le=5, description="5 matters most, 1 may go.")] = 3
    translation: Annotated[
        str, Field(max_length=600, description="`say` in the other language; empty unless asked.")
    ] = ""


class Draft(BaseModel):
    """What the model is asked for: `Script` without what the engine decides."""

    model_config = ConfigDict(frozen=True)

    title: Annotated[str, Field(min_length=1, max_length=80, description="Title of the post.")]
    titles: Annotated[list[str], Field(max_length=5, description="Other possible titles.")] = []
    description: Annotated[str, Field(max_length=2000, description="Text of the post.")] = ""
    tags: Annotated[list[str], Field(max_length=12, description="Tags without '#'.")] = []
    lines: Annotated[list[DraftLine], Field(min_length=1, max_length=400)]


def write_script_with(
    llm: LLM, brief: Brief, settings: Settings, language: Language, pace: Pace
) -> Script:
    """A script written by an LLM, fitted to the asked length.

    Args:
        llm: who writes.
        brief: its topic, article or both.
        settings: length, platform, channel, tone, audience and call to action.
        language: of the script.
        pace: of the voice that will speak it.

    Raises:
        BriefError: neither topic nor article, or a length too short for one line.
        ProviderError: the LLM cannot be asked, or gives no usable script.
    """
    topic = (brief.topic or "").strip()
    article = _COMMENT.sub("", brief.article or "").strip()
    if not topic and not article:
        raise BriefError("there is nothing to write about", hint="give a topic or an article")
    budget = plan(settings.length, pace)
    messages = first_messages(topic, article, settings, language, budget)
    draft = _clean(ask(llm, messages, Draft), language)
    if _off(draft, budget, language, pace) > TOLERANCE:
        told = length_message(language, budget, _units(draft, language), len(draft.lines))
        answer: Message = {"role": "assistant", "content": draft.model_dump_json()}
        try:
            again = _clean(ask(llm, [*messages, answer, told], Draft), language)
        except (ProviderRefused, ProviderUnavailable):
            again = draft  # a sound draft of another length is better than none
        draft = min(draft, again, key=lambda one: _off(one, budget, language, pace))
    script = _script(_fit(draft, budget, language, pace), settings.script.call.strip())
    return script.model_copy(update={"origin": llm.origin(topic or script.title)})


def plan(seconds: float, pace: Pace) -> Budget:
    """How much can be said in `seconds`. Raises BriefError when that is not even one line."""
    lines = max(1, round(seconds / _SECONDS_A_LINE))
    spoken = int((seconds - lines * pace.pause) * pace.units_per_second)
    if spoken < _FEWEST_UNITS:
        raise BriefError(
            f"{seconds:g} seconds are too short for one line",
            where="setting length",
            hint="ask for at least 5 seconds",
        )
    return Budget(units=spoken, lines=lines, seconds=seconds)


def estimate(lines: Sequence[DraftLine], language: Language, pace: Pace) -> float:
    """Seconds that the lines take to speak, pauses included."""
    spoken = sum(units(line.say, language) for line in lines)
    return spoken / pace.units_per_second + len(lines) * pace.pause


def _units(draft: Draft, language: Language) -> int:
    return sum(units(line.say, language) for line in draft.lines)


def _off(draft: Draft, budget: Budget, language: Language, pace: Pace) -> float:
    return abs(estimate(draft.lines, language, pace) / budget.seconds - 1)


def _fit(draft: Draft, budget: Budget, language: Language, pace: Pace) -> Draft:
    """The draft without its least important middle lines, as long as it is too long."""
    lines = list(draft.lines)
    while len(lines) > 3 and estimate(lines, language, pace) > budget.seconds * (1 + TOLERANCE):
        middle = range(1, len(lines) - 1)
        # Of equally unimportant lines the later one goes: what it follows from has been said.
        del lines[min(middle, key=lambda at: (lines[at].weight, -at))]
    return draft.model_copy(update={"lines": lines})


def _script(draft: Draft, call: str) -> Script:
    lines = list(draft.lines)
    if call:
        # The prompt made the last line the call; here it gets the person's exact words.
        spoken = DraftLine(say=call)
        lines = [*lines[:-1], spoken] if len(lines) > 1 else [*lines, spoken]
    last = len(lines) - 1
    return Script(
        title=draft.title,
        titles=tuple(draft.titles),
        description=draft.description,
        tags=tuple(draft.tags),
        lines=tuple(
            Line(
                say=line.say,
                role=Role.HOOK if at == 0 else Role.CALL if at == last else Role.POINT,
                search=tuple(line.search),
                emphasis=tuple(line.emphasis),
                translation=line.translation.strip(),
            )
            for at, line in enumerate(lines)
        ),
    )


# --- plain text -------------------------------------------------------------------------------

# A bracket is a stage direction when it stands in 【】 or [], or is round and opens with, or within
# a few words gets to, a word of the trade; other round brackets belong to the sentence.
_TRADE_ZH = "画面|镜头|音乐|音效|字幕|旁白|停顿|转场|配乐|特写|背景音"
_TRADE_EN = (
    r"music|sound effects?|pauses?|scene|visuals?|voice-?over|on[- ]screen|cut to|zoom\w*|fade\w*|"
    r"narrat\w+|b-?roll|smil\w+|laugh\w*|whisper\w*|bgm"
)
_REMOVED = re.compile(
    r"【[^】]*】|\[[^\]]*\]|"
    rf"[(（](?:[^()（）]{{0,4}}(?:{_TRADE_ZH})|(?:\w+ ){{0,3}}(?:{_TRADE_EN})\b)[^()（）]*[)）]",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_URL = re.compile(r"(?:https?://|www\.)[^\s\u3000-\u9fff，。！？；：]+", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:旁白|主播|主持人|口播|开头|结尾|钩子|文案|narrator|voice-?over|host|speaker|hook|cta|"
    r"call to action|line \d+)\s*[:：]\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[#>]+\s+|[-*•·]\s+|\d{1,2}[.)、]\s*(?=\D))")
_MARKS = re.compile(r"\*\*|__|~~|`|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|(?<!\S)#(?=\w)")
# Emoji, their joiners and selectors, dingbats, and pictographs; signs such as ℃ and → stay.
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\U000e0000-\U000e007f\u2600-\u27bf\u2b00-\u2bff\u200d\ufe0e\ufe0f\u20e3]"
)


def plain(text: str) -> str:
    """The text without Markdown, emoji, stage directions, links and speaker names.

    >>> plain("**旁白**：（镜头拉近）隔夜茶🍵到底能不能喝？")
    '隔夜茶到底能不能喝？'
    """
    text = _TAG.sub("", _COMMENT.sub("", text))
    text = _LINK.sub(r"\1", text)
    text = _URL.sub("", text)
    text = _EMOJI.sub("", _REMOVED.sub("", text))
    text = _MARKS.sub("", _BULLET.sub("", text))
    text = _LABEL.sub("", text.strip())
    text = re.sub(r"\s+([,.!?;:，。！？；：])", r"\1", " ".join(text.split()))
    return text.strip(" -—|")


def _clean(draft: Draft, language: Language) -> Draft:
    """The draft as plain text; lines of which nothing is left to speak are gone."""
    lines: list[DraftLine] = []
    for line in draft.lines:
        say = plain(line.say)
        if units(say, language) == 0:
            continue
        strong = [word for word in map(plain, line.emphasis) if word and word in say]
        lines.append(line.model_copy(update={"say": say, "emphasis": strong}))
    if not lines:
        raise ProviderRefused(
            "the LLM wrote a script of which nothing can be spoken",
            hint="try another model, or --set script.writer=extractive",
        )
    tags = [tag.strip().lstrip("#").strip() for tag in draft.tags]
    return draft.model_copy(
        update={
            "title": plain(draft.title) or lines[0].say[:80],
            "titles": [title for title in map(plain, draft.titles) if title],
            "tags": [tag for tag in dict.fromkeys(tags) if tag],
            "lines": lines,
        }
    )
