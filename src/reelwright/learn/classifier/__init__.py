"""Classifier: which label a short text has, how probable that is, and when not to say.

`features` turns texts into hashes, `linear` learns from them with numpy alone, `networks` (over
characters, or an encoder over its pieces: `alphabets`) are joined to it where asked, `deciding`
makes calibrated probabilities and the choice not to say.
"""
