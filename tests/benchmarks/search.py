"""python -m tests.benchmarks.search: what a search costs beside its training.

Prints wall time of the bundled digits study, the share of the workers' time spent inside training,
and the engine's CPU time a trial. Nothing is asserted: the machine may be shared.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import TrialRecord

ROOT = Path(__file__).parents[2]

TWELVE = """
[study]
name = "twelve"
trials = {trials}
pruner = "none"

[data]
source = "sklearn:digits"
test = 0.2
validation = 0.2

[network]
layer_dims = {{ depth = [2, 2], width = [48, 96], log = true }}
activation = {{ choice = ["relu", "leaky_relu", "tanh"] }}
initializer = {{ choice = ["he_normal", "xavier_normal"] }}

[training]
epochs = {epochs}
early_stopping = 0
mini_batch_size = 32
optimizer = "adam"
learning_rate = {{ float = [1e-4, 1e-2], log = true }}
beta1 = {{ float = [0.8, 0.99] }}
beta2 = {{ float = [0.9, 0.9999] }}
decay = "discrete"
decay_rate = {{ float = [1e-3, 1.0], log = true }}
decay_interval = {{ int = [5, 20] }}
regularization = "both"
lambd = {{ float = [0.01, 10.0], log = true }}
keep_prob = {{ float = [0.5, 0.95] }}
"""
"""Twelve parameters as the sampler sees them: a depth and two widths among them."""


def digits(place: Path) -> None:
    """From the command to the summary."""
    began = time.monotonic()
    run(place, ROOT / "studies" / "digits.toml")
    wall = time.monotonic() - began
    with Reader(RunFolder(place / "runs" / "digits")) as reader:
        facts = reader.study()
        counts = reader.counts(facts.trials)
        trials = reader.leaderboard(facts.direction, None)
    print(f"digits: {counts.finished} trials of up to {facts.epochs} epochs in {wall:.1f} s")
    print(f"        {counts.complete} complete, {counts.pruned} pruned; best {trials[0].value:.4f}")


def twelve(place: Path, trials: int, epochs: int) -> None:
    """Busy share and engine CPU, with trials of about a second."""
    study = place / "twelve.toml"
    study.write_text(TWELVE.format(trials=trials, epochs=epochs))
    folder = RunFolder(place / "runs" / "twelve")
    running = subprocess.Popen(
        [sys.executable, "-m", "hpsearch", "run", str(study), "--runs", str(place / "runs")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    samples = []
    while running.poll() is None:
        time.sleep(0.25)
        if folder.db.exists():
            samples.append(sample(folder))
    with Reader(folder) as reader:
        facts = reader.study()
        found = reader.leaderboard(facts.direction, None)
        taken = reader._db.rows("SELECT trial, started FROM attempt")
    share, seconds = busy(found, dict(taken), facts.workers)
    print(f"twelve parameters: {len(found)} trials of {seconds:.2f} s, {facts.workers} workers")
    print(f"        busy share, first start to last start: {share:.3f}")
    for low, high in ((0, 40), (40, 80), (80, 120)):
        cost = marginal(samples, low, high)
        if cost is not None:
            print(f"        engine CPU a trial, trials {low} to {high}: {1000 * cost:.0f} ms")


def busy(
    trials: Sequence[TrialRecord], started: dict[int, float], workers: int
) -> tuple[float, float]:
    """Seconds inside training between the first and the last start, over workers times wall."""
    first, last = min(started.values()), max(started.values())
    inside = 0.0
    for trial in trials:
        begin = started[trial.number]
        share = min(1.0, max(0.0, last - begin) / trial.seconds) if trial.seconds else 0.0
        inside += share * trial.seconds
    mean = sum(trial.seconds for trial in trials) / len(trials)
    return inside / (workers * (last - first)), mean


def sample(folder: RunFolder) -> tuple[int, float]:
    """Finished trials, and the engine's CPU seconds when they were."""
    with Reader(folder) as reader, reader.still():
        (row,) = reader._db.rows("SELECT value FROM study WHERE key = 'cpu'") or [("0",)]
        return reader.counts(0).finished, float(json.loads(row[0]))


def marginal(samples: list[tuple[int, float]], low: int, high: int) -> float | None:
    """CPU seconds a trial between two numbers of finished trials."""
    inside = [(finished, cpu) for finished, cpu in samples if low <= finished <= high]
    if len(inside) < 2 or inside[-1][0] == inside[0][0] or inside[-1][0] < high - 5:
        return None
    (a, before), (b, after) = inside[0], inside[-1]
    return (after - before) / (b - a)


def run(place: Path, study: Path, *words: str) -> None:
    """Run a study to its end."""
    command = [sys.executable, "-m", "hpsearch", "run", str(study), *words]
    subprocess.run([*command, "--runs", str(place / "runs")], check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.search", description=__doc__)
    parser.add_argument("--trials", type=int, default=125)
    parser.add_argument("--epochs", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        digits(Path(place))
        twelve(Path(place), given.trials, given.epochs)


if __name__ == "__main__":
    main()
