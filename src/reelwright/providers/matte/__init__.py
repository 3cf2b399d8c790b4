"""Persons told from what is behind them: see `reelwright.core.ports.PersonMatter`."""
