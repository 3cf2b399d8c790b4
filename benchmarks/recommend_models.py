"""How good the feed's recommenders are on the standard sets, `auto` against each of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from figures import Bench, Figure
from recommend_sets import SETS

from reelwright.audience.evaluation import Judged, judge
from reelwright.audience.recommend.auto import Auto, AutoSettings
from reelwright.audience.recommend.recommender import allowed
from reelwright.audience.recommend.saving import recommender_of

PEERS = ("popularity", "transitions", "als", "bpr", "ease", "sequential")
"""Against whom `auto` is held on short videos."""
KS = (10, 20)


def tiktok(bench: Bench) -> list[Figure]:
    """Recall@20 on the validation set of the TikTok set."""
    ours = _judged("tiktok", "auto", bench)
    title = "TikTok validation, Recall@20"
    told = f"NDCG@20 {ours.scores['ndcg@20']:.4f}, {_cost(ours)}"
    return [Figure("tiktok", title, ours.scores["recall@20"], 0.105, "", told, least=True)]


def kuairand_time(bench: Bench) -> list[Figure]:
    """The last fifth of a log of short videos in time."""
    return [_against("kuairand-time", "KuaiRand, split in time", 1.1, bench)]


def kuairand_last(bench: Bench) -> list[Figure]:
    """Each viewer's last like of the same log."""
    return [_against("kuairand-loo", "KuaiRand, leave-last-out", 1.0, bench)]


def movielens(bench: Bench) -> list[Figure]:
    """Each viewer's last rating of MovieLens-100K."""
    return [_plain("ml-100k", "MovieLens-100K, leave-last-out, NDCG@10", 0.115, bench)]


def beauty(bench: Bench) -> list[Figure]:
    """Each buyer's last of Amazon Beauty."""
    return [_plain("beauty", "Amazon Beauty, leave-last-out, NDCG@10", 0.063, bench)]


def auto(bench: Bench) -> list[Figure]:
    """`auto` by the best of the single models, on the set where it is worst."""
    shares: dict[str, float] = {}
    best: dict[str, str] = {}
    for key in SETS:
        singles = {name: _reached(key, name, bench) for name in _allowed(key, bench)}
        best[key] = max(singles, key=lambda name: singles[name])
        shares[key] = _reached(key, "auto", bench) / singles[best[key]]
    worst = min(shares, key=lambda key: shares[key])
    title = "auto by the best single model, the worst of all sets"
    told = ", ".join(f"{key} {share:.3f}" for key, share in shares.items())
    return [Figure("auto", title, shares[worst], 0.97, "×", told, best[worst], least=True)]


def _against(key: str, title: str, bar: float, bench: Bench) -> Figure:
    theirs = {name: _reached(key, name, bench) for name in PEERS if name in _allowed(key, bench)}
    best = max(theirs, key=lambda name: theirs[name])
    ours = _judged(key, "auto", bench)
    value = ours.scores["ndcg@10"] / theirs[best]
    told = f"{ours.scores['ndcg@10']:.4f}, {_cost(ours)}"
    others = ", ".join(f"{name} {score:.4f}" for name, score in theirs.items())
    return Figure(key, f"{title}, NDCG@10", value, bar, "×", told, others, least=True)


def _plain(key: str, title: str, bar: float, bench: Bench) -> Figure:
    ours = _judged(key, "auto", bench)
    return Figure(key, title, ours.scores["ndcg@10"], bar, "", _cost(ours), least=True)


def _cost(judged: Judged) -> str:
    return f"learnt in {judged.fit_seconds:.0f} processor seconds"


def _reached(key: str, name: str, bench: Bench) -> float:
    assert bench.shared is not None
    return _judged(key, name, bench).scores[SETS[key](bench.shared).metric]


def _judged(key: str, name: str, bench: Bench) -> Judged:
    assert bench.shared is not None
    return _once(bench.shared, key, name)


def _allowed(key: str, bench: Bench) -> list[str]:
    assert bench.shared is not None
    standard = SETS[key](bench.shared)
    return allowed(standard.split.train, standard.features)


@cache
def _once(folder: Path, key: str, name: str) -> Judged:
    """A set's model is fitted once, however many figures look at it."""
    standard = SETS[key](folder)
    if name == "auto":
        recommender = Auto(AutoSettings.model_validate({"like": standard.like}))
    else:
        recommender = recommender_of(name)()
    return judge(recommender, standard.split, standard.features or None, KS)
