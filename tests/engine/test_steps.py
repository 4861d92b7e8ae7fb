"""A run that ends, or whose disk does, at each step of a trial's life, one by one."""

import asyncio
import re
from pathlib import Path

import pytest

from hpsearch import faults
from hpsearch.errors import HpsearchError
from hpsearch.faults import Fault
from tests.chaos.disks import refusal
from tests.chaos.ground import Ground
from tests.engine.lives import Crash, Crashing, life, outcome, sentence

ELSEWHERE = ("engine", "shell", "trainer", "write study", "write command", "write model",
             "write export")  # fmt: skip
"""Places of processes that are not made here; `tests/chaos/` has them."""
STEPS = [name for name in faults.PLACES if not name.startswith((*ELSEWHERE, "write"))]
ADD = (("add", {"count": 1}),)


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The study that is left alone."""
    ending, folder = asyncio.run(life(tmp_path_factory.mktemp("alone") / "small", ADD))
    assert ending.state == "finished"
    assert len(outcome(folder)[0]) == 5
    return outcome(folder)


@pytest.mark.parametrize("place", STEPS)
def test_a_run_that_crashes_at_a_step_resumes_exactly(tmp_path, alone, place):
    crashes = 0
    for at in (1, 3, 1):  # in its first trial, later, and right after it went on
        with faults.plan(Crashing("crash", place, at)):
            try:
                asyncio.run(life(tmp_path / "small", () if crashes else ADD))
            except Crash:
                crashes += 1
    assert crashes or place.startswith("arrays")
    ending, folder = asyncio.run(life(tmp_path / "small"))
    assert ending.state == "finished"
    assert outcome(folder) == alone


@pytest.mark.parametrize(("act", "first"), [("ENOSPC", 1), ("EIO", 2)])
def test_a_disk_that_ends_at_any_write_is_said_and_the_next_run_goes_on(
    tmp_path, alone, act, first
):
    for number in range(first, 1000, 2):  # both at every write: tests/chaos
        path = tmp_path / str(number)
        fault = Fault(act, "write", number)
        with faults.plan(fault):
            why = failed(path)
        if fault.seen < number:
            break
        assert not why or sentence(why), (number, why)
        ending, folder = asyncio.run(life(path, () if number > 1 else ADD))
        assert ending.state == "finished"
        assert outcome(folder) == alone, number
    assert 20 < number < 200


def test_the_disk_of_a_real_engine_ends_twice_and_the_same_command_finishes(tmp_path):
    ground = Ground(tmp_path, trials=3, epochs=3, workers=1)
    for fault in ("ENOSPC write 4", "EIO write 6"):  # at every other: tests/chaos
        assert refusal(ground.run(faults=fault)) == []
    done = ground.run()
    assert done.returncode == 0, done.stderr
    assert ground.violations() == []


def failed(path) -> str:
    """Why a run could not go on; empty where it came to its end."""
    try:
        ending, _ = asyncio.run(life(path, ADD))
    except HpsearchError as error:
        return str(error)
    return ending.why if ending.state == "failed" else ""


def test_every_place_is_one_that_some_process_comes_to_and_none_goes_by_another_name():
    source = Path(faults.__file__).parent
    every = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    assert set(re.findall(r'faults\.at\("([^"]*)"\)', every)) == set(faults.PLACES)


def test_a_plan_is_read_from_the_environment_and_what_makes_no_sense_is_refused():
    crash, slow = faults.planned("crash trial told 3 /tmp/fuse; slow trainer epoch 0.02")
    assert (crash.place, crash.count, str(crash.fuse)) == ("trial told", 3, "/tmp/fuse")
    assert (slow.act, slow.place, slow.count) == ("slow", "trainer epoch", 0.02)
    assert faults.planned("ENOSPC write 2")[0].place == "write"
    for text in ("crash nowhere 1", "burn trial told 1", "crash trial told x"):
        with pytest.raises(ValueError, match=r"fault|could not"):
            faults.planned(text)


def test_a_fuse_burns_once_and_only_then_a_process_crashes(tmp_path):
    fuse = tmp_path / "fuse"
    fuse.touch()
    for crashes in (True, False):
        fault = Crashing("crash", "trial told", 1, fuse)
        with faults.plan(fault):
            if crashes:
                with pytest.raises(Crash):
                    faults.at("trial told")
            faults.at("trial told")


def test_what_is_slow_is_so_for_as_long_as_its_fuse_is_there(tmp_path, monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr(faults.time, "sleep", slept.append)
    fuse = tmp_path / "a fuse"
    fuse.touch()
    with faults.plan(*faults.planned(f"slow trainer epoch 0.02 {fuse}")):
        faults.at("trainer epoch")
        fuse.unlink()
        faults.at("trainer epoch")
    assert slept == [0.02]
