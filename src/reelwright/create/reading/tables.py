"""The tables that reading numbers aloud needs: units, currencies, counters, letters.

`UNITS` maps a symbol as written after a number to its Chinese name, its English name in the
singular and in the plural. A Chinese name that starts with ``每`` is a rate: it is put around the
number (``每小时…公里``, the ``…`` is the number).
"""

from __future__ import annotations


def split_words(text: str) -> tuple[str, ...]:
    """The words of a table written as running text."""
    return tuple(text.split())


UNITS: dict[str, tuple[str, str, str]] = {
    # mass
    "kg": ("公斤", "kilogram", "kilograms"),
    "KG": ("公斤", "kilogram", "kilograms"),
    "Kg": ("公斤", "kilogram", "kilograms"),
    "㎏": ("公斤", "kilogram", "kilograms"),
    "g": ("克", "gram", "grams"),
    "mg": ("毫克", "milligram", "milligrams"),
    "㎎": ("毫克", "milligram", "milligrams"),
    "μg": ("微克", "microgram", "micrograms"),
    "µg": ("微克", "microgram", "micrograms"),
    "ug": ("微克", "microgram", "micrograms"),
    "lb": ("磅", "pound", "pounds"),
    "lbs": ("磅", "pound", "pounds"),
    "oz": ("盎司", "ounce", "ounces"),
    # length
    "km": ("公里", "kilometer", "kilometers"),
    "KM": ("公里", "kilometer", "kilometers"),
    "㎞": ("公里", "kilometer", "kilometers"),
    "m": ("米", "meter", "meters"),
    "dm": ("分米", "decimeter", "decimeters"),
    "cm": ("厘米", "centimeter", "centimeters"),
    "CM": ("厘米", "centimeter", "centimeters"),
    "㎝": ("厘米", "centimeter", "centimeters"),
    "mm": ("毫米", "millimeter", "millimeters"),
    "MM": ("毫米", "millimeter", "millimeters"),
    "㎜": ("毫米", "millimeter", "millimeters"),
    "μm": ("微米", "micrometer", "micrometers"),
    "µm": ("微米", "micrometer", "micrometers"),
    "um": ("微米", "micrometer", "micrometers"),
    "nm": ("纳米", "nanometer", "nanometers"),
    "ft": ("英尺", "foot", "feet"),
    "mi": ("英里", "mile", "miles"),
    # area, volume
    "m²": ("平方米", "square meter", "square meters"),
    "m2": ("平方米", "square meter", "square meters"),
    "㎡": ("平方米", "square meter", "square meters"),
    "cm²": ("平方厘米", "square centimeter", "square centimeters"),
    "cm2": ("平方厘米", "square centimeter", "square centimeters"),
    "km²": ("平方公里", "square kilometer", "square kilometers"),
    "km2": ("平方公里", "square kilometer", "square kilometers"),
    "m³": ("立方米", "cubic meter", "cubic meters"),
    "m3": ("立方米", "cubic meter", "cubic meters"),
    "cm³": ("立方厘米", "cubic centimeter", "cubic centimeters"),
    "L": ("升", "liter", "liters"),
    "l": ("升", "liter", "liters"),
    "ml": ("毫升", "milliliter", "milliliters"),
    "mL": ("毫升", "milliliter", "milliliters"),
    "ML": ("毫升", "milliliter", "milliliters"),
    # time
    "h": ("小时", "hour", "hours"),
    "hr": ("小时", "hour", "hours"),
    "hrs": ("小时", "hour", "hours"),
    "min": ("分钟", "minute", "minutes"),
    "mins": ("分钟", "minute", "minutes"),
    "s": ("秒", "second", "seconds"),
    "sec": ("秒", "second", "seconds"),
    "ms": ("毫秒", "millisecond", "milliseconds"),
    "μs": ("微秒", "microsecond", "microseconds"),
    "ns": ("纳秒", "nanosecond", "nanoseconds"),
    # rates
    "km/h": ("每小时…公里", "kilometer per hour", "kilometers per hour"),
    "kmh": ("每小时…公里", "kilometer per hour", "kilometers per hour"),
    "kph": ("每小时…公里", "kilometer per hour", "kilometers per hour"),
    "mph": ("每小时…英里", "mile per hour", "miles per hour"),
    "m/s": ("每秒…米", "meter per second", "meters per second"),
    "km/s": ("每秒…公里", "kilometer per second", "kilometers per second"),
    "L/100km": ("每百公里…升", "liter per hundred kilometers", "liters per hundred kilometers"),
    "fps": ("每秒…帧", "frame per second", "frames per second"),
    "FPS": ("每秒…帧", "frame per second", "frames per second"),
    "rpm": ("每分钟…转", "revolution per minute", "revolutions per minute"),
    "bpm": ("每分钟…次", "beat per minute", "beats per minute"),
    "Mbps": ("每秒…兆比特", "megabit per second", "megabits per second"),
    "Gbps": ("每秒…吉比特", "gigabit per second", "gigabits per second"),
    "MB/s": ("每秒…兆字节", "megabyte per second", "megabytes per second"),
    "GB/s": ("每秒…吉字节", "gigabyte per second", "gigabytes per second"),
    "g/L": ("每升…克", "gram per liter", "grams per liter"),
    "mg/L": ("每升…毫克", "milligram per liter", "milligrams per liter"),
    "mg/kg": ("每公斤…毫克", "milligram per kilogram", "milligrams per kilogram"),
    "mmol/L": ("每升…毫摩尔", "millimole per liter", "millimoles per liter"),
    "μg/m³": ("每立方米…微克", "microgram per cubic meter", "micrograms per cubic meter"),
    # temperature, angle
    "℃": ("摄氏度", "degree Celsius", "degrees Celsius"),
    "°C": ("摄氏度", "degree Celsius", "degrees Celsius"),
    "° C": ("摄氏度", "degree Celsius", "degrees Celsius"),
    "℉": ("华氏度", "degree Fahrenheit", "degrees Fahrenheit"),
    "°F": ("华氏度", "degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("度", "degree", "degrees"),
    # data
    "KB": ("K B", "kilobyte", "kilobytes"),
    "kB": ("K B", "kilobyte", "kilobytes"),
    "MB": ("兆", "megabyte", "megabytes"),
    "GB": ("G B", "gigabyte", "gigabytes"),
    "TB": ("T B", "terabyte", "terabytes"),
    "PB": ("P B", "petabyte", "petabytes"),
    "px": ("像素", "pixel", "pixels"),
    # electricity, energy, physics
    "mAh": ("毫安时", "milliamp hour", "milliamp hours"),
    "mah": ("毫安时", "milliamp hour", "milliamp hours"),
    "Ah": ("安时", "amp hour", "amp hours"),
    "W": ("瓦", "watt", "watts"),
    "w": ("万", "watt", "watts"),
    "kW": ("千瓦", "kilowatt", "kilowatts"),
    "KW": ("千瓦", "kilowatt", "kilowatts"),
    "MW": ("兆瓦", "megawatt", "megawatts"),
    "GW": ("吉瓦", "gigawatt", "gigawatts"),
    "Wh": ("瓦时", "watt hour", "watt hours"),
    "kWh": ("千瓦时", "kilowatt hour", "kilowatt hours"),
    "KWh": ("千瓦时", "kilowatt hour", "kilowatt hours"),
    "GWh": ("吉瓦时", "gigawatt hour", "gigawatt hours"),
    "V": ("伏", "volt", "volts"),
    "kV": ("千伏", "kilovolt", "kilovolts"),
    "mA": ("毫安", "milliamp", "milliamps"),
    "Ω": ("欧姆", "ohm", "ohms"),
    "Hz": ("赫兹", "hertz", "hertz"),
    "kHz": ("千赫", "kilohertz", "kilohertz"),
    "KHz": ("千赫", "kilohertz", "kilohertz"),
    "MHz": ("兆赫", "megahertz", "megahertz"),
    "GHz": ("吉赫", "gigahertz", "gigahertz"),
    "dB": ("分贝", "decibel", "decibels"),
    "Pa": ("帕", "pascal", "pascals"),
    "hPa": ("百帕", "hectopascal", "hectopascals"),
    "kPa": ("千帕", "kilopascal", "kilopascals"),
    "MPa": ("兆帕", "megapascal", "megapascals"),
    "cal": ("卡", "calorie", "calories"),
    "kcal": ("千卡", "kilocalorie", "kilocalories"),
    "J": ("焦", "joule", "joules"),
    "kJ": ("千焦", "kilojoule", "kilojoules"),
    "mmHg": ("毫米汞柱", "millimeter of mercury", "millimeters of mercury"),
    "nit": ("尼特", "nit", "nits"),
    "nits": ("尼特", "nit", "nits"),
}

RATIOS: dict[str, tuple[str, str]] = {
    "%": ("百分之", "percent"),
    "％": ("百分之", "percent"),
    "‰": ("千分之", "per thousand"),
}
"""Sign after a number → what Chinese puts before the number, what English puts after it."""

CURRENCIES: dict[str, tuple[str, str, str, str]] = {
    "US$": ("美元", "dollar", "dollars", "cents"),
    "HK$": ("港元", "Hong Kong dollar", "Hong Kong dollars", "cents"),
    "A$": ("澳元", "Australian dollar", "Australian dollars", "cents"),
    "NT$": ("新台币", "Taiwan dollar", "Taiwan dollars", "cents"),
    "$": ("美元", "dollar", "dollars", "cents"),
    "＄": ("美元", "dollar", "dollars", "cents"),
    "€": ("欧元", "euro", "euros", "cents"),
    "£": ("英镑", "pound", "pounds", "pence"),
    "￥": ("元", "yuan", "yuan", ""),
    "¥": ("元", "yuan", "yuan", ""),
    "₩": ("韩元", "won", "won", ""),
    "₹": ("卢比", "rupee", "rupees", "paise"),
    "₽": ("卢布", "rouble", "roubles", ""),
    "฿": ("泰铢", "baht", "baht", ""),
    "RMB": ("元人民币", "yuan", "yuan", ""),
    "CNY": ("元人民币", "yuan", "yuan", ""),
    "USD": ("美元", "U S dollar", "U S dollars", "cents"),
    "EUR": ("欧元", "euro", "euros", "cents"),
    "GBP": ("英镑", "pound", "pounds", "pence"),
    "JPY": ("日元", "yen", "yen", ""),
    "HKD": ("港元", "Hong Kong dollar", "Hong Kong dollars", "cents"),
}
"""Sign before an amount → Chinese name, English singular, plural, name of the hundredth part."""

COUNTERS = split_words("""
    平米 个百分点 平方公里 平方千米 平方厘米 平方米 立方厘米 立方米 摄氏度 千瓦时 毫安时 个小时
    人民币 分钟 小时 公里 千米 厘米 毫米 纳米 微米 公斤 千克 毫克 微克 毫升 公顷 英里
    英尺 英寸 海里 光年 美元 欧元 英镑 日元 港元 港币 韩元 卢布 千瓦 千卡 大卡 毫秒
    赫兹 分贝 像素 星期 礼拜 个月 季度 世纪 年代 周年 周岁 年级 人次 岁 个 只 条 张
    件 把 本 台 辆 部 座 栋 间 家 所 位 名 人 口 头 匹 棵 株 朵 颗 粒 片 块
    段 节 层 楼 排 行 列 组 套 双 对 副 批 群 份 种 类 样 项 点 步 次 回 遍
    趟 场 届 期 轮 门 篇 首 幅 支 枝 根 杯 瓶 碗 盘 盒 袋 包 箱 桶 罐 壶 勺
    滴 吨 斤 两 克 米 升 亩 里 尺 寸 年 月 日 号 天 周 夜 晚 时 分 秒 刻 元
    角 块 毛 度 倍 成 级 等 折 字 句 页 集 章 架 艘 帧 瓦 伏 卡 股 票 分 路
    线 环 楼 室 房 军 声 拳 脚 眼 口 大 代 后 款 枚 笔 道 员 国 省 市 县 秒钟
""")
"""Chinese words that count things or measure them: a number is not parted from one after it."""

LIANG = frozenset(
    split_words("""
    个百分点 平方公里 平方米 立方米 个小时 分钟 小时 公里 千米 厘米 毫米 公斤 千克 毫克
    毫升 公顷 英里 英尺 英寸 海里 光年 美元 欧元 英镑 星期 礼拜 个月 季度 世纪 周年
    周岁 人次 岁 秒钟 个 只 条 张 件 把 本 台 辆 部 座 栋 间 家 所 位 名 人 口
    头 匹 棵 株 朵 颗 粒 片 块 段 节 层 排 行 列 组 套 双 对 副 批 群 份 种
    类 样 项 点 步 次 回 遍 趟 场 届 期 轮 门 篇 首 幅 支 枝 根 杯 瓶 碗 盘
    盒 袋 包 箱 桶 罐 壶 勺 滴 吨 斤 克 米 升 亩 里 尺 寸 年 天 周 夜 晚 分
    秒 刻 元 角 毛 度 倍 成 字 句 页 集 章 架 艘 帧 瓦 伏 卡 股 票 眼 大 代
    款 枚 笔 道 摄氏度 像素 大卡 千卡 千瓦 国 省 市 县 华氏度 毫安时 千瓦时 毫秒
    赫兹 分贝 微克 微米 纳米 瓦时 安时 磅 毫安 兆 港元 人民币 日元
""")
)
"""Counters before which a bare 2 is 两 (others, such as 月, 日, 楼, 号, take 二)."""

ENGLISH_SCALES = ("thousand", "million", "billion", "trillion", "hundred", "dozen")

GREEK: dict[str, tuple[str, str]] = {
    "α": ("阿尔法", "alpha"),
    "β": ("贝塔", "beta"),
    "γ": ("伽马", "gamma"),
    "δ": ("德尔塔", "delta"),
    "Δ": ("德尔塔", "delta"),
    "ε": ("艾普西龙", "epsilon"),
    "θ": ("西塔", "theta"),
    "λ": ("兰姆达", "lambda"),
    "μ": ("缪", "mu"),
    "π": ("派", "pi"),
    "σ": ("西格玛", "sigma"),
    "Σ": ("西格玛", "sigma"),
    "φ": ("斐", "phi"),
    "ω": ("欧米伽", "omega"),
    "Ω": ("欧米伽", "omega"),
}

SYMBOLS: dict[str, tuple[str, str]] = {
    "&": ("和", "and"),
    "＆": ("和", "and"),
    "+": ("加", "plus"),
    "＋": ("加", "plus"),
    "@": ("艾特", "at"),
    "=": ("等于", "equals"),
    "＝": ("等于", "equals"),
    "≈": ("约等于", "is about"),
    "≠": ("不等于", "is not"),
    "<": ("小于", "less than"),
    ">": ("大于", "more than"),
    "≤": ("不超过", "at most"),
    "≥": ("不低于", "at least"),
    "×": ("乘", "times"),
    "÷": ("除以", "divided by"),
    "±": ("正负", "plus or minus"),
    "→": ("到", "to"),
    "⇒": ("到", "to"),
    "%": ("百分号", "percent"),
    "％": ("百分号", "percent"),
    "‰": ("千分号", "per thousand"),
    "$": ("美元", "dollar"),
    "€": ("欧元", "euro"),
    "£": ("英镑", "pound"),
    "￥": ("元", "yuan"),
    "¥": ("元", "yuan"),
    "℃": ("摄氏度", "degrees Celsius"),
    "℉": ("华氏度", "degrees Fahrenheit"),
    "°": ("度", "degrees"),
    "№": ("号", "number"),
    "²": ("平方", "squared"),
    "³": ("立方", "cubed"),
    "∞": ("无穷", "infinity"),
    "√": ("根号", "root"),
    "½": ("二分之一", "one half"),
    "⅓": ("三分之一", "one third"),
    "⅔": ("三分之二", "two thirds"),
    "¼": ("四分之一", "one quarter"),
    "¾": ("四分之三", "three quarters"),
}
"""Symbol → what is said for it, in Chinese and in English. Symbols not here are not said."""

SPOKEN_AS_WORDS = frozenset(
    split_words("""
    NASA NATO UNESCO UNICEF OPEC COVID FIFA IKEA SARS MERS AIDS VISA LASER RADAR SONAR ASCII
    JPEG GIF RAM ROM SIM PIN SWOT ASEAN APEC BRICS NAFTA SCUBA CAPTCHA MIDI WIFI EBITDA YOLO
    FOMO BERT LEGO NIKE OPPO VIVO SONY TESLA ASAP OLED AMOLED SaaS PaaS IaaS DRAM NAND LORA
    LaTeX SQUAD JSON YAML CUDA LAN WAN MAC NOTE PRO MAX PLUS MINI ULTRA AIR COP
""")
)
"""Acronyms that people say as a word."""

CAPITAL_WORDS = frozenset(
    split_words("""
    A I THE AND NOT NO YES ALL NEW NOW BUT FOR YOU YOUR ARE IS IT IN ON TO OF BE BY DO GO IF
    MY OR SO UP WE HOW WHY WHO WHAT WHEN FREE VERY MUST NEVER ALWAYS ONLY MORE BEST BIG TOP
    HOT GET OUT OFF CAN WAS HAS HAD OUR ONE TWO WIN STOP ANY LIVE OLD BAD ADD TRY SET USE
    WILL THIS THAT WITH FROM HAVE NEED MAKE JUST EVERY DAY TIP TIPS HER HIS SHE HE THEY AT
    AS AN ME
""")
)
"""Ordinary words that are sometimes shouted in capitals."""

ROMAN = {
    name: value
    for value, name in enumerate(
        split_words("""
    I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX XXI
"""),
        start=1,
    )
    if len(name) > 1
}
"""Roman numerals that are hardly anything else."""
