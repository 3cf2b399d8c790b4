"""The plan: which hook, which ideas said how, and which call fit the time there is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from reelwright.core.nouns import Language, Pace
from reelwright.create.fitting import Version, choose, seconds_of
from reelwright.create.hooks import Hook
from reelwright.create.ideas import Idea, ended, without_echoes
from reelwright.create.keywords import alike, vectors
from reelwright.create.sentences import break_long, main_clauses, size, trim_link

TOLERANCE = 0.05
"""How far, as a share, the estimated length may be from the one that was asked."""


@dataclass(frozen=True)
class Plan:
    """A hook, what is said between, a call, and how long that takes."""

    hook: Hook
    call: str
    chosen: tuple[tuple[Idea, tuple[str, ...]], ...]
    seconds: float
    worth: float


def make_plan(
    ideas: Sequence[Idea],
    starts: Sequence[Hook],
    ends: Sequence[str],
    length: float,
    language: Language,
    pace: Pace,
) -> Plan:
    """The best plan that fits; the closest where none does."""
    plans: list[Plan] = []
    kept = without_echoes(ideas)
    # Sentences are cut to their main clause only where nothing else fits.
    for order, deep, hook in [(i, deep, h) for deep in (False, True) for i, h in enumerate(starts)]:
        whole = [idea for idea in ideas if not _said_by(hook, idea, language)]
        rest = [idea for idea in kept if not _said_by(hook, idea, language)]
        for rank, end in enumerate(ends):
            plan = _fill(whole, rest, hook, end, length, language, pace, deep)
            plan = replace(plan, worth=hook.score - 0.02 * rank - 0.05 * order)
            if abs(plan.seconds - length) <= TOLERANCE * length:
                return plan
            plans.append(plan)
    over = 1 + 2 * TOLERANCE
    fitting = [plan for plan in plans if plan.seconds <= length * over] or plans
    if all(plan.seconds < length for plan in fitting):
        # The article is short: say it all under the best hook.
        return fitting[0]
    return min(fitting, key=lambda plan: (abs(plan.seconds - length), -plan.worth))


def _said_by(hook: Hook, idea: Idea, language: Language) -> bool:
    """Whether the hook already says all of an idea."""
    if len(idea.sentences) > 1:
        return False
    text = idea.text
    if hook.idea == idea.index:
        return True
    a, b = (re.sub(r"\W+", "", t) for t in (text, hook.text))
    if a == b:
        return True
    near = vectors([text, hook.text], language)
    return alike(near[0], near[1]) > 0.8


def _fill(
    whole: Sequence[Idea],
    rest: Sequence[Idea],
    hook: Hook,
    end: str,
    length: float,
    language: Language,
    pace: Pace,
    deep: bool,
) -> Plan:
    frame = seconds_of([hook.text, end], language, pace)
    everything = [(idea, _lines(idea.sentences, language)) for idea in whole]
    everything = [
        (idea, lines) for idea, lines in _stepped(_drop_twins(everything, hook), language)
    ]
    total = frame + sum(seconds_of(lines, language, pace) for _, lines in everything)
    if total <= length * (1 + TOLERANCE):
        return Plan(hook, end, tuple(everything), total, 0.0)
    groups = _as_one(rest, language)
    options = [
        _versions(group[0], hook, language, pace, deep)
        if len(group) == 1
        else _together(group, hook, language, pace)
        for group in groups
    ]
    least, most = length * (1 - 0.6 * TOLERANCE) - frame, length * (1 + 0.6 * TOLERANCE) - frame
    chosen: list[tuple[Idea, tuple[str, ...]]] = []
    # What follows what decides which connectives are trimmed, and so the time: choose, say, and
    # where the time came out wrong choose again for what was missed.
    slack = 0.0
    for _ in range(3):
        picked = choose(options, least + slack, most + slack)
        chosen = []
        for at, version in picked:
            if len(groups[at]) == 1:
                chosen.append((groups[at][0], version.lines))
            else:
                chosen += [(idea, _lines(idea.sentences, language)) for idea in groups[at]]
        said = _stepped(_linked(chosen, language), language)
        total = frame + sum(seconds_of(lines, language, pace) for _, lines in said)
        chosen = said
        if abs(total - length) <= TOLERANCE * length:
            break
        slack += (length - total) * 0.8
    return Plan(hook, end, tuple(chosen), total, 0.0)


def _lines(sentences: Sequence[str], language: Language) -> tuple[str, ...]:
    lines: list[str] = []
    for sentence in sentences:
        lines += break_long(ended(sentence, language), language)
    return tuple(lines)


def _drop_twins(
    said: Sequence[tuple[Idea, tuple[str, ...]]], hook: Hook
) -> list[tuple[Idea, tuple[str, ...]]]:
    """Without sentences said word for word before."""
    seen = {re.sub(r"\W+", "", hook.text)}
    kept: list[tuple[Idea, tuple[str, ...]]] = []
    for idea, lines in said:
        text = re.sub(r"\W+", "", "".join(lines))
        if text not in seen:
            seen.add(text)
            kept.append((idea, lines))
    return kept


def _as_one(ideas: Sequence[Idea], language: Language) -> list[list[Idea]]:
    """Ideas that only make sense together: the short steps of a numbered list."""
    groups: list[list[Idea]] = []
    for idea in ideas:
        run = groups[-1] if groups else []
        goes_on = bool(run) and run[-1].step > 0 and idea.step == run[-1].step + 1
        if goes_on and idea.section == run[0].section:
            run.append(idea)
        else:
            groups.append([idea])
    most = 18 if language == "zh" else 13
    result: list[list[Idea]] = []
    for group in groups:
        short = sum(size(idea.text, language) for idea in group) <= most * len(group)
        result += [group] if short and len(group) <= 6 else [[idea] for idea in group]
    return result


def _together(group: Sequence[Idea], hook: Hook, language: Language, pace: Pace) -> list[Version]:
    each = [_versions(idea, hook, language, pace, False)[0] for idea in group]
    lines = tuple(line for version in each for line in version.lines)
    return [Version(lines, sum(v.seconds for v in each), sum(v.value for v in each))]


def _versions(idea: Idea, hook: Hook, language: Language, pace: Pace, deep: bool) -> list[Version]:
    """An idea in full, without asides, and cut short where a clause may be left out."""
    worth = idea.value
    if idea.vector:
        near = vectors([idea.text, hook.text], language)
        worth *= 1.0 - 0.9 * max(0.0, alike(near[0], near[1]) - 0.25)
    versions: list[Version] = []
    seen: set[tuple[str, ...]] = set()
    whole = seconds_of(_lines(idea.sentences, language), language, pace)
    ways = _shorter(idea.sentences, language, idea.opener)
    if deep:
        ways += [
            (*way[:-1], short) for way in ways[:2] for short in main_clauses(way[-1], language)
        ]
    if idea.opener and not idea.head:
        ways += [way[1:] for way in ways if len(way) > 1]
    for number, sentences in enumerate(ways):
        lines = _lines(sentences, language)
        if lines in seen or not lines:
            continue
        seen.add(lines)
        seconds = seconds_of(lines, language, pace) + (0.4 if idea.step else 0.0)
        share = (seconds / whole) ** 0.6 if whole else 1.0
        weight = max(0.05, worth) * (seconds**0.55)
        versions.append(Version(lines, seconds, weight * (share if number else 1.0)))
    return versions


_ZH_REST = re.compile(r"[，；](?=(?:而且|并且|同时|此外|从而|比如|例如|包括|尤其是|特别是))")
_EN_REST = re.compile(
    r",? (?=such as |including |for example|especially |particularly |as well as )|; "
)


def _shorter(sentences: Sequence[str], language: Language, opened: bool) -> list[tuple[str, ...]]:
    """The sentences, then the same with less: no asides, no last clause that only adds."""
    ways = [tuple(sentences)]
    plain = tuple(
        re.sub(r"（[^（）]{1,40}）|\s?\([^()]{1,60}\)", "", sentence) for sentence in sentences
    )
    ways.append(plain)
    last = plain[-1]
    cut = (_ZH_REST if language == "zh" else _EN_REST).search(last)
    if cut and size(last[: cut.start()], language) >= (8 if language == "zh" else 5):
        ways.append((*plain[:-1], ended(last[: cut.start()], language)))
    if len(plain) > 1 + opened:
        ways.append(plain[:-1])
    return ways


def _linked(
    chosen: Sequence[tuple[Idea, tuple[str, ...]]], language: Language
) -> list[tuple[Idea, tuple[str, ...]]]:
    """Without connectives whose other half was left out."""
    said: list[tuple[Idea, tuple[str, ...]]] = []
    last: int | None = None
    head = ""
    for idea, lines in chosen:
        if last is None or idea.follows != last:
            lines = (trim_link(lines[0], language), *lines[1:])
        if idea.head and idea.head != head and lines[0] != idea.head:
            lines = (idea.head, *lines)
        head = idea.head
        said.append((idea, lines))
        last = idea.index
    return said


_COUNTED_ALREADY = re.compile(
    r"第[一二三四五六七八九十\d]|首先|其次|最后|(?:first|step|then|finally)\b", re.IGNORECASE
)
_ZH_COUNT = "一二三四五六七八九十"
_EN_COUNT = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth")


def _stepped(
    chosen: Sequence[tuple[Idea, tuple[str, ...]]], language: Language
) -> list[tuple[Idea, tuple[str, ...]]]:
    """Items of a numbered list with 第一 … or First … before them, where at least two are said."""
    said = list(chosen)
    runs: dict[tuple[str, int], list[int]] = {}
    start = 0
    for at, (idea, _) in enumerate(said):
        if idea.step:
            before = said[at - 1][0] if at else None
            if (
                before is None
                or before.section != idea.section
                or idea.step <= _last_step(said, at)
            ):
                start = at
            runs.setdefault((idea.section, start), []).append(at)
    for places in runs.values():
        if not 2 <= len(places) <= 9:
            continue
        for number, at in enumerate(places):
            idea, lines = said[at]
            opened = idea.opener and lines[0] == idea.sentences[0]
            lead, (first, *others) = (lines[:1], lines[1:] or ("",)) if opened else ((), lines)
            if not first or _COUNTED_ALREADY.match(first):
                continue
            if language == "zh":
                first = f"第{_ZH_COUNT[number]}，{first}"
            else:
                lower = (
                    first[:1].lower() if first[1:2].islower() or first[:2] == "A " else first[:1]
                )
                first = f"{_EN_COUNT[number]}, {lower}{first[1:]}"
            said[at] = (idea, (*lead, *break_long(first, language), *others))
    return said


def _last_step(said: Sequence[tuple[Idea, tuple[str, ...]]], at: int) -> int:
    return next((said[i][0].step for i in range(at - 1, -1, -1) if said[i][0].step), 0)
