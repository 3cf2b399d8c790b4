from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from reelwright.core.errors import FootageError, MediaError, ReelError, StoreError
from reelwright.store import atomic
from reelwright.store.artefacts import Store, hash_value
from reelwright.store.project import Project
from reelwright.store.steps import Step, Steps


def write(text: str):
    return lambda out: out.write_text(text)


def step(text: str = "a", **kwargs) -> Step:
    return Step("letter", 1, write(text), params={"text": text}, suffix=".txt", **kwargs)


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(Store(tmp_path / ".reel"), jobs=2)


def test_a_step_is_made_once(steps: Steps):
    first, second = steps.run(step()), steps.run(step())
    assert first == second
    assert first.read_text() == "a"
    assert (steps.made, steps.reused) == (1, 1)


def test_the_content_of_an_input_counts_and_not_its_name(steps: Steps, tmp_path: Path):
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("same")
    two.write_text("same")
    assert steps.key(step(inputs=(one,))) == steps.key(step(inputs=(two,)))
    two.write_text("other")
    assert steps.key(step(inputs=(one,))) != steps.key(step(inputs=(two,)))


def test_a_missing_input_names_the_step_and_the_file(steps: Steps, tmp_path: Path):
    with pytest.raises(FootageError, match=r"shot 3.*gone\.mp4.*cannot be read"):
        steps.run(step(inputs=(tmp_path / "gone.mp4",), what="shot 3"))


def test_what_is_put_off_is_made_by_the_first_step_that_reads_it(steps: Steps):
    made: list[str] = []

    def note(name: str):
        def make(out: Path) -> None:
            made.append(name)
            (out / "bed.wav").write_text(name)

        return make

    bed = steps.later(Step("bed", 1, note("bed")))
    assert not bed.exists()

    def mix(out: Path) -> None:
        out.write_text((bed / "bed.wav").read_text())

    readers = [Step("mix", 1, mix, {"n": n}, (bed / "bed.wav",), ".txt") for n in range(3)]
    paths = steps.run_all([*readers, step()], "mixing")
    assert [path.read_text() for path in paths] == ["bed", "bed", "bed", "a"]
    assert made == ["bed"]
    assert bed.name in steps.used
    steps.settle()
    assert steps.later(Step("bed", 1, note("again"))) == bed
    assert made == ["bed"]


def test_what_is_put_off_and_never_read_is_made_in_the_end(steps: Steps):
    path = steps.later(step())
    assert not path.exists()
    steps.settle()
    assert path.read_text() == "a"


def test_files_of_two_artefacts_are_told_apart_though_they_have_one_name(steps: Steps):
    def take(text: str) -> Path:
        make = lambda out: (out / "take.wav").write_text(text)  # noqa: E731
        return steps.run(Step("take", 1, make, {"text": text})) / "take.wav"

    one, two = take("a"), take("b")
    assert steps.key(step(inputs=(one,))) != steps.key(step(inputs=(two,)))


def test_order_of_keys_does_not_change_a_hash():
    assert hash_value({"a": 1, "b": (2, 3)}) == hash_value({"b": [2, 3], "a": 1})


def test_what_cannot_be_hashed_is_refused():
    with pytest.raises(TypeError, match="Path"):
        hash_value({"path": Path("x")})


def test_a_failed_step_leaves_nothing_and_names_itself(steps: Steps):
    def fail(out: Path) -> None:
        out.write_text("half")
        raise MediaError("no such codec", where="clip.mp4")

    with pytest.raises(MediaError) as caught:
        steps.run(Step("bad", 1, fail, suffix=".txt", what="shot 2"))
    assert caught.value.where == "shot 2, clip.mp4"
    assert [p for p in steps.store.folder.rglob("*") if p.is_file()] == []


def test_a_step_that_makes_nothing_is_an_error(steps: Steps):
    with pytest.raises(MediaError, match="was not made"):
        steps.run(Step("lazy", 1, lambda out: None, suffix=".txt"))


def test_a_folder_can_be_an_artefact(steps: Steps):
    path = steps.run(Step("pair", 1, lambda out: (out / "x").write_text("x")))
    assert (path / "x").read_text() == "x"


def test_run_all_keeps_order_and_runs_equal_steps_once(steps: Steps):
    paths = steps.run_all([step("a"), step("b"), step("a")], "letters")
    assert [p.read_text() for p in paths] == ["a", "b", "a"]
    assert (steps.made, steps.reused) == (2, 1)


def test_run_all_uses_its_jobs(steps: Steps):
    barrier = threading.Barrier(2, timeout=10)

    def meet(out: Path) -> None:
        barrier.wait()
        out.write_text("met")

    steps.run_all([Step("meet", 1, meet, {"n": n}, suffix=".txt") for n in (1, 2)], "meet")


def test_the_first_failure_stops_what_has_not_begun(tmp_path: Path):
    steps = Steps(Store(tmp_path / ".reel"), jobs=1)
    begun: list[int] = []

    def work(n: int):
        def make(out: Path) -> None:
            begun.append(n)
            if n == 1:
                raise ReelError("broken")
            out.write_text(str(n))

        return make

    with pytest.raises(ReelError, match="broken"):
        steps.run_all([Step("n", 1, work(n), {"n": n}, suffix=".txt") for n in range(6)], "n")
    assert begun == [0, 1]


def test_two_projects_share_work(tmp_path: Path):
    shared = tmp_path / "shared"
    one = Steps(Store(tmp_path / "one", shared))
    two = Steps(Store(tmp_path / "two", shared))
    one.run(step())
    path = two.run(step())
    assert (two.made, two.reused) == (0, 1)
    assert path.is_relative_to(tmp_path / "two")


def test_clean_drops_what_nothing_refers_to(tmp_path: Path):
    shared = tmp_path / "shared"
    steps = Steps(Store(tmp_path / "one", shared))
    kept, dropped = steps.run(step("a")), steps.run(step("b"))
    removed, freed = steps.store.clean({kept.name})
    assert (removed, freed) == (1, 1)
    assert kept.exists()
    assert not dropped.exists()
    assert [p.name for p in shared.glob("??/*")] == [kept.name]


def test_an_empty_artefact_left_by_a_crash_is_made_again(steps: Steps):
    path = steps.run(step())
    path.write_text("")
    assert steps.run(step()).read_text() == "a"


def test_hashes_are_remembered_until_a_file_changes(tmp_path: Path):
    file = tmp_path / "clip"
    file.write_text("one")
    store = Store(tmp_path / ".reel")
    before = store.hash_file(file)
    store.save_hashes()
    again = Store(tmp_path / ".reel")
    assert again.hash_file(file) == before
    file.write_text("three")
    assert again.hash_file(file) != before


def test_replacing_keeps_the_old_file_when_the_work_fails(tmp_path: Path):
    path = tmp_path / "script.yaml"
    path.write_text("mine")
    with pytest.raises(RuntimeError), atomic.replacing(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert path.read_text() == "mine"
    assert [p.name for p in tmp_path.iterdir()] == ["script.yaml"]


def test_a_file_in_the_way_of_a_folder_is_named(tmp_path: Path):
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(StoreError) as caught:
        atomic.write_text(tmp_path / "out" / "video.mp4", "x")
    assert "out" in (caught.value.where or "")


def test_a_full_disk_is_said_in_plain_words(steps: Steps):
    def fill(out: Path) -> None:
        out.symlink_to("/dev/full")
        out.write_text("x" * 100_000)

    with pytest.raises(StoreError, match="disk is full") as caught:
        steps.run(Step("big", 1, fill, suffix=".txt"))
    assert caught.value.hint
    assert steps.find(Step("big", 1, fill, suffix=".txt")) is None


HOLD = """
import sys, time
from pathlib import Path
from reelwright.store.project import Project
with Project(Path(sys.argv[1])).locked():
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_waits_and_a_killed_one_leaves_no_lock(tmp_path: Path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    said: list[str] = []

    class Listener:
        def start(self, stage: str, total: int) -> None: ...
        def advance(self, stage: str, units: float = 1, note: str = "") -> None: ...
        def finish(self, stage: str) -> None: ...
        def say(self, message: str) -> None:
            said.append(message)
            holder.kill()

    began = time.monotonic()
    with Project(tmp_path).locked(Listener()):
        assert said
    assert time.monotonic() - began < 30
    holder.wait()
    holder.stdout.close()


def test_unfinished_files_of_a_killed_run_are_removed(tmp_path: Path):
    project = Project(tmp_path)
    leftover = project.reel / "artefacts" / "ab" / ".tmp-123-x.mp4"
    leftover.parent.mkdir(parents=True)
    leftover.write_text("half")
    with project.locked():
        assert not leftover.exists()
