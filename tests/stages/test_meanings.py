"""A person's own classifiers: the mood of the music, and a topic among the tags."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reelwright.core.errors import ModelError
from reelwright.core.nouns import Line, Script
from reelwright.core.settings import Settings
from reelwright.learn.classifier.kind import Classifier
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.kind import Run as Training
from reelwright.stages.meanings import add_topic, read_mood
from reelwright.stages.run import Run
from reelwright.stages.sound import _mood

SAID = {
    "Calm": ["a quiet lake", "the slow river", "silent snow", "soft rain"],
    "epic": ["the last battle", "an army marches", "heroes rise", "thunder and war"],
    "breakfast": ["eggs and toast", "warm porridge", "fresh coffee", "a fried egg"],
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("moods")
    rows = [
        f'"{text}, {more} {n}",{label}'
        for label, texts in SAID.items()
        for text in texts
        for more in ("today", "again", "at last")
        for n in range(4)
    ]
    (folder / "rows.csv").write_text("\n".join(["text,label", *rows]), "utf-8")
    settings = ClassifierSettings(least=1, sure=0.5)
    Classifier.train([folder / "rows.csv"], settings, Training(folder / "model"))
    return folder / "model"


def run_with(root: Path, **model: str) -> tuple[Run, list[str]]:
    said: list[str] = []
    settings = Settings.model_validate({"model": model})
    steps: Any = SimpleNamespace(progress=SimpleNamespace(say=said.append))
    project: Any = SimpleNamespace(root=root)
    none: Any = None
    return Run(project, none, settings, "en", steps, none), said


def script_of(title: str, *says: str, tags: tuple[str, ...] = ()) -> Script:
    return Script(title=title, lines=tuple(Line(say=say) for say in says), tags=tags)


def test_the_mood_of_the_lines_is_that_of_the_music(model: Path, tmp_path: Path) -> None:
    run, said = run_with(tmp_path, mood=str(model))
    script = script_of("A quiet lake", "The slow river.", "Soft rain today.")
    assert read_mood(run, script) == _mood(run, script) == "calm"
    assert _mood(run, script_of("Heroes rise", "An army marches again.")) == "epic"
    assert said == []


def test_a_label_that_is_no_mood_is_told_and_the_words_decide(model: Path, tmp_path: Path) -> None:
    run, said = run_with(tmp_path, mood=str(model))
    script = script_of("Eggs and toast", "Fresh coffee again.", "A fried egg.")
    assert read_mood(run, script) == ""
    assert '"breakfast", which is no mood of music' in said[0]
    assert "calm" in said[0]
    none, _ = run_with(tmp_path)
    assert _mood(run, script) == _mood(none, script)


def test_a_mood_that_is_set_is_not_asked_for(model: Path, tmp_path: Path) -> None:
    run, _ = run_with(tmp_path, mood=str(model))
    chosen = run.settings.music.model_copy(update={"mood": "dark"})
    run.settings = run.settings.model_copy(update={"music": chosen})
    assert _mood(run, script_of("A quiet lake", "Soft rain.")) == "dark"


def test_the_topic_is_the_first_tag(model: Path, tmp_path: Path) -> None:
    run, _ = run_with(tmp_path, topic=str(model))
    assert add_topic(run, script_of("Fresh coffee", "Hm.", tags=("cup",))) == ("breakfast", "cup")
    script = script_of("A quiet lake", "Hm.", tags=("lake", "calm"))
    assert add_topic(run, script) == ("Calm", "lake")


def test_without_a_model_nothing_changes(tmp_path: Path) -> None:
    run, said = run_with(tmp_path)
    script = script_of("Fresh coffee", "Hm.", tags=("cup",))
    assert read_mood(run, script) == ""
    assert add_topic(run, script) == ("cup",)
    assert said == []


def test_what_is_not_sure_has_no_say(model: Path, tmp_path: Path) -> None:
    import shutil

    own = tmp_path / "doubter"
    shutil.copytree(model, own)
    config = (own / "config.json").read_text("utf-8")
    start = config.index('"threshold"')
    end = config.index("}", start)
    (own / "config.json").write_text(config[:start] + '"threshold": 1.01' + config[end:], "utf-8")
    run, said = run_with(tmp_path, mood="doubter", topic="doubter")
    script = script_of("A quiet lake", "Soft rain.", tags=("lake",))
    assert read_mood(run, script) == ""
    assert add_topic(run, script) == ("lake",)
    assert "not sure" in said[0]


def test_a_model_that_is_not_there_is_told(tmp_path: Path) -> None:
    run, _ = run_with(tmp_path, mood="nowhere")
    with pytest.raises(ModelError, match="no model folder"):
        read_mood(run, script_of("A lake", "Rain."))
