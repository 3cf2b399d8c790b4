"""The writer that needs no LLM: says what the article says, shorter, in the article's own words.

It takes the article apart into ideas, values them, opens with a hook, picks the ideas that are
worth most in the time there is, keeps them in the article's order, and closes with a call to
action. It never says what the article does not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from reelwright.core.errors import BriefError
from reelwright.core.nouns import Language, Line, Pace, Role, Script
from reelwright.create.article import Article
from reelwright.create.exhibits import exhibits
from reelwright.create.fitting import seconds_of
from reelwright.create.hooks import Hook, calls, hooks
from reelwright.create.ideas import bare, ended, gather, value
from reelwright.create.keywords import find_word, keywords, names, terms
from reelwright.create.language import in_the_form_of
from reelwright.create.plan import TOLERANCE, Plan, make_plan
from reelwright.create.sentences import points_back, size
from reelwright.create.words import segment

if TYPE_CHECKING:
    from reelwright.create.titles import Titles


def write_script(
    article: Article,
    *,
    language: Language,
    length: float,
    pace: Pace,
    channel: str = "",
    call: str = "",
    seed: int = 0,
    titles: Titles | None = None,
) -> Script:
    """Write a script out of an article.

    Args:
        article: what to say; its title and at least one sentence.
        language: what it is written in.
        length: seconds asked for. The estimate is within 5 % of it where the article has enough
            text; an article that is shorter is said whole.
        pace: how fast the voice speaks, and the pause after each line.
        channel: named in the call to action.
        call: the call to action word for word, instead of one of ours.
        seed: picks the call to action.
        titles: a model of the channel's past titles; hooks like them are preferred.

    Raises:
        BriefError: the article has no sentence to say, or `length` is too short for a hook and a
            call to action; names the shortest possible length.
    """
    ideas = value(gather(article, language), article.title, language)
    if not ideas:
        raise BriefError(
            "there is no sentence to say in the text",
            hint="give an article with a few sentences; headings, code and links are not spoken",
        )
    body = " ".join(idea.text for idea in ideas)
    key = keywords([idea.text for idea in ideas], article.title, language)
    starts = hooks(article, ideas, key, language)
    if titles:
        from reelwright.create.titles import prefer

        starts = prefer(starts, titles)
    starts = starts[:6]
    ends = calls(language, channel, call, seed, sample=body)
    _check_length(starts, ends, length, language, pace)
    plan = make_plan(ideas, starts, ends, length, language, pace)
    if not plan.chosen and plan.hook.idea is None and not article.title:
        # A video of a made-up opening and a call would say nothing of the text.
        raise BriefError(
            f"no sentence of the text fits into {length:g} seconds",
            hint="put full stops between its sentences, or ask for a longer video",
        )
    return _script(article, plan, key, body, language)


def _check_length(
    starts: Sequence[Hook], ends: Sequence[str], length: float, language: Language, pace: Pace
) -> None:
    least = min(seconds_of([hook.text, end], language, pace) for hook in starts for end in ends)
    shortest = math.ceil(least / (1 + TOLERANCE))
    if length < shortest:
        raise BriefError(
            f"{length:g} seconds is too short for an opening line and a call to action",
            where="length",
            hint=f"ask for {shortest} seconds or more",
        )


# ── The script ───────────────────────────────────────────────────────────────────────────────────


def _script(
    article: Article, plan: Plan, key: Sequence[str], body: str, language: Language
) -> Script:
    says = [(plan.hook.text, Role.HOOK)]
    says += [(line, Role.POINT) for _, lines in plan.chosen for line in lines]
    says.append((plan.call, Role.CALL))
    # The hook comes before the first point.
    shown = {at + 1: show for at, show in exhibits(article, plan.chosen, language).items()}
    lines = tuple(
        Line(
            say=say,
            role=role,
            emphasis=() if role is Role.CALL else _emphasis(say, key, language),
            search=() if role is Role.CALL else _search(say, key, language),
            scene=shown[at].scene if at in shown else None,
            params=shown[at].params if at in shown else {},
        )
        for at, (say, role) in enumerate(says)
    )
    title = _title(article, plan, language)
    points = [line.say for line in lines if line.role is Role.POINT]
    tags = sorted(key, key=lambda word: not names(word.split()[-1], language))[:6]
    return Script(
        title=title,
        titles=_titles(title, plan, key, language),
        description=_description(points or [plan.hook.text], language),
        tags=tuple(re.sub(r"\s+", "" if language == "zh" else " ", word) for word in tags),
        lines=lines,
    )


def _title(article: Article, plan: Plan, language: Language) -> str:
    title = article.title or plan.hook.text.rstrip("。.")
    return title if len(title) <= 80 else title[:79].rstrip() + "…"


_STEP = re.compile(r"首先|其次|然后|接着|最后|第.步|(?:first|then|next|finally)\b", re.IGNORECASE)
"""How a sentence begins that is one of several, and no title."""


def _titles(title: str, plan: Plan, key: Sequence[str], language: Language) -> tuple[str, ...]:
    """Three other titles: the hook, the most striking line, what it is about."""
    strip = "。.，,；;"
    ways = [plan.hook.text.rstrip(strip)]
    striking = sorted(
        (
            idea
            for idea, lines in plan.chosen
            if len(lines) == 1
            and not idea.step
            and not points_back(lines[0], language)
            and not _STEP.match(lines[0])
        ),
        key=lambda idea: (-idea.value - 0.3 * bool(re.search(r"\d", idea.text)), idea.index),
    )
    sayings = [bare(idea.sentences[-1], language).rstrip(strip) for idea in striking]
    most = 24 if language == "zh" else 14
    ways += [text for text in sayings if size(text, language) <= most][:1]
    # Only what names something, and what the title is about, can be looked into: 关于别喝了 and
    # "See in a minute" are no titles.
    key = [word for word in key if all(names(part, language) for part in _parts(word, language))]
    key = [word for word in key[:6] if find_word(word, title)]
    length = 30 if plan.seconds <= 40 else 60 if plan.seconds <= 75 else 0
    if key and language == "zh":
        span = {30: "半分钟", 60: "一分钟", 0: "一条视频"}[length]
        own = [span + "看懂{}", "关于{}，你该知道的事", "{}，一次说清楚"]
        own += ["{}和{}，一次说清楚"] if len(key) > 1 else []
        ways += [in_the_form_of(title + plan.hook.text, text).format(*key) for text in own]
    elif key:
        name = key[0][:1].upper() + key[0][1:]
        span = {30: "30 seconds", 60: "a minute", 0: "one short video"}[length]
        ways.append(f"{name} in {span}")
        ways += [f"What to know about {key[0]}", f"{name}, explained"]
    ways += [text for text in sayings if size(text, language) <= 2 * most]
    found: list[str] = []
    for way in ways:
        same = {re.sub(r"\W+", "", text).lower() for text in (title, *found)}
        if way and len(way) <= 80 and re.sub(r"\W+", "", way).lower() not in same:
            found.append(way)
    return tuple(found[:3])


def _description(points: Sequence[str], language: Language) -> str:
    glue = "" if language == "zh" else " "
    text = ""
    for point in points:
        if text and len(text) + len(point) > (120 if language == "zh" else 240):
            break
        text += (glue if text else "") + point
    return ended(text, language) if text else ""


def _parts(word: str, language: Language) -> list[str]:
    """What must name something for a phrase to do so: its words; a Chinese phrase as a whole."""
    return [word] if language == "zh" else word.split()


def _emphasis(say: str, key: Sequence[str], language: Language) -> tuple[str, ...]:
    """Numbers with their units, then key terms; pieces of the line as written."""
    found: list[str] = []
    pieces = segment(say, language)
    for at, word in enumerate(pieces):
        piece = re.sub(r"^[^\w$€£¥￥+\-−]+|[^\w%％‰℃°+]+$", "", word)
        if not re.search(r"\d", piece):
            continue
        # 18 克: a unit that stands apart belongs to its number.
        if re.search(r"^\d.*\d$|^\d$", piece) and word[-1] == " " and at + 1 < len(pieces):
            unit = re.match(r"[\u4e00-\u9fff]{1,2}(?![\u4e00-\u9fff])", pieces[at + 1])
            together = f"{piece} {unit.group()}" if unit else ""
            piece = together if together and together in say else piece
        # Myth 1, 第 2: a bare small number only counts.
        if re.fullmatch(r"\d{1,2}", piece):
            continue
        if piece in say and not any(piece in other for other in found):
            found.append(piece)
    for word in key:
        piece = find_word(word, say)
        good = piece and names(word.split()[-1], language)
        if good and not any(piece in other or other in piece for other in found):
            found.append(piece)
    return tuple(found[:3])


def _search(say: str, key: Sequence[str], language: Language) -> tuple[str, ...]:
    """Words to find a picture by: key terms of the line first, then its other terms."""
    own = [word for word in dict.fromkeys(terms(say, language)) if names(word, language)]
    first = [word for word in key if find_word(word, say)]
    first = [word for word in first if names(word.split()[-1], language)]
    rest = [word for word in own if not any(word.lower() in other.lower() for other in first)]
    found = [*first, *sorted(rest, key=lambda w: (-len(w), own.index(w)))][:5]
    if not found and key:
        found = [key[0]]
    return tuple(found)
