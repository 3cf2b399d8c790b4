"""How good tags are: entities as conlleval counts them, and tokens tag by tag.

An entity counts as found when its borders and its type are both right. Token figures take every
token, `O` too, as published tables of NER by token do.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

from reelwright.learn.metrics import Table, average, count_confusions, figures, measure_labels
from reelwright.learn.tagger.schemes import Span


def score_entities(gold: Iterable[Sequence[Span]], found: Iterable[Sequence[Span]]) -> Table:
    """Precision, recall, F1 and support for each type of entity, then for `all`.

    Args:
        gold: the true spans of each sentence.
        found: the predicted ones, in the same order.
    """
    right: Counter[str] = Counter()
    true: Counter[str] = Counter()
    given: Counter[str] = Counter()
    for wanted, got in zip(gold, found, strict=True):
        true.update(kind for *_, kind in wanted)
        given.update(kind for *_, kind in got)
        right.update(kind for *_, kind in set(wanted) & set(got))
    counts = {kind: (right[kind], given[kind], true[kind]) for kind in sorted({*true, *given})}
    counts["all"] = (right.total(), given.total(), true.total())
    return [
        {"label": kind, **figures(*three), "support": three[2]} for kind, three in counts.items()
    ]


def score_tokens(gold: Iterable[Sequence[str]], found: Iterable[Sequence[str]]) -> Table:
    """Precision, recall, F1 and support for each tag, `O` among them; then three averages.

    `micro avg` is the accuracy (each token has one tag), `macro avg` the plain mean over the tags
    that occur in truth or guess, `weighted avg` the mean weighted by support.
    """
    truths, guesses = list(chain(*gold)), list(chain(*found))
    names = sorted({*truths, *guesses})
    numbers = {name: number for number, name in enumerate(names)}
    confusions = count_confusions(
        [numbers[tag] for tag in truths], [numbers[tag] for tag in guesses], len(names)
    )
    means = average(confusions, names)
    return [
        *measure_labels(confusions, names),
        *(
            {
                "label": f"{way} avg",
                **{name: means[f"{way}_{name}"] for name in ("precision", "recall", "f1")},
                "support": len(truths),
            }
            for way in ("micro", "macro", "weighted")
        ),
    ]
