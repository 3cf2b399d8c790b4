"""The kind `sequence`: cells learn a grammar, obey a condition, are judged and exported."""

import json
import tracemalloc
from collections.abc import Sequence as Many
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
import torch

from reelwright.core.errors import DataError, InputError, ModelError
from reelwright.core.progress import Silent
from reelwright.learn.kind import Run
from reelwright.learn.kinds import load_kind, load_model
from reelwright.learn.sequence.coding import Coder
from reelwright.learn.sequence.kind import Sequence, SequenceSettings, load
from reelwright.learn.sequence.learning import Learning
from reelwright.learn.sequence.networks import Recurrent
from reelwright.learn.sequence.stepping import NumpyStepper, OnnxStepper
from reelwright.learn.sequence.tape import open_tape

CELLS = ("rnn", "gru", "lstm", "transformer")
BRIEF = {"width": 32, "embed": 16, "epochs": 8, "batch": 16, "span": 16, "rate": 1e-2}


def counting(path: Path, rows: int = 500) -> Path:
    """Texts that count up or down by ones, as their condition says."""
    rng = Random(3)
    lines = []
    for _ in range(rows):
        way = rng.choice((1, -1))
        start, length = rng.randrange(26), rng.randint(4, 9)
        text = "".join(chr(97 + (start + way * step) % 26) for step in range(length))
        lines.append(json.dumps({"text": text, "condition": "up" if way > 0 else "down"}))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return counting(tmp_path_factory.mktemp("counting") / "rows.jsonl")


@pytest.fixture(scope="module", params=CELLS)
def model(request: pytest.FixtureRequest, rows: Path) -> Sequence:
    folder = rows.parent / request.param
    Sequence.train([rows], SequenceSettings(cell=request.param, **BRIEF), run(folder))
    return load(folder)


@pytest.fixture(scope="module")
def lstm(rows: Path) -> Sequence:
    folder = rows.parent / "the-lstm"
    Sequence.train([rows], SequenceSettings(**BRIEF), run(folder))
    return load(folder)


def run(folder: Path, resume: bool = False) -> Run:
    return Run(folder, device="cpu", resume=resume)


def texts(model: Sequence, inputs: Many[str], **options: str) -> list[str]:
    return [row["text"] for row in model.predict(inputs, options)]


def follows(text: str) -> set[int]:
    return {(ord(b) - ord(a)) % 26 for a, b in zip(text, text[1:], strict=False)}


# What every cell learns


def test_every_cell_learns_the_grammar(model: Sequence) -> None:
    scores = json.loads((model.folder / "scores.json").read_text())
    # A letter is certain but for the first (of 26), the end (of six lengths) and, unless told, the
    # way; that leaves about 1.9 bits a token. Nothing learnt is 4.8.
    assert scores["bits_per_token"] < 2.3
    assert follows(texts(model, ["cde"], temperature="0", condition="up")[0]) == {1}
    assert follows(texts(model, ["fed"], temperature="0", condition="down")[0]) == {25}


def test_the_condition_is_obeyed(model: Sequence) -> None:
    up = texts(model, ["m"], condition="up", temperature="0.3", count="8")
    down = texts(model, ["m"], condition="down", temperature="0.3", count="8")
    assert sum(text[1:2] == "n" for text in up) >= 6
    assert sum(text[1:2] == "l" for text in down) >= 6


def test_judging_says_what_the_training_said(model: Sequence, rows: Path) -> None:
    report = model.evaluate([rows], Silent())
    assert report.values["perplexity"] == pytest.approx(
        2 ** float(report.values["bits_per_token"]), rel=1e-9
    )
    assert report.values["bits_per_character"] == report.values["bits_per_token"]
    assert {row["condition"] for row in report.tables["conditions"]} == {"up", "down"}
    fits, strange = model.perplexities(["abcdef", "adgbca"])
    assert fits < strange / 2


def test_onnx_numpy_and_torch_say_the_same(model: Sequence, tmp_path: Path) -> None:
    import torch

    from reelwright.learn.folder import read_weights
    from reelwright.learn.sequence.kind import build, shape_of
    from reelwright.learn.weights import load_into

    path = tmp_path / "model.onnx"
    assert model.export_onnx(path) < 1e-4
    weights, shape = read_weights(model.folder), shape_of(model.wanted)
    network = build(model.wanted, len(model.coder.vocabulary), 3)
    load_into(network, weights)
    # Longer than the window, so that a Transformer forgets in both.
    tokens = np.random.default_rng(0).integers(2, 20, (3, 24))
    conditions = np.array([0, 1, 2])
    steppers = NumpyStepper(weights, shape), OnnxStepper(path, shape)
    states = [each.begin(3) for each in steppers]
    found: list[list[np.ndarray]] = [[], []]
    for column in tokens.T:
        for n, stepper in enumerate(steppers):
            logits, states[n] = stepper.step(column, conditions, states[n])
            found[n].append(logits)
    ours, theirs = (np.stack(each, axis=1) for each in found)
    assert np.abs(ours - theirs).max() < 1e-4
    window = 16
    with torch.no_grad():
        given = torch.from_numpy(tokens[:, :window]), torch.from_numpy(conditions)
        true = network(*given)[0].numpy()
    assert np.abs(ours[:, :window] - true).max() < 1e-4


# Sampling


def test_one_choice_is_the_likeliest_and_seeds_decide(lstm: Sequence) -> None:
    greedy = texts(lstm, ["c", ""], temperature="0")
    assert texts(lstm, ["c", ""], top_k="1", temperature="2", seed="9") == greedy
    first = texts(lstm, [""], count="6", seed="1", temperature="1")
    assert first == texts(lstm, [""], count="6", seed="1", temperature="1")
    assert first != texts(lstm, [""], count="6", seed="2", temperature="1")
    assert len(set(first)) > 3
    assert len(texts(lstm, ["ab"], length="2", temperature="0")[0]) <= 4


def test_ranks_begin_with_what_surprises_least(lstm: Sequence) -> None:
    asked = ["azbyc", "bcdef", "fedcb"]
    found = list(lstm.predict(asked, {"rank": "yes"}))
    assert [row["input"] for row in found] == asked
    assert found[0]["rank"] == 3
    assert found[0]["perplexity"] > 2 * max(row["perplexity"] for row in found[1:])


def test_options_that_cannot_be_are_told(lstm: Sequence) -> None:
    with pytest.raises(InputError, match="temprature.*\n.*temperature"):
        list(lstm.predict(["a"], {"temprature": "1"}))
    with pytest.raises(InputError, match='cannot be "warm"'):
        list(lstm.predict(["a"], {"temperature": "warm"}))
    with pytest.raises(InputError, match='no condition "upp"'):
        list(lstm.predict(["a"], {"condition": "upp"}))
    with pytest.raises(InputError, match="only music"):
        list(lstm.predict(["a"], {"out": "a.mid"}))


# Running text, words, and going on


def test_rows_that_leaked_are_told_on_the_card(lstm: Sequence) -> None:
    assert "nearly the same as a training text" in (lstm.folder / "card.md").read_text("utf-8")


def test_leaks_are_told_of_rows_alone(tmp_path: Path) -> None:
    texts = ["how the moon pulls the sea", "five teas to try at home", "a bridge that sings"]
    texts.insert(1, "How the moon pulls the sea!")
    lines = "\n".join(json.dumps({"text": text}) for text in texts)
    (tmp_path / "rows.jsonl").write_text(lines)
    with open_tape([tmp_path / "rows.jsonl"], "characters", 0) as tape:
        one, again, two, three = tape.spans
        (told,) = tape.tell_leaks([one, two], [again, three])
        assert "1 of 2 held-out texts" in told
        assert replace(tape, unit="music").tell_leaks([one], [again]) == []
        running = [replace(one, running=True)]
        assert tape.tell_leaks(running, running) == []


def test_a_text_that_does_not_fit_in_memory_is_read_from_the_disk(tmp_path: Path) -> None:
    text = tmp_path / "long.txt"
    with text.open("w", encoding="utf-8") as file:
        for number in range(12_000):
            file.write(f"{number} 茶香 the cat sat on the mat and sang of the sea and the moon\n")
    size = len(text.read_text("utf-8"))
    tracemalloc.start()
    with open_tape([text], "characters", 0, tmp_path) as tape:
        train, held_out = tape.split(0.1)
        coder = Coder(tape.count(train, 1, 1000), ())
        learnt, judged = tape.encode([train, held_out], coder)
        task = Learning(Recurrent("lstm", 80, 1, 4, 4, 1, 0), learnt, judged, 8, 32, 0)
        first = next(iter(task.batches(0)))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(learnt[0].tokens) + len(judged[0].tokens) == size + 2
        assert tape.characters(tape.spans) == size
        assert first.wanted[:, :-1].equal(first.given[:, 1:])
        said = "".join(coder.vocabulary.decode(first.given[0].tolist()))
        assert said in text.read_text("utf-8")
    assert most < 4 * size, "tokens as texts would take twice that"
    assert [path.name for path in tmp_path.iterdir()] == ["long.txt"]


def test_windows_of_running_text_go_on_in_the_next_file(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.txt").write_text((name * 30 + "\n") * 4)
    with open_tape([tmp_path], "characters", 0) as tape:
        coder = Coder(tape.count(tape.spans, 1, 9), ())
        (learnt,) = tape.encode([tape.spans], coder)
        task = Learning(Recurrent("gru", 9, 1, 2, 2, 1, 0), learnt, learnt, 1, 50, 0)
        seen = torch.cat([batch.given[0] for batch in task.batches(1)]).tolist()
        whole = np.concatenate([piece.tokens for piece in learnt]).tolist()
    at = next(at for at in range(50) if whole[at : at + len(seen)] == seen)
    assert at + len(seen) > len(learnt[0].tokens)


def test_running_text_is_judged_by_its_end(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("the cat sat on the mat and\nthe dog sat on the log and\n" * 60)
    settings = SequenceSettings(width=32, embed=8, span=32, batch=8, epochs=12, rate=2e-2)
    scores = Sequence.train([text], settings, run(tmp_path / "model"))
    assert scores["bits_per_character"] < 0.6
    model = load(tmp_path / "model")
    assert "of each text held out" in (model.folder / "card.md").read_text()
    longer = texts(model, ["the cat "], temperature="0", length="30")[0]
    assert set(longer.split()[:-1]) <= {"the", "cat", "dog", "sat", "on", "mat", "log", "and"}
    told = float(model.evaluate([text], Silent()).values["bits_per_character"])
    assert told < 0.6
    assert model.export_onnx(model.folder / "model.onnx") < 1e-4
    exported = load(model.folder)
    assert isinstance(exported.stepper, OnnxStepper)
    again = exported.evaluate([text], Silent()).values["bits_per_character"]
    assert again == pytest.approx(told, abs=1e-5)


def test_words_join_to_the_text_again(tmp_path: Path) -> None:
    rows = tmp_path / "titles.csv"
    lines = [f"How to {verb} {thing}!" for verb in ("make", "fix", "buy", "sell", "see")
             for thing in ("tea", "a lamp", "the moon", "my bike", "old maps", "it")]  # fmt: skip
    rows.write_text("text\n" + "\n".join(lines) + "\n")
    settings = SequenceSettings(
        tokens="words", cell="gru", width=24, embed=12, span=12, batch=4, epochs=15, rate=2e-2
    )
    Sequence.train([rows], settings, run(tmp_path / "model"))
    model = load(tmp_path / "model")
    found = texts(model, ["How"], count="8", temperature="0.5")
    assert all(text.startswith("How to ") for text in found)
    report = model.evaluate([rows], Silent()).values
    assert report["characters"] == sum(len(line) + 1 for line in lines)


class Stopped(Exception):
    pass


@pytest.mark.parametrize("running", [True, False])
def test_a_killed_training_goes_on_to_the_same_weights(running: bool, tmp_path: Path) -> None:
    class Killer(Silent):
        def advance(self, stage: str, units: float = 1, note: str = "") -> None:
            self.done = getattr(self, "done", 0.0) + units
            if self.done > 9:
                raise Stopped

    if running:
        data = tmp_path / "text.txt"
        data.write_text("one two three four five six seven eight nine ten\n" * 40)
    else:
        data = counting(tmp_path / "rows.jsonl", 120)
    settings = SequenceSettings(width=16, embed=8, span=32, batch=8, epochs=3, dropout=0.1, ema=0.9)
    Sequence.train([data], settings, run(tmp_path / "whole"))
    with pytest.raises(Stopped):
        Sequence.train([data], settings, Run(tmp_path / "cut", Killer(), device="cpu"))
    Sequence.train([data], settings, run(tmp_path / "cut", resume=True))
    whole, cut = ((tmp_path / n / "weights.safetensors").read_bytes() for n in ("whole", "cut"))
    assert whole == cut


# What cannot be used


def test_data_that_cannot_be_learnt_are_told(tmp_path: Path) -> None:
    def failing(name: str, text: str, **settings: str) -> str:
        path = tmp_path / name
        path.write_text(text)
        with pytest.raises(DataError) as caught:
            Sequence.train([path], SequenceSettings(**settings), run(tmp_path / "m"))
        return str(caught.value)

    assert 'rows.csv:2: there is no column "text"' in failing("rows.csv", "title\nA tea\n")
    assert "b.jsonl:2" in failing("b.jsonl", '{"text": "a"}\n{"text": "  "}\n')
    assert "too little" in failing("c.jsonl", '{"text": "a"}\n')
    assert "U+0007" in failing("d.txt", "ab\ncd\x07\n")
    assert "is empty" in failing("e.txt", "")
    assert "tokens=music" in failing("f.abc", "X:1\nK:C\nCDEF\n")
    assert '"condition" is no text' in failing("g.jsonl", '{"text": "ab", "condition": 3}\n')
    (tmp_path / "both").mkdir()
    (tmp_path / "both" / "a.txt").write_text("ab" * 99)
    (tmp_path / "both" / "b.jsonl").write_text('{"text": "abc"}\n')
    with pytest.raises(DataError, match="cannot be learnt together"):
        Sequence.train([tmp_path / "both"], SequenceSettings(), run(tmp_path / "m"))
    assert not (tmp_path / "m" / "config.json").exists()


def test_a_damaged_model_is_told(lstm: Sequence, tmp_path: Path) -> None:
    for name in ("config.json", "weights.safetensors"):
        (tmp_path / name).write_bytes((lstm.folder / name).read_bytes())
    assert load_model(tmp_path, "sequence").name == "sequence"
    assert load_kind("sequence") is Sequence
    facts = json.loads((tmp_path / "config.json").read_text())
    facts["facts"]["vocabulary"].pop()
    (tmp_path / "config.json").write_text(json.dumps(facts))
    with pytest.raises(ModelError, match="do not go with"):
        load(tmp_path).perplexities(["a"])
    del facts["facts"]["vocabulary"]
    (tmp_path / "config.json").write_text(json.dumps(facts))
    with pytest.raises(ModelError, match="no vocabulary"):
        load(tmp_path).perplexities(["a"])


def test_a_setting_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="even multiple"):
        SequenceSettings(cell="transformer", width=30, heads=4)
