"""Cutting raw recordings: what to keep, what to pick, how it is framed.

Each part says what it would show as `spans.Span`s (stretches of sources, in seconds, in the order
in which they are shown); `plan` alone turns spans into timelines, so the parts need not know each
other.
"""
