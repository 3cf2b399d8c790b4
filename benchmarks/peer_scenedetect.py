"""The peer: PySceneDetect's detectors, each as it comes.

Runs in a virtual environment of its own, which has PySceneDetect and not Reelwright:

    python peer_scenedetect.py video.mp4 …

Prints one JSON object: video → detector → the first frames of its scenes but the first.
"""

import json
import sys

from scenedetect import detect
from scenedetect.detectors import (
    AdaptiveDetector,
    ContentDetector,
    HashDetector,
    HistogramDetector,
    ThresholdDetector,
)

DETECTORS = {
    "content": ContentDetector,
    "adaptive": AdaptiveDetector,
    "threshold": ThresholdDetector,
    "hist": HistogramDetector,
    "hash": HashDetector,
}


def main() -> None:
    found = {}
    for video in sys.argv[1:]:
        found[video] = {
            name: [scene[0].frame_num for scene in detect(video, detector())[1:]]
            for name, detector in DETECTORS.items()
        }
    print(json.dumps(found))


if __name__ == "__main__":
    main()
