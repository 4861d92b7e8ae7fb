"""The six tasks that training is measured on, in nncore's words.

Importing this keeps every BLAS to one thread, so it is imported before NumPy.
"""

from __future__ import annotations

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy loads its BLAS
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["MKL_NUM_THREADS"] = "1"
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any, Literal

import numpy as np
from sklearn.datasets import load_digits

from nncore import Recipe, Sequential, losses, optimizers

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
            bunch: Any = load_digits()
            x, y = bunch.data, bunch.target
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


@dataclass
class Watch:
    """The clock that `seconds` reads."""

    now: Callable[[], float] = perf_counter

    def use_cpu_time(self) -> None:
        """Of all threads together: steadier where others use the machine too."""
        self.now = process_time


watch = Watch()


def seconds(run: Callable[[], object]) -> float:
    """How long it takes."""
    began = watch.now()
    run()
    return watch.now() - began
