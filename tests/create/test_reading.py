"""Reading aloud: a table of cases a language, and what must hold of any text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelwright.create.reading import read_aloud
from reelwright.create.reading.engine import ORDINARY

ZH = """
10^3个细胞 → 十的三次方个细胞
10⁻⁶米 → 十的负六次方米
1/250s的快门 → 两百五十分之一秒的快门
身高1m75 → 身高一米七五
用时2:05:31 → 用时两小时零五分三十一秒
2025-09-01 → 二零二五年九月一日
2025/9/1 → 二零二五年九月一日
2025年9月1日 → 二零二五年九月一日
9/1 → 九月一日
截至9/12 → 截至九月十二日
9月1日-3日 → 九月一日到三日
2024年9月-10月 → 二零二四年九月到十月
5-6月 → 五到六月
2024年 → 二零二四年
2019-2024年 → 二零一九到二零二四年
2022-2023赛季 → 二零二二到二零二三赛季
1990年代 → 一九九零年代
90年代 → 九十年代
80后 → 八零后
3000年前 → 三千年前
10年 → 十年
10:30 → 十点三十
10:00 → 十点
10:05 → 十点零五分
2:30 → 两点三十
10:30-11:00 → 十点三十到十一点
3:1 → 三比一
16:9 → 十六比九
总决赛4-2 → 总决赛四比二
比分10:12 → 比分十比十二
3-5天 → 三到五天
5～8岁 → 五到八岁
10～20% → 百分之十到百分之二十
30%-50% → 百分之三十到百分之五十
10-15℃ → 十到十五摄氏度
-5~10℃ → 零下五到零上十摄氏度
3万-5万元 → 三万到五万元
第1-3名 → 第一到第三名
3.5% → 百分之三点五
100% → 百分之百
-3.5% → 负百分之三点五
5‰ → 千分之五
3.14 → 三点一四
0.5mm → 零点五毫米
1,200元 → 一千二百元
102 → 一百零二
112 → 一百一十二
12 → 十二
10203 → 一万零二百零三
20200 → 两万零二百
22000 → 两万两千
200 → 两百
2000 → 两千
2万 → 两万
1.5亿 → 一点五亿
1万2千 → 一万两千
100万+ → 超过一百万
10w+ → 超过十万
500+人 → 五百多人
30多个 → 三十多个
1/2 → 二分之一
2/3 → 三分之二
½ → 二分之一
￥99.9 → 九十九点九元
¥199/月 → 每月一百九十九元
$3亿 → 三亿美元
$3.5 million → 三百五十万美元
€5 → 五欧元
25℃ → 二十五摄氏度
-5℃ → 零下五摄氏度
零下10度 → 零下十度
2kg → 两公斤
120km/h → 每小时一百二十公里
80m² → 八十平方米
5000mAh → 五千毫安时
8GB → 八G B
0.02毫克/升 → 零点零二毫克每升
500ml → 五百毫升
13812345678 → 幺三八幺二三四五六七八
400-800-1234 → 四零零，八零零，幺二三四
拨打12345 → 拨打幺二三四五
编号0086 → 编号零零八六
12306 → 幺二三零六
101号楼 → 一百零一号楼
3栋502室 → 三栋五零二室
2个 → 两个
2小时 → 两小时
2倍 → 两倍
2月 → 二月
2楼 → 二楼
第2 → 第二
2.5倍 → 二点五倍
2% → 百分之二
第3名 → 第三名
v2.1 → V二点一
1.2.3 → 一点二点三
Python 3.11 → Python 三点一一
iPhone 15 → iPhone 十五
GPT-4 → G P T四
C919 → C九一九
5G → 五G
PM2.5 → P M二点五
CO2 → 二氧化碳
AI → A I
NASA → NASA
WTO和WHO → W T O和WHO
A股和T恤 → A股和T恤
A&B → A和B
3+2=5 → 三加二等于五
1920×1080 → 一九二零乘一零八零
7×24小时 → 七乘二十四小时
和/或 → 和或
男/女 → 男或女
#话题 → 话题
a@b → a艾特b
Ⅲ → 三
二〇二四 → 二零二四
①第一 → 一第一
３．５％ → 百分之三点五
GB 45438-2025 → G B 四五四三八，二零二五
π约为3.14 → 派约为三点一四
好的👍 → 好的
"""

EN = """
10^3 cells → ten cubed cells
10⁶ cells → ten to the power of six cells
See p. 12 and Ch. 3 → See page twelve and chapter three
n >= 3 → n at least three
.5 inches → zero point five inches
Call 555-1234 → Call five five five, one two three four
120/80 → one hundred twenty over eighty
2025-09-01 → September first, twenty twenty-five
September 1, 2025 → September first, twenty twenty-five
1 September 2025 → the first of September, twenty twenty-five
Sept. 3 → September third
Jan 2024 → January twenty twenty-four
on 9/1 → on September first
9/1/2025 → September first, twenty twenty-five
in 1999 → in nineteen ninety-nine
1905 → nineteen oh five
2005 → two thousand five
2000 people → two thousand people
the 1990s → the nineteen nineties
2019-2024 → twenty nineteen to twenty twenty-four
10:30 → ten thirty
10:00 → ten o'clock
10:05 am → ten oh five A M
10am → ten A M
5 p.m. → five P M
9:00-10:30 → nine o'clock to ten thirty
3:1 → three to one
3-5 days → three to five days
10-20% → ten to twenty percent
3.5% → three point five percent
100% → one hundred percent
1,234,567 → one million two hundred thirty-four thousand five hundred sixty-seven
0.5 → zero point five
-3 → minus three
1/2 → one half
3/4 → three quarters
2/3 → two thirds
2 1/2 cups → two and a half cups
½ cup → one half cup
$3.5 million → three point five million dollars
$1,200 → one thousand two hundred dollars
$9.99 → nine dollars and ninety-nine cents
$0.50 → fifty cents
$1 → one dollar
$5-10 → five to ten dollars
$20/month → twenty dollars per month
€5 → five euros
25℃ → twenty-five degrees Celsius
-5°C → minus five degrees Celsius
5 kg → five kilograms
1 kg → one kilogram
120 km/h → one hundred twenty kilometers per hour
5-mile run → five-mile run
80 m² → eighty square meters
3 GB → three gigabytes
15 min → fifteen minutes
21st → twenty-first
100th → one hundredth
v2.1 → version two point one
1.2.3 → one point two point three
Dr. Smith → Doctor Smith
e.g. tea → for example tea
i.e. this → that is this
cats, dogs, etc. → cats, dogs, et cetera.
in the U.S. army → in the U S army
AI → A I
NASA → NASA
GPT-4 → G P T four
A380 → A three eighty
5G → five G
H2O → H two O
MP3 → M P three
COVID-19 → COVID nineteen
24/7 → twenty-four seven
555-123-4567 → five five five, one two three, four five six seven
call 911 → call nine one one
room 101 → room one zero one
World War II → World War two
Henry VIII → Henry the eighth
WWII → World War Two
R&D → R and D
50+ people → more than fifty people
#1 → number one
#topic → topic
1920x1080 → nineteen twenty by one thousand eighty
10x → ten times
50K → fifty thousand
4K → four K
5+3=8 → five plus three equals eight
±2 → plus or minus two
8-10 cups/day → eight to ten cups per day
and/or → and or
cats/dogs → cats or dogs
CEOs → C E O's
THIS IS VERY IMPORTANT → THIS IS VERY IMPORTANT
iPhone 15 → iPhone fifteen
C++ → C plus plus
the 茶 2 → the 茶 two
"""


def _cases(table: str) -> list[tuple[str, str]]:
    return [tuple(line.split(" → ")) for line in table.strip().splitlines()]  # type: ignore[misc]


@pytest.mark.parametrize(("written", "spoken"), _cases(ZH))
def test_chinese(written, spoken):
    assert read_aloud(written, "zh").spoken.strip() == spoken


@pytest.mark.parametrize(("written", "spoken"), _cases(EN))
def test_english(written, spoken):
    assert read_aloud(written, "en").spoken.strip() == spoken


def test_there_are_many_cases():
    assert len(_cases(ZH)) >= 90
    assert len(_cases(EN)) >= 75


def test_pieces_say_what_became_what():
    text = "约3.5%的人"
    reading = read_aloud(text, "zh")
    said = {
        text[p.written_first : p.written_last]: reading.spoken[p.spoken_first : p.spoken_last]
        for p in reading.pieces
    }
    assert said["3.5%"] == "百分之三点五"
    assert said["约"] == "约"


_BITS = st.sampled_from(
    [*"0123456789０９", *"年月日个%℃$￥€.,:/-~+×#@&()（），。“”《》 ", "kg", "km/h", "AI",
     "iPhone ",
     "v2.1", "3-5天", "10:30", "Dr. ", "e.g. ", "茶", "国家", "tea ", "👍", "½", "Ⅲ", "²", "①", "π",
     "１２", "\u0301", "\u200b", "\n", "٣"]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(st.lists(_BITS, max_size=14).map("".join), st.text(max_size=25)),
    language=st.sampled_from(["zh", "en"]),
)
def test_any_text_is_covered_and_has_no_digits_or_symbols(text, language):
    reading = read_aloud(text, language)
    written = spoken = 0
    for piece in reading.pieces:
        assert piece.written_first == written < piece.written_last
        assert piece.spoken_first == spoken <= piece.spoken_last
        written, spoken = piece.written_last, piece.spoken_last
    assert written == len(text)
    assert spoken == len(reading.spoken)
    for char in reading.spoken:
        kind = unicodedata.category(char)
        assert char in ORDINARY or char == " " or kind[0] in "LM", (char, kind)
