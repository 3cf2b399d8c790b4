"""What better pictures and sound must reach, each against a peer, a limit or itself before.

    python benchmarks/enhance.py --data DIR                all figures
    python benchmarks/enhance.py --only stabilise,memory   some of them
    python benchmarks/enhance.py --json                    for machines

DIR is the folder of shared test data; what needs none of it runs without. The table is Markdown;
the last line is the figure. See README.md beside this file.
"""

from __future__ import annotations

from figures import run

FIGURES: dict[str, str] = {
    "denoise-auto": "enhance_classical:denoise_auto",
    "stabilise": "enhance_classical:stabilise",
    "fps": "enhance_classical:between",
    "memory": "enhance_classical:memory",
    "sound": "enhance_classical:sound",
    "upscale": "enhance_networks:upscale",
    "upscale-speed": "enhance_networks:upscale_speed",
    "upscale-vmaf": "enhance_networks:upscale_vmaf",
    "denoise": "enhance_networks:denoise",
    "style": "enhance_seen:style",
    "style-speed": "enhance_seen:style_speed",
    "matting": "enhance_seen:matting",
    "matting-speed": "enhance_seen:matting_speed",
}
"""Key → module:function, which takes the `Bench` and gives the figures of that key."""
NEEDS_NO_DATA = ("memory", "sound")

if __name__ == "__main__":
    run(
        FIGURES,
        "Quality and speed of `reel enhance`.",
        place="enhance",
        language="en",
        without=NEEDS_NO_DATA,
    )
