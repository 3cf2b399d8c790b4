"""The CRF against all ways to tag a row, counted one by one."""

from itertools import product

import numpy as np
import torch

from reelwright.learn.tagger.crf import Crf
from reelwright.learn.tagger.decoding import Chain
from reelwright.learn.tagger.viterbi import best_tags, marginals

TAGS = ["O", "B-X", "I-X", "E-X", "S-X"]


def _crf(seed: int, free: bool) -> tuple[Crf, Chain]:
    rng = np.random.default_rng(seed)
    tags = ["a", "b", "c"] if free else TAGS
    scores = rng.normal(size=(len(tags) + 1, len(tags) + 1)).astype(np.float32)
    chain = Chain.of(tags, scores)
    crf = Crf(torch.from_numpy(chain.allowed), torch.from_numpy(chain.last))
    with torch.no_grad():
        crf.scores.copy_(torch.from_numpy(scores))
    return crf, chain


def _ways(emissions: np.ndarray, chain: Chain) -> dict[tuple[int, ...], float]:
    """The score of every row of tags, in plain words."""
    length, tags = emissions.shape
    ways: dict[tuple[int, ...], float] = {}
    for way in product(range(tags), repeat=length):
        score = sum(float(emissions[at, tag]) for at, tag in enumerate(way))
        score += sum(float(chain.transitions[a, b]) for a, b in zip(way, way[1:], strict=False))
        ways[way] = score + float(chain.ending[way[-1]])
    return ways


def _log_total(ways: dict[tuple[int, ...], float]) -> float:
    values = np.array(list(ways.values()))
    return float(np.log(np.exp(values - values.max()).sum()) + values.max())


def test_likelihood_best_row_and_marginals_are_those_of_all_ways() -> None:
    for seed, free in ((0, False), (1, True), (2, False)):
        crf, chain = _crf(seed, free)
        rng = np.random.default_rng(seed)
        tags = chain.transitions.shape[0]
        emissions = rng.normal(scale=2, size=(3, 4, tags)).astype(np.float32)
        lengths = np.array([4, 1, 3])
        rows = [_ways(emissions[row, :length], chain) for row, length in enumerate(lengths)]
        totals = crf.log_total(torch.from_numpy(emissions), torch.from_numpy(lengths))
        expected = [_log_total(ways) for ways in rows]
        assert np.allclose(totals.detach().numpy(), expected, atol=1e-4)
        best = best_tags(emissions, lengths, chain.transitions, chain.ending)
        for row, ways in enumerate(rows):
            found = tuple(int(tag) for tag in best[row, : lengths[row]])
            assert found == max(ways, key=lambda way: ways[way])
        likely = marginals(emissions[0], chain.transitions, chain.ending)
        total = expected[0]
        for at, tag in product(range(4), range(tags)):
            mass = sum(np.exp(s - total) for way, s in rows[0].items() if way[at] == tag)
            assert abs(likely[at, tag] - mass) < 1e-4


def test_loss_is_the_mean_surprise_of_a_token() -> None:
    crf, chain = _crf(3, free=True)
    emissions = torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(0))
    tags = torch.tensor([[0, 1, 2], [3, 0, 0]])
    lengths = torch.tensor([3, 1])
    surprise = 0.0
    for row, way in enumerate([(0, 1, 2), (3,)]):
        ways = _ways(emissions[row, : len(way)].numpy(), chain)
        surprise += _log_total(ways) - ways[way]
    loss = crf.loss(emissions, tags, lengths)
    assert abs(loss.item() - surprise / 4) < 1e-5


def test_forbidden_tags_never_come_out_and_get_no_gradient() -> None:
    crf, chain = _crf(4, free=False)
    rng = np.random.default_rng(0)
    emissions = rng.normal(scale=5, size=(20, 12, 6)).astype(np.float32)
    lengths = rng.integers(2, 13, 20)
    best = best_tags(emissions, lengths, chain.transitions, chain.ending)
    for row, length in zip(best, lengths, strict=True):
        way = row[:length]
        assert all(chain.allowed[a, b] for a, b in zip(way, way[1:], strict=False))
        assert chain.last[way[-1]]
    loss = crf.loss(torch.from_numpy(emissions), torch.from_numpy(best), torch.from_numpy(lengths))
    loss.backward()
    assert crf.scores.grad is not None
    assert torch.isfinite(crf.scores.grad).all()
    assert (crf.scores.grad[~torch.from_numpy(chain.allowed)] == 0).all()
