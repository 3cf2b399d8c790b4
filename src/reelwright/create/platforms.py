"""Safe areas: what a platform's own buttons and texts leave free of a vertical picture.

The table holds, for a 9:16 picture that fills the screen, the shares of its width and height to
keep free at the left, top, right and bottom. Only Meta gives plain numbers for its free edges; the
other platforms publish overlay pictures for advertisers or nothing, and change their apps without
notice. Each row says where its figures come from and how sure they are; all were read in November
2026.

``reels``
    Published, read second-hand. Meta asks advertisers on Reels to keep text and logos out of the
    top 14 %, the bottom 35 % and 6 % at each side (its Business Help pages, as repeated by media
    plans and agencies). An advertisement has a button that a plain reel has not: stricter than
    needed there.
``shorts``
    Estimated. Guides for creators give 480 px (25 %) at the bottom of 1080×1920; 288 px at the top,
    48 at the left and 192 at the right go round as those of Google's overlay for advertisers, whose
    own page could not be read.
``douyin``
    Estimated. TikTok, its sister with the same layout, offers overlay pictures (TikTok Business
    Help Center, "Auction In-Feed Ads", safe zone files); guides read from them 130 to 150 px at the
    top, 440 to 484 at the bottom, 140 to 150 at the right, 60 at the left. Chinese creators' own
    templates keep 150 to 240 at the top, 300 to 480 at the bottom and 100 to 180 at the right.
``kuaishou``, ``bilibili``
    Estimated: neither publishes figures that could be found. Both put their rail of buttons at the
    right and author, title and progress bar at the bottom as Douyin does. Bilibili's row keeps more
    free at the bottom, for the line in which viewers write their bullet comments.
"""

from __future__ import annotations

from reelwright.core.errors import SettingError, nearest
from reelwright.core.nouns import Format

SAFE: dict[str, tuple[float, float, float, float]] = {
    "douyin": (60 / 1080, 176 / 1920, 140 / 1080, 440 / 1920),
    "kuaishou": (60 / 1080, 176 / 1920, 140 / 1080, 440 / 1920),
    "bilibili": (60 / 1080, 176 / 1920, 140 / 1080, 480 / 1920),
    "shorts": (48 / 1080, 288 / 1920, 192 / 1080, 480 / 1920),
    "reels": (0.06, 0.14, 0.06, 0.35),
}
"""Shares of a 9:16 picture to keep free at the left, top, right and bottom."""

EDGE = 0.05
"""What every picture keeps free at each side: the graphics-safe area of EBU R 95."""
FOOT = 0.08
"""What a landscape picture keeps free at the bottom, where players show their progress bar."""


def safe_area(platform: str, format: Format) -> tuple[int, int, int, int]:
    """Pixels to keep free at the left, top, right and bottom of a picture.

    A picture less tall than 9:16 stands in the middle of the phone's screen: what the platform
    covers above and below reaches that much less far into it. A landscape picture is watched with
    the phone turned, free of the feed's buttons.

    Raises:
        SettingError: there is no such platform.
    """
    if platform not in SAFE:
        raise SettingError(
            f'there is no platform "{platform}"',
            where="setting platform",
            hint=nearest(platform, SAFE),
        )
    width, height = format.width, format.height
    if width > height:
        return round(EDGE * width), round(EDGE * height), round(EDGE * width), round(FOOT * height)
    left, top, right, bottom = SAFE[platform]
    screen = max(height, width * 16 / 9)
    bar = (screen - height) / 2
    return (
        round(max(left, EDGE) * width),
        round(max(top * screen - bar, EDGE * height)),
        round(max(right, EDGE) * width),
        round(max(bottom * screen - bar, EDGE * height)),
    )
