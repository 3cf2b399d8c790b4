from fractions import Fraction

import pytest
from interchange_case import captions_only, everything, words

from reelwright.core.errors import InputError
from reelwright.core.timeline import Caption
from reelwright.edit.export import EXPORTS, export
from reelwright.edit.export.srt import write_srt


@pytest.mark.parametrize("name", [name for name in EXPORTS if name != "jianying"])
def test_every_export_writes_one_whole_file_and_the_same_again(name, tmp_path):
    timeline = everything(tmp_path)
    path = export(timeline, name, root=tmp_path, out=tmp_path / "out")
    assert [path] == list((tmp_path / "out").iterdir())
    before = path.read_bytes()
    assert before.endswith(b"\n")
    assert export(timeline, name, root=tmp_path, out=tmp_path / "out").read_bytes() == before


def test_an_unknown_export_names_the_nearest(tmp_path):
    with pytest.raises(InputError, match='did you mean "otio"'):
        export(everything(tmp_path), "otoi", root=tmp_path, out=tmp_path)


def test_srt_holds_the_captions_line_for_line(tmp_path):
    assert write_srt(everything(tmp_path)) == (
        "1\n00:00:00,200 --> 00:00:01,533\n为什么隔夜茶\n不能喝？\n"
        "\n2\n00:00:02,333 --> 00:00:04,000\n因为 <3%>\n"
    )
    assert write_srt(captions_only()) == ""


def test_srt_times_do_not_drift_at_ntsc_rates():
    caption = Caption(start=53946, frames=60, lines=(words(("late", 53946, 53990)),))
    text = write_srt(captions_only(caption, rate=Fraction(30000, 1001), frames=54010))
    assert "00:29:59,998 --> 00:30:02,000" in text
