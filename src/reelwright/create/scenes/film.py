"""A clip inside a scene: its frames one after another, scaled to where they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelwright.core.errors import FootageError
from reelwright.media import drawing
from reelwright.media.probing import open_media
from reelwright.media.subject import find_subject

skia: Any = drawing.skia


class Film:
    """A clip that is read forwards, a frame at a time; no more than two frames are held.

    What is shown at an instant depends on that instant alone, wherever reading began.
    """

    def __init__(
        self,
        path: Path,
        start: float,
        width: int,
        height: int,
        focus: tuple[float, float] | None = None,
    ) -> None:
        """Open the clip.

        Args:
            path: of the clip.
            start: seconds into it at which the shot begins.
            width: to be filled, in pixels.
            height: to be filled, in pixels.
            focus: where its subject is, 0 to 1; None looks for it.

        Raises:
            FootageError: it is missing, damaged or has no picture.
        """
        if not path.is_file():
            raise FootageError("there is no such file", where=str(path), hint="check its name")
        self._path = path
        self._container = open_media(path)
        if not self._container.streams.video:
            raise FootageError("has no picture", where=str(path), hint="give a video")
        self._stream = self._container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._base = self._stream.time_base or Fraction(1, 1000)
        self._start = Fraction(max(0.0, start)) + (self._stream.start_time or 0) * self._base
        self._size = (width, height)
        self._frames: Iterator[Any] | None = None
        self._coming: Any = None
        self._shown: Any = None
        self._focus = focus
        self.image: Any = None
        """The frame of the instant asked for last, width × height."""

    def at(self, seconds: float) -> bool:
        """Go on to an instant of the shot; whether another frame is shown than before.

        After its end a clip shows its last frame. Instants must not go back.
        """
        from av.error import FFmpegError

        # 1.9 s is a little less than 57/30 s in binary, and means it.
        wanted = self._start + Fraction(seconds) + Fraction(1, 10_000)
        try:
            if self._frames is None:
                self._begin(wanted)
            before = self._shown
            while self._coming is not None and self._time(self._coming) <= wanted:
                self._shown = self._coming
                self._coming = next(self._frames, None) if self._frames else None
        except FFmpegError as error:
            raise FootageError(
                f"cannot be decoded ({error.strerror})", where=str(self._path)
            ) from error
        if self._shown is None:
            self._shown = self._coming
        if self._shown is None:
            raise FootageError("has no frame that can be decoded", where=str(self._path))
        if self._shown is before and self.image is not None:
            return False
        self.image = self._scaled(self._shown)
        return True

    def _begin(self, wanted: Fraction) -> None:
        if self._focus is None:
            self._aim()
        self._container.seek(int(wanted / self._base), stream=self._stream, backward=True)
        self._frames = iter(self._container.decode(self._stream))
        self._coming = next(self._frames, None)
        if self._coming is None:
            # After its last frame: go to that.
            self._container.seek(0, stream=self._stream, backward=True)
            self._frames = iter(self._container.decode(self._stream))
            self._coming = next(self._frames, None)

    def _aim(self) -> None:
        """Find the subject, a second into the shot: the crop then keeps still."""
        at = self._start + 1
        self._container.seek(int(at / self._base), stream=self._stream, backward=True)
        shown = None
        for frame in self._container.decode(self._stream):
            shown = frame
            if self._time(frame) >= at:
                break
        if shown is not None:
            small = shown.reformat(width=192, height=192, format="rgb24").to_ndarray()
            import numpy as np

            upright = np.rot90(np.asarray(small, np.uint8), round(shown.rotation / 90) % 4)
            self._focus = find_subject(upright)

    def _time(self, frame: Any) -> Fraction:
        return (frame.pts or 0) * self._base

    def _scaled(self, frame: Any) -> Any:
        import numpy as np

        width, height = self._size
        turn = round(frame.rotation / 90) % 4
        aspect = float(self._stream.sample_aspect_ratio or 1) or 1.0
        wide, high = frame.width * aspect, float(frame.height)
        across, down = (high, wide) if turn % 2 else (wide, high)
        scale = max(width / across, height / down)
        size = max(width, round(across * scale)), max(height, round(down * scale))
        kept = size[::-1] if turn % 2 else size
        # Files that do not say follow their size: BT.709 for HD, BT.601 below (as players do).
        unsaid = frame.colorspace == 2 and frame.height >= 720
        matrix = "ITU709" if frame.colorspace == 1 or unsaid else None
        pixels = frame.reformat(
            width=kept[0], height=kept[1], format="bgra", src_colorspace=matrix
        ).to_ndarray()
        pixels = np.rot90(pixels, turn)
        focus = self._focus or (0.5, 0.5)
        left = round(min(max(0.0, focus[0] * size[0] - width / 2), size[0] - width))
        top = round(min(max(0.0, focus[1] * size[1] - height / 2), size[1] - height))
        part = np.ascontiguousarray(pixels[top : top + height, left : left + width])
        info = skia.ImageInfo.Make(width, height, skia.kBGRA_8888_ColorType, skia.kOpaque_AlphaType)
        return skia.Image.MakeRasterCopy(skia.Pixmap(info, part, width * 4))
