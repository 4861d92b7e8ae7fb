"""python -m tests.benchmarks.searcher: what the searcher costs as a study grows.

CPU time a trial for ask, judge and tell with twelve parameters, after 100, 1,000 and 5,000
finished trials, with the median and the hyperband pruner; and how long a study of 10,000 trials
takes to be opened again. The trials are made up: no training. Nothing is asserted: the machine
may be shared.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from hpsearch.engine.searcher import Searcher
from hpsearch.store.past import Best, Past
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from hpsearch.study.events import EpochDone, Trial

EPOCHS = 40

TWELVE = """
[study]
name = "twelve"
trials = 10000
sampler = "{sampler}"
pruner = "{pruner}"

[data]
source = "sklearn:digits"

[network]
layer_dims = {{ depth = {depth}, width = [16, 256], log = true }}
activation = {{ choice = ["relu", "leaky_relu", "tanh"] }}

[training]
epochs = {epochs}
mini_batch_size = {{ choice = [16, 32, 64, 128] }}
optimizer = {{ choice = ["momentum", "adam"] }}
learning_rate = {{ float = [1e-4, 1e-1], log = true }}
beta1 = {{ float = [0.8, 0.99] }}
decay = "discrete"
decay_rate = {{ float = [1e-3, 1.0], log = true }}
decay_interval = {{ int = [5, 20] }}
regularization = "both"
lambd = {{ float = [0.01, 10.0], log = true }}
keep_prob = {{ float = [0.5, 0.95] }}
"""
"""A depth and up to two widths, and nine more: twelve, as the sampler sees them."""


def study(sampler: str, pruner: str, depth: str = "[2, 2]") -> studyfile.StudyFile:
    """The twelve parameters; with a depth of [1, 3] the space changes from trial to trial."""
    text = TWELVE.format(sampler=sampler, pruner=pruner, depth=depth, epochs=EPOCHS)
    return studyfile.parse(text, Path("twelve.toml")).settle("multiclass", 64, 10)


def searcher(of: studyfile.StudyFile, history: list[Past] = []) -> Searcher:  # noqa: B006
    """The real one; sizes do not matter here."""
    return Searcher(of, "minimize", lambda config: 0, history)


def curve(trial: Trial) -> list[float]:
    """A made-up training: best near a rate of 0.01 and few units dropped, with some noise."""
    noise = random.Random(trial.seed)
    params: dict[str, Any] = {**trial.params}
    rate, keep = params["training.learning_rate"], params["training.keep_prob"]
    ends = abs(rate - 0.01) ** 0.5 + (0.9 - keep) ** 2 + noise.uniform(0, 0.1)
    return [ends + (1 + noise.uniform(0, 0.2)) / epoch for epoch in range(1, EPOCHS + 1)]


def one(search: Searcher) -> Past:
    """One trial from ask to tell, an epoch a message."""
    trial = search.ask()
    memory, told, state = search.memory(trial.number), {}, "complete"
    for number, value in enumerate(curve(trial), start=1):
        told[number] = value
        epoch = EpochDone(number, {"val_cost": value}, 0.01, 1.0, 0.01)
        pruned = search.judge(trial.number, (epoch,))
        memory = search.memory(trial.number)
        if pruned:
            state = "pruned"
            break
    best = min(told.values())
    search.tell(trial.number, state, best)  # type: ignore[arg-type]  # one of two states
    return Past(trial, state, memory, best, told, 1, 0, 1.0)  # type: ignore[arg-type]  # as above


def made_up(pruner: str, trials: int, depth: str) -> list[Past]:
    """So many finished trials, drawn at random."""
    search = searcher(study("random", pruner, depth))
    return [one(search) for _ in range(trials)]


def cost(of: studyfile.StudyFile, history: list[Past], trials: int, profile: bool) -> float:
    """CPU milliseconds a trial, after the given history."""
    search = searcher(of, history)
    one(search)
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    began = time.process_time()
    for _ in range(trials):
        one(search)
    spent = time.process_time() - began
    if profile:
        profiler.disable()
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return 1000 * spent / trials


def stored(history: list[Past], folder: Path) -> Path:
    """The history as an engine would have written it."""
    store = Store(folder / "study.db")
    for past in history:
        number = past.trial.number
        store.asked(past.trial, past.memory, EPOCHS, 5000)
        store.started(number, 0, 1, 1, "here", 0)
        done = tuple(
            EpochDone(epoch, {"val_cost": value, "train_cost": value}, 0.01, 1.0, 0.01)
            for epoch, value in past.curve.items()
        )
        best = Best(1, past.value or 0.0, done[0].figures)
        store.epochs(number, done, "val_cost", best, past.memory, 1.0)
        store.finished(number, past.state, number, 1.0, "", best)
    store.close()
    return folder / "study.db"


def reopened(of: studyfile.StudyFile, db: Path) -> tuple[float, float]:
    """Seconds in the store and in the searcher until a study stands again as it did."""
    began = time.perf_counter()
    history = Store(db).history()
    read = time.perf_counter()
    searcher(of, history)
    return read - began, time.perf_counter() - read


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.searcher")
    parser.add_argument("--finished", type=int, nargs="*", default=[100, 1000, 5000])
    parser.add_argument("--trials", type=int, default=12, help="measured at each")
    parser.add_argument("--sampler", default="tpe")
    parser.add_argument("--pruner", nargs="*", default=["median", "hyperband"])
    parser.add_argument("--depth", default="[2, 2]", help="[1, 3] makes the space dynamic")
    parser.add_argument("--reopen", type=int, default=10_000, help="trials; 0 leaves it out")
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    for pruner in given.pruner:
        of = study(given.sampler, pruner, given.depth)
        history = made_up(pruner, max([*given.finished, given.reopen]), given.depth)
        for finished in given.finished:
            spent = cost(of, history[:finished], given.trials, given.profile)
            print(f"{pruner:10} {finished:6,} finished: {spent:6.0f} ms CPU a trial", flush=True)
        if given.reopen:
            with tempfile.TemporaryDirectory() as place:
                db = stored(history[: given.reopen], Path(place))
                read, remembered = reopened(of, db)
            print(
                f"{pruner:10} {given.reopen:6,} trials opened: {read:.2f} s in the store, "
                f"{remembered:.2f} s in the searcher"
            )


if __name__ == "__main__":
    main()
