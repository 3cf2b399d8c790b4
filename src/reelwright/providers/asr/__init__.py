"""Speech recognition: who writes down what is said (kind ``asr``)."""
