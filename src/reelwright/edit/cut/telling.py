"""Why a stretch was picked, in words."""

from __future__ import annotations

from reelwright.edit.cut.scoring import Curve

NAMES: dict[str, dict[str, str]] = {
    "zh": {
        "total": "精彩程度",
        "speech": "说话",
        "loudness": "音量",
        "applause": "掌声",
        "laughter": "笑声",
        "motion": "动作",
        "faces": "人脸",
        "text": "画面文字",
        "rhythm": "镜头节奏",
    },
    "en": {
        "total": "score",
        "speech": "speech",
        "loudness": "loudness",
        "applause": "applause",
        "laughter": "laughter",
        "motion": "motion",
        "faces": "faces",
        "text": "text",
        "rhythm": "quick cuts",
    },
}
"""The parts of a score as people call them."""
TITLES: dict[str, dict[str, str]] = {
    "zh": {
        "speech": "说话密集",
        "loudness": "声音热烈",
        "applause": "掌声响起",
        "laughter": "笑声阵阵",
        "motion": "动作激烈",
        "faces": "人物特写",
        "text": "画面有字",
        "rhythm": "镜头明快",
    },
    "en": {
        "speech": "Plenty of talk",
        "loudness": "Loud and lively",
        "applause": "Applause",
        "laughter": "Laughter",
        "motion": "Plenty of movement",
        "faces": "Faces up close",
        "text": "Text on screen",
        "rhythm": "Quick cuts",
    },
}
"""What a stretch is called in which a part is strong."""
_MORE = 0.012
"""What a part must add over its usual share to be named."""


def why_picked(curve: Curve, start: float, end: float, language: str) -> str:
    """What sets a stretch apart from the rest of its recording, in one sentence."""
    zh = language == "zh"
    names = NAMES["zh" if zh else "en"]
    here, everywhere = curve.part_means(start, end), curve.part_means(0, curve.seconds)
    gains = sorted(
        (
            (part.weight * (here[part.name] - everywhere[part.name]), part.name)
            for part in curve.parts
        ),
        reverse=True,
    )
    strong = [names[name] for gain, name in gains if gain > _MORE][:3]
    level = curve.mean(start, end)
    usual = max(curve.mean(0, curve.seconds), 1e-6)
    more = round(100 * (level / usual - 1))
    if zh:
        told = f"评分 {level:.2f}，" + (f"高出全片平均 {more}%" if more > 0 else "与全片相当")
        return told + (f"；突出的是{'、'.join(strong)}" if strong else "")
    told = f"scores {level:.2f}, " + (f"{more}% over the average" if more > 0 else "about average")
    return told + (f"; strong in {', '.join(strong)}" if strong else "")


def clock(seconds: float) -> str:
    """An instant as people write it: ``4:05``, ``1:02:33``."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{minutes}:{whole % 60:02d}"
