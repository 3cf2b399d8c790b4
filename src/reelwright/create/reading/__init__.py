"""Reading aloud: written text → the words a person says for it."""

from reelwright.create.reading.engine import Piece, Reading, read_aloud

__all__ = ["Piece", "Reading", "read_aloud"]
