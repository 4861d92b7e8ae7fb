"""python -m tests.benchmarks.known_results: figures others have reached, and ours.

Each figure is measured under several seeds, which decide the data, the weights and the shuffles;
what is printed is every seed's figure, their middle and their range. Fresh rows are made under a
seed of their own, which no training sees. Images are not ours to ship, so their rows are run where
a folder is named:

    python -m tests.benchmarks.known_results --catnoncat FOLDER --mnist FOLDER
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

import numpy as np

from nncore import Dataset, Recipe, Sequential, losses, optimizers, schedules, train
from nncore.generated import blobs, five_features, function, spiral
from nncore.network import Network
from nncore.perceptron import train_perceptron
from nncore.weight_search import Strategy, WeightSearch, strategies
from tests.benchmarks.images import Cats, Digits

FRESH = 1_000_000
"""Added to a seed, it is the seed of rows that are only judged by."""


def learned(recipe: Recipe, data: Dataset, seed: int) -> Network:
    """The network after the recipe's epochs."""
    training = train(recipe, data, seed)
    for _ in range(recipe.epochs):
        training.learn()
    return training.network


def smooth_function(seed: int, epochs: int = 800) -> float:
    """Mean squared error of 3-32-16-1 on 5,000 fresh points, from 2,000."""
    recipe = Recipe(
        network=Sequential.from_dims(
            (3, 32, 16, 1), activation="tanh", initializer="xavier_normal"
        ),
        loss=losses["mse"](),
        learning_rate=1e-2,
        schedule=schedules["cosine"](),
        epochs=epochs,
        mini_batch_size=32,
    )
    network = learned(recipe, Dataset(*function(seed)), seed)
    x, y = function(FRESH + seed, 5000)
    return float(np.mean((network.predict(x) - y) ** 2))


def two_answers(seed: int) -> tuple[float, float]:
    """Accuracy and precision of 5-16-2 on 300 of the 1,500 rows, from the other 1,200."""
    x, y = five_features(seed)
    recipe = Recipe(
        network=Sequential.from_dims((5, 16, 2), activation="tanh", output="sigmoid"),
        loss=losses["binary_cross_entropy"](),
        learning_rate=1e-2,
        schedule=schedules["cosine"](),
        epochs=30,
        mini_batch_size=32,
        lambd=1.0,
    )
    network = learned(recipe, Dataset(x[:1200], y[:1200]), seed)
    return judged(network.predict(x[1200:]), y[1200:])


def logistic(seed: int) -> tuple[float, float]:
    """The same rows by scikit-learn's logistic regression, one for each answer."""
    from sklearn.linear_model import LogisticRegression

    x, y = five_features(seed)
    columns = [
        LogisticRegression(C=100.0).fit(x[:1200], answers[:1200]).predict(x[1200:])
        for answers in y.T
    ]
    return judged(np.column_stack(columns), y[1200:])


def judged(p: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Accuracy over all answers, and precision, the mean of both answers'."""
    said, true = p > 0.5, y > 0.5
    precision = (said & true).sum(axis=0) / said.sum(axis=0)
    return float(np.mean(said == true)), float(precision.mean())


SPIRAL = Recipe(
    network=Sequential.from_dims((2, 64, 3), activation="relu", output="softmax"),
    loss=losses["categorical_cross_entropy"](),
    optimizer=optimizers["adam"](),
    learning_rate=0.02,
    schedule=schedules["cosine"](),
    epochs=100,
    mini_batch_size=32,
)


def three_arms(seed: int) -> float:
    """Accuracy of 2-64-3 on 3,000 fresh points of the spiral, from 300, by gradients."""
    return right(learned(SPIRAL, Dataset(*spiral(seed)), seed), seed)


def three_arms_guessed(strategy: Strategy, seed: int) -> float:
    """The same network after as many looks at the rows: three guesses for each epoch."""
    search = WeightSearch(SPIRAL.network, SPIRAL.loss, Dataset(*spiral(seed)), strategy, seed)
    for _ in islice(search, 3 * SPIRAL.epochs):
        pass
    return right(search.network, seed)


def right(network: Network, seed: int) -> float:
    """The share of fresh points of the spiral whose arm it names."""
    x, y = spiral(FRESH + seed, 3000)
    return float(np.mean(network.logits(x).argmax(axis=1) == y))


def parted_clouds(seed: int) -> int:
    """Rows of the blobs that a perceptron gets wrong once it has stopped."""
    x, y = blobs(seed)
    return int(np.count_nonzero(train_perceptron(x, y, seed=seed)(x) != y))


@dataclass(frozen=True)
class Row:
    """A figure, measured under a seed, and what it is held to."""

    what: str
    measure: Callable[[int], float] | None
    """None: its files are not at hand."""
    goal: float | None = None
    """None: shown beside the others."""
    lower_is_better: bool = False
    form: str = ".1%"
    seeds: int | None = None
    """How many it is always run under; None: as many as asked for."""
    note: Callable[[float], str] = lambda middle: ""
    """What is to be known of the middle figure."""

    def reached(self, figures: Sequence[float]) -> str:
        """Whether the middle figure meets the goal, in words."""
        if self.goal is None:
            return ""
        middle = median(figures)
        met = middle <= self.goal if self.lower_is_better else middle >= self.goal
        sign = "≤" if self.lower_is_better else "≥"
        return f"{sign} {self.goal:{self.form}} {'reached' if met else 'NOT REACHED'}"


ROWS = (
    Row("function, 3-32-16-1: MSE", smooth_function, 1.5e-4, True, ".1e"),
    Row("five features: accuracy", lambda seed: two_answers(seed)[0], 0.98),
    Row("five features: precision", lambda seed: two_answers(seed)[1], 0.98),
    Row("  logistic regression: accuracy", lambda seed: logistic(seed)[0]),
    Row("spiral, 2-64-3: gradients", three_arms, 0.97),
    *(
        Row(
            f"  {name}, as many looks",
            lambda seed, s=strategies[name]: three_arms_guessed(s(), seed),
        )
        for name in strategies
    ),
    Row("blobs, perceptron: errors", parted_clouds, 0, True, ".0f"),
)


def images(catnoncat: Path | None, mnist: Path | None) -> Iterator[Row]:
    """The rows of images, where their folders are named."""
    cats = None if catnoncat is None else Cats(catnoncat)
    train, test, note = (cats.train, cats.test, cats.interval) if cats else (None, None, Row.note)
    yield Row("cat/non-cat: training images", train, 0.99, seeds=10)
    yield Row("cat/non-cat: test images", test, 0.74, seeds=10, note=note)
    digits = None if mnist is None else Digits(mnist)
    yield Row("MNIST, 784-512-256-10: test", digits and digits.test, 0.984, form=".2%")


def line(row: Row, seeds: int) -> str:
    """A row as it is printed, measured now."""
    if row.measure is None:
        return f"{row.what:<32} not run: name the folder of its files"
    each = [row.measure(seed) for seed in range(row.seeds or seeds)]
    middle, low, high = (f"{f:{row.form}}" for f in (median(each), min(each), max(each)))
    said = " ".join(f"{figure:{row.form}}" for figure in each)
    words = f"{said}  {row.reached(each)} {row.note(median(each))}".rstrip()
    return f"{row.what:<32} {middle:>8}  {low:>8} {high:>8}  {words}"


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.known_results")
    parser.add_argument("--seeds", type=int, default=5, help="0 to SEEDS - 1")
    parser.add_argument("--catnoncat", type=Path, help="the folder of the two HDF5 files")
    parser.add_argument("--mnist", type=Path, help="the folder of the four IDX files")
    parser.add_argument("--only", default="", help="rows that have this in their name")
    given = parser.parse_args(words)
    print(f"{'':<32} {'median':>8}  {'lowest':>8} {'highest':>8}  seeds 0 to {given.seeds - 1}")
    for row in (*ROWS, *images(given.catnoncat, given.mnist)):
        if given.only in row.what:
            print(line(row, given.seeds), flush=True)


if __name__ == "__main__":
    main()
