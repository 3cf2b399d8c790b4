"""What lines say: which scene each gets first, and what is read out of them."""

from __future__ import annotations

import pytest

from reelwright.core.nouns import Line, Role
from reelwright.create import scenes
from reelwright.create.scenes.definition import phonetics, pinyin
from reelwright.create.scenes.enumerating import find_items, find_row
from reelwright.create.scenes.events import find_events
from reelwright.create.scenes.explaining import find_definition, find_question
from reelwright.create.scenes.figures import find_change, find_figure
from reelwright.create.scenes.meaning import find_sides

LINES = [
    ("en", "statement", "Keep it cool, and take it out of the sun while it charges."),
    ("zh", "statement", "有异味、变浑浊的茶，一口都别喝。"),
    ("zh", "list", "记住：看时间、看温度、看杯子，比看是不是隔夜更重要。"),
    ("zh", "list", "好茶要做到三点：密封、冷藏、当天喝完。"),
    ("zh", "list", "常见的误区有四个：空腹喝、饭后喝、睡前喝、趁热喝。"),
    ("zh", "list", "要三样：能密封，能冷藏，能早喝。"),
    ("zh", "statement", "记住：能不能喝，看保存，不看隔夜。"),
    ("zh", "keywords", "绿茶、红茶、乌龙茶都含咖啡因。"),
    ("zh", "list", "一是密封，二是冷藏，三是趁早喝。"),
    ("zh", "statement", "医生提醒：肠胃弱的人，最好别喝浓茶，尤其是晚上。"),
    ("zh", "keywords", "水果、蔬菜、坚果，一样都不能少。"),
    ("zh", "list", "这些食物含铁丰富，比如猪肝、牛肉、菠菜等。"),
    ("zh", "steps", "第一步洗杯，第二步投茶，第三步注水。"),
    ("zh", "steps", "首先把茶叶滤出来，然后装瓶，最后放进冰箱。"),
    ("zh", "steps", "先烧水，再放茶，最后倒掉第一泡。"),
    ("zh", "list", "第一，看颜色；第二，闻气味；第三，尝味道。"),
    ("zh", "number", "研究显示，37.5%的人会把茶放过夜。"),
    ("zh", "number", "这座桥全长55公里。"),
    ("zh", "number", "一杯奶茶的糖高达50克。"),
    ("zh", "number", "室温放了超过8小时，细菌就开始繁殖。"),
    ("zh", "number", "房价5年涨了3倍。"),
    ("zh", "number", "销量从30%涨到45%。"),
    ("zh", "number", "近视率从2018年的53.6%降到了51.9%。"),
    ("zh", "number", "气温从25度升到38度。"),
    ("zh", "number", "一辆车卖到了12万元。"),
    ("zh", "statement", "2008年，北京举办了奥运会。"),
    ("zh", "statement", "2024年5月1日起施行。"),
    ("zh", "statement", "这是1990年代的老房子。"),
    ("zh", "statement", "第3天开始好转。"),
    ("zh", "statement", "他出生于1881年9月25日。"),
    ("zh", "statement", "早上8点起床，晚上10点睡觉。"),
    ("zh", "statement", "iPhone 15 的电池更耐用。"),
    ("zh", "statement", "比分最后定格在3:2。"),
    ("zh", "statement", "煮3到5分钟就够了。"),
    ("zh", "quote", "老茶师说：“茶不怕隔夜，怕的是不干净的杯子。”"),
    ("zh", "quote", "俗话说得好：“茶不怕隔夜，怕的是不干净的杯子。”"),
    ("zh", "quote", "“知之者不如好之者，好之者不如乐之者。”"),
    ("zh", "quote", "“学而时习之，不亦说乎？”——孔子"),
    ("zh", "statement", "他把“茶”念错了。"),
    ("zh", "definition", "所谓“隔夜茶”，指的是泡好放了一夜的茶水。"),
    ("zh", "compare", "茶变色不是变质，而是茶多酚氧化了。"),
    ("zh", "compare", "关键不是时间，而是温度。"),
    ("zh", "compare", "绿茶比红茶更提神。"),
    ("zh", "question", "走路比跑步更伤膝盖吗？"),
    ("zh", "compare", "时间比金钱更重要。"),
    ("zh", "compare", "苹果 vs 安卓，你选谁？"),
    ("zh", "compare", "夏天喝绿茶，而冬天喝红茶。"),
    ("zh", "compare", "我们不是不想做，而是做不到。"),
    ("zh", "question", "你有没有想过，茶为什么会变色？"),
    ("zh", "question", "隔夜茶真的会致癌吗？"),
    ("zh", "statement", "茶叶里的香气会慢慢散掉。"),
    ("zh", "number", "每天喝水8杯，其实没有科学依据。"),
    ("zh", "statement", "只要一个小技巧，就能省下一半的钱。"),
    ("zh", "number", "月球离地球大约38万公里。"),
    ("zh", "number", "每100毫升绿茶里只有0.02毫克。"),
    ("zh", "line", "2021年新能源车卖出120万辆，2022年190万辆，2023年300万辆。"),
    ("zh", "line", "第一季度卖了30亿元，第二季度45亿元，第三季度52亿元。"),
    ("zh", "bars", "龙井0.25毫克，普洱0.2毫克，菊花0.18毫克。"),
    ("zh", "bars", "猫每天睡12小时，狗睡10小时，人只睡8小时。"),
    ("zh", "bars", "去年卖了80万辆，今年120万辆。"),
    ("zh", "bars", "iPhone 15卖5999元，iPhone 16卖6999元。"),
    ("zh", "ring", "煤电占58%，水电占16%，风电占12%，光伏占14%。"),
    ("zh", "ring", "40%的人选绿茶，35%的人选红茶，25%的人选白茶。"),
    ("zh", "number", "身高170厘米，体重60公斤。"),
    ("zh", "steps", "先煮3分钟，再焖5分钟，最后倒出来。"),
    ("en", "line", "Sales were $1.2 million in 2021, $1.9 million in 2022, $3 million in 2023."),
    ("en", "bars", "Longjing has 0.25 mg, Pu'er 0.2 mg, and chrysanthemum 0.18 mg."),
    ("en", "bars", "Running burns 600 calories an hour, swimming 500, and walking 250."),
    ("en", "ring", "A 40%, B 35%, C 25%"),
    ("en", "ring", "40% for tea, 35% for coffee, and 25% for water."),
    ("en", "number", "Boil it for 3 minutes, then rest for 5 minutes."),
    ("en", "list", "It needs three things: a jar, a cold shelf, and time."),
    ("en", "statement", "Remember: if it smells, it's off, and don't drink it."),
    ("en", "statement", "You need a jar, a shelf, and time."),
    ("en", "list", "Pack light snacks, such as nuts, fruit, and cheese."),
    ("en", "list", "There are four seasons: spring, summer, autumn and winter."),
    ("en", "statement", "The answer is simple: nobody, including the makers, checked."),
    ("en", "list", "Firstly, look at the colour; secondly, smell it; lastly, taste it."),
    ("en", "steps", "First, strain the leaves, then chill it, finally drink it."),
    ("en", "steps", "Step one: boil water. Step two: add tea. Step three: wait."),
    ("en", "number", "Surveys say 37.5% of people keep tea overnight."),
    ("en", "number", "The bridge is 55 km long."),
    ("en", "number", "It costs $1,250 a month."),
    ("en", "number", "Sales rose from 30% to 45%."),
    ("en", "number", "The price fell from $80 to $55."),
    ("en", "number", "About 3 million people moved."),
    ("en", "statement", "In 1969, men walked on the Moon."),
    ("en", "statement", "It opened on May 5, 2024."),
    ("en", "statement", "By the 1990s everyone had one."),
    ("en", "statement", "The score was 3:2."),
    ("en", "statement", "Boil it for 3 to 5 minutes."),
    ("en", "statement", "The 15th attempt worked."),
    ("en", "statement", "Windows 11 is slower."),
    ("en", "quote", 'As Lu Xun said, "Good tea is a quiet happiness."'),
    ("en", "quote", "“Be yourself; everyone else is already taken.” — Oscar Wilde"),
    ("en", "statement", 'He called it "fine" twice.'),
    ("en", "compare", "Dark tea is not spoiled, but oxidised."),
    ("en", "compare", "It's not about time, it's about temperature."),
    ("en", "compare", "Green tea vs black tea: which is better?"),
    ("en", "compare", "Green tea is cheaper, while black tea is stronger."),
    ("en", "compare", "Walking is better than running."),
    ("en", "question", "Have you ever wondered why tea turns dark?"),
    ("en", "statement", "The smell of tea slowly fades."),
    ("en", "statement", "Not everyone agrees, but it works."),
    ("en", "number", "The Moon is 384,400 km away."),
    ("zh", "dates", "1969年，阿波罗11号登上月球；1972年，最后一批宇航员离开。"),
    ("zh", "dates", "公元前221年，秦始皇统一六国，1912年，清朝灭亡，1949年，新中国成立。"),
    ("zh", "dates", "1876年贝尔发明电话，1895年马可尼发出无线电，1926年贝尔德演示电视。"),
    ("zh", "dates", "3月1日开始报名，4月15日公布名单，5月1日正式开课。"),
    ("zh", "dates", "茶的历史：1610年荷兰人把茶带到欧洲，1657年伦敦第一家茶馆开张。"),
    ("zh", "dates", "2007年第一代iPhone发布，而2010年iPad问世。"),
    ("zh", "statement", "从2018年到2020年，他一直住在乡下。"),
    ("zh", "statement", "1969年人类登上月球，后来再也没有回去。"),
    ("zh", "statement", "他在1881年到1936年之间写下了这些文章。"),
    ("en", "dates", "In 1969, men walked on the Moon; in 1972, they left it for good."),
    ("en", "dates", "The phone was patented in 1876, and the radio came in 1895."),
    ("en", "dates", "In 1876 Bell patented the phone, in 1895 Marconi sent a signal."),
    ("en", "dates", "Registration opens on March 1, and the course starts on May 5."),
    ("en", "dates", "The web opened in 1991, and Google was founded in 1998."),
    ("en", "statement", "He lived there from 1998 to 2004."),
    ("en", "statement", "Between 1914 and 1918 nothing was built."),
    ("en", "statement", "The bridge opened in 1937."),
    ("zh", "definition", "复利是指把利息也算进本金、再生利息的计息方式。"),
    ("zh", "definition", "把利息也算进本金的算法叫做复利。"),
    ("zh", "definition", "内卷指的是投入越来越多、回报却不再增加的竞争。"),
    ("zh", "definition", "茶多酚是一类能抗氧化的物质。"),
    ("zh", "definition", "所谓缓存，就是把常用的东西放在手边。"),
    ("zh", "definition", "通货膨胀就是钱越来越不值钱的现象。"),
    ("zh", "definition", "“碳中和”的意思是排出多少二氧化碳，就抵消多少。"),
    ("zh", "statement", "最简单的办法就是少喝一点。"),
    ("zh", "statement", "这就是大家说的老茶客。"),
    ("zh", "statement", "关键就是别放太久。"),
    ("zh", "statement", "也就是说，放久了的茶别喝。"),
    ("en", "definition", "Caching means keeping a copy close at hand."),
    ("en", "definition", "Compound interest is when interest earns interest of its own."),
    ("en", "definition", "Making food out of light is called photosynthesis."),
    ("en", "definition", "Latency refers to the delay before data starts to move."),
    ("en", "definition", "A mulligan is defined as a second try without a penalty."),
    ("en", "statement", "It means that nobody checked the numbers."),
    ("en", "statement", "More sleep means less stress at work."),
    ("en", "statement", "That was called a mistake later on."),
    ("en", "statement", "Speed means nothing."),
    ("zh", "question", "为什么隔夜茶会变色？因为茶多酚被氧化了。"),
    ("zh", "question", "隔夜茶能喝吗？密封冷藏的可以喝。"),
    ("zh", "question", "茶为什么会变苦？泡太久了。"),
    ("zh", "question", "谁最容易中招？肠胃不好的人。"),
    ("zh", "question", "那到底该怎么办呢？"),
    ("en", "question", "Why is cold tea bitter? Because tannins keep seeping out."),
    ("en", "question", "Is dark roast stronger? No, it only tastes that way."),
    ("en", "question", "What should you change first? Your grinder."),
    ("en", "question", "Who needs a scale? Everyone who wants the same cup twice."),
    ("en", "question", "So what can you do about it?"),
    ("zh", "keywords", "猪肝、牛肉、菠菜都能补铁。"),
    ("zh", "keywords", "睡眠、饮食、运动缺一不可。"),
    ("zh", "keywords", "北京、上海、广州和深圳都有地铁。"),
    ("zh", "keywords", "红茶、绿茶、白茶全来自同一种树叶。"),
    ("zh", "statement", "有异味、发霉、变浑浊的茶别喝。"),
    ("zh", "statement", "茶、水和杯子，他都没有带。"),
    ("en", "keywords", "Sleep, food, and exercise all shape your mood."),
    ("en", "keywords", "Green tea, black tea and white tea all come from one plant."),
    ("en", "keywords", "Spinach, lentils, and beef are rich in iron."),
    ("en", "keywords", "Paris, Rome, and Madrid have better trains."),
    ("en", "statement", "Well, yes, and that was all they had."),
]


@pytest.mark.parametrize(("language", "scene", "say"), LINES)
def test_a_line_gets_the_scene_that_says_what_it_says(language, scene, say):
    line = Line(say=say, role=Role.POINT)
    fits = scenes.suit(line, index=3, total=9, language=language)
    assert fits[0].scene == scene
    for fit in fits:
        scenes.check(fit.scene, fit.params)


@pytest.mark.parametrize(
    ("text", "title", "items"),
    [
        ("记住：看时间、看温度、看杯子，比看是不是隔夜更重要。", "记住", "看时间 看温度 看杯子"),
        ("做到三点：密封、冷藏和当天喝完。", "做到三点", "密封 冷藏 当天喝完"),
        ("建议：少糖、少盐，多喝水、多走路。", "", ""),
        ("有三种说法：发霉，变质。", "", ""),
        ("近视率从53.6%降到了51.9%", "", ""),
        ("原因有两个：贵、远。", "原因有两个", "贵 远"),
        ("It takes two things: time and salt.", "It takes two things", "time salt"),
        ("It was good: warm, and it made us sleep.", "", ""),
    ],
)
def test_only_parallel_items_make_a_list(text, title, items):
    assert find_items(text) == (title, items.split())


@pytest.mark.parametrize(
    ("text", "first", "last", "unit"),
    [
        ("销量从30%涨到45%", 30, 45, "%"),
        ("由1.2万元涨至3万元", 1.2, 3, "万元"),
        ("sales went from 1,200 to 3,400 cups, up again", 1200, 3400, "cups"),
        ("fell from $80 to $55", 80, 55, ""),
    ],
)
def test_changes_are_read(text, first, last, unit):
    found = find_change(text)
    assert found is not None
    assert (found[1], found[0].value, found[0].unit) == (first, last, unit)


@pytest.mark.parametrize(
    "text",
    [
        "从8点到10点",
        "从2018年到2020年一直在涨",
        "from 8 am to 10 am",
        "from 30% to 5 cups, it fell",
    ],
)
def test_spans_are_no_changes(text):
    assert find_change(text) is None


def test_a_scale_keeps_its_unit():
    figure = find_figure("离地球38万公里")
    assert figure is not None
    assert (figure.value, figure.unit) == (38, "万公里")


def test_the_better_side_is_known():
    better = find_sides("绿茶比红茶更提神。")
    assert better is not None
    assert (better.topic, better.best) == ("更提神", 1)
    kept = find_sides("隔夜茶能不能喝，看的不是隔没隔夜，而是怎么放的。")
    assert kept is not None
    assert (kept.topic, kept.second) == ("隔夜茶能不能喝", "怎么放的")
    assert find_sides("、,而33") is None
    even = find_sides("夏天喝绿茶，而冬天喝红茶。")
    assert even is not None
    assert even.best == 0


@pytest.mark.parametrize(
    ("language", "text", "term", "meaning"),
    [
        ("zh", "所谓“隔夜茶”，指的是放了一夜的茶水。", "隔夜茶", "放了一夜的茶水"),
        ("zh", "我们把利息再生利息的算法叫做复利。", "复利", "利息再生利息的算法"),
        ("zh", "茶多酚是一类抗氧化的物质。", "茶多酚", "一类抗氧化的物质"),
        ("en", "Caching means keeping a copy close.", "Caching", "keeping a copy close"),
        ("en", "Making food of light is called photosynthesis.", "photosynthesis",
         "Making food of light"),
    ],
)  # fmt: skip
def test_definitions_are_read(language, text, term, meaning):
    assert find_definition(text, language) == (term, meaning)


def test_events_are_read():
    title, events = find_events("茶的历史：1610年荷兰人把茶带到欧洲，1657年伦敦茶馆开张。")
    assert title == "茶的历史"
    assert [(each.when, each.what) for each in events] == [
        ("1610年", "荷兰人把茶带到欧洲"), ("1657年", "伦敦茶馆开张"),
    ]  # fmt: skip
    assert find_events("2019年100万，2020年200万。") == ("", [])
    assert find_events("The web opened in 1991, and Google came in 1998.")[1][1].when == "1998"


def test_terms_are_said():
    assert pinyin("银行") == "yín háng"
    assert pinyin("C919") == ""
    assert phonetics("caching") == "/ˈkæʃɪŋ/"
    assert phonetics("oxidation") == "/ˌɑːksɪˈdeɪʃən/"
    assert phonetics("NASA") == ""


def test_a_question_and_its_answer():
    assert find_question("能喝吗？能，要冷藏。") == ("能喝吗？", "能，要冷藏")
    assert find_question("真的吗？你信吗？") is None
    assert find_question("不知道。真的吗？") is None


def test_words_in_a_row():
    assert find_row("绿茶、红茶、乌龙茶都含咖啡因。") == (("绿茶", "红茶", "乌龙茶"), "都含咖啡因")
    assert find_row("Tea, cocoa, and wine all stain.")[0] == ("Tea", "cocoa", "wine")
