"""Fonts: the machine's own, chosen by what they cover.

Reelwright ships no font. It looks where the machine keeps its fonts (or where ``REEL_FONT_DIRS``
points, and nowhere else then), reads each face's names, weight and characters once, and remembers
them in the home. A text is then split into runs, each with a font that has all its characters: the
family the person asked for first, then the families that read best in the text's language, then
whatever covers the rest. A character that nothing covers is an error before anything is drawn.
"""

from __future__ import annotations

import os
import shutil
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from reelwright.core.errors import FontError, nearest
from reelwright.media.fontscan import Face, scan

CHINESE = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Microsoft YaHei",
    "HarmonyOS Sans SC",
    "MiSans",
    "Noto Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Hiragino Sans GB",
    "Heiti SC",
    "Droid Sans Fallback",
    "SimHei",
)
CHINESE_SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Noto Serif SC",
    "Songti SC",
    "STSong",
    "SimSun",
    "NSimSun",
)
LATIN = (
    "Inter",
    "Roboto",
    "Noto Sans",
    "Open Sans",
    "Helvetica Neue",
    "Segoe UI",
    "Noto Sans CJK SC",
    "DejaVu Sans",
    "Liberation Sans",
    "Arial",
)
LATIN_SERIF = (
    "Source Serif 4",
    "Noto Serif",
    "Georgia",
    "Noto Serif CJK SC",
    "DejaVu Serif",
    "Liberation Serif",
    "Times New Roman",
)

EVEN = (
    "JetBrains Mono",
    "Fira Code",
    "Cascadia Code",
    "SF Mono",
    "Menlo",
    "Source Code Pro",
    "Consolas",
    "Noto Sans Mono CJK SC",
    "Noto Sans Mono",
    "DejaVu Sans Mono",
    "Liberation Mono",
    "Courier New",
)
"""Families in which every letter is as wide, for code."""


@dataclass(frozen=True)
class FontFile:
    """A face in a font file."""

    path: Path
    index: int
    """Which face of a collection (.ttc)."""
    family: str
    """The name libass finds the face by: its legacy family name (name ID 1)."""
    weight: int
    """100 to 900; 400 is regular, 700 bold."""


def covering(
    text: str, *, family: str = "", weight: int = 400, language: str = "zh", serif: bool = False
) -> list[tuple[str, FontFile]]:
    """Split a text into runs, each with a font that covers it. The runs joined give `text`.

    White space and the invisible characters that shape their neighbours (joiners, variation
    selectors) stay in the run they follow. Chinese text takes Latin letters from the Chinese font
    too, so that a line has one look.

    Args:
        text: any text; an empty one gives no runs.
        family: the family to prefer; unknown families raise.
        weight: 100 to 900; the nearest weight of the chosen family is taken.
        language: ``zh`` or ``en``.
        serif: prefer families with serifs.

    Raises:
        FontError: `family` is not on this machine, or no font covers some characters (named).
    """
    chain = _chain(_where(), family, weight, language, serif)
    runs: list[tuple[str, FontFile]] = []
    missing: list[str] = []
    start = 0
    current: FontFile | None = None
    for at, char in enumerate(text):
        if _follows(char):
            continue
        found = chain.font(char)
        if found is None:
            missing.append(char)
        elif current is not None and found != current:
            runs.append((text[start:at], current))
            start, current = at, found
        else:
            current = found
    if missing:
        unique = "".join(dict.fromkeys(missing))
        raise FontError(
            f"no font on this machine has {' '.join(unique[:12])}"
            + (f" and {len(unique) - 12} more characters" if len(unique) > 12 else ""),
            where=f'text "{text[:24]}{"…" if len(text) > 24 else ""}"',
            hint="`reel doctor` says which font to install and how; or put one into "
            f"{_home_fonts()}",
        )
    if text:
        # Nothing but spaces has no font of its own; any will do.
        current = current or chain.font("0") or chain.font(" ")
        if current is None:
            raise FontError("no font on this machine", hint="`reel doctor` says how to get one")
        runs.append((text[start:], current))
    return runs


def families(language: str = "zh") -> list[str]:
    """The families here that can write a language, the preferred first."""
    chinese = language == "zh"
    preferred = CHINESE + CHINESE_SERIF if chinese else LATIN + LATIN_SERIF
    names = {
        face.families[0]
        for face in _scan(_where())
        if (face.chinese if chinese else _covers(face, "Reel 0123"))
    }
    rank = {name: place for place, name in enumerate(preferred)}
    return sorted(names, key=lambda name: (rank.get(name, len(rank)), name))


def monospaced(text: str = "") -> str:
    """The family here to write code in: of even width, and with most of the text's characters.

    Empty where this machine has none; code is then set in what other text is set in.
    """
    even = [face for face in _scan(_where()) if face.mono and _covers(face, "(){};=09Az")]
    rank = {name: place for place, name in enumerate(EVEN)}
    wanted = sorted(set(text))

    def order(face: Face) -> tuple[object, ...]:
        lacks = sum(not _covers(face, char) for char in wanted)
        place = min((rank.get(name, len(rank)) for name in face.families), default=len(rank))
        return (lacks > len(wanted) * 0.15, place, lacks, face.families)

    return min(even, key=order).families[0] if even else ""


def link_fonts(fonts: Iterable[FontFile], folder: Path) -> None:
    """Put links to the files of these fonts into a folder, for libass' ``fontsdir``.

    The folder is made where it is missing. Where links cannot be made the files are copied.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(sorted({font.path.resolve() for font in fonts})):
        # Numbered, since two folders may hold different files of one name.
        link = folder / f"{number:02d}-{path.name}"
        if link.exists():
            continue
        try:
            link.symlink_to(path)
        except OSError:
            shutil.copyfile(path, link)


def emoji_font() -> FontFile | None:
    """The font that draws emoji in colour, or None where this machine has none."""
    return _emoji_font(_where())


def covers(font: FontFile | None, text: str) -> bool:
    """Whether a font has all characters of a text."""
    faces = _scan(_where())
    own = [f for f in faces if font and Path(f.path) == font.path and f.index == font.index]
    return bool(own) and _covers(own[0], text)


class _Chain:
    """Faces in the order in which they are asked for a character."""

    def __init__(self, faces: Sequence[Face], weight: int) -> None:
        # Emoji look right only in a colour font; everything else only outside one.
        self._letters = sorted(faces, key=lambda face: face.colour)
        self._emoji = sorted(faces, key=lambda face: not face.colour)
        self._weight = weight
        self._found: dict[str, FontFile | None] = {}

    def font(self, char: str) -> FontFile | None:
        if char not in self._found:
            ordered = self._emoji if ord(char) >= 0x1F000 else self._letters
            face = next((each for each in ordered if _covers(each, char)), None)
            self._found[char] = _file(face, self._weight) if face else None
        return self._found[char]


@lru_cache(maxsize=64)
def _chain(
    where: tuple[str, ...] | None, family: str, weight: int, language: str, serif: bool
) -> _Chain:
    faces = _scan(where)
    if family and not any(_named(face, family) for face in faces):
        names = [name for face in faces for name in face.families]
        raise FontError(
            f'there is no font family "{family}" on this machine',
            where="style.font",
            hint=nearest(family, set(names)).split(" Valid here")[0]
            if len(set(names)) > 20
            else nearest(family, set(names)),
        )
    chinese, latin = (
        (CHINESE_SERIF + CHINESE, LATIN_SERIF + LATIN)
        if serif
        else (CHINESE + CHINESE_SERIF, LATIN + LATIN_SERIF)
    )
    wanted = chinese + latin if language == "zh" else latin + chinese
    rank = {name: place for place, name in reversed(list(enumerate(wanted)))}

    def order(face: Face) -> tuple[object, ...]:
        place = min((rank.get(name, len(wanted)) for name in face.families), default=len(wanted))
        return (
            not (family and _named(face, family)),
            place,
            # Fonts nobody ranked: those for this language first, then plain upright text faces.
            language == "zh" and place == len(wanted) and not face.chinese,
            face.serif != serif,
            face.mono,
            face.families[0],
            abs(face.weight - weight),
            face.weight,
            face.path,
            face.index,
        )

    # A variable CJK font's default instance is often Thin, and libass draws only that one: such a
    # font serves only where there is no other, and then through cut weights.
    if any(face.chinese and not face.variable for face in faces):
        faces = tuple(face for face in faces if not (face.chinese and face.variable))
    return _Chain(sorted(faces, key=order), weight)


def _file(face: Face, weight: int) -> FontFile:
    if face.variable and face.chinese:
        from reelwright.media.fontcut import cut

        path, family, cut_weight = cut(face, weight, _home_fonts())
        return FontFile(path, 0, family, cut_weight)
    return FontFile(Path(face.path), face.index, face.name, face.weight)


def _named(face: Face, family: str) -> bool:
    wanted = family.casefold()
    return any(name.casefold() == wanted for name in (*face.families, face.name))


def _follows(char: str) -> bool:
    """Whether a character has no look of its own and stays with what it follows."""
    code = ord(char)
    return (
        char.isspace()
        or code < 0x20
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or code in (0x00AD, 0x2060, 0xFEFF)
        or 0xFE00 <= code <= 0xFE0F
        or 0xE0020 <= code <= 0xE007F
    )


@lru_cache(maxsize=512)
def _ranges(coverage: str) -> tuple[list[int], list[int]]:
    firsts: list[int] = []
    lasts: list[int] = []
    for part in coverage.split(",") if coverage else []:
        first, _, last = part.partition("-")
        firsts.append(int(first, 36))
        lasts.append(int(last or first, 36))
    return firsts, lasts


def _covers(face: Face, text: str) -> bool:
    firsts, lasts = _ranges(face.coverage)
    for char in text:
        place = bisect_right(firsts, ord(char)) - 1
        if place < 0 or ord(char) > lasts[place]:
            return False
    return True


def _where() -> tuple[str, ...] | None:
    given = os.environ.get("REEL_FONT_DIRS")
    return tuple(part for part in given.split(os.pathsep) if part) if given else None


def _home_fonts() -> Path:
    from reelwright.core.settings import home

    return home() / "fonts"


@lru_cache(maxsize=8)
def _emoji_font(where: tuple[str, ...] | None) -> FontFile | None:
    found = (face for face in _scan(where) if face.colour and _covers(face, "😀🍵"))
    face = next(found, None)
    return FontFile(Path(face.path), face.index, face.name, face.weight) if face else None


@lru_cache(maxsize=8)
def _scan(where: tuple[str, ...] | None) -> tuple[Face, ...]:
    from reelwright.core.settings import home

    folders = None if where is None else [Path(folder) for folder in where]
    return scan(folders, _home_fonts(), home() / "cache" / "fonts.json")


def forget() -> None:
    """Forget what was found, so that a font installed since is seen."""
    _scan.cache_clear()
    _chain.cache_clear()
    _emoji_font.cache_clear()
