"""Voice activity: who tells speech from everything else (kind ``vad``)."""
