"""What is told of a tagger after judging it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from reelwright.learn.data.labels import listed
from reelwright.learn.kind import Report
from reelwright.learn.tagger.corpus import Corpus
from reelwright.learn.tagger.schemes import Scheme, Span, tags_of
from reelwright.learn.tagger.scoring import Table, score_entities, score_tokens


def report_tags(corpus: Corpus, found: Sequence[Sequence[Span]], known: Sequence[str]) -> Report:
    """Figures of entities and tokens.

    Token figures stand on IOB2, one B and one I tag a type and `O`, whatever the file's scheme, so
    that files compare; where the file's own scheme is another, they are told on that one, too
    (`own_…`). In IOB1 a B tag only parts neighbours of one type, so that a few tokens of it weigh
    as much in a macro average as all names of people.

    Args:
        corpus: what is judged by.
        found: the predicted spans of each sentence.
        known: the model's tags.

    Returns:
        Values: `accuracy`, `token_micro_f1`, `token_macro_f1` (also as `macro_f1`),
        `token_weighted_f1`, `entity_precision`, `entity_recall`, `entity_f1`, `entity_macro_f1`,
        `sentences`, `tokens`, `scheme`, `file_scheme`, and `own_token_…`. Tables: `labels`,
        `entities`, and `own_labels`.
    """
    gold = corpus.spans()
    entities = score_entities(gold, found)
    whole, types = entities[-1], entities[:-1]
    lengths = [len(sentence.words) for sentence in corpus.sentences]
    own = corpus.scheme
    main: Scheme = "plain" if own == "plain" else "IOB2"
    labels = _score(corpus, gold, found, lengths, main)
    values: dict[str, float | int | str] = {**_averages(labels)}
    values |= {
        "macro_f1": values["token_macro_f1"],
        "entity_f1": whole["f1"],
        "entity_precision": whole["precision"],
        "entity_recall": whole["recall"],
        "entity_macro_f1": sum(row["f1"] for row in types) / max(1, len(types)),
        "sentences": len(lengths),
        "tokens": sum(lengths),
        "scheme": main,
        "file_scheme": own,
    }
    tables = {"labels": labels, "entities": entities}
    notes = [f"token figures stand on {main}", *_unseen(gold, known), *corpus.notes]
    if own != main:
        rows = _score(corpus, gold, found, lengths, own)
        values |= {f"own_{name}": value for name, value in _averages(rows).items()}
        tables["own_labels"] = rows
        notes[0] += f"; those named own_… on {own}, as the file has it"
    return Report(values, tables, notes)


def _score(
    corpus: Corpus,
    gold: Sequence[Sequence[Span]],
    found: Sequence[Sequence[Span]],
    lengths: Sequence[int],
    scheme: Scheme,
) -> Table:
    """Token figures on a scheme; on the file's own the true tags are the file's, to the letter."""
    guesses = [tags_of(spans, size, scheme) for spans, size in zip(found, lengths, strict=True)]
    if scheme == corpus.scheme:
        return score_tokens([sentence.tags for sentence in corpus.sentences], guesses)
    truths = [tags_of(spans, size, scheme) for spans, size in zip(gold, lengths, strict=True)]
    return score_tokens(truths, guesses)


def _averages(rows: Table) -> Mapping[str, float]:
    micro, macro, weighted = (row["f1"] for row in rows[-3:])
    return {
        "accuracy": micro,
        "token_micro_f1": micro,
        "token_macro_f1": macro,
        "token_weighted_f1": weighted,
    }


def _unseen(gold: Sequence[Sequence[Span]], known: Sequence[str]) -> list[str]:
    types = {tag.partition("-")[2] for tag in known} | set(known)
    counts = Counter(kind for spans in gold for *_, kind in spans)
    unseen = sorted(kind for kind in counts if kind not in types)
    many = sum(counts[kind] for kind in unseen)
    told = f"labels that were not in training: {listed(unseen)}"
    return [f"{told} ({many} entities; all count as missed)"] if unseen else []
