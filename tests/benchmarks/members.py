"""What a member costs when K networks of one shape are trained together.

    python -m tests.benchmarks.members [--rounds N] [--cpu]

Each of the K trains on the same rows with generators of its own; the time of a training pass is
divided by K and by that of one network alone. One process, one BLAS thread, every K in turn, so
that a noisy machine is noisy for all; medians of the rounds. K = 1 should cost what a network
without the axis costs. Last: an epoch's milliseconds for each of ten.

Then, of networks whose vectors fill a core's cache, what five cost altogether: stacked like small
ones, which is not done; one by one, as a search trains folds; and on two threads, as `retrain`
trains an ensemble.
"""

from __future__ import annotations

import argparse
from statistics import median

from tests.benchmarks.tasks import TASKS, Epochs, Task, recipe, seconds, watch  # isort: skip

from nncore import Dataset, train, training

COUNTS = (None, 1, 5, 10)
"""Members; None is a network without the axis."""
TARGETS = {
    (3, 32, 16, 1): (0.42, 0.32),
    (64, 64, 10): (0.62, 0.56),
    (5, 64, 128, 64, 32, 16, 2): (0.72, 0.55),
}
"""Cost per member with 5 and with 10, against one alone."""


def epoch(task: Task, members: int | None, threads: int = 1) -> Epochs:
    """Runs a training pass and says how many seconds it took."""
    trained = train(recipe(task), Dataset(*task.data()), 0, members, threads)
    return lambda: seconds(trained.learn)


def measure(task: Task, rounds: int) -> dict[int | None, float]:
    """Median seconds of an epoch for each number of members."""
    runs = {members: epoch(task, members) for members in COUNTS}
    taken: dict[int | None, list[float]] = {members: [] for members in COUNTS}
    for run in runs.values():
        run()  # to warm up
    for _ in range(rounds):
        for members, run in runs.items():
            taken[members].append(run())
    return {members: median(seconds) for members, seconds in taken.items()}


def large(task: Task, rounds: int) -> dict[str, float]:
    """Of five networks in each way, how many times as long they take as one."""
    usual = training.WIDE
    runs = {"one": epoch(task, None)}
    for name, wide, threads in (("stacked", 1 << 62, 1), ("one by one", 0, 1), ("threads", 0, 2)):
        training.WIDE = wide
        runs[name] = epoch(task, 5, threads)
    training.WIDE = usual
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            taken[name].append(run())
    one = median(taken.pop("one"))
    return {name: median(took) / one for name, took in taken.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--cpu", action="store_true", help="CPU time, on a busy machine")
    asked = parser.parse_args()
    if asked.cpu:
        watch.use_cpu_time()
    head = ("task (batch)", "alone ms", "K = 1", "K = 5", "K = 10", "wanted", "ms at 10")
    print("{:<30}{:>10}{:>8}{:>8}{:>8}{:>16}{:>10}".format(*head))
    for dims, wanted in TARGETS.items():
        task = next(task for task in TASKS if task.dims == dims)
        took = measure(task, asked.rounds)
        alone = took[None]
        shares = [took[members] / members / alone for members in COUNTS if members]
        goal = " / ".join(f"{one:.2f}" for one in wanted)
        print(
            f"{task.name:<30}{alone * 1e3:>10.2f}{shares[0]:>8.2f}{shares[1]:>8.2f}"
            f"{shares[2]:>8.2f}{goal:>16}{took[10] * 100:>10.2f}",
            flush=True,
        )
    print("\n{:<30}{:>10}{:>12}{:>12}".format("five of", "stacked", "one by one", "2 threads"))
    for task in TASKS:
        if recipe(task).network.parameters(task.dims[0]) > training.WIDE:
            ways = large(task, min(asked.rounds, 5))
            print(f"{task.name:<30}" + "{:>10.2f}{:>12.2f}{:>12.2f}".format(*ways.values()))


if __name__ == "__main__":
    main()
