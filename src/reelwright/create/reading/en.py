"""How a person reads English text aloud: numbers, dates, units, abbreviations, signs."""

# One rule a line reads better than a pattern broken in pieces.
# ruff: noqa: E501

from __future__ import annotations

import re

from reelwright.create.reading import latin
from reelwright.create.reading.engine import Rule
from reelwright.create.reading.tables import CURRENCIES, ENGLISH_SCALES, ROMAN, UNITS, split_words

_ONES = split_words("""
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen
""")
_TENS = split_words("""
    zero ten twenty thirty forty fifty sixty seventy eighty ninety
""")
_GROUPS = ("", " thousand", " million", " billion", " trillion", " quadrillion")
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
             "nine": "ninth", "twelve": "twelfth"}  # fmt: skip
MONTHS = split_words("""
    January February March April May June July August September October November December
""")
_MONTH_LIST = "|".join(
    [*MONTHS, *(f"{m[:3]}\\." for m in MONTHS), *(m[:3] for m in MONTHS if m != "May"), r"Sept\.?"]
)
_UNIT_LIST = "|".join(re.escape(unit) for unit in sorted(UNITS, key=lambda u: (-len(u), u)))
_MONEY_LIST = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=lambda u: (-len(u), u)))
_SCALE_LIST = "|".join(ENGLISH_SCALES)
_NUM = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_START = r"(?<![A-Za-z\d.])"
_END = r"(?![A-Za-z\d])"
_DASH = r"\s?[-–—~]\s?"


def digit(value: int) -> str:
    """One digit as a word, with spaces around it."""
    return f" {_ONES[value]} "


def digits(text: str) -> str:
    """Digit by digit; other characters are left out."""
    return " ".join(_ONES[int(char)] for char in text if char.isascii() and char.isdigit())


def integer(value: int) -> str:
    """A whole number ≥ 0 in American English: 1203 → one thousand two hundred three."""
    if value == 0:
        return "zero"
    said: list[str] = []
    place = 0
    while value:
        group = value % 1000
        if group:
            if place >= len(_GROUPS):
                return ""
            said.insert(0, _group(group) + _GROUPS[place])
        value //= 1000
        place += 1
    return " ".join(said)


def _group(value: int) -> str:
    said: list[str] = []
    if value >= 100:
        said.append(f"{_ONES[value // 100]} hundred")
    rest = value % 100
    if rest >= 20:
        said.append(_TENS[rest // 10] + (f"-{_ONES[rest % 10]}" if rest % 10 else ""))
    elif rest:
        said.append(_ONES[rest])
    return " ".join(said)


def ordinal(value: int) -> str:
    """21 → twenty-first."""
    said = integer(value)
    head, mark, last = re.fullmatch(r"(.*?)([ -]?)([a-z]+)", said).groups()  # type: ignore[union-attr]
    if last in _ORDINALS:
        last = _ORDINALS[last]
    elif last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last += "th"
    return f"{head}{mark}{last}"


def number(text: str) -> str:
    """A number as written (thousands commas, decimals, leading zeros) as it is said."""
    whole, _, part = text.replace(",", "").partition(".")
    if (len(whole) > 1 and whole[0] == "0") or len(whole) > 18:
        said = digits(whole)
    else:
        said = integer(int(whole))
    return f"{said} point {digits(part)}" if part else said


def year(text: str) -> str:
    """A year: 1999 → nineteen ninety-nine, 2005 → two thousand five, 1905 → nineteen oh five."""
    value = int(text)
    if len(text) != 4 or value % 1000 < 10 or value < 1100:
        return integer(value)
    head, tail = value // 100, value % 100
    if tail == 0:
        return f"{integer(head)} hundred"
    return f"{integer(head)} {'oh ' if tail < 10 else ''}{integer(tail)}"


def clock(hour: str, minute: str, half: str) -> str | None:
    """A time of day, or None where it cannot be one. `half` is ``am``, ``pm`` or empty."""
    if int(hour) > 24 or int(minute) > 59:
        return None
    said = integer(int(hour))
    if int(minute):
        said += f" {'oh ' if int(minute) < 10 else ''}{integer(int(minute))}"
    elif not half:
        said += " o'clock" if 1 <= int(hour) <= 12 else " hundred hours"
    return f"{said} {latin.spell(half.upper())}" if half else said


def plural(word: str) -> str:
    """The last word of a number in the plural: nineties, thousands."""
    return (
        f"{word[:-1]}ies"
        if word.endswith("y")
        else f"{word}es"
        if word.endswith("x")
        else f"{word}s"
    )


def _sign(sign: str | None) -> str:
    return {"-": "minus ", "+": "plus ", "±": "plus or minus "}.get(sign or "", "")


def _before(match: re.Match[str], words: str, reach: int = 16) -> bool:
    return bool(re.search(words, match.string[max(0, match.start() - reach) : match.start()], re.I))


_YEAR_WORDS = (
    r"\b(?:in|since|by|from|until|till|to|of|before|after|around|late|early|mid|year|during|"
    r"between|and|circa|spring|summer|autumn|fall|winter|through|the|©)[ -]$"
)
_ID_WORDS = r"\b(?:room|flight|code|pin|id|account|number|no\.|extension|ext\.|zip|order|call|dial|phone|password)[:#]? (?:is )?#?$"


def _iso(match: re.Match[str]) -> str | None:
    return _date(match["y"], match["m"], match["d"])


def _date(y: str, m: str, d: str) -> str | None:
    if not (1 <= int(m) <= 12 and 1 <= int(d) <= 31):
        return None
    said = f"{MONTHS[int(m) - 1]} {ordinal(int(d))}"
    if y:
        said += f", {year(y if len(y) == 4 else '20' + y)}"
    return said


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3]))


def _month_day(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["d"]) <= 31:
        return None
    said = f"{_month(match['m'])} {ordinal(int(match['d']))}"
    if match["e"]:
        said += f" to {ordinal(int(match['e']))}"
    return f"{said}, {year(match['y'])}" if match["y"] else said


def _day_month(match: re.Match[str]) -> str | None:
    if not 1 <= int(match["d"]) <= 31:
        return None
    said = f"{ordinal(int(match['d']))} of {_month(match['m'])}"
    if not _before(match, r"\bthe $", 4):
        said = f"the {said}"
    return f"{said}, {year(match['y'])}" if match["y"] else said


def _month_year(match: re.Match[str]) -> str:
    return f"{_month(match['m'])} {year(match['y'])}"


def _us_date(match: re.Match[str]) -> str | None:
    return _date(match["y"], match["m"], match["d"])


_DENOMINATORS = {2: "half", 4: "quarter"}


def _slash(match: re.Match[str]) -> str | None:
    a, b = int(match["a"]), int(match["b"])
    if (a, b) == (24, 7):
        return "twenty-four seven"
    if (a, b) == (9, 11):
        return "nine eleven"
    dated = _before(match, r"\b(?:on|by|since|until|till|due|from|before|after|dated?) $")
    if 1 <= a <= 12 and 1 <= b <= 31 and (dated or a > b):
        return _date("", match["a"], match["b"])
    if not a or not b:
        return None
    if a > b >= 20:
        return f"{integer(a)} over {integer(b)}"  # a blood pressure
    if a == b or b == 1:
        return f"{integer(a)} out of {integer(b)}"
    part = _DENOMINATORS.get(b) or ordinal(b)
    if a > 1:
        part = "halves" if b == 2 else f"{part}s"
    return f"{integer(a)} {part}"


def _whole_fraction(match: re.Match[str]) -> str | None:
    a, b = int(match["a"]), int(match["b"])
    if a >= b or b > 16:
        return None
    part = _DENOMINATORS.get(b) or ordinal(b)
    said = f"{'a' if a == 1 else integer(a)} {part}{'s' if a > 1 else ''}"
    return f"{number(match['w'])} and {said}"


def _time(match: re.Match[str]) -> str | None:
    a, b, c = match["a"], match["b"], match["c"]
    half = re.sub(r"[ .]", "", match["half"] or "").lower()
    scored = _before(match, r"\b(?:ratio|score|won|lost|beat|by|of|aspect|odds) (?:is |of |at )?$")
    if len(b) == 2 and not c and not (scored and not half and not _before(match, r"\bby $", 4)):
        said = clock(a, b, half)
        if said:
            return said
    if c:
        return f"{number(a)} hours, {number(str(int(b)))} minutes and {number(str(int(c)))} seconds"
    return f"{number(a)} to {number(b)}"


def _time_range(match: re.Match[str]) -> str | None:
    half = re.sub(r"[ .]", "", match["half"] or "").lower()
    first, last = clock(match["a"], match["b"], ""), clock(match["c"], match["d"], half)
    return f"{first} to {last}" if first and last else None


def _hour(match: re.Match[str]) -> str | None:
    half = re.sub(r"[ .]", "", match["half"]).lower()
    return clock(match["a"], "00", half)


def _years(match: re.Match[str]) -> str | None:
    b = match["b"] if len(match["b"]) == 4 else match["a"][:2] + match["b"]
    if not (1000 <= int(match["a"]) < int(b) <= 2199):
        return None
    return f"{year(match['a'])} to {year(b)}"


def _decade(match: re.Match[str]) -> str | None:
    text = match["y"]
    said = year(text) if len(text) == 4 else integer(int(text))
    if len(text) == 2 and text[1] != "0":
        return None
    head, mark, last = said.rpartition(" ")
    return f"{head}{mark}{plural(last)}"


def _money(match: re.Match[str]) -> str:
    _, one, many, cents = CURRENCIES[match["sign"]]
    low, high, scale = match["a"], match["b"], match["scale"]
    short = {"k": "thousand", "K": "thousand", "m": "million", "M": "million", "B": "billion",
             "bn": "billion", "T": "trillion"}  # fmt: skip
    minus = _sign(match["minus"])
    over = "more than " if match["more"] else ""
    per = f" per {match['per']}" if match["per"] else ""
    per = {" per mo": " per month", " per yr": " per year", " per hr": " per hour"}.get(per, per)
    if match["many"]:
        # $0.03/1K tokens
        size = short[match["size"]]
        per = f" per {size}" if match["many"] == "1" else f" per {number(match['many'])} {size}"
    if scale or high:
        word = f" {short.get(scale, scale)}" if scale else ""
        middle = f"{number(low)} to {number(high)}" if high else number(low)
        return f"{over}{minus}{middle}{word} {many}{per}"
    whole, _, part = low.replace(",", "").partition(".")
    if len(part) == 2 and cents:
        said = (
            "" if int(whole) == 0 else f"{integer(int(whole))} {one if int(whole) == 1 else many}"
        )
        if int(part):
            tail = f"{integer(int(part))} {cents[:-1] if int(part) == 1 and cents == 'cents' else cents}"
            said = f"{said} and {tail}" if said else tail
        return f"{over}{minus}{said or f'zero {many}'}{per}"
    return f"{over}{minus}{number(low)} {one if low == '1' else many}{per}"


def _percent(match: re.Match[str]) -> str:
    tail = "percent" if match["ratio"] == "%" else "per thousand"
    minus = _sign(match["sign"])
    if match["b"]:
        return f"{minus}{number(match['a'])} to {number(match['b'])} {tail}"
    return ("more than " if match["more"] else "") + f"{minus}{number(match['a'])} {tail}"


def _unit(match: re.Match[str]) -> str | None:
    unit, low, high = match["unit"], match["a"], match["b"]
    if unit == "s" and not match["gap"] and len(low) in (2, 4) and low.endswith("0"):
        return None  # 1990s
    if unit in ("mi", "sec", "um") and match.string[match.end() :][:1] == "-":
        return None
    _, one, many = UNITS[unit]
    single = match["hyphen"] is not None or (low == "1" and not high)
    said = f"{number(low)} to {number(high)}" if high else number(low)
    return f"{_sign(match['sign'])}{said} {one if single else many}"


def _range(match: re.Match[str]) -> str | None:
    a, b = match["a"], match["b"]
    if len(a) > 6 or re.match(r"-\d", match.string[match.end() :]):
        return None
    return f"{number(a)} to {number(b)}"


def _plain(match: re.Match[str]) -> str | None:
    text, sign, more = match["a"], match["sign"], match["more"]
    whole = text.replace(",", "")
    if sign == "-" and re.search(r"[A-Za-z\d]\s?$", match.string[: match.start()]):
        sign = None
    if _before(match, _ID_WORDS):
        return digits(whole)
    if text == whole and "." not in text:
        if len(whole) >= 9 or (whole[0] == "0" != whole):
            return digits(whole)
        after = match.string[match.end() :]
        bare = not sign and not more and len(whole) == 4
        if (
            bare
            and 1100 <= int(whole) <= 2099
            and (
                (
                    _before(match, _YEAR_WORDS)
                    and not re.match(
                        r" (?:people|users|times|steps|words|calories|miles|years|items)", after
                    )
                )
                or (
                    1900 <= int(whole) <= 2099
                    and not re.match(r" [a-z]+s\b(?<!was)(?<!is)(?<!has)", after)
                )
            )
        ):
            return year(whole)
    said = f"{_sign(sign)}{number(text)}"
    return f"more than {said}" if more and not sign else said


def _phone(match: re.Match[str]) -> str:
    return ", ".join(digits(group) for group in re.findall(r"\d+", match.group()))


def _version(match: re.Match[str]) -> str:
    lead = "version " if match["v"] else ""
    return lead + " point ".join(
        integer(int(part)) if len(part) < 4 else digits(part) for part in match["n"].split(".")
    )


def _ordinal(match: re.Match[str]) -> str:
    return ordinal(int(match["a"].replace(",", "")))


def _mixed(match: re.Match[str]) -> str:
    """Letters and digits in one word: GPT-4, A380, 5G, H2O, MP3."""
    said: list[str] = []
    for part in re.findall(r"[A-Za-z]+|\d+(?:\.\d+)?", match.group()):
        if part[0].isdigit():
            if "." not in part and len(part) >= 3 and part[0] != "0":
                head = part[: len(part) % 2] or part[:2]
                rest = part[len(head) :]
                pairs = [head, *(rest[i : i + 2] for i in range(0, len(rest), 2))]
                said += [digits(p) if p[0] == "0" else integer(int(p)) for p in pairs]
            else:
                said.append(number(part))
        else:
            spelled = latin.say_capitals(part, False) if part.isupper() and len(part) > 1 else None
            said.append(spelled or part)
    return " ".join(said)


def _size(match: re.Match[str]) -> str:
    sides = [match["a"], match["b"]]
    return " by ".join(year(s) if len(s) == 4 and s[2:] != "00" else number(s) for s in sides)


def _power(match: re.Match[str]) -> str:
    power = latin.exponent(match["b"] or match["up"])
    sign = "minus " if power < 0 else ""
    named = {2: "squared", 3: "cubed"}.get(power)
    return f"{number(match['a'])} {named or f'to the power of {sign}{integer(abs(power))}'}"


_PLACES = {"ch": "chapter ", "p": "page ", "pp": "pages ", "vol": "volume "}


def _capitals(match: re.Match[str]) -> str | None:
    return latin.say_capitals(match.group(), latin.shouted(match.string))


def _roman(match: re.Match[str]) -> str:
    return integer(ROMAN[match.group()])


def _king(match: re.Match[str]) -> str:
    return f"{match['name']} the {ordinal(_ROMAN_ALL[match['n']])}"


def _numbered(match: re.Match[str]) -> str:
    return f"{match['name']} {integer(_ROMAN_ALL[match['n']])}"


_ROMAN_ALL = ROMAN | {"I": 1, "V": 5, "X": 10}
_ROMAN_LIST = "|".join(sorted(_ROMAN_ALL, key=lambda r: (-len(r), r)))
_KINGS = "Louis|Henry|Charles|George|James|William|Edward|Richard|Elizabeth|Mary|Pius|Benedict|John Paul|Francis|Ramses|Napoleon|Philip|Frederick|Nicholas|Alexander|Catherine"
_NUMBERED = "World War|Chapter|Part|Volume|Act|Phase|Stage|Type|Apollo|Super Bowl|Book|Section|Final Fantasy|Rocky|Title"

_WORDS = {
    "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missus", "Ms.": "Miz", "Prof.": "Professor",
    "Sr.": "Senior", "Jr.": "Junior", "St.": "Saint", "Mt.": "Mount", "Gen.": "General",
    "Gov.": "Governor", "Sen.": "Senator", "Rep.": "Representative", "Capt.": "Captain",
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus",
    "approx.": "approximately", "est.": "estimated", "Inc.": "Incorporated", "Ltd.": "Limited",
    "Co.": "Company", "Corp.": "Corporation", "Fig.": "Figure", "fig.": "figure", "No.": "number",
    "al.": "al", "dept.": "department", "min.": "minutes", "max.": "maximum", "ca.": "circa",
    "w/o": "without", "w/": "with", "C++": "C plus plus", "C#": "C sharp", "U.S.": "U S",
    "U.K.": "U K", "U.N.": "U N", "D.C.": "D C", "Ph.D.": "P H D", "a.m.": "A M", "p.m.": "P M",
    "and/or": "and or", "WWII": "World War Two", "WWI": "World War One", "Wi-Fi": "Wi-Fi",
}  # fmt: skip
_ENDING = frozenset(("etc.", "Inc.", "Ltd.", "Co.", "Corp.", "U.S.", "U.K.", "U.N.", "D.C.", "a.m.",
                     "p.m.", "Ph.D.", "Jr.", "Sr.", "al."))  # fmt: skip


_NAMES = frozenset(("U.S.", "U.K.", "U.N.", "Inc.", "Co.", "Corp.", "Jr.", "D.C."))
_STARTERS = (
    r"(?:The|A|An|In|It|This|That|These|But|And|He|She|They|We|You|I|However|So|Then|There|If|"
    r"When|While|As|On|At|For|By|Its|His|Her|Their|Our|What|Why|How|Most|Many|Some|One)\b"
)


_STREET = re.compile(
    r"\d+[A-Za-z]? (?:[NSEW]\.? |(?:North|South|East|West) )?(?:[A-Z]\w+ |\d+\w\w ){1,2}$"
)


def _word(match: re.Match[str]) -> str | None:
    word = match.group()
    after = match.string[match.end() :]
    if word == "No." and not re.match(r"\s?\d", after):
        return None
    if word in ("min.", "max.", "est.", "al.", "ca.") and not after.strip():
        return None
    if word == "St." and _STREET.search(match.string[: match.start()]):
        ends = not after.strip() or re.match(rf"[\"”’)]*\s+{_STARTERS}", after)
        return "Street." if ends else "Street"
    # The dot of an abbreviation is also the full stop where a sentence ends with it.
    starts = _STARTERS if word in _NAMES else r"[A-Z]"
    ends = word in _ENDING and (not after.strip() or re.match(rf"[\"”’)]*\s+{starts}", after))
    return _WORDS[word] + ("." if ends else "")


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), say)
    for pattern, say in (
        (rf"(?<![A-Za-z])(?:{'|'.join(re.escape(w) for w in sorted(_WORDS, key=lambda w: -len(w)))})(?![A-Za-z\d])", _word),
        (r"(?<![A-Za-z])(?:[A-Z]\.){2,}", lambda m: latin.spell(m.group().replace(".", ""))),
        (rf"\b(?P<name>{_KINGS}) (?P<n>{_ROMAN_LIST})\b", _king),
        (rf"\b(?P<name>{_NUMBERED}) (?P<n>{_ROMAN_LIST})\b", _numbered),
        (rf"(?<![A-Za-z])[Vv]ol\. ?(?P<n>{_ROMAN_LIST})\b", lambda m: f"volume {integer(_ROMAN_ALL[m['n']])}"),
        # Dates and times.
        (rf"{_START}(?P<y>\d{{4}})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}}){_END}", _iso),
        (rf"{_START}(?P<m>\d{{1,2}})/(?P<d>\d{{1,2}})/(?P<y>\d{{4}}|\d{{2}}){_END}", _us_date),
        (rf"\b(?P<m>{_MONTH_LIST}) (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:[-–](?P<e>\d{{1,2}}))?(?:,? (?P<y>\d{{4}}))?(?![\d:]|[.,]\d)", _month_day),
        (rf"{_START}(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m>{_MONTH_LIST})\b(?:,? (?P<y>\d{{4}}))?{_END}", _day_month),
        (rf"\b(?P<m>{_MONTH_LIST}),? (?P<y>\d{{4}}){_END}", _month_year),
        (rf"{_START}(?P<a>\d{{1,2}}):(?P<b>\d{{2}}){_DASH}(?P<c>\d{{1,2}}):(?P<d>\d{{2}})(?P<half> ?(?:[ap]\.m\.|[ap]m|[AP]M)(?![A-Za-z]))?", _time_range),
        (rf"{_START}(?P<a>\d{{1,4}}):(?P<b>\d{{1,4}})(?::(?P<c>\d{{2}}))?(?P<half> ?(?:[ap]\.m\.|[ap]m|[AP]M)(?![A-Za-z]))?{_END}", _time),
        (rf"{_START}(?P<a>\d{{1,2}})(?P<half> ?(?:[ap]\.m\.|[ap]m|[AP]M))(?![A-Za-z])", _hour),
        (rf"{_START}(?P<a>\d{{4}}){_DASH}(?P<b>\d{{4}}|\d{{2}}){_END}(?!-)", _years),
        (r"(?<![A-Za-z\d.])['’]?(?P<y>\d{4}|\d{2})['’]?s(?![A-Za-z])", _decade),
        (rf"{_START}(?P<w>\d+)[ -](?P<a>\d)/(?P<b>\d{{1,2}}){_END}", _whole_fraction),
        (rf"{_START}(?P<a>\d{{1,3}})/(?P<b>\d{{1,3}}){_END}(?!/)", _slash),
        (rf"{_START}(?P<a>{_NUM})(?:\^(?P<b>[-−]?\d+)|(?P<up>⁻?[⁰¹²³⁴⁵⁶⁷⁸⁹]+)){_END}", _power),
        (r"(?<![A-Za-z])(?P<w>Ch|ch|pp|p|Vol|vol)\. ?(?=\d)", lambda m: _PLACES[m["w"].lower()]),
        (r"\s?>=\s?(?=\d)", lambda m: " at least "),
        (r"\s?<=\s?(?=\d)", lambda m: " at most "),
        (r"(?<![\w.])\.(?P<a>\d+)(?![\d.])", lambda m: number("0." + m["a"])),
        # Telephone numbers.
        (r"(?<![\d.])(?:\+?1[- ])?\(?\d{3}\)?[- ]\d{3}-\d{4}(?!\d)", _phone),
        (r"(?<![\d.])\+\d{1,3}(?:[- ]\d{2,5}){2,}(?!\d)", _phone),
        (r"(?<![\d.])1-800-\d{3}-\d{4}(?!\d)", _phone),
        (r"(?:(?<=[Cc]all )|(?<=[Dd]ial )|(?<=[Tt]ext )|(?<=phone )|(?<=number ))\d{3}-\d{4}(?![\d-])", _phone),
        # Versions and addresses.
        (r"(?P<v>(?<![A-Za-z])[vV]\s?)(?P<n>\d+(?:\.\d+)*)(?!\d)", _version),
        (rf"{_START}(?P<v>)(?P<n>\d+(?:\.\d+){{2,}})(?!\.?\d)", _version),
        # Money, percentages, amounts.
        (rf"(?<![A-Za-z])(?P<minus>-)?(?P<sign>{_MONEY_LIST})\s?(?P<a>{_NUM})(?:{_DASH}(?:{_MONEY_LIST})?(?P<b>{_NUM}))?"
         rf"(?: ?(?P<scale>{_SCALE_LIST}|bn|[kKmMBT])(?![A-Za-z]))?(?P<more>\+)?(?:/(?P<per>month|year|day|week|hour|mo|yr|hr|person)\b"
         r"|/(?P<many>\d{1,3})\s?(?P<size>[kKmM])(?![A-Za-z\d]))?", _money),
        (rf"(?<![A-Za-z\d.])(?P<sign>[-+±])?(?P<a>{_NUM})%?(?:{_DASH}(?P<b>{_NUM}))?\s?(?P<ratio>[%‰])(?P<more>\+)?", _percent),
        (rf"(?<![A-Za-z\d.])(?P<sign>[-+±])?(?P<a>{_NUM})(?:{_DASH}(?P<b>{_NUM}))?(?:(?P<hyphen>-)|(?P<gap>\s))?(?P<unit>{_UNIT_LIST})(?![A-Za-z\d²³/])", _unit),
        (r"(?<![A-Za-z\d.])(?P<a>\d{1,3}(?:,\d{3})*|\d+)(?:st|nd|rd|th)(?![A-Za-z])", _ordinal),
        (rf"{_START}(?P<a>{_NUM}){_DASH}(?P<b>{_NUM}){_END}", _range),
        (r"(?<![A-Za-z\d.])(?P<a>\d+)\s?[×xX*]\s?(?P<b>\d+)(?![\dA-Za-z.])", _size),
        (r"(?<=\d)\s?[×xX*]\s?(?=\d)", lambda m: " by "),
        (r"(?<![A-Za-z\d.])(?P<a>\d{2,3}|[135679])[Kk](?![A-Za-z\d])", lambda m: f"{number(m['a'])} thousand"),
        (r"(?<![\d.])(?P<a>\d)['′](?P<b>\d{1,2})[\"″]?", lambda m: f"{number(m['a'])} foot {number(m['b'])}"),
        (r"(?<=\d)[xX×](?![A-Za-z\d])", lambda m: " times"),
        (r"#(?=\d)", lambda m: "number "),
        # Letters and digits together, then plain numbers.
        (r"(?<![A-Za-z\d])(?:[A-Za-z]+-?\d+(?:\.\d+)?(?:-?[A-Za-z\d]+)*|\d+(?!x\b)[A-Za-z][A-Za-z\d]*)(?![A-Za-z])", _mixed),
        (rf"(?P<sign>(?<!\d)[-+±](?=\d))?(?P<a>{_NUM})(?P<more>\+(?!\d))?", _plain),
        # Capitals and signs.
        (r"(?<![A-Za-z])(?:" + "|".join(sorted(ROMAN, key=lambda r: -len(r))) + r")(?![A-Za-z])", _roman),
        (latin.CAPITALS.pattern, _capitals),
        (r"(?<=[A-Za-z])/(?=(?:second|minute|hour|day|night|week|month|year|person)\b)", lambda m: " per "),
        (r"(?<=[A-Za-z])/(?=[A-Za-z])", lambda m: " or "),
        (r"#(?=[A-Za-z])", lambda m: ""),
    )
)  # fmt: skip
