"""The safe area as it is shown: shaded where the platform is, clear where text stands."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from reelwright.core.nouns import Format
from reelwright.core.settings import Settings
from reelwright.create.captions import caption_style
from reelwright.create.guide import draw_guide
from reelwright.create.platforms import SAFE, safe_area

TALL = Format(width=540, height=960)


@pytest.mark.parametrize("platform", SAFE)
def test_what_the_platform_covers_is_shaded_and_nothing_else(platform, tmp_path):
    style = caption_style(Settings(), TALL)
    draw_guide(platform, TALL, style, "zh", tmp_path / "g.png")
    with Image.open(tmp_path / "g.png") as image:
        alpha = np.asarray(image)[..., 3]
    left, top, right, bottom = safe_area(platform, TALL)
    assert (alpha[: top - 3] > 80).all()
    assert (alpha[960 - bottom + 3 :] > 80).all()
    assert (alpha[:, : left - 3] > 80).all()
    assert (alpha[:, 540 - right + 3 :] > 80).all()
    middle = alpha[top + 40 : 500, left + 4 : 540 - right - 4]
    assert (middle == 0).all()
