"""Nearness in meaning: see `reelwright.core.ports.Embedder`."""
