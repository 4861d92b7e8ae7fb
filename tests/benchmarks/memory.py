"""What a steady epoch of training allocates, in bytes.

    python -m tests.benchmarks.memory [--epochs N]

Everything is allocated where the sizes are known; an epoch after that makes only a few small
objects. Each figure is the most that stood allocated at once above what stood before the epoch,
as tracemalloc sees it (NumPy tells it of every array), and the largest of the epochs. The epoch is
a whole one, shown figures and all; 64-64-10 on 1,437 rows may take 64 KiB.
"""

from __future__ import annotations

import argparse
import gc
import tracemalloc

from nncore import Dataset, train
from tests.benchmarks.tasks import TASKS, Task, recipe

WANTED: dict[tuple[int, ...], int] = {(64, 64, 10): 64}
"""KiB."""


def allocated(task: Task, epochs: int, members: int | None = None) -> tuple[int, int]:
    """Bytes at the peak of a training pass alone, and of an epoch with its figures."""
    x, y = task.data()
    quarter = len(x) // 4
    data = Dataset(x, y, x[:quarter], y[:quarter])
    training = train(recipe(task), data, seed=0, members=members)
    for _ in range(3):  # views are made at their first use
        next(training)
    gc.collect()
    tracemalloc.start()
    peaks = []
    for run in (training.learn, training.__next__):
        most = 0
        for _ in range(epochs):
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            run()
            _, peak = tracemalloc.get_traced_memory()
            most = max(most, peak - before)
        peaks.append(most)
    tracemalloc.stop()
    return peaks[0], peaks[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--epochs", type=int, default=5)
    asked = parser.parse_args()
    head = ("task (batch)", "members", "pass KiB", "epoch KiB", "may take")
    print("{:<30}{:>8}{:>10}{:>11}{:>10}".format(*head))
    for task in TASKS:
        for members in (None, 5) if task.dims in WANTED else (None,):
            learn, epoch = allocated(task, asked.epochs, members)
            wanted = WANTED.get(task.dims, "") if members is None else ""
            print(
                f"{task.name:<30}{members or 'none':>8}{learn / 1024:>10.1f}"
                f"{epoch / 1024:>11.1f}{wanted:>10}",
                flush=True,
            )


if __name__ == "__main__":
    main()
