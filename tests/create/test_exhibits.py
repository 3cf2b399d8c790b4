"""Exhibits: an article's tables and code are shown where their section is spoken of."""

from __future__ import annotations

from reelwright.core.nouns import Pace, Script
from reelwright.create import scenes
from reelwright.create.article import parse_article
from reelwright.create.writer import write_script

INTRO = """# 一杯茶里有多少咖啡因

很多人晚上不敢喝茶，担心睡不着。其实不同的茶，咖啡因差得很远。
"""


def written(text: str, language: str = "zh", length: float = 60) -> Script:
    pace = Pace(units_per_second=4.5)
    return write_script(parse_article(text), language=language, length=length, pace=pace)  # type: ignore[arg-type]


def shown(script: Script) -> list[tuple[str, str]]:
    for line in script.lines:
        if line.scene:
            scenes.check(line.scene, line.params)
    return [(line.scene, line.say) for line in script.lines if line.scene]


def test_a_table_of_words_is_shown_where_its_section_is_told():
    text = INTRO + (
        "\n## 怎么选\n\n早上喝什么、晚上喝什么，可以照着选。\n\n"
        "| 茶 | 味道 | 适合 |\n|---|---|---|\n| 绿茶 | 清 | 上午 |\n| 红茶 | 厚 | 早餐后 |\n"
        "\n## 最后\n\n喝茶不要过量，睡前两小时最好别喝。\n"
    )
    script = written(text)
    found = shown(script)
    assert [scene for scene, _ in found] == ["table"]
    assert "照着选" in found[0][1]
    line = next(line for line in script.lines if line.scene)
    assert line.params["header"] == ["茶", "味道", "适合"]
    assert line.params["title"] == "怎么选"


def test_a_table_of_figures_becomes_a_chart():
    head = INTRO + "\n## 含量\n\n实验室量过每杯茶里的咖啡因，结果差了一倍。\n\n"
    table = "| {} | 每杯 |\n|---|---|\n| {} | {} |\n| {} | {} |\n| {} | {} |\n"
    things = table.format("茶", "绿茶", "30毫克", "红茶", "50毫克", "普洱", "35毫克")
    found = written(head + things)
    assert [scene for scene, _ in shown(found)] == ["bars"]
    years = table.format("年份", "2021年", "30毫克", "2022年", "50毫克", "2023年", "55毫克")
    assert [scene for scene, _ in shown(written(head + years))] == ["line"]
    shares = table.format("茶", "绿茶", "60%", "红茶", "30%", "其他", "10%")
    assert [scene for scene, _ in shown(written(head + shares))] == ["ring"]


def test_code_is_shown_where_it_is_spoken_of():
    text = (
        "# A video from one file\n\nMaking videos by hand takes hours, and most of it is waiting.\n"
        "\n## Start\n\nThe tool needs no account. Install it and run one command on your article.\n"
        "\n```bash\npip install reelwright\nreel make article.md\n```\n"
        "\n## After\n\nThe video is in the folder that you named, ready to be posted.\n"
    )
    script = written(text, "en")
    found = shown(script)
    assert [scene for scene, _ in found] == ["code"]
    assert "run one command" in found[0][1]
    line = next(line for line in script.lines if line.scene)
    assert line.params == {"code": "pip install reelwright\nreel make article.md",
                           "language": "bash"}  # fmt: skip


def test_what_is_too_large_to_read_is_not_shown():
    rows = "".join(f"| {n} | a | b |\n" for n in range(30))
    text = INTRO + f"\n## 表\n\n这张表很长，一眼看不完。\n\n| n | x | y |\n|---|---|---|\n{rows}"
    assert shown(written(text)) == []
