"""Names in a script, found by a tagger trained here: tags, search words, emphasis."""

from pathlib import Path

import pytest

from reelwright.core.errors import ModelError
from reelwright.core.nouns import Line, Role, Script
from reelwright.create.entities import Names, name_script
from reelwright.learn.kind import Run
from reelwright.learn.tagger.kind import Tagger
from reelwright.learn.tagger.settings import TaggerSettings
from tagging import SMALL, write_columns


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Names:
    folder = tmp_path_factory.mktemp("names")
    data = write_columns(folder / "train.conll", 40, 1)
    Tagger.train([data], TaggerSettings(**SMALL), Run(folder / "model", device="cpu"))
    return Names(folder / "model")


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
