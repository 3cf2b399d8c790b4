"""What is to be learnt, as pieces: rows with a text, running text, or music."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reelwright.core.errors import DataError
from reelwright.learn.data.encodings import decode_lines, scan
from reelwright.learn.data.rows import Row, files_of, read_rows
from reelwright.learn.sequence.tokens import Unit, cut

RUNNING = (".txt", ".md", ".rst")
ROWS = (".jsonl", ".ndjson", ".json", ".csv", ".tsv")
TUNES = (".abc",)
SONGS = (".mid", ".midi")
_UNFIT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True)
class Piece:
    """One sequence.

    Attributes:
        tokens: what it is made of; of running text they are read anew whenever they are asked for.
        condition: what it stands under (a topic, a mood); empty for none.
        where: its file, and its line or name there.
        running: whether it is a long text, learnt in windows that follow one another; a piece that
            is not is learnt from its beginning to its end.
    """

    tokens: Iterable[str]
    condition: str
    where: str
    running: bool = False


def read_pieces(paths: Sequence[Path], unit: Unit) -> Iterator[Piece]:
    """The pieces in some files and folders, in order.

    Rows (JSONL, CSV …) have a column `text`, and `condition` where there is one. Other text files
    are running text. Tunes (ABC) and songs (MIDI) are for the unit `music`, whose rows hold music
    tokens with spaces between.

    Raises:
        DataError: a file cannot be read, or is of no kind that fits; names file and line.
    """
    music = unit == "music"
    fitting = (*ROWS, *(TUNES + SONGS if music else RUNNING))
    for path in files_of(paths, fitting):
        suffix = path.suffix.lower()
        if suffix in ROWS:
            for row in read_rows(path):
                yield Piece(cut(_text(row), unit), _condition(row), row.where)
        elif music and suffix in TUNES:
            from reelwright.learn.sequence.abc import read_tunes

            for score in read_tunes(path):
                yield from _of_score(score)
        elif music and suffix in SONGS:
            from reelwright.learn.sequence.midi import read_song

            yield from _of_score(read_song(path))
        elif suffix in RUNNING and not music:
            yield Piece(Running(path, unit), "", str(path), running=True)
        else:
            needs = "tokens=music" if suffix in TUNES + SONGS else "another kind of file"
            raise DataError(
                f"a {suffix or 'nameless'} file cannot be learnt as {unit}",
                where=str(path),
                hint=f"it needs {needs}; {unit} are read from {', '.join(fitting)}",
            )


def _of_score(score: object) -> Iterator[Piece]:
    from reelwright.learn.sequence.score import Score, drum_tokens, tune_tokens

    assert isinstance(score, Score)
    for tokens in (tune_tokens(score), drum_tokens(score)):
        if tokens:
            yield Piece(tokens, score.condition, score.where)


@dataclass(frozen=True)
class Running:
    """The tokens of a text file, a line at a time: no token reaches over the end of one."""

    path: Path
    unit: Unit

    def __iter__(self) -> Iterator[str]:
        for number, line in decode_lines(self.path, scan(self.path).encoding):
            odd = _UNFIT.search(line)
            if odd:
                raise DataError(
                    f"holds the character U+{ord(odd[0]):04X}, which no text has",
                    where=f"{self.path}:{number}",
                    hint="remove it; a file with many of them may be no text at all",
                )
            yield from cut(line + "\n", self.unit)


def _text(row: Row) -> str:
    text = row.get("text")
    if text is None and "text" not in row:
        raise DataError(
            'there is no column "text"',
            where=row.where,
            hint=f"the row has {', '.join(row)}; rename the column that is to be learnt",
        )
    if not isinstance(text, str) or not text.strip():
        raise DataError('"text" is empty, or no text', where=row.where, hint="remove the row")
    return text.strip()


def _condition(row: Row) -> str:
    value = row.get("condition")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DataError(
            '"condition" is no text', where=row.where, hint="a word is expected: a topic, a mood"
        )
    return value.strip()
