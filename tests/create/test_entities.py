"""Names in a script, found by a tagger trained here: tags, search words, emphasis."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from feeding import NOW, event, put
from reelwright.audience.comments import write_comment
from reelwright.audience.events import append_events
from reelwright.audience.shelf import open_feed
from reelwright.cli import app
from reelwright.core.errors import ModelError
from reelwright.core.nouns import Line, Role, Script
from reelwright.core.settings import FeedSettings
from reelwright.create.entities import Names, name_script
from reelwright.learn.kind import Run
from reelwright.learn.tagger.kind import Tagger
from reelwright.learn.tagger.settings import TaggerSettings
from tagging import SMALL, write_columns


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    data = write_columns(folder / "train.conll", 40, 1)
    Tagger.train([data], TaggerSettings(**SMALL), Run(folder / "model", device="cpu"))
    return folder / "model"


@pytest.fixture(scope="module")
def names(model: Path) -> Names:
    return Names(model)


def _script() -> Script:
    return Script(
        title="Ada Stone went to Oslo .",
        tags=("rain", "oslo", "slept"),
        lines=(
            Line(say="it rained all day", emphasis=("day",), search=("rain",)),
            Line(
                say="in Lima , Ben Rivers slept .",
                emphasis=("3 days", "slept"),
                search=("sleep", "lima"),
            ),
            Line(say="Jon Hill went to Rome .", role=Role.CALL),
        ),
    )


def test_names_lead_tags_search_and_emphasis(names: Names) -> None:
    script = name_script(_script(), names)
    assert script.tags[:2] == ("Ada Stone", "Oslo")
    assert set(script.tags) == {
        "Ada Stone", "Oslo", "Lima", "Ben Rivers", "rain", "slept",
    }  # fmt: skip
    rain, slept, call = script.lines
    assert rain == _script().lines[0]
    assert slept.search == ("Lima", "Ben Rivers", "sleep")
    assert slept.emphasis == ("3 days", "Lima", "Ben Rivers")
    assert call == _script().lines[2]


def test_a_script_without_names_stays_as_it_is(names: Names) -> None:
    script = Script(title="it rained all day", tags=("rain",), lines=(Line(say="it rained"),))
    assert name_script(script, names) == script


def test_a_model_of_words_reads_no_chinese(names: Names) -> None:
    assert names.reads("en")
    assert not names.reads("zh")


def test_a_folder_that_is_no_tagger(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model folder"):
        Names(tmp_path)


def test_training_a_feed_reads_names_in_its_comments(model: Path, fresh_home: Path):
    feed = open_feed(FeedSettings())
    put(feed, "walk")
    with feed.writing() as session:
        for user in ("ann", "bob"):
            write_comment(session, "walk", user, "Ada Stone went to Oslo .", NOW)
        append_events(session, [event("ann", "walk", "like", time=NOW)], now=NOW)
    feed.close()
    train = ["feed", "train", "--model", "popularity", "--set", f"model.tags={model}"]
    done = CliRunner().invoke(app, train)
    assert done.stdout.startswith("names in their comments became tags of 1 video\n"), done.output
    again = CliRunner().invoke(app, [*train, "--json"])
    assert json.loads(again.stdout)["named"] == []


def test_comments_are_read_in_the_language_of_the_model_alone(names: Names) -> None:
    told = names.list_names(["Ada Stone went to Oslo .", "", "今天的西湖真美"])
    assert told == [["Ada Stone", "Oslo"], [], []]
