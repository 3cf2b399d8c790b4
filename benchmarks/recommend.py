"""What the feed must reach: how good its recommenders are, how fast its service is.

    python benchmarks/recommend.py --data FOLDER            all figures
    python benchmarks/recommend.py --only page,events       some of them
    python benchmarks/recommend.py --json                   for machines

FOLDER holds the standard sets, a folder each (tiktok-diffmm, ml-100k …); figures of the service
need none. The table is Markdown; the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

import os

# One thread, so that figures of machines with other numbers of cores can be held side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from figures import run

MODELS: dict[str, str] = {
    "tiktok": "recommend_models:tiktok",
    "kuairand-time": "recommend_models:kuairand_time",
    "kuairand-loo": "recommend_models:kuairand_last",
    "ml-100k": "recommend_models:movielens",
    "beauty": "recommend_models:beauty",
    "auto": "recommend_models:auto",
}
"""Figures that need the standard sets."""
SERVICE: dict[str, str] = {
    "page": "recommend_service:page",
    "http": "recommend_service:http",
    "reaction": "recommend_service:reaction",
    "kill": "recommend_service:kill",
    "new-videos": "recommend_service:new_videos",
    "first-video": "recommend_viewer:first_video",
    "events": "recommend_events:events",
    "events-import-memory": "recommend_events:importing",
    "events-read": "recommend_events:reading",
}
FIGURES = MODELS | SERVICE
"""Key → module:function, which takes the `Bench` and gives the figures of that key."""

if __name__ == "__main__":
    run(FIGURES, "Quality and speed of the feed.", place="recommend", without=SERVICE, repeat=1)
