"""Keywords: what a text is about, and how alike two texts are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from reelwright.core.nouns import Language
from reelwright.core.words import stem
from reelwright.create.reading.tables import split_words
from reelwright.create.words import is_cjk, segment

_ZH_STOP = frozenset(
    split_words("""
    的 了 是 在 和 与 或 也 都 就 不 有 这 那 我 你 他 她 它 我们 你们 他们
    它们 一个 一些 一种 这个 那个 这些 那些 这种 这样 那样 什么 怎么 为什么 如何
    哪些 哪个 多少 因为 所以 但是 如果 虽然 然而 不过 而且 并且 以及 或者 可以
    可能 能够 应该 需要 必须 没有 不是 不能 不会 不要 就是 还是 只是 已经 正在 将
    进行 通过 对于 关于 根据 由于 为了 其中 其他 之后 之前 以上 以下 时候 时间
    问题 情况 方面 方式 方法 比较 非常 更加 十分 特别 最 很 更 还 又 再 才 只
    仅 把 被 让 使 从 到 向 对 用 以 于 而 但 却 自己 大家 人们 很多 许多
    不少 一般 通常 往往 常常 经常 目前 现在 今天 今年 去年 当时 后来 同时 此外
    另外 因此 于是 例如 比如 等等 表示 认为 指出 发现 显示 成为 作为 属于 包括
    出现 导致 造成 容易 开始 一样 一起 一直 一定 一次 一下 一点 左右 大约 大概
    超过 达到 只要 只有 无论 不管 甚至 尤其 其实 真的 来说 来讲 而言 之间 里面
    上面 下面 部分 不同 相关 主要 重要 第一 第二 第三 首先 其次 最后 不仅 而是
    直接 完全 基本 几乎 不用 不到 出来 起来 下来 过来 上去 觉得 知道 看到 喜欢
    东西 事情 地方 看看 有人 每天 每次 每个 天天 几个 两个 三个 十几 全部 所有
    任何 各种 多种 多个 有些 有的 如此 相比 之一 以后 以前 期间 小时 分钟 可是 既
    即 即使 尽管 随着 跟 给 比 并 及 等 个 种 次 年 月 日 天 几 多 少 大 小
    好 新 高 低 长 短 上 下 中 里 内 外 前 后 说 看 做 想 要 会 能 去 来
    做到 更好 不错 选择 建议 使用 提高 增加 减少 降低 保持 影响 发生 存在 具有
    变成 采用 有效 明显 适合 注意 研究 专家 意味着 很难 并不 其余 至少 最多 最好
    最大 最高 即可 还有 都是 也是 也会 就会 还会 不再 一半 一旦 千万别 值不值得 值得 来自 来源
    国产 中国 公司 我国 全国 突破 一家 同类 业内
    千万 真正
    真相 到底 究竟 够 太 吧 吗 呢 啊 哦 嗯 呀 着 过 得 地
""")
)
_EN_STOP = frozenset(
    split_words("""
    a an the and or but if then else of to in on at by for with from into about over under as
    is are was were be been being am do does did doing have has had having i you he she it we
    they me him her us them my your his its our their this that these those there here what
    which who whom whose when where why how all any both each few more most other some such no
    nor not only own same so than too very can will just should now also may might must could
    would shall one two three first second third many much every new even still yet ever never
    always often usually while during before after because since until although though however
    between through against without within up down out off again further once make makes made
    use uses used using get gets got go goes like likes take takes took keep keeps say says
    said way ways thing things lot lots need needs want wants people time times year years day
    days well back good better best big small long short high low less least around per
    percent really actually almost let lets don't doesn't isn't it's that's you're we're
    they're can't won't didn't wasn't aren't i'm you'll we'll there's cannot another instead
    rather quite simply know show shows shown find found help helps start set put come comes
    came look looks give gives gave work works right left part enough mean means turn turns
    told tell called call seem seems become becomes different important simple easy hard hours
    hour minutes minute seconds today million billion thousand hundred
""")
)


_ZH_COUNTED = re.compile(r"[一二三四五六七八九十百千万亿两几第]+[个种次年月天块元倍岁分]")


def terms(text: str, language: Language) -> list[str]:
    """The words of a text that carry meaning, in order; English ones in lower case."""
    return list(_terms(text, language))


@lru_cache(maxsize=8192)
def _terms(text: str, language: Language) -> tuple[str, ...]:
    found: list[str] = []
    for word in segment(text, language):
        bare = re.sub(r"^\W+|\W+$", "", word)
        if not bare or bare[0].isdigit() or (bare[-1].isdigit() and not bare[0].isalpha()):
            continue
        low = re.sub(r"['’]s$", "", bare).lower()
        if any(is_cjk(char) for char in bare):
            if (
                len(bare) >= 2
                and bare not in _ZH_STOP
                and not re.match(r"[一二三四五六七八九十两几第]+[个种次年月天]", bare)
            ):
                found.append(bare)
        elif len(low) >= 2 and low not in _EN_STOP:
            found.append(low if language == "en" else bare)
    return tuple(found)


Vector = Mapping[str, float]


def vectors(texts: Sequence[str], language: Language) -> list[Vector]:
    """Unit vectors of texts over words (in Chinese also pairs of characters)."""
    bags = [_bag(text, language) for text in texts]
    spread = Counter(key for bag in bags for key in bag)
    many = len(bags) + 1
    result: list[Vector] = []
    for bag in bags:
        raw = {k: (1 + math.log(n)) * math.log(1 + many / spread[k]) for k, n in bag.items()}
        norm = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        result.append({key: value / norm for key, value in raw.items()})
    return result


def _bag(text: str, language: Language) -> Counter[str]:
    bag = Counter(stem(term) for term in terms(text, language))
    if language == "zh":
        han = "".join(char if is_cjk(char) else " " for char in text)
        for run in han.split():
            bag.update(
                pair for i in range(len(run) - 1) if (pair := run[i : i + 2]) not in _ZH_STOP
            )
    bag.update(re.findall(r"\d+(?:\.\d+)?%?", text))
    return bag


def alike(a: Vector, b: Vector) -> float:
    """Cosine of two unit vectors, 0 to 1."""
    if len(b) < len(a):
        a, b = b, a
    return sum(value * b[key] for key, value in a.items() if key in b)


def keywords(texts: Sequence[str], title: str, language: Language, most: int = 8) -> list[str]:
    """What texts are about: words and short phrases, best first, no stop words.

    A word counts by how often it stands in the text and in how many sentences, more when it is in
    the title, less when it names nothing (`names`); words that nearly always stand together become
    one phrase.
    """
    sentences = [segment(text, language) for text in (title, *texts) if text]
    count: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    forms: dict[str, dict[str, float]] = {}
    single: Counter[str] = Counter()
    for words in sentences:
        last = ""
        for at, word in enumerate(words):
            bare = re.sub(r"^\W+|\W+$", "", word)
            key = stem(re.sub(r"['’]s$", "", bare).lower()) if language == "en" else bare
            good = bool(_terms(bare, language)) if bare else False
            short = language == "zh" and len(bare) == 1 and is_cjk(bare) and bare not in _ZH_STOP
            single[key] += 1
            if good or short:
                own = forms.setdefault(key, {})
                # The capital that begins a sentence says nothing of the word.
                own[bare] = own.get(bare, 0.0) + (1.0 if at else 0.1)
            if good:
                count[key] += 1
            if last and (good or short):
                pairs[last, key] += 1
            clean = good or short
            last = key if clean and re.search(r"\w$", word.rstrip(" ")) else ""
    # As it is mostly written; of equals in small letters, which is not how a sentence begins.
    shown = {
        key: min(written, key=lambda form: (-written[form], form[:1].isupper(), form))
        for key, written in forms.items()
    }
    scores: dict[str, float] = {}
    heads = title.lower() if language == "en" else title
    for key, times in count.items():
        weight = times * (1.0 + 0.15 * min(len(shown[key]), 6) if language == "zh" else 1.0)
        if not names(shown[key], language):
            weight *= 0.3 if language == "zh" else 0.45
        scores[shown[key]] = weight * (1.8 if shown[key].lower() in heads.lower() else 1.0)
    for (a, b), times in pairs.items():
        if times < 2 or times < 0.6 * min(single[a], single[b]) or a == b:
            continue
        phrase = shown[a] + ("" if language == "zh" else " ") + shown[b]
        if language == "zh" and not 2 <= len(phrase) <= 6:
            continue
        if language == "zh" and not is_word(phrase) and _FRAGMENT.search(phrase):
            continue
        named = names(shown[b], language) or (language == "zh" and len(shown[b]) == 1)
        scores[phrase] = times * (2.2 if named else 0.8)
        scores[phrase] *= 1.6 if phrase.lower() in heads.lower() else 1.0
        for part in (a, b):
            name = shown[part]
            if name in scores and single[part] <= times * 1.5:
                scores[name] *= 0.3
    ranked = sorted(scores, key=lambda word: (-scores[word], word))
    chosen: list[str] = []
    for word in ranked:
        inside = any(_overlap(word.lower(), other.lower()) for other in chosen)
        if not inside and len(chosen) < most:
            chosen.append(word)
    return chosen


def nouns(text: str, language: Language) -> list[str]:
    """The words of a line that name something, weightiest first; as they stand in it."""
    found: dict[str, float] = {}
    for at, word in enumerate(segment(text, language)):
        bare = re.sub(r"^\W+|\W+$|['’]s\W*$", "", word)
        if bare and bare not in found and _terms(bare, language) and names(bare, language):
            size = len(bare) if language == "zh" else len(bare) / 2.4
            proper = not is_cjk(bare[0]) and (language == "zh" or (bare[0].isupper() and at > 0))
            # Longer words say more; of equals the later, where a sentence has its weight.
            found[bare] = min(size, 4.5) + (1.0 if proper else 0.0) + 0.04 * at
    return sorted(found, key=lambda word: -found[word])


def find_word(word: str, text: str) -> str:
    """A key word as it stands in a text, whole (``arm`` is not in ``charm``, but in ``Arms`` it
    is); empty where it does not."""
    if not word.isascii():
        return word if word in text else ""
    match = re.search(
        rf"(?<![A-Za-z0-9]){re.escape(word)}(?:es|s)?(?![A-Za-z0-9])", text, re.IGNORECASE
    )
    return match.group() if match else ""


def _overlap(a: str, b: str) -> bool:
    """Whether one holds the other, or they share a word (or, in Chinese, two characters)."""
    if a in b or b in a or set(a.split()) & set(b.split()):
        return True
    return not a.isascii() and any(a[i : i + 2] in b for i in range(len(a) - 1))


_ZH_DULL = frozenset(
    split_words("""
    茶水 说法 手里 家里 早上 晚上 中午 现在 有时 样子 一步 口气 年头 大多 差不多 别喝了 越多越好
    传言 主角 节目 数字 标准 水平 程度 内容 结论 感受 真实 原来 平时 身上 手上 眼前 背后 旁边 中间
    不一 好处 坏处 办法 关系 意思 道理 话题 人家 别人 有人 东西 总结 说明 情形 过程 结果 原因 区别
    结果显示 研究显示 旗舰款 对付 标称
    能力 效果 作用 影响 用量 情形 一座 全程 一带 样式 程序 阶段 期限 现象 状态 状况 条件 因素 机会
    长辈 听说 地步 角度 层面 前提 根本 关键 重点 本身 本来 当中 左右 上下 前后 步骤
""")
)
"""Nouns that name nothing a viewer should keep."""
_EN_DULL = frozenset(
    split_words("""
    side see face feel feels felt sees seen moment body place point fact reason problem practical
    boring special wrong right true false whole exactly roughly twice half rest lower higher better
    lighter darker larger smaller faster slower longer shorter deeper older younger newer cheaper
    pour add wait boil rinse stay catch vary sends picks teaches shifts carries survive recommends
    pass asking tastes tasted going taking making kept tugging turned slowed travel spin fall sounds
    everyone someone anyone nothing everything something anything eight nine ten seven six five
    four fourth fifth fresh dark light blue red green hot cold soft hard sharp deep wide early late
    soon fast slow bad great nice clear full empty able likely certain main common usual
    believe believed think thinks thought grow grows grew change changes changed build builds built
    buy bought sell sold pay paid spend spent cost costs run runs ran move moves moved live lives
    lived read reads write writes wrote learn learns learned lie lies lying tell says try tries
    improve improves increase increases reduce reduces prevent prevents cause causes caused avoid
    include includes including according despite toward towards per via plus
    kind sort type number amount level end start begin begins began finish case example part parts
    away apart arrive arrives leave leaves alone win wins won lose loses lost comes happen happens
    ahead behind straight together keep hold holds held fill fills need needed step steps saves
    saved thick thin bent
    opened discovered invented founded launched landed won published arrived
    home top bottom lot bit piece set order self second third figure pattern minute
""")
)
_FRAGMENT = re.compile(
    r"[才会能但和都就也不了的还把被让给很在是有着过吗呢吧啊这那哪谁么于以与及或你我他她它别再先只]"
    r"|[放端喝吃做看说走来去到倒完找上下里]$"
)
"""Function words and bare verbs: what a segmenter left together around them is no word."""
_COUNTED_ONE = re.compile(
    r"^[一二两三四五六七八九十半几每这那第]+[\u4e00-\u9fff]$|^[一二两三四五六七八九十半几每]小?部?分$"
    r"|^[一几]?([\u4e00-\u9fff])\1|^[一二两三四五六七八九十百千万几]+[块元人天年次个种]$"
)
_ROUND = re.compile(r"^[百千万亿]+[\u4e00-\u9fff]$")
"""What a segmenter leaves of a number and its counter: 四|百级."""
_DIRECTED = re.compile(r".[上下出起过进回][来去]$|..[来去]$")
_NO_START = re.compile(r"^(?:别|不|没|越|据|按|经|对|向|从|在|被|把|让|给|很|太|更|最|都|也|可)")


def is_word(word: str) -> bool:
    """Whether a Chinese word is in the dictionary, rather than guessed from its characters."""
    import rjieba

    return rjieba.has_word(word)


@lru_cache(maxsize=8192)
def names(word: str, language: Language) -> bool:
    """Whether a word names a thing, so that it may stand alone: in a title, a tag, a highlight.

    Dictionaries call many words nouns that are fragments of clauses; those are told by the
    function words in them.
    """
    if not any(is_cjk(char) for char in word):
        low = word.lower()
        if language == "zh" or any(char.isdigit() for char in word):
            return any(char.isalpha() for char in word)
        verbal = re.search(r"(?:[^aiosu]ly|[^e]ed)$", low) or (
            low.endswith("ing") and len(low) > 5 and low not in _EN_ING
        )
        return len(low) >= 3 and low not in _EN_STOP | _EN_DULL and not verbal
    if len(word) < 2 or word in _ZH_STOP or word in _ZH_DULL or _COUNTED_ONE.match(word):
        return False
    if _DIRECTED.search(word) or (_ROUND.match(word) and not is_word(word)):
        return False
    if _NO_START.match(word) and not _is_noun(word):
        return False
    if _NO_START.match(word) and word[0] in "别没越据按经很太更最都也":
        return False
    if not is_word(word) and _FRAGMENT.search(word):
        return False
    return _is_noun(word)


_EN_ING = frozenset(
    split_words("""
    morning evening building meaning feeling spring string king ring thing ceiling wedding painting
    training meeting engineering marketing shopping cooking gardening farming banking housing
    caching computing learning programming printing breathing sleeping clothing lightning
    locking boiling roasting brewing fasting ageing aging
""")
)


@lru_cache(maxsize=4096)
def _is_noun(word: str) -> bool:
    if word.isascii():
        return True
    import rjieba

    tags = [tag for _, tag in rjieba.tag(word)]
    if re.search(r"[万千百亿]", word) and tags == ["m"]:
        return True
    return bool(tags) and (tags[-1][:1] in "nejlix" or tags == ["vn"])
