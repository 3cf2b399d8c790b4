"""Voices: one file an engine. What a voice is: `reelwright.core.ports.Voice`.

To add one, write a class with the class facts, an ``Options``, ``speak``, ``origin`` and ``key``,
and put its line into the table of `reelwright.providers.door` (or, in a package of your own, into
the entry points ``reelwright.tts``). The contract test then runs over it.
"""
