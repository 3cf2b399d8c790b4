"""The training of a classifier, from files to a model folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reelwright.core.extras import need
from reelwright.learn.classifier.deciding import Decider, find_factors, find_shift, find_threshold
from reelwright.learn.classifier.examples import Examples, Parts, open_labelled, part_examples
from reelwright.learn.classifier.features import BITS
from reelwright.learn.classifier.reporting import score
from reelwright.learn.classifier.settings import ClassifierSettings
from reelwright.learn.classifier.sparse import Floats, Ints
from reelwright.learn.classifier.teaching import teach
from reelwright.learn.data.hashing import describe_data, fingerprint
from reelwright.learn.data.labels import Labels
from reelwright.learn.data.leaks import report_leaks
from reelwright.learn.data.shelf import Chosen
from reelwright.learn.data.splits import describe_split
from reelwright.learn.data.statistics import describe_rows, find_doubts, report_doubts
from reelwright.learn.encoders import LICENCE, load_encoder, save_tokenizer
from reelwright.learn.folder import Card, save_model
from reelwright.learn.kind import Run
from reelwright.learn.tracking import log_figures

if TYPE_CHECKING:
    from reelwright.learn.classifier.task import Labelled


def train(
    name: str, version: int, data: Sequence[Path], settings: ClassifierSettings, run: Run
) -> dict[str, float]:
    """Fit a classifier and write its folder; see `Kind.train`."""
    with open_labelled(data, run.folder) as examples:
        return _train(name, version, data, examples, settings, run)


def _train(
    name: str,
    version: int,
    data: Sequence[Path],
    examples: Examples,
    settings: ClassifierSettings,
    run: Run,
) -> dict[str, float]:
    encoder = load_encoder(settings.encoder, settings.frozen) if settings.encoder else None
    labels = Labels.seen(examples.labels, where=str(data[0]))
    numbers = np.array([labels.numbers[label] for label in examples.labels])
    parts = part_examples(examples, labels, settings.seed, settings.held_out)
    taught = teach(examples.texts, numbers, len(labels), parts, settings, run.progress)
    scores, factors = taught.scores, taught.factors
    facts: dict[str, Any] = {}
    weights = {f"linear.{key}": value for key, value in taught.model.arrays().items()}
    notes = list(describe_rows(examples.texts, examples.labels))
    if settings.model == "neural":
        # torch is loaded for a network alone: the linear model does without.
        need("torch", extra="learn")
        from reelwright.learn.classifier.task import fit_network

        print_of = fingerprint(name, settings, data)
        told = _split(examples.texts, numbers, parts)
        fitted = fit_network(*told, len(labels), settings, run, print_of, encoder)
        facts |= fitted.facts
        weights |= {f"network.{key}": value for key, value in fitted.weights.items()}
        scores = [*scores, fitted.scores]
        factors = find_factors(scores, numbers[parts.held_out])
        notes.append("The held-out texts chose the network's epoch and the parts' factors, too.")
        notes += [LICENCE] if encoder else []
    truth = numbers[parts.held_out]
    shift = find_shift(np.bincount(numbers, minlength=len(labels)), settings.balance)
    decider = Decider(factors, shift, 0.0)
    found = decider.probabilities(scores)
    guess = decider.choose(found)
    sure = found[np.arange(len(guess)), guess]
    threshold = find_threshold(sure, guess == truth, settings.sure) if settings.sure else 0.0
    notes += _suspicions(examples, parts, labels, truth, found)
    for note in notes:
        run.progress.say(note)
    decider = Decider(factors, shift, threshold)
    values, _ = score(found, truth, labels, decider)
    facts |= {
        "labels": list(labels.names),
        "bits": BITS,
        "decider": {"factors": factors, "shift": shift, "threshold": threshold},
        "strengths": taught.strengths,
    }
    card = Card(
        data=describe_data(data, len(examples.texts)),
        split=describe_split(settings.seed, settings.held_out),
        metric=f"accuracy and macro F1 on {len(truth):,} held-out texts",
        licence=run.licence,
        command=run.command,
        notes=[*notes, *_contradictions(examples)],
    )
    if encoder:
        save_tokenizer(encoder, run.folder)
    save_model(run.folder, name, version, settings, facts, weights, values, card)
    if settings.model == "linear":
        # A network's training tells of itself as it goes on.
        log_figures(run, settings, [*taught.tried, values])
    return values


def _split(texts: Sequence[str], numbers: Ints, parts: Parts) -> tuple[Labelled, Labelled]:
    """What the network learns, and what it is judged by."""

    def pick(rows: np.ndarray) -> Labelled:
        return Chosen(texts, np.flatnonzero(rows)), numbers[rows]

    return pick(parts.learnt), pick(parts.held_out)


def _suspicions(
    examples: Examples, parts: Parts, labels: Labels, truth: Ints, found: Floats
) -> list[str]:
    """What may flatter or spoil the scores: near-duplicates across the split, and labels of
    held-out texts that look wrong to the model, which has not seen them."""
    learnt, held_out = (
        Chosen(examples.texts, np.flatnonzero(rows)) for rows in (~parts.held_out, parts.held_out)
    )
    leaks = report_leaks(learnt, held_out)
    doubts = find_doubts(found, truth.tolist())
    return [*leaks, *report_doubts(doubts, labels.names, [f"“{text[:60]}”" for text in held_out])]


def _contradictions(examples: Examples) -> list[str]:
    count = examples.contradictions()
    return [f"Texts that occur with several labels: {count}."] if count else []
