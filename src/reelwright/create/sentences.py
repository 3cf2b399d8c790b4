"""Sentences: where they end, where a long one may be broken, which words lean on the one before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from reelwright.core.nouns import Language
from reelwright.create.reading.tables import split_words
from reelwright.create.words import is_cjk, segment

LIMIT: dict[Language, int] = {"zh": 36, "en": 22}
"""Longest line: Chinese characters (a Latin word counts two), English words."""

_ZH_END = re.compile(r"(?:[。！？!?…]+|(?<=[^\d\s])\.(?=\s|$))[”’」』）)\"]*")
_EN_END = re.compile(r"(?:[.!?…]+|[。！？])[\"”’)\]]*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|Sr|Jr|St|Mt|Gen|Gov|Sen|Rep|Capt|Lt|Col|No|Fig|vs|approx|al|ca|Vol"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|Inc|Ltd|Co|Corp|Ave|Blvd|Rd|Hwy|Ft|Sgt|Rev|Hon|Pres|Ed|Eds|pp|p|Ch|Sec|Ph|e\.g|i\.e|cf|dept|est)"
    r"|(?:^|(?<=\s))[A-Z]|\b(?:[A-Za-z]\.)+[A-Za-z])\.$"
)


def split_sentences(text: str, language: Language) -> list[str]:
    """The sentences of a paragraph, each with its end mark.

    Decimals, abbreviations, initials and short quotations are not broken.
    """
    sentences: list[str] = []
    start = 0
    for match in (_ZH_END if language == "zh" else _EN_END).finditer(text):
        end = match.end()
        said = text[start:end]
        if language == "en" and not _ends(said, text[end:], match.group()):
            continue
        if _open_quote(said) and len(said) < 60:
            continue
        if language == "zh" and re.search(r"[”」』]$", said) and re.match(r"[，、的]", text[end:]):
            continue
        if said.strip():
            sentences.append(said.strip())
        start = end
    if text[start:].strip():
        sentences.append(text[start:].strip())
    return sentences


def is_abbreviated(text: str) -> bool:
    """Whether a text ends in an abbreviation's full stop (12 Main St.), not in its own."""
    return bool(_ABBREVIATION.search(text))


def _ends(said: str, rest: str, mark: str) -> bool:
    if not rest.strip():
        return True
    following = rest.lstrip()[:1]
    if mark.startswith("."):
        if following.islower():
            return False
        if _ABBREVIATION.search(said) and not re.match(
            r"\s(?:The|It|This|But|He|She|They|We|In|A|However)\b", rest
        ):
            return False
    return not following.islower() or not re.search(r"[\"”’]$", said)


def _open_quote(text: str) -> bool:
    return any(
        text.count(a) > text.count(b) for a, b in ("“”", "「」", "『』", "《》", "（）", "()")
    )


def size(text: str, language: Language) -> int:
    """How long a line is, in the measure of `LIMIT`."""
    if language == "en":
        return len(re.findall(r"\S*\w\S*", text))
    return sum(1 for char in text if is_cjk(char)) + 2 * len(re.findall(r"[A-Za-z\d][\w.%]*", text))


def break_long(sentence: str, language: Language, limit: int | None = None) -> list[str]:
    """A sentence as lines no longer than `limit`, broken where a speaker would breathe.

    Breaks fall after clause marks; where a clause alone is too long, before a conjunction, and at
    last between words. Joined (with single spaces in English) the lines give the sentence again.
    """
    most = limit or LIMIT[language]
    if size(sentence, language) <= most:
        return [sentence]
    pieces: list[str] = []
    inside: list[bool] = []  # whether the break after a piece is inside a clause
    for clause in _clauses(sentence, language):
        if clause:
            parts = _halve(clause, language, int(most * 0.6))
            pieces += parts
            inside += [True] * (len(parts) - 1) + [False]
    return [line.strip() for line in _balance(pieces, inside, language, most)]


def _clauses(sentence: str, language: Language) -> list[str]:
    mark = r"(?<=[，；：,;])|(?<=——)" if language == "zh" else r"(?<=[,;:]) |(?<=—)"
    parts = re.split(f"({mark})", sentence)
    joined: list[str] = []
    for part in parts:
        held = joined and (
            _open_quote(joined[-1])
            or re.search(r"\d[,，]$", joined[-1])
            or (len(joined[-1].strip()) < 4 and language == "zh")
        )
        if joined and (held or not part.strip()):
            joined[-1] += part
        else:
            joined.append(part)
    return joined


_ZH_BREAK = split_words("""
    并且 而且 以及 或者 因为 所以 但是 如果 同时 从而 并 而 但 和 与 或 在 把
    被 让 使 对 从 向 用 来 去 是
""")
_EN_BREAK = frozenset(
    split_words("""
    and but because which while so when where that or if than as with after before until
    although though unless since who for from to into by in on at
""")
)


def _halve(clause: str, language: Language, most: int) -> list[str]:
    if size(clause, language) <= most:
        return [clause]
    words = segment(clause, language)
    whole = size(clause, language)
    best: tuple[float, int] | None = None
    for index in range(1, len(words)):
        left = size("".join(words[:index]), language)
        cost = abs(left - whole / 2) / whole
        word = words[index].strip().lower()
        if language == "zh":
            if words[index - 1][-1:] == "的" or word[:1] in "的了着过们吗呢吧":
                cost += 0.5
            cost -= 0.25 if word in _ZH_BREAK[:13] else 0.12 if word in _ZH_BREAK else 0
            cost -= 0.2 if words[index - 1][-1:] in "、）”》" else 0
        else:
            strong = word in ("and", "but", "because", "which", "while", "when", "that", "so", "if")
            cost -= 0.25 if strong else 0.12 if word in _EN_BREAK else 0
            if words[index - 1].strip().lower() in _EN_BREAK | {"the", "a", "an", "of", "its"}:
                cost += 0.5
            if words[index - 1][:1].isupper() and words[index][:1].isupper():
                cost += 0.6  # inside a name
        if best is None or cost < best[0]:
            best = (cost, index)
    if best is None:
        return [clause]
    left, right = "".join(words[: best[1]]), "".join(words[best[1] :])
    return [*_halve(left, language, most), *_halve(right, language, most)]


def _balance(
    pieces: Sequence[str], inside: Sequence[bool], language: Language, most: int
) -> list[str]:
    """Join pieces into the fewest lines no longer than `most`, as even as can be."""
    sizes = [size(piece, language) for piece in pieces]
    best: list[tuple[float, list[str]]] = [(0.0, [])]
    for end in range(1, len(pieces) + 1):
        options: list[tuple[float, list[str]]] = []
        for start in range(end):
            length = sum(sizes[start:end])
            if length <= most or end - start == 1:
                cost, lines = best[start]
                waste = (1 - length / most) ** 2 + 0.6  # 0.6: what one more line costs
                waste += 0.5 * (length < most * 0.3) + 0.35 * inside[end - 1]
                if end < len(pieces):
                    waste += _tie(pieces[end - 1], sizes[end - 1], most)
                options.append((cost + waste, [*lines, "".join(pieces[start:end])]))
        best.append(min(options, key=lambda option: option[0]))
    return best[-1][1]


def _tie(clause: str, length: int, most: int) -> float:
    """What it costs to break after a clause: much after a short one that leads up to the next."""
    if clause.rstrip()[-1:] not in ("，", ","):
        return 0.0
    return 1.2 if length < most * 0.28 else 0.2


_ZH_LINK = split_words("""
    因此 所以 但是 然而 不过 可是 同时 此外 另外 而且 并且 于是 其次 最后 首先
    再次 总之 例如 比如 也就是说 换句话说 换言之 事实上 实际上 相反 与此同时 除此之外
    不仅如此 更重要的是 具体来说 由此可见 接着 随后 然后 再者 还有 一方面 另一方面
    综上 综上所述 当然 只是 其中 甚至 尤其是 即 因而 从而 反之 相比之下 简单来说
    简单说 话说回来 一来 二来 但 而 且 故
""")
_EN_LINK = (
    "However|But|And|So|Therefore|Thus|Hence|Moreover|Furthermore|In addition|Additionally|Also|"
    "Still|Yet|Instead|Meanwhile|Finally|Then|Next|Second|Third|Secondly|Thirdly|First|Firstly|"
    "For example|For instance|As a result|In fact|Indeed|Of course|On the other hand|"
    "On the one hand|In contrast|By contrast|In short|In other words|That said|Besides|"
    "Consequently|Nevertheless|Nonetheless|After all|Similarly|Likewise|Or"
)
_ZH_LINKED = re.compile(
    rf"^(?:(?:{'|'.join(sorted(_ZH_LINK, key=lambda w: (-len(w), w)))})[，,：]"
    r"|(?:因此|所以|但是|然而|不过|可是|而且|并且|于是|此外|另外|同时|但|而(?!是|且|今|立|已|言))\s*)"
)
_EN_LINKED = re.compile(rf"^(?:{_EN_LINK}),\s+|^(?:But|And|So|Yet|Or|Then)\s+")
_ZH_LEANS = re.compile(
    r"^(?:他们|她们|它们|他|她|它|这|此(?!外)|该|其(?!实|中|次|他|它)|那(?!么)|前者|后者|两者|二者|上述|"
    r"也就|也(?=是|有|会|能|不)|还(?=有|是|会|能|要)|都|就(?=是)|正因|之所以|原因|结果|又|再|才|"
    r"反而|却|"
    r"与之|对此|为此|如此|这样|[一二三四五六七八九十两几]者)"
)
_EN_LEANS = re.compile(
    r"^(?:He|She|It|They|This|That|These|Those|His|Her|Its|Their|Such|Both|Neither|Either|"
    r"The (?:former|latter|same|reason|result|other|second|third)|Here|Another|Others|Each of|"
    r"There(?! (?:is|are|was|were))|One of (?:them|these)|Even so|Doing so|Not only|Same)\b"
)


_EN_MIDDLE = re.compile(
    r"(?<=[a-z] )\b(is|are|was|were|can|will|must|should) (?:therefore|thus|hence|however|also) "
)


def trim_link(sentence: str, language: Language) -> str:
    """The sentence without the connective it starts with (因此, However …)."""
    linked = (_ZH_LINKED if language == "zh" else _EN_LINKED).match(sentence)
    if not linked:
        return _EN_MIDDLE.sub(r"\1 ", sentence, count=1) if language == "en" else sentence
    rest = sentence[linked.end() :].lstrip("，, ")
    if len(rest) < 4:
        return sentence
    return rest[:1].upper() + rest[1:] if language == "en" else rest


_ZH_POINTS = re.compile(r"这[个些种样一次类项位]|那[些种样]|上述|该[公机部地产项]|对此")
_EN_POINTS = re.compile(
    r"\b(?:this|these|those|such an?) [a-z]|\b(?:make|makes|of|by|with|for|in|from) that [a-z]"
)


def points_back(sentence: str, language: Language) -> bool:
    """Whether a sentence has a 这些 or "this …" in it, which may want what came before."""
    return bool((_ZH_POINTS if language == "zh" else _EN_POINTS).search(sentence))


_EN_INSIDE = re.compile(
    r"^[^,;:]{0,60}?\bof (?:it|them)\b"
    r"|^[^,;:]{0,60}?(?:\b(?:all|most|half|none|both|each|like|about|without|behind|against|"
    r"changed|fixes|fixed|solves|solved|explains|explained|did|does|do|did not do) "
    r"(?:it|them|that|this)(?=[.,;!?]| (?:to|in|on|at|from|for|with|by|was|were|is|are|had|has)\b))"
    r"|^[A-Z][a-z]+ (?:it|them)\b(?! (?:is|was|takes|rains))"
)
_ZH_INSIDE = re.compile(
    r"^[^，；：它他她]{1,10}(?<!其)(?:它|它们)(?![^，。]{0,6}自己)|^[^，；]{1,8}(?:也|同样)(?:能|可以|会|是|不|要|有|一样)"
)
_NUMBERED = re.compile(r"^(?:The (?:first|second|third|last|next|only) (?:one|is)\b)")
_SHORT: dict[Language, int] = {"zh": 12, "en": 7}
"""Sizes up to which a sentence that draws a conclusion says little without its ground."""


def leans(sentence: str, language: Language) -> bool:
    """Whether a sentence speaks of something in the one before it (他, 这, It, These …).

    So do those that name it further in (most of it; 工人们把它…), and a short one that only goes on
    (Then …, 因此 …).
    """
    bare = trim_link(sentence, language)
    leads, inside = (_ZH_LEANS, _ZH_INSIDE) if language == "zh" else (_EN_LEANS, _EN_INSIDE)
    goes_on = bare != sentence and size(bare, language) <= _SHORT[language]
    return bool(leads.match(bare) or inside.match(bare) or _NUMBERED.match(bare)) or goes_on


_ANNOUNCES = {
    "zh": re.compile(
        r"^(?:原因|理由|方法|做法|步骤|答案|问题|区别|好处|办法)?(?:其实)?(?:很简单|有[两三四五六几]\w{0,6}|"
        r"主要有[两三四五六几]\w{0,6}|如下|在于)[。：:]$|^(?:为什么|怎么办|怎么做|怎么选|原因呢|结果呢|然后呢)呢?？$"
        r"|^(?:先说结论|举个例子|打个比方|说白了|简单说)[。：:]$"
    ),
    "en": re.compile(
        r"^(?:There (?:are|is) (?:\w+ ){0,3}(?:limits?|catch|reasons?|ways?|steps?|problems?|"
        r"exceptions?|rules?|downsides?|trade-?offs?|questions?|answers?|differences?)[.:]"
        r"|Here(?:'s| is|’s) (?:why|how|the (?:catch|trick|thing|problem))[.:]"
        r"|(?:Why|How|How so|So what|What happened|The result|The catch)\?$"
        r"|The (?:reason|answer|rule|idea|catch) is simple[.:])"
    ),
}


def announces(sentence: str, language: Language) -> bool:
    """Whether a sentence only says that something follows ("There are limits.", 原因有三个。)."""
    return bool(_ANNOUNCES[language].search(trim_link(sentence.strip(), language)))


_ZH_HANGS = re.compile(
    r"^(?:如果|假如|要是|虽然|尽管|即使|即便|当|因为|由于|随着|为了|除了|只要|只有|无论|不管|与其|既然|不仅|不是|"
    r"一旦|对于|根据|按照|据|抛开)|(?:以来|时候|时|后|前|的话|来说|来看|期间|相比|之际|同时|上|中|下|表示|"
    r"认为|指出|宣布|显示|发现|称|说|介绍|没有)$"
)
_ZH_NEEDS = re.compile(
    r"(?:但|却|才|就|而|还|都|也|反|不过|可|所以|因此|则|其实|只是|仍|并不|又|甚至|那|否则|会|能|是|使|让)"
)
_EN_HANGS = re.compile(
    r"^(?:If|When|While|After|Before|Because|Although|Though|Since|Unless|Until|As|Once|Despite|Even|"
    r"In|On|At|By|For|From|With|Without|To|Not|Unlike)\b"
)
_EN_ADDS = re.compile(r", (?=(?:and|which|where|while|so|since|because|as|with|who)\b)")


def main_clauses(sentence: str, language: Language) -> list[str]:
    """Shorter sentences that say the first part of one and leave out clauses that only add to it.

    A first part that hangs on the rest (如果 …, If …), or a rest that turns it round (但 …), is not
    cut.
    """
    if language == "en":
        if _EN_HANGS.match(sentence):
            return []
        heads = [sentence[: match.start()] for match in _EN_ADDS.finditer(sentence)]
        return [f"{head}." for head in heads if size(head, language) >= 6 and "," not in head]
    import rjieba

    found: list[str] = []
    for match in re.finditer("[，；]", sentence):
        head, rest = sentence[: match.start()], sentence[match.end() :]
        last = re.split("[，：；]", head)[-1]
        if size(head, language) < 10 or _open_quote(head) or _ZH_NEEDS.match(rest):
            continue
        if _ZH_HANGS.search(head) or _ZH_HANGS.search(last) or size(last, language) < 6:
            continue
        if any(tag == "v" for _, tag in rjieba.tag(last)):
            found.append(f"{head}。")
    return found
