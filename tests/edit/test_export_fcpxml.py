from fractions import Fraction
from urllib.parse import unquote, urlparse
from xml.etree import ElementTree

import opentimelineio as otio
import pytest
from interchange_case import everything, make_media

from reelwright.edit.export.fcpxml import write_fcpxml


def read(text: str) -> otio.schema.Timeline:
    found = otio.adapters.read_from_string(text, "fcp_xml")
    return found if isinstance(found, otio.schema.Timeline) else found[0]


@pytest.mark.parametrize(
    ("rate", "timebase", "ntsc"),
    [
        (Fraction(30), "30", "FALSE"),
        (Fraction(25), "25", "FALSE"),
        (Fraction(30000, 1001), "30", "TRUE"),
        (Fraction(24000, 1001), "24", "TRUE"),
    ],
)
def test_rates_are_whole_numbers_and_a_flag(tmp_path, rate, timebase, ntsc):
    top = ElementTree.fromstring(write_fcpxml(everything(tmp_path, rate), root=tmp_path))
    sequence = top.find("sequence")
    assert top.get("version") == "5"
    assert sequence.findtext("rate/timebase") == timebase
    assert sequence.findtext("rate/ntsc") == ntsc
    assert sequence.findtext("duration") == "255"
    size = sequence.find("media/video/format/samplecharacteristics")
    assert (size.findtext("width"), size.findtext("height")) == ("1080", "1920")


def test_the_adapter_reads_clips_transitions_and_markers(tmp_path):
    make_media(tmp_path)
    timeline = read(write_fcpxml(everything(tmp_path), root=tmp_path))
    assert timeline.name == "隔夜茶 & <tea>"
    video = timeline.video_tracks()[0]
    kinds = [type(item).__name__ for item in video]
    assert kinds == ["Clip", "Transition", "Clip", "Clip", "Transition", "Clip"]
    spans = [video.range_of_child(clip) for clip in video.find_clips()]
    assert [int(span.start_time.value) for span in spans] == [0, 60, 150, 195]
    assert [int(span.duration.value) for span in spans] == [60, 90, 45, 60]
    assert (video[1].in_offset.value, video[1].out_offset.value) == (0, 10)
    clip = video[2]
    assert clip.source_range.start_time.value == 45
    url = urlparse(clip.media_reference.target_url)
    assert unquote(url.path) == str(tmp_path / "footage" / "我的 茶'100%.mp4")
    assert url.netloc == "localhost"
    assert isinstance(video[0].media_reference, otio.schema.MissingReference)
    names = [marker.name for marker in timeline.tracks.markers]
    assert names == ["为什么隔夜茶 不能喝？", "因为 <3%>"]
    assert timeline.tracks.markers[0].marked_range.start_time.value == 6


def test_clips_under_a_transition_take_their_extra_frames(tmp_path):
    top = ElementTree.fromstring(write_fcpxml(everything(tmp_path), root=tmp_path))
    items = top.findall("sequence/media/video/track/clipitem")
    rows = [[item.findtext(tag) for tag in ("start", "end", "in", "out")] for item in items]
    assert rows == [
        ["0", "-1", "0", "70"],
        ["-1", "150", "45", "135"],
        ["150", "-1", "0", "52"],
        ["-1", "255", "0", "60"],
    ]
    assert len({item.get("id") for item in top.iter("clipitem")}) == 7


def test_sound_has_levels_fades_and_both_channels(tmp_path):
    make_media(tmp_path)
    text = write_fcpxml(everything(tmp_path), root=tmp_path)
    top = ElementTree.fromstring(text)
    tracks = top.findall("sequence/media/audio/track")
    assert len(tracks) == 3
    assert [track.findtext("outputchannelindex") for track in tracks] == ["1", "1", "2"]
    voice = tracks[0].findall("clipitem")
    assert voice[0].find("filter") is None
    level = float(voice[1].findtext("filter/effect/parameter/value"))
    assert level == pytest.approx(10 ** (2 / 20), abs=1e-4)
    left, right = tracks[1].find("clipitem"), tracks[2].find("clipitem")
    assert left.findtext("sourcetrack/trackindex") == "1"
    assert right.findtext("sourcetrack/trackindex") == "2"
    links = [
        [link.findtext("linkclipref") for link in item.findall("link")] for item in (left, right)
    ]
    assert links == [[left.get("id"), right.get("id")]] * 2
    points = [
        (int(frame.findtext("when")), float(frame.findtext("value")))
        for frame in left.iter("keyframe")
    ]
    quiet = pytest.approx(10 ** (-18 / 20), abs=1e-4)
    assert points == [(15, 0), (30, quiet), (240, quiet), (270, 0)]
    sound = read(text).audio_tracks()
    assert [int(clip.source_range.start_time.value) for clip in sound[1].find_clips()] == [15]


def test_footage_is_scaled_to_fill_and_rendered_files_are_not(tmp_path):
    make_media(tmp_path)
    shot = tmp_path / "footage" / "我的 茶'100%.mp4"
    text = write_fcpxml(everything(tmp_path), root=tmp_path, media={0: shot, 3: shot})
    items = ElementTree.fromstring(text).findall("sequence/media/video/track/clipitem")
    scales = [item.findtext("filter/effect/parameter/value") for item in items]
    assert scales == [None, f"{100 * 1920 / 180:.4f}", f"{100 * 1920 / 400:.4f}", None]
    # One file, described once and referred to after that; its own rate stands beside it.
    files = [item.find("file") for item in items]
    assert files[0].get("id") == files[1].get("id") == files[3].get("id")
    assert files[0].findtext("rate/timebase") == "25"
    assert files[0].findtext("duration") == "200"
    assert len(files[1]) == 0
    assert items[2].findtext("stillframe") == "TRUE"
