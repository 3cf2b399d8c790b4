"""What a line says, read with regular expressions: figures, lists, quotations, sides, key words.

Pure text in, plain values out; the scenes decide what to draw from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reelwright.core.nouns import Language, Line
from reelwright.create.words import is_cjk, segment

_CLAUSE = re.compile(r"(?<=[，。；！？：;!?])\s*|(?<=[a-z\"”’)0-9%][,.:])\s+|\s+[—–-]+\s+|——")
_WEIGHTY = re.compile(
    r"但是?|其实|关键|最|真正|必须|千万|不要|不能|不是|而是|才是|一定|绝对|只有|原来|竟然|"
    r"\b(but|actually|never|always|only|must|key|most|really|instead|best|worst|not)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"^(如果|因为|虽然|当|由于|假如|要是|if|when|because|although|while)", re.I)


def clauses(text: str) -> list[str]:
    """The clauses of a sentence, each with the mark that ends it."""
    return [part.strip() for part in _CLAUSE.split(text) if part and part.strip()]


def essence(text: str, language: Language, keep: tuple[str, ...] = ()) -> str:
    """What to show of a line: all of a short one, the weightiest clause of a long one.

    A clause stands for the line only if it can stand alone (four characters or three words), and
    never as the bare condition of another.
    """
    text = text.strip()
    if len(text) > (30 if language == "zh" else 84):
        text = _shortened(text, language, keep)
        text = _LINK.sub("", text)
    return text[:1].upper() + text[1:]


_LINK = re.compile(
    r"^(?:但是|但|而且|所以|因此|并且|and |but |so |because |that )[，,]?\s*", re.IGNORECASE
)


def _shortened(text: str, language: Language, keep: tuple[str, ...]) -> str:
    limit = 30 if language == "zh" else 84
    found = clauses(text)

    def weight(clause: str) -> float:
        own = 1.0 if any(word in clause for word in keep) else 0.0
        own += 0.6 if _WEIGHTY.search(clause) else 0.0
        own += 0.3 if re.search(r"\d", clause) else 0.0
        own -= 0.8 if _CONDITION.match(clause) else 0.0
        size = len(clause) if language == "zh" else len(clause) / 2.4
        return own - (1.0 if size < 5 else 0.0) - max(0.0, size - 28) / 20

    best = max(range(len(found)), key=lambda at: (weight(found[at]), at), default=0)
    chosen = found[best] if found else text
    # A neighbour that still fits makes the thought rounder.
    joiner = "" if language == "zh" else " "
    for other in (best - 1, best + 1):
        if 0 <= other < len(found):
            pair = sorted((best, other))
            both = joiner.join(found[at] for at in pair)
            if len(both) <= limit:
                return both
    return chosen


def key_passages(line: Line, language: Language) -> tuple[str, ...]:
    """The words of a line to highlight: what the writer marked, else a figure, else a key word."""
    marked = tuple(word for word in line.emphasis if word and word in line.say)
    if marked:
        return marked[:2]
    figure = find_figure(line.say)
    if figure:
        return (figure.passage,)
    quoted = re.search(r"[「“《]([^」”》]{2,10})[」”》]", line.say)
    if quoted:
        return (quoted.group(1),)
    words = [word.strip(" ，。！？、；：,.!?;:\"'“”「」") for word in segment(line.say, language)]
    least = 2 if language == "zh" else 5
    plain = [w for w in words if len(w) >= least and w.lower() not in _DULL]
    if not plain:
        return ()
    # Longer words carry more; of equals, the last, where Chinese and English put their weight.
    return (max(enumerate(plain), key=lambda at: (min(len(at[1]), 4 * least), at[0]))[1],)


_DULL_WORDS = """
为什么 怎么 什么 我们 你们 他们 大家 很多 可以 没有 因为 所以 有没有 如果 就是 这个 那个 这样 其实
知道 时候 一个 一种 是不是 能不能 到底 它们 自己 已经 还是 或者 以及 不是 而是 但是
about after again because before being could every other people really should their there these
thing things think those though through under until where which while would without you're don't
doesn't most many whether using
"""
_DULL = frozenset(_DULL_WORDS.split())


@dataclass(frozen=True)
class Figure:
    """A number in a text."""

    value: float
    decimals: int
    grouped: bool
    prefix: str
    unit: str
    passage: str
    """As written, unit and all."""
    start: int
    end: int


_UNITS = (
    "%|％|‰|万亿|万元|亿元|亿|万|元|块钱?|分钟|小时|秒钟?|天|年|个月|月|周|岁|倍|次|人|毫克|微克|克|"
    "千克|公斤|斤|吨|毫升|升|公里|千米|米|厘米|毫米|摄氏度|℃|°C|°F|度|千卡|大卡|卡|种|个|杯|步|"
    "percent|per cent|million|billion|trillion|thousand|hours?|minutes?|seconds?|days?|weeks?|"
    "months?|years?|times|people|kg|mg|g|ml|l|km|cm|mm|m|mph|miles?|degrees?|kcal|calories|cups?|"
    "steps?|x|GB|MB|TB|Hz|kHz|fps|W|kW|kWh|V"
)
_FIGURE = re.compile(
    rf"(?P<prefix>[$¥￥£€]?)(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:\s?(?P<unit>(?:{_UNITS})(?![A-Za-z])))?",
    re.IGNORECASE,
)


def find_figure(text: str) -> Figure | None:
    """The weightiest figure in a text: with a unit or currency; ordinals and years do not count."""
    best: tuple[float, Figure] | None = None
    for match in _FIGURE.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        unit = match["unit"] or ""
        number = match["number"]
        if re.search(r"[第\w.\-–~～至到/:：]$", before) and not is_cjk(before[-1]):
            continue
        # 3到5天, 3 to 5 days: a range is not one figure.
        if re.search(r"\d\s?(?:[-–~～至到/:：]|to|and|or)\s?$", before):
            continue
        if before.endswith("第") or re.match(r"\s?(?:[-–~～至到/:：]|to|or)\s?\d|[A-Za-z]", after):
            continue
        # 2024年, 5月: when, not how much.
        if unit in {"年", "月"} and (unit == "月" or len(number) == 4):
            continue
        if not unit and not match["prefix"]:
            continue
        weight = {"%": 3.0, "％": 3.0, "倍": 2.5, "percent": 3.0, "x": 2.5}.get(unit.lower(), 2.0)
        weight += 0.5 if match["prefix"] else 0.0
        # 每100毫升: what something else is measured against.
        weight -= 1.5 if re.search(r"(?:每|\bper|\bevery)\s?$", before) else 0.0
        weight -= (
            1.2 if unit in {"个", "种", "次", "人"} and float(number.replace(",", "")) < 5 else 0
        )
        # A span of time is more often the condition than the point.
        weight -= 0.4 if re.match("小时|分钟|秒|天|周|hour|minute|second|day|week", unit) else 0.0
        decimals = len(number.partition(".")[2])
        figure = Figure(
            value=float(number.replace(",", "")),
            decimals=decimals,
            grouped="," in number,
            prefix=match["prefix"],
            unit=unit,
            passage=match.group().strip(),
            start=match.start(),
            end=match.end(),
        )
        if best is None or weight > best[0]:
            best = (weight, figure)
    return best[1] if best else None


_ENUM_ZH = re.compile(r"(?:第?[一二三四五六]\s?(?:是|，|、|：)|[①②③④⑤⑥]|\d[、.．)）]\s?)")
_ENUM_EN = re.compile(
    r"\b(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|finally|lastly|one|two|three)\b[,:]\s*",
    re.IGNORECASE,
)


def find_items(text: str) -> tuple[str, list[str]]:
    """A heading and the items of an enumeration; no items where there is none (2 to 6)."""
    for pattern in (_ENUM_ZH, _ENUM_EN):
        marks = list(pattern.finditer(text))
        if 2 <= len(marks) <= 6:
            ends = [mark.start() for mark in marks[1:]] + [len(text)]
            items = [_tidy(text[m.end() : e]) for m, e in zip(marks, ends, strict=True)]
            if all(items) and all(len(item) <= 60 for item in items):
                return _tidy(text[: marks[0].start()]), items
    listed = re.search(r"(?:：|:|包括|比如|例如|including|such as)\s*(.+)$", text)
    if listed:
        body = re.sub(r"(?:等等?|and so on|etc\.?)[。.]?$", "", listed.group(1).strip())
        parts = re.split(r"、|，\s?|,\s+and\s+|,\s+or\s+|,\s+|和(?=[^、，]{1,12}[。.]?$)", body)
        items = [_tidy(part) for part in parts]
        most = 12 if any(is_cjk(char) for char in text) else 32
        # Clauses after a colon are a list only where one was announced (三点：…).
        announced = re.search(r"[两三四五六几\d]\s?[点种步件个样条招类]", text[: listed.start()])
        if "、" not in body and most == 12 and not announced:
            return "", []
        if 3 <= len(items) <= 6 and all(0 < len(item) <= most for item in items):
            return _tidy(text[: listed.start()]), items
    return "", []


def _tidy(text: str) -> str:
    return text.strip().strip("，。；、：,;:").removesuffix(".").strip()


_SAID = re.compile(r"[「“\"](?P<quote>[^」”\"]{6,120})[」”\"]")
_AUTHOR = re.compile(
    r"(?P<zh>[\u4e00-\u9fff·]{2,8}?)(?:曾经?|就|也|在[^，]{1,12})?"
    r"(?:说过?|写道|认为|讲过?|指出)\s?[：:，,]?\s*$"
    r"|(?P<en>[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,3})\s(?:once\s)?"
    r"(?:said|wrote|says|writes|put it)[,:]?\s*$"
)
_AUTHOR_AFTER = re.compile(
    r"^\s*[,，]?\s*(?:——?|—|–|-|said|wrote|says)\s*(?P<who>[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,3}|[\u4e00-\u9fff·]{2,8})"
)


def find_quote(text: str) -> tuple[str, str] | None:
    """What is quoted, and who said it (may be empty); None where the quote is but a word."""
    match = _SAID.search(text)
    if not match:
        return None
    before, after = _AUTHOR.search(text[: match.start()]), _AUTHOR_AFTER.search(text[match.end() :])
    author = ""
    if before:
        author = re.sub(r"^(?:As|But|And) ", "", before["zh"] or before["en"] or "")
    elif after:
        author = after["who"]
    share = len(match["quote"]) / len(text)
    return (match["quote"], author) if author or share > 0.55 else None


_SIDES = (
    re.compile(
        r"(?:并?不是|不在于)(?P<a>[^，。；]{1,16})[，,]\s?而?(?:是|在于)(?P<b>[^，。；！]{1,16})"
    ),
    re.compile(r"(?P<a>[^，。；：]{1,14}?)[，,；]\s?而(?P<b>[^，。；]{2,16})"),
    re.compile(
        r"(?P<a>[\w\u4e00-\u9fff ]{1,18}?)\s?(?:\bvs\.?\s|\bversus\b|对比|VS)\s?"
        r"(?P<b>[^，。,.；]{1,18})",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:it's |it is )?not (?:about )?(?P<a>[^,.;]{2,30}),? "
        r"(?:but|it's|it is)(?: about)? (?P<b>[^,.;]{2,30})",
        re.IGNORECASE,
    ),
    re.compile(r"(?P<a>[^,.;]{3,36}),? (?:while|whereas) (?P<b>[^,.;]{3,36})", re.IGNORECASE),
)


@dataclass(frozen=True)
class Sides:
    """Two sides set against each other."""

    topic: str
    """What they are sides of (may be empty)."""
    first: str
    second: str
    denied: bool
    """Whether the first is said not to be so."""


def find_sides(text: str) -> Sides | None:
    """Two sides set against each other; None where there are none."""
    for number, pattern in enumerate(_SIDES):
        match = pattern.search(text)
        if match and match["a"].strip() and match["b"].strip():
            topic = clauses(text[: match.start()])[-1:] if number in (0, 3) else []
            head = re.sub(r"(?:\b(?:is|are|was|were)|’s|'s)$", "", "".join(topic).strip())
            return Sides(_tidy(head), _tidy(match["a"]), _tidy(match["b"]), number in (0, 3))
    return None
