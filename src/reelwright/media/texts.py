"""Text from bytes: UTF-8, UTF-16, GB 18030 and Windows-1252 are told apart."""

from __future__ import annotations

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def decode(data: bytes) -> str | None:
    """The text of some bytes, without a byte order mark; None where they are no text, or in an
    encoding that cannot be told."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_try(data, encoding))
    if b"\x00" in data:
        return _checked(_try(data, _zeros(data)) or _wide(data))
    text = _try(data, "utf-8")
    if text is None:
        text = _chinese(data)
    if text is None:
        text = _western(data)
    if text is None:
        text = _guess(data)
    return _checked(text)


def encoding_of(data: bytes) -> str | None:
    """The codec of lines that are no UTF-16: ``utf-8``, ``gb18030``, ``cp1252``, or None where it
    cannot be told."""
    if _try(data, "utf-8") is not None:
        return "utf-8"
    if _chinese(data) is not None:
        return "gb18030"
    text = _try(data, "cp1252")
    foreign = [char for char in text or "" if char > "\x7f"]
    letters = sum(map(str.isalpha, foreign))
    return "cp1252" if len(foreign) <= len(data) * 0.15 and letters * 2 > len(foreign) else None


def _try(data: bytes, encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _zeros(data: bytes) -> str | None:
    """UTF-16 without a mark: zeros stand on one side of ASCII characters only."""
    even, odd = data[0::2].count(0), data[1::2].count(0)
    if len(data) % 2 or min(even, odd) > max(even, odd) * 0.02:
        return None
    return "utf-16-be" if even > odd else "utf-16-le"


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, mostly Chinese: zeros are no guide there (U+4E00 is 一, "one")."""
    for encoding in ("utf-16-le", "utf-16-be"):
        text = _try(data, encoding)
        if text and all(
            "\u4e00" <= c <= "\u9fff" or c in "\t\n\r" or " " <= c <= "~" or _is_sign(c)
            for c in text
        ):
            return text
    return None


def _is_sign(char: str) -> bool:
    """Punctuation and full-width forms as Chinese texts use them."""
    return (
        "\u2010" <= char <= "\u2126" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef"
    )


def _chinese(data: bytes) -> str | None:
    """GB 18030, if that gives Chinese text: a statistical guess goes wrong on short ones."""
    text = _try(data, "gb18030")
    if text is None:
        return None
    foreign = [char for char in text if ord(char) > 0x7F]
    common = sum(
        1 for char in foreign if _gb2312(char) or char in "“”‘’—…·《》「」、。，！？；：（）％℃￥"
    )
    return text if foreign and common >= len(foreign) * 0.9 else None


def _gb2312(char: str) -> bool:
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return 0xA1 <= code[0] <= 0xF7


def _western(data: bytes) -> str | None:
    """Windows-1252, if the text is ASCII but for a few letters and quotation marks."""
    text = _try(data, "cp1252")
    if text is None or sum(byte > 0x7F for byte in data) > len(data) * 0.15:
        return None
    return text if all(c.isalpha() or c in "“”‘’–—…°€£ ·" for c in text if ord(c) > 0x7F) else None


def _guess(data: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data, threshold=0.2).best()
    return str(best) if best is not None else None


def _checked(text: str | None) -> str | None:
    if text is None:
        return None
    odd = sum(1 for char in text if ord(char) < 32 and char not in "\t\n\r\f\v")
    if odd > len(text) * 0.002:
        return None
    return text.lstrip("\ufeff").replace("\f", "\n").replace("\v", "\n")
