"""What one training epoch costs: nncore beside scikit-learn, PyTorch, JAX and products alone.

    python -m tests.benchmarks.training [TASK …] [--rounds N] [--cpu] [--markdown]

All in one process on one thread, in turn, so that a noisy machine is noisy for all; medians of the
rounds. An epoch is the training pass alone: adam, no dropout, float32. A number beside a peer is
its time ÷ nncore's: above 1 nncore is faster. JAX is warm here, compiled before the clock starts;
the second table is what a search meets, a whole trial of 30 epochs on a shape that is new.
PyTorch and JAX come with the extra `oracle`; where they are missing their columns say so.
"""

from __future__ import annotations

from tests.benchmarks.tasks import TASKS, Epochs, Task, recipe, seconds, watch  # isort: skip  # before NumPy

import argparse
import warnings
from collections.abc import Mapping, Sequence
from statistics import geometric_mean, median

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from nncore import Dataset, train
from tests.benchmarks.peers import jax_epochs, products, pytorch, scikit_learn

PEERS = ("scikit-learn", "PyTorch eager", "PyTorch fused", "JAX warm")
TRIAL = 30
"""Epochs of a whole trial."""
SMALL = 3
"""The first so many tasks are small: a compiler's seconds are most of a trial there."""


def nncore_pass(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    training = train(recipe(task), Dataset(x, y), seed=0)
    return lambda: seconds(training.learn)


def nncore_epoch(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs:
    """With what a search pays besides: figures of the training rows and of a quarter as many."""
    quarter = len(x) // 4
    training = train(recipe(task), Dataset(x, y, x[:quarter], y[:quarter]), seed=0)
    return lambda: seconds(lambda: next(training))


def jax_warm(task: Task, x: np.ndarray, y: np.ndarray) -> Epochs | None:
    begin = jax_epochs(task, x, y)
    if begin is None:
        return None
    run = begin()
    return lambda: seconds(run)


def measure(task: Task, rounds: int) -> dict[str, float]:
    """The median seconds an epoch takes each contender."""
    x, y = task.data()
    contenders = {
        "nncore": nncore_pass(task, x, y),
        "products": products(task, x, y),
        "scikit-learn": scikit_learn(task, x, y),
        "PyTorch eager": pytorch(task, x, y, fused=False),
        "PyTorch fused": pytorch(task, x, y, fused=True),
        "JAX warm": jax_warm(task, x, y),
        "measured": nncore_epoch(task, x, y),
    }
    return _medians({name: run for name, run in contenders.items() if run is not None}, rounds)


def measure_trial(task: Task, rounds: int) -> dict[str, float]:
    """The median seconds of a whole trial on a new shape: what is made and compiled counts."""
    x, y = task.data()
    begin = jax_epochs(task, x, y)

    def ours() -> None:
        training = train(recipe(task), Dataset(x, y), seed=0)
        for _ in range(TRIAL):
            training.learn()

    contenders: dict[str, Epochs] = {"nncore": lambda: seconds(ours)}
    if begin is not None:

        def theirs() -> None:
            run = begin()
            for _ in range(TRIAL):
                run()

        contenders["JAX with compile"] = lambda: seconds(theirs)
    return _medians(contenders, rounds)


def _medians(runs: Mapping[str, Epochs], rounds: int) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for run in runs.values():
        run()  # to warm up
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(run())
    return {name: median(each) for name, each in taken.items()}


class Table:
    """Lines as they come, in columns for a terminal or as the README has them."""

    def __init__(self, head: Sequence[str], markdown: bool) -> None:
        self._markdown, self._widths = markdown, [30, *(max(len(h), 5) + 2 for h in head[1:])]
        self.line(*head)
        if markdown:
            print("|---" * len(head) + "|")

    def line(self, *cells: str) -> None:
        if self._markdown:
            print(f"| {' | '.join(cells)} |", flush=True)
            return
        first, *others = zip(cells, self._widths, strict=True)
        print(f"{first[0]:<{first[1]}}" + "".join(f"{c:>{w}}" for c, w in others), flush=True)


def ratio(took: Mapping[str, float], peer: str) -> str:
    """A peer's time ÷ nncore's."""
    return f"{took[peer] / took['nncore']:.1f}" if peer in took else "absent"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("tasks", nargs="*", help="tasks by the start of their names; default: all")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--markdown", action="store_true", help="tables as the README has them")
    parser.add_argument("--cpu", action="store_true", help="CPU time, on a busy machine")
    asked = parser.parse_args()
    if asked.cpu:
        watch.use_cpu_time()
    warnings.simplefilter("ignore", ConvergenceWarning)
    names = tuple(asked.tasks)
    chosen = [task for task in TASKS if not names or task.name.startswith(names)]

    table = Table(
        ("task (batch)", "nncore ms", *PEERS, "over products", "measured ms"), asked.markdown
    )
    all_took = []
    for task in chosen:
        all_took.append(took := measure(task, asked.rounds))
        table.line(
            task.name,
            f"{took['nncore'] * 1e3:.2f}",
            *(ratio(took, peer) for peer in PEERS),
            f"{took['nncore'] / took['products']:.2f}",
            f"{took['measured'] * 1e3:.2f}",
        )
    means = [
        f"{geometric_mean(took[peer] / took['nncore'] for took in all_took):.2f}"
        if all(peer in took for took in all_took)
        else "absent"
        for peer in PEERS
    ]
    table.line("geometric mean", "", *means, "", "")

    print()
    table = Table(("30 epochs, new shape", "nncore s", "JAX with compile"), asked.markdown)
    ratios = []
    for task in (task for task in TASKS[:SMALL] if task in chosen):
        took = measure_trial(task, max(1, asked.rounds // 5))
        table.line(task.name, f"{took['nncore']:.3f}", ratio(took, "JAX with compile"))
        if "JAX with compile" in took:
            ratios.append(took["JAX with compile"] / took["nncore"])
    table.line("geometric mean", "", f"{geometric_mean(ratios):.1f}" if ratios else "absent")


if __name__ == "__main__":
    main()
