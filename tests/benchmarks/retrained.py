"""python -m tests.benchmarks.retrained: does a retrained model keep what its search promised?

For each of some splits a study that ships is searched shortly, its best trial retrained on all but
the test rows, and those read once. Printed are the mean of (test − validation), with two standard
errors of that paired difference, and the mean test figure beside that of a logistic or ridge
regression on the same rows. The validation figure is that of the best of several trials, so it is a
little too good by itself; a retrained network has more rows to learn from, which makes it better.

Then an ensemble of five is held against one network, on the digits: what its training costs, in CPU
time and in turns with the one, and its test error over seeds that decide split and weights. What it
costs depends on the network: in wide layers the matrix products are nearly all there is, and five
times as many take five times as long.

    nice python -m tests.benchmarks.retrained --splits 10 --trials 8
    python -m tests.benchmarks.retrained --no-splits
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy loads its BLAS: CPU time is compared

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from statistics import fmean, median, stdev
from time import process_time

import numpy as np

from hpsearch.models import baselines
from hpsearch.models.retraining import Retraining, figures_of, prepare
from hpsearch.study import studyfile
from hpsearch.study.recipe import Shape, cook
from tests.benchmarks.studies import STUDIES, hpsearch

FIGURES = {
    "digits": "accuracy",
    "breast-cancer": "accuracy",
    "wine": "accuracy",
    "diabetes": "rmse",
}
"""By study, what is compared."""
MEMBERS = 5
FIXED = """
[study]
name = "fixed"

[data]
source = "sklearn:digits"
test = 0.2

[network]
layer_dims = [64]

[training]
epochs = 40
"""
"""The small network on the digits of which the speed is told, 64-64-10, as nncore trains it."""


@dataclass(frozen=True)
class Split:
    """What came of one split."""

    validation: float
    test: float
    baseline: float


def split(study: str, seed: int, trials: int, place: Path) -> Split:
    """Search a study on one split and retrain its best trial."""
    figure, name = FIGURES[study], f"{study}-{seed}"
    runs = ("--runs", place / "runs")
    options = ("--set", f"data.split_seed={seed}", "--set", "study.workers=1", "--trials", trials)
    hpsearch("run", STUDIES / f"{study}.toml", "--name", name, "--seed", seed, *options, *runs)
    best = place / f"{name}.toml"
    hpsearch("export", name, "-o", best, *runs)
    told = json.loads(hpsearch("top", name, "--format", "json", *runs))[0]
    retraining = prepare(studyfile.read(best))
    test = retraining.run().metrics["test"][figure]
    assert test is not None
    # what ranks the trials is called value
    return Split(told.get(f"val_{figure}", told["value"]), test, linear(retraining, figure))


def linear(retraining: Retraining, figure: str) -> float:
    """A logistic or ridge regression's figure on the same rows."""
    shape = Shape.of(retraining.data)
    final = retraining.data.final(str(retraining.config["data.normalize"]))
    make = next(iter(baselines._models(shape.task).values()))
    weights = np.ones(len(final.y)) if final.weights is None else final.weights
    rows = final.x, final.y, weights
    z = baselines._logits(shape.task, make, rows, final.x_test, shape.outputs)
    loss = cook(retraining.config, shape).loss
    found = figures_of(shape.task, z, loss, final.y_test, final.y_scale)[figure]
    assert found is not None
    return found


def compared(study: str, seeds: range, trials: int) -> None:
    """Print a study's splits and what they come to."""
    figure, found = FIGURES[study], []
    for seed in seeds:
        with tempfile.TemporaryDirectory() as place:
            one = split(study, seed, trials, Path(place))
        found.append(one)
        print(
            f"  {study} split {seed}: validation {one.validation:.4f}, test {one.test:.4f},"
            f" linear {one.baseline:.4f}",
            flush=True,
        )
    apart, twice = paired([one.test - one.validation for one in found])
    within = "within" if abs(apart) <= twice else "NOT within"
    print(f"{study}: {figure} test − validation {apart:+.4f}, {within} ±{twice:.4f}")
    mine, theirs = fmean(one.test for one in found), fmean(one.baseline for one in found)
    ahead, chance = paired([one.test - one.baseline for one in found])
    better = ahead < 0 if figure == "rmse" else ahead > 0
    print(
        f"  mean test {mine:.4f}, linear {theirs:.4f}: {'better' if better else 'NOT better'},"
        f" {ahead:+.4f} ±{chance:.4f}",
        flush=True,
    )


def paired(differences: Sequence[float]) -> tuple[float, float]:
    """Their mean, and twice its standard error."""
    several = len(differences) > 1
    return fmean(differences), 2 * stdev(differences) / sqrt(len(differences)) if several else 0.0


@dataclass(frozen=True)
class Pair:
    """One network and an ensemble of five, on the same rows."""

    cost: float
    """CPU time of the five ÷ that of the one: the median of three turns."""
    alone: float
    together: float
    """Their test errors."""


def pair(path: Path, *overrides: tuple[str, object]) -> Pair:
    """Train both, in turns, from a study file without ranges; print what came of it."""
    study = studyfile.read(path, dict(overrides))
    one, many = prepare(study), prepare(study, members=MEMBERS)
    seconds: dict[int, list[float]] = {1: [], MEMBERS: []}
    errors: dict[int, float] = {}
    for _ in range(3):
        for retraining in (one, many):
            began = process_time()
            model = retraining.run()
            seconds[retraining.members].append(process_time() - began)
            errors[retraining.members] = 1.0 - (model.metrics["test"]["accuracy"] or 0.0)
    cost = median(seconds[MEMBERS]) / median(seconds[1])
    widths = "-".join(map(str, one.config["network.layer_dims"]))  # type: ignore[arg-type]  # a list of numbers
    batch = one.config["training.mini_batch_size"]
    print(
        f"  hidden {widths}, batch {batch}: cost ×{cost:.2f},"
        f" test error {errors[1]:.4f} alone, {errors[MEMBERS]:.4f} together",
        flush=True,
    )
    return Pair(cost, errors[1], errors[MEMBERS])


def ensembles(seeds: range, trials: int) -> None:
    """Print what an ensemble costs and gains: of one network, and of each search's best."""
    pairs: dict[str, list[Pair]] = {"64-64-10": [], "the best of a search": []}
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            fixed = place / "fixed.toml"
            fixed.write_text(FIXED)
            split_seed = ("data.split_seed", seed)
            pairs["64-64-10"].append(pair(fixed, split_seed, ("training.seed", seed)))
            runs = ("--runs", place / "runs")
            given = ("--set", f"data.split_seed={seed}", "--set", "study.workers=1")
            words = ("--name", "digits", "--seed", seed, *given, "--trials", trials, *runs)
            hpsearch("run", STUDIES / "digits.toml", *words)
            hpsearch("export", "digits", "-o", place / "best.toml", *runs)
            pairs["the best of a search"].append(pair(place / "best.toml"))
    for name, made in pairs.items():
        alone, together = fmean(p.alone for p in made), fmean(p.together for p in made)
        lower = "lower" if together < alone else "NOT lower"
        cost = median(p.cost for p in made)
        print(f"ensemble of {MEMBERS}, {name}: cost ×{cost:.2f} (asked: ≤ 3.4), median of seeds")
        print(f"  mean test error {together:.4f}, alone {alone:.4f}: {lower}")


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.retrained")
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=", ".join(FIGURES))
    parser.add_argument("--splits", type=int, default=10)
    parser.add_argument("--first", type=int, default=0, help="the first split's seed")
    parser.add_argument("--trials", type=int, default=8, help="of each search")
    parser.add_argument("--seeds", type=int, default=5, help="of the ensembles")
    parser.add_argument("--no-splits", action="store_true", help="the ensembles only")
    parser.add_argument("--no-ensembles", action="store_true", help="the splits only")
    given = parser.parse_args(words)
    if strangers := set(given.studies) - set(FIGURES):
        parser.error(f"there is no study {min(strangers)}")
    if not given.no_ensembles:
        ensembles(range(given.first, given.first + given.seeds), given.trials)
    for study in () if given.no_splits else given.studies or FIGURES:
        compared(study, range(given.first, given.first + given.splits), given.trials)


if __name__ == "__main__":
    main()
