"""The plan: graphs as text, and what decides a segment's key."""

from pathlib import Path

from reelwright.core.nouns import Format
from reelwright.core.timeline import Footage, PictureClip, PictureTrack, Scene, Timeline, Transition
from reelwright.edit.render.graph import Film, plan
from reelwright.edit.render.segments import cut
from reelwright.media.encoders import Encoder

FORMAT = Format(width=1080, height=1920)
X264 = Encoder("libx264")
FILMS = {"a b.mp4": Film(1920, 1080, 10.0), "c.mp4": Film(720, 576, 2.0, 2, 2, True)}


def footage(path: str, **more) -> Footage:
    return Footage(path=path, asset="x", **more)


def scene(name: str, **params) -> Scene:
    return Scene(name=name, theme="t", params=params)


def timeline(*sources, mixed: int = 10, length: int = 60) -> Timeline:
    clips = [
        PictureClip(
            start=index * length,
            frames=length,
            source=source,
            name=f"shot {index + 1}",
            transition=Transition(frames=mixed) if index and mixed else None,
        )
        for index, source in enumerate(sources)
    ]
    return Timeline(format=FORMAT, picture=PictureTrack(clips=tuple(clips)))


def planned(segment, **more):
    return plan(segment, FORMAT, X264, root=Path("/p"), films=FILMS, **more)


END = "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=1"


def test_footage_with_captions() -> None:
    (segment,) = cut(timeline(footage("a b.mp4", start=1.5, focus=(0.25, 0.5))))
    made = planned(segment, ass=Path("/x/it's.ass"), fonts=Path("/f"))
    assert made.inputs[2:] == (
        *("-protocol_whitelist", "file", "-noaccurate_seek"),
        *("-ss", "1.500000", "-i", "file:/p/a b.mp4"),
    )
    assert made.graph == (
        "[0:v:0]fps=30:start_time=0,tpad=stop_mode=clone:stop=-1,"
        "trim=start_frame=0:end_frame=60,"
        "crop=w='max(1,min(iw,ih*1080/1920/sar))':h='max(1,min(ih,iw*sar*1920/1080))'"
        ":x='iw*0.25-ow/2':y='ih*0.5-oh/2',"
        "scale=1080:1920:flags=bicubic:out_color_matrix=bt709:out_range=tv,format=yuv420p[a];"
        f"[a]{END},ass=filename=/x/it\\\\\\'s.ass:fontsdir=/f[v]"
    )


def test_a_transition_of_two_drawn_scenes_shares_a_pipe() -> None:
    first, mixed, rest = cut(timeline(scene("one"), scene("two")))
    assert (first.frames, mixed.frames, rest.frames) == (60, 10, 50)
    assert (mixed.start, rest.start) == (60, 70)
    assert mixed.before is not None
    assert (mixed.before.first, mixed.main.first, rest.main.first) == (60, 0, 10)
    made = planned(mixed)
    assert made.inputs[-4:] == ("-framerate", "60", "-i", "pipe:0")
    assert made.inputs.count("-i") == 1
    drawn = "scale=flags=bicubic+accurate_rnd:out_color_matrix=bt709:out_range=tv,format=yuv444p"
    assert made.graph == (
        f"[0:v:0]{drawn},split[a0][b0];"
        "[a0]select='not(mod(n,2))',setpts=N/(30*TB),fps=30[a];"
        "[b0]select='mod(n,2)',setpts=N/(30*TB),fps=30[b];"
        f"[a][b]xfade=transition=fade:duration=0.333333:offset=0,format=yuv420p,{END}[v]"
    )


def test_a_tail_behind_the_end_holds_the_last_frame() -> None:
    _, mixed, _ = cut(timeline(footage("c.mp4"), scene("two")))
    made = planned(mixed)
    # The clip is two seconds long; frame 60 is asked for. Reading starts at 1.0, 30 frames early.
    assert made.inputs[5:7] == ("-ss", "1.000000")
    assert "trim=start_frame=30:end_frame=40,setpts=PTS-STARTPTS,fps=30" in made.graph
    assert made.graph.startswith("[0:v:0]bwdif=mode=send_frame:deint=interlaced,fps=30")
    assert "in_color_matrix" not in made.graph  # not HD: BT.601 where it does not say


def test_hdr_is_tone_mapped_and_the_device_gets_its_frames() -> None:
    (segment,) = cut(timeline(footage("h.mp4")))
    vaapi = Encoder("h264_vaapi", ("-vaapi_device", "x"), ",hwupload", "nv12")
    films = {"h.mp4": Film(3840, 2160, 5.0, 9, 18)}
    made = plan(segment, FORMAT, vaapi, root=Path("/p"), films=films)
    assert "color_trc=arib-std-b67:colorspace=bt2020nc,zscale=t=linear:npl=100" in made.graph
    assert made.graph.endswith(",format=nv12,hwupload[v]")


def test_keys_know_neither_place_nor_path() -> None:
    short = timeline(footage("a b.mp4"), scene("one", n=1), scene("two"))
    longer = timeline(scene("new"), footage("a b.mp4"), scene("one", n=1), scene("two"))

    def keys(made: Timeline) -> list[object]:
        return [[part.key(FORMAT) for part in (s.before, s.main) if part] for s in cut(made)]

    before, after = keys(short), keys(longer)
    # A shot put in front makes itself and the transition out of it; all else is as it was.
    assert after[3:] == before[1:]
    assert "a b" not in str(before)
    moved = keys(timeline(footage("z.mp4"), scene("one", n=1), scene("two")))
    assert moved == before
