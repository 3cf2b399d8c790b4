"""How Mandarin is said: characters to syllables with tones, as espeak-ng reads them.

Polyphones are resolved by phrase (pypinyin's dictionary), then come the rules that a dictionary of
written phrases leaves out: the particles 地 and 得, words whose second syllable is light in speech,
and the tones of 一 and 不 (Modern Chinese Dictionary, preface; GB/T 16159-2012, section 6.1). Third
tones before third tones are left to espeak-ng, which does them.
"""

from __future__ import annotations

# espeak-ng's Mandarin has no rule for these syllables and falls back to English letters ("q-i-ong"
# becomes "k I ong one"). The first three are given as its own phonemes, the rest as the nearest
# syllable.
_PHONEMES = {"jiong": "tS;j'ong", "qiong": "tS;hj'ong", "xiong": "S;j'ong"}
_CONTOURS = {"1": "55", "2": "35", "3": "214", "4": "51", "5": "11"}
_NEAREST = {"m": "mu", "hm": "hen", "hng": "heng", "ê": "ei", "wong": "weng", "r": "er"}

# Said with a light second syllable in Standard Mandarin, written with its full tone in dictionaries
# of characters.
_LIGHT_WORDS = """
东西 头发 时候 朋友 喜欢 知道 告诉 漂亮 明白 先生 学生 认识
事情 意思 衣服 关系 消息 休息 部分 地方 眼睛 耳朵 豆腐 葡萄
萝卜 客气 清楚 舒服 麻烦 热闹 暖和 便宜 规矩 力气 动静 月亮
太阳 商量 收拾 打听 名字 故事 招呼 困难 新鲜 厉害 聪明 老实
结实 干净 凉快 早上 晚上 街上 身上 家里 心里 手里 这里 那里
哪里 屋里 味道 黄瓜 粮食 点心 行李 窗户 大夫 丈夫 妻子 孩子
"""
_LIGHT = frozenset(_LIGHT_WORDS.split())
_PRONOUNS = frozenset("我你您他她它们谁")
_NUMERALS = frozenset("零〇一二两三四五六七八九十百千万亿点")


def is_hanzi(char: str) -> bool:
    """Whether the character is a Chinese character that has a reading."""
    return (
        "\u4e00" <= char <= "\u9fff"
        or "\u3400" <= char <= "\u4dbf"
        or "\U00020000" <= char <= "\U000323af"
        or char == "〇"
    )


def syllables(text: str, words: list[str]) -> list[str]:
    """The reading of each character.

    Args:
        text: Chinese characters only.
        words: `text` cut into words.

    Returns: one syllable a character (``zhong1``; 5 is the light tone; ü is ``v``); "" for a
    character without a known reading.
    """
    from pypinyin import Style, lazy_pinyin

    how = {"style": Style.TONE3, "neutral_tone_with_five": True, "errors": "ignore"}
    found = lazy_pinyin(text, **how)
    if len(found) != len(text):
        # A character without a reading, or a phrase whose reading is not one syllable a character.
        alone = [lazy_pinyin(char, **how) for char in text]
        found = [one[0] if one else "" for one in alone]
    _light(words, found)
    _particles(text, words, found)
    _yi_and_bu(text, words, found)
    return found


def ordinary(syllable: str) -> str:
    """The syllable, or the nearest ordinary one for an interjection like 呣 or 哼."""
    return _NEAREST.get(syllable[:-1], syllable[:-1]) + syllable[-1:]


def spell(syllable: str) -> tuple[str, bool]:
    """A syllable as espeak-ng's voice ``cmn-latn-pinyin`` takes it, and whether it is phonemes."""
    base, tone = (syllable[:-1], syllable[-1]) if syllable[-1:].isdigit() else (syllable, "5")
    if base in _PHONEMES:
        return f"[[{_PHONEMES[base]}{_CONTOURS[tone]}]]", True
    return ordinary(base + tone), False


def _light(words: list[str], found: list[str]) -> None:
    at = 0
    for word in words:
        if word in _LIGHT and found[at + 1]:
            found[at + 1] = found[at + 1][:-1] + "5"
        at += len(word)


def _particles(text: str, words: list[str], found: list[str]) -> None:
    """地 after an adverb is de; 得 after a verb is de, after a pronoun (must) is dei3."""
    at = 0
    before = ""
    for index, word in enumerate(words):
        last = index == len(words) - 1
        if word == "地" and len(before) >= 2 and not last:
            found[at] = "de5"
        elif word == "得" and before:
            found[at] = "dei3" if before[-1] in _PRONOUNS else "de5"
        elif len(word) == 3 and word[1] == "得" and found[at + 1] == "de2":
            found[at + 1] = "de5"
        before = word
        at += len(word)


def _yi_and_bu(text: str, words: list[str], found: list[str]) -> None:
    ends = set()
    at = 0
    for word in words:
        at += len(word)
        if len(word) > 1:
            ends.add(at - 1)
    for index, char in enumerate(text):
        if char not in "一不" or found[index] not in ("yi1", "yi2", "yi4", "bu4", "bu2"):
            continue
        before = text[index - 1] if index else ""
        after = text[index + 1] if index + 1 < len(text) else ""
        tone = found[index + 1][-1:] if after else ""
        if before and before == after:
            found[index] = found[index][:-1] + "5"  # 看一看, 好不好
        elif char == "不":
            found[index] = "bu2" if tone == "4" else "bu4"
        elif before == "第" or index in ends or not after or _is_figure(before, after):
            found[index] = "yi1"
        else:
            # 个 has its fourth tone in mind even where it is said lightly.
            found[index] = "yi2" if tone == "4" or after == "个" else "yi4"


def _is_figure(before: str, after: str) -> bool:
    """Whether an 一 between these is a digit (二〇一九, 十一) or an ordinal (一月, 一号)."""
    if after in "月号日":
        return True
    if before in _NUMERALS and before:
        return after not in _NUMERALS or after not in "百千万亿"
    return after in "零〇一二两三四五六七八九点"
