"""Small films made of noise with structure, for what looks for changes of shot."""

import numpy as np


def scene(seed, high=160, wide=240):
    """A picture rough in detail and smooth at large, with its own colours."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((high, wide, 3))
    for size, force in ((4, 50), (10, 35), (30, 25)):
        coarse = rng.standard_normal((high // (160 // size) + 2, wide // (160 // size) + 2, 3))
        rows = np.linspace(0, coarse.shape[0] - 1.01, high)
        columns = np.linspace(0, coarse.shape[1] - 1.01, wide)
        picture += force * coarse[rows.astype(int)][:, columns.astype(int)]
    return np.clip(picture + rng.uniform(80, 170, 3), 0, 255)


def still(seed, count, speed=0.0, jitter=0):
    """A shot: a window 96 × 160 that pans over a scene, held by a hand that may shake."""
    rng = np.random.default_rng(seed + 1000)
    ground = scene(seed)
    frames = []
    for n in range(count):
        x = int(min(40 + speed * n, 80)) + int(rng.integers(-jitter, jitter + 1))
        y = 30 + int(rng.integers(-jitter, jitter + 1))
        x, y = max(0, min(x, 80)), max(0, min(y, 64))
        noise = rng.normal(0, 2, (96, 160, 3))
        frames.append(ground[y : y + 96, x : x + 160] + noise)
    return np.array(frames)


def film(*parts):
    return np.clip(np.concatenate(parts), 0, 255).astype(np.uint8)


def mix(a, b):
    share = (np.arange(len(a)) + 1) / (len(a) + 1)
    share = share[:, None, None, None]
    return a * (1 - share) + b * share
