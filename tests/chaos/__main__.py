"""python -m tests.chaos: kill -9 at random, resume, and see that nothing was lost or changed."""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from tests.chaos.processes import alive, descendants, engine_of, kill, shells_of, trainers_of
from tests.chaos.recompute import Recomputer
from tests.chaos.resumed import Resumed

STUDY = """
[study]
name = "chaos"
trials = {trials}
seed = {seed}
workers = 2

[data]
source = "sklearn:digits"
test = 0.2
{judged}

[network]
layer_dims = {{ depth = [1, 2], width = [16, 64], log = true }}
activation = {{ choice = ["relu", "tanh"] }}

[training]
early_stopping = 0
epochs = {epochs}
mini_batch_size = {{ choice = [32, 64] }}
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
regularization = {{ choice = ["none", "l2", "dropout"] }}
lambd = {{ float = [0.01, 10.0], log = true }}
keep_prob = {{ float = [0.6, 0.95] }}
"""


class Chaos:
    """One study under fire."""

    def __init__(
        self, place: Path, trials: int, kills: int, epochs: int, seed: int, judged: str
    ) -> None:
        self.place, self.trials, self.kills = place, trials, kills
        self.random = random.Random(seed)
        self.folder = RunFolder(place / "runs" / "chaos")
        self.study = place / "chaos.toml"
        self.study.write_text(STUDY.format(trials=trials, seed=seed, epochs=epochs, judged=judged))
        self.done: Counter[str] = Counter()
        self.per_trial: Counter[int] = Counter()
        self.left: list[str] = []
        self.shared = set(Path("/dev/shm").iterdir())

    def run(self) -> None:
        """Start the study, kill, and start it again until it is finished."""
        while True:
            engine = self.start()
            if engine is None:
                break
            while engine_of(self.folder) == engine:
                if sum(self.done.values()) >= self.kills:
                    time.sleep(0.1)
                    continue
                time.sleep(self.random.uniform(0.2, 1.2))
                self.strike(engine)

    def start(self) -> int | None:
        """An engine at work; None where nothing is left to do."""
        command = [sys.executable, "-m", "hpsearch", "run", str(self.study), "--detach"]
        command += ["--runs", str(self.place / "runs")]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise SystemExit(f"run failed: {done.stderr}")
        until = time.monotonic() + 10
        while time.monotonic() < until:
            engine = engine_of(self.folder)
            if engine is not None:
                return engine
            if self.state() == "finished":
                return None
            time.sleep(0.02)
        raise SystemExit("no engine after 10 s")

    def strike(self, engine: int) -> None:
        """Kill one of: the engine, a shell, a trainer whose trial was hit less than twice."""
        target = self.random.choice(["engine", "shell", "trainer", "trainer"])
        if target == "engine":
            below = [p.pid for p in descendants(engine)]
            kill(engine)
            self.done["engine"] += 1
            time.sleep(2.0)
            self.left += [f"process {pid} outlived the engine" for pid in below if alive(pid)]
        elif target == "shell" and (shells := shells_of(engine)):
            kill(self.random.choice(shells))
            self.done["shell"] += 1
        elif trainers := trainers_of(engine):
            pid = self.random.choice(trainers)
            trial = self.trial_of(pid)
            if trial is None or self.per_trial[trial] < 2:
                kill(pid)
                self.done["trainer"] += 1
                if trial is not None:
                    self.per_trial[trial] += 1

    def trial_of(self, pid: int) -> int | None:
        """The trial a trainer has in hand, as far as the store knows."""
        with Reader(self.folder) as reader:
            rows = reader._db.rows("SELECT trial FROM attempt WHERE pid = ? AND ended IS NULL", pid)
        return rows[0][0] if rows else None

    def state(self) -> str:
        """As stored."""
        with Reader(self.folder) as reader:
            return reader.study().state

    def violations(self) -> list[str]:
        """What is not as promised."""
        found = list(self.left)
        with Reader(self.folder) as reader:
            trials = reader.leaderboard("minimize", None)
        numbers = sorted(trial.number for trial in trials)
        if numbers != list(range(self.trials)):
            found.append(f"numbers {numbers}")
        found += [f"#{t.number} is {t.state}" for t in trials if t.state in ("running", "waiting")]
        found += [f"#{t.number} failed: {t.reason}" for t in trials if t.state == "failed"]
        if len({str(sorted(t.params.items())) for t in trials}) != len(trials):
            found.append("a configuration was run twice")
        again = Recomputer(self.folder)
        for trial in trials:
            if trial.state in ("complete", "pruned"):
                said = (trial.value, trial.best_epoch, trial.epochs)
                computed = again.value(trial)
                if computed != said:
                    found.append(f"#{trial.number}: stored {said}, recomputed {computed}")
        left = set(Path("/dev/shm").iterdir()) - self.shared
        return found + [f"{path} is left" for path in left if not _in_use(path)]


def _in_use(path: Path) -> bool:
    """Whether a semaphore's name tells of a process that lives: somebody else's study."""
    words = path.name.split("-")
    return len(words) > 1 and words[1].isdigit() and alive(int(words[1]))


def resumed(given: argparse.Namespace) -> int:
    """Every sampler with every pruner: killed and resumed against left alone."""
    wrong = 0
    for sampler in given.samplers:
        for pruner in given.pruners:
            began = time.monotonic()
            with tempfile.TemporaryDirectory() as place:
                study = Resumed(
                    Path(place), given.trials, given.epochs, given.seed, sampler, pruner
                )
                found = study.violations(given.resume_points)
            wrong += len(found)
            print(
                f"{sampler:7} {pruner:10} killed at {given.resume_points} random epochs of "
                f"{given.trials} trials: {len(found)} differences, "
                f"{time.monotonic() - began:.0f} s",
                flush=True,
            )
            for difference in found[:20]:
                print(f"  {difference}")
    return 1 if wrong else 0


def main() -> None:
    """Run once and print a table of faults, trials and violations."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--trials", type=int, default=60)
    parser.add_argument("--epochs", type=int, default=150)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--judged", default="validation = 0.2", help="or folds = 5, repeats = 3")
    parser.add_argument(
        "--resume-points",
        type=int,
        metavar="N",
        help="instead: one worker, killed at N random epochs, against the same study left alone",
    )
    parser.add_argument("--samplers", nargs="*", default=["tpe"], help="with --resume-points")
    parser.add_argument("--pruners", nargs="*", default=["hyperband"], help="with --resume-points")
    given = parser.parse_args()
    if given.resume_points:
        sys.exit(resumed(given))
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        chaos = Chaos(
            Path(place), given.trials, given.kills, given.epochs, given.seed, given.judged
        )
        chaos.run()
        found = chaos.violations()
    print("kill -9 of  " + ", ".join(f"{what}: {n}" for what, n in sorted(chaos.done.items())))
    print(f"trials      {given.trials} asked, in {time.monotonic() - began:.0f} s")
    print(f"violations  {len(found)}")
    for violation in found:
        print(f"  {violation}")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
