"""Training and held-out data, told apart by a hash of the text itself.

A text always falls on the same side, wherever it stands and whatever is added to the data; the same
text twice (but for case, width and spaces) never falls on both.
"""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Literal

Side = Literal["train", "held_out"]


def split_of(text: str, seed: int, held_out: float = 0.1) -> Side:
    """Which side a text falls on.

    Args:
        text: the example's text, or whatever else names it (a file's hash, a group's name).
        seed: another seed, another split.
        held_out: the part that is held out, 0 to 1.
    """
    return "held_out" if share_of(text, seed) < held_out else "train"


def share_of(text: str, seed: int) -> float:
    """A number from 0 to 1 that depends on the text and the seed alone: the part of all data that
    must be held out for this text to be."""
    digest = hashlib.blake2b(f"{seed}\n{plain_form(text)}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def describe_split(seed: int, held_out: float = 0.1) -> str:
    """The split in words, for a card."""
    return f"{held_out:.0%} held out by the hash of the text (seed {seed})"


def plain_form(text: str) -> str:
    """A text without what does not change what it says: case, width, runs of spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
