"""Floor 2: brief → script → shots → voice, music, pictures, captions."""
