"""Reelwright makes short vertical videos and closes the loop on them.

Start at :mod:`reelwright.pipeline` for the whole story, at :mod:`reelwright.core.nouns`
for the things it is told in, and at ``ARCHITECTURE.md`` for the map of the house.
"""

__version__ = "0.1.0"
