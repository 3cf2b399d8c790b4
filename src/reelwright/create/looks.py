"""What words ask a picture to look like: its colours, its light, how much moves in it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from reelwright.core.nouns import Glance
from reelwright.create.reading.tables import split_words

# Whole words only: 明白 is not white, and a 网红 is not red.
_COLOURS: dict[str, tuple[str, str]] = {
    "red": ("红色 红 鲜红 通红 大红 火红", "red crimson scarlet"),
    "orange": ("橙色 橘色 橙 橘黄", "orange amber"),
    "yellow": ("黄色 金黄 金色 黄澄澄", "yellow golden"),
    "green": ("绿色 绿 翠绿 碧绿 嫩绿", "green emerald"),
    "cyan": ("青色 青 蓝绿", "cyan turquoise teal"),
    "blue": ("蓝色 蓝 湛蓝 蔚蓝 深蓝", "blue azure navy"),
    "purple": ("紫色 紫", "purple violet lavender"),
    "pink": ("粉色 粉红 粉红色", "pink"),
    "brown": ("棕色 褐色 咖啡色", "brown"),
    "black": ("黑色 漆黑 乌黑", "black"),
    "grey": ("灰色 灰白 灰蒙蒙", "grey gray"),
    "white": ("白色 雪白 洁白", "white"),
}
# Things that mostly have one colour.
_THINGS: dict[str, tuple[str, str]] = {
    "blue": ("海 大海 海边 海洋 海面 天空 蓝天 湖 湖水", "sea ocean sky lake"),
    "green": ("森林 草地 草原 树林 树叶 叶子 茶园 田野", "forest grass meadow leaf jungle field"),
    "white": ("雪 雪地 雪山 下雪 云 白云", "snow cloud"),
    "orange": ("日落 夕阳 晚霞 火焰 篝火 秋叶", "sunset dusk flame fire"),
    "yellow": ("沙漠 沙滩 麦田 向日葵", "desert sand wheat sunflower"),
    "brown": ("木头 泥土 咖啡 巧克力", "wood soil coffee chocolate"),
}
_DARK = ("夜 夜晚 夜里 晚上 深夜 黑夜 夜空 星空 午夜", "night dark midnight evening")
_LIGHT = ("白天 阳光 明亮 清晨 早晨 早上 晴天 中午", "daylight sunny sunshine bright morning noon")
_FAST = (
    "快 飞快 迅速 奔跑 跑 跑步 冲 飞驰 追 跳 跳跃 比赛 急速 车流",
    "fast quick rapid run race rush jump dance speed chase",
)
_CALM = ("安静 平静 宁静 静静 缓慢 慢慢 静止 缓缓", "calm quiet still slow peaceful silent serene")

_PEOPLE = (
    "人 人们 男人 女人 男子 女子 孩子 小孩 儿童 老人 年轻人 大人 家人 朋友 妈妈 爸爸 母亲 父亲 "
    "老师 学生 医生 护士 工人 同事 老板 顾客 观众 演员 主播 人物 人脸 脸 表情 笑容 "
    "微笑 眼神 聊天 采访 演讲",
    "person people man men woman women child children kid boy girl mother father parent teacher "
    "student doctor nurse worker friend customer crowd audience speaker face smile interview",
)

_NAMED = 0.36
"""For a colour that the line names and the clip shows: enough to take it."""
_MEANT = 0.15
"""For the colour of a thing that the line names."""
_SUITS = 0.2
"""For the light or the motion that a line names; its opposite counts as much against."""
_PEOPLED = 0.3
"""For a face, where the line tells of people."""


def _table(rows: dict[str, tuple[str, str]]) -> dict[str, frozenset[str]]:
    return {name: _words(*texts) for name, texts in rows.items()}


def _words(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in split_words(text))


_NAMES, _OF_THINGS = _table(_COLOURS), _table(_THINGS)
_NIGHT, _DAY, _MOVING, _RESTING = (_words(*pair) for pair in (_DARK, _LIGHT, _FAST, _CALM))
_SOMEBODY = _words(*_PEOPLE)


def looks_like(words: AbstractSet[str], seen: Glance) -> tuple[float, tuple[str, ...]]:
    """How well a clip looks as some words say, and what of it does.

    Args:
        words: of the line, bare and in small letters (Chinese as segmented).
        seen: what the clip looks like.

    Returns:
        A score around 0 (negative where it looks otherwise), and reasons for people.
    """
    score, why = 0.0, list[str]()
    for colour in seen.colours:
        if words & _NAMES.get(colour, frozenset()):
            score += _NAMED
            why.append(colour)
        elif words & _OF_THINGS.get(colour, frozenset()):
            score += _MEANT
            why.append(colour)
    for asked, fits, against, told in (
        (_NIGHT, seen.brightness < 0.3, seen.brightness > 0.45, "dark"),
        (_DAY, seen.brightness > 0.45, seen.brightness < 0.25, "bright"),
        (_MOVING, seen.motion > 0.04, seen.motion < 0.01, "lively"),
        (_RESTING, seen.motion < 0.015, seen.motion > 0.05, "calm"),
    ):
        if words & asked and fits:
            score += _SUITS
            why.append(told)
        elif words & asked and against:
            score -= _SUITS
    # Not seeing a face tells nothing: people turn their backs.
    if seen.faces and words & _SOMEBODY:
        score += _PEOPLED
        why.append("people" if seen.faces > 1 else "somebody")
    return score, tuple(why)


def described(seen: Glance) -> str:
    """What a clip looks like in a few words, for those who compare texts."""
    light = "dark, night" if seen.brightness < 0.25 else "bright" if seen.brightness > 0.6 else ""
    motion = "fast motion" if seen.motion > 0.06 else "still" if seen.motion < 0.008 else ""
    people = "people" if seen.faces > 1 else "a person" if seen.faces else ""
    return ", ".join(part for part in (people, *seen.colours, light, motion) if part)
