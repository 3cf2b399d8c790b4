"""The door: names without imports, errors that say what to do, strangers treated like ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from reelwright.core.errors import MissingExtra, MissingKey, SettingError, UnknownProvider
from reelwright.core.settings import LLMSettings, VoiceSettings
from reelwright.providers import door


def test_listing_imports_nothing() -> None:
    code = (
        "import sys; from reelwright.providers import door; "
        "assert 'espeak' in door.names('tts') and 'openai' in door.names('llm'); "
        "heavy = {'numpy', 'edge_tts', 'piper', 'kokoro_onnx', 'httpx', 'rjieba', 'onnxruntime'}; "
        "ours = {name for name in sys.modules if name.startswith('reelwright.providers.tts')}; "
        "assert not heavy & set(sys.modules), heavy & set(sys.modules); assert not ours, ours"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_every_name_of_ours_loads() -> None:
    for kind in door.TABLE:
        for name in door.names(kind):
            assert door.find(kind, name).Options


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownProvider) as caught:
        door.load("tts", "espaek", VoiceSettings())
    assert 'no tts provider "espaek"' in caught.value.message
    assert caught.value.hint
    assert 'did you mean "espeak"' in caught.value.hint
    assert "kokoro" in caught.value.hint


def test_a_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "edge_tts", None)
    with pytest.raises(MissingExtra) as caught:
        door.load("tts", "edge-tts", VoiceSettings())
    assert caught.value.hint == 'pip install "reelwright[edge]"'


def test_a_missing_key_names_the_setting_and_the_variable() -> None:
    with pytest.raises(MissingKey) as caught:
        door.load("tts", "openai", VoiceSettings())
    assert "voice.api_key" in str(caught.value)
    assert "REEL_VOICE_API_KEY" in str(caught.value)


def test_an_option_that_cannot_be_is_a_setting_error() -> None:
    with pytest.raises(SettingError):
        door.load("tts", "edge-tts", VoiceSettings(base_url="http://localhost/v1"))
    for name in ("piper", "kokoro"):
        with pytest.raises(SettingError, match=r"voice\.model"):
            door.load("tts", name, VoiceSettings())
        with pytest.raises(SettingError, match="no file"):
            door.load("tts", name, VoiceSettings(model="/nowhere/x.onnx"))


def test_a_strangers_plugin_comes_through_the_same_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "stranger_voice.py").write_text(
        "from pydantic import BaseModel\n"
        "class Loud:\n"
        "    needs_network = needs_gpu = False\n"
        "    licence, languages = 'MIT', ()\n"
        "    class Options(BaseModel):\n"
        "        timeout: float = 1\n"
        "        colour: str = 'red'\n"
        "    def __init__(self, options):\n"
        "        self.options = options\n",
        "utf-8",
    )
    info = tmp_path / "stranger-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(
        "[reelwright.tts]\n"
        "loud = stranger_voice:Loud\n"
        "espeak = stranger_voice:Loud\n"
        "gone = stranger_voice:Gone\n"
        "broken = stranger_missing.inner:Voice\n",
        "utf-8",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert {"loud", "espeak", "gone", "broken"} <= set(door.names("tts"))
    assert "stranger_voice" not in sys.modules
    plugin = door.load("tts", "loud", VoiceSettings(timeout=7))
    assert (plugin.options.timeout, plugin.options.colour) == (7, "red")
    # What is installed beside us cannot take over a name of ours.
    assert door.find("tts", "espeak").__name__ == "EspeakVoice"
    with pytest.raises(UnknownProvider, match="no such class"):
        door.find("tts", "gone")
    with pytest.raises(MissingExtra, match="stranger_missing"):
        door.find("tts", "broken")


def test_options_get_their_values_from_the_settings() -> None:
    settings = LLMSettings(base_url="http://localhost:1/v1", model="m", api_key=SecretStr("k" * 9))
    llm = door.load("llm", "openai", settings)
    assert "k" * 9 not in repr(llm)
