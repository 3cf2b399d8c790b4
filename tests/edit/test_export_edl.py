from fractions import Fraction

import opentimelineio as otio
import pytest
from interchange_case import everything

from reelwright.core.timeline import Footage, PictureClip, PictureTrack
from reelwright.edit.export.edl import write_edl


def test_the_list_reads_as_editors_expect(tmp_path):
    assert write_edl(everything(tmp_path), root=tmp_path).splitlines() == [
        "TITLE: 隔夜茶 & <tea>",
        "FCM: NON-DROP FRAME",
        "",
        "001  HOOK     V     C        00:00:00:00 00:00:02:00 01:00:00:00 01:00:02:00",
        "* FROM CLIP NAME: hook",
        "002  HOOK     V     C        00:00:02:00 00:00:02:00 01:00:02:00 01:00:02:00",
        "002  100      V     D    010 00:00:01:15 00:00:04:15 01:00:02:00 01:00:05:00",
        "* FROM CLIP NAME: hook",
        "* TO CLIP NAME: 我的 茶'100%.mp4",
        "* COMMENT: shot 2 (茶)",
        "003  LEAF     V     C        00:00:00:00 00:00:01:15 01:00:05:00 01:00:06:15",
        "* FROM CLIP NAME: leaf.jpg",
        "004  LEAF     V     C        00:00:01:15 00:00:01:15 01:00:06:15 01:00:06:15",
        "004  CALL     V     D    007 00:00:00:00 00:00:02:00 01:00:06:15 01:00:08:15",
        "* FROM CLIP NAME: leaf.jpg",
        "* TO CLIP NAME: call",
    ]


@pytest.mark.parametrize(("rate", "whole"), [(Fraction(30), 30), (Fraction(24000, 1001), 24)])
def test_the_adapter_reads_cuts_and_dissolves(tmp_path, rate, whole):
    text = write_edl(everything(tmp_path, rate), root=tmp_path)
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=whole)
    video = timeline.tracks[0]
    assert video.kind == "Video"
    assert video.duration().value == 255
    names = [clip.name for clip in video.find_clips()]
    assert names == ["hook", "我的 茶'100%.mp4", "leaf.jpg", "call"]
    transitions = [item for item in video if isinstance(item, otio.schema.Transition)]
    assert [(item.in_offset + item.out_offset).value for item in transitions] == [10, 7]


def test_reels_are_short_ascii_and_one_for_each_file(tmp_path):
    names = [
        "视频.mp4",
        "照片.jpg",
        "averylongname1.mp4",
        "averylongname2.mp4",
        "bl.mp4",
        "视频.mp4",
    ]
    clips = tuple(
        PictureClip(start=10 * i, frames=10, source=Footage(path=f"footage/{name}", asset="x"))
        for i, name in enumerate(names)
    )
    made = everything(tmp_path).model_copy(update={"picture": PictureTrack(clips=clips)})
    rows = [line for line in write_edl(made, root=tmp_path).splitlines() if line[:3].isdigit()]
    assert [row[5:13].strip() for row in rows] == [
        *("CLIP", "CLIP2", "AVERYLON", "AVERYLO2", "BL2", "CLIP")
    ]
