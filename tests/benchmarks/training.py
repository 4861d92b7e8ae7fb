"""What one training epoch costs: nncore, its matrix products alone, scikit-learn and PyTorch.

    python -m tests.benchmarks.training [TASK …] [--rounds N]

All in one process on one BLAS thread, in turn, so that a noisy machine is noisy for all; medians
of the rounds. An epoch is the training pass alone: adam, no dropout, float32. The last column adds
what a search pays besides: costs and a metric on the training rows and on a quarter as many more.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy loads its BLAS
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from statistics import geometric_mean, median
from time import perf_counter
from typing import Any, Literal

import numpy as np
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

from nncore import Dataset, Recipe, Sequential, losses, optimizers, train

Epochs = Callable[[], float]
"""Runs some epochs and says how many seconds one took."""


@dataclass(frozen=True)
class Task:
    """A network, as many rows, and how many of them a mini-batch has."""

    dims: tuple[int, ...]
    batch: int
    rows: int
    kind: Literal["classes", "units", "numbers"]

    @property
    def name(self) -> str:
        return "-".join(map(str, self.dims)) + f" ({self.batch})"

    def data(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets: noise, which costs as much to learn as anything."""
        rng = np.random.default_rng(0)
        outputs = self.dims[-1]
        if self.dims == (64, 64, 10):
            x, y = load_digits(return_X_y=True)
            return (x[: self.rows] / 16).astype(np.float32), y[: self.rows].astype(np.int64)
        x = rng.normal(size=(self.rows, self.dims[0])).astype(np.float32)
        if self.kind == "classes":
            return x, rng.integers(0, outputs, self.rows)
        if self.kind == "units":
            return x, rng.integers(0, 2, (self.rows, outputs)).astype(np.float32)
        return x, rng.normal(size=(self.rows, outputs)).astype(np.float32)


TASKS = (
    Task((5, 64, 128, 64, 32, 16, 2), 32, 1_500, "units"),
    Task((64, 64, 10), 32, 1_437, "classes"),
    Task((3, 32, 16, 1), 32, 10_000, "numbers"),
    Task((784, 128, 10), 64, 20_000, "classes"),
    Task((12288, 20, 7, 5, 1), 32, 209, "units"),
    Task((100, 256, 256, 2), 256, 30_000, "units"),
)

KINDS = {
    "classes": ("categorical_cross_entropy", "accuracy"),
    "units": ("binary_cross_entropy", "accuracy"),
    "numbers": ("mse", "rmse"),
}


def recipe(task: Task) -> Recipe:
    """The task in nncore's words; so slow a rate that noise cannot make it diverge."""
    loss, metric = KINDS[task.kind]
    return Recipe(
        Sequential.from_dims(task.dims),
        losses[loss](),
        optimizers["adam"](),
        learning_rate=1e-4,
        epochs=10**9,
        mini_batch_size=task.batch,
        metrics=(metric,),
    )


def nncore_pass(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    training = train(recipe(task), Dataset(x, y), seed=0)
    return lambda: _seconds(training.learn)


def nncore_epoch(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    quarter = len(x) // 4
    training = train(recipe(task), Dataset(x, y, x[:quarter], y[:quarter]), seed=0)
    return lambda: _seconds(lambda: next(training))


def products(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    """The matrix products of an epoch and nothing else: no library on this BLAS goes below."""
    rng = np.random.default_rng(0)
    batches = [task.batch] * (len(x) // task.batch)
    batches += [len(x) % task.batch] if len(x) % task.batch else []
    weights = [
        rng.normal(0, 0.05, shape).astype(np.float32)
        for shape in zip(task.dims, task.dims[1:], strict=False)
    ]
    views = {}
    for rows in set(batches):
        ys = [rng.normal(size=(rows, width)).astype(np.float32) for width in task.dims]
        views[rows] = [
            (ys[i], ys[i + 1], W, np.empty_like(W), np.empty_like(ys[i]))
            for i, W in enumerate(weights)
        ]

    def epoch() -> None:
        for rows in batches:
            for y, z, W, _, _ in views[rows]:
                np.dot(y, W, z)
            for i, (y, z, W, dW, dy) in enumerate(reversed(views[rows])):
                np.dot(y.T, z, dW)
                if i < len(weights) - 1:
                    np.dot(z, W.T, dy)

    return lambda: _seconds(epoch)


def scikit_learn(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    """By difference, so that checking the input and drawing weights do not count."""
    few = 3 if len(x) < 5_000 else 1
    kind = MLPRegressor if task.kind == "numbers" else MLPClassifier
    target = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y

    def fit(epochs: int) -> float:
        model = kind(
            hidden_layer_sizes=task.dims[1:-1],
            alpha=0.0,
            batch_size=task.batch,
            learning_rate_init=1e-4,
            max_iter=epochs,
            tol=0.0,
            n_iter_no_change=10**6,
            random_state=0,
        )
        return _seconds(lambda: model.fit(x, target))

    return lambda: (fit(1 + few) - fit(1)) / few


def pytorch(task: Task, x: np.ndarray, y: np.ndarray, fused: bool) -> Epochs | None:
    """A plain training loop over an index permutation; None where PyTorch is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    torch.manual_seed(0)
    stages: list[Any] = []
    for wide, narrow in zip(task.dims, task.dims[1:], strict=False):
        stages += [torch.nn.Linear(wide, narrow), torch.nn.ReLU()]
    net = torch.nn.Sequential(*stages[:-1])
    loss = {
        "classes": torch.nn.CrossEntropyLoss,
        "units": torch.nn.BCEWithLogitsLoss,
        "numbers": torch.nn.MSELoss,
    }[task.kind]()
    adam = torch.optim.Adam(net.parameters(), lr=1e-4, fused=fused)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)

    def epoch() -> None:
        for rows in torch.randperm(len(inputs)).split(task.batch):
            adam.zero_grad()
            loss(net(inputs[rows]), targets[rows]).backward()
            adam.step()

    return lambda: _seconds(epoch)


def _seconds(run: Callable[[], object]) -> float:
    began = perf_counter()
    run()
    return perf_counter() - began


def measure(task: Task, rounds: int) -> dict[str, float]:
    """The median seconds an epoch takes each contender."""
    x, y = task.data()
    contenders = {
        "nncore": nncore_pass(task, x, y),
        "products": products(task, x, y),
        "scikit-learn": scikit_learn(task, x, y),
        "torch": pytorch(task, x, y, fused=False),
        "fused": pytorch(task, x, y, fused=True),
        "measured": nncore_epoch(task, x, y),
    }
    here = {name: run for name, run in contenders.items() if run is not None}
    taken: dict[str, list[float]] = {name: [] for name in here}
    for run in here.values():
        run()  # to warm up
    for _ in range(rounds):
        for name, run in here.items():
            taken[name].append(run())
    return {name: median(seconds) for name, seconds in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tasks", nargs="*", help="tasks by the start of their names; default: all")
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    head = ("task (batch)", "ms", "scikit-learn", "torch", "fused", "over products", "measured ms")
    print("{:<30}{:>9}{:>14}{:>8}{:>8}{:>15}{:>13}".format(*head))
    ratios: list[float] = []
    for task in TASKS:
        if asked.tasks and not any(task.name.startswith(name) for name in asked.tasks):
            continue
        took = measure(task, asked.rounds)
        ours = took["nncore"]
        ratios.append(took["scikit-learn"] / ours)
        torch, fused = (
            f"{took[name] / ours:.1f}" if name in took else "absent" for name in ("torch", "fused")
        )
        print(
            f"{task.name:<30}{ours * 1e3:>9.2f}{ratios[-1]:>14.1f}{torch:>8}{fused:>8}"
            f"{ours / took['products']:>15.2f}{took['measured'] * 1e3:>13.2f}",
            flush=True,
        )
    print(f"geometric mean, scikit-learn ÷ nncore: {geometric_mean(ratios):.2f}")


if __name__ == "__main__":
    main()
