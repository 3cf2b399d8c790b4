"""A clause and its one figure: what it names, when, and what is said around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reelwright.create.scenes.figures import Figure, find_figures
from reelwright.create.words import is_cjk, segment

_ZH_NUMERAL = "[一二三四五六七八九十]{1,3}"
_MONTH = (
    "(?:January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)"
)
TIME = re.compile(
    rf"(?:[12]\d{{3}}|\d{{2}})年(?:\d{{1,2}}月份?|[上下]半年|第?[一二三四]季度)?(?!前|后|内|间|来)"
    rf"|\d{{1,2}}月份?|第?[一二三四1-4]季度|第(?:{_ZH_NUMERAL}|\d{{1,2}})[天周年月]"
    rf"|第(?:{_ZH_NUMERAL}|\d{{1,2}})个[月]|周[一二三四五六日]|星期[一二三四五六日]"
    r"|[去今明前]年|上半年|下半年|[上这本]个?月|昨天|今天|明天"
    r"|(?<![\d$€£¥.,])(?:19|20)\d{2}s?(?![\d,.]\d|\s?(?:%|km|kg|people))|\bQ[1-4]\b"
    rf"|\b{_MONTH}(?![a-z])|\b(?:day|week|month|year) \d{{1,2}}\b"
    r"|\b(?:last|this|next) (?:year|month)\b",
    re.IGNORECASE,
)
_LEADS_TIME = re.compile(r"(?:\b(?:in|by|during|on|at|for|since)|到了?|在|而)\s*$", re.IGNORECASE)
_MARK = re.compile(r"[，、；;。！!？?…]|[,.](?=\s|$)")
_AND = re.compile(r"\s+(?:and|while|whereas|but)\s+|而|和|与", re.IGNORECASE)
_JOINED = re.compile(r"^(?:and|while|but|with|then|而|和|与|其中|另外|还有)\s*", re.IGNORECASE)
_LINKS_ZH_WORDS = """
卖出 卖了 卖掉 卖到 卖 售出 销售 是 为 有 占 占比 达 达到 到 约 大约 大概 差不多 含 含有 只 只有 仅
仅有 高达 接近 将近 近 超过 耗时 消耗 花 花费 需 需要 要 只要 能 可以 可达 则 就 也 却 才 了 的 在
共 总共 一共 升到 升至 涨到 涨至 增长 增至 降到 降至 跌到 跌至 变成 生产 产出 吃 吃掉 喝 睡 用 用时
跑 贡献 得 拿 拿到 获得 买 买到 至 出 掉
"""
_LINKS_ZH = frozenset(_LINKS_ZH_WORDS.split())
"""Words that lead from a name to its figure."""
EXTRA_ZH = re.compile(r"(?<=[\w])(?:每|平均|人均|通常|一年|一天|一般)[^，]*$")
_LINK_EN = re.compile(
    r"(?:\s|[:=(]|\b(?:is|are|was|were|has|have|had|at|about|around|roughly|only|just|nearly|almost|"
    r"sold|sells?|made|makes?|reached|hit|burns?|contains?|takes?|took|costs?|gets?|got|uses?|used|"
    r"lasts?|lasted|emits?|emitted|needs?|needed|"
    r"holds?|with|to|it|we|they|of|up|came|scored|scores?|earned|earns?|rose|grew|fell)\b)+$",
    re.IGNORECASE,
)
_PER = re.compile(r"每\d+\s?(?:千克|毫克|克|公斤|斤|毫升|升|公里|千米|米|小时|分钟|天)")
"""每100克: what all are measured against, no figure of its own."""
_NAME = re.compile(r"[A-Za-z][A-Za-z-]*[ -]?\d+(?![\d.,%])")


@dataclass(frozen=True)
class Said:
    """A clause with one figure: what it names, and what is left around it."""

    label: str
    time: bool
    figure: Figure
    tail: str
    rest: str


def parts(text: str) -> list[str]:
    """A text in clauses, those with two figures parted again where an "and" joins them."""
    found: list[str] = []
    marked = (piece for part in _MARK.split(text) for piece in _past_colon(part))
    for part in marked:
        halves = [part]
        if len(find_figures(TIME.sub("", part))) > 1:
            halves = _AND.split(part)
        found += [half.strip() for half in halves if half.strip()]
    return found


def _past_colon(part: str) -> list[str]:
    """每100毫升含量：龙井0.25毫克: a figure ahead of a colon is not one of those behind it."""
    ahead, colon, behind = part.partition("：" if "：" in part else ":")
    return [ahead, behind] if colon and find_figures(ahead) and find_figures(behind) else [part]


def read_clause(part: str) -> Said | None:
    """A clause that names one thing and its figure; None for any other."""
    part = _JOINED.sub("", part.strip().rstrip(")）"))
    times = list(TIME.finditer(part))
    rest = part
    if len(times) == 1:
        before, after = part[: times[0].start()], part[times[0].end() :]
        before = _LEADS_TIME.sub("", before)
        rest = f"{before}\0{after}"
    elif times:
        return None
    rest = _PER.sub(lambda found: "\0" * len(found[0]), rest)
    figures = find_figures(rest)
    figures = [each for each in figures if each.unit or each.prefix] or figures
    named = len(figures) == 2 and _names(rest, figures)
    if len(figures) != 1 and not named:
        return None
    figure = figures[-1]
    # iPhone 15, Type-2: the figure of a name is part of it.
    others = _NAME.sub("", rest[: figure.start]) + rest[figure.end :]
    if re.search(r"\d", others) and not named:
        return None
    if re.search(r"[-−+~～]\s?$|负$", rest[: figure.start]):
        return None
    head, tail = rest[: figure.start].replace("\0", " "), rest[figure.end :].replace("\0", " ")
    tail = re.sub(r"^(?:左右)?\s*|\s+$", "", tail)
    if times:
        return Said(times[0].group().strip(), True, figure, tail, head.strip())
    own, left = _label(head)
    return Said(own, False, figure, tail, left)


def _names(text: str, figures: Sequence[Figure]) -> bool:
    """Whether the first of two figures is part of a name: 睡7小时的人只有5%."""
    first, second = figures
    between = text[first.end : second.start]
    return first.unit != second.unit and bool(re.match(r"的[人\u4e00-\u9fff]|者", between))


def _label(head: str) -> tuple[str, str]:
    """What stands before a figure as a name, and the verb and measure that were left out of it."""
    head = head.strip()
    chinese = any(is_cjk(char) for char in head)
    bare = unlinked(head)
    if chinese:
        bare = EXTRA_ZH.sub("", bare).strip() or bare
    return bare.strip(" “”\"'"), head[len(bare) :].strip(" ：:")


def unlinked(head: str) -> str:
    """What stands before a figure, without the verb that leads to it."""
    if not any(is_cjk(char) for char in head):
        return _LINK_EN.sub("", head).strip()
    words = segment(head, "zh")
    while words and (words[-1].strip(" ：:") in _LINKS_ZH or not words[-1].strip(" ：:")):
        words.pop()
    return "".join(words).strip(" ：:")
