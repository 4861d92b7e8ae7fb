"""Real runs of small studies, by the real command, in a folder of their own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import hypothesis
import pexpect
import pytest

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.chaos.processes import engine_of

# A busy machine is no mistake. The ordinary run tries the same fifty examples every day, so that it
# fails for what was changed alone; new ones, and more: pytest --hypothesis-profile thorough
BUSY: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": [hypothesis.HealthCheck.too_slow],
}
hypothesis.settings.register_profile("steady", max_examples=50, derandomize=True, **BUSY)
hypothesis.settings.register_profile("thorough", max_examples=1000, derandomize=False, **BUSY)
hypothesis.settings.load_profile("steady")

PATIENCE = 120.0
"""Seconds after which what is waited for does not come: no machine is that slow."""

LEFT_OUT = ("CI", "TERM", "SSH_CONNECTION", "SLURM_JOB_ID", "SLURM_CPUS_PER_TASK")
"""What would make the program show something else here than on a person's machine."""

STUDY = """
[study]
name = "small"
trials = {trials}
workers = {workers}

[data]
path = "iris.csv"
target = "target"
{judged}

[network]
layer_dims = {{ depth = [1, 2], width = [4, 32], log = true }}

[training]
epochs = {epochs}
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
mini_batch_size = {{ choice = [8, 16, 32] }}
optimizer = {{ choice = ["gd", "adam"] }}
early_stopping = 0
"""


IRIS = Path(__file__).parent / "iris.csv"
"""scikit-learn's set as a file: an engine that needs no scikit-learn starts in half the time."""


class Place:
    """Where one test's studies are run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.study = path / "small.toml"
        self.folder = RunFolder(path / "runs" / "small")
        self.epoch_seconds = 0.0
        """How long an epoch takes at the least, of what is started from now on.

        Trials that a test interrupts need to last, not to compute: they sleep (`hpsearch.faults`),
        until `hurry`. A test that waits for their end makes them longer than any machine is slow.
        """
        self._slow = path / "slow"
        self._started: list[subprocess.Popen[str]] = []

    def write(
        self,
        trials: int = 6,
        workers: int = 2,
        epochs: int = 10,
        extra: str = "",
        judged: str = "validation = 0.2",
    ) -> Path:
        """A small study; about a millisecond an epoch."""
        text = STUDY.format(trials=trials, workers=workers, epochs=epochs, judged=judged)
        self.study.write_text(text + extra)
        shutil.copy(IRIS, self.path)
        return self.study

    def command(self, *words: object) -> subprocess.CompletedProcess[str]:
        """Run hpsearch to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "hpsearch", *map(str, words)],
            cwd=self.path,
            env=self._environ(),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def start(self, *words: object) -> subprocess.Popen[str]:
        """Start hpsearch, to be ended by the test."""
        started = subprocess.Popen(
            [sys.executable, "-m", "hpsearch", *map(str, words)],
            cwd=self.path,
            env=self._environ(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._started.append(started)
        return started

    def hurry(self) -> None:
        """Epochs take no longer than they need from now on, of what runs already, too."""
        self._slow.unlink(missing_ok=True)
        self.epoch_seconds = 0.0

    def status(self) -> dict[str, Any]:
        """As `hpsearch status` tells it."""
        return json.loads(self.command("status", "small", "--format", "json").stdout)

    def trials(self) -> list[Any]:
        """Every trial, by number."""
        with Reader(self.folder) as reader:
            return sorted(reader.leaderboard("minimize", None), key=lambda trial: trial.number)

    def running(self) -> list[int]:
        """Numbers of the trials in hand."""
        try:
            return [trial.number for trial in self.trials() if trial.state == "running"]
        except Exception:  # the store is only just being made
            return []

    def engine(self) -> int:
        """The engine's process id, once there is one."""
        return wait_for(lambda: engine_of(self.folder))

    def _environ(self) -> dict[str, str]:
        quiet = {"PYTHONWARNINGS": "default", "COLUMNS": "100", "NO_COLOR": "1"}
        plain = {name: value for name, value in os.environ.items() if name not in LEFT_OUT}
        slow = {}
        if self.epoch_seconds:
            self._slow.touch()
            slow = {"HPSEARCH_FAULTS": f"slow trainer epoch {self.epoch_seconds} {self._slow}"}
        return {**plain, **quiet, "HPSEARCH_RUNS": str(self.path / "runs"), **slow}

    def close(self) -> None:
        """Nothing that a test started may outlive it."""
        for started in self._started:
            if started.poll() is None:
                started.kill()
            started.communicate()
        engine = engine_of(self.folder)
        if engine is not None:
            os.kill(engine, signal.SIGKILL)


@pytest.fixture
def place(tmp_path: Path):
    place = Place(tmp_path)
    yield place
    place.close()


@pytest.fixture
def patient(monkeypatch):
    """Handshakes that take their time: a machine may stand still in the middle of one."""
    from hpsearch.engine import calling, wire

    for end in (calling, wire):
        monkeypatch.setattr(end, "HANDSHAKE_SECONDS", PATIENCE)


@pytest.fixture
def typed(monkeypatch, capfdbinary, tmp_path):
    """Types a command in a folder of its own; gives exit code, standard output and error."""
    from hpsearch.cli import run_app

    monkeypatch.chdir(tmp_path)

    def type_(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hpsearch", *map(str, words)])
        capfdbinary.readouterr()
        try:
            code: Any = run_app()
        except SystemExit as end:
            code = end.code or 0
        out, err = capfdbinary.readouterr()
        assert b"Traceback" not in err
        return code, out.decode(), err.decode()

    return type_


def hang_up(child: Any) -> None:
    """Close a terminal under its program, which ends.

    `close` gives it a tenth of a second after each signal, SIGKILL too, and raises where that is
    too little.
    """
    with suppress(pexpect.ExceptionPexpect):
        child.close(force=True)
    wait_for(lambda: not child.ptyproc.isalive())


def wait_for(true: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """The first true answer; polls, because what is awaited happens in another process."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := true():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen")
