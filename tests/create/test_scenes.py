"""Scenes: nothing overflows or overlaps, frames are always the same, parameters are checked."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reelwright.core.errors import FontError, FootageError, ScriptError, SettingError
from reelwright.core.nouns import SIZES, Format, Line, Role
from reelwright.core.timeline import Scene
from reelwright.create import scenes
from reelwright.create.scenes.base import SceneParams, Stage, content_box
from reelwright.create.scenes.enumerating import find_items
from reelwright.create.scenes.figures import find_figure
from reelwright.create.scenes.meaning import essence, find_quote, find_sides
from reelwright.create.themes import load_theme, theme_names
from reelwright.media.drawing import measure

TEXTS = {
    ("zh", 2): "喝茶",
    ("zh", 20): "隔夜茶到底能不能喝？关键看有没有密封冷藏",
    ("zh", 60): "很多人以为茶放过一夜就会致癌，其实实验里的亚硝酸盐含量远低于国家标准，"
    "真正要担心的是没有密封、温度太高时长出来的细菌和霉菌。",
    ("en", 2): "Go",
    ("en", 20): "Never drink cold tea",
    ("en", 60): "Most of the nitrite people fear in tea comes from vegetables.",
    ("mix", 20): "用 ChatGPT 写 Python 只要 5 分钟",
    ("mix", 60): "https://example.com/a-very-long-address-without-any-space 里有答案",
}  # fmt: skip


@pytest.fixture(scope="module")
def still(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("still") / "leaf.png"
    ramp = np.linspace(0, 255, 400, dtype=np.uint8)
    pixels = np.stack([np.tile(ramp, (300, 1)), np.full((300, 400), 90, np.uint8),
                       np.tile(ramp[:300, None], (1, 400))], -1)  # fmt: skip
    Image.fromarray(pixels).save(path)
    return path


def params_of(name: str, text: str, still: Path) -> dict[str, object]:
    values = (1234567.5, 40.0, 900000.0, 0.0)
    items = [{"label": text, "value": value} for value in values]
    extra: dict[str, dict[str, object]] = {
        "number": {"value": 1234567.5, "decimals": 1, "grouped": True, "unit": "毫克"}
        | {"prefix": "$"},
        "list": {"items": [text, text, text, text], "title": text},
        "steps": {"steps": [text, text, text], "title": text},
        "compare": {"first": text, "second": text, "title": text},
        "quote": {"author": text[:20]},
        "call": {"channel": text[:20]},
        "picture": {"picture": str(still)},
        "card": {"picture": str(still)},
        "dates": {"events": [{"when": text[:9], "what": text}] * 4, "title": text},
        "definition": {"term": text[:24]},
        "question": {"answer": text},
        "keywords": {"words": [text[n : n + 8].strip() or text for n in (0, 3, 5, 9)]},
        "bars": {"items": items, "unit": "毫克", "title": text},
        "line": {"items": items, "unit": "毫克", "title": text},
        "ring": {"items": items[: len(text) % 4 + 1], "unit": "%", "title": text},
        "table": {"header": [text] * 4, "rows": [[text] * 4] * 4, "title": text, "best": 2},
        "code": {"code": "\n".join([text] * 5), "title": text[:80], "mark": [2]},
    }  # fmt: skip
    return {"text": text, "strong": [text[2:6]] if len(text) > 6 else [], **extra.get(name, {})}


LETTERS = list({load_theme(name).type: name for name in reversed(theme_names())}.values())
"""A theme of each kind of letters: where text stands depends on nothing else of a theme."""


@pytest.mark.parametrize("name", scenes.names())
@pytest.mark.parametrize("shape", SIZES)
def test_no_text_overflows_or_overlaps(name, shape, still):
    width, height = SIZES[shape]
    format = Format(width=width // 2, height=height // 2)
    inside = content_box(format)
    slack = 0.006 * min(width, height)
    texts = itertools.product(LETTERS, TEXTS.values())
    for number, (theme, text) in enumerate(texts):
        params = params_of(name, text, still)
        # Seeds pick among a scene's layouts; nine and eight have nothing in common.
        scene = Scene(name=name, theme=theme, params=params, seed=7 * (number % 9))
        boxes = scenes.compose(scene, format).boxes
        assert boxes or not text, f"{name} {theme} {text} shows nothing"
        for shown, box in boxes:
            place = f"{name} {shape} {theme}: {shown!r} of {text!r} at {box}"
            assert box.left >= inside.left - slack, place
            assert box.right <= inside.right + slack, place
            assert box.top >= inside.top - slack, place
            assert box.bottom <= inside.bottom + slack, place
            assert box.bottom - box.top >= 4, f"too small to read: {place}"
        for (one, a), (two, b) in itertools.combinations(boxes, 2):
            across = min(a.right, b.right) - max(a.left, b.left)
            down = min(a.bottom, b.bottom) - max(a.top, b.top)
            assert min(across, down) <= 2, f"{name} {shape} {theme}: {one!r} over {two!r}"


@pytest.mark.parametrize("name", ["hook", "statement", "quote", "number", "list"])
def test_seeds_vary_the_layout(name, still):
    params = params_of(name, "茶要密封冷藏", still)
    format = Format(width=540, height=960)
    shown = {
        str(scenes.compose(Scene(name=name, theme="night", params=params, seed=seed), format).boxes)
        for seed in range(0, 42, 7)
    }
    assert len(shown) > 1


def test_a_change_shows_what_it_came_from():
    params = {"text": "销量涨了", "value": 45, "start": 30, "unit": "%"}
    scene = Scene(name="number", theme="night", params=params)
    shown = [text for text, _ in scenes.compose(scene, Format(width=540, height=960)).boxes]
    assert {"30%", "45", "%"} <= set(shown)


def test_latin_quotation_marks_leave_no_holes():
    scene = Scene(name="statement", theme="night", params={"text": "Don’t say “never” again"})
    shown = " ".join(text for text, _ in scenes.compose(scene, SMALL).boxes)
    kind = Stage(SMALL, load_theme("night"), 0, SceneParams()).type("a", title=True)
    assert measure("’", kind) < 0.6 or "Don't" in shown


@pytest.mark.parametrize("name", ["hook", "statement", "quote", "call"])
def test_a_short_title_is_large(name):
    scene = Scene(name=name, theme="night", params={"text": "为什么隔夜茶不能喝"})
    boxes = scenes.compose(scene, Format(width=1080, height=1920)).boxes
    assert max(box.bottom - box.top for _, box in boxes) > 70


def frames_of(scene: Scene, format: Format, frames: int, first: int, last: int) -> list[str]:
    return [
        hashlib.sha256(memoryview(buffer)).hexdigest()
        for buffer in scenes.paint(scene, format, frames, first, last, Path())
    ]


SMALL = Format(width=270, height=480)


@pytest.mark.parametrize(
    ("name", "theme"),
    [*((name, "ink") for name in scenes.names()), *(("number", name) for name in theme_names())],
)
def test_frames_do_not_depend_on_where_painting_starts(name, theme, still):
    scene = Scene(name=name, theme=theme, params=params_of(name, "三杯 tea 茶", still), seed=3)
    whole = frames_of(scene, SMALL, 40, 0, 40)
    assert whole[25:] == frames_of(scene, SMALL, 40, 25, 40)
    assert whole[4:7] == frames_of(scene, SMALL, 40, 4, 7)
    assert len(set(whole[:12])) > 6, "it comes in"


def test_frames_are_opaque_and_of_the_right_shape():
    scene = Scene(name="hook", theme="ink", params={"text": "好茶"})
    for buffer in scenes.paint(scene, SMALL, 4, 0, 6, Path()):
        assert buffer.shape == (480, 270, 4)
        assert buffer.dtype == np.uint8
        assert buffer.flags.c_contiguous
        assert buffer[..., 3].min() == 255


def test_a_tail_after_the_last_frame_shows_the_settled_scene():
    scene = Scene(name="hook", theme="night", params={"text": "好茶好茶"})
    shown = [b.copy() for b in scenes.paint(scene, SMALL, 20, 18, 30, Path())]
    assert np.abs(shown[0].astype(int) - shown[-1]).mean() < 4


def test_another_process_draws_the_same_bytes():
    code = (
        "import hashlib, sys; from pathlib import Path\n"
        "from reelwright.core.nouns import Format\n"
        "from reelwright.core.timeline import Scene\n"
        "from reelwright.create import scenes\n"
        "p = {'text': '茶要密封', 'strong': ['密封']}\n"
        "s = Scene(name='statement', theme='ink', params=p)\n"
        "for b in scenes.paint(s, Format(width=270, height=480), 30, 8, 12, Path()):\n"
        "    print(hashlib.sha256(memoryview(b)).hexdigest())\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    scene = Scene(name="statement", theme="ink", params={"text": "茶要密封", "strong": ["密封"]})
    assert answer.stdout.decode().split() == frames_of(scene, SMALL, 30, 8, 12)


def test_the_painter_says_its_version():
    assert len(scenes.PAINTER_VERSION) == 16


def test_wrong_parameters_name_the_key():
    with pytest.raises(ScriptError, match=r"params\.vaule") as caught:
        scenes.check("number", {"vaule": 3})
    assert caught.value.hint
    with pytest.raises(ScriptError, match="value"):
        scenes.check("number", {"text": "3"})
    with pytest.raises(ScriptError, match="first"):
        scenes.check("compare", {"text": "a", "second": "b"})


def test_unknown_scene_and_theme_name_the_nearest():
    with pytest.raises(ScriptError, match="hook"):
        scenes.compose(Scene(name="hok", theme="night"), SMALL)
    with pytest.raises(SettingError, match="night"):
        scenes.compose(Scene(name="hook", theme="nihgt", params={"text": "a"}), SMALL)


def test_characters_without_a_font_are_an_error_before_drawing():
    scene = Scene(name="hook", theme="night", params={"text": "茶\U0010fff0"})
    with pytest.raises(FontError, match="reel doctor"):
        scenes.compose(scene, SMALL)


def test_a_missing_or_damaged_picture_is_named(tmp_path):
    (tmp_path / "bad.png").write_bytes(b"\x89PNG\r\n not really")
    for name in ("none.png", "bad.png"):
        scene = Scene(name="picture", theme="night", params={"picture": name})
        with pytest.raises(FootageError, match=name):
            scenes.compose(scene, SMALL, tmp_path)


LINES = [
    ("zh", Role.HOOK, "为什么隔夜茶不能喝？", "hook"),
    ("zh", Role.CALL, "关注我，明天见。", "call"),
    ("zh", Role.POINT, "研究显示，37.5%的人会把茶放过夜。", "number"),
    ("zh", Role.POINT, "好茶要做到三点：密封、冷藏、当天喝完。", "list"),
    ("zh", Role.POINT, "首先把茶叶滤出来，然后装瓶，最后放进冰箱。", "steps"),
    ("zh", Role.POINT, "老茶师说：“茶不怕隔夜，怕的是不干净的杯子。”", "quote"),
    ("zh", Role.POINT, "茶变色不是变质，而是茶多酚氧化了。", "compare"),
    ("zh", Role.POINT, "茶叶里的香气会慢慢散掉。", "statement"),
    ("en", Role.HOOK, "Why is cold tea bitter?", "hook"),
    ("en", Role.POINT, "Surveys say 37.5% of people keep tea overnight.", "number"),
    ("en", Role.POINT, "It needs three things: a jar, a cold shelf, and time.", "list"),
    ("en", Role.POINT, "First, strain the leaves, then chill it, finally drink it.", "steps"),
    ("en", Role.POINT, 'As Lu Xun said, "Good tea is a quiet happiness."', "quote"),
    ("en", Role.POINT, "Dark tea is not spoiled, but oxidised.", "compare"),
    ("en", Role.POINT, "The smell of tea slowly fades.", "statement"),
]


@pytest.mark.parametrize(("language", "role", "say", "scene"), LINES)
def test_the_meaning_of_a_line_picks_its_scene(language, role, say, scene):
    fits = scenes.suit(Line(say=say, role=role), index=3, total=9, language=language)
    assert fits[0].scene == scene
    assert fits == sorted(fits, key=lambda fit: (-fit.score, fit.scene))
    for fit in fits:
        scenes.check(fit.scene, fit.params)


def test_the_channel_reaches_the_call():
    line = Line(say="关注我", role=Role.CALL)
    fit = scenes.suit(line, index=8, total=9, language="zh", channel="茶知道")[0]
    assert fit.params["channel"] == "茶知道"


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("只有0.5毫克", 0.5, "毫克"),
        ("涨了3倍", 3, "倍"),
        ("花了$1,250 in a day", 1250, ""),
        ("常温放24小时，只有0.5毫克", 0.5, "毫克"),
        ("每100毫升绿茶里有0.02毫克", 0.02, "毫克"),
        ("about 40 percent of it", 40, "percent"),
    ],
)
def test_figures_are_found(text, value, unit):
    figure = find_figure(text)
    assert figure is not None
    assert (figure.value, figure.unit) == (value, unit)


@pytest.mark.parametrize(
    "text", ["在2024年5月", "第3天", "iPhone 15 很好", "比分是3:2", "没有数字"]
)
def test_dates_ordinals_and_names_are_no_figures(text):
    assert find_figure(text) is None


def test_lists_quotes_and_sides_are_read():
    assert find_items("一是密封，二是冷藏")[1] == ["密封", "冷藏"]
    assert find_items("茶、咖啡都好")[1] == []
    assert find_items("记住：能不能喝，看保存，不看隔夜")[1] == []
    assert find_items("要三样：能密封，能冷藏，能早喝")[1] == ["能密封", "能冷藏", "能早喝"]
    assert find_quote("他把“茶”念错了") is None
    sides = find_sides("关键不是时间，而是温度")
    assert sides is not None
    assert (sides.first, sides.second, sides.denied) == ("时间", "温度", True)


def test_the_essence_of_a_long_line_is_one_of_its_clauses():
    line = "如果你每天都要喝很多很多的茶，那么最关键的其实是温度，"
    short = essence(line + "因为温度太高会烫伤食道，时间久了就很危险。", "zh")
    assert len(short) <= 30
    assert "关键" in short
    assert essence("茶要密封", "zh") == "茶要密封"


@settings(max_examples=40, deadline=None)
@given(
    st.text('茶喝好的是不而，。：“”、第一二首先 abcT.,37%$-天"', min_size=1, max_size=90),
    st.sampled_from(list(Role)),
    st.sampled_from(["zh", "en"]),
)
def test_any_line_can_be_drawn(say, role, language):
    fits = scenes.suit(Line(say=say, role=role), index=2, total=5, language=language)
    assert fits
    for fit in fits:
        scene = Scene(name=fit.scene, theme="night", params=fit.params)
        scenes.compose(scene, Format(width=108, height=192))


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme_names())
def test_every_text_colour_has_contrast(name):
    palette = load_theme(name).palette
    for colour in (palette.text, palette.muted, palette.accent, palette.second):
        assert contrast(colour, palette.ground) >= 4.5
    assert contrast(palette.on_accent, palette.accent) >= 4.5
    captions = load_theme(name).captions
    assert contrast(captions.fill, captions.outline) >= 4.5
    assert contrast(captions.highlight, captions.outline) >= 4.5


@pytest.mark.parametrize("name", theme_names())
def test_the_drawn_background_keeps_that_contrast(name):
    scene = Scene(name="hook", theme=name, params={"text": "茶"})
    frame = next(iter(scenes.paint(scene, SMALL, 30, 0, 1, Path())))
    palette = load_theme(name).palette
    box = content_box(SMALL)
    part = frame[int(box.top) : int(box.bottom), int(box.left) : int(box.right), 2::-1]
    pixels = part.reshape(-1, 3)
    for colour in (palette.text, palette.muted, palette.accent):
        worst = min(
            contrast(colour, "#" + "".join(f"{int(v):02x}" for v in pixel))
            for pixel in (np.percentile(pixels, 1, axis=0), np.percentile(pixels, 99, axis=0))
        )
        assert worst >= 4.5, (colour, worst)


def test_content_stays_below_a_mark_that_stands_low():
    assert content_box(SMALL, 0.0, 0.23).top == round(0.23 * SMALL.height)
    params = {"text": "隔夜茶到底能不能喝？三个实验告诉你答案。" * 2, "ceiling": 0.23}
    for name in ("hook", "statement"):
        for seed in range(0, 42, 7):
            scene = Scene(name=name, theme="night", params=params, seed=seed)
            boxes = scenes.compose(scene, SMALL).boxes
            assert min(box.top for _, box in boxes) >= 0.225 * SMALL.height
