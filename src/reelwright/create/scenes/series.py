"""Figures that can be compared: two or more of one unit, each with a name or a time.

Strict on purpose: a chart says that its figures belong together, so whatever stands between them
in the line must be read, not guessed at. What is unsure gives no chart.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reelwright.core.words import is_cjk
from reelwright.create.keywords import names
from reelwright.create.scenes.figures import TIMES, Figure, find_figures
from reelwright.create.scenes.told import EXTRA_ZH, TIME, Said, parts, read_clause, unlinked


@dataclass(frozen=True)
class Series:
    """Comparable figures."""

    items: tuple[tuple[str, float], ...]
    """Their names and values, in the order in which they are told."""
    unit: str = ""
    prefix: str = ""
    decimals: int = 0
    title: str = ""
    """What they are figures of (may be empty)."""
    time: bool = False
    """Whether the names are points in time, one after the other."""

    @property
    def whole(self) -> bool:
        """Whether they are the shares of one whole."""
        total = sum(value for _, value in self.items)
        return self.unit in PERCENT and not self.time and 98 <= total <= 102


PERCENT = frozenset({"%", "％", "percent", "per cent"})
_AFTER_EN = re.compile(
    r"^\s*(?:of (?:the )?|for |in |by |to |from |said |say |chose |choose |prefer(?:red)? |"
    r"drink |use |picked |pick )(?P<label>[\w’' -]{1,28})$",
    re.IGNORECASE,
)
_UNFIT = re.compile(
    r"^(?:先|再|然后|最后|首先|接着|第[一二三四五六\d]+步?$|如果|只要|因为|超过|不到|至少|最多|每|比)"
    r"|如果|之后|以后|之前|以前|左右$"
    r"|\bfor$|^(?:first|then|next|finally|after|before|if|when|because|at least|over|under|less|"
    r"more|every|each|per|than|(?:a|an|the)(?= )|it|they|we|you|he|she|i|another)\b",
    re.IGNORECASE,
)
_MEASURES_WORDS = """
长 宽 高 深 厚 重 身高 体重 年龄 长度 宽度 高度 重量 面积 价格 length width height weight depth age
"""
_MEASURES = frozenset(_MEASURES_WORDS.split())
"""What one thing is measured in, side by side, is no comparison."""


_DIMENSIONS = [
    re.compile(kind, re.IGNORECASE)
    for kind in (
        "分钟|小时|秒钟?|天|周|个月|年|hours?|minutes?|seconds?|days?|weeks?|months?|years?",
        "[万亿]?公?斤|[毫微千]?克|[万亿]?吨|kg|mg|g",
        "[万亿]?公里|[千厘毫]?米|km|cm|mm|m|miles?",
        "[万亿]*美?元|块钱?|[万亿]|million|billion|trillion|thousand",
        "毫?升|ml|l|杯|cups?",
        "[%％]|percent|per cent|倍|x",
    )
]
"""Units that measure the same thing."""


@lru_cache(maxsize=512)
def find_series(text: str) -> Series | None:
    """Comparable figures in a text, at most eight; None where there are fewer than two."""
    if found := _by_time_passed(text):
        return found
    clauses = parts(text)
    said = [read_clause(clause) for clause in clauses]
    best: tuple[int, int] = (0, 0)
    start = 0
    while start < len(said):
        end = start
        while end < len(said) and (one := said[end]) is not None:
            head = said[start]
            if head is None or not _alike(head, one):
                break
            end += 1
        if end - start > best[1] - best[0]:
            best = (start, end)
        start = max(end, start + 1)
    run = [one for one in said[best[0] : best[1]] if one is not None]
    if not 2 <= len(run) <= 8:
        return None
    around = [
        figure for part in clauses[: best[0]] + clauses[best[1] :] for figure in find_figures(part)
    ]
    kind = _dimension(run[0].figure.unit)
    if any(figure.prefix or _dimension(figure.unit) == kind for figure in around if figure.unit):
        # A figure of the same kind that could not be read would be missing from the chart.
        return None
    return _series(run, clauses[: best[0]])


_PASSED = re.compile(rf"(?P<lead>.{{0,8}}?)(?P<length>\d[\d.]*\s?(?:{TIMES})\w{{0,3}})")


def _by_time_passed(text: str) -> Series | None:
    """What comes of something after one time and after another: 放12小时，0.25毫克；放24小时，
    0.26毫克."""
    pieces = [piece.strip() for piece in re.split("[；;]", text.strip("。. ")) if piece.strip()]
    items: list[tuple[str, float]] = []
    figures: list[Figure] = []
    title = ""
    for piece in pieces:
        when, comma, claim = piece.partition("，" if "，" in piece else ", ")
        found = find_figures(claim)
        passed = _PASSED.fullmatch(re.sub(r"^(?:and|while|而)\s*", "", when.strip()))
        if not comma or passed is None or len(found) != 1 or not found[0].unit:
            return None
        head = claim[: found[0].start]
        if re.search(r"超过|不到|至少|最多|每$|\b(?:over|under|less|more|per)\b", head):
            return None
        chinese = any(map(is_cjk, when))
        items.append(
            (passed.group().replace(" ", "") if chinese else passed["length"], found[0].value)
        )
        figures.append(found[0])
        title = title or head.strip()
    first = figures[0] if figures else None
    if first is None or not 2 <= len(items) <= 5 or len({label for label, _ in items}) < len(items):
        return None
    if any((one.unit, one.prefix) != (first.unit, first.prefix) for one in figures):
        return None
    if re.match(TIMES, first.unit):
        return None
    decimals = max(one.decimals for one in figures)
    title = title if len(title) <= 14 and any(map(is_cjk, title)) else ""
    return Series(tuple(items), first.unit, first.prefix, decimals, title)


def _dimension(unit: str) -> str:
    for kind in _DIMENSIONS:
        if kind.fullmatch(unit):
            return kind.pattern
    return unit.lower()


def series_of_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Series | None:
    """The series that a table of two columns is: names, and figures of one unit."""
    if len(header) != 2 or not 2 <= len(rows) <= 8 or any(len(row) != 2 for row in rows):
        return None
    bracket = re.search(r"\s*[（(](?P<unit>[^（）()]{1,8})[）)]\s*$", header[1])
    figures: list[Figure] = []
    for _, cell in rows:
        found = find_figures(cell)
        if len(found) != 1 or found[0].passage != cell.strip():
            return None
        figures.append(found[0])
    first = figures[0]
    if any((f.unit, f.prefix) != (first.unit, first.prefix) for f in figures):
        return None
    labels = [row[0].strip() for row in rows]
    if not all(labels) or len(set(labels)) < len(labels):
        return None
    unit = first.unit or (bracket["unit"] if bracket else "")
    return Series(
        tuple((label, figure.value) for label, figure in zip(labels, figures, strict=True)),
        unit,
        first.prefix,
        max(figure.decimals for figure in figures),
        header[1][: bracket.start()] if bracket else header[1].strip(),
        in_time(labels),
    )


def params_of(series: Series) -> dict[str, Any]:
    """A series as the parameters of a chart."""
    return {
        "title": series.title,
        "items": [{"label": label, "value": value} for label, value in series.items],
        "unit": series.unit,
        "prefix": series.prefix,
        "decimals": series.decimals,
    }


def in_time(labels: Sequence[str]) -> bool:
    """Whether names are points in time, none before the one ahead of it."""
    if not all(TIME.fullmatch(label.strip()) for label in labels):
        return False
    years = [int(found.group()) for label in labels if (found := re.match(r"\d{4}", label))]
    return not years or (len(years) == len(labels) and years == sorted(years))


def _alike(one: Said, two: Said) -> bool:
    """Whether two clauses say figures of one kind; the second may leave the unit out."""
    if one is two:
        return bool(one.figure.unit or one.figure.prefix)
    if one.time != two.time or one.figure.prefix != two.figure.prefix:
        return False
    same = one.figure.unit.lower() == two.figure.unit.lower()
    gapped = not two.figure.unit and not two.tail
    return same or gapped


def _series(run: Sequence[Said], before: Sequence[str]) -> Series | None:
    first = run[0]
    tails = [one.tail for one in run]
    labels = [one.label for one in run]
    unit, about = first.figure.unit, ""
    if not first.time:
        labels, verb = _without_verb(labels)
        # 挡93%的紫外线，…挡97%: what all of them are shares of is said once.
        if tails[0].startswith("的") and all(tail in ("", tails[0]) for tail in tails[1:]):
            about = verb + tails[0] if verb else re.sub("^的人?", "", tails[0])
            tails = ["" for _ in tails]
    given = {tail for tail in tails if tail}
    named = False
    if not any(labels) or (not first.time and not all(labels)):
        # 40%的人选A，35%的人选B; 40% for A, 35% for B.
        labels, named = _names_after(tails), True
        if not labels:
            return None
    elif given:
        if len(given) > 1 or (tails.count("") and not (tails[0] or tails[-1])):
            return None
        # 120万辆，190万，300万: what is counted is said once. More than a word is a remark.
        tail = given.pop()
        if re.fullmatch("[以之]?[上下前后内]|左右|时|之?多", tail):
            return None
        if unit in PERCENT and any(map(is_cjk, tail)):
            # 5%出错: what it is a share of is no unit.
            about = about or tail
        elif (
            len(tails) > 2 and tails.count("") == 0 and re.fullmatch(r"[\u4e00-\u9fff]{3,6}", tail)
        ):
            # 6克蛋白质，8克蛋白质，30克蛋白质: what they all are figures of.
            before = before or [tail]
        elif _counted(tail):
            unit = f"{unit}{'' if any(is_cjk(c) for c in tail) else ' '}{tail}".strip()
        elif tails[0] == tail and len(tail) <= 6 and names(tail, "zh") and is_cjk(tail[0]):
            # 鸡胸肉31克蛋白质，豆腐8克: said once for all.
            before = before or [tail]
        elif any(is_cjk(char) for char in tail) or tails.count("") != len(tails) - 1:
            return None
    gapped = sum(not one.figure.unit for one in run)
    if not first.figure.prefix and gapped not in (0, len(run) - 1):
        return None
    if len(set(labels)) < len(labels) or not all(_fits(label) for label in labels):
        return None
    about = about if len(about) <= 14 else ""
    short = all(len(label) < 2 for label in labels) and is_cjk(labels[0][:1] or "a")
    if len(run) == 2 and short and re.match(TIMES, unit):
        return None
    time = first.time and in_time(labels)
    if first.time and not time:
        return None
    title, labels = _title(run, before, labels, named)
    title = title or about
    return Series(
        tuple((label, one.figure.value) for label, one in zip(labels, run, strict=True)),
        unit,
        first.figure.prefix,
        max(one.figure.decimals for one in run),
        title,
        time,
    )


def _without_verb(labels: Sequence[str]) -> tuple[list[str], str]:
    """Names without the verb or the article that a clause has beside them, and that verb.

    SPF15能挡 gives SPF15 and 能挡; "SPF 15 blocks", said of two or more, gives "SPF 15".
    """
    if any(is_cjk(char) for label in labels for char in label):
        bare = [_bare(label) for label in labels]
        verbs = [
            label[label.find(name) + len(name) :].strip()
            for label, name in zip(labels, bare, strict=True)
        ]
        shared = max(verbs, key=len) if all(verbs) else ""
        return bare, shared
    found = [re.sub(r"^(?:the|an?) ", "", label, flags=re.IGNORECASE) for label in labels]
    if len(set(found)) < len(found) or any(len(name.split()) > 4 for name in found):
        return list(labels), ""
    lasts = [name.split()[-1] for name in found if len(name.split()) > 1]
    for last in {word for word in lasts if lasts.count(word) > 1 and word.islower()}:
        cut = [name.removesuffix(f" {last}") for name in found]
        if (len(set(cut)) == len(cut) and last.endswith(("s", "ed"))) or last in _PLAIN_VERBS:
            return cut, ""
    return found, ""


_PLAIN_VERBS = frozenset(
    ["emit", "use", "need", "hold", "last", "block", "burn", "cost", "take", "make", "give", "lose"]
)


def _bare(label: str) -> str:
    """A Chinese name without the verbs that lead from it to its figure."""
    import rjieba

    name = label
    while name:
        words = rjieba.tag(name)
        word, tag = words[-1] if words else ("", "")
        verb = tag in ("v", "p", "d", "zg") and word not in ("运动", "跑步", "骑车", "步行", "慢跑")
        if len(words) < 2 or not verb:
            break
        name = name[: len(name) - len(word)].rstrip()
    name = re.sub(r"^在(?=[\u4e00-\u9fff]{2})", "", name)
    return re.sub(r"(?<=[\u4e00-\u9fff])[占含有为是]$", "", name) or label


def _counted(tail: str) -> bool:
    """Whether what follows a figure is what it counts (辆, cars), and no remark."""
    if re.fullmatch(r"[以之]?[上下前后]|之?多|[左右上下前后]+|more|less|each", tail):
        return False
    chinese = any(is_cjk(char) for char in tail)
    return len(tail) <= 2 if chinese else bool(re.fullmatch(r"[A-Za-z]{2,12}", tail))


def _names_after(tails: Sequence[str]) -> list[str]:
    """Names that follow their figures; none where they are not all of one pattern."""
    if all(tail.startswith("的") for tail in tails):
        names = [tail[1:] for tail in tails]
        shared = re.match(
            r"(?:人|用户|网友|家庭|受访者|消费者|学生|女性|男性|选|喝|用|喜欢)+", names[0]
        )
        if shared and all(name.startswith(shared.group()) for name in names):
            names = [name[shared.end() :] for name in names]
        return names
    found = [_AFTER_EN.match(tail) for tail in tails]
    verbs = {tail.split(maxsplit=1)[0].lower() for tail in tails if tail}
    if not all(found) or len(verbs) != 1:
        return []
    names = [one["label"].strip() for one in found if one]
    # A name much longer than the others runs on into the sentence.
    sizes = [len(name.split()) for name in names]
    return names if max(sizes) <= min(sizes) + 1 else []


def _fits(label: str) -> bool:
    if not label or label.lower() in _MEASURES:
        return False
    if not TIME.fullmatch(label) and _UNFIT.search(label):
        return False
    return len(label) <= (12 if any(is_cjk(char) for char in label) else 28)


def _title(
    run: Sequence[Said], before: Sequence[str], labels: list[str], named: bool
) -> tuple[str, list[str]]:
    """What the figures are figures of: the clause ahead, or what is said before the first."""
    first, *others = labels
    lead = before[-1] if before else ""
    # 全球份额：A 40%: what a colon parts from the first name heads them all.
    parted = re.match(r"(?P<title>.+?)\s*[：:]\s*(?P<label>[^：:]+)$", first)
    if parted and not any(re.search("[：:]", label) for label in others):
        lead, labels = parted["title"], [parted["label"], *others]
    elif (owned := re.match(r"(?P<label>[^的]+)的(?P<title>[^的]{1,10})$", first)) and not any(
        "的" in label for label in others
    ):
        # 绿茶的咖啡因是…，红茶是…
        lead, labels = owned["title"], [owned["label"], *others]
    elif run[0].time and not lead:
        lead = re.sub(r"[：:]\s*$", "", run[0].rest)
        lead = unlinked(lead)
    elif not lead and not named and (extra := EXTRA_ZH.search(f"x{run[0].rest}")):
        lead = re.sub(r"(?:了|大约|约|只|仅)+$", "", extra.group())
    lead = re.sub(
        r"^(?:其中|比如|例如|其实|数据显示|调查显示|研究显示|但|而)[，,]?", "", lead.strip()
    )
    most = 20 if any(is_cjk(char) for char in lead) else 48
    return (lead if len(lead) <= most else ""), labels
