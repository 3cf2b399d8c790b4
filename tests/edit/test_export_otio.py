from fractions import Fraction
from urllib.parse import unquote

import opentimelineio as otio
import pytest
from interchange_case import everything, make_media

from reelwright.core.timeline import SoundClip, SoundTrack
from reelwright.edit.export.otio import write_otio


def read(timeline, folder, **kwargs) -> otio.schema.Timeline:
    out = folder / "out"
    text = write_otio(timeline, root=folder, folder=out, **kwargs)
    return otio.adapters.read_from_string(text, "otio_json")


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(24000, 1001)])
def test_the_library_reads_tracks_clips_and_transitions(tmp_path, rate):
    made = everything(tmp_path, rate)
    timeline = read(made, tmp_path)
    assert timeline.name == "隔夜茶 & <tea>"
    assert [track.kind for track in timeline.tracks] == ["Video", "Audio", "Audio"]
    video = timeline.tracks[0]
    kinds = [type(item).__name__ for item in video]
    assert kinds == ["Clip", "Transition", "Clip", "Clip", "Transition", "Clip"]
    time = otio.opentime.RationalTime
    assert video.duration() == time(255, float(rate))
    starts = [video.range_of_child(clip).start_time.value for clip in video.find_clips()]
    assert starts == [0, 60, 150, 195]
    for item, frames in ((video[1], 10), (video[4], 7)):
        assert (item.in_offset, item.out_offset) == (time(0, rate), time(frames, rate))
        assert item.transition_type == "SMPTE_Dissolve"
    shot = video[2]
    assert shot.source_range.start_time == time(round(1.5 * rate), float(rate))
    assert shot.metadata["reelwright"]["shot"] == "shot 2 (茶)"
    scene = video[0].media_reference
    assert isinstance(scene, otio.schema.GeneratorReference)
    assert (scene.name, scene.parameters["theme"]) == ("hook", "night")
    # The outgoing clip has the frames that the dissolve takes from it.
    assert scene.available_range.duration.value == 70


def test_files_are_named_relative_to_the_document_and_percent_encoded(tmp_path):
    timeline = read(everything(tmp_path), tmp_path)
    url = timeline.tracks[0][2].media_reference.target_url
    assert url == "../footage/%E6%88%91%E7%9A%84%20%E8%8C%B6%27100%25.mp4"
    assert unquote(url) == "../footage/我的 茶'100%.mp4"
    elsewhere = everything(tmp_path / "away")
    url = read(elsewhere, tmp_path / "project").tracks[1][1].media_reference.target_url
    assert url == (tmp_path / "away" / "v1.wav").as_uri()


def test_sound_stands_where_it_is_heard_and_loops_are_written_out(tmp_path):
    make_media(tmp_path)
    made = everything(tmp_path)
    loop = SoundClip(
        start=0, frames=255, path=str(tmp_path / "v1.wav"), asset="x", offset=0.5, loop=True
    )
    over = SoundClip(start=100, frames=30, path=str(tmp_path / "v2.wav"), asset="y")
    made = made.model_copy(
        update={"sound": (*made.sound, SoundTrack(name="fx", clips=(loop, over)))}
    )
    timeline = read(made, tmp_path)
    voice = timeline.tracks[1]
    spans = [
        (int(span.start_time.value), int(span.duration.value))
        for span in (voice.range_of_child(clip) for clip in voice.find_clips())
    ]
    assert spans == [(6, 50), (70, 60)]
    music = timeline.tracks[2][0]
    assert music.source_range.start_time.value == 15
    assert music.metadata["reelwright"] == {"gain": -18.0, "fade_in": 15, "fade_out": 30}
    effects = [clip.source_range for clip in timeline.tracks[3].find_clips()]
    assert [int(span.start_time.value) for span in effects] == [15, 0, 0, 0, 0]
    assert [int(span.duration.value) for span in effects] == [45, 60, 60, 60, 30]
    # What would overlap has a track of its own.
    assert timeline.tracks[4].name == "fx 2"
    assert timeline.tracks[0][2].media_reference.available_range.duration.value == 240


def test_captions_are_markers_and_rendered_files_stand_for_scenes(tmp_path):
    rendered = tmp_path / "out" / "shots" / "0.mp4"
    timeline = read(everything(tmp_path), tmp_path, media={0: rendered})
    markers = timeline.tracks.markers
    assert [marker.comment for marker in markers] == ["为什么隔夜茶\n不能喝？", "因为 <3%>"]
    assert markers[0].marked_range.start_time.value == 6
    assert markers[0].marked_range.duration.value == 40
    assert list(markers[0].metadata["reelwright"]["words"][1]) == ["隔夜茶", 16, 30, True]
    clip = timeline.tracks[0][0]
    assert clip.media_reference.target_url == "shots/0.mp4"
    assert clip.source_range.start_time.value == 0


def test_a_round_trip_through_the_library_changes_nothing(tmp_path):
    timeline = read(everything(tmp_path), tmp_path)
    again = otio.adapters.read_from_string(
        otio.adapters.write_to_string(timeline, "otio_json"), "otio_json"
    )
    assert again.is_equivalent_to(timeline)


def test_a_camera_s_path_goes_along_for_those_who_can_read_it(tmp_path):
    made = everything(tmp_path)
    keys = ((0, 0.3, 0.5, 1.0), (40, 0.6, 0.5, 1.0))
    clips = list(made.picture.clips)
    source = clips[1].source.model_copy(update={"camera": keys, "below": keys, "fill": "split"})
    clips[1] = clips[1].model_copy(update={"source": source})
    picture = made.picture.model_copy(update={"clips": tuple(clips)})
    timeline = read(made.model_copy(update={"picture": picture}), tmp_path)
    told = timeline.tracks[0][2].metadata["reelwright"]
    assert told["fill"] == "split"
    assert [list(key) for key in told["camera"]] == [list(key) for key in keys]
    assert source.middle == pytest.approx((0.45, 0.5))
