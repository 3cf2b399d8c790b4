"""When and where something was recorded, from tags, EXIF and names."""

from pathlib import Path

import pytest
from PIL import Image

from reelwright.media.metadata import of_iso6709, of_name, of_tags, read_record


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("VID_20240501_123305.mp4", "2024-05-01T12:33:05"),
        ("PXL_20240501_123305123.jpg", "2024-05-01T12:33:05"),
        ("2024-05-01 12.33.05.mov", "2024-05-01T12:33:05"),
        ("屏幕录制2024年5月1日.mp4", None),
        ("2024年05月01日 海边.mp4", "2024-05-01"),
        ("mmexport1714537985000.mp4", "2024-05-01T04:33:05+00:00"),
        ("IMG-20231301-WA0001.jpg", None),
        ("20240231.mp4", None),
        ("clip 1080 1920.mp4", None),
        ("123202405013.mp4", None),
    ],
)
def test_dates_in_names(name: str, date: str | None):
    assert of_name(name) == date


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("+27.5916+086.5640+8850/", (27.5916, 86.564)),
        ("+22.2783+114.1747/", (22.2783, 114.1747)),
        ("-3352+15112/", (-33.866667, 151.2)),
        ("+404536-0735910/", (40.76, -73.986111)),
        ("+00.0000+000.0000/", None),
        ("+95.0+000.5/", None),
        ("somewhere", None),
        ("", None),
    ],
)
def test_places_as_iso_6709(text: str, place: tuple[float, float] | None):
    assert of_iso6709(text) == place


def test_a_phones_own_tags_go_before_the_headers():
    record = of_tags(
        {
            "creation_time": "2024-05-01T04:33:05.000000Z",
            "com.apple.quicktime.creationdate": "2024-05-01T12:33:05+0800",
            "com.apple.quicktime.location.ISO6709": "+22.2783+114.1747+005.1/",
            "com.apple.quicktime.make": "Acme",
            "com.apple.quicktime.model": "Acme 12",
        }
    )
    assert record.taken == "2024-05-01T12:33:05+08:00"
    assert (record.latitude, record.longitude) == (22.2783, 114.1747)
    assert record.device == "Acme 12"


@pytest.mark.parametrize("clock", ["1904-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "yesterday"])
def test_a_clock_that_was_never_set_says_nothing(clock: str):
    assert of_tags({"creation_time": clock}).taken is None


def test_exif_that_is_broken_says_nothing(tmp_path: Path):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "0000:00:00 00:00:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (99.0, 0.0, 0.0), 3: "E", 4: (10.0, 0.0, 0.0)})
    path = tmp_path / "IMG_20240501.jpg"
    Image.new("RGB", (8, 8)).save(path, exif=exif)
    record = read_record(path)
    assert (record.latitude, record.longitude, record.taken) == (None, None, "2024-05-01")
    path.write_bytes(path.read_bytes()[:40])
    assert read_record(path).taken == "2024-05-01"
    assert read_record(tmp_path / "nowhere.mp4").taken is None
