"""Enumerations in a line: parallel items, and nothing that is not one.

A wrong list is worse than none: a conclusion that follows the last item, or clauses that only
happen to be parted by commas, make no item. What is unsure stays a sentence.
"""

from __future__ import annotations

import re

from reelwright.core.words import is_cjk

_ENUM_ZH = re.compile(
    r"(?:(?:(?<![\u4e00-\u9fff])|第)[一二三四五六](?:是|，|、|：)|[①②③④⑤⑥]|(?<![\d.])\d[、.．)）](?!\d)\s?)"
)
_ENUM_EN = re.compile(
    r"\b(?:first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|finally|lastly|one|two|three)\b[,:]\s*",
    re.IGNORECASE,
)
_OPENED = re.compile(
    r"(?:：|:|包括|包含|分别是|比如说?|例如|譬如|\bincluding\b|\bsuch as\b)\s*(?P<body>.+)$",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"(?P<zh>[两二三四五六几])\s?(?:大|个|类|种|点|步|件|样|条|招|项|方面|误区)"
    r"|\b(?P<en>two|three|four|five|six)\b",
    re.IGNORECASE,
)
_COUNTS = {
    "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6,
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
}  # fmt: skip
_CLAUSE_EN = re.compile(
    r"(?:if|when|because|although|it|it's|they|you|we|he|she|i|but|so|which|that|this|there|don't|"
    r"never|including|such)\b",
    re.IGNORECASE,
)


def find_items(text: str) -> tuple[str, list[str]]:
    """A heading and the items of an enumeration; no items where there is none (2 to 6)."""
    for pattern in (_ENUM_ZH, _ENUM_EN):
        marks = list(pattern.finditer(text))
        if 2 <= len(marks) <= 6:
            ends = [mark.start() for mark in marks[1:]] + [len(text)]
            items = [tidy(text[m.end() : e]) for m, e in zip(marks, ends, strict=True)]
            if all(items) and all(len(item) <= 60 for item in items):
                return tidy(text[: marks[0].start()]), items
    opened = _OPENED.search(text)
    if not opened:
        return "", []
    title, body = text[: opened.start()], opened["body"].strip()
    count = _COUNT.search(title)
    announced = _COUNTS.get((count["zh"] or count["en"]).lower(), 0) if count else 0
    chinese = any(is_cjk(char) for char in text)
    items = _chinese(body, announced, bool(count)) if chinese else _english(body, bool(count))
    least = 2 if announced == 2 else 3
    return (tidy(title), items) if least <= len(items) <= 6 else ("", [])


def _chinese(body: str, announced: int, counted: bool) -> list[str]:
    """Items joined by 、; or by commas where their number was announced and is right."""
    body = re.split(r"[。！？!?；;]", body)[0]
    if "、" in body:
        # What follows a comma after the last 、 says something about the items.
        last = body.rindex("、")
        body = body[: last + 1] + re.split(r"[，,]", body[last + 1 :])[0]
        # But a comma between them says that they are no row of equals.
        if "，" in body:
            return []
        items = re.split(r"、|(?:以及|还有|和|与|及)(?=[^、]{1,12}$)", body)
    else:
        items = re.split(r"[，,]", body)
        if not counted or (announced and len(items) != announced):
            return []
    items = [tidy(re.sub(r"(?:等等?|之类)$", "", tidy(item))) for item in items]
    sizes = [len(item) for item in items]
    alike = len({item[:1] for item in items}) == 1 or len({item[-1:] for item in items}) == 1
    if min(sizes) < 1 or max(sizes) > (14 if alike or counted else 12):
        return []
    return items if alike or counted or max(sizes) <= max(6, 3 * min(sizes)) else []


def _english(body: str, counted: bool) -> list[str]:
    """Items parted by commas, the last after ``and`` or ``or``."""
    body = re.split(r"(?<=[a-z0-9)])[.!?;](?:\s|$)|\s[—–-]+\s|—", body)[0]
    body = re.sub(r",?\s+(?:and so on|etc\.?)$", "", body)
    *most, end = re.split(r",\s+", body)
    joined = re.match(r"(?:and|or)\s+(?P<last>.+)$", end)
    if joined:
        items = [*most, joined["last"]]
    elif " and " in end or " or " in end:
        items = [*most, *re.split(r"\s+(?:and|or)\s+", end, maxsplit=1)]
    elif counted:
        items = [*most, end]
    else:
        return []
    items = [tidy(item) for item in items]
    # An item that is a clause of its own is an item only where items were counted.
    clause = any(_CLAUSE_EN.match(item) for item in items)
    if any(not item or len(item) > 32 for item in items) or (clause and not counted):
        return []
    return items


def tidy(text: str) -> str:
    """A phrase without the marks around it."""
    return text.strip().strip("，。；、：,;:").removesuffix(".").strip()


_ROW_ZH = re.compile(
    r"^(?P<before>[^、]{0,12}?)(?P<row>[\w\u4e00-\u9fff]{1,6}(?:、[\w\u4e00-\u9fff]{1,6}){2,5}"
    r"(?:(?:和|与|以及|还有)[\w\u4e00-\u9fff]{1,6}?)?)(?P<more>等[^，]{0,4})?[，,]?"
    r"(?P<said>(?:都|全|也都|一样|各有|均|样样|缺一不可|同时)[^、]{0,24})$"
)
_ROW_EN = re.compile(
    r"^(?P<row>(?:[\w'’-]+(?: [\w'’-]+)?, ){1,5}(?:[\w'’-]+(?: [\w'’-]+)? )?(?:and|or) "
    r"[\w'’-]+(?: [\w'’-]+)?) "
    r"(?P<said>(?:all|are|each|have|need|contain|come|make|keep|help|can)\b.{3,70})$"
)


def find_row(text: str) -> tuple[tuple[str, ...], str]:
    """Three things or more named in a row, and what is said of all of them; nothing if there is
    no such row."""
    bare = text.strip().rstrip("。.！!")
    match = _ROW_ZH.match(bare)
    if match and not match["before"]:
        items = re.split(r"、|和|与|以及|还有", match["row"])
        if max(map(len, items)) <= 6 and not re.search(r"[的了是]", match["row"]):
            return tuple(items), match["said"].strip()
    match = _ROW_EN.match(bare)
    if match:
        items = re.split(r", (?:and |or )?", match["row"])
        items = [item for each in items for item in re.split(r" (?:and|or) ", each)]
        if len(items) > 2 and not any(_CLAUSE_EN.match(item) for item in items):
            return tuple(tidy(item) for item in items), match["said"].strip()
    return (), ""
