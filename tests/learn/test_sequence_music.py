"""Tunes and songs: ABC and MIDI read into tokens, and bad files told with their line or byte."""

from pathlib import Path
from random import Random

import pytest

from reelwright.core.errors import DataError
from reelwright.learn.kind import Run
from reelwright.learn.sequence.abc import read_tunes
from reelwright.learn.sequence.kind import Sequence, SequenceSettings, load
from reelwright.learn.sequence.midi import read_song, write_song
from reelwright.learn.sequence.sampling import Taste, odds
from reelwright.learn.sequence.score import Score, drum_tokens, read_tokens, tune_tokens
from reelwright.learn.sequence.texts import read_pieces

SCALE = "X:1\nT:A scale\nM:4/4\nL:1/8\nR:reel\nK:G\n"


def tune(tmp_path: Path, text: str) -> Score:
    path = tmp_path / "tune.abc"
    path.write_text(text)
    return next(iter(read_tunes(path)))


def sung(score: Score) -> list[tuple[int, int]]:
    """Steps and pitches."""
    return [(length, pitch) for _, length, pitch in score.notes]


def test_notes_lengths_and_the_keys_signs(tmp_path: Path) -> None:
    score = tune(tmp_path, SCALE + "GABc defg|a2 b4 z2 F,/2^F,/2 =f _b|\n")
    assert (score.tonic, score.mode, score.metre, score.condition) == (7, "major", (4, 4), "reel")
    eighths = [67, 69, 71, 72, 74, 76, 78, 79]
    assert sung(score)[:8] == [(2, pitch) for pitch in eighths]
    assert sung(score)[8:] == [(4, 81), (8, 83), (1, 54), (1, 54), (2, 77), (2, 82)]
    assert score.notes[10][0] == 32


@pytest.mark.parametrize(
    ("key", "tonic", "mode", "third"),
    [("Am", 9, "minor", 72), ("D dorian", 2, "dorian", 77), ("Eb", 3, "major", 67),
     ("F#m", 6, "minor", 69), ("A mix", 9, "mixolydian", 73)],
)  # fmt: skip
def test_keys_and_modes(key: str, tonic: int, mode: str, third: int, tmp_path: Path) -> None:
    letter = {"Am": "c", "D dorian": "f", "Eb": "G", "F#m": "A", "A mix": "c"}[key]
    score = tune(tmp_path, f"X:1\nL:1/4\nK:{key}\n{letter}\n")
    assert (score.tonic, score.mode, score.notes[0][2]) == (tonic, mode, third)


def test_ties_tuplets_broken_rhythm_and_what_is_passed_over(tmp_path: Path) -> None:
    body = '"Am7"~A2-A2 {gb}(3BcB !trill![CEG]2 | "D7/F#"a>b A<B | (cd) [K:D] c2 :|\n'
    score = tune(tmp_path, f"%%abc\nX:1\nM:C|\nL:1/8\nK:C % comment\n{body}w: la la\n")
    assert score.metre == (2, 2)
    lengths = [length for length, _ in sung(score)]
    assert lengths[0] == 8
    assert sum(lengths[1:4]) == 4
    assert sung(score)[4] == (4, 67)
    assert lengths[5:9] == [3, 1, 1, 3]
    assert score.notes[-1][2] == 73
    assert [(root, kind) for _, root, kind in score.chords] == [(9, "m7"), (2, "7")]


def test_accidentals_last_for_their_bar(tmp_path: Path) -> None:
    score = tune(tmp_path, "X:1\nL:1/4\nK:C\n^FF f F|F\n")
    assert [pitch for _, pitch in sung(score)] == [66, 66, 77, 66, 65]


def test_several_tunes_and_the_first_voice(tmp_path: Path) -> None:
    path = tmp_path / "all.abc"
    path.write_text("A book\n\n" + SCALE + "GABc\n\nX:2\nK:Am\nV:1\nA4\nV:2\nA,4\n\n")
    first, second = read_tunes(path)
    assert len(first.notes) == 4
    assert sung(second) == [(8, 69)]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("X:1\nK:C\nCDE H$ F\n", ":3, column 6", "no music"),
        ("X:1\nCDEF\n", ":2", "before the tune's key"),
        ("X:1\nM:5\nK:C\nC\n", ":2", "no metre"),
        ("X:1\nL:8\nK:C\nC\n", ":2", "no length"),
        ("X:1\nK:Q\nC\n", ":2", "no key"),
        ("X:1\nK:C\nC/0\n", ":3", "part of nothing"),
        ("X:1\nK:C\n(0CDE\n", ":3", "tuplet of no notes"),
        ("Just a letter.\n", "tune.abc", "no tune"),
    ],
)
def test_what_is_no_abc_is_told_with_its_line(
    text: str, where: str, what: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        tune(tmp_path, text)
    assert what in str(caught.value)
    assert where in str(caught.value.where)


def test_tokens_are_relative_to_the_key_and_can_be_played(tmp_path: Path) -> None:
    low = tune(tmp_path, 'X:1\nM:3/4\nL:1/4\nK:C\n"C"C E G|z "Am"A2|\n')
    high = tune(tmp_path, 'X:1\nM:3/4\nL:1/4\nK:D\n"D"D F A|z "Bm"B2|\n')
    assert tune_tokens(low) == tune_tokens(high)
    text = "@major 3/4 | c0 n0 d4 n4 d4 n7 d4 | r d4 c9m n9 d8"
    assert " ".join(tune_tokens(low)) == text
    again = read_tokens(text.split(), 60)
    assert again.notes == low.notes
    assert (again.metre, again.chords) == (low.metre, low.chords)


def test_a_song_is_written_and_read_again(tmp_path: Path) -> None:
    notes = ((0, 4, 69), (4, 2, 71), (6, 2, 72), (12, 4, 76), (16, 16, 69))
    drums = ((0, 0, 3), (4, 1, 2), (4, 2, 1), (8, 0, 3), (12, 1, 2))
    score = Score("", tonic=9, mode="minor", metre=(4, 4), notes=notes, drums=drums)
    path = tmp_path / "song.mid"
    write_song(path, score)
    found = read_song(path)
    assert (found.notes, found.drums) == (notes, drums)
    assert (found.tonic, found.mode, found.metre) == (9, "minor", (4, 4))
    pieces = [" ".join(piece.tokens) for piece in read_pieces([path], "music")]
    assert pieces[0].startswith("@minor 4/4 | n0 d4 n2 d2 n3 d2 r d4 n7 d4 | n0 d16")
    assert pieces[1].startswith("@drums 4/4 | x300 x000 x000 x000 x021")
    assert len(drum_tokens(found)) == 2 + 17


def test_chords_of_notes_running_status_and_a_key_that_is_not_told(tmp_path: Path) -> None:
    track = b"\x00\x90\x3c\x50\x00\x40\x50\x00\x43\x50"  # C, E and G at once, status said once
    track += b"\x60\x3c\x00\x00\x40\x00\x00\x43\x00\x00\xf0\x01\xf7\x00\xc0\x05"
    track += b"\x00\x90\x3e\x50\x60\x80\x3e\x40\x00\x90\x3c\x50\x81\x40\x80\x3c\x40\x00\xff\x2f\x00"
    path = tmp_path / "song.mid"
    path.write_bytes(b"MThd\0\0\0\6\0\0\0\1\0\x60MTrk" + len(track).to_bytes(4, "big") + track)
    found = read_song(path)
    assert found.notes == ((0, 4, 67), (4, 4, 62), (8, 8, 60))
    assert (found.tonic, found.mode) == (0, "major")


def test_what_is_no_midi_is_told_with_its_byte(tmp_path: Path) -> None:
    path = tmp_path / "song.mid"
    write_song(path, Score("", notes=((0, 4, 60), (4, 4, 62))))
    whole = path.read_bytes()

    def failing(data: bytes) -> str:
        path.write_bytes(data)
        with pytest.raises(DataError) as caught:
            read_song(path)
        return str(caught.value)

    assert "byte 0: is no MIDI" in failing(b"RIFF" + whole)
    assert "byte 14: is cut short" in failing(whole[:-3])
    assert "byte 14: is cut short: a track" in failing(whole[:14])
    assert "byte 12: counts its time in film" in failing(whole[:12] + b"\xe8\x28" + whole[14:])
    assert "byte 23: has the byte 5" in failing(whole[:22] + b"\0\5" + whole[24:])
    assert "cut short within an event" in failing(whole[:14] + b"MTrk\0\0\0\2\0\x90")
    assert "longer than MIDI allows" in failing(whole[:14] + b"MTrk\0\0\0\5" + b"\xff" * 5)
    assert "holds no notes" in failing(whole[:14] + b"MTrk\0\0\0\4\0\xff\x2f\0")


def test_a_folder_of_tunes_trains_a_composer(tmp_path: Path) -> None:
    folder = tmp_path / "tunes"
    folder.mkdir()
    rng = Random(5)
    for number in range(40):
        bars = "|".join(rng.choice(("GABc", "edcB")) for _ in range(5))
        (folder / f"{number:02}.abc").write_text(f"X:1\nM:2/4\nL:1/8\nR:march\nK:G\n{bars}|\n")
        beat = rng.choices(("x300", "x020"), k=4) * 2
        write_song(folder / f"{number:02}.mid", read_tokens(["@drums", "4/4", *beat, *beat]))
    settings = SequenceSettings(tokens="music", width=24, embed=12, batch=8, epochs=12, rate=2e-2)
    scores = Sequence.train([folder], settings, Run(tmp_path / "model", device="cpu"))
    # Of a bar's nine tokens one is a choice of two; nothing learnt is about 12.
    assert scores["perplexity"] < 2
    asked = {
        "condition": "march",
        "out": str(tmp_path / "new.mid"),
        "length": "60",
        "temperature": "0.5",
    }
    row = next(load(tmp_path / "model").predict(["@major 2/4"], asked))
    assert row["text"].startswith("@major 2/4 | n")
    assert len(read_song(Path(row["file"])).notes) >= 4


def test_odds_keep_to_what_is_asked() -> None:
    import numpy as np

    logits = np.log(np.array([0.5, 0.2, 0.2, 0.1]))
    assert odds(logits, Taste(top_k=2)).round(3).tolist() == [0.714, 0.286, 0.0, 0.0]
    assert odds(logits, Taste(top_p=0.6)).round(3).tolist() == [0.714, 0.286, 0.0, 0.0]
    assert odds(logits, Taste(top_p=0.5)).tolist() == [1, 0, 0, 0]
    assert odds(logits, Taste(temperature=0)).tolist() == [1, 0, 0, 0]
    assert odds(logits, Taste(temperature=0.5))[0] == pytest.approx(0.25 / 0.34)
    barred = np.where([True, False, True, True], logits, -np.inf)
    assert odds(barred, Taste(top_p=0.99))[1] == 0
