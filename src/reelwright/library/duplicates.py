"""Copies in the library: the same bytes twice, and the same pictures or sound in other bytes.

Each asset is compared once with all that were there before it: an index of words names who may show
the same (`media.wordindex`), and what is kept of both proves it (`media.matching`, of sound files
`media.soundmatching`). What was found
stays in the database, so only what is new is compared the next time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from reelwright.core.progress import Progress, Silent
from reelwright.library import catalogue
from reelwright.library.copies import Comparison, Side, weigh
from reelwright.library.prints import (
    VERSIONS,
    TwinRow,
    get_print,
    get_sound_print,
    get_twins,
    indexed,
    most_words,
    put_twins,
)
from reelwright.library.tables import AssetRow, PlaceRow
from reelwright.store.database import Database

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from reelwright.media.matching import Match
    from reelwright.media.prints import Print
    from reelwright.media.soundmatching import SoundMatch
    from reelwright.media.soundprints import SoundPrint
    from reelwright.media.wordindex import Guess, WordIndex

SHARE = 0.5
"""Films are copies when one has at least this share of the other."""
WHOLE = 0.9
"""What the better copy has less than this of is not deleted for its sake."""

_LEAST_SECONDS = 1.0
_KEPT_PRINTS = 96


@dataclass(frozen=True)
class Exact:
    """The same bytes in several places."""

    asset: AssetRow
    keep: Path
    copies: tuple[Path, ...]
    """The other files; members of archives are not among them."""


@dataclass(frozen=True)
class Copy:
    """A copy that is not the better one."""

    asset: AssetRow
    how: Comparison
    """Of the better one and this."""
    why: str
    """What the better one has over it."""

    @property
    def is_whole(self) -> bool:
        """Whether the better copy surely has all of it.

        One that shows more on sides that meet may also be another picture with this one in it.
        """
        best = self.how.first
        return self.how.second.share >= WHOLE and (best.plain or not best.inset)


@dataclass(frozen=True)
class Group:
    """Assets that show the same."""

    best: AssetRow
    copies: tuple[Copy, ...]

    @property
    def why(self) -> str:
        """Why that one is the better, in a line."""
        reasons = dict.fromkeys(part for copy in self.copies for part in copy.why.split("; "))
        return "; ".join(list(reasons)[:4])


@dataclass
class Found:
    """The copies of a library."""

    exact: list[Exact] = field(default_factory=list[Exact])
    groups: list[Group] = field(default_factory=list[Group])


def find_duplicates(database: Database, *, progress: Progress | None = None) -> Found:
    """All copies, those that came last being compared first.

    Args:
        database: the library, open.
        progress: who is watching; counts assets that are compared.

    Raises:
        StoreError: the database does not answer.
    """
    for kind in VERSIONS:
        _compare_new(database, kind, progress or Silent())
    with database.reading() as session:
        return Found(_find_exact(session), _group(session))


def _compare_new(database: Database, kind: str, progress: Progress) -> None:
    """Compare those of a kind that were never compared."""
    with database.reading() as session:
        known = indexed(session, kind)
    if all(done for _, _, done in known):
        return
    from reelwright.media.wordindex import WordIndex

    index = WordIndex([words for _, words, _ in known])

    @lru_cache(_KEPT_PRINTS)
    def load(asset_id: str) -> Print | SoundPrint | None:
        with database.reading() as session:
            read = get_sound_print if kind == "audio" else get_print
            return read(session, asset_id)

    new = [(number, asset) for number, (asset, _, done) in enumerate(known) if not done]
    progress.start("comparing", len(new))
    seen: set[tuple[int, int]] = set()
    try:
        for number, asset in new:
            one = load(asset)
            guesses = _ask(index, one, kind) if one else []
            twins: list[tuple[str, object]] = []
            for guess in guesses:
                pair = (min(number, guess.owner), max(number, guess.owner))
                if guess.owner == number or pair in seen:
                    continue
                other_id = known[guess.owner][0]
                other = load(other_id)
                how = _prove(one, other, kind, guess) if one and other else None
                if how is not None:
                    seen.add(pair)
                    twins.append((other_id, how.model_dump()))
            with database.writing() as session:
                put_twins(session, asset, twins)
            progress.advance("comparing", 1, asset[:12])
    finally:
        progress.finish("comparing")


def _ask(index: WordIndex, one: Print | SoundPrint, kind: str) -> list[Guess]:
    """Who may show, or be heard to be, the same."""
    from reelwright.media import soundprints

    if isinstance(one, soundprints.SoundPrint):
        return soundprints.ask(index, one)
    return index.ask(one, most=most_words(kind))


def _prove(
    this: Print | SoundPrint, other: Print | SoundPrint, kind: str, guess: Guess
) -> Comparison | None:
    """Whether two that may be the same are so."""
    from reelwright.media.soundprints import SoundPrint

    if isinstance(this, SoundPrint) and isinstance(other, SoundPrint):
        return _prove_heard(this, other)
    if isinstance(this, SoundPrint) or isinstance(other, SoundPrint):
        return None
    return _prove_seen(this, other, kind, guess)


def _prove_heard(this: SoundPrint, other: SoundPrint) -> Comparison | None:
    """Whether two sounds are of the same recording."""
    from reelwright.media.soundmatching import match_sounds

    match = match_sounds(this, other)
    if match is None or max(_shares(this, other, match)) < SHARE:
        return None
    first, second = (
        Side(share=share, field=1, plain=False, inset=False, covered=0)
        for share in _shares(this, other, match)
    )
    return Comparison(
        likeness=match.likeness, mirrored=False, speed=match.speed, first=first, second=second
    )


def _prove_seen(this: Print, other: Print, kind: str, guess: Guess) -> Comparison | None:
    """Whether two films or pictures show the same."""
    from reelwright.media.framing import frame_copies
    from reelwright.media.matching import match_films, match_pictures

    if kind == "picture":
        match = match_pictures(this, other)
        shares = (1.0, 1.0)
    else:
        match = match_films(this, other, guess.pairs, mirrored=guess.mirrored)
        shares = _shares(this, other, match) if match else (0.0, 0.0)
        if max(shares) < SHARE or (match and match.seconds < _LEAST_SECONDS):
            return None
    if match is None:
        return None
    first, second = (
        Side(share=share, **asdict(one))
        for share, one in zip(shares, frame_copies(this, other, match), strict=True)
    )
    return Comparison(
        likeness=match.likeness, mirrored=match.mirrored, speed=match.speed,
        first=first, second=second,
    )  # fmt: skip


def _shares(
    this: Print | SoundPrint, other: Print | SoundPrint, match: Match | SoundMatch
) -> tuple[float, float]:
    """What share of its length each of two films or sounds has of what both have."""
    mine = match.seconds / max(this.seconds, 0.1)
    theirs = (match.other_end - match.other_start) / max(other.seconds, 0.1)
    return round(min(1.0, mine), 3), round(min(1.0, theirs), 3)


def _find_exact(session: Session) -> list[Exact]:
    """Assets of which several files are there."""
    several = (
        select(PlaceRow.asset)
        .where(PlaceRow.member == "")
        .group_by(PlaceRow.asset)
        .having(func.count() > 1)
    )
    found: list[Exact] = []
    query = select(AssetRow).where(AssetRow.id.in_(several)).order_by(AssetRow.number)
    for row in session.scalars(query):
        files = [
            Path(place.path)
            for place in catalogue.places_of(session, row.id)
            if not place.member and catalogue.file_at(place)
        ]
        if len(files) > 1:
            # The one that lies least deep, and is called most simply, is thought the original.
            files.sort(key=lambda path: (len(path.parts), len(path.name), str(path)))
            found.append(Exact(row, files[0], tuple(files[1:])))
    return found


def _group(session: Session) -> list[Group]:
    """Groups of assets that show the same as their best one does."""
    twins = get_twins(session)
    rows: dict[str, AssetRow] = {}
    for column in (TwinRow.asset, TwinRow.other):
        query = select(AssetRow).where(AssetRow.id.in_(select(column)))
        rows |= {row.id: row for row in session.scalars(query)}
    return group_twins(twins, rows)


def group_twins(twins: Sequence[TwinRow], rows: dict[str, AssetRow]) -> list[Group]:
    """Groups from pairs: the best of those that hang together, with all that show what it does.

    Who is like one of a group but not like its best is in no danger of being deleted for it, and
    makes another group.
    """
    pairs: dict[str, dict[str, Comparison]] = {}
    for twin in twins:
        if twin.asset in rows and twin.other in rows:
            how = Comparison.model_validate(twin.value)
            pairs.setdefault(twin.asset, {})[twin.other] = how
            pairs.setdefault(twin.other, {})[twin.asset] = _turned(how)
    left = set(pairs)
    groups: list[Group] = []
    for start in sorted(pairs, key=lambda asset: rows[asset].number):
        while start in left:
            together = _hang_together(start, left, lambda asset: pairs[asset])
            best = max(together, key=lambda asset: _standing(asset, together, pairs, rows))
            near = [other for other in pairs[best] if other in together]
            left -= {best, *near}
            if near:
                groups.append(_make_group(best, near, pairs[best], rows))
    return sorted(groups, key=lambda group: group.best.number)


def _make_group(
    best: str, near: Iterable[str], how: dict[str, Comparison], rows: dict[str, AssetRow]
) -> Group:
    copies = [
        Copy(rows[other], how[other], "; ".join(weigh(rows[best], rows[other], how[other]).reasons))
        for other in sorted(near, key=lambda asset: rows[asset].number)
    ]
    return Group(rows[best], tuple(copies))


def _hang_together(start: str, among: set[str], near: Callable[[str], Iterable[str]]) -> list[str]:
    found, waiting = {start}, [start]
    while waiting:
        for other in near(waiting.pop()):
            if other in among and other not in found:
                found.add(other)
                waiting.append(other)
    return sorted(found)


def _standing(
    asset: str,
    together: Sequence[str],
    pairs: dict[str, dict[str, Comparison]],
    rows: dict[str, AssetRow],
) -> tuple[float, float, int]:
    """How an asset stands among those it hangs together with: more is better."""
    leads = [
        weigh(rows[asset], rows[other], pairs[asset][other]).lead
        for other in pairs[asset]
        if other in together
    ]
    lost = sum(lead < 0 for lead in leads)
    return -lost, sum(max(-6.0, min(6.0, lead)) for lead in leads), -rows[asset].number


def _turned(how: Comparison) -> Comparison:
    return Comparison(
        likeness=how.likeness, mirrored=how.mirrored, speed=round(1 / how.speed, 4),
        first=how.second, second=how.first,
    )  # fmt: skip
