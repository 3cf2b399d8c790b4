"""Articles: Markdown or plain text taken apart into plain blocks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from reelwright.core.nouns import Noun
from reelwright.create.front_matter import FrontMatter, front_matter, split_front_matter
from reelwright.create.text_file import LARGEST, decode, read_text

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = [
    "LARGEST", "Article", "Block", "FrontMatter", "clean", "decode", "front_matter",
    "parse_article", "read_text", "split_front_matter",
]  # fmt: skip

Kind = Literal["paragraph", "item", "quote", "heading", "table", "code", "image"]


class Block(Noun):
    """A piece of an article. `text` is plain: no mark-up, no addresses, single spaces."""

    kind: Kind
    text: str
    section: str = ""
    """The heading it stands under."""
    level: int = 0
    """Of a heading 1 to 6; of a list item its depth from 0."""
    ordered: bool = False
    """Of a list item: whether its list is numbered."""
    rows: tuple[tuple[str, ...], ...] = ()
    """Of a table: its rows, the first is the head."""
    source: str = ""
    """Of an image: its path or address; of code: its language."""


class Article(Noun):
    """An article, taken apart."""

    title: str = ""
    blocks: tuple[Block, ...] = ()


_MARKDOWN = re.compile(
    r"^(?:#{1,6} |\s*[-*+] |\s*\d+[.)] |>|```|~~~|\|.*\|)|\]\(|\*\*|!\[|^(?:---+|===+)\s*$",
    re.MULTILINE,
)


def parse_article(markdown: str, *, title: str = "") -> Article:
    """Take Markdown (or plain text) apart into plain blocks.

    Mark-up never stays in a block's text: link text stays and its address goes; HTML, footnote
    marks, bare addresses and emoji go. Code and tables are blocks of their own kinds.

    Args:
        markdown: the text, with or without front matter.
        title: what the person called it; otherwise its front matter's ``title``, its first heading
            of the first level, or its first line where that is short.
    """
    raw, _, body = split_front_matter(markdown)
    if not title and raw is not None:
        title = str(front_matter(markdown, "article")[0].get("title") or "")
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    blocks = _from_markdown(body) if _MARKDOWN.search(body) else _from_plain(body)
    if not title:
        title, blocks = _find_title(blocks)
    else:
        title = clean(title)
        head = next((i for i, b in enumerate(blocks) if b.kind == "heading" and b.level == 1), None)
        if head is not None and (head == 0 or blocks[head].text == title):
            blocks = _untitled(blocks, head)
    return Article(title=title, blocks=tuple(blocks))


def _find_title(blocks: list[Block]) -> tuple[str, list[Block]]:
    for index, block in enumerate(blocks):
        if block.kind == "heading" and block.level == 1:
            return block.text, _untitled(blocks, index)
    first = blocks[0] if blocks else None
    if first and first.kind == "heading":
        return first.text, _untitled(blocks, 0)
    if first and first.kind == "paragraph" and len(blocks) > 1:
        wide = sum(2 if ord(char) > 0x2E7F else 1 for char in first.text)
        if wide <= 64 and not re.search(r"[。.；;，,]$", first.text):
            return first.text, blocks[1:]
    return "", blocks


def _untitled(blocks: list[Block], index: int) -> list[Block]:
    """Without the heading at `index`; its section has no name, as the whole article is it."""
    head = blocks[index].text
    rest = blocks[:index] + blocks[index + 1 :]
    return [b.model_copy(update={"section": ""}) if b.section == head else b for b in rest]


def _from_plain(text: str) -> list[Block]:
    """Paragraphs of a plain text: parted by empty lines, or a line each, or hard-wrapped."""
    chunks = [chunk for chunk in re.split(r"\n[ \t\u3000]*\n", text) if chunk.strip()]
    blocks: list[Block] = []
    for chunk in chunks:
        lines = [line for line in chunk.split("\n") if line.strip()]
        indented = sum(bool(re.match(r"[\u3000\t]| {2,}", line)) for line in lines)
        if _wrapped(lines) and not indented > 1:
            paragraphs = [_rejoin(lines)]
        elif 1 < indented < len(lines):
            paragraphs = [_rejoin(group) for group in _indented(lines)]
        else:
            paragraphs = lines
        blocks += [Block(kind="paragraph", text=said) for p in paragraphs if (said := clean(p))]
    return blocks


def _indented(lines: list[str]) -> list[list[str]]:
    groups: list[list[str]] = []
    for line in lines:
        if groups and not re.match(r"[\u3000\t]| {2,}", line):
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _wrapped(lines: Sequence[str]) -> bool:
    """Whether lines are one paragraph broken at a width: most do not end a sentence."""
    inner = lines[:-1]
    if not inner:
        return True
    ended = sum(bool(re.search(r"[。！？!?.…”\"：:；;]\s*$", line)) for line in inner)
    widths = [sum(2 if ord(char) > 0x2E7F else 1 for char in line.strip()) for line in inner]
    even = max(widths) >= 30 and min(widths) >= max(widths) * 0.6
    return ended <= len(inner) * 0.5 and even


def _rejoin(lines: Iterable[str]) -> str:
    text = ""
    for line in (line.strip() for line in lines):
        if text and ord(text[-1]) < 0x2E80 and line and ord(line[0]) < 0x2E80:
            text += " "
        text += line
    return text


def _from_markdown(body: str) -> list[Block]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    body = re.sub(r"^\[\^[^\]]+\]:.*(?:\n[ \t]+\S.*)*", "", body, flags=re.MULTILINE)
    return _walk(parser.parse(body))


class _Place:
    """Where in the document the walk is."""

    def __init__(self) -> None:
        self.section = ""
        self.heading = 0
        self.quote = 0
        self.lists: list[bool] = []  # ordered?
        self.rows: list[tuple[str, ...]] | None = None
        self.cells: list[str] = []


def _walk(tokens: Sequence[Token]) -> list[Block]:
    blocks: list[Block] = []
    place = _Place()
    for token in tokens:
        kind = token.type
        if kind == "heading_open":
            place.heading = int(token.tag[1])
        elif kind in ("bullet_list_open", "ordered_list_open"):
            place.lists.append(kind.startswith("ordered"))
        elif kind in ("bullet_list_close", "ordered_list_close"):
            place.lists.pop()
        elif kind == "blockquote_open":
            place.quote += 1
        elif kind == "blockquote_close":
            place.quote -= 1
        elif kind in ("fence", "code_block"):
            code = token.content.rstrip("\n")
            if code.strip():
                words = token.info.split()
                source = words[0] if words else ""
                blocks.append(_block(place, "code", code, source=source))
        elif kind == "table_open":
            place.rows = []
        elif kind == "tr_open":
            place.cells = []
        elif kind == "tr_close" and place.rows is not None:
            place.rows.append(tuple(place.cells))
        elif kind == "table_close" and place.rows is not None:
            text = "\n".join(" | ".join(row) for row in place.rows)
            blocks.append(_block(place, "table", text, rows=tuple(place.rows)))
            place.rows = None
        elif kind == "inline":
            blocks += _inline(token, place)
        elif kind == "heading_close":
            place.heading = 0
    return blocks


def _block(place: _Place, kind: Kind, text: str, **fields: Any) -> Block:
    return Block(kind=kind, text=text, section=place.section, **fields)


def _inline(token: Token, place: _Place) -> list[Block]:
    text, images = _plain(token.children or [])
    if place.rows is not None:
        place.cells.append(clean(text))
        return []
    blocks = [_block(place, "image", clean(alt), source=source) for alt, source in images]
    lines = [said for part in text.split("\v") if (said := clean(part))]
    if place.heading:
        said = " ".join(lines)
        if said:
            place.section = said
            blocks.insert(0, _block(place, "heading", said, level=place.heading))
    elif place.lists:
        blocks += [
            _block(place, "item", _task(said), level=len(place.lists) - 1, ordered=place.lists[-1])
            for said in lines
            if _task(said)
        ]
    else:
        blocks += [_block(place, "quote" if place.quote else "paragraph", said) for said in lines]
    return blocks


def _task(text: str) -> str:
    return re.sub(r"^\[[ xX]\]\s*", "", text)


def _plain(children: Sequence[Token]) -> tuple[str, list[tuple[str, str]]]:
    """The text of inline tokens (``\\v`` for a hard break), and the images among them."""
    text = ""
    images: list[tuple[str, str]] = []
    for child in children:
        if child.type in ("text", "code_inline"):
            text += child.content
        elif child.type == "softbreak":
            text += "\n"
        elif child.type == "hardbreak" or (
            child.type == "html_inline" and re.match(r"<br\s*/?>", child.content, re.IGNORECASE)
        ):
            text += "\v"
        elif child.type == "image":
            images.append((child.content, str(child.attrs.get("src", ""))))
    return text, images


_ADDRESS = re.compile(
    r"(?:https?://|ftp://|www\.)[^\s\u3000-\u303f\uff00-\uffef\u4e00-\u9fff<>\"]+", re.IGNORECASE
)
_NOTE = re.compile(
    r"\[\^[^\]\s]+\]|\[(?:\d{1,3}(?:[-,–]\s?\d{1,3})*|citation needed|注\d*)\]"
    r"|[⁰¹²³⁴⁵⁶⁷⁸⁹]+(?=[。，；]|$)"
)
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u2700-\u27bf\u2b00-\u2bff\ufe0e\ufe0f\u200d\u20e3"
    "\U000e0020-\U000e007f\u231a\u231b\u23e9-\u23fa\u2122\u00a9\u00ae\u2028\u2029"
    "\u200b-\u200f\ufffc]+"
)
_HAN = r"\u2e80-\u9fff\uf900-\uffef"


def clean(text: str) -> str:
    """Plain text of one paragraph: no addresses, notes, emoji, HTML; single spaces.

    A line break between Chinese characters goes, since Chinese has no spaces.
    """
    text = html.unescape(re.sub(r"</?[A-Za-z][^<>]*>", "", text))
    text = _EMOJI.sub(" ", _NOTE.sub("", text))
    text = re.sub(r"[（(]\s*(?:" + _ADDRESS.pattern + r")\s*[)）]", "", text)
    text = _ADDRESS.sub("", text)
    text = re.sub(r":[a-z_]{2,}:", "", text)
    text = re.sub(rf"(?<=[{_HAN}])[ \t]*\n[ \t]*(?=[{_HAN}])", "", text)
    text = re.sub(r"[\s\u3000]+", " ", text)
    text = re.sub(r"(?<=[，。！？；：、]) | (?=[，。！？；：、])| (?=[,.!?;](?!\w))", "", text)
    text = re.sub(r"[（(]\s*[)）]|\[\s*\]|《》|“”", "", text)
    text = text.strip(" \u3000*_~#|")
    return text if re.search(r"\w", text) else ""
