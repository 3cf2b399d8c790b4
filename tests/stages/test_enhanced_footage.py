"""Footage made better as a step of a project: `footage: {…}` in brief.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright import pipeline
from reelwright.core.errors import SettingError
from reelwright.core.settings import check_keys, load_settings
from reelwright.media import ffmpeg
from reelwright.store.project import Project, create_project

BRIEF = """---
language: en
length: 6
voice: {provider: none}
music: {provider: none}
footage: {grain: 0.5, colour: auto}
---
# Morning tea

Morning tea is poured slowly. Evening tea is poured quickly, and nobody minds.
"""


def test_footage_is_enhanced_once_and_its_origin_says_so(tmp_path: Path):
    project = create_project(tmp_path / "tea", BRIEF)
    clip = project.footage / "morning tea.mkv"
    dull = "testsrc2=s=320x180:r=25:d=2,gblur=sigma=3,eq=contrast=0.5:saturation=0.4"
    args = ["-v", "error", "-f", "lavfi", "-i", dull, "-c:v", "libx264"]
    ffmpeg.run([*args, ffmpeg.source(clip)], what="a clip")
    first = pipeline.make(project, until="shots")
    (asset,) = {s.asset.id: s.asset for s in first.shots if s.asset}.values()
    assert asset.origin.provider == "enhance"
    assert asset.origin.model == "colour grain"
    assert not asset.origin.ai_made
    assert Path(asset.path).parent.parent == project.out / "footage"
    assert Path(asset.path).name == "morning tea.mp4"
    assert "morning" in asset.tags
    again = pipeline.make(Project(project.root), until="shots")
    assert again.made == 0
    assert [s.asset for s in again.shots] == [s.asset for s in first.shots]


def test_what_is_asked_of_footage_may_stand_beside_its_files():
    told = {"footage": {"files": "clips", "denoise": True, "upscale": 2}}
    settings = load_settings(("brief.md", told), environ={})
    assert settings.footage == ("clips",)
    assert (settings.enhance.denoise, settings.enhance.upscale) == ("auto", 2)
    layered = load_settings(
        ("brief.md", {"footage": ["clips"]}), ("--set", {"footage": {"colour": "auto"}}), environ={}
    )
    assert (layered.footage, layered.enhance.colour) == (("clips",), "auto")
    with pytest.raises(SettingError, match=r'no setting "enhance.denoize"') as error:
        check_keys({"footage": {"denoize": "auto"}}, "brief.md")
    assert "denoise" in str(error.value)
    with pytest.raises(SettingError, match="enhance.fps"):
        load_settings(("brief.md", {"footage": {"fps": "fast"}}), environ={})
