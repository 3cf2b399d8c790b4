"""Floor 1: the world outside and pretrained weights, found through `reelwright.providers.door`."""
