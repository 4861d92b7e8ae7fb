"""python -m tests.chaos.hosts: two hosts in network namespaces, with no folder in common.

The engine and a TLS scheduler run on one, dask workers on both, each with scratch of its own. It
needs root, iproute2, openssl and unshare. A scene is a study whose values are all computed again.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import TrialRecord
from tests.chaos.processes import descendants
from tests.chaos.recompute import Recomputer

NEAR, FAR = "10.203.77.1", "10.203.77.2"
PORT = 8786
STUDY = """
[study]
name = "{name}"
trials = {trials}
seed = 1

[data]
source = "sklearn:digits"
validation = 0.2

[network]
layer_dims = {{ depth = [1, 2], width = [16, 64], log = true }}

[training]
early_stopping = 0
epochs = {epochs}
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
regularization = {{ choice = ["none", "dropout"] }}
"""


class Hosts:
    """Two network namespaces and a cable between them; what runs on them ends with the block."""

    def __init__(self, place: Path) -> None:
        self.place, self.near, self.far = place, f"hpn{os.getpid()}", f"hpf{os.getpid()}"
        self.running: list[subprocess.Popen[bytes]] = []
        self.tls = ("--tls-ca", "--tls-cert", "--tls-key")
        self.log = (place / "processes.log").open("ab")

    def __enter__(self) -> Hosts:
        for name in (self.near, self.far):
            _do("ip", "netns", "add", name)
            _do("ip", "-n", name, "link", "set", "lo", "up")
        cable = ("type", "veth", "peer", "name", "cable", "netns", self.far)
        _do("ip", "-n", self.near, "link", "add", "cable", *cable)
        for name, address in ((self.near, NEAR), (self.far, FAR)):
            _do("ip", "-n", name, "address", "add", f"{address}/24", "dev", "cable")
            _do("ip", "-n", name, "link", "set", "cable", "up")
        _do(
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=dask", "-keyout", self.pem("key"), "-out", self.pem("cert")),
        )
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.running:
            self.stop(process)
        for name in (self.near, self.far):
            _do("ip", "netns", "delete", name)
        self.log.close()

    def pem(self, what: str) -> str:
        return str(self.place / "tls" / f"{what}.pem")

    def start(self, far: bool, *words: str) -> subprocess.Popen[bytes]:
        """Start a command on a host. The far one has another name, and sees none of our folders."""
        hide = [f"mount -t tmpfs tmpfs {self.place / 'near'}", "hostname far"] if far else []
        scratch = self.place / ("far" if far else "near") / "scratch"
        lines = [*hide, f"mkdir -p {scratch}", f"cd {scratch}", 'exec "$@"']
        process = subprocess.Popen(
            [
                *("ip", "netns", "exec", self.far if far else self.near, "unshare", "-m", "-u"),
                *("sh", "-ec", "\n".join(lines), "sh", *words),
            ],
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            env={**os.environ, "TMPDIR": str(scratch), "PYTHONPATH": str(Path.cwd())},
        )
        self.running.append(process)
        return process

    def dask(self, far: bool, *words: str) -> subprocess.Popen[bytes]:
        files = (self.pem("cert"), self.pem("cert"), self.pem("key"))
        options = [f"{name}={file}" for name, file in zip(_DASK_TLS, files, strict=True)]
        return self.start(far, sys.executable, "-m", "dask", *words, *options, "--no-dashboard")

    def scheduler(self) -> None:
        host = ("--host", f"tls://{NEAR}", "--port", str(PORT))
        self.dask(False, "scheduler", *host)

    def worker(self, far: bool, *words: str) -> subprocess.Popen[bytes]:
        one = ("--nworkers", "1", "--nthreads", "1", "--local-directory", ".")
        return self.dask(far, "worker", f"tls://{NEAR}:{PORT}", *one, *words)

    def search(self, study: Path, runs: Path, workers: int) -> subprocess.Popen[bytes]:
        files = (self.pem("cert"), self.pem("cert"), self.pem("key"))
        tls = [word for pair in zip(self.tls, files, strict=True) for word in pair]
        return self.start(
            *(False, sys.executable, "-m", "hpsearch", "run", str(study), "--runs", str(runs)),
            *("--scheduler", f"tls://{NEAR}:{PORT}", "--listen", NEAR, *tls),
            *("--workers", str(workers), "--plain"),
        )

    def cut(self, seconds: float) -> None:
        """Nothing arrives, either way, and nobody is told."""
        ends = ((self.near, FAR), (self.far, NEAR))
        for host, other in ends:  # at a hardware address that nobody has
            nowhere = (other, "lladdr", "02:00:00:00:00:99", "dev", "cable", "nud", "permanent")
            _do("ip", "-n", host, "neighbour", "replace", *nowhere)
        time.sleep(seconds)
        for host, other in ends:
            _do("ip", "-n", host, "neighbour", "delete", other, "dev", "cable")

    def stop(self, process: subprocess.Popen[bytes]) -> None:
        """Kill a command and all below it, but for those who tidy /dev/shm after the others."""
        everybody = descendants(process.pid)
        below = [p.pid for p in everybody if "resource_tracker" not in p.command]
        for pid in (process.pid, *below):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        process.wait()


_DASK_TLS = ("--tls-ca-file", "--tls-cert", "--tls-key")


def _do(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


class Scene:
    """One study on two hosts, and what is done to it."""

    def __init__(self, hosts: Hosts, name: str, trials: int, epochs: int, workers: int) -> None:
        near = hosts.place / "near"
        self.hosts, self.name, self.trials = hosts, name, trials
        study = near / f"{name}.toml"
        study.write_text(STUDY.format(name=name, trials=trials, epochs=epochs))
        self.folder = RunFolder(near / "runs" / name)
        self.began = time.monotonic()
        self.command = hosts.search(study, near / "runs", workers)

    def until(self, true: Callable[[], bool], seconds: float = 120.0) -> None:
        end = time.monotonic() + seconds
        while not true():
            if time.monotonic() > end or (self.command.poll() or 0) not in (0, None):
                log = (self.folder.logs / "engine.log").read_text()[-3000:]
                raise SystemExit(f"{self.name}: it did not happen\n{log}")
            time.sleep(0.1)

    def records(self) -> list[TrialRecord]:
        with Reader(self.folder) as reader:
            return [*reader.leaderboard("minimize", None)]

    def finished(self) -> int:
        try:
            return sum(t.state in ("complete", "pruned") for t in self.records())
        except Exception:  # the store is only just being made
            return 0

    def attempts(self) -> Counter[tuple[str, str]]:
        """How attempts ended, by host."""
        with Reader(self.folder) as reader:
            rows = reader._db.rows("SELECT host, outcome FROM attempt")
        return Counter((str(host), str(outcome)) for host, outcome in rows)

    def end(self) -> list[str]:
        """Wait for the end; what is not as promised."""
        self.until(lambda: self.command.poll() is not None, 300)
        found, records = [], self.records()
        if (numbers := sorted(t.number for t in records)) != list(range(self.trials)):
            found.append(f"numbers {numbers}")
        again = Recomputer(self.folder)
        for trial in records:
            said = (trial.value, trial.best_epoch, trial.epochs)
            if trial.state not in ("complete", "pruned"):
                found.append(f"#{trial.number} is {trial.state}: {trial.reason}")
            elif (computed := again.value(trial)) != said:
                found.append(f"#{trial.number}: stored {said}, recomputed {computed}")
        ends = ", ".join(f"{host} {how}: {n}" for (host, how), n in sorted(self.attempts().items()))
        took = time.monotonic() - self.began
        print(f"{self.name:10} {self.trials} trials in {took:4.0f} s; attempts {ends}", flush=True)
        print(f"{'':10} {len(found)} violations", *found, sep="\n  " if found else " ", flush=True)
        return found


@contextmanager
def two_hosts() -> Iterator[Hosts]:
    """Hosts in a folder that is gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="hosts-"))
    for name in ("near", "far", "tls"):
        (place / name).mkdir()
    try:
        with Hosts(place) as hosts:
            yield hosts
    finally:
        shutil.rmtree(place, ignore_errors=True)


def data_travel(hosts: Hosts) -> list[str]:
    """Two workers, both far: arrays and checkpoints travel."""
    workers = [hosts.worker(True), hosts.worker(True)]
    found = Scene(hosts, "travel", 8, 100, 2).end()
    for worker in workers:
        hosts.stop(worker)
    return found


def come_and_go(hosts: Hosts) -> list[str]:
    """One worker at first, of three; another comes, the first goes, a third comes."""
    first = hosts.worker(True)
    scene = Scene(hosts, "comeandgo", 16, 100, 3)
    scene.until(lambda: scene.finished() >= 2)
    others = [hosts.worker(False)]
    scene.until(lambda: scene.finished() >= 5)
    hosts.stop(first)
    scene.until(lambda: scene.finished() >= 8)
    others.append(hosts.worker(True))
    found = scene.end()
    for worker in others:
        hosts.stop(worker)
    return found


def cut_off(hosts: Hosts, seconds: float) -> list[str]:
    """One worker on each host; the cable is cut."""
    workers = [hosts.worker(True), hosts.worker(False)]
    scene = Scene(hosts, f"cut{seconds:.0f}", 8, 250, 2)
    scene.until(lambda: scene.finished() >= 2)
    hosts.cut(seconds)
    found = scene.end()
    for worker in workers:
        hosts.stop(worker)
    return found


def main() -> None:
    """Every scene, or those named."""
    scenes: dict[str, Callable[[Hosts], list[str]]] = {
        "travel": data_travel,
        "comeandgo": come_and_go,
        "cut20": lambda hosts: cut_off(hosts, 20),
        "cut70": lambda hosts: cut_off(hosts, 70),
    }
    found: list[str] = []
    with two_hosts() as hosts:
        hosts.scheduler()
        for name in sys.argv[1:] or list(scenes):
            found += scenes[name](hosts)
        if found and os.environ.get("KEEP"):
            shutil.copytree(hosts.place, os.environ["KEEP"], dirs_exist_ok=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
