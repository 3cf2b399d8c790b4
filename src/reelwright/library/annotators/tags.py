"""Tags: what an asset is called, in words; and the language of what is written in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, ClassVar

from reelwright.core.nouns import Annotation
from reelwright.core.words import is_cjk, words_of
from reelwright.library.annotators import Annotator, Kind, Subject, Watcher
from reelwright.library.documents import strings_in

_NOISE = frozenset(
    ["img", "vid", "mov", "dsc", "dcim", "pxl", "mvi", "wx", "mmexport", "camera", "screenshot",
     "video", "clip", "footage", "image", "picture", "photo", "final", "copy", "untitled", "new",
     "the", "and", "for", "with", "from", "微信", "图片", "视频", "素材", "文件", "副本", "新建"]
)  # fmt: skip
"""Names that cameras, phones and programs give say nothing of what is shown."""
_MOST = 12


class Tags(Annotator):
    """Gives ``tag`` for each word of its name that says something, and ``language`` (``zh``,
    ``en``) where there is text enough and no recogniser has told it."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video", "audio", "picture", "text"})
    gives = frozenset({"tag", "language"})
    after = frozenset({"transcript", "writing"})

    def watch(self, subject: Subject) -> Watcher:
        """See `Annotator.watch`."""
        return _Watcher(subject)


class _Watcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        for word in tags_of(self.subject.name):
            yield _say("tag", word, 0.8)
        spoken = any(one.name == "language" for one in told)
        texts = [
            text for one in told if one.name in ("text", "transcript", "content")
            for text in strings_in(one.value)
        ]  # fmt: skip
        language = "" if spoken else language_of(" ".join(texts))
        if language:
            yield _say("language", language, 0.8)


def tags_of(name: str) -> list[str]:
    """The words of a file's name that say something, each once.

    >>> tags_of("IMG_20240501_海边日落-walk (2).mp4")
    ['海边', '日落', 'walk']
    """
    found: list[str] = []
    for word in words_of(re.sub(r"_", " ", PurePath(name).stem)):
        short = len(word) < 2 if not is_cjk(word[0]) else False
        if short or word in _NOISE or word in found or re.search(r"\d{2}|^\d", word):
            continue
        found.append(word)
    return found[:_MOST]


def language_of(text: str) -> str:
    """``zh`` or ``en``, whichever a text is in; empty where there is too little to tell."""
    chinese = sum(map(is_cjk, text))
    english = len(re.findall(r"[A-Za-z]{2,}", text))
    if chinese + english < 8:
        return ""
    return "zh" if chinese >= 0.25 * (chinese + english) else "en"


def _say(name: str, value: Any, sure: float) -> Annotation:
    return Annotation(
        name=name, value=value, confidence=sure, annotator="tags", version=Tags.version
    )
