"""The README's batch scripts, run as SLURM would: its variables and signals, fake commands."""

import os
import re
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.conftest import IRIS, PATIENCE, STUDY, wait_for

README = Path(__file__).parents[2] / "README.md"
BLOCKS = re.findall(r"```bash\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
COMMANDS = {
    "hpsearch": f'exec {sys.executable} -m hpsearch "$@"',
    "dask": f'exec {sys.executable} -m dask "$@"',
    "srun": 'exec "$@"',
    "scontrol": 'echo "$@" >> scontrol.log',
    "hostname": "echo 127.0.0.1",
}


class Job:
    """A job in a folder of its own, which the script sees as the one it was submitted from."""

    def __init__(self, path, trials, epochs):
        self.path, self.folder = path, RunFolder(path / "runs" / "houses")
        self.scratch = RunFolder(path / "scratch" / "runs-7" / "houses")
        (path / "scratch").mkdir()
        (path / "bin").mkdir()
        for name, body in COMMANDS.items():
            (path / "bin" / name).write_text(f"#!/bin/sh\n{body}\n")
            (path / "bin" / name).chmod(0o755)
        study = STUDY.format(trials=trials, workers=2, epochs=epochs, judged="validation = 0.2")
        (path / "houses.toml").write_text(study.replace('"small"', '"houses"'))
        shutil.copy(IRIS, path)

    def start(self, script, slow=True):
        path = f"{self.path / 'bin'}{os.pathsep}{os.environ['PATH']}"
        job = {"SLURM_JOB_ID": "7", "SLURM_SUBMIT_DIR": str(self.path), "SLURM_NTASKS": "1"}
        scratch = {"TMPDIR": str(self.path / "scratch"), "SLURM_CPUS_PER_TASK": "2"}
        environ = {**os.environ, **job, **scratch, "PATH": path, "PYTHONPATH": str(Path.cwd())}
        if slow:
            environ["HPSEARCH_FAULTS"] = "slow trainer epoch 0.2"
        environ.pop("HPSEARCH_RUNS", None)
        self.process = subprocess.Popen(
            ["bash", "-c", script],
            cwd=self.path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # as SLURM, we end what a script leaves behind
        )
        return self.process

    def at_work(self, folder):
        """Wait until a trial is, and the command hears signals: it has said something."""
        wait_for(lambda: "running" in self.states(folder))
        assert self.process.stdout.readline()

    def code(self):
        out, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out

    def states(self, folder):
        try:
            with Reader(folder) as reader:
                trials = reader.leaderboard("minimize", None)
                return [trial.state for trial in trials if trial.epochs]
        except Exception:  # the store is only just being made
            return []

    def close(self):
        # First gently: dask's workers have files in /dev/shm.
        for number, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, None)):
            with suppress(ProcessLookupError, subprocess.TimeoutExpired):
                os.killpg(self.process.pid, number)
                self.process.communicate(timeout=patience)


@pytest.fixture
def job(tmp_path):
    made = Job(tmp_path, trials=2, epochs=200)
    yield made
    made.close()


def test_before_its_limit_a_job_stops_is_queued_again_and_goes_on(job):
    script = BLOCKS[1]
    assert "#SBATCH --signal=B:USR1" in script
    job.start(script)
    job.at_work(job.scratch)
    job.process.send_signal(signal.SIGUSR1)
    assert job.code()[0] == 0
    assert (job.path / "scontrol.log").read_text() == "requeue 7\n"
    assert "waiting" in job.states(job.folder)
    assert list(job.folder.checkpoints.glob("*.safetensors"))
    assert not job.scratch.path.exists()
    job.start(script, slow=False)
    code, out = job.code()
    assert code == 0, out
    assert job.states(job.folder) == ["complete", "complete"]
    assert (job.path / "scontrol.log").read_text() == "requeue 7\n"


def test_a_job_that_is_cancelled_keeps_its_run_and_is_not_queued_again(job):
    job.start(BLOCKS[1])
    job.at_work(job.scratch)
    job.process.send_signal(signal.SIGTERM)
    assert job.code()[0] == 3
    assert "waiting" in job.states(job.folder)
    assert not (job.path / "scontrol.log").exists()


def test_slurm_s_own_signal_stops_the_command_gracefully(job):
    job.start("exec hpsearch run houses.toml")
    job.at_work(job.folder)
    job.process.send_signal(signal.SIGUSR1)
    assert job.code()[0] == 3
    assert "waiting" in job.states(job.folder)


def test_a_job_over_several_nodes_trains_on_dask_s_workers(tmp_path):
    pytest.importorskip("distributed", reason="pip install 'hpsearch[dask]'")
    pytest.importorskip("cryptography", reason="pip install 'hpsearch[dask]'")
    job = Job(tmp_path, trials=3, epochs=10)
    before = BLOCKS[2].replace("# hpsearch", "hpsearch").replace("8786", str(free_port()))
    script = BLOCKS[1].replace("hpsearch run houses.toml &\n", before)
    assert "--scheduler" in script
    job.start(script)
    try:
        wait_for(lambda: job.states(job.folder) == ["complete"] * 3)
    finally:
        job.close()


def free_port():
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]
