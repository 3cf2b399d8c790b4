"""Footage from the library: shown where it answers a line, credited as the person's own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from test_footage_stages import clip, laid_out, project

from reelwright.core.nouns import Annotation
from reelwright.core.settings import Settings
from reelwright.library import catalogue
from reelwright.library.catalogue import open_library
from reelwright.library.collect import add
from reelwright.store import project as projects

pytestmark = pytest.mark.usefixtures("fresh_home")


def stocked(folder: Path) -> list[str]:
    """A library with a clip of boats by night, and one of a kitchen."""
    clip(folder / "DSC_0007.mp4", "testsrc2")
    clip(folder / "kitchen.mp4", "smptebars")
    settings = Settings()
    database = open_library(settings.library)
    try:
        added = add(database, [folder], settings).added
        with database.writing() as session:
            row = catalogue.find_asset(session, "DSC_0007.mp4")
            words = [("tag", "小船"), ("scene", {"kind": "harbour"})]
            catalogue.add_annotations(
                session,
                row.id,
                [Annotation(name=name, value=value, annotator="person") for name, value in words],
            )
        return added
    finally:
        database.close()


def test_a_line_is_shown_what_the_library_has_for_it(tmp_path: Path) -> None:
    stocked(tmp_path / "shelf")
    of = project(tmp_path / "p")
    of.script.write_text(of.script.read_text().replace("[harbour boats]", "[harbour]"))
    timeline, result = laid_out(of)
    shown = [(shot.line, Path(shot.asset.path).name) for shot in result.shots if shot.asset]
    assert shown == [(1, "DSC_0007.mp4")]
    why = result.shots[1].why
    assert why.startswith("the library has it")
    assert "scene harbour" in why
    assert result.shots[1].asset is not None
    assert result.shots[1].asset.origin.provider == "person"
    assert str(tmp_path / "shelf") in timeline.model_dump_json()


def test_it_is_not_used_where_it_is_not_to_be(tmp_path: Path) -> None:
    stocked(tmp_path / "shelf")
    of = project(tmp_path / "p")
    _, result = laid_out(of, overrides={"library": {"use": False}})
    assert all(shot.asset is None for shot in result.shots)


def test_without_a_library_none_is_made_or_loaded(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "reelwright.library.search", None)
    _, result = laid_out(project(tmp_path / "p"))
    assert all(shot.asset is None for shot in result.shots)
    from reelwright.library.shelf import folder

    assert not folder().exists()


def test_an_unchanged_library_is_not_asked_again_and_a_changed_one_is(
    tmp_path: Path, monkeypatch
) -> None:
    added = stocked(tmp_path / "shelf")
    of = project(tmp_path / "p")
    of.script.write_text(of.script.read_text().replace("[harbour boats]", "[harbour]"))
    first, _ = laid_out(of)
    noted = projects.Project(of.root).read_state()["library"]
    assert added[0] in noted["paths"] or added[1] in noted["paths"]
    with monkeypatch.context() as without:
        without.setattr("reelwright.library.search.search", None)
        again, result = laid_out(of)
    assert again == first
    assert result.made == 0
    settings = Settings()
    database = open_library(settings.library)
    with database.writing() as session:
        catalogue.remove_assets(session, added)
    database.close()
    _, result = laid_out(of)
    assert all(shot.asset is None for shot in result.shots)
