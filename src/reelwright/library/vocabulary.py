"""Words for one thing: what annotators call it, and what people ask for, in both languages.

A small table of what material shows, not a dictionary: any other word is sought as it stands.
"""

from __future__ import annotations

from functools import lru_cache

from reelwright.core.words import words_of

_TABLE = """
sea ocean beach coast seaside shore wave surf | 海 海边 大海 海滩 沙滩 海洋 海岸 海浪 海面 海水 海滨
water lake river stream waterfall | 水 水面 湖 湖泊 湖面 河 河流 江 江面 小溪 溪流 瀑布 水流
sunset dusk sundown | 日落 夕阳 落日 黄昏 傍晚 晚霞
sunrise dawn | 日出 朝阳 黎明 朝霞 清晨
people person human man woman crowd | 人 人物 人们 有人 男人 女人 人群 游客 路人
face portrait selfie closeup | 人脸 脸 面孔 人像 肖像 自拍 特写
crowd audience | 人群 观众 人山人海
child kid children baby | 孩子 小孩 儿童 宝宝 婴儿
sky cloud | 天空 天 云 蓝天 白云 云彩
greenery forest tree grass plant leaf nature | 植物 森林 树 树林 树木 草 草地 草原 绿植 叶子 树叶
mountain hill peak | 山 高山 山峰 山顶 山脉 雪山
snow winter ice | 雪 下雪 雪地 冬天 冰 冰雪
fire flame bonfire candle | 火 火焰 篝火 蜡烛 烛光 燃烧
night dark evening | 夜 夜晚 夜景 晚上 黑夜 夜里 深夜
city street building town urban | 城市 街道 街 街头 建筑 大楼 高楼 都市 市区
car traffic road vehicle | 车 汽车 车流 交通 马路 公路 道路
train railway station | 火车 高铁 地铁 铁路 车站
plane airport flight | 飞机 机场 航班
food dish meal cooking | 食物 美食 菜 饭 做饭 烹饪 料理 饭菜
coffee latte | 咖啡 拿铁
tea | 茶 茶叶 喝茶
dog puppy | 狗 小狗 狗狗
cat kitten | 猫 小猫 猫咪
bird | 鸟 小鸟 鸟儿
flower blossom | 花 花朵 鲜花 樱花
indoor room interior home | 室内 屋里 房间 家里
office desk work computer | 办公室 办公 桌面 工作 电脑
screen screencast screenshot display | 屏幕 录屏 截图 截屏 界面
text writing caption slide | 文字 字幕 幻灯片 字
speech talk speaking voice interview | 说话 讲话 演讲 人声 采访 口播 对话
music song | 音乐 歌 歌曲 乐曲
silence silent quiet | 安静 无声 静音
calm peaceful relaxing | 平静 宁静 安静 舒缓 放松 治愈
gloomy sombre sad | 阴郁 忧郁 沉闷 悲伤 低沉
cheerful joyful happy | 欢快 开心 快乐 高兴 愉快
energetic lively exciting | 活力 热闹 激动 燃 动感
tense | 紧张 悬疑
pan panning | 摇镜 摇镜头 横摇
tilt | 俯仰
zoom push | 推镜 推拉 变焦
handheld shaking shaky | 手持 晃动 抖动
static still tripod | 固定 静止 固定镜头
aerial drone | 航拍 无人机 俯拍
red | 红 红色
orange | 橙 橙色 橘色
yellow | 黄 黄色
green | 绿 绿色
cyan | 青 青色
blue | 蓝 蓝色
purple violet | 紫 紫色
pink | 粉 粉色 粉红
brown | 棕 棕色 褐色
black | 黑 黑色
white | 白 白色
gray grey | 灰 灰色
bright | 明亮 亮
sport running football basketball | 运动 跑步 足球 篮球
dance dancing | 舞蹈 跳舞
travel trip journey vlog | 旅行 旅游 出游
product | 产品 商品
factory machine | 工厂 机器
hospital doctor | 医院 医生
school student classroom | 学校 学生 教室
chinese mandarin | 中文 汉语 普通话
english | 英文 英语
portrait vertical upright | 竖屏 竖版 竖
landscape horizontal | 横屏 横版 横
"""


@lru_cache(maxsize=1)
def _groups() -> tuple[dict[str, tuple[int, ...]], tuple[frozenset[str], ...]]:
    groups: list[frozenset[str]] = []
    of: dict[str, list[int]] = {}
    for line in filter(str.strip, _TABLE.splitlines()):
        members: set[str] = set()
        for word in line.replace("|", " ").split():
            # A word that is cut in two is sought as a whole, and in its parts by whoever cuts so.
            found = words_of(word)
            members.add("".join(found) if len(found) > 1 else found[0])
        for member in members:
            of.setdefault(member, []).append(len(groups))
        groups.append(frozenset(members))
    return {word: tuple(numbers) for word, numbers in of.items()}, tuple(groups)


def alike(word: str) -> frozenset[str]:
    """Other words for what a word (folded, by its stem) names; empty where none is known.

    >>> "beach" in alike("海边"), alike("qwerty")
    (True, frozenset())
    """
    of, groups = _groups()
    found = frozenset[str]().union(*(groups[number] for number in of.get(word, ())))
    return found - {word}


def is_known(word: str) -> bool:
    """Whether the table knows a word, so that it is kept whole where a segmenter would cut it."""
    return word in _groups()[0]
