"""Floor 1: files. ffmpeg, probing, frames, sound, drawing, fonts; knows nothing of projects."""
