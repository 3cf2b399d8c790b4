"""Where things are and how they look, made exact from a beginning that is nearly right."""

import numpy as np
import torch

from reelwright.learn.frames.polishing import REACH, find, lay, polish, repaint

SIDE, FRAME, TIME = 8, 24, 6


def scene(seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Two patches that pass each other: frames, middles and pictures, as `polish` takes them."""
    chance = np.random.default_rng(seed)
    pictures = torch.zeros(1, 2, SIDE, SIDE)
    pictures[0, 0, 1:7, 3:5] = pictures[0, 0, 3:5, 1:7] = 1
    pictures[0, 1] = torch.from_numpy(chance.random((SIDE, SIDE)) > 0.5).float()
    steps = torch.arange(TIME, dtype=torch.float32)
    one = torch.stack([6.5 + 2 * steps, 7.5 + steps], 1)
    two = torch.stack([18.5 - 2 * steps, 8.5 + steps], 1)
    middles = torch.stack([one, two])[None]
    return drawn(middles, pictures), middles, pictures


def drawn(middles: torch.Tensor, pictures: torch.Tensor) -> torch.Tensor:
    down, right = middles.unbind(-1)
    lines, rows = lay(down, FRAME, SIDE), lay(right, FRAME, SIDE)
    laid = lines @ pictures[:, :, None] @ rows.transpose(-1, -2)
    return 1 - (1 - laid).prod(1)


def test_things_are_found_near_where_they_were_said_to_be() -> None:
    frames, middles, pictures = scene()
    chance = torch.Generator().manual_seed(1)
    said = middles + (4 * torch.rand(middles.shape, generator=chance) - 2)
    found = find(frames, said, pictures)
    again = find(frames, found, pictures)
    assert (again - middles).abs().max() < 0.1
    assert (found - said).abs().max() <= REACH + 0.5


def test_places_between_pixels_are_found_to_half_a_pixel() -> None:
    _, middles, pictures = scene()
    moved = middles + torch.tensor([0.4, -0.3])
    found = find(drawn(moved, pictures), middles + 1.2, pictures)
    assert (found - moved).abs().max() < 0.5


def test_pictures_are_painted_where_nothing_covers_them() -> None:
    frames, middles, pictures = scene()
    painted = repaint(frames, middles, torch.full_like(pictures, 0.3))
    for _ in range(4):
        painted = repaint(frames, middles, painted)
    assert (painted - pictures).abs().mean() < 0.05


def test_both_together_draw_the_frames_again() -> None:
    frames, middles, pictures = scene()
    chance = torch.Generator().manual_seed(2)
    said = middles + (2 * torch.rand(middles.shape, generator=chance) - 1)
    looks = 0.7 * pictures + 0.1
    before = (drawn(said, looks) - frames).square().sum((2, 3)).mean()
    after = (drawn(*polish(frames, said, looks, 4)) - frames).square().sum((2, 3)).mean()
    assert after < 0.1 * before
