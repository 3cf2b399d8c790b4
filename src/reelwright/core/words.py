"""Words of any text, for whoever has to find or compare texts: Chinese cut, Latin words bare.

No room is asked: `create` reads scripts with these, `library` finds material by them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇々\U00020000-\U0003134f]")
_RUN = re.compile(rf"{CJK.pattern}+|[^\W_\u3400-\u9fff]+(?:['’][a-z]+)?")

# Common characters whose two forms differ, each pair side by side; only what reads the same way in
# every word, so that our own phrases can be written in either form.
_PAIRS = (
    "这這个個们們来來说說时時为為会會对對国國学學过過还還没沒从從点點么麼开開关關见見现現发發经經问問题題"
    "间間实實无無觉覺听聽长長让讓给給许許认認识識该該应應当當动動话話语語读讀写寫书書论論评評区區转轉"
    "赞讚记記续續频頻条條钟鐘结結约約总總种種样樣边邊进進远遠运運选選错錯钱錢银銀铁鐵车車东東门門马馬鱼魚"
    "鸟鳥风風飞飛电電气氣汉漢龙龍爱愛乐樂师師两兩业業严嚴万萬与與专專亚亞义義习習乡鄉买買卖賣产產亲親"
    "儿兒单單历歷压壓县縣参參双雙变變号號团團园園图圖场場块塊声聲处處备備复複头頭妈媽孙孫宝寶审審宁寧导導"
    "诉訴继繼满滿将將尽盡层層岁歲岛島币幣带帶帮幫广廣库庫张張强強归歸录錄态態怀懷恶惡惊驚战戰户戶护護"
    "报報担擔滩灘云雲阳陽楼樓桥橋树樹叶葉灯燈雾霧湿濕热熱温溫猫貓鸡雞鸭鴨饭飯节節庙廟"
    "画畫红紅绿綠蓝藍黄黃厨廚厅廳厂廠医醫药藥脸臉静靜闹鬧丽麗旧舊纪紀线線组組网網络絡"
)
TO_TRADITIONAL = {ord(a): b for a, b in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)}
"""Simplified character (its code) → Traditional one."""
_TO_SIMPLIFIED = {ord(b): chr(a) for a, b in TO_TRADITIONAL.items()}


def is_cjk(char: str) -> bool:
    """Whether a character is a Chinese character (punctuation and Latin letters are not)."""
    return bool(CJK.match(char))


def cut_han(han: str) -> list[str]:
    """A run of Chinese characters in words; joined they are the run again."""
    import rjieba

    pieces = list(rjieba.cut(han))
    return pieces if "".join(pieces) == han else list(han)


def stem(word: str) -> str:
    """An English word without its plural or tense, roughly; other words as they are."""
    if not word.isascii() or len(word) < 5:
        return word
    for end, new in (("ies", "y"), ("ing", ""), ("ed", ""), ("es", "e"), ("s", "")):
        if word.endswith(end) and not word.endswith("ss") and len(word) - len(end) >= 3:
            return word[: -len(end)] + new
    return word


def fold(text: str) -> str:
    """A text as it is searched: one width, small letters, no accents, Simplified characters.

    >>> fold("Ｃafé 海邊")
    'cafe 海边'
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return bare.translate(_TO_SIMPLIFIED)


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in its order: Chinese ones cut, others by their stem.

    >>> words_of("Two boats 在海边看日落")
    ['two', 'boat', '在', '海边', '看', '日落']
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        found += cut_han(run) if is_cjk(run[0]) else [stem(re.sub(r"['’].*", "", run))]
    return found


def pieces_of(words: Iterable[str]) -> list[str]:
    """The parts by which a Chinese word is found that was cut otherwise: its characters and pairs.

    >>> pieces_of(["海岸线", "boat"])
    ['海', '岸', '线', '海岸', '岸线']
    """
    found: dict[str, None] = {}
    for word in words:
        if is_cjk(word[:1] or "a"):
            parts = [*word, *(word[at : at + 2] for at in range(len(word) - 1))]
            found.update(dict.fromkeys(parts))
    return list(found)
