"""The one error tree. Everything Reelwright raises on purpose is a `ReelError`::

    ReelError
    ├── InputError                what a person gave us cannot be used
    │   ├── BriefError            brief.md, the article, the topic, the asked length
    │   ├── ScriptError           script.yaml, or a script that an LLM wrote
    │   ├── TimelineError         timeline.json
    │   ├── SettingError          settings.toml, environment, front matter, --set
    │   ├── FootageError          a clip or picture of the person's
    │   ├── LibraryError          the library: what is asked of it, what is put into it
    │   ├── FeedError             the feed: what is asked of it, what is put into it
    │   ├── DataError             what a model is to learn from or be judged on
    │   ├── ModelError            a model folder: missing, damaged, too new, of another kind
    │   └── FontError             text that no font here can draw
    ├── ProviderError             the world outside
    │   ├── UnknownProvider       no provider of that name; lists those there are
    │   ├── MissingExtra          its library is not installed; names the pip extra
    │   ├── MissingKey            its key is not set, or not accepted; names the setting
    │   ├── ProviderUnavailable   no answer: network, time-out, 429, 5xx (worth trying again)
    │   └── ProviderRefused       an answer that cannot be used: 4xx, HTML, invalid JSON
    ├── TrainingError             learning went wrong: no number any more, out of memory
    ├── MediaError                ffmpeg or a codec failed
    └── StoreError                the disk: full, read-only, damaged, taken by another run

A message says what was wrong; `where` says where (a file, a line, a key, a shot); `hint` says
what to do about it. The command line prints the three and exits with 1; only ``--debug`` shows a
traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ReelError(Exception):
    """Base of every error raised on purpose.

    Args:
        message: what was wrong, one sentence without a trailing newline.
        where: the file, line, key or shot concerned, if one can be named.
        hint: what the person can do about it.
    """

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  → {self.hint}" if self.hint else text

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross process borders (segments are drawn in workers); keyword arguments would be
        # lost with the default reduction.
        return (_rebuild, (type(self), self.message, self.where, self.hint))

    def at(self, where: str) -> ReelError:
        """The same error, told from further out: `where` is put before what it already names."""
        place = f"{where}, {self.where}" if self.where else where
        return type(self)(self.message, where=place, hint=self.hint)


def _rebuild(kind: type[ReelError], message: str, where: str | None, hint: str | None) -> ReelError:
    return kind(message, where=where, hint=hint)


class InputError(ReelError):
    """What a person gave us cannot be used."""


class BriefError(InputError):
    """The brief (brief.md, an article, a topic, an asked length) cannot be used."""


class ScriptError(InputError):
    """A script, written by a person or by an LLM, cannot be used."""


class TimelineError(InputError):
    """A timeline cannot be used."""


class SettingError(InputError):
    """A setting is unknown or has a value it cannot have."""


class FootageError(InputError):
    """A clip or picture cannot be used."""


class LibraryError(InputError):
    """What is asked of the library, or given to it, cannot be."""


class FeedError(InputError):
    """What is asked of the feed, or given to it, cannot be."""


class DataError(InputError):
    """What a model is to learn from, or to be judged on, cannot be used."""


class ModelError(InputError):
    """A model folder, or an exported model, cannot be used."""


class FontError(InputError):
    """No font here can draw a piece of text."""


class ProviderError(ReelError):
    """Something outside Reelwright did not do its part."""


class UnknownProvider(ProviderError):
    """There is no provider of that name."""


class MissingExtra(ProviderError):
    """The provider's library is not installed."""


class MissingKey(ProviderError):
    """The provider needs a key that is not set, or does not accept the one that is."""


class ProviderUnavailable(ProviderError):
    """The provider gave no answer; trying again later may help."""


class ProviderRefused(ProviderError):
    """The provider answered, and the answer cannot be used; trying again will not help."""


class TrainingError(ReelError):
    """Learning went wrong: the loss is no number any more, or there is not enough memory."""


class MediaError(ReelError):
    """ffmpeg or a codec failed."""


class StoreError(ReelError):
    """The disk did not do its part."""


def must_be(message: str) -> str:
    """A hint from pydantic's words for what is wrong with a value.

    >>> must_be("Input should be a valid integer, unable to parse string as an integer")
    'it must be a whole number'
    """
    message = message.removeprefix("Value error, ").partition(", unable to parse")[0]
    for old, new in (
        ("Input should be a valid ", "it must be a "),
        ("Input should be ", "it must be "),
        ("a integer", "a whole number"),
        ("a string", 'a text: quote it ("…")'),
        ("a tuple", "a list"),
        ("a dictionary or instance of Line", "a line with `say: …`"),
        ("a dictionary", "a group of keys and values"),
        ("Field required", "it is missing"),
        ("String should have at least 1 character", "write some words"),
        ("String should have at most", "shorten it: it may have at most"),
        ("Tuple should have at least 1 item after validation, not 0", "give at least one"),
    ):
        message = message.replace(old, new)
    return message


def nearest(word: str, valid: Iterable[str]) -> str:
    """A hint for a mistyped word: the closest valid one, then all of them.

    >>> nearest("lenght", ["length", "topic"])
    'did you mean "length"? Valid here: length, topic'
    """
    known = sorted(valid)
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    start = f'did you mean "{close[0]}"? ' if close else ""
    return f"{start}Valid here: {', '.join(known)}"
