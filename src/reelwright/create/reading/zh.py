"""How a person reads Chinese text aloud: numbers, dates, units, signs."""

# One rule a line reads better than a pattern broken in pieces.
# ruff: noqa: E501

from __future__ import annotations

import re
from decimal import Decimal

from reelwright.create.reading import latin
from reelwright.create.reading.engine import Rule
from reelwright.create.reading.tables import COUNTERS, CURRENCIES, LIANG, RATIOS, ROMAN, UNITS

DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿", "亿亿")
_UNIT_LIST = "|".join(re.escape(unit) for unit in sorted(UNITS, key=lambda u: (-len(u), u)))
_COUNTER_LIST = "|".join(sorted(set(COUNTERS), key=lambda u: (-len(u), u)))
_MONEY_LIST = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=lambda u: (-len(u), u)))
_NUM = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_DASH = r"\s?[-–—~至]+\s?"
_END = r"(?![A-Za-z\d])"
_START = r"(?<![A-Za-z\d.])"


def digit(value: int) -> str:
    """One digit: 0 → 零."""
    return DIGITS[value]


def digits(text: str, *, phone: bool = False) -> str:
    """Digit by digit; on the telephone 1 is 幺. Other characters are left out."""
    said = "".join(DIGITS[int(char)] for char in text if char.isascii() and char.isdigit())
    return said.replace("一", "幺") if phone else said


def integer(value: int) -> str:
    """A whole number ≥ 0: 12 → 十二, 10203 → 一万零二百零三, 2000 → 两千."""
    if value == 0:
        return "零"
    groups: list[int] = []
    while value:
        groups.append(value % 10000)
        value //= 10000
    if len(groups) > len(_GROUPS):
        return ""
    said = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        if said and (group < 1000 or not groups[place + 1] or groups[place + 1] % 10 == 0):
            gap = group < 1000 or groups[place + 1] == 0
            said += "零" if gap else ""
        word = _group(group, first=not said)
        if word == "二" and place:
            word = "两"
        said += word + _GROUPS[place]
    return said[1:] if said.startswith("一十") else said


def _group(value: int, first: bool) -> str:
    said = ""
    for place in range(3, -1, -1):
        number = value // 10**place % 10
        if number:
            pair = number == 2 and (place == 3 or (place == 2 and first and not said))
            word = "两" if pair else DIGITS[number]
            said += word + _PLACES[place]
        elif said and value % 10**place and not said.endswith("零"):
            said += "零"
    return said


def number(text: str) -> str:
    """A number as written (thousands commas, decimals, leading zeros) as it is said."""
    plain = text.replace(",", "")
    whole, _, part = plain.partition(".")
    if (len(whole) > 1 and whole[0] == "0") or len(whole) > 16:
        said = digits(whole)
    else:
        said = integer(int(whole))
    return f"{said}点{digits(part)}" if part else said


def scaled(value: Decimal) -> str:
    """A large amount with 万 or 亿: 3500000 → 三百五十万, 1250000000 → 十二点五亿."""
    for size, name in ((8, "亿"), (4, "万")):
        if value >= 10**size:
            return number(f"{(value.scaleb(-size)).normalize():f}") + name
    return number(f"{value.normalize():f}")


def counted(text: str, counter: str) -> str:
    """A number before a counter: 2个 → 两个, 2月 → 二月."""
    if text == "2" and (counter in LIANG or counter[:1] in ("万", "亿", "千", "百")):
        return "两"
    return number(text)


def year(text: str) -> str:
    """A year digit by digit."""
    return digits(text)


def clock(hour: str, minute: str, second: str | None = None) -> str | None:
    """A time of day, or None where it cannot be one."""
    if int(hour) > 24 or int(minute) > 59 or int(second or 0) > 59:
        return None
    said = ("两" if int(hour) == 2 else integer(int(hour))) + "点"
    if second:
        return f"{said}{_padded(minute)}分{_padded(second)}秒"
    if int(minute) == 0:
        return said
    return f"{said}{_padded(minute)}" + ("分" if int(minute) < 10 else "")


def _padded(text: str) -> str:
    value = int(text)
    return f"零{integer(value)}" if len(text) == 2 and value < 10 else integer(value)


def _signed(sign: str | None, said: str) -> str:
    if not sign:
        return said
    return {"+": "加", "±": "正负", "-": "负"}[sign] + said


def _with_unit(sign: str | None, text: str, unit: str, scale: str = "") -> str:
    name = UNITS[unit][0]
    lead, _, tail = name.partition("…") if "…" in name else ("", "", name)
    said = counted(text, scale or tail)
    if sign == "-" and name in ("摄氏度", "华氏度", "度"):
        return f"零下{said}{name}"
    return f"{lead}{_signed(sign, said)}{scale}{tail}"


def _before(match: re.Match[str], words: str, reach: int = 6) -> bool:
    """Whether one of `words` (alternatives of a pattern) stands shortly before the match."""
    return bool(re.search(words, match.string[max(0, match.start() - reach) : match.start()]))


_PHONE_WORDS = r"电话|热线|拨打|致电|手机|客服|报警|传真|来电|急救"
_ID_WORDS = (
    r"编号|账号|卡号|号码|QQ|微信|邮编|ID|id|验证码|密码|尾号|房间|航班|学号|型号|代码|代号|"
    r"工号|单号|订单号|群号|车次|车牌|公众号|频道号"
)
_SERVICE_NUMBERS = frozenset(
    ["12306", "12315", "12320", "12366", "10086", "10010", "12328", "12329", "12333"]
)
_SCORE_WORDS = r"比分|决赛|战胜|击败|逼平|力克|不敌|负于|胜|大胜|领先|落后|总分|局分|以"
_RATIO_WORDS = r"比例|屏幕|画幅|比为|配比|宽高比|画面|比是"


def _date(match: re.Match[str]) -> str | None:
    y, m, d = match["y"], match["m"], match["d"]
    if not (1 <= int(m) <= 12 and 1 <= int(d) <= 31):
        return None
    return f"{year(y)}年{integer(int(m))}月{integer(int(d))}日"


def _year(match: re.Match[str]) -> str | None:
    text, after = match["y"], match.string[match.end() :][:3]
    if (
        len(text) == 4
        and text.endswith("00")
        and re.match(r"前|来|多|历史|的历史|间|后|时间", after)
    ):
        return None  # 3000年前: a number of years
    if len(text) == 4 and int(text) > 2200:
        return None
    if len(text) == 2 and not (int(text) >= 60 or text[0] == "0"):
        return None
    if len(text) == 2 and text[0] != "0" and re.match(r"代", after):
        return f"{integer(int(text))}年"
    return f"{year(text)}年"


def _years(match: re.Match[str]) -> str:
    return f"{year(match['a'])}{match['y'] or ''}到{year(match['b'])}年"


def _slash(match: re.Match[str]) -> str | None:
    a, b = int(match["a"]), int(match["b"])
    if (a, b) == (9, 11):
        return "九一一"
    if (a, b) == (24, 7):
        return "二十四乘七"
    dated = _before(match, r"[于在自从至到](?:了)?$|截至|截止|日期|时间", 4)
    if 1 <= a <= 12 and 1 <= b <= 31 and (dated or a >= b):
        return f"{integer(a)}月{integer(b)}日"
    return f"{integer(b)}分之{integer(a)}" if a and b else None


_TAKES_WORDS = r"(?:[用耗历]时|时长|成绩|花了|跑了|持续)[了为是约：: ]{0,2}$"


def _time(match: re.Match[str]) -> str | None:
    a, b, c = match["a"], match["b"], match["c"]
    scored = _before(match, _SCORE_WORDS) or _before(match, _RATIO_WORDS, 8)
    if c and int(b) < 60 and int(c) < 60 and _before(match, _TAKES_WORDS):
        hours = "两" if int(a) == 2 else number(a)
        return f"{hours}小时{number(b)}分{number(c)}秒"
    if len(b) == 2 and not (scored and not c):
        said = clock(a, b, c)
        if said is not None:
            return said
    if c:
        return f"{number(a)}比{number(b)}比{number(c)}"
    return f"{number(a)}比{number(b)}"


def _time_range(match: re.Match[str]) -> str | None:
    first, last = clock(match["a"], match["b"]), clock(match["c"], match["d"])
    return f"{first}到{last}" if first and last else None


def _range(match: re.Match[str]) -> str | None:
    a, b, sa, sb = match["a"], match["b"], match["sa"] or "", match["sb"] or ""
    scale, unit, counter = match["scale"] or "", match["unit"] or "", match["counter"] or ""
    low, high = match["na"] or "", match["nb"] or ""
    if sb in RATIOS or sa in RATIOS:
        lead = RATIOS[sb or sa][0]
        return f"{_signed(low, lead + number(a))}到{_signed(high, lead + number(b))}"
    if not (scale or unit or counter) and match["dash"].strip() == "-" and not low and not high:
        if _before(match, _SCORE_WORDS):
            return f"{number(a)}比{number(b)}"
        if len(a) > 4 or len(b) > 4 or (a[0] == "0" and len(a) > 1):
            return None
        if re.match(r"-\d", match.string[match.end() :]):
            return None
    if counter == "年" and len(a) == 4 and len(b) == 4:
        return f"{year(a)}到{year(b)}年"
    if unit:
        name = UNITS[unit][0]
        lead, _, tail = name.partition("…") if "…" in name else ("", "", name)
        if tail in ("摄氏度", "度") and (low or high):
            first, last = _degrees(low, a), _degrees(high, b)
        else:
            first, last = _signed(low, number(a)), _signed(high, counted(b, tail))
        own = UNITS[sa][0] if sa in UNITS and "…" not in name else ""
        return f"{lead}{first}{own}到{last}{scale}{tail}"
    tail = scale + counter
    return f"{_signed(low, counted(a, tail if sa else ''))}{sa}到{_signed(high, counted(b, tail))}{tail}"


def _degrees(sign: str, text: str) -> str:
    return ("零下" if sign == "-" else "零上" if text != "0" else "") + number(text)


def _money(match: re.Match[str]) -> str:
    name = CURRENCIES[match["sign"]][0]
    low, high, scale = match["a"], match["b"], match["scale"] or ""
    said = counted(low, scale or name)
    if high:
        said += f"到{counted(high, scale or name)}"
    more = "超过" if match["more"] else ""
    if match["big"]:
        size = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}[match["big"]]
        value = Decimal(low.replace(",", "")).scaleb(size)
        said = scaled(value)
    per = {"月": "每月", "年": "每年", "天": "每天", "日": "每日", "人": "每人"}.get(
        match["per"] or "", ""
    )
    if match["many"]:
        # $0.03/1K tokens
        size = {"k": 3, "千": 3, "m": 6, "万": 4}[match["size"].lower()]
        return f"{more}{said}{scale}{name}每{scaled(Decimal(match['many']).scaleb(size))}"
    return f"{per}{more}{said}{scale}{name}"


def _percent(match: re.Match[str]) -> str:
    more = "以上" if match["more"] else ""
    said = "百" if match["a"] == "100" and match["ratio"] == "%" else number(match["a"])
    return _signed(match["sign"], RATIOS[match["ratio"]][0] + said) + more


def _unit(match: re.Match[str]) -> str | None:
    unit, scale = match["unit"], match["scale"] or ""
    if unit == "w" and match.string[match.end() :].startswith("+"):
        return None
    return _with_unit(match["sign"], match["a"], unit, scale)


def _counter(match: re.Match[str]) -> str | None:
    text, scale, more, counter = (
        match["a"],
        match["scale"] or "",
        match["more"] or "",
        match["counter"],
    )
    plus = "多" if more in ("+", "多") else more
    if counter in ("后",) and len(text) == 2:
        return f"{digits(text)}后"
    if counter == "年代" and len(text) == 4:
        return f"{digits(text)}年代"
    if counter == "年代" and text == "00":
        return "零零年代"
    if counter in ("路", "线", "室", "房") and len(text) >= 3:
        return digits(text) + counter
    sign = match["sign"]
    if sign == "-" and counter == "度":
        return f"零下{number(text)}度"
    said = _signed(sign, counted(text, scale + counter)) + scale
    return f"超过{said}{counter}" if more == "+" and scale else said + plus + counter


def _scaled(match: re.Match[str]) -> str:
    said = _signed(match["sign"], counted(match["a"], match["scale"])) + match["scale"]
    return f"超过{said}" if match["more"] == "+" else said + (match["more"] or "")


def _ten_thousands(match: re.Match[str]) -> str:
    return f"{'超过' if match['more'] else ''}{counted(match['a'], '万')}万"


def _ordinals(match: re.Match[str]) -> str:
    return f"第{number(match['a'])}到第{number(match['b'])}"


def _size(match: re.Match[str]) -> str:
    sides = [match["a"], match["b"]]
    named = all(len(side) in (3, 4) for side in sides)  # a picture: 1920×1080
    return "乘".join(digits(side) if named else number(side) for side in sides)


def _standard(match: re.Match[str]) -> str:
    name = f"{latin.spell(match['name'])} {digits(match['a'])}"
    return f"{name}，{digits(match['b'])}" if match["b"] else name


def _plain(match: re.Match[str]) -> str | None:
    text, sign, more = match["a"], match["sign"], match["more"]
    whole = text.replace(",", "")
    if sign == "-" and re.search(r"[A-Za-z\u4e00-\u9fff\d]\s?$", match.string[: match.start()]):
        sign = None  # GPT-4, 第-3: a hyphen, not a minus
    if _before(match, rf"(?:{_PHONE_WORDS})\W?(?:是|为|号码|请拨)?\W?$", 10):
        return digits(whole, phone=True)
    if whole in _SERVICE_NUMBERS:
        return digits(whole, phone=True)
    if _before(match, rf"(?:{_ID_WORDS})\W?(?:是|为|叫|：|:)?\W?$", 10):
        return digits(whole)
    if (
        "." not in text
        and "," not in text
        and ((len(whole) >= 9 and not whole.endswith("000")) or whole[0] == "0" != whole)
    ):
        return digits(whole)
    return _signed(sign, number(text)) + ("多" if more and not sign else "")


def _phone(match: re.Match[str]) -> str:
    groups = re.findall(r"\d+", match.group())
    return "，".join(digits(group, phone=True) for group in groups)


def _version(match: re.Match[str]) -> str:
    return " V" * bool(match["v"]) + "点".join(
        integer(int(part)) if len(part) < 3 and part != "0" else digits(part)
        for part in match["n"].split(".")
    )


def _dotted(match: re.Match[str]) -> str:
    return "点".join(digits(part) for part in match.group().split("."))


def _mixed(match: re.Match[str]) -> str:
    """Letters and digits in one word: GPT-4, C919, 5G, H2O, iPhone15."""
    said: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", match.group()):
        if part[0].isdigit():
            small = "." in part or len(part) <= 2
            said.append(number(part) if small and part[0] != "0" else digits(part))
        else:
            spelled = latin.say_capitals(part, False) if part.isupper() and len(part) > 1 else None
            said.append(spelled or part)
    return _tight(said)


def _tight(parts: list[str]) -> str:
    text = ""
    for part in parts:
        both = text and text[-1].isascii() and part[0].isascii()
        text += (" " if both else "") + part
    return text


def _ordinal(match: re.Match[str]) -> str:
    return "第" + number(match["a"])


def _power(match: re.Match[str]) -> str:
    power = latin.exponent(match["b"] or match["up"])
    sign = "负" if power < 0 else ""
    return f"{number(match['a'])}的{sign}{integer(abs(power))}次方"


def _capitals(match: re.Match[str]) -> str | None:
    return latin.say_capitals(match.group(), latin.shouted(match.string))


def _roman(match: re.Match[str]) -> str:
    return integer(ROMAN[match.group()])


_WORDS = {"vs": "对", "vs.": "对", "VS": "对", "VS.": "对", "No.": "第", "NO.": "第", "etc.": "等等",
          "e.g.": "例如", "i.e.": "也就是", "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus",
          "Ms.": "Miz", "C++": "C 加加", "c++": "C 加加", "C#": "C sharp", "A/B": "A B",
          "Wi-Fi": "WiFi", "U.S.": "U S", "24/7": "二十四乘七",
          "CO2": "二氧化碳", "CO₂": "二氧化碳", "和/或": "和或"}  # fmt: skip


def _word(match: re.Match[str]) -> str:
    return _WORDS[match.group()]


def _slash_or(match: re.Match[str]) -> str:
    amount = re.search(
        r"\d[百千万亿]*[公千毫平立]?[个元克升米斤焦卡次只件块吨]$", match.string[: match.start()]
    )
    if amount and re.match(
        r"[公千毫平立]?[升克斤米秒时天日月年人次台件吨亩]", match.string[match.end() :]
    ):
        return "每"
    return "或"


_SCALE = r"(?P<scale>[百千万亿]{0,2})"

RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        # Words first: they may hold dots and slashes.
        (rf"(?<![A-Za-z])(?:{'|'.join(re.escape(w) for w in sorted(_WORDS, key=lambda w: -len(w)))})(?![A-Za-z])", _word),
        (r"(?<![A-Za-z])(?:[A-Z]\.){2,}", lambda m: latin.spell(m.group().replace(".", ""))),
        # Dates and times.
        (rf"{_START}(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_END}", _date),
        (rf"{_START}(?P<a>\d{{4}})(?P<y>年)?{_DASH}(?P<b>\d{{4}})年", _years),
        (rf"{_START}(?P<a>\d{{4}})(?P<y>){_DASH}(?P<b>\d{{4}})(?=赛季|学年|财年)", lambda m: _years(m)[:-1]),
        (rf"{_START}(?P<y>\d{{4}}|\d{{2}})年", _year),
        (rf"{_START}(?P<a>\d{{1,2}}):(?P<b>\d{{2}}){_DASH}(?P<c>\d{{1,2}}):(?P<d>\d{{2}}){_END}", _time_range),
        (rf"{_START}(?P<a>\d{{1,4}}):(?P<b>\d{{1,4}})(?::(?P<c>\d{{1,2}}))?{_END}", _time),
        (rf"{_START}1/(?P<a>\d{{1,5}})\s?[sS秒](?![A-Za-z])", lambda m: f"{number(m['a'])}分之一秒"),
        (rf"{_START}(?P<a>\d{{1,3}})/(?P<b>\d{{1,3}}){_END}(?!/)", _slash),
        (rf"{_START}(?P<a>{_NUM})(?:\^(?P<b>[-−]?\d+)|(?P<up>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)){_END}", _power),
        (rf"{_START}(?P<a>[12])[mM](?P<b>\d\d){_END}", lambda m: f"{number(m['a'])}米{digits(m['b'])}"),
        # Telephone numbers.
        (r"(?<![\d.])(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)", _phone),
        (r"(?<![\d.])(?:400|800)-\d{3,4}-\d{3,4}(?!\d)", _phone),
        (r"(?<![\d.])0\d{2,3}-\d{7,8}(?!\d)", _phone),
        # Versions and addresses.
        (r"(?P<v>(?<![A-Za-z])[vV]\s?)(?P<n>\d+(?:\.\d+)*)(?![\d])", _version),
        (rf"{_START}(?P<v>)(?P<n>\d+\.\d+\.\d+)(?!\.?\d)", _version),
        (rf"{_START}\d+(?:\.\d+){{3,}}", _dotted),
        # Money, percentages, ranges, amounts.
        (rf"(?<![A-Za-z])(?P<sign>{_MONEY_LIST})\s?(?P<a>{_NUM})(?:{_DASH}(?:{_MONEY_LIST})?(?P<b>{_NUM}))?(?: (?P<big>thousand|million|billion|trillion)(?![A-Za-z]))?{_SCALE}"
         r"(?P<more>[+多])?(?:/(?P<per>[月年天日人])|/(?P<many>\d{1,3})\s?(?P<size>[kKmM千万])(?![A-Za-z\d]))?(?:元|美元|欧元|英镑)?", _money),
        (rf"{_START}(?P<na>[-+](?=\d))?(?P<a>{_NUM})(?P<sa>[%‰百千万亿]{{0,2}}|℃|°C?)(?P<dash>{_DASH})(?P<nb>[-+](?=\d))?"
         rf"(?P<b>{_NUM})(?P<sb>[%‰])?{_SCALE}(?:\s?(?P<unit>{_UNIT_LIST})(?![A-Za-z])|(?P<counter>{_COUNTER_LIST}))?(?![\d:])", _range),
        (rf"(?<![A-Za-z\d.])(?P<sign>[-+±])?(?P<a>{_NUM})\s?(?P<ratio>[%‰])(?P<more>\+)?", _percent),
        (rf"(?<![A-Za-z\d.])(?P<sign>[-+±])?(?P<a>{_NUM}){_SCALE}\s?(?P<unit>{_UNIT_LIST})(?![A-Za-z\d²³])", _unit),
        (r"第(?P<a>\d+)[-–—~至](?P<b>\d+)", _ordinals),
        (r"第(?P<a>\d+)", _ordinal),
        (r"(?<=[日月年号时点分周岁级章集])\s?[-–—~]+\s?(?=\d)", lambda m: "到"),
        (rf"(?<![A-Za-z\d.])(?P<a>{_NUM})w(?P<more>\+)", _ten_thousands),
        (r"(?<![A-Za-z\d.])(?P<a>\d+)\s?[×xX*]\s?(?P<b>\d+)(?![\dA-Za-z.])", _size),
        (r"(?<![A-Za-z])(?P<name>[A-Z]{2,})(?:/T)? (?P<a>\d{4,})(?:[-–—](?P<b>\d{4}))?(?![\d.])", _standard),
        (rf"(?<![A-Za-z\d.])(?P<sign>[-+±])?(?P<a>{_NUM}){_SCALE}(?P<more>[+多余来几])?(?P<counter>{_COUNTER_LIST})", _counter),
        (rf"(?<![A-Za-z\d.])(?P<sign>[-+±])?(?P<a>{_NUM})(?P<scale>[百千万亿]{{1,2}})(?P<more>[+多余来几])?", _scaled),
        (r"(?<=[\d\u4e00-\u9fff])\s?[×xX*]\s?(?=\d)", lambda m: "乘"),
        # Letters and digits together, then plain numbers.
        (r"(?<![A-Za-z\d])(?:[A-Za-z]+-?\d+(?:\.\d+)?(?:-?[A-Za-z\d]+)*|\d+[A-Za-z][A-Za-z\d]*)(?:-[A-Za-z\d]+)*(?![A-Za-z])", _mixed),
        (rf"(?P<sign>(?<!\d)[-+±](?=\d))?(?P<a>{_NUM})(?P<more>\+(?!\d))?", _plain),
        # Capitals and signs.
        (r"(?<![A-Za-z])(?:" + "|".join(sorted(ROMAN, key=lambda r: -len(r))) + r")(?![A-Za-z])", _roman),
        (latin.CAPITALS.pattern, _capitals),
        (r"(?<=[\u4e00-\u9fff])/(?=[\u4e00-\u9fff])", _slash_or),
        (r"(?<=\S)[~](?=\S)", lambda m: "到"),
        (r"#(?=[\u4e00-\u9fffA-Za-z])", lambda m: ""),
        (r"[-–](?=[\u4e00-\u9fff])", lambda m: "，" if m.start() else ""),
    )
)  # fmt: skip
