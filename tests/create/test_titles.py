"""Titles like a channel's own: ranked, hooks preferred, new ones proposed."""

import pytest

from reelwright.core.errors import ModelError
from reelwright.core.nouns import Line, Pace, Role, Script
from reelwright.create.article import parse_article
from reelwright.create.hooks import Hook
from reelwright.create.music.composer import SHIPPED
from reelwright.create.titles import Titles, prefer, retitle
from reelwright.create.writer import write_script
from reelwright.learn.kind import Run
from reelwright.learn.sequence.kind import Sequence, SequenceSettings

THINGS = ("tea", "coffee", "bread", "rice", "soup", "cake", "salad", "pizza")
PLACES = ("home", "work", "school", "night", "noon")


@pytest.fixture(scope="module")
def titles(tmp_path_factory: pytest.TempPathFactory) -> Titles:
    """A channel whose titles all go alike."""
    folder = tmp_path_factory.mktemp("titles")
    rows = [f"Why does {thing} taste better at {place}?" for thing in THINGS for place in PLACES]
    (folder / "titles.csv").write_text("text\n" + "\n".join(rows) + "\n")
    settings = SequenceSettings(width=48, embed=16, batch=8, span=64, epochs=12, rate=2e-2)
    Sequence.train([folder / "titles.csv"], settings, Run(folder / "model", device="cpu"))
    return Titles(folder / "model")


def test_what_is_like_the_channels_comes_first(titles: Titles) -> None:
    texts = ["10 SHOCKING facts!!!", "Why does soup taste better at noon?", "Taste why soup noon"]
    assert titles.rank(texts)[0] == "Why does soup taste better at noon?"
    hooks = [Hook("10 SHOCKING facts!!!", 1.1), Hook("Why does rice taste better at work?", 1.0)]
    assert prefer(hooks, titles)[0].text.startswith("Why")
    assert prefer(hooks[:1], titles) == hooks[:1]


def test_proposals_go_on_from_a_word_and_none_comes_twice(titles: Titles) -> None:
    found = titles.propose(["Why does cake"], 3, seed=4)
    assert found
    assert all(text.startswith("Why does cake ") for text in found)
    assert len(set(found)) == len(found)
    assert found == titles.propose(["Why does cake"], 3, seed=4)


def test_a_script_is_named_as_the_channel_names_its_own(titles: Titles) -> None:
    line = Line(say="Tea is better at home.", role=Role.HOOK)
    own = ("All about tea, explained", "Why does tea taste better at home?")
    script = Script(title="TEA! 100 SECRETS", titles=own, lines=(line,), tags=("tea",))
    named = retitle(script, titles, 0)
    assert named.title == "Why does tea taste better at home?"
    assert {"TEA! 100 SECRETS", "All about tea, explained"} <= set(named.titles)
    assert all(text.startswith("Tea") for text in named.titles[2:])
    assert named.lines == script.lines


def test_the_writer_opens_as_the_channel_does(titles: Titles) -> None:
    text = (
        "The cup was warm. Most people never wash their cups. Why does tea taste better at home? "
        "Because water at home is softer. Nobody ever measured it before 1990. "
        "The first study took 12 years."
    )
    article = parse_article(text, title="Tea")
    pace = Pace(units_per_second=2.5, pause=0.3)
    asked = {"language": "en", "length": 20.0, "pace": pace}
    script = write_script(article, **asked, titles=titles)
    assert script.lines[0].say == "Why does tea taste better at home?"


def test_a_model_of_music_names_nothing() -> None:
    with pytest.raises(ModelError, match="of music, not of titles"):
        Titles(SHIPPED)
