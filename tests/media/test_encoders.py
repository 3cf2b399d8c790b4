from fractions import Fraction
from pathlib import Path

import pytest

from reelwright.core.errors import MediaError, SettingError
from reelwright.media import encoders, ffmpeg
from reelwright.media.encoders import Encoder, encode_args, steady_args


def test_x264_works_and_auto_finds_something_that_does() -> None:
    assert encoders.choose_encoder("libx264").name == "libx264"
    found = encoders.choose_encoder("auto")
    assert encoders.working_encoders()[found.name] is None


def test_an_encoder_that_does_not_work_is_refused_with_advice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = encoders.Encoder("h264_vaapi", ("-vaapi_device", "/dev/null"), ",hwupload", "nv12")
    table = {"h264_vaapi": (broken, encoders._vaapi)}
    monkeypatch.setattr(encoders, "_HARDWARE", table)
    with pytest.raises(MediaError, match="does not work on this machine") as caught:
        encoders.choose_encoder("h264_vaapi")
    assert "libx264" in (caught.value.hint or "")
    assert encoders.choose_encoder("auto").name == "libx264"


def test_an_unknown_encoder_names_the_nearest() -> None:
    with pytest.raises(SettingError, match="no encoder") as caught:
        encoders.choose_encoder("h264_nvnec")
    assert "h264_nvenc" in (caught.value.hint or "")


@pytest.mark.parametrize("name", encoders.NAMES)
def test_every_encoder_is_told_of_closed_groups_and_colours(name: str) -> None:
    args = encoders.encode_args(encoders.Encoder(name), "medium", 20, Fraction(30000, 1001))
    text = " ".join(args)
    assert "-g 60 " in text
    assert "+cgop" in text
    assert "-colorspace bt709" in text
    assert "-profile:v high" in text


def test_what_x264_makes_does_not_depend_on_memory_that_nobody_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 1080 wide, with frames ahead of their time: where AVX-512 reads beyond a row.
    def encoded(fill: str) -> bytes:
        monkeypatch.setenv("MALLOC_PERTURB_", fill)  # glibc fills what it hands out
        out = tmp_path / f"{fill}.h264"
        args = ["-v", "error", "-f", "lavfi", "-i", "testsrc2=s=1080x1920:r=30"]
        x264 = Encoder("libx264")
        args += ["-frames:v", "40", "-pix_fmt", "yuv420p"]
        args += [*encode_args(x264, "veryfast", 20, Fraction(30)), *steady_args(x264)]
        ffmpeg.run([*args, "-fflags", "+bitexact", str(out)], what="a trial")
        return out.read_bytes()

    assert encoded("0") == encoded("77") == encoded("165")
