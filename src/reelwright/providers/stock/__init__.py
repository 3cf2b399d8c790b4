"""Libraries of clips that may be used freely: see `reelwright.core.ports.Stock`."""
