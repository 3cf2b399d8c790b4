"""Figures in a line: the weightiest quantity, and changes from one to another."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reelwright.core.words import is_cjk


@dataclass(frozen=True)
class Figure:
    """A number in a text."""

    value: float
    decimals: int
    grouped: bool
    prefix: str
    unit: str
    passage: str
    """As written, unit and all."""
    start: int
    end: int


_UNITS = (
    "%|％|‰|个百分点|[万亿]?公里|[万亿]?公?斤|[万亿]?吨|[万亿]?人|[万亿]?次|[万亿]?年|万亿美?元|[万亿]美?元|美元|万亿|万元|亿元|亿|万|元|块钱?|分钟|小时|秒钟?|天|年|个月|月|周|岁|倍|次|人|毫克|微克|克|"
    "千克|公斤|斤|吨|毫升|升|公里|千米|米|厘米|毫米|摄氏度|℃|°C|°F|度|千卡|大卡|卡|种|个|杯|步|平方公里|平方米|立方米|千瓦时|千瓦|瓦|兆瓦|级台阶|级|层|台|辆|座|家|名|只|页|亩|"
    "percent|per cent|million|billion|trillion|thousand|hours?|minutes?|seconds?|days?|weeks?|"
    "months?|years?|times|people|kg|mg|g|ml|l|km|cm|mm|m|mph|miles?|degrees?|kcal|calories|cups?|"
    "steps?|grams?|kilograms?|milligrams?|micrograms?|liters?|litres?|meters?|metres?|"
    "kilometers?|kilometres?|inches|feet|ft|ounces?|pounds?|tons?|tonnes?|watts?|kilowatts?|"
    "megabytes?|gigabytes?|terabytes?|acres?|hectares?|x|GB|MB|TB|Hz|kHz|fps|W|kW|kWh|V"
)
_FEW = frozenset("个种次人级层台辆座家名只页步杯")
"""Counters that a small number before them only names."""
TIMES = "小时|分钟|秒|天|周|hour|minute|second|day|week"
"""How units of short times begin."""
_FIGURE = re.compile(
    rf"(?P<prefix>[$¥￥£€]?)(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:\s?(?P<unit>(?:{_UNITS})(?![A-Za-z])))?",
    re.IGNORECASE,
)


def find_figure(text: str) -> Figure | None:
    """The weightiest figure in a text: with a unit or currency; ordinals and years do not count."""
    best: tuple[float, Figure] | None = None
    for weight, figure in _weighed(text):
        if (figure.unit or figure.prefix) and (best is None or weight > best[0]):
            best = (weight, figure)
    return best[1] if best else None


_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}


def find_numeral(text: str) -> Figure | None:
    """A quantity of ten or more that is written in characters (四百级台阶); None where there is
    none. Times of day, ordinals and idioms (万一) are none.
    """
    for match in re.finditer(rf"[一二两三四五六七八九十百千万亿零]{{2,}}(?=(?:{_UNITS}))", text):
        before, number = text[: match.start()], match.group()
        unit = re.match(rf"(?:{_UNITS})(?![A-Za-z])", text[match.end() :])
        value = numeral(number)
        if unit is None or value is None or value < 10 or re.search("[第几数上之]$", before):
            continue
        if unit.group() in {"年", "月"} or number[0] in "百千万亿":
            continue
        passage = number + unit.group()
        end = match.start() + len(passage)
        return Figure(
            float(value), 0, value >= 10_000, "", unit.group(), passage, match.start(), end
        )
    return None


def numeral(text: str) -> int | None:
    """A number written in characters, below a trillion (三百二十 is 320); None for no number.

    >>> numeral("三百二十"), numeral("一万零五"), numeral("十二")
    (320, 10005, 12)
    """
    total = part = digit = 0
    for at, char in enumerate(text):
        if char in _DIGITS:
            if digit and text[at - 1] != "零":
                return None
            digit = _DIGITS[char]
        elif char in _SCALES:
            part += (digit or (1 if char == "十" and not part else 0)) * _SCALES[char]
            digit = 0
        elif char in "万亿":
            total = (total + part + digit) * (10_000 if char == "万" else 100_000_000)
            part = digit = 0
        else:
            return None
    return total + part + digit or None


def find_figures(text: str) -> list[Figure]:
    """Every quantity in a text, in order, bare numbers too; ordinals, ranges and dates are none."""
    return [figure for _, figure in _weighed(text)]


def _weighed(text: str) -> Iterator[tuple[float, Figure]]:
    for match in _FIGURE.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        unit = match["unit"] or ""
        number = match["number"]
        if re.search(r"[第\w.\-–~～至到/:：]$", before) and not is_cjk(before[-1]):
            continue
        # 3到5天, 3 to 5 days: a range is not one figure.
        if re.search(r"\d\s?(?:[-–~～至到/:：]|to|and|or)\s?$", before):
            continue
        if before.endswith("第") or re.match(r"\s?(?:[-–~～至到/:：]|to|or)\s?\d|[A-Za-z]", after):
            continue
        # 2024年, 5月: when, not how much.
        if unit in {"年", "月"} and (unit == "月" or len(number) == 4):
            continue
        weight = {"%": 3.0, "％": 3.0, "个百分点": 3.0, "倍": 2.5, "percent": 3.0, "x": 2.5}.get(
            unit.lower(), 2.0
        )
        weight += 0.5 if match["prefix"] else 0.0
        # 每100毫升: what something else is measured against.
        weight -= 1.5 if re.search(r"(?:每|\bper|\bevery)\s?$", before) else 0.0
        weight -= 1.2 if unit in _FEW and float(number.replace(",", "")) < 5 else 0
        # A span of time is more often the condition than the point.
        weight -= 0.4 if re.match(TIMES, unit) else 0.0
        decimals = len(number.partition(".")[2])
        figure = Figure(
            value=float(number.replace(",", "")),
            decimals=decimals,
            grouped="," in number,
            prefix=match["prefix"],
            unit=unit,
            passage=match.group().strip(),
            start=match.start(),
            end=match.end(),
        )
        yield weight, figure


_CHANGE = re.compile(
    r"(?:从|由|\bfrom\s).{0,12}?"
    rf"(?P<prefix>[$¥￥£€]?)(?P<first>\d[\d,]*(?:\.\d+)?)\s?(?P<own>(?:{_UNITS})(?![A-Za-z]))?\s?"
    r"(?:[，,]?\s?(?:一路|迅速|逐渐|快速)?(?:上升|下降|增加|减少|增长|提高|提升|降低|下跌|上涨"
    r"|[涨降升跌增减掉变缩长])[到至为成]?了?|到|至|\bto\s)\s?"
    rf"(?P<passage>(?P<sign>[$¥￥£€]?)(?P<last>\d[\d,]*(?:\.\d+)?)(?:\s?(?P<unit>(?:{_UNITS})(?![A-Za-z])))?)",
    re.IGNORECASE,
)


def find_change(text: str) -> tuple[Figure, float] | None:
    """The figure that something has come to, and what it came from; None where nothing changed.

    Both must be quantities of one kind (30 % and 45 %, $80 and $55); years and hours of the day
    are none.
    """
    match = _CHANGE.search(text)
    if not match:
        return None
    unit, own = match["unit"] or "", match["own"] or ""
    prefix, sign = match["prefix"], match["sign"]
    if (own and unit and own.lower() != unit.lower()) or prefix != sign or not (unit or prefix):
        return None
    if re.match(r"[年月日号点时]", unit) and (not own or len(match["last"]) == 4):
        return None
    if not re.search(
        r"[涨降升跌增减掉变缩长提]|\b(?:rose|grew|rise|climbed|jumped|went|up|increased|fell|dropped|"
        r"fall|down|shrank|cut|raised|doubled|decreased|sank)\b",
        text,
        re.IGNORECASE,
    ):
        return None
    number = match["last"].rstrip(",")
    first = match["first"].rstrip(",")
    decimals = max(len(each.partition(".")[2]) for each in (number, first))
    figure = Figure(
        value=float(number.replace(",", "")),
        decimals=decimals,
        grouped="," in number,
        prefix=sign,
        unit=unit,
        passage=match["passage"].strip(),
        start=match.start("passage"),
        end=match.end("passage"),
    )
    return figure, float(first.replace(",", ""))
