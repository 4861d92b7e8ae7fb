"""A search from a script: no guard around it, without standard streams, and interrupted."""

import importlib
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import hpsearch
from hpsearch.engine.launch import Refused
from hpsearch.engine.order import Held
from hpsearch.store.folder import RunFolder
from hpsearch.system import Lock
from tests.conftest import PATIENCE, wait_for

SCRIPT = """
import os, sys
with open("imported", "a") as file:
    file.write("once\\n")
import hpsearch
wanted = {{"trials": {trials}, "workers": 1, "set": {{"epochs": {epochs}}}}}
found = hpsearch.search({study!r}, **wanted, progress={progress})
with open("found", "w") as file:
    file.write(f"{{found.state}} {{found.best.number}}")
"""


@pytest.fixture
def script(place, monkeypatch):
    """Writes the script of a search; gives the command that runs it."""
    monkeypatch.chdir(place.path)
    monkeypatch.setenv("HPSEARCH_RUNS", str(place.path / "runs"))

    def write(trials: int, epochs: int, progress: bool | None = None) -> list[str]:
        wanted = {"trials": trials, "epochs": epochs, "progress": progress}
        text = SCRIPT.format(study=str(place.write()), **wanted)
        (place.path / "script.py").write_text(text)
        return [sys.executable, "script.py"]

    return write


def test_a_script_needs_no_guard_and_no_standard_streams(place, script):
    def close():
        for stream in (0, 1, 2):
            os.close(stream)

    command = script(trials=2, epochs=3)
    assert subprocess.run(command, preexec_fn=close, timeout=PATIENCE).returncode == 0
    best = hpsearch.result("small").best
    assert (place.path / "found").read_text() == f"finished {best.number}"
    assert (place.path / "imported").read_text() == "once\n"


def test_ctrl_c_stops_so_that_either_side_can_go_on(place, script):
    command = script(trials=3, epochs=300, progress=True)
    slow = {**os.environ, "HPSEARCH_FAULTS": "slow trainer epoch 0.1"}  # or it may be over first
    process = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        env=slow,
        # A shell's background jobs, such as these tests may be, are deaf to Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    wait_for(lambda: process.poll() is not None or place.running())
    assert process.stderr.readline()  # it watches its search
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert "KeyboardInterrupt: small is stopped. The same search goes on from here" in said
    assert "hpsearch.result('runs/small') has what there is" in said
    assert process.returncode == -signal.SIGINT
    assert not (place.path / "found").exists()
    stopped = hpsearch.result("small")
    assert stopped.state == "stopped"
    assert not place.folder.alive
    waiting = [row["number"] for row in stopped.leaderboard if row["state"] == "waiting"]
    assert waiting
    done = place.command("run", "small.toml", "--trials", "3", "--set", "epochs=300")
    assert done.returncode == 0
    found = hpsearch.result("small.toml")
    assert [row["number"] for row in found.leaderboard if row["state"] == "waiting"] == []
    assert found.folder == place.folder.path
    assert not (found.folder / "asked.toml").exists()


@pytest.mark.parametrize("refusal", [Refused("It is in use.", 1), Held(Path("mine"))], ids=type)
def test_where_another_search_was_a_moment_sooner_its_rows_stay(here, rows, monkeypatch, refusal):
    search = importlib.import_module("hpsearch.searching.search")  # not the function of that name
    folder = RunFolder(here / "runs" / "mine")
    lock = Lock(folder.lock)

    def sooner(order, say, folder):
        lock.acquire()
        raise refusal

    monkeypatch.setattr(search, "launch", sooner)
    monkeypatch.setattr(search, "_attached", lambda folder, shown: folder)
    assert hpsearch.search(data=rows, name="mine") == folder
    lock.release()
    assert {"asked.toml", "rows.npz"} <= {file.name for file in folder.path.iterdir()}
