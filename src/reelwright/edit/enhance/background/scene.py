"""What a shot shows, learnt from some of its pictures: the person's colours and the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reelwright.core.nouns import Box
from reelwright.edit.enhance.background.body import draw_bodies
from reelwright.edit.enhance.background.colours import Colours, bins_of, count_colours, measure_new
from reelwright.edit.enhance.background.mincut import cut, edge_weights
from reelwright.edit.enhance.background.plate import Plate, build_plate
from reelwright.edit.enhance.motion import Frame, Map

_ROUNDS = 4
_NEW_FIRST, _NEW = 0.4, 0.05
"""Share of a person in colours not seen yet: of face and chest alone, and of all of them."""
_NEW_BEHIND = 0.003, 0.3
"""Likewise of the background, at least and at most."""
_COLOUR = 0.45
"""What a pixel's colour is worth: neighbours say the same again, so not all of its log odds."""
_PRIOR = 0.7
_FAR, _NEAR = -3.2, 2.5
"""Odds of a body that begin as nobody, and as a person."""
_FEWEST = 4
"""Pictures from which what stands still can be told from what moves."""
_STANDS = 9.0
"""Difference of Lab (bytes, summed) that noise makes where nothing moves."""
_SOME = 0.12
"""Share of a picture that begins so, at least."""
COST = 4.0
"""Of a cut through even ground, in log odds a pixel."""
_MOST = 7.0
"""Log odds that a colour may give at most."""


@dataclass(frozen=True, eq=False)
class Scene:
    """What is known of a shot."""

    person: Colours
    others: Colours
    plate: Plate
    faces: Sequence[tuple[float, Sequence[Box]]]
    """Second → the faces then, in order."""

    @cached_property
    def behind(self) -> Map:
        """The background, in RGB from 0 to 255."""
        import cv2

        lab = np.clip(np.round(self.plate.mean), 0, 255).astype(np.uint8)
        return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2RGB), np.float32)

    def odds(self, lab: Frame, faces: Sequence[Box]) -> Map:
        """The log odds of the person at each pixel of a small picture (Lab in bytes)."""
        prior = draw_bodies(faces, lab.shape[1], lab.shape[0])
        return _odds(lab, prior, self.person, self.others, self.plate)


def nearest_faces(faces: Sequence[tuple[float, Sequence[Box]]], at: float) -> Sequence[Box]:
    """The faces seen nearest in time to a second; none where none are seen at all."""
    return min(faces, key=lambda each: abs(each[0] - at))[1] if faces else ()


def learn_scene(
    labs: Sequence[Frame], times: Sequence[float], faces: Sequence[Sequence[Box]]
) -> Scene:
    """Learn a shot from its pictures, by turns cutting them and learning from the cuts.

    Args:
        labs: small pictures of it (height × width × 3, Lab in bytes), one or more.
        times: when each is shown, in seconds.
        faces: the faces in each; a face that was missed is taken from the picture nearest in time.
    """
    seen = [(at, found) for at, found in zip(times, faces, strict=True) if found]
    high, wide = labs[0].shape[:2]
    priors = [draw_bodies(nearest_faces(seen, at), wide, high) for at in times]
    if not seen:
        priors = [prior + moved for prior, moved in zip(priors, _moves(labs), strict=True)]
    bins = [bins_of(lab) for lab in labs]
    costs = [edge_weights(lab) * np.float32(COST) for lab in labs]
    floats = [lab.astype(np.float32) for lab in labs]
    persons = [_sure(prior) for prior in priors]
    person = others = Colours(np.ones(1, np.float32))
    plate = build_plate(floats, persons)
    # While it learns, a place outside where bodies may be is known by itself, others only by their
    # surroundings: what was once taken for background would otherwise prove itself.
    outside = [(sure == 0).astype(np.float32) for sure in persons]
    own = [(sure == 1).astype(np.float32) for sure in persons]
    for turn in range(_ROUNDS):
        new = _NEW + (_NEW_FIRST - _NEW) * (1 - turn / (_ROUNDS - 1))
        person = count_colours(bins, own, new)
        free = [np.maximum(0, 1 - 2 * p) for p in persons]
        others = count_colours(bins, free, float(np.clip(measure_new(bins, free), *_NEW_BEHIND)))
        plate = build_plate(floats, persons, outside)
        odds = [_odds(*each, person, others, plate) for each in zip(labs, priors, strict=True)]
        persons = [cut(*each, 50) for each in zip(odds, costs, persons, strict=True)]
        # What a cut takes along although it looks like the background teaches nothing.
        own = [p * (o > 0) for p, o in zip(persons, odds, strict=True)]
    return Scene(person, others, build_plate(floats, persons), seen)


def _sure(prior: Map) -> Map:
    """1 where a person surely is, 0 where surely none, between elsewhere."""
    # Of a face that fills the picture no place is far: then the farthest are.
    low = max(_FAR, float(np.quantile(prior, _SOME)))
    high = min(_NEAR, float(np.quantile(prior, 1 - _SOME)))
    return np.where(prior >= high, 1, np.where(prior <= low, 0, 0.5)).astype(np.float32)


def _moves(labs: Sequence[Frame]) -> list[Map]:
    """What moves before a camera that stands still is the person, where no face says who is.

    Log odds for each picture; all 0 where the camera moves, too.
    """
    usual = np.median(np.stack(labs[:: -(-len(labs) // 9)]), axis=0)
    off = [np.abs(lab - usual).sum(2).astype(np.float32) for lab in labs]
    if len(labs) < _FEWEST or float(np.median(np.stack(off))) > _STANDS:
        return [np.zeros(lab.shape[:2], np.float32) for lab in labs]
    return [np.clip(each / np.float32(2 * _STANDS), 0, 1) * 4 - 1 for each in off]


def _odds(lab: Frame, prior: Map, person: Colours, others: Colours, plate: Plate) -> Map:
    bins = bins_of(lab)
    trust = plate.trust
    behind = (1 - trust) * others.at(bins) + trust * plate.density(lab.astype(np.float32))
    colour = np.log(person.at(bins) / np.maximum(behind, 1e-12))
    return np.asarray(np.clip(_COLOUR * colour, -_MOST, _MOST) + _PRIOR * prior, np.float32)
