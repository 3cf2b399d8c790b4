"""Dated events in a line: when something was, and what was then.

Only what reads as a row of events counts: at least two dates, each with words of its own. Spans
(从2018年到2020年), hours of the day and rows of figures are none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reelwright.core.words import is_cjk
from reelwright.create.scenes.enumerating import tidy

_MONTHS = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"
    "Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?"
)
_DATE_ZH = re.compile(
    r"(?P<when>(?:公元前?|前)?\d{1,4}\s?年(?:代)?(?:\d{1,2}月(?:\d{1,2}[日号])?)?"
    r"|\d{1,2}月\d{1,2}[日号]"
    r"|\d{1,2}世纪(?:\d{1,2}年代|初|中叶|末)?)"
)
_DATE_EN = re.compile(
    rf"(?:\b(?P<lead>in|on|by|since|around|as early as)\s+(?:the\s)?(?:(?:late|early)\s)?)?"
    rf"\b(?P<when>(?:(?:{_MONTHS})\.?\s(?:\d{{1,2}},?\s)?)?"
    r"(?:1\d{3}|20\d{2})s?(?:\s?(?:BC|AD|BCE))?"
    rf"|(?:{_MONTHS})\s\d{{1,2}}(?!\d))(?![\d%,.]\d|[%\d-])",
    re.IGNORECASE,
)
_SPAN_AFTER = re.compile(r"^\s?(?:[-–—~～至到]|to\b|and \d|through\b|的|以[来后前]|[之前后])")
_SPAN_BEFORE = re.compile(
    r"(?:[从自由\-–~～至到第]|\bfrom|\bbetween|\bto|\band)\s?$", re.IGNORECASE
)
_AGES = re.compile(r"^(?:前|后|来|间|多|左右|了|内|里)")
_FIGURE_ONLY = re.compile(
    r"^\D{0,4}[$¥￥£€]?\d[\d,.]*\s?(?:%|[a-z]{1,8}|[\u4e00-\u9fff]{0,4})?$", re.IGNORECASE
)
_LINKS = re.compile(
    r"^(?:，|,|;|；|\s|而|则|又|就|且|才|再|并|then |and |but |while |it |they )+", re.IGNORECASE
)
_LINK_END = re.compile(
    r"(?:[，,;；\s]|\band|\bthen|\bbut|\bwhile|\bin|到了|等到|到|而|直到|又|并在|在|于|就|后来|再到)+$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Dated:
    """What was when."""

    when: str
    what: str


def find_events(text: str) -> tuple[str, list[Dated]]:
    """A heading and the dated events of a line, in its order; no events where there are not
    2 to 5.
    """
    chinese = any(is_cjk(char) for char in text)
    marks = [
        mark
        for mark in (_DATE_ZH if chinese else _DATE_EN).finditer(text)
        if not _SPAN_BEFORE.search(text[: mark.start("when")])
        and not _SPAN_AFTER.match(text[mark.end() :])
        and not (chinese and _AGES.match(text[mark.end() :]))
    ]
    if not 2 <= len(marks) <= 5:
        return "", []
    before = text[: marks[0].start()]
    opened = re.search(r"[：:]\s*$|——\s*$", before)
    after_first = chinese or opened or not re.search(r"\w{2,}\W+\w{2,}", before)
    if after_first:
        title = tidy(before) if opened or re.search(r"[，,。]\s*$", before) else ""
        ends = [mark.start() for mark in marks[1:]] + [len(text)]
        whats = [text[mark.end() : end] for mark, end in zip(marks, ends, strict=True)]
        subject = "" if title else tidy(_LINK_END.sub("", before))
    else:
        title, subject = "", ""
        starts = [0] + [mark.end() for mark in marks[:-1]]
        whats = [text[start : mark.start()] for start, mark in zip(starts, marks, strict=True)]
        tail = text[marks[-1].end() :].strip(" .!。")
        if len(tail.split()) > 2:
            return "", []
    events = [
        Dated(re.sub(r"\s(?=年)", "", mark["when"]), _event(what))
        for mark, what in zip(marks, whats, strict=True)
    ]
    least = 2 if chinese else 3
    if any(len(each.what) < least or len(each.what) > 60 for each in events):
        return "", []
    if all(_FIGURE_ONLY.match(each.what) for each in events):
        return "", []
    return title or _short(subject), events


def _event(text: str) -> str:
    what = re.split(r"(?<=[^\d\s])[。！!；;](?:\s|$)?", text.strip().removesuffix("."))[0]
    return tidy(_LINK_END.sub("", _LINKS.sub("", what)))


def _short(text: str) -> str:
    """A subject that stands before the first date (茶在1610年…), if it is short."""
    return text if 2 <= len(text) <= 16 else ""
