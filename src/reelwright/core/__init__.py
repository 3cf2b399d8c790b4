"""Floor 0: nouns, time, errors, ports, progress and settings. Imports nothing of ours."""
