"""python -m tests.benchmarks.sooner: how soon, and how good.

Two claims, printed and never asserted:

`sooner` (the first): the time from the command to the validation cost that plain Optuna with
scikit-learn's MLPClassifier reaches in 60 trials, on digits and breast cancer, with the same space,
rows (each reads them from an npz file), epochs and number of worker processes, one after the other,
five times. Plain Optuna's time is
that at which its best trial ended, not that of all 60; both are shown. See plain_optuna.py.

`tpe`: the best validation cost of 60 trials on the digits study without a pruner, TPE against
random, seed by seed, with the one-sided Wilcoxon signed-rank test. `--keep FILE` gathers seeds over
several calls.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from scipy.stats import wilcoxon
from sklearn import datasets

from hpsearch import data as tables
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.study import studyfile
from tests.benchmarks.plain_optuna import open_study

ROOT = Path(__file__).parents[2]
TRIALS = 60
EPOCHS = 60
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""As hpsearch gives its trainers; without it plain Optuna's workers get in each other's way."""

STUDY = """
[study]
name = "sooner"
trials = 600
stop_at = {target!r}
workers = {workers}
seed = {seed}

[data]
path = "{source}.npz"
test = 0.2
validation = 0.2
split_seed = 0

[network]
layer_dims = {{ depth = [1, 2], width = [16, 128], log = true }}
activation = {{ choice = ["relu", "tanh"] }}

[training]
epochs = {epochs}
optimizer = "adam"
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
mini_batch_size = {{ choice = [32, 64, 128] }}
beta1 = {{ float = [0.8, 0.99] }}
beta2 = {{ float = [0.9, 0.9999] }}
"""


def sooner(sources: list[str], repeats: int, workers: int) -> None:
    """Both, in turn; the ratio of each pair, and their median."""
    for source in sources:
        ratios = []
        for seed in range(repeats):
            with tempfile.TemporaryDirectory() as place:
                write_data(Path(place), source)
                target, reached, whole = plain(Path(place), source, seed, workers)
                ours = hpsearch(Path(place), source, seed, workers, target)
            ratios.append(reached / ours if ours else 0.0)
            said = f"{ours:.1f} s" if ours else "not reached"
            print(
                f"{source:14} seed {seed}: cost {target:.4f}  plain {reached:.1f} s (all "
                f"{TRIALS} trials {whole:.1f} s)  hpsearch {said}  {ratios[-1]:.2f} times sooner",
                flush=True,
            )
        print(f"{source:14} median of {repeats}: {median(ratios):.2f} times sooner", flush=True)


def write_data(place: Path, source: str) -> None:
    """A bundled set as a file: a person's own data come as one, and not with scikit-learn."""
    bunch = getattr(datasets, f"load_{source}")()
    np.savez(place / f"{source}.npz", x=bunch.data, y=bunch.target)


def plain(place: Path, source: str, seed: int, workers: int) -> tuple[float, float, float]:
    """The best cost, the seconds until it was reached, and the seconds of all trials."""
    arrays, storage = place / "arrays.npz", place / "journal.log"
    text = STUDY.format(source=source, seed=seed, workers=workers, target=0.0, epochs=EPOCHS)
    loaded = tables.load(studyfile.parse(text, place / "s.toml").data)
    rows = loaded.prepare("standard").dataset
    assert rows.x_valid is not None
    assert rows.y_valid is not None
    np.savez(arrays, x=rows.x, y=labels(rows.y), x_val=rows.x_valid, y_val=labels(rows.y_valid))
    began = time.time()
    module = "tests.benchmarks.plain_optuna"
    words = [str(storage), str(arrays), str(TRIALS), str(EPOCHS)]
    # Workers with one seed would all draw the same; each has its own.
    at_work = [
        subprocess.Popen(
            [sys.executable, "-m", module, *words, str(100 * seed + slot)],
            env={**os.environ, **ONE_THREAD},
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
        )
        for slot in range(workers)
    ]
    if any(worker.wait() for worker in at_work):
        raise SystemExit("a worker of plain Optuna failed")
    whole = time.time() - began
    best = open_study(storage, seed).best_trial
    assert best.value is not None
    assert best.datetime_complete is not None
    return best.value, best.datetime_complete.timestamp() - began, whole


def labels(y: np.ndarray) -> np.ndarray:
    """Classes as whole numbers, whether they were one column, one-hot or numbers."""
    if y.ndim == 2 and y.shape[1] > 1:
        return y.argmax(axis=1)
    return y.reshape(-1).astype(int)


def hpsearch(place: Path, source: str, seed: int, workers: int, target: float) -> float | None:
    """Seconds from the command until a trial as good has ended; None if none has."""
    study = place / "sooner.toml"
    study.write_text(
        STUDY.format(source=source, seed=seed, workers=workers, target=target, epochs=EPOCHS)
    )
    began = time.time()
    search(place, study)
    with Reader(RunFolder(place / "runs" / "sooner")) as reader:
        trials = reader.leaderboard("minimize", None)
    ends = [
        trial.finished
        for trial in trials
        if trial.state == "complete" and trial.finished and (trial.value or 1e9) <= target
    ]
    return min(ends) - began if ends else None


def tpe(seeds: list[int], keep: Path | None) -> None:
    """TPE and random on the same seeds, one after the other."""
    found: dict[int, list[float]] = {}
    if keep is not None and keep.exists():
        found = {line[0]: line[1] for line in map(json.loads, keep.read_text().splitlines())}
    for seed in seeds:
        if seed not in found:
            found[seed] = [best(seed, sampler) for sampler in ("tpe", "random")]
            if keep is not None:
                with keep.open("a") as file:
                    file.write(json.dumps([seed, found[seed]]) + "\n")
        print(f"seed {seed:3}: tpe {found[seed][0]:.4f}  random {found[seed][1]:.4f}", flush=True)
    ours, other = np.array(list(found.values())).T
    _, p = wilcoxon(ours, other, alternative="less")
    print(
        f"{len(found)} seeds: medians {np.median(ours):.4f} and {np.median(other):.4f}; tpe better "
        f"in {int((ours < other).sum())}; one-sided Wilcoxon p = {p:.4f}"
    )


def best(seed: int, sampler: str) -> float:
    """The best validation cost of the bundled digits study."""
    with tempfile.TemporaryDirectory() as place:
        study = ROOT / "studies" / "digits.toml"
        settings = {"seed": seed, "sampler": sampler, "pruner": "none", "trials": TRIALS}
        words = [f"study.{key}={value}" for key, value in settings.items()]
        search(Path(place), study, *(part for word in words for part in ("--set", word)))
        with Reader(RunFolder(Path(place) / "runs" / "digits")) as reader:
            value = reader.leaderboard("minimize", 1)[0].value
    assert value is not None
    return value


def search(place: Path, study: Path, *words: str) -> None:
    """Run a study to its end."""
    command = [sys.executable, "-m", "hpsearch", "run", str(study), *words]
    subprocess.run(
        [*command, "--runs", str(place / "runs")],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.sooner")
    parser.add_argument("what", nargs="?", choices=["sooner", "tpe"], default="sooner")
    parser.add_argument("--sources", nargs="*", default=["digits", "breast_cancer"])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seeds", type=int, default=20, help="of tpe: from 0")
    parser.add_argument("--keep", type=Path, help="of tpe: a file to gather seeds in")
    given = parser.parse_args()
    if given.what == "tpe":
        tpe(list(range(given.seeds)), given.keep)
    else:
        sooner(given.sources, given.repeats, given.workers)


if __name__ == "__main__":
    main()
