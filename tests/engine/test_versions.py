"""What a joined cluster has: a sentence for what differs, a refusal for what cannot work."""

import subprocess
import sys

import pytest

pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")

import hpsearch
from hpsearch.engine import versions
from hpsearch.engine.placed import installed
from hpsearch.errors import RunError
from tests.conftest import wait_for
from tests.walks.test_slurm import free_port

HERE = {"python": "3.11.7.final.0", "dask": "2026.8.0", "distributed": "2026.8.0", "numpy": "2.4.6"}


class Client:
    """Of a cluster of so many workers, each with the versions that are given, or an error."""

    def __init__(self, scheduler, *workers):
        self.scheduler, self.workers = scheduler, {f"tcp://w{n}": w for n, w in enumerate(workers)}

    def get_versions(self):
        told = {name: {"packages": {**HERE, **one}} for name, one in self.workers.items()}
        return {
            "client": {"packages": HERE},
            "scheduler": {"packages": {**HERE, **self.scheduler}},
            "workers": told,
        }

    def run(self, call, raw, on_error):
        plain = {**installed(), "numpy": HERE["numpy"], "python": "3.11.7"}
        return {
            name: one.get("raised", {**plain, **one}) if isinstance(one, dict) else one
            for name, one in self.workers.items()
        }


def ours():
    return {**installed(), "numpy": HERE["numpy"]}


@pytest.fixture(autouse=True)
def here(monkeypatch):
    monkeypatch.setattr(versions, "installed", ours)
    monkeypatch.setattr(versions.platform, "python_version", lambda: "3.11.7")


def compared(scheduler, *workers):
    return versions.compared(Client(scheduler, *workers), "tcp://s:8786")  # type: ignore[arg-type]


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
        ([{"hpsearch": "9"}] * 5, "; and 2 more such. Install the same there as here: pip install"),
    ],
)
def test_what_cannot_work_is_refused_with_package_and_place(workers, said):
    with pytest.raises(RunError, match=said):
        compared({}, *workers)


WITHOUT = "import sys; sys.modules['hpsearch'] = None; from dask.__main__ import main; main()"


def test_a_worker_without_hpsearch_is_named_and_not_harmed(place):
    place.write(trials=1)
    at = f"tcp://127.0.0.1:{free_port()}"
    every = ["--no-dashboard"]
    commands = [
        ["scheduler", "--host", at.rpartition(":")[0], "--port", at.rpartition(":")[2], *every],
        ["worker", at, "--no-nanny", "--nthreads", "1", "--name", "bare", *every],
    ]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WITHOUT, *words],
            cwd=place.path,
            stderr=subprocess.PIPE,
            text=True,
        )
        for words in commands
    ]
    try:
        words = ("run", "small.toml", "--scheduler", at, "--listen", "127.0.0.1")
        done = wait_for(lambda: (found := place.command(*words)).returncode and _met(found))
        assert "hpsearch cannot be used on worker tcp://127.0.0.1:" in done.stderr
        assert f"pip install 'hpsearch[dask]=={hpsearch.__version__}'" in done.stderr
        assert started[1].poll() is None
    finally:
        for process in reversed(started):
            process.terminate()
            process.communicate(timeout=60)


def _met(done):
    """The answer, once the cluster stands."""
    early = ("No dask scheduler answers", "has no workers yet")
    return None if any(one in done.stderr for one in early) else done
