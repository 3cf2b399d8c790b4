"""Titles in the style of a channel's own: ranked by how little they surprise a model of its past
titles, and new ones proposed by it.

The model is a `sequence` that `reel train` made of the channel's titles (a row each).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from reelwright.core.errors import ModelError
from reelwright.core.nouns import Script
from reelwright.create.hooks import Hook
from reelwright.learn.kinds import load_model
from reelwright.learn.sequence.kind import Sequence as Model

_PULL = 0.6
"""How much a hook's score moves for a surprise one standard deviation from the mean."""
_DRAWN, _LONGEST = 12, 80
_MOST = 5
"""Other titles a script keeps."""


class Titles:
    """A model of a channel's past titles.

    Args:
        folder: its model folder.

    Raises:
        ModelError: it is no sequence model, or one of music.
    """

    def __init__(self, folder: Path) -> None:
        found = load_model(folder, "sequence")
        assert isinstance(found, Model)
        if found.wanted.tokens == "music":
            raise ModelError(
                "is a model of music, not of titles",
                where=str(folder),
                hint="train one with: reel train sequence --data titles.csv",
            )
        self._model = found

    def surprises(self, texts: Sequence[str]) -> list[float]:
        """Of each text the logarithm of its perplexity: the less, the more it is like a title of
        the channel. Full stops at the end are not counted: titles have none."""
        bare = [text.strip().rstrip("。.") or text for text in texts]
        return [math.log(value) for value in self._model.perplexities(bare)]

    def rank(self, texts: Sequence[str]) -> list[str]:
        """Texts from the one most like the channel's titles to the one least."""
        order = sorted(zip(self.surprises(texts), range(len(texts)), texts, strict=True))
        return [text for _, _, text in order]

    def propose(self, begins: Sequence[str], count: int, seed: int = 0) -> list[str]:
        """New titles that begin with given words, those most like the channel's first.

        None repeats its beginning alone, is longer than a title, or comes twice.
        """
        asked = {"count": str(_DRAWN), "seed": str(seed), "length": "100", "temperature": "0.7"}
        found = [row["text"].strip() for row in self._model.predict(begins, asked)]
        starts = {begin.strip() for begin in begins}
        good = [
            text
            for text in dict.fromkeys(found)
            if text not in starts and len(text) <= _LONGEST and "\n" not in text
        ]
        return self.rank(good)[:count]


def prefer(hooks: Sequence[Hook], titles: Titles) -> list[Hook]:
    """Hooks with scores that lean towards those like the channel's titles, best first."""
    if len(hooks) < 2:
        return list(hooks)
    surprises = titles.surprises([hook.text for hook in hooks])
    mean = sum(surprises) / len(surprises)
    spread = math.sqrt(sum((each - mean) ** 2 for each in surprises) / len(surprises)) or 1.0
    moved = [
        replace(hook, score=hook.score - _PULL * (each - mean) / spread)
        for hook, each in zip(hooks, surprises, strict=True)
    ]
    return sorted(moved, key=lambda hook: (-hook.score, len(hook.text), hook.text))


def retitle(script: Script, titles: Titles, seed: int) -> Script:
    """The script under the one of its titles that is most like the channel's.

    What the model proposes about the script's subject comes after the script's own titles: it may
    say what the script does not, so a person chooses.
    """
    own = titles.rank(list(dict.fromkeys((script.title, *script.titles))))
    begins = [tag[:1].upper() + tag[1:] for tag in script.tags[:1]]
    new = [text for text in titles.propose(begins, 2, seed) if not _known(text, own)]
    return script.model_copy(update={"title": own[0], "titles": (*own[1:], *new)[:_MOST]})


def _known(text: str, others: Sequence[str]) -> bool:
    plain = re.sub(r"\W+", "", text).casefold()
    return any(re.sub(r"\W+", "", other).casefold() == plain for other in others)
