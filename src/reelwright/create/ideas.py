"""Ideas: an article as the things that could be said, each worth something and taking some time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from reelwright.core.nouns import Language
from reelwright.create.article import Article, Block
from reelwright.create.keywords import Vector, alike, vectors
from reelwright.create.sentences import (
    announces,
    leans,
    points_back,
    size,
    split_sentences,
    trim_link,
)

_MOST = 400
"""Ideas considered; of a longer article the most central ones are."""


@dataclass(frozen=True)
class Idea:
    """One thing that could be said: a sentence, or a few that need each other."""

    index: int
    sentences: tuple[str, ...]
    section: str
    first_of: str = ""
    """``article`` or ``section`` where it opens one, else empty."""
    kind: str = "paragraph"
    opener: bool = False
    """Whether its first sentence is the heading it stands under."""
    head: str = ""
    """The counted heading (误区一 …, Myth 1 …) it stands under, which must be said before it."""
    step: int = 0
    """Its number in a numbered list, from 1; 0 where it is none."""
    follows: int | None = None
    """The idea it comes right after in the same paragraph."""
    value: float = 0.0
    vector: Vector = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All of it, for ranking."""
        return " ".join(self.sentences)


_REFERENCES = re.compile(
    r"(?:参考(?:资料|文献|来源)?|资料来源|数据来源|来源|延伸阅读|sources?|references?|bibliography|"
    r"further reading|see also|footnotes?)\s*[:：]?",
    re.IGNORECASE,
)
"""Headings of sections that are there to be looked up, not to be said."""


def gather(article: Article, language: Language) -> list[Idea]:
    """Every idea of an article, in order, not yet valued. Headings, code and pictures give none
    of their own; a heading that asks or counts is said before the first sentence below it.
    """
    ideas: list[Idea] = []
    seen_sections: set[str] = set()
    opener = head = ""
    blocks = list(article.blocks)
    skip = 0
    for at, block in enumerate(blocks):
        if skip:
            skip -= 1
            continue
        if _REFERENCES.fullmatch((block.section or block.text).strip()):
            continue
        if block.kind == "heading":
            opener = _spoken_heading(block.text, language)
            head = "" if re.search(r"[？?]$", opener) else opener
            continue
        if block.kind == "table":
            said = _rows(block, language)
        elif block.kind == "item":
            said = _item(block.text, language)
        elif block.kind in ("paragraph", "quote"):
            items = _items_after(blocks, at)
            if block.kind == "quote":
                block = block.model_copy(update={"text": _quotation(block.text, language)})
            joined = _joined_list(block.text, items, language)
            if joined:
                said, skip = joined, len(items)
            else:
                said = split_sentences(block.text, language)
                if said and re.search(r"[：:]$", said[-1]):
                    said = said[:-1] if items else [*said[:-1], said[-1][:-1] + _stop(language)]
        else:
            continue
        said = [s for s in said if not _boilerplate(s)]
        for number, sentence in enumerate(said):
            here = ""
            if not ideas:
                here = "article"
            elif block.section not in seen_sections:
                here = "section"
            seen_sections.add(block.section)
            step = 0
            if block.kind == "item" and block.ordered and block.level == 0 and number == 0:
                step = 1 + _step_before(blocks, at)
            follows = len(ideas) - 1 if number and ideas else None
            sentences = (sentence,)
            opened = bool(opener)
            if opener:
                sentences, opener = (opener, sentence), ""
            before = ideas[follows].sentences[-1] if follows is not None else ""
            if follows is not None and (leans(sentence, language) or announces(before, language)):
                last = ideas[follows]
                if len(last.sentences) < 3 and size(last.text, language) < 90:
                    ideas[follows] = replace(last, sentences=(*last.sentences, sentence))
                    continue
            ideas.append(
                Idea(
                    len(ideas),
                    sentences,
                    block.section,
                    here,
                    block.kind,
                    opened,
                    head,
                    step,
                    follows,
                )
            )
    return ideas


def _stop(language: Language) -> str:
    return "。" if language == "zh" else "."


def ended(sentence: str, language: Language) -> str:
    """A sentence with an end mark."""
    text = sentence.rstrip(" ，,、；;：:")
    return text if re.search(r"[。！？!?….][”’」』）)\"]*$", text) else text + _stop(language)


_HEAD_NUMBER = re.compile(
    r"^(?:\d{1,2}[.、)]|[一二三四五六七八九十]+、|[(（][\d一二三四五六七八九十]+[)）])\s*"
)
_COUNTED = re.compile(
    r"第[一二三四五六七八九十\d]+[步个条点招种]?[，：: ]"
    r"|(?:步骤|误区|技巧|方法|原因|秘诀)[一二三四五六七八九十\d]"
    r"|(?:Step|Tip|Myth|Rule|Reason|Mistake)s? #?\d"
)
_ZH_ASKS = re.compile(
    r"为什么|为何|怎么|怎样|如何|什么|是否|哪[些个种里家来]|从哪|([\u4e00-\u9fff])不\1|有没有|"
    r"多少|几[个种次岁]|多[久大长高远]|到底|究竟|吗$|呢$"
)
_ZH_TELLS = re.compile(
    r"什么都|怎么都|无论|不管|多少都|怎么让|就知道|告诉你|揭秘|指南|教程|攻略|大全|越来越|为什么要"
)
_EN_ASKS = re.compile(
    r"^(?:(?:why|when|where|who|"
    r"(?:what|how|which)(?: (?:much|many|long|far|often|old|fast|kind))?) )?"
    r"(?:is|are|can|could|do|does|did|should|will|would|was|were|has|have)\b",
    re.IGNORECASE,
)


def asks(text: str, language: Language) -> bool:
    """Whether a title or heading without a question mark is a question."""
    if language == "zh":
        return bool(_ZH_ASKS.search(text)) and not _ZH_TELLS.search(text)
    return bool(_EN_ASKS.match(text))


def _spoken_heading(text: str, language: Language) -> str:
    """A heading that is worth saying: a question, a myth, a step; else nothing."""
    text = _HEAD_NUMBER.sub("", text)
    if re.search(r"[？?]$", text):
        return text
    if asks(text, language) and size(text, language) >= 4:
        return text + ("？" if language == "zh" else "?")
    if _COUNTED.match(text):
        return ended(re.sub(r"[:：]\s*", "，" if language == "zh" else ": ", text), language)
    return ""


def _items_after(blocks: Sequence[Block], at: int) -> list[Block]:
    items: list[Block] = []
    for block in blocks[at + 1 :]:
        if block.kind != "item":
            break
        items.append(block)
    return items


def _step_before(blocks: Sequence[Block], at: int) -> int:
    count = 0
    for block in reversed(blocks[:at]):
        if block.kind != "item" or not block.ordered:
            break
        count += block.level == 0
    return count


def _joined_list(lead: str, items: Sequence[Block], language: Language) -> list[str]:
    """A lead-in and its short items as one sentence: 需要准备：A、B和C。"""
    if not items or not re.search(r"[：:]$", lead) or len(items) > 6:
        return []
    texts = [item.text.rstrip("。.；;，,") for item in items]
    most = 12 if language == "zh" else 6
    if any(size(text, language) > most or re.search(r"[。.：:，,]\s?\S", text) for text in texts):
        return []
    *before, last = split_sentences(lead, language)
    if language == "zh":
        # Items that list something themselves are kept apart by a stronger mark.
        nested = any("、" in text for text in texts)
        names = "、".join(texts[:-1]) + ("和" if texts[:-1] else "") + texts[-1]
        return [*before, f"{last}{'；'.join(texts) if nested else names}。"]
    names = ", ".join(texts[:-1]) + (" and " if texts[:-1] else "") + texts[-1]
    return [*before, f"{last} {names}."]


def _quotation(text: str, language: Language) -> str:
    """A quotation signed with a dash, told as somebody's words: 某某说过：“……”"""
    found = re.fullmatch(r"(.{4,90}?)\s*(?:——|—|–|--)\s*([^—–]{2,40})", text.strip(), re.DOTALL)
    if not found:
        return text
    words = found[1].strip().strip('“”"「」')
    # A year or a source after the name is for reading, not for saying.
    who = re.split(r"[，,（(《]", found[2])[0].strip().rstrip("。.")
    if not who or re.search(r"\d", who):
        return words
    return f"{who}说过：“{words}”" if language == "zh" else f"{who} said: “{words}”"


def _item(text: str, language: Language) -> list[str]:
    sentences = split_sentences(text, language)
    if len(sentences) == 1 and size(text, language) < (3 if language == "zh" else 2):
        return []
    if sentences:
        sentences[-1] = ended(sentences[-1], language)
    return sentences


def _rows(block: Block, language: Language) -> list[str]:
    """Table rows that read well: short cells with a number in them."""
    if len(block.rows) < 2 or not 2 <= len(block.rows[0]) <= 4:
        return []
    head, *rows = block.rows
    zh = language == "zh"
    said: list[str] = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        if len(cells) != len(head) or not all(cells) or any(size(c, language) > 12 for c in cells):
            continue
        if not any(re.search(r"\d", cell) for cell in cells[1:]):
            continue
        if not re.search(r"[^\W\d]", cells[0]):
            continue
        if len(cells) == 2:
            said.append(f"{cells[0]}：{cells[1]}。" if zh else f"{cells[0]}: {cells[1]}.")
        elif zh:
            parts = "，".join(f"{h}{c}" for h, c in zip(head[1:], cells[1:], strict=True))
            said.append(f"{cells[0]}，{parts}。")
        else:
            parts = ", ".join(f"{h.lower()} {c}" for h, c in zip(head[1:], cells[1:], strict=True))
            said.append(f"{cells[0]}: {parts}.")
    return said


_NOISE = re.compile(
    r"点击|扫码|关注我们|公众号|转载|版权|责任编辑|编辑[：:]|作者[：:]|来源[：:]|图片来源|图源|原文链接|"
    r"阅读原文|如图|下图|上图|见表|下表|如下所示|本文将|参考文献|参考资料|记者.{0,6}报道|"
    r"\bclick (?:here|the)|\bsubscribe\b|\bnewsletter\b|\bphoto (?:by|credit)|all rights reserved|"
    r"\b(?:see|in) (?:the )?(?:figure|table|image|screenshot)|\bas shown (?:below|above)|"
    r"\bread more\b|\bsponsored\b|\baffiliate\b|originally published",
    re.IGNORECASE,
)


def _boilerplate(sentence: str) -> bool:
    return bool(_NOISE.search(sentence)) or not re.search(r"\w\w", sentence)


# ── Worth ────────────────────────────────────────────────────────────────────────────────────────

_TURNS = {
    "zh": re.compile(r"不是.{1,20}而是|其实|并不|恰恰|反而|相反|竟然|居然|千万|误区|真相|关键|"
                     r"最重要|原来|远比|甚至|却|但|不要|别再|记住|只要|越.{1,8}越|第一|首次|最|唯一"),
    "en": re.compile(r"\b(?:not .{1,40} but|actually|in fact|but|however|instead|surprising\w*|"
                     r"myth|truth|key|most|never|only|first|best|worst|avoid|remember|despite|"
                     r"turns out|far more|more than|contrary|secret|mistake|even)\b", re.I),
}  # fmt: skip
_SUMS_UP = {
    "zh": re.compile(r"一句话|总结|结论|总之|总的来说|综上|归根结底|我的建议|记住|简单说"),
    "en": re.compile(r"\b(?:bottom line|in short|to sum up|in conclusion|the takeaway|remember|"
                     r"if you (?:only|change only|remember)|the lesson|my advice)\b", re.I),
}  # fmt: skip
_NUMBER = re.compile(r"\d|[一二三四五六七八九十百千万亿]+(?:倍|成|万|亿|分之|个|种|年|次|天)")
_NAME = re.compile(r"《[^》]+》|“[^”]+”|(?<=[a-z,] )[A-Z][a-z]+|[A-Za-z]*[A-Z]{2,}\w*")


def value(ideas: Sequence[Idea], title: str, language: Language) -> list[Idea]:
    """The ideas with what each is worth, 0 to about 2, and their vectors.

    Central ideas (TextRank over word overlap, and nearness to the title), facts (numbers, names),
    turns (其实, not … but), openings and list items are worth more; questions and scraps less.
    """
    if not ideas:
        return []
    found = vectors([title, *(idea.text for idea in ideas)], language)
    about, found = found[0], found[1:]
    chosen = list(range(len(ideas)))
    if len(ideas) > _MOST:
        middle: dict[str, float] = {}
        for vector in found:
            for key, weight in vector.items():
                middle[key] = middle.get(key, 0.0) + weight
        chosen.sort(key=lambda i: (-alike(found[i], middle) - 5 * alike(found[i], about), i))
        chosen = sorted(chosen[:_MOST])
    ranks = _text_rank([found[i] for i in chosen])
    top = max(ranks, default=1.0) or 1.0
    return [
        replace(
            ideas[i],
            value=_worth(ideas[i], rank / top, alike(found[i], about), i / len(ideas), language),
            vector=found[i],
        )
        for i, rank in zip(chosen, ranks, strict=True)
    ]


def _worth(idea: Idea, rank: float, near: float, place: float, language: Language) -> float:
    text = idea.text
    lone = len(idea.sentences) == 1
    worth = 0.7 * rank + 0.5 * near + 0.15 * (1 - place)
    worth += {"article": 0.25, "section": 0.15}.get(idea.first_of, 0.0)
    worth += 0.3 if _SUMS_UP[language].search(text) else 0.0
    worth += min(0.36, 0.2 * len(_NUMBER.findall(text)))
    worth += 0.18 if _TURNS[language].search(text) else 0.0
    worth += min(0.16, 0.08 * len(_NAME.findall(text)))
    worth += 0.15 if idea.kind == "item" and idea.step else 0.08 if idea.kind == "item" else 0.0
    worth -= 0.5 if idea.kind == "table" else 0.0
    worth -= 0.3 if lone and points_back(text, language) else 0.0
    worth -= 0.3 if lone and re.search(r"[？?][”\"]?$", text) else 0.0
    worth -= 0.35 if lone and leans(text, language) else 0.0
    worth -= 0.6 if lone and announces(text, language) else 0.0
    worth -= 0.3 if size(text, language) < (8 if language == "zh" else 5) else 0.0
    return max(0.05, worth)


def _text_rank(found: Sequence[Vector]) -> list[float]:
    many = len(found)
    links: list[list[tuple[int, float]]] = [[] for _ in range(many)]
    for a in range(many):
        for b in range(a + 1, many):
            near = alike(found[a], found[b])
            if near > 0.02:
                links[a].append((b, near))
                links[b].append((a, near))
    out = [sum(weight for _, weight in row) or 1.0 for row in links]
    ranks = [1.0 / many] * many
    for _ in range(25):
        ranks = [
            0.15 / many + 0.85 * sum(ranks[b] * weight / out[b] for b, weight in links[a])
            for a in range(many)
        ]
    return ranks


def without_echoes(ideas: Sequence[Idea], limit: float = 0.6) -> list[Idea]:
    """The ideas without those that say again what a better one says; those that half do lose worth
    (maximal marginal relevance).
    """
    best = sorted(ideas, key=lambda idea: (-idea.value, idea.index))
    kept: list[Idea] = []
    for idea in best:
        echo = max((alike(idea.vector, other.vector) for other in kept), default=0.0)
        if echo < limit:
            worth = max(0.03, idea.value - 0.6 * max(0.0, echo - 0.15))
            kept.append(replace(idea, value=worth))
    return sorted(kept, key=lambda idea: idea.index)


def bare(sentence: str, language: Language) -> str:
    """A sentence without the asides in brackets and the connective at its start."""
    text = re.sub(r"（[^（）]{1,40}）|\s?\([^()]{1,60}\)", "", sentence)
    return trim_link(text, language)
