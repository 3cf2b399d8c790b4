"""Models a person trains on their own data, judges, exports and uses.

A **kind** (`kinds.py`) is a package that holds its data readers, its networks, its losses and one
class that ties them together (`kind.Kind`). A **model** is a folder (`folder.py`): what it was made
with, its weights, its scores, its card. `trainer.py` is the one loop that fits all of them.

Nothing here imports torch at its head but networks, losses and the trainer, which are loaded when
something is trained, or predicted without an ONNX file.
"""
