"""The few operations on small pictures that OpenCV does faster than numpy, with their types."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Frame = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


def _cv2() -> Any:
    import cv2

    return cv2


def resized(frame: Frame, size: tuple[int, int]) -> Frame:
    """A picture at another size (width, height), each pixel the mean of what it covers."""
    cv2 = _cv2()
    return np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), np.uint8)


def grey(frame: Frame) -> Frame:
    """The light of an RGB picture."""
    cv2 = _cv2()
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def widened(light: npt.NDArray[Any], by: int) -> npt.NDArray[Any]:
    """A grey picture with its edges continued by so many pixels on all sides."""
    cv2 = _cv2()
    return np.asarray(cv2.copyMakeBorder(light, by, by, by, by, cv2.BORDER_REPLICATE))


def ahead_means(picture: npt.NDArray[Any], side: int) -> Floats:
    """For each pixel the mean of the square that it is the upper left corner of."""
    cv2 = _cv2()
    box = {"ksize": (side, side), "anchor": (0, 0), "borderType": cv2.BORDER_REPLICATE}
    return np.asarray(cv2.blur(picture.astype(np.float32), **box), np.float32)


def blurred(light: Floats, side: int) -> Floats:
    """A picture, each pixel the mean of the square around it."""
    return np.asarray(_cv2().blur(light, (side, side)), np.float32)


def most_alike(field: Frame, block: Frame) -> tuple[float, int, int]:
    """Where in a field a block is found best: the correlation (0 to 1), and the row and column."""
    cv2 = _cv2()
    _, alike, _, (column, row) = cv2.minMaxLoc(
        cv2.matchTemplate(field, block, cv2.TM_CCOEFF_NORMED)
    )
    # A field without any contrast has no correlation, which OpenCV may tell as anything.
    return min(max(float(alike), 0.0), 1.0) if alike == alike else 0.0, int(row), int(column)


def differences(field: Frame, block: Frame) -> Floats:
    """The sum of squared differences of a block to each place of a field."""
    cv2 = _cv2()
    return np.asarray(cv2.matchTemplate(field, block, cv2.TM_SQDIFF), np.float32)


def difference(a: Frame, b: Frame) -> float:
    """Mean absolute difference of two pictures, 0 to 255."""
    cv2 = _cv2()
    return float(cv2.norm(a, b, cv2.NORM_L1)) / a.size


def light_and_contrast(light: Frame) -> tuple[float, float]:
    """The mean and the spread (standard deviation) of a grey picture, 0 to 255."""
    mean, spread = _cv2().meanStdDev(light)
    return float(mean[0][0]), float(spread[0][0])
