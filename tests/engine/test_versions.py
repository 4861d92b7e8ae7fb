"""What a joined cluster has: a sentence for what differs, a refusal for what cannot work."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")

from distributed.comm.core import CommClosedError

import hpsearch
from hpsearch.engine import fleet, versions
from hpsearch.engine.calling import Address
from hpsearch.engine.cluster import Cluster
from hpsearch.engine.placed import Placed
from hpsearch.engine.reach import Reach
from hpsearch.engine.shell import Shell
from hpsearch.errors import RunError
from tests.conftest import PATIENCE, wait_for

HERE = {"dask": "2026.8.0", "distributed": "2026.8.0", "numpy": "2.4.6", "python": "3.11.7"}
OURS = {**HERE, "hpsearch": hpsearch.__version__}


class Client:
    """Of a cluster of so many workers, each with the versions that are given, or not at home."""

    def __init__(self, scheduler, *workers):
        self.scheduler = self
        self.there = scheduler
        self.workers: dict[str, Any] = {f"tcp://w{n}": w for n, w in enumerate(workers)}

    status = "lost"

    def sync(self, call, *arguments, callback_timeout=None):
        return asyncio.run(call(*arguments))

    def close(self, timeout):
        pass

    async def ncores(self, workers=None):
        return {name: 1 for name, told in self.workers.items() if told != "left"}

    async def versions(self, packages):
        return {"packages": {**HERE, **self.there}}

    async def broadcast(self, msg, workers, on_error):
        told = self.workers[workers[0]]
        if told == "silent":
            await asyncio.Event().wait()
        if told == "gone":
            self.workers[workers[0]] = "left"
        if told == "coming":
            self.workers[workers[0]] = {"hpsearch": "0.0.9"}
        if isinstance(told, str):
            return {}
        return {workers[0]: {"packages": {**HERE, **told, "python": "3.11.7.final.0"}}}

    async def run(self, call, raw, workers, on_error):
        told = self.workers[workers[0]]
        return {workers[0]: told.get("raised", {**OURS, **told})}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(versions, "_ours", lambda: OURS)


def compared(scheduler, *workers):
    return versions.compared(Client(scheduler, *workers), "tcp://s:8786", 0.05)  # type: ignore[arg-type]  # what is asked of a client


def test_where_all_is_the_same_nothing_is_said():
    assert compared({}, {}, {}) == ()


def test_what_can_be_lived_with_is_told_by_package_and_place():
    patch = {"distributed": "2026.8.1"}
    assert compared(patch, {"numpy": "2.4.5"}, {"numpy": "2.3.0", "python": "3.12.1"}) == (
        "WARNING: distributed is 2026.8.1 on scheduler tcp://s:8786, and 2026.8.0 here.",
        "WARNING: python is 3.12.1 on worker tcp://w1, and 3.11.7 here.",
        "WARNING: numpy is 2.4.5 on worker tcp://w0 and 1 more, and 2.4.6 here. Values may differ"
        " in their last digits.",
    )


@pytest.mark.parametrize(
    ("workers", "said"),
    [
        ([{"dask": "2025.8.0"}], "dask is 2025.8.0 on worker tcp://w0 and 2026.8.0 here"),
        ([{}, {"hpsearch": "0.0.9"}], r"hpsearch is 0\.0\.9 on worker tcp://w1 and .* here"),
        (
            [{"raised": ModuleNotFoundError("No module named 'hpsearch'")}],
            r"hpsearch cannot be used on worker tcp://w0 \(No module named 'hpsearch'\)",
        ),
        (
            [{"raised": PermissionError(13, "Permission denied")}],
            r"hpsearch cannot be used on worker tcp://w0 \(.*Permission denied\)",
        ),
        ([{"hpsearch": "9"}] * 5, "; and 2 more such. Install the same there as here: pip install"),
    ],
)
def test_what_cannot_work_is_refused_with_package_and_place(workers, said):
    with pytest.raises(RunError, match=said):
        compared({}, *workers)


def test_a_worker_that_says_nothing_is_told_and_holds_up_nobody():
    assert compared({}, {}, "silent", "silent") == (
        "WARNING: worker tcp://w1 and 1 more do not answer within 0 s; whether they fit is not"
        " known.",
    )


def test_a_worker_that_leaves_while_it_is_asked_is_no_matter():
    assert compared({}, {}, "gone") == ()


def test_a_worker_that_is_there_and_gives_no_answer_is_asked_again(monkeypatch):
    monkeypatch.setattr(versions, "_AGAIN", 0.0)
    client: Any = Client({}, {}, "coming")
    with pytest.raises(RunError, match=r"hpsearch is 0\.0\.9 on worker tcp://w1 and "):
        versions.compared(client, "tcp://s:8786", PATIENCE)


@pytest.mark.parametrize("broken", [CommClosedError(), OSError("Timed out trying to connect")])
def test_a_worker_whose_line_breaks_each_time_is_one_that_does_not_answer(broken):
    assert "worker tcp://w1 does not answer" in compared({}, {}, {"raised": broken})[0]


@pytest.fixture
def joined(monkeypatch):
    """A cluster that was joined while all fitted; one worker does no more."""
    cluster = Cluster(Reach("tcp://s:8786"), 1, Path())
    monkeypatch.setattr("distributed.Client", lambda *_, **__: now[0])
    monkeypatch.setattr("hpsearch.engine.cluster.hold_scheduler", lambda *_: None)
    now = [Client({}, {})]
    assert cluster.threads() == 1
    now[0] = Client({}, {}, {"hpsearch": "0.0.9"})
    return cluster


def test_a_worker_that_came_later_ends_no_run_when_its_scheduler_is_lost(joined, caplog):
    assert joined.threads() == 2
    assert "hpsearch is 0.0.9 on worker tcp://w1" in caplog.text


def test_a_scheduler_that_is_lost_ends_the_run_with_its_sentence(joined, monkeypatch, tmp_path):
    def refuse(*_):
        raise RunError("The dask cluster at tcp://s:8786 does not fit.")

    monkeypatch.setattr("hpsearch.engine.cluster.hold_scheduler", refuse)
    monkeypatch.setattr(fleet, "PAUSE", 0.0)
    lost = fleet.Fleet(1, 1, 0, None, tmp_path / "scratch", joined)
    lost.start(Address("127.0.0.1", 1, b""))
    wait_for(lambda: lost.hopeless)
    assert lost.hopeless == "The dask cluster at tcp://s:8786 does not fit."
    lost.end()


def test_a_shell_does_not_run_on_another_release(monkeypatch):
    placed = Placed(Shell(Address("127.0.0.1", 1, b""), 0, 0, None, False))
    monkeypatch.setattr(hpsearch, "__version__", "0.0.9")
    with pytest.raises(ImportError, match=r"it has 0\.0\.9, and the engine "):
        placed()


WITHOUT = "import sys; sys.modules['hpsearch'] = None; from dask.__main__ import main; main()"


def test_a_worker_without_hpsearch_is_named_and_not_harmed(place):
    place.write(trials=1)
    started = []

    def dask(*words):
        command = [sys.executable, "-c", WITHOUT, *words, "--no-dashboard"]
        started.append(subprocess.Popen(command, cwd=place.path, stderr=subprocess.PIPE, text=True))
        return started[-1]

    try:
        scheduler = dask("scheduler", "--host", "tcp://127.0.0.1", "--port", "0")
        at = _line(scheduler, "Scheduler at:").split()[-1]
        worker = dask("worker", at, "--no-nanny", "--nthreads", "1", "--name", "bare")
        _line(worker, "Registered to")
        done = place.command("run", "small.toml", "--scheduler", at, "--listen", "127.0.0.1")
        assert done.returncode
        # by the question; or by the first shell, where a slow machine gave no answer in time
        named = r"cannot be used on worker tcp://127\.0\.0\.1:|a dask worker cannot run hpsearch"
        said = " ".join((done.stdout + done.stderr).split())
        assert re.search(named, said)
        assert f"pip install 'hpsearch[dask]=={hpsearch.__version__}'" in said
        assert worker.poll() is None
    finally:
        for process in reversed(started):
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _line(process, words):
    """The first that says so."""
    seen = []
    for line in process.stderr:
        seen.append(line)
        if words in line:
            return line
    raise AssertionError("".join(seen))
