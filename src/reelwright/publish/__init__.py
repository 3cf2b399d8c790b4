"""Floor 2: what must be true of a video before others see it."""
