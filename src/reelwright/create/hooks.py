"""The first line and the last: a hook out of the article's own words, and a call to action."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from reelwright.core.nouns import Language
from reelwright.create.article import Article
from reelwright.create.ideas import Idea, asks, bare, ended
from reelwright.create.keywords import names
from reelwright.create.language import in_the_form_of
from reelwright.create.sentences import announces, leans, points_back, size

HOOK_LIMIT: dict[Language, int] = {"zh": 26, "en": 14}


@dataclass(frozen=True)
class Hook:
    """A first line, how good it is, and the idea it was taken from (if from one)."""

    text: str
    score: float
    idea: int | None = None


def hooks(
    article: Article, ideas: Sequence[Idea], key: Sequence[str], language: Language
) -> list[Hook]:
    """First lines to choose from, best first; never empty, nothing in them that is not in the
    article: its title, a question of it, or a short striking sentence of it.
    """
    found: list[Hook] = []
    title = _line_of_title(article.title, language)
    if title:
        question = bool(re.search(r"[？?]$", title))
        number = bool(re.search(r"\d", title))
        found.append(Hook(title, 2.9 if question else 2.3 + 0.4 * number))
    for block in article.blocks:
        if block.kind == "heading" and re.search(r"[？?]$", block.text):
            text = re.sub(r"^[\d一二三四五六七八九十]+[.、)]\s*", "", block.text)
            if _fits(text, language) and not leans(text, language):
                found.append(Hook(text, 1.6))
    for idea in ideas:
        text = bare(idea.sentences[0], language)
        if (
            len(idea.sentences) > 1
            or not _fits(text, language)
            or leans(text, language)
            or points_back(text, language)
            or announces(text, language)
            or idea.step
        ):
            continue
        if idea.kind == "table" or re.search(r"[：:]", text):
            continue
        score = 1.0 + 0.5 * idea.value
        question = bool(re.search(r"[？?]", text))
        score += 1.3 if question else 0.0
        score += 0.5 if re.search(r"\d", text) else 0.0
        score += 0.35 if _STRIKES[language].search(text) else 0.0
        score += 0.25 if idea.first_of == "article" else 0.0
        score -= 0.4 if not any(word.lower() in text.lower() for word in key[:3]) else 0.0
        score -= 0.3 if idea.kind == "item" else 0.0
        found.append(Hook(ended(text, language), score, idea.index))
    if not found:
        # Only what names something can be looked into.
        name = next((word for word in key[:4] if names(word.split()[-1], language)), "")
        if language == "zh":
            text = "关于{}，有几件事值得知道。" if name else "这几点，值得你知道。"
            text = in_the_form_of(article.title + "".join(key), text).format(name)
        else:
            text = f"Here is what to know about {name}." if name else "Here is what to know."
        found.append(Hook(text, 0.5))
    return sorted(found, key=lambda hook: (-hook.score, len(hook.text), hook.text))


_STRIKES = {
    "zh": re.compile(
        r"不是.{1,12}而是|其实|竟然|居然|千万|误区|真相|从来|永远|第一|首次|最|别再|不要|没有|只"
    ),
    "en": re.compile(r"\b(?:never|actually|most|myth|truth|secret|wrong|mistake|first|only|"
                     r"worst|best|nobody|everyone|every|no one|stop)\b", re.IGNORECASE),
}  # fmt: skip


def _fits(text: str, language: Language) -> bool:
    return (
        (6 if language == "zh" else 4)
        <= size(text, language)
        <= HOOK_LIMIT[language] - 2 * (language == "zh")
    )


def _line_of_title(title: str, language: Language) -> str:
    """A title as a sentence one can say; empty where it is too long or too thin."""
    text = re.sub(r"^【[^】]*】\s*|\s*[|｜_].*$", "", title).strip()
    if not text:
        return ""
    if size(text, language) > HOOK_LIMIT[language]:
        parts = re.split(
            r"[：:—–|！!。？?；;]+\s*|\s[-–—]\s" + (r"|[，,]" if language == "zh" else ""), text
        )
        fits = [p.strip() for p in parts if p and _fits(p.strip(), language)]
        if not fits:
            return ""
        text = max(
            fits, key=lambda p: (asks(p, language), bool(re.search(r"\d", p)), size(p, language))
        )
        if re.search(re.escape(text) + r"\s?[？?]", title):
            text += "？" if language == "zh" else "?"
    if size(text, language) < (4 if language == "zh" else 3):
        return ""
    if re.search(r"[？?！!。.]$", text):
        return text
    if language == "zh":
        text = re.sub(r"[:：]\s*", "，", text)
        return text + ("？" if asks(text, language) else "。")
    how = re.match(r"how to\b", text, re.IGNORECASE)
    if how:
        return f"Here is how to{_lower_words(text[how.end() :])}."
    if re.match(r"(?:why|what|how|when|where) ", text, re.IGNORECASE) and not asks(text, language):
        return f"Here is {text[0].lower()}{_lower_words(text[1:])}."
    return _lower_words(text) + ("?" if asks(text, language) else ".")


def _lower_words(text: str) -> str:
    """Title Case as a sentence is written, where nearly all words are capitalised."""
    words = re.findall(r"[A-Za-z][\w'’]*", text)
    capital = [w for w in words if w[0].isupper()]
    if len(words) < 4 or len(capital) < 0.6 * len(words):
        return text
    start = 0 if text[0].isalpha() else -1

    def lower(match: re.Match[str]) -> str:
        word = match.group()
        plain = word[1:].islower() or len(word) == 1
        keep = match.start() == start or not plain or word == "I"
        return word if keep else word.lower()

    return re.sub(r"[A-Za-z][\w'’]*", lower, text)


_CALLS: dict[Language, tuple[str, ...]] = {
    "zh": (
        "你怎么看？评论区聊聊。",
        "觉得有用，就点个赞再走。",
        "先收藏，需要的时候翻出来看。",
        "把它转给需要的人吧。",
        "还想了解什么？评论区告诉我。",
        "觉得有用就收藏起来，也转给身边的朋友。",
        "点个关注，下期继续聊。",
    ),
    "en": (
        "What do you think? Tell me in the comments.",
        "Save this for later.",
        "If this helped, give it a like.",
        "Share it with someone who needs it.",
        "Follow for more like this.",
        "Save this, and send it to a friend who should know.",
        "Got a question? Ask it in the comments.",
    ),
}
_CHANNEL_CALLS: dict[Language, tuple[str, ...]] = {
    "zh": ("关注{}，下期见。", "想看更多，就关注{}。", "我是{}，觉得有用就点个关注。"),
    "en": (
        "Follow {} for more.",
        "For more like this, follow {}.",
        "This was {}. See you next time.",
    ),
}


def calls(language: Language, channel: str, call: str, seed: int, sample: str = "") -> list[str]:
    """Calls to action, the seed's choice first; only `call` where one is given.

    Written in Traditional characters where `sample`, the text, is.
    """
    if call.strip():
        return [call.strip()]
    texts = _CHANNEL_CALLS[language] if channel else _CALLS[language]
    ready = [in_the_form_of(sample, text).format(channel) for text in texts]
    Random(seed).shuffle(ready)
    return ready
