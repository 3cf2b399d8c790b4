"""What a line says, read with regular expressions: clauses, key words, quotations, sides.

Pure text in, plain values out; the scenes decide what to draw from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from reelwright.core.nouns import Language, Line
from reelwright.create.keywords import nouns
from reelwright.create.scenes.enumerating import tidy
from reelwright.create.scenes.figures import find_figure
from reelwright.create.sentences import is_abbreviated

_CLAUSE = re.compile(r"(?<=[，。；！？：;!?])\s*|(?<=[a-z\"”’)0-9%][,.:])\s+|\s+[—–-]+\s+|——")
_WEIGHTY = re.compile(
    r"但是?|其实|关键|最|真正|必须|千万|不要|不能|不是|而是|才是|一定|绝对|只有|原来|竟然|"
    r"\b(but|actually|never|always|only|must|key|most|really|instead|best|worst|not)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"^(如果|因为|虽然|当|由于|假如|要是|只要|if|when|because|although|"
    r"while|unless|since)",
    re.IGNORECASE,
)


def clauses(text: str) -> list[str]:
    """The clauses of a sentence, each with the mark that ends it."""
    found: list[str] = []
    for part in (part.strip() for part in _CLAUSE.split(text) if part and part.strip()):
        # 12 Main St. in Austin: an abbreviation's full stop ends no clause.
        if found and is_abbreviated(found[-1]):
            found[-1] = f"{found[-1]} {part}"
        else:
            found.append(part)
    return found


_SHOWN = {"zh": 22, "en": 72}
"""Characters up to which a line is shown whole, in large letters."""
_WHOLE = {"zh": 30, "en": 84}
"""Characters up to which it is where a part of it would say something else."""
_LEANS = re.compile(
    r"^(?:比|也|都|就|才|却|还|则|而|并|再|又|不如|只有?|仅|名字|它|他|她|这|那(?!么)|其(?!实)|使|让|使得|导致|因为|以免|否则|从而|"
    r"(?:it|they|he|she|that|which|who|where|this|these|those|than|since|as|so|and|or|too|"
    r"not)\b)",
    re.IGNORECASE,
)
"""How a clause begins that says little without the one before."""
_HEARSAY = re.compile(
    r"以为|听[^，]{0,6}说|传言|据说|[都总常]说|有人说|谣传|误认为|误区|相信|\b(?:thinks?|believes?|says?|"
    r"claims?|heard|told|supposedly|myth)\b",
    re.IGNORECASE,
)
"""What comes after is said by others, and may be wrong."""
_TOLD = re.compile(
    r"(?:宣布|认为|表示|显示|介绍|发现|提醒|指出|相比|来看|前后|也就是说|对比|建议是|found|says|said)[，,:：]?$"
    r"|[时后前][，,]$|的人[，,]$|[：:]$|^(?:in|on|at|by|for|from) .{0,24}$"
)
"""How a clause ends that only leads to another."""


def essence(text: str, language: Language, keep: tuple[str, ...] = ()) -> str:
    """What to show of a line: all of a short one, the weightiest clause of a long one.

    A clause stands for the line only if it can stand alone (four characters or three words), never
    as the bare condition of another, and never where only others say so.
    """
    text = text.strip()
    if len(text) > _SHOWN[language]:
        part = _shortened(text, language, keep)
        # That is why …: a line's own first word is part of it.
        text = part if part[:4] == text[:4] and part[:4] == "That" else _LINK.sub("", part)
    return text[:1].upper() + text[1:]


_ENDS = "。！？!?.；;"
_LINK = re.compile(
    r"^(?:但是|但|可是|不过|而且|所以|因此|并且|also |and |but |so |because |that )[，,]?\s*",
    re.IGNORECASE,
)


def _shortened(text: str, language: Language, keep: tuple[str, ...]) -> str:
    found = clauses(text)
    heard = _HEARSAY.search(text) is not None
    if len(found) < 2 or (heard and len(text) <= _WHOLE[language]):
        return text

    def weight(at: int) -> float:
        clause = found[at]
        own = 0.8 if any(word in clause for word in keep) else 0.0
        own += 0.6 if _WEIGHTY.search(clause) else 0.0
        own += 0.3 if re.search(r"\d", clause) else 0.0
        own -= 0.8 if _CONDITION.match(clause) else 0.0
        own -= 1.5 if _TOLD.search(clause) else 0.0
        own += 0.25 if at + 1 == len(found) or clause[-1] in _ENDS else 0.0
        own -= 0.4 if at and _LEANS.match(clause) else 0.0
        # What others say is not what the line says.
        if at and _HEARSAY.search(found[at - 1]) and not re.match("其实|但|不过|but", clause, re.I):
            own -= 1.5
        size = len(clause) if language == "zh" else len(clause) / 2.9
        return own - (1.0 if size < 5 else 0.0) - max(0.0, size - 22) / 20

    best = max(range(len(found)), key=lambda at: (weight(at), at))
    joiner = "" if language == "zh" else " "
    # A neighbour that still fits makes the thought rounder; one that is leaned on must be there.
    most, whole = _SHOWN[language], _WHOLE[language]
    after = best + 1 < len(found) and found[best][-1] not in _ENDS
    near = [(best - 1, whole if best and _LEANS.match(found[best]) else most)]
    near.append((best + 1, whole if after and _LEANS.match(found[best + 1]) else most + 6 * after))
    for other, limit in sorted(near, key=lambda each: -each[1]):
        if 0 <= other < len(found):
            both = joiner.join(found[min(best, other) : max(best, other) + 1])
            if len(both) <= limit:
                return both
    return found[best]


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
    # A word that names nothing is no word to mark: better none.
    return tuple(nouns(line.say, language)[:1])


_SAID = re.compile(r"[「“\"](?P<quote>[^」”\"]{6,120})[」”\"]")
_AUTHOR = re.compile(
    r"(?P<zh>[\u4e00-\u9fff·]{2,8}?)(?:曾经?|就|也|在[^，]{1,12})?"
    r"(?:说过?|写道|认为|讲过?|指出)\s?[：:，,]?\s*$"
    r"|(?P<en>[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,3})\s(?:once\s)?"
    r"(?:said|wrote|says|writes|put it)[,:]?\s*$"
)
_AUTHOR_AFTER = re.compile(
    r"^\s*(?P<en>[A-Z][\w.]+(?:\s[A-Z][\w.]+){0,3})\s(?:once )?(?:said|wrote|says|writes)\b|"
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
        author = after["who"] or after["en"]
    share = len(match["quote"]) / len(text)
    quote = match["quote"].rstrip(",，")
    return (quote, author) if author or share > 0.55 else None


_SIDES = (
    re.compile(
        r"(?:并?不是|不在于)(?P<a>[^，。；]{1,16})[，,]\s?而?(?:是|在于)(?P<b>[^，。；！]{1,16})"
    ),
    re.compile(r"(?P<a>[^，。；：]{1,14}?)[，,；]\s?而(?P<b>[^，。；]{2,16})"),
    re.compile(
        r"(?P<a>[\w\u4e00-\u9fff ]{1,18}?)\s?(?:\bvs\.?\s|\bversus\b|对比|VS)\s?"
        r"(?P<b>[^，。：？！,.:;?!；]{1,18})",
        re.IGNORECASE,
    ),
    re.compile(
        r"(?:\b(?:it[’']s|is|are|was|were)\s|[’']s\s)not (?:about )?(?P<a>[^,.;]{2,30}),? "
        r"(?:but|it's|it is)(?: about)? (?P<b>[^,.;]{2,30})",
        re.IGNORECASE,
    ),
    # Without a comma before it, "while" tells of time.
    re.compile(r"(?P<a>[^,.;]{3,36})(?:, while|,? whereas) (?P<b>[^,.;]{3,36})", re.IGNORECASE),
)
_THAN = (
    re.compile(
        r"^(?P<a>[\u4e00-\u9fffA-Za-z]{1,6})比(?P<b>[\u4e00-\u9fffA-Za-z]{1,6}?)"
        r"(?P<how>(?:更|还|要|还要)[^，。？！吗呢]{1,7})[。！]?$"
    ),
    re.compile(
        r"^(?P<a>[\w ’'-]{2,22}?) (?:is|are|was|were) (?P<how>(?:\w+er|more \w+|less \w+|worse))"
        r" than (?P<b>[\w ’'-]{2,22})[.!]?$",
        re.IGNORECASE,
    ),
)


@dataclass(frozen=True)
class Sides:
    """Two sides set against each other."""

    topic: str
    """What they are sides of (may be empty)."""
    first: str
    second: str
    denied: bool = False
    """Whether the first is said not to be so."""
    best: int = 0
    """Which of them comes off better, 1 or 2; 0 for neither."""


def find_sides(text: str) -> Sides | None:
    """Two sides set against each other; None where there are none."""
    for pattern in _THAN:
        match = pattern.search(text.strip())
        if match and tidy(match["a"]) and tidy(match["b"]):
            return Sides(tidy(match["how"]), tidy(match["a"]), tidy(match["b"]), best=1)
    for number, pattern in enumerate(_SIDES):
        match = pattern.search(text)
        if match and tidy(match["a"]) and tidy(match["b"]):
            found = clauses(text[: match.start()]) if number in (0, 3) else []
            # 隔夜茶能不能喝，看的不是…: what stands right before may say nothing by itself.
            while len(found) > 1 and re.fullmatch(r"\W*|.{0,3}的|关键|重点", found[-1]):
                found.pop()
            topic = found[-1:]
            head = re.sub(r"(?:\b(?:is|are|was|were)|’s|'s)$", "", "".join(topic).strip())
            verdict = (True, 2) if number in (0, 3) else (False, 0)
            return Sides(tidy(head), tidy(match["a"]), tidy(match["b"]), *verdict)
    return None
