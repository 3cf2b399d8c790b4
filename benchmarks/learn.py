"""What trained models must reach: quality on the standard splits, speed, and the trainer's cost.

    python benchmarks/learn.py --data FOLDER            all figures
    python benchmarks/learn.py --only overhead          some of them
    python benchmarks/learn.py --json                   for machines

FOLDER holds the standard sets, a folder each (conll2003, weibo_ner, chnsenticorp …); figures that
need none of them run without it. The table is Markdown; the last line is the figure. See README.md
beside this file.
"""

from __future__ import annotations

import os

# One thread, so that figures of machines with other numbers of cores can be held side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from figures import run

FIGURES: dict[str, str] = {
    "overhead": "learn_trainer:overhead",
    "images-distance": "learn_images:fidelity",
    "images-gan": "learn_images:gan",
    "images-vae": "learn_images:vae",
    "tagger-tuned": "learn_tagger:tuned",
    "tagger-scratch": "learn_tagger:scratch",
    "tagger-weibo": "learn_tagger:weibo",
    "tagger-cluener": "learn_tagger:cluener",
    "classifier-sentiment": "learn_classifier:sentiment",
    "classifier-neural": "learn_classifier:sentiment_neural",
    "classifier-encoder": "learn_classifier:encoder",
    "classifier-emotions": "learn_classifier:emotions",
    "classifier-topics": "learn_classifier:topics",
    "classifier-speed": "learn_classifier:speed",
    "sequence": "learn_sequence:sequence",
    "sequence-composer": "learn_sequence:composer",
    "sequence-titles": "learn_sequence:titles",
    "frames": "learn_frames:prediction",
    "frames-living": "learn_frames:living",
}
"""Key → module:function, which takes the `Bench` and gives the figures of that key."""
NEEDS_NO_DATA = (
    "overhead",
    "images-distance",
    "images-gan",
    "images-vae",
    "sequence",
    "sequence-composer",
    "frames-living",
)

if __name__ == "__main__":
    run(
        FIGURES,
        "Quality and speed of trained models.",
        place="learn",
        without=NEEDS_NO_DATA,
        repeat=3,
    )
