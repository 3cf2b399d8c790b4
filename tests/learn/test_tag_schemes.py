"""Tag schemes: written and read back, told apart, and the pitfalls of IOB1."""

import pytest

from reelwright.learn.tagger.schemes import (
    detect_scheme,
    may_follow,
    spans_of,
    split_tag,
    tags_of,
)

SPANS = [(0, 2, "PER"), (2, 3, "PER"), (3, 4, "LOC"), (5, 8, "LOC")]


@pytest.mark.parametrize(
    ("scheme", "tags"),
    [
        ("IOB1", "I-PER I-PER B-PER I-LOC O I-LOC I-LOC I-LOC"),
        ("IOB2", "B-PER I-PER B-PER B-LOC O B-LOC I-LOC I-LOC"),
        ("IOBES", "B-PER E-PER S-PER S-LOC O B-LOC I-LOC E-LOC"),
    ],
)
def test_each_scheme_is_written_read_and_told(scheme: str, tags: str) -> None:
    assert tags_of(SPANS, 8, scheme) == tags.split()
    assert spans_of(tags.split(), scheme) == SPANS
    assert detect_scheme([tags.split()]) == scheme


def test_plain_tags_are_one_token_each() -> None:
    assert detect_scheme([["NN", "VB"]]) == "plain"
    assert spans_of(["NN", "O", "NN"], "plain") == [(0, 1, "NN"), (2, 3, "NN")]
    assert tags_of([(0, 1, "NN"), (2, 3, "NN")], 3, "plain") == ["NN", "O", "NN"]


def test_a_type_that_changes_begins_a_new_entity_in_iob1() -> None:
    assert spans_of(["I-PER", "I-ORG", "I-ORG"], "IOB1") == [(0, 1, "PER"), (1, 3, "ORG")]


def test_neighbours_of_one_type_are_parted_in_iob1_only_if_they_touch() -> None:
    assert tags_of([(0, 1, "PER"), (2, 3, "PER")], 3, "IOB1") == ["I-PER", "O", "I-PER"]
    assert tags_of([(0, 1, "PER"), (1, 2, "LOC")], 2, "IOB1") == ["I-PER", "I-LOC"]


def test_a_few_stray_tags_do_not_hide_the_scheme() -> None:
    usual = ["I-PER", "O", "I-LOC", "B-LOC"]
    assert detect_scheme([usual, usual, ["O", "B-PER"]]) == "IOB1"


def test_other_spellings_of_prefixes_are_read() -> None:
    assert spans_of(["B-X", "M-X", "E-X", "S-X"], "IOBES") == [(0, 3, "X"), (3, 4, "X")]
    assert spans_of(["B-X", "I-X", "L-X", "U-X"], "IOBES") == [(0, 3, "X"), (3, 4, "X")]
    assert split_tag("B-PER-NAM") == ("B", "PER-NAM")


@pytest.mark.parametrize("tag", ["B", "B-", "X-PER", "-PER", "PER"])
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(ValueError, match=tag):
        split_tag(tag)


def test_which_tag_may_follow_which() -> None:
    assert may_follow("", "B-X")
    assert may_follow("B-X", "E-X")
    assert may_follow("E-X", "S-Y")
    assert not may_follow("B-X", "E-Y")
    assert not may_follow("B-X", "O")
    assert not may_follow("O", "I-X")
    assert not may_follow("I-X", "")
