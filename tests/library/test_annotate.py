"""Going over assets: who is due, what is kept, and what happens when something goes wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from sqlalchemy.orm import Session

from reelwright.core.errors import ProviderUnavailable
from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library import annotators, catalogue, collect
from reelwright.library.annotate import annotate_all
from reelwright.library.annotators import EVERY, Annotator, Ear, Kind, Look, Subject, Watcher
from reelwright.store.database import Database

ALL: frozenset[Kind] = frozenset({"video", "audio", "picture", "text"})


class Counter(Annotator):
    """Says how many frames and samples it was given."""

    kinds: ClassVar[frozenset[Kind]] = ALL
    gives = frozenset({"frames"})
    look = EVERY
    ear = Ear(8000, 2)
    watched: ClassVar[list[str]] = []

    def watch(self, subject: Subject) -> Watcher:
        self.watched.append(subject.name)
        return CounterWatcher(subject)


class CounterWatcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject, self.frames, self.samples = subject, 0, 0

    def see(self, times: Any, frames: Any) -> None:
        assert frames.shape[-1] == 3
        self.frames += len(times)

    def hear(self, samples: Any) -> None:
        assert samples.shape[1] == 2
        self.samples += len(samples)

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        self.subject.shared["frames"] = self.frames
        value = {"frames": self.frames, "samples": self.samples}
        yield Annotation(name="frames", value=value, annotator="counter")


class Teller(Annotator):
    """Builds on what it is told of, and shares."""

    kinds: ClassVar[frozenset[Kind]] = frozenset({"video"})
    gives = frozenset({"told", "quality"})
    after = frozenset({"counter"})
    look = Look(32, 2.0, gray=True)
    model = "small"
    kept: ClassVar[list[str]] = []
    down = False

    @classmethod
    def make(cls, settings: Settings) -> Teller | None:
        return None if settings.faces.provider == "none" else cls()

    def key(self) -> Mapping[str, Any]:
        return {"model": self.model}

    def watch(self, subject: Subject) -> Watcher:
        return TellerWatcher(subject)


class TellerWatcher(Watcher):
    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    def see(self, times: Any, frames: Any) -> None:
        assert frames.ndim == 3

    def finish(self, told: Sequence[Annotation]) -> Iterable[Annotation]:
        if Teller.down:
            raise ProviderUnavailable("does not answer")
        names = sorted({f"{one.annotator}:{one.name}" for one in told})
        yield Annotation(name="told", value=names, annotator="teller")
        yield Annotation(name="quality", value=0.75, annotator="teller")

    def keep(self, session: Session) -> None:
        Teller.kept.append(self.subject.id)


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(annotators.TABLE):
        monkeypatch.delitem(annotators.TABLE, name)
    monkeypatch.setitem(annotators.TABLE, "counter", f"{__name__}:Counter")
    monkeypatch.setitem(annotators.TABLE, "teller", f"{__name__}:Teller")
    monkeypatch.setattr(Teller, "down", False)
    monkeypatch.setattr(Teller, "model", "small")
    monkeypatch.setattr(Counter, "version", 1)
    Counter.watched.clear()
    Teller.kept.clear()


@pytest.fixture
def ids(database: Database, material: Path) -> dict[str, str]:
    report = collect.add(database, [material], Settings())
    with database.reading() as session:
        return {catalogue.get_asset(session, one).name: one for one in report.assets}


def known(database: Database, asset: str, name: str) -> list[Any]:
    with database.reading() as session:
        return [one.value for one in catalogue.get_annotations(session, asset, name)]


def test_one_pass_serves_everybody(database: Database, ids: dict[str, str]):
    outcome = annotate_all(database, list(ids.values()), Settings())
    assert outcome.failed == []
    assert sorted(outcome.annotated) == sorted(ids.values())
    assert known(database, ids["clip.mp4"], "frames") == [{"frames": 20, "samples": 16000}]
    assert known(database, ids["tone.wav"], "frames") == [{"frames": 0, "samples": 32000}]
    assert known(database, ids["海边.jpg"], "frames") == [{"frames": 1, "samples": 0}]
    assert known(database, ids["words.txt"], "frames") == [{"frames": 0, "samples": 0}]
    (told,) = known(database, ids["clip.mp4"], "told")
    assert "counter:frames" in told
    assert Teller.kept == [ids["clip.mp4"]]
    with database.reading() as session:
        assert catalogue.get_asset(session, ids["clip.mp4"]).quality == 0.75


def test_nobody_goes_twice_unless_something_changed(
    database: Database, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    annotate_all(database, list(ids.values()), Settings())
    assert len(Counter.watched) == 4
    assert annotate_all(database, list(ids.values()), Settings()).annotated == []
    monkeypatch.setattr(Teller, "model", "large")  # a better provider is set
    assert annotate_all(database, list(ids.values()), Settings()).annotated == [ids["clip.mp4"]]
    assert len(Counter.watched) == 4
    monkeypatch.setattr(Counter, "version", 2)
    assert len(annotate_all(database, list(ids.values()), Settings()).annotated) == 4
    clip = [ids["clip.mp4"]]
    assert annotate_all(database, clip, Settings(), again=True).annotated == clip
    assert len(known(database, clip[0], "frames")) == 1


def test_only_some_bring_whom_they_build_on(database: Database, ids: dict[str, str]):
    clip = [ids["clip.mp4"]]
    annotate_all(database, clip, Settings(), only=["told"])
    assert len(known(database, clip[0], "frames")) == 1
    annotate_all(database, clip, Settings(), only=["teller"], again=True)
    assert len(Counter.watched) == 1  # its words are there already
    (told,) = known(database, clip[0], "told")
    assert "counter:frames" in told
    assert annotate_all(database, clip, Settings()).annotated == []


def test_words_by_hand_stay(database: Database, ids: dict[str, str]):
    clip = ids["clip.mp4"]
    with database.writing() as session:
        said = Annotation(name="told", value=["mine"], annotator=catalogue.PERSON)
        catalogue.add_annotations(session, clip, [said])
    annotate_all(database, [clip], Settings())
    annotate_all(database, [clip], Settings(), again=True)
    assert known(database, clip, "told") == [["mine"]]


def test_who_could_not_is_asked_again(
    database: Database, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(Teller, "down", True)
    outcome = annotate_all(database, list(ids.values()), Settings())
    assert [(one.path.name, one.reason) for one in outcome.failed] == [
        ("clip.mp4", "teller: does not answer")
    ]
    assert len(known(database, ids["clip.mp4"], "frames")) == 1
    monkeypatch.setattr(Teller, "down", False)
    outcome = annotate_all(database, list(ids.values()), Settings())
    assert (outcome.annotated, outcome.failed) == ([ids["clip.mp4"]], [])
    assert len(Counter.watched) == 4


def test_a_file_that_is_gone_or_broken_stops_nobody(
    database: Database, ids: dict[str, str], material: Path, monkeypatch: pytest.MonkeyPatch
):
    (material / "tone.wav").unlink()
    clip = material / "clip.mp4"

    def shorten(subject: Subject) -> Watcher:
        if subject.name == "clip.mp4":
            clip.write_bytes(clip.read_bytes()[:-4000])
        return CounterWatcher(subject)

    monkeypatch.setattr(Counter, "watch", lambda self, subject: shorten(subject))
    outcome = annotate_all(database, list(ids.values()), Settings())
    assert sorted(outcome.annotated) == sorted([ids["海边.jpg"], ids["words.txt"]])
    reasons = {one.path.name: one.reason for one in outcome.failed}
    assert "none of its files is there as it was" in reasons["tone.wav"]
    assert (
        reasons["clip.mp4"] in ("changed while it was read",) or "cut short" in reasons["clip.mp4"]
    )


def test_who_is_not_wanted_says_nothing(database: Database, ids: dict[str, str]):
    settings = Settings.model_validate({"faces": {"provider": "none"}})
    annotate_all(database, [ids["clip.mp4"]], settings)
    assert known(database, ids["clip.mp4"], "told") == []
