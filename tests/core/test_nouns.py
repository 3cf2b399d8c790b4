from __future__ import annotations

import copy
import json
from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import ValidationError

from reelwright.core import errors
from reelwright.core.nouns import Format, Line, Script
from reelwright.core.timeline import (
    PictureClip,
    PictureTrack,
    Scene,
    Timeline,
    Transition,
    read_timeline,
    write_timeline,
)


def clip(start: int, frames: int, transition: Transition | None = None) -> PictureClip:
    scene = Scene(name="statement", theme="night")
    return PictureClip(start=start, frames=frames, source=scene, transition=transition)


def timeline(*clips: PictureClip) -> Timeline:
    return Timeline(
        format=Format(width=1080, height=1920, rate=Fraction(30000, 1001)),
        picture=PictureTrack(clips=clips),
    )


def test_a_timeline_comes_back_from_its_file(tmp_path: Path):
    path = tmp_path / "timeline.json"
    one = timeline(clip(0, 30), clip(30, 15, Transition(frames=8)))
    path.write_text(write_timeline(one))
    assert read_timeline(path) == one
    assert one.frames == 45
    assert json.loads(path.read_text())["format"]["rate"] == "30000/1001"


@pytest.mark.parametrize(
    ("clips", "complaint"),
    [
        ((clip(0, 30), clip(31, 10)), "gap or overlap"),
        ((clip(0, 30), clip(20, 10)), "gap or overlap"),
        ((clip(0, 30, Transition(frames=3)),), "nothing before it"),
        ((clip(0, 30), clip(30, 5, Transition(frames=8))), "longer than the clip"),
    ],
)
def test_a_timeline_that_cannot_be_is_refused(clips, complaint: str):
    with pytest.raises(ValidationError, match=complaint):
        timeline(*clips)


def test_a_typo_in_timeline_json_names_the_key(tmp_path: Path):
    path = tmp_path / "timeline.json"
    values = json.loads(write_timeline(timeline(clip(0, 30))))
    values["picture"]["clips"][0]["framez"] = 3
    path.write_text(json.dumps(values))
    with pytest.raises(
        errors.TimelineError, match=r"timeline\.json, key picture\.clips\.0\.framez"
    ):
        read_timeline(path)


def test_nouns_refuse_unknown_fields_and_changes():
    with pytest.raises(ValidationError, match="extra"):
        Line.model_validate({"say": "x", "sya": "y"})
    line = Line(say="x")
    with pytest.raises(ValidationError, match="frozen"):
        line.say = "y"


def test_a_script_knows_its_hook_and_its_call():
    script = Script.model_validate(
        {
            "title": "t",
            "lines": [{"say": "a", "role": "hook"}, {"say": "b"}, {"say": "c", "role": "call"}],
        }
    )
    assert script.hook
    assert script.call
    assert (script.hook.say, script.call.say) == ("a", "c")


def test_a_format_scales_to_even_sides():
    small = Format(width=1080, height=1920).scaled(0.25)
    assert (small.width, small.height) == (270, 480)
    assert Format(width=1080, height=1350).scaled(0.5).height % 2 == 0


def test_an_error_says_what_where_and_what_to_do():
    error = errors.FootageError("is empty", where="a.mp4", hint="remove it")
    assert str(error) == "a.mp4: is empty\n  → remove it"
    assert error.at("shot 3").where == "shot 3, a.mp4"
    assert type(error.at("shot 3")) is errors.FootageError


def test_an_error_survives_the_way_between_processes():
    error = errors.MediaError("broke", where="shot 2", hint="look")
    again = copy.deepcopy(error)  # goes the way pickling does
    assert (str(again), type(again)) == (str(error), errors.MediaError)


def test_the_tree_in_the_docstring_is_the_tree():
    drawn = errors.__doc__ or ""
    tree = [v for v in vars(errors).values() if isinstance(v, type) and issubclass(v, Exception)]
    assert len(tree) > 10
    assert all(kind.__name__ in drawn for kind in tree)
