"""Data to learn from: read by the line, split by hash, checked for leaks and noise, and put into
batches. Plain values and numpy: nothing here knows a network.
"""
