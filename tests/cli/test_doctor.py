"""`reel doctor`: what it says, its exit code, and that it installs what is missing."""

from __future__ import annotations

import json
import os
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib.tables._g_l_y_f import Glyph
from typer.testing import CliRunner

from reelwright.cli import checkup, installing
from reelwright.cli.checkup import Check
from reelwright.cli.doctor import doctor
from reelwright.core.errors import FontError, MediaError
from reelwright.core.settings import (
    FacesSettings,
    LLMSettings,
    RenderSettings,
    Settings,
    VoiceSettings,
)
from reelwright.media import fonts
from reelwright.media.fontscan import _COMMON

sys.path.insert(0, str(Path(__file__).parents[1] / "providers"))
from fake_openai import serving  # noqa: E402


def reel(*arguments: str) -> Any:
    app = typer.Typer()
    app.command()(doctor)
    return CliRunner().invoke(app, list(arguments))


def named(name: str, checks: list[Check]) -> Check:
    return next(check for check in checks if check.name == name)


# --- the report -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    result = reel("--json")
    found = json.loads(result.stdout)
    assert result.exit_code == (0 if found["ready"] else 1)
    return found


def test_the_report_names_every_matter(report: dict[str, Any]) -> None:
    found = {check["name"]: check for check in report["checks"]}
    for name in ("python", "ffmpeg", "encoders", "drawing", "fonts", "llm", "home", "disk"):
        assert name in found
    for name in ("espeak", "edge-tts", "openai", "piper", "kokoro", "recording"):
        assert f"voice {name}" in found
    assert found["voice espeak"]["state"] == "ok"
    assert found["ffmpeg"]["state"] == "ok"
    assert "libx264" in found["encoders"]["found"]
    assert all(check["advice"] for check in report["checks"] if check["state"] != "ok")


def test_for_people_it_is_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [Check("ffmpeg", "ok", "9"), Check("fonts", "missing", "none", "get one")]
    monkeypatch.setattr(checkup, "examine", lambda **_: rows)
    result = reel()
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "ok      ffmpeg           9",
        "missing fonts            none",
        "                         → get one",
        "Not ready: see the lines that say missing.",
    ]


def test_advice_alone_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup, "examine", lambda **_: [Check("llm", "advice", "not set up", "x")])
    result = reel()
    assert result.exit_code == 0
    assert result.stdout.endswith("Ready.\n")


def test_only_what_can_be_fixed() -> None:
    result = reel("--fix", "everything")
    assert result.exit_code == 2


# --- single matters ---------------------------------------------------------------------------


def test_an_ffmpeg_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REEL_FFMPEG", str(tmp_path / "none"))
    check = checkup.ffmpeg()
    assert check.state == "missing"
    assert check.found.startswith("REEL_FFMPEG: there is no ffmpeg at")


def test_an_ffmpeg_that_lacks_libass(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script(tmp_path / "ffmpeg", 'echo " V..... libx264 x"; echo " A..... aac x"')
    monkeypatch.setenv("REEL_FFMPEG", str(tmp_path / "ffmpeg"))
    check = checkup.ffmpeg()
    assert check.state == "missing"
    assert check.found.endswith("lacks libass")


def test_an_encoder_that_is_set_and_does_not_exist() -> None:
    settings = Settings(render=RenderSettings(encoder="h265_magic"))
    (check,) = checkup.encoders(settings)
    assert check.state == "missing"
    assert "libx264" in check.advice


def test_who_looks_and_listens() -> None:
    checks = list(checkup.senses(Settings()))
    for name in ("speech", "faces", "people", "text seen"):
        assert named(name, checks).state == "ok"
    assert "asr.provider" in named("transcripts", checks).advice
    lost = list(checkup.senses(Settings(faces=FacesSettings(provider="nobody-like-that"))))
    assert named("faces", lost).state == "advice"
    assert "nudenet" in named("faces", lost).advice


def test_a_voice_that_is_set_and_lacks_its_key() -> None:
    checks = list(checkup.voices(Settings(voice=VoiceSettings(provider="openai"))))
    check = named("voice openai", checks)
    assert check.state == "missing"
    assert "REEL_VOICE_API_KEY" in check.advice
    assert named("voice espeak", checks).state == "ok"


def test_a_voice_that_does_not_exist() -> None:
    checks = list(checkup.voices(Settings(voice=VoiceSettings(provider="siri"))))
    assert checks[-1].state == "missing"
    assert "espeak" in checks[-1].advice


def test_the_llm_is_asked_only_online() -> None:
    with serving() as server:
        settings = Settings(llm=LLMSettings(base_url=server.url, model="fake"))
        assert checkup.llm(settings, online=False).state == "ok"
        assert server.requests == []
        assert checkup.llm(settings, online=True).found.endswith("answers")
        other = Settings(llm=LLMSettings(base_url=server.url, model="qwen"))
        check = checkup.llm(other, online=True)
    assert (check.state, check.advice) == ("advice", "it has fake")


def test_an_llm_that_is_away() -> None:
    with serving() as server:
        url = server.url
    settings = Settings(llm=LLMSettings(base_url=url, retries=0))
    assert "cannot be reached" in checkup.llm(settings, online=True).found


def test_a_home_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("REEL_HOME", str(tmp_path / "file" / "home"))
    assert checkup.home_folder().state == "missing"


@pytest.mark.parametrize(("free", "state"), [(10**12, "ok"), (10**9, "advice"), (10**8, "missing")])
def test_disk_space(monkeypatch: pytest.MonkeyPatch, free: int, state: str) -> None:
    usage = type("Usage", (), {"free": free})
    monkeypatch.setattr(checkup.shutil, "disk_usage", lambda _: usage)
    assert checkup.disk().state == state


def test_settings_that_are_wrong_are_a_line(fresh_home: Path) -> None:
    (fresh_home / "settings.toml").write_text("lenght = 3\n")
    check = checkup.examine()[0]
    assert (check.name, check.state) == ("settings", "missing")
    assert "length" in check.advice


# --- installing -------------------------------------------------------------------------------


def script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def chinese_font(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A font with the characters that tell a Chinese one, each an empty glyph."""
    out = tmp_path_factory.mktemp("font") / "Tiny.ttf"
    names = {ord(char): f"uni{ord(char):04X}" for char in _COMMON + "0 "}
    order = [".notdef", *names.values()]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(order)
    font.setupCharacterMap(names)
    font.setupGlyf({name: Glyph() for name in order})
    font.setupHorizontalMetrics(dict.fromkeys(order, (1000, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Tiny Hei", "styleName": "Regular"})
    font.setupOS2(usWeightClass=400)
    font.setupPost()
    font.save(out)
    return out


class Machine:
    """A machine without fonts, whose only tools are fake ones that note how they are called."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bin, self.shelf, self.log = root / "bin", root / "shelf", root / "log"
        self.bin.mkdir()
        self.shelf.mkdir()
        self.said: list[str] = []
        monkeypatch.setenv("PATH", f"{self.bin}{os.pathsep}{root / 'sh'}")
        # The scripts' own tools; sh itself is called by its full path.
        (root / "sh").mkdir()
        for tool in ("cp", "sleep"):
            where = next(p for p in ("/bin", "/usr/bin") if Path(p, tool).exists())
            (root / "sh" / tool).symlink_to(Path(where, tool))
        monkeypatch.setenv("REEL_FONT_DIRS", str(self.shelf))
        monkeypatch.setattr(os, "geteuid", lambda: 0)
        monkeypatch.setattr(sys, "executable", str(self.bin / "python"))
        fonts.forget()

    def tool(self, name: str, body: str = "exit 0") -> None:
        script(self.bin / name, f'echo "{name} $*" >> {self.log}\n{body}')

    def calls(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []

    def fix(self, what: str = "fonts") -> None:
        installing.FIXES[what](self.said.append)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fresh_home: Path) -> Any:
    yield Machine(tmp_path, monkeypatch)
    fonts.forget()


def installs(font: Path, machine: Machine, word: str) -> str:
    """A shell body that puts the font on the shelf when called with `word`."""
    return f'case "$*" in *{word}*) cp {font} {machine.shelf}/;; *) exit 1;; esac'


def test_no_font_is_missing(machine: Machine) -> None:
    (check,) = checkup.fonts()
    assert check.state == "missing"
    assert "reel doctor --fix fonts" in check.advice


def test_a_font_comes_from_the_package_manager(machine: Machine, chinese_font: Path) -> None:
    machine.tool("apt-get", installs(chinese_font, machine, "fonts-noto-cjk"))
    machine.tool("python")
    machine.fix()
    calls = machine.calls()
    assert calls[0].startswith("apt-get update")
    assert "fonts-noto-cjk" in calls[1]
    assert "fonts-noto-color-emoji" in calls[2]
    assert len(calls) == 3
    assert machine.said[-1] == "fonts: Tiny Hei now writes Chinese"
    assert named("fonts", list(checkup.fonts())).state == "ok"


def test_a_failed_update_is_no_reason_not_to_try(machine: Machine, chinese_font: Path) -> None:
    copy = installs(chinese_font, machine, "noto-cjk")
    machine.tool("apt-get", f'case "$*" in *update*) exit 100;; esac\n{copy}')
    machine.fix()
    assert "now writes Chinese" in machine.said[-1]


def test_nothing_is_done_where_a_font_is(machine: Machine, chinese_font: Path) -> None:
    (machine.shelf / "Tiny.ttf").write_bytes(chinese_font.read_bytes())
    machine.tool("apt-get")
    machine.fix()
    assert machine.calls() == []
    assert machine.said == ["fonts: nothing to do, Tiny Hei writes Chinese"]


def test_sudo_without_a_password(
    machine: Machine, chinese_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.tool("sudo", 'shift; case "$1" in true) exit 0;; esac; "$@"')
    machine.tool("dnf", installs(chinese_font, machine, "noto-sans-cjk-vf"))
    machine.fix()
    assert any(call.startswith("sudo -n dnf install") for call in machine.calls())


def test_without_a_way_to_be_root_pip_is_asked(
    machine: Machine, chinese_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    machine.tool("apt-get")
    machine.tool("sudo", "exit 1")
    machine.tool("python", installs(chinese_font, machine, "justmytype"))
    machine.fix()
    assert machine.calls()[-1] == f"python -m pip install --quiet {installing.PIP_FONTS}"
    assert not any(call.startswith("apt-get") for call in machine.calls())


def test_a_package_manager_that_fails_falls_back_to_pip(
    machine: Machine, chinese_font: Path
) -> None:
    machine.tool("apk", "exit 1")
    machine.tool("python", installs(chinese_font, machine, "justmytype"))
    machine.fix()
    assert "Tiny Hei" in machine.said[-1]


def test_no_way_works(machine: Machine) -> None:
    with pytest.raises(FontError, match="no Chinese font could be installed") as caught:
        machine.fix()
    assert "by hand" in (caught.value.hint or "")


def test_a_command_has_a_time_limit(machine: Machine) -> None:
    machine.tool("slow", "exec sleep 30")
    assert not installing._run(["slow"], limit=0.2)


def test_drawing_libraries(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    # "python -c import skia" works once apt-get has left its mark.
    mark = machine.shelf / "libgl1"
    machine.tool("python", f"[ -e {mark} ]")
    machine.tool("apt-get", f'case "$*" in *libgl1*libegl1*) cp {machine.bin}/python {mark};; esac')
    machine.fix("drawing")
    assert machine.said[-1] == "drawing: Skia now loads"
    machine.said.clear()
    machine.fix("drawing")
    assert machine.said == ["drawing: nothing to do, Skia loads"]


def test_drawing_libraries_that_cannot_be_had(machine: Machine) -> None:
    machine.tool("python", "exit 1")
    with pytest.raises(MediaError, match="Skia does not load"):
        machine.fix("drawing")


def test_the_pin_is_the_one_of_the_extra() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["optional-dependencies"]["fonts"] == [installing.PIP_FONTS]
