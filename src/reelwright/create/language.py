"""Which language a text is in."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from reelwright.core.nouns import Language

_CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_LATIN_WORD = re.compile(r"[A-Za-z]+")


def detect_language(text: str) -> Language:
    """Chinese when at least a fifth of the words are, counting a Chinese character as a word.

    Chinese texts about technology are full of English names, so a majority would be too much to
    ask; English texts quoting a Chinese term stay far below a fifth.
    """
    chinese = len(_CJK.findall(text))
    english = len(_LATIN_WORD.findall(text))
    return "zh" if chinese and chinese >= 0.2 * (chinese + english) else "en"


# Common characters whose two forms differ, each pair side by side; only what reads the same way in
# every word, so that our own phrases can be written in either form.
_PAIRS = (
    "这這个個们們来來说說时時为為会會对對国國学學过過还還没沒从從点點么麼开開关關见見现現发發经經问問题題"
    "间間实實无無觉覺听聽长長让讓给給许許认認识識该該应應当當动動话話语語读讀写寫书書论論评評区區转轉"
    "赞讚记記续續频頻条條钟鐘结結约約总總种種样樣边邊进進远遠运運选選错錯钱錢银銀铁鐵车車东東门門马馬鱼魚"
    "鸟鳥风風飞飛电電气氣汉漢龙龍爱愛乐樂师師两兩业業严嚴万萬与與专專亚亞义義习習乡鄉买買卖賣产產亲親"
    "儿兒单單历歷压壓县縣参參双雙变變号號团團园園图圖场場块塊声聲处處备備复複头頭妈媽孙孫宝寶审審宁寧导導"
    "诉訴继繼满滿将將尽盡层層岁歲岛島币幣带帶帮幫广廣库庫张張强強归歸录錄态態怀懷怎怎总總恶惡惊驚战戰户戶护護报報担擔"
)
_TO_TRADITIONAL = {ord(a): b for a, b in zip(_PAIRS[::2], _PAIRS[1::2], strict=True) if a != b}
_TRADITIONAL = frozenset(_TO_TRADITIONAL.values())


def is_traditional(text: str) -> bool:
    """Whether a Chinese text is written in Traditional characters.

    >>> is_traditional("這個問題很多人都問過"), is_traditional("这个问题很多人都问过")
    (True, False)
    """
    simplified = sum(ord(char) in _TO_TRADITIONAL for char in text)
    return sum(char in _TRADITIONAL for char in text) > simplified


def in_the_form_of(text: str, phrase: str) -> str:
    """One of our own Simplified phrases, in Traditional characters where a text is.

    >>> in_the_form_of("這個問題", "评论区聊聊")
    '評論區聊聊'
    """
    return phrase.translate(_TO_TRADITIONAL) if is_traditional(text) else phrase


def foreign_script(text: str) -> str | None:
    """The name of the letters a text is mostly written in, if neither Chinese nor Latin.

    Japanese is told by its kana: a fifth of the letters is more than any Chinese text quotes.

    >>> foreign_script("Привет, мир"), foreign_script("你好 world")
    ('Cyrillic', None)
    """
    names = Counter(_script_of(char) for char in text if char.isalpha())
    letters = sum(names.values())
    kana = names["Hiragana"] + names["Katakana"]
    if kana and kana >= 0.2 * letters:
        return "Japanese"
    if not letters:
        return None
    name, count = names.most_common(1)[0]
    return None if name in ("Cjk", "Latin", "Greek") or 2 * count < letters else name


def _script_of(char: str) -> str:
    return unicodedata.name(char, "Latin").partition(" ")[0].capitalize()
