"""Titles for stretches of a recording: the sentence in which the stretch is most itself.

Words count that are frequent in the stretch and rare in the rest of what is said (Spärck Jones,
1972). The sentence that holds most of them for its length, and is short enough, is the title; a
long one is cut at a comma. Nothing is put into the speaker's mouth.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log

from reelwright.core.nouns import Word
from reelwright.edit.cut.scoring import Curve
from reelwright.edit.cut.telling import TITLES, clock

_ENDS = re.compile(r"(?<!\.)[。！？!?.…][”’」』）)\]\"'\s]*$")
_COMMAS = re.compile(r"[，、；：,;:—]+\s*")
_HAN = re.compile(r"[㐀-䶿一-鿿]+")
_LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+|\d+(?:[.,]\d+)*%?")
_EDGE = " \t\n，、；：。！？,;:.!?…—-“”\"'「」"
_MOST = {"zh": 22, "en": 60}
"""Characters of a title."""
_LEAST = {"zh": 5, "en": 12}
_ASKED = 1.5
"""How much more a question is worth as a title: it makes people want the answer."""
_EVERYDAY = """
the a an and or but so of to in on at is are was were be been it its this that these those you your
we our they their he she i me my for with as by from not no do does did have has had will would can
could if then there here what which who when how just very really like about because
我们 你们 他们 这个 那个 一个 就是 然后 因为 所以 但是 什么 怎么 可以 没有 不是 还是 时候 现在
其实 如果 这样 那样 大家 自己 知道 觉得 非常 的话 是不 了一
"""
_COMMON = frozenset(_EVERYDAY.split())
_OPENERS = re.compile(
    r"^(?:(?:然后|所以|但是|那么|就是说|就是|而且|其实|那|嗯|呃|啊|好|对)[，、\s]*|"
    r"(?:so|and|but|well|okay|ok|now|then|also|um|uh)\b[,\s]*)+",
    re.IGNORECASE,
)


def title_of(words: Sequence[Word], start: float, end: float, language: str) -> str:
    """A title for a stretch, out of what is said in it; empty where nothing fit for one is said.

    Args:
        words: of the whole recording's transcript.
        start: seconds at which the stretch begins.
        end: seconds at which it ends.
        language: ``zh`` or ``en``.
    """
    inside = [word for word in words if start <= (word.start + word.end) / 2 < end]
    sentences = _sentences(inside)
    if not sentences:
        return ""
    everywhere = [set(_terms(text)) for text in _sentences(words)]
    spread = Counter(term for terms in everywhere for term in terms)
    here = Counter(term for text in sentences for term in _terms(text))
    most, least = _MOST.get(language, 60), _LEAST.get(language, 12)

    def weigh(text: str) -> float:
        terms = set(_terms(text))
        worth = sum((1 + log(here[t])) * log(1 + len(everywhere) / (1 + spread[t])) for t in terms)
        return worth / (4 + len(terms)) * (_ASKED if text.rstrip().endswith(("？", "?")) else 1.0)

    fit = [c for text in sentences for c in _shortened(text, most) if len(c) >= least]
    if not fit:
        return ""
    best = max(range(len(fit)), key=lambda n: (weigh(fit[n]), -n))
    title = fit[best]
    return title[0].upper() + title[1:]


def title_by_score(curve: Curve, start: float, end: float, language: str) -> str:
    """A title for a stretch of which no words are known: when it is, and what stands out."""
    names = TITLES["zh" if language == "zh" else "en"]
    here, everywhere = curve.part_means(start, end), curve.part_means(0, curve.seconds)
    best = max(curve.parts, key=lambda p: p.weight * (here[p.name] - everywhere[p.name]))
    if best.weight * (here[best.name] - everywhere[best.name]) <= 0:
        return f"{clock(start)} 起的一段" if language == "zh" else f"The part from {clock(start)}"
    name = names[best.name]
    return f"{name}（{clock(start)} 起）" if language == "zh" else f"{name} (from {clock(start)})"


def _sentences(words: Iterable[Word]) -> list[str]:
    found, text, last = [], "", None
    for word in words:
        if last is not None and word.start - last > 1.5 and text:
            found.append(text)
            text = ""
        text += word.text if not text or _joins(text, word.text) else " " + word.text
        last = word.end
        if _ENDS.search(word.text):
            found.append(text)
            text = ""
    return [part.strip() for part in ([*found, text] if text else found) if part.strip()]


def _joins(before: str, after: str) -> bool:
    """Whether a word follows without a space: its own, or none as in Chinese."""
    return not all(c.isascii() and c.isalnum() for c in (before[-1], after[:1] or " "))


def _terms(text: str) -> list[str]:
    """Latin words and numbers, and Chinese characters two by two."""
    found = [word.lower() for word in _LATIN.findall(text)]
    for run in _HAN.findall(text):
        found += [run[n : n + 2] for n in range(len(run) - 1)] or [run]
    return [term for term in found if term not in _COMMON]


def _shortened(text: str, most: int) -> list[str]:
    """A sentence as a title, or its clauses where it is too long."""
    whole = _clean(text)
    if len(whole) <= most:
        return [whole]
    clauses = [part for part in _COMMAS.split(whole) if part]
    found = [clause for part in clauses if len(clause := _clean(part)) <= most]
    for a, b in pairwise(clauses):
        both = _clean(whole[whole.find(a) : whole.find(b, whole.find(a)) + len(b)])
        if len(both) <= most:
            found.append(both)
    if not found and whole.isascii():
        found = [whole[:most].rsplit(" ", 1)[0] + "…"]
    return found or [whole[: most - 1] + "…"]


def _clean(text: str) -> str:
    stripped = _OPENERS.sub("", text.strip(_EDGE)) or text
    mark = text.rstrip()[-1:]
    return stripped.strip(_EDGE) + (mark if mark in "？?" else "")
