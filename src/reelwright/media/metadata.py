"""When and where something was recorded, and what its maker wrote into it.

EXIF (CIPA DC-008) of pictures; of films the keys of QuickTime (Apple's QuickTime File Format, with
places as ISO 6709) and of Matroska; of sound the tags that players show. Where a file says nothing,
its name may: cameras and phones put the date there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from reelwright.core.nouns import Noun

_IFD_EXIF, _IFD_GPS = 0x8769, 0x8825
_TAKEN, _DIGITISED, _CHANGED = 0x9003, 0x9004, 0x0132
_OFFSET, _OFFSET_CHANGED = 0x9011, 0x9010
_MAKE, _MODEL, _DESCRIPTION = 0x010F, 0x0110, 0x010E

_ISO6709 = re.compile(r"([+-]\d{2,6}(?:\.\d+)?)([+-]\d{3,7}(?:\.\d+)?)")
_NAMED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.年]?(0[1-9]|1[0-2])[-_.月]?(0[1-9]|[12]\d|3[01])日?"
    r"(?:[-_ T.]{0,2}([01]\d|2[0-3])[-_.:时]?([0-5]\d)[-_.:分]?([0-5]\d)(?:\d{3})?)?(?!\d)"
)
_EPOCH = re.compile(r"(?:mmexport|wx_camera_|microMsg\.)(1[0-9]{12})(?!\d)")
_FIRST, _LAST = 1990, 2100
"""Years a camera's clock can mean; others are a clock that was never set."""


class Record(Noun):
    """What a file says of its making. Empty where it says nothing."""

    taken: str | None = None
    """When it was recorded: ISO 8601 in local time, with an offset where that is known."""
    latitude: float | None = None
    """Degrees north (WGS 84)."""
    longitude: float | None = None
    """Degrees east."""
    device: str = ""
    """Maker and model of the camera or phone."""
    title: str = ""
    artist: str = ""
    """Of sound: who plays."""
    description: str = ""


def read_record(path: Path, name: str = "") -> Record:
    """What a media file says of its making, else what its name says of the date.

    Never fails: what cannot be read says nothing.

    Args:
        path: the file.
        name: what it was called, where that is not what it is called now.
    """
    from av.error import FFmpegError

    from reelwright.core.errors import FootageError
    from reelwright.media.probing import is_picture, open_media

    try:
        with path.open("rb") as file:
            still = is_picture(file.read(64))
        if still:
            record = _of_picture(path)
        else:
            with open_media(path) as container:
                tags = dict(container.metadata)
                for stream in container.streams:
                    tags = {**stream.metadata, **tags}
            record = of_tags(tags)
    except (FootageError, FFmpegError, OSError):
        record = Record()
    if record.taken is None:
        return record.model_copy(update={"taken": of_name(name or path.name)})
    return record


def _of_picture(path: Path) -> Record:
    from reelwright.media.frames import open_picture

    with open_picture(path) as image:
        try:
            exif = image.getexif()
            inner, place = exif.get_ifd(_IFD_EXIF), exif.get_ifd(_IFD_GPS)
        except (OSError, SyntaxError, ValueError, KeyError, TypeError):
            return Record()
    date = inner.get(_TAKEN) or inner.get(_DIGITISED)
    offset = inner.get(_OFFSET)
    if not date:
        date, offset = exif.get(_CHANGED), inner.get(_OFFSET_CHANGED)
    latitude = _degrees(place.get(2), place.get(1), 90)
    longitude = _degrees(place.get(4), place.get(3), 180)
    known = latitude is not None and longitude is not None and (latitude or longitude)
    return Record(
        taken=_exif_date(_text(date), _text(offset)),
        latitude=latitude if known else None,
        longitude=longitude if known else None,
        device=_device(_text(exif.get(_MAKE)), _text(exif.get(_MODEL))),
        description=_text(exif.get(_DESCRIPTION)),
    )


def _exif_date(date: str, offset: str) -> str | None:
    match = re.match(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)", date)
    if not match:
        return None
    zone = offset if re.fullmatch(r"[+-]\d\d:\d\d", offset) else ""
    return _checked("{}-{}-{}T{}:{}:{}".format(*match.groups()) + zone)


def _degrees(parts: Any, side: Any, most: float) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not 0 <= value <= most:
        return None
    return round(-value if _text(side).upper() in ("S", "W") else value, 6)


def of_tags(tags: Mapping[str, str]) -> Record:
    """What the tags of a film or of sound say, by their names as ffmpeg gives them."""
    by = {key.lower(): _text(value) for key, value in tags.items()}
    # Apple's own key holds local time and offset; the header's is UTC.
    dates = (
        "com.apple.quicktime.creationdate",
        "date_recorded",
        "creation_time",
        "datetimeoriginal",
    )
    taken = next((date for key in dates if (date := _iso(by.get(key, "")))), None)
    places = ("com.apple.quicktime.location.iso6709", "location", "location-eng")
    latitude, longitude = next(
        (place for key in places if (place := of_iso6709(by.get(key, "")))), (None, None)
    )
    makers = ("com.apple.quicktime.make", "make", "com.android.manufacturer")
    models = ("com.apple.quicktime.model", "model", "com.android.model")
    return Record(
        taken=taken,
        latitude=latitude,
        longitude=longitude,
        device=_device(_first(by, makers), _first(by, models)),
        title=by.get("title", ""),
        artist=_first(by, ("artist", "album_artist", "composer")),
        description=_first(by, ("description", "comment", "synopsis")),
    )


def of_iso6709(text: str) -> tuple[float, float] | None:
    """Degrees north and east from a place as ISO 6709 writes it, in degrees, with minutes or with
    seconds; None where it is none.

    >>> of_iso6709("+27.5916+086.5640+8850/"), of_iso6709("-3352.5+15112.6/")
    ((27.5916, 86.564), (-33.875, 151.21))
    """
    match = _ISO6709.match(text.strip())
    if not match:
        return None
    latitude, longitude = _angle(match[1], 2), _angle(match[2], 3)
    if abs(latitude) > 90 or abs(longitude) > 180 or not (latitude or longitude):
        return None
    return latitude, longitude


def _angle(text: str, digits: int) -> float:
    sign, number = (-1 if text[0] == "-" else 1), text[1:]
    whole, _, fraction = number.partition(".")
    parts = [whole[:digits], whole[digits : digits + 2], whole[digits + 2 : digits + 4]]
    values = [part for part in parts if part]
    values[-1] += f".{fraction}" if fraction else ""
    return round(sign * sum(float(part) / 60**place for place, part in enumerate(values)), 6)


def of_name(name: str) -> str | None:
    """The date that a file's name holds, as cameras, phones and messengers write it.

    >>> of_name("VID_20240501_123305.mp4"), of_name("海边 2023-08-09.mov"), of_name("12345678.mp4")
    ('2024-05-01T12:33:05', '2023-08-09', None)
    """
    epoch = _EPOCH.search(name)
    if epoch:
        from datetime import UTC

        moment = datetime.fromtimestamp(int(epoch[1]) / 1000, UTC)
        return moment.isoformat(timespec="seconds")
    match = _NAMED.search(name)
    if not match:
        return None
    year, month, day, *time = match.groups()
    clock = f"T{time[0]}:{time[1]}:{time[2]}" if time[0] else ""
    return _checked(f"{year}-{month}-{day}{clock}")


def _iso(text: str) -> str | None:
    text = re.sub(r"\.\d+", "", text.strip()).replace(" ", "T", 1)
    text = re.sub(r"([+-]\d\d)(\d\d)$", r"\1:\2", text)
    return _checked(text.replace("Z", "+00:00"))


def _checked(text: str) -> str | None:
    """A date as it was given, where it is one that can be meant."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return text if len(text) >= 10 and _FIRST <= moment.year <= _LAST else None


def _device(make: str, model: str) -> str:
    return model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()


def _first(by: Mapping[str, str], keys: tuple[str, ...]) -> str:
    return next((by[key] for key in keys if by.get(key)), "")


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return " ".join(str(value).replace("\0", " ").split())[:500] if value else ""
