"""A painter for tests: flat colours, a bar that moves, and ways to fail."""

import os
import time

import numpy as np

PAINTER_VERSION = 3


def paint(scene, format, frames, first, last, root):
    buffer = np.zeros((format.height, format.width, 4), np.uint8)
    red, green, blue = scene.params.get("rgb", (0, 0, 0))
    for frame in range(first, last):
        if scene.name == "broken" and frame == 3:
            raise ValueError("no brush")
        if scene.name == "dies":
            os._exit(9)
        if scene.name == "slow":
            time.sleep(0.2)
        buffer[:] = (blue, green, red, 255)
        if scene.name == "count":
            # Grey steps of four levels: which frame it is can be read from the picture.
            buffer[:, :] = (frame * 4 % 240,) * 3 + (255,)
        if scene.name == "bar":
            at = frame * format.width // max(1, frames)
            buffer[:, at : at + 8] = 255
        yield buffer if scene.name != "short" else buffer[1:]
