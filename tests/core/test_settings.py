from __future__ import annotations

from pathlib import Path

import pytest

from reelwright.core.errors import SettingError
from reelwright.core.settings import load_settings, parse_assignment, setting_paths


def test_the_later_layer_wins(fresh_home: Path):
    (fresh_home / "settings.toml").write_text('length = 20\n[style]\ntheme = "ink"\n')
    settings = load_settings(
        ("brief.md", {"length": 30}),
        ("--set", {"voice": {"rate": "1.2"}}),
        environ={"REEL_LENGTH": "25", "REEL_LLM_API_KEY": "sk-1"},
    )
    assert settings.length == 30
    assert settings.style.theme == "ink"
    assert settings.voice.rate == 1.2
    assert settings.llm.api_key.get_secret_value() == "sk-1"


def test_a_typo_names_the_layer_the_key_and_the_nearest(fresh_home: Path):
    with pytest.raises(SettingError) as caught:
        load_settings(("brief.md", {"voice": {"provder": "espeak"}}), environ={})
    assert caught.value.where == "brief.md"
    assert '"voice.provder"' in caught.value.message
    assert caught.value.hint
    assert 'did you mean "provider"' in caught.value.hint


def test_a_bad_value_names_the_key(fresh_home: Path):
    with pytest.raises(
        SettingError, match=r"^--set: length cannot be '-3'\n  → it must be greater"
    ):
        load_settings(("--set", parse_assignment("length=-3")), environ={})
    with pytest.raises(SettingError, match="^REEL_VOICE_RATE: voice.rate cannot be 'abc'"):
        load_settings(("--set", parse_assignment("length=3")), environ={"REEL_VOICE_RATE": "abc"})


def test_a_group_set_to_a_plain_value_is_explained(fresh_home: Path):
    with pytest.raises(SettingError, match="voice is a group of settings\n  → set one: voice.prov"):
        load_settings(("--set", parse_assignment("voice=x")), environ={})


def test_a_secret_may_not_stand_in_a_project(fresh_home: Path):
    with pytest.raises(SettingError, match="is a secret") as caught:
        load_settings(("brief.md", {"llm": {"api_key": "sk-geheim"}}), environ={})
    assert "sk-geheim" not in str(caught.value)
    assert "REEL_LLM_API_KEY" in str(caught.value)


def test_a_secret_never_shows(fresh_home: Path):
    settings = load_settings(environ={"REEL_LLM_API_KEY": "sk-geheim"})
    assert "sk-geheim" not in repr(settings)
    assert "sk-geheim" not in settings.model_dump_json()


def test_a_broken_settings_file_is_named(fresh_home: Path):
    (fresh_home / "settings.toml").write_text("length = = 3")
    with pytest.raises(SettingError, match=r"settings\.toml.*not valid TOML"):
        load_settings(environ={})


@pytest.mark.parametrize("text", ["voice.rate", "=3", ""])
def test_an_assignment_needs_a_key_and_a_value(text: str):
    with pytest.raises(SettingError, match="is not a setting"):
        parse_assignment(text)


def test_a_value_may_hold_an_equals_sign():
    assert parse_assignment("script.call=a=b") == {"script": {"call": "a=b"}}


def test_every_setting_has_a_path():
    assert {("length",), ("voice", "rate"), ("llm", "api_key")} <= set(setting_paths())


@pytest.mark.parametrize(("given", "exact"), [(30, "30"), ("29.97", "30000/1001"), (25, "25")])
def test_a_frame_rate_may_be_written_as_people_write_it(fresh_home: Path, given, exact: str):
    assert load_settings(("brief.md", {"fps": given}), environ={}).fps == exact


def test_a_frame_rate_that_is_none_is_refused(fresh_home: Path):
    with pytest.raises(SettingError, match=r"fps cannot be 'fast'"):
        load_settings(("brief.md", {"fps": "fast"}), environ={})
