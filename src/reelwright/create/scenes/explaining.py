"""What a line explains: a term and its meaning, a question and its answer.

A wrong definition is worse than none: a term must look like a name, and what follows like a
meaning. What is unsure stays a sentence.
"""

from __future__ import annotations

import re

from reelwright.core.nouns import Language
from reelwright.create.scenes.enumerating import tidy
from reelwright.create.words import is_cjk, segment

_QUOTED = r"[“「『\"《]?"
_UNQUOTED = r"[”」』\"》]?"
_DEFINED_ZH = (
    re.compile(
        rf"^(?P<so>所谓的?)?{_QUOTED}(?P<term>[\w\u4e00-\u9fff·\-+ ]{{2,14}}?){_UNQUOTED}[，,]?\s?"
        r"(?:简单来?说|通俗地?来?说|其实|说白了)?[，,]?\s?(?:也)?"
        r"(?P<verb>是指|指的就?是|指的|说的就?是|的意思就?是|意思就?是|其实就是|就是指|就是|是一[种类门]|是把|是用)"
        r"(?P<meaning>[^？?]{4,60}?)[。！!]?$"
    ),
)
_CALLED_ZH = re.compile(
    r"^(?P<meaning>[^？?]{4,48}?)[，,]?(?:也)?(?:就|被|又)?(?:叫做|叫作|叫|称为|称作|称之为|被称为)"
    rf"{_QUOTED}(?P<term>[\w\u4e00-\u9fff·\-+]{{2,10}}?){_UNQUOTED}[。！!]?$"
)
_NO_TERM_ZH = re.compile(
    r"[这那我你他她它们的了着过么哪谁吗呢很最更太也都不没别要会能可应该]"
    r"|^(?:关键|重点|真相|问题|原因|目的|结果|结论|答案|方法|办法|意思|前提|本质|区别|好处|坏处|"
    r"其实|也|但|而|所以|因此|如果|只要|记住|第[一二三四五]|[一两二三四五六七八九十]|首先|其次|最后|"
    r"今天|现在|人们|大家|有|看|喝|吃|做|说|是)"
    r"|(?:是|说|看|做)$"
)
_TERM_EN = r"(?:(?:An?|The)\s)?[“\"]?(?P<term>[\w][\w’'\-+. ]{1,30}?)[”\"]?"
_DEFINED_EN = (
    re.compile(
        rf"^{_TERM_EN},?\s(?P<verb>means|refers to|is defined as|is the term for|is short for|"
        r"stands for|is when|is the (?:practice|process|art|act|habit|science|study|name) "
        r"(?:of|for))"
        r"\s(?P<meaning>[^?]{8,110}?)[.!]?$",
        re.IGNORECASE,
    ),
)
_CALLED_EN = re.compile(
    r"^(?P<meaning>[^?]{10,100}?),?\s(?:is|are|was|were)\s(?:also\s)?(?:called|known as|named)\s"
    r"(?:an?\s|the\s)?[“\"]?(?P<term>[\w][\w’'\-+ ]{1,30}?)[”\"]?[.!]?$",
    re.IGNORECASE,
)
_NO_TERM_EN = re.compile(
    r"^(?:it|this|that|which|what|he|she|they|we|you|i|there|here|the (?:answer|key|point|problem|"
    r"reason|result|truth|trick|rest)|more|less|fewer|no|not|better|having|being|doing|using|"
    r"eating|drinking|getting|if|when|but|so|and|because|most|some|many|all|every|one|two|"
    r"freshly|being|none|nothing|everyone)\b",
    re.IGNORECASE,
)
_PREDICATE_EN = re.compile(
    r"\b(?:is|are|was|were|has|have|will|can|does|do|did|not|only|just|always|never|often)\b", re.I
)


def find_definition(text: str, language: Language) -> tuple[str, str] | None:
    """A term and what it means; None where the line defines nothing."""
    text = text.strip()
    patterns, none = (_DEFINED_ZH, _NO_TERM_ZH) if language == "zh" else (_DEFINED_EN, _NO_TERM_EN)
    for pattern in patterns:
        match = pattern.match(text)
        if not match:
            continue
        term, meaning = tidy(match["term"]), tidy(match["meaning"])
        quoted = text[:3].lstrip("所谓的")[:1] in '“「『"《'
        sure = quoted or (language == "zh" and bool(match["so"]))
        if not _is_term(term, language, none, sure):
            continue
        if language == "zh":
            if match["verb"] in ("就是", "其实就是") and not (sure or _names_kind(meaning)):
                continue
            lead = re.match(r"是(一[种类门]|把|用)", match["verb"])
            meaning = (lead[1] if lead else "") + meaning
        else:
            lead = re.match(r"is (the .* (?:of|for))", match["verb"], re.IGNORECASE)
            meaning = f"{lead[1]} {meaning}" if lead and " term " not in lead[1] else meaning
            if len(meaning.split()) < 3:
                continue
        return term, meaning
    called = (_CALLED_ZH if language == "zh" else _CALLED_EN).match(text)
    if called:
        term, meaning = tidy(called["term"]), tidy(called["meaning"])
        if language == "zh":
            meaning = tidy(re.sub(r"^(?:人们|我们|大家)?(?:通常|一般|常)?[把将]", "", meaning))
            meaning = re.sub(r"(?:人们|我们|大家)?(?:通常|一般|常)?[把将]?[它这]们?$", "", meaning)
            meaning = tidy(meaning)
        plain = re.fullmatch(r"(?:what|it|this|that|he|she|they)\b.*|[这那它他她].{0,3}", meaning)
        if _is_term(term, language, none, False) and len(meaning) >= 4 and not plain:
            return term, meaning
    return None


def _is_term(term: str, language: Language, none: re.Pattern[str], sure: bool) -> bool:
    if language == "zh" and any(is_cjk(char) for char in term):
        words = segment(term, language)
        return 2 <= len(term) <= 10 and (sure or (not none.search(term) and len(words) <= 3))
    if none.match(term) or _PREDICATE_EN.search(term):
        return False
    return 1 <= len(term.split()) <= 4


def _names_kind(meaning: str) -> bool:
    """Whether a meaning begins as one does (一种…, 把…, 用…) or ends in a noun after 的."""
    return bool(re.match(r"(?:一[种类个门]|指|把|将|用|由|通过|在|给|让)", meaning)) or bool(
        re.search(r"的(?!时候|话|人$)[\u4e00-\u9fff]{1,5}$", meaning)
    )


_ASKED = re.compile(r"^(?P<question>[^？?。！!]{3,60}[？?][”」]?)\s?(?P<answer>.*)$")


def find_question(text: str) -> tuple[str, str] | None:
    """A question and the answer that follows it in the line (may be empty); None without one."""
    match = _ASKED.match(text.strip())
    if not match:
        return None
    question, answer = match["question"].strip(), match["answer"].strip()
    if re.search(r"[？?]", answer) or (answer and len(answer) < 2):
        return None
    return question, tidy(answer).rstrip("。.")
