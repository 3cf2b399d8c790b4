"""Which mood a text is in, when nobody says: by the words it uses."""

from __future__ import annotations

import re

from reelwright.create.music.moods import DEFAULT

ENOUGH = 2
"""Different words of a mood a text must use before it counts as being in it."""

_WORDS: dict[str, str] = {
    "calm": "睡眠 失眠 冥想 瑜伽 呼吸 安静 宁静 慢生活 放松 茶 月亮 星空 森林 "
    "sleep meditation yoga breathe quiet silence slow gentle moon tea forest relax "
    "mindfulness",
    "upbeat": "优惠 促销 开业 新品 派对 节日 快来 挑战 攻略 旅行 打卡 "
    "sale launch party festival celebrate challenge travel trip fun dance",
    "bright": "梦想 成长 坚持 努力 成功 励志 未来 希望 机会 毕业 创业 "
    "dream grow growth success hope inspire achieve goal opportunity future motivation "
    "habit",
    "playful": "猫 狗 宠物 搞笑 可爱 宝宝 玩具 冷知识 有趣 萌 "
    "cat dog pet puppy kitten funny cute toy joke baby weird silly",
    "warm": "家 妈妈 爸爸 美食 菜谱 咖啡 早餐 家常 厨房 回忆 感恩 朋友 "
    "family mother father recipe cook kitchen coffee breakfast home friend memory bread",
    "lofi": "学习 读书 笔记 书单 夜晚 日常 雨天 宿舍 "
    "study reading notes book rain night desk routine journal diary",
    "tech": "人工智能 芯片 算法 代码 编程 数据 手机 电脑 机器人 软件 科技 模型 开源 "
    "ai chip algorithm code software data robot computer model internet programming startup"
    " gpu",
    "tense": "危机 骗局 警惕 风险 暴跌 破产 真相 案件 诈骗 曝光 战争 危险 "
    "crisis scam risk crash fraud danger warning war lawsuit bankrupt collapse threat",
    "dark": "谋杀 失踪 鬼 诡异 恐怖 凶手 谜团 黑洞 深海 诅咒 "
    "murder missing ghost haunted horror killer mystery abyss curse death",
    "epic": "帝国 战役 英雄 宇宙 火箭 王朝 奇迹 史诗 征服 登顶 "
    "empire battle hero universe rocket dynasty conquer legend galaxy summit olympic",
    "oriental": "古诗 诗词 唐朝 宋朝 故宫 书法 国画 节气 汉服 中医 京剧 论语 "
    "李白 苏轼 端午 中秋 水墨 "
    "calligraphy confucius tang-dynasty guqin hanfu ink-painting porcelain",
}


def choose_mood(text: str, otherwise: str = "") -> str:
    """The mood whose words a text uses most; `otherwise`, else the default, if none stands out.

    Args:
        text: the title and what is said, in Chinese or English.
        otherwise: the mood of the theme, for example.
    """
    small = text.casefold()
    latin = set(re.findall(r"[a-z][a-z\-]*", small))
    # A plural says the same as its singular.
    latin |= {word.removesuffix("s") for word in latin}
    scores: dict[str, int] = {}
    for mood, words in _WORDS.items():
        scores[mood] = sum(w in latin if w.isascii() else w in small for w in words.split())
    best = max(scores.values())
    leading = [mood for mood, score in scores.items() if score == best]
    if best >= ENOUGH and len(leading) == 1:
        return leading[0]
    return otherwise or DEFAULT
