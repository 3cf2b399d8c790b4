"""Pictures from words: see `reelwright.core.ports.Images`."""
