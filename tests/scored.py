"""Scored recordings without files, for what chooses from them."""

import numpy as np

from reelwright.edit.cut.edges import Edge
from reelwright.edit.cut.highlights import Material
from reelwright.edit.cut.scoring import Curve, Part


def curve(values):
    values = np.array(values, float)
    part = Part("motion", values, 1.0, 0.9)
    return Curve(float(len(values)), (part,), values)


def material(values, edges=None, source="match.mp4"):
    at = range(len(values) + 1) if edges is None else edges
    return Material(source, curve(values), tuple(Edge(float(t), 0.5) for t in at))
