"""What the person's own classifiers say of a script: its mood, for the music; its topic, a tag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from reelwright.core.errors import SettingError
from reelwright.core.nouns import Script
from reelwright.stages.models import find_model
from reelwright.stages.run import Run


def read_mood(run: Run, script: Script) -> str:
    """The mood of music that `model.mood` hears in the title and lines; "" where it names no model,
    is sure of none of them, or of a label that is no mood.

    Raises:
        ModelError: there is no such model, or it is no classifier.
    """
    from reelwright.create import music

    texts = [script.title, *(line.say for line in script.lines)]
    label = _classify(run, run.settings.model.mood, texts)
    if not label:
        return ""
    try:
        return music.find_mood(label).name
    except SettingError as error:
        run.say(f'model.mood says "{label}", which is no mood of music: {error.hint}')
        return ""


def add_topic(run: Run, script: Script) -> tuple[str, ...]:
    """The script's tags, and before them the topic that `model.topic` sees in the title, where it
    names a model and that is sure.

    Raises:
        ModelError: there is no such model, or it is no classifier.
    """
    topic = "".join(_classify(run, run.settings.model.topic, [script.title]).split())
    others = tuple(tag for tag in script.tags if tag.casefold() != topic.casefold())
    return (topic, *others) if topic else script.tags


def _classify(run: Run, setting: str, texts: Sequence[str]) -> str:
    """The label that a classifier gives some texts together; "" for no model, or none sure.

    Texts it is not sure of have no say; of the others the probabilities are added up.
    """
    folder = find_model(run, setting, "classifier")
    if folder is None:
        return ""
    from reelwright.learn.kinds import load_model

    votes: Counter[str] = Counter()
    for found in load_model(folder, "classifier").predict(texts, {}):
        if not found["abstain"]:
            votes.update(found["probabilities"])
    if not votes:
        run.say(f"{folder.name} is not sure of any text here, and is not asked")
        return ""
    return max(sorted(votes), key=lambda label: votes[label])
