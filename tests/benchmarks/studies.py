"""python -m tests.benchmarks.studies: what the studies that ship come to, searched and retrained.

For each seed, which decides data, split and search, a study is run to its end, its best trial
exported and retrained, and the test rows read once. What is printed is every seed's figure, their
middle or mean, their range, and whether that reaches what others have reached. The space of
digits-folds was chosen with an eye on the test rows of seeds 0 to 19: `--first 20` asks others.
Images are not ours to ship, so their studies are run where their folder is named:

    python -m tests.benchmarks.studies function digits-folds --first 20 --workers 2
    python -m tests.benchmarks.studies mnist --mnist FOLDER
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median
from time import perf_counter

STUDIES = Path(__file__).parents[2] / "studies"


@dataclass(frozen=True)
class Known:
    """A study, the figure it is known by, and what that is held to."""

    figure: str
    """A test metric of `retrain`."""
    goal: float | None = None
    """None: shown beside the others."""
    seeds: int = 5
    """How many make the figure."""
    data: str = "data.split_seed={seed}"
    """What a seed decides beside the search."""
    middle: Callable[[Sequence[float]], float] = median
    told: Callable[[float], float] = float
    """Of the metric, what is shown."""
    called: str = ""
    """What that is called; "": as the metric."""
    form: str = ".2%"
    lower_is_better: bool = False

    def reached(self, figures: Sequence[float]) -> str:
        """Whether the figures meet the goal, in words."""
        if self.goal is None:
            return ""
        found = self.middle(figures)
        met = found <= self.goal if self.lower_is_better else found >= self.goal
        sign = "≤" if self.lower_is_better else "≥"
        return f"{sign} {self.goal:{self.form}} {'reached' if met else 'NOT REACHED'}"


KNOWN = {
    "function": Known(
        *("rmse", 5e-5, 5, "data.source=generated:function:2000:{seed}"),
        told=lambda rmse: rmse**2,
        called="mse",
        form=".1e",
        lower_is_better=True,
    ),
    "digits": Known("accuracy", middle=fmean),
    "digits-folds": Known("accuracy", 0.98, 10, middle=fmean),
    "five-features": Known(
        "accuracy", 0.98, data="data.source=generated:five_features:1500:{seed}"
    ),
    "spiral": Known("accuracy", 0.97, data="data.source=generated:spiral:300:{seed}"),
    "breast-cancer": Known("accuracy"),
    "wine": Known("accuracy"),
    "diabetes": Known("r2", form=".3f"),
    "houses": Known("mae", form=",.0f", data="data.split_seed={seed}"),
    "mnist": Known("accuracy", 0.984, 1),
    "catnoncat": Known("accuracy", None, 10),
}
GIVEN = ("mnist", "catnoncat")
"""Studies of images that a person must bring."""


def searched(study: str, seed: int, place: Path, settings: Sequence[str] = ()) -> dict[str, float]:
    """The test metrics of a study's best trial, retrained.

    Args:
        place: a folder for its run and its model.
        settings: of the study, as `--set` takes them.
    """
    name, runs = f"{study}-{seed}", ("--runs", place / "runs")
    known = KNOWN[study].data.format(seed=seed)
    options = [word for setting in (known, *settings) for word in ("--set", setting)]
    hpsearch("run", STUDIES / f"{study}.toml", "--name", name, "--seed", seed, *options, *runs)
    best, model = place / f"{name}.toml", place / name
    hpsearch("export", name, "-o", best, *runs)
    hpsearch("retrain", best, "-o", model)
    return json.loads((model / "model.json").read_text())["metrics"]["test"]


def hpsearch(*words: object) -> str:
    """Run a command to its end: its standard output; what it says is shown where it fails."""
    command = [sys.executable, "-m", "hpsearch", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command[2:])}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def measured(study: str, seeds: range, settings: Sequence[str]) -> Iterator[str]:
    """A study's figures, seed by seed, and what they come to."""
    known = KNOWN[study]
    called = known.called or known.figure
    figures: list[float] = []
    for seed in seeds:
        began = perf_counter()
        with tempfile.TemporaryDirectory() as place:
            found = searched(study, seed, Path(place), settings)[known.figure]
        figures.append(known.told(found))
        took = perf_counter() - began
        yield f"  seed {seed}: {called} {figures[-1]:{known.form}} in {took:.0f} s"
    middle, low, high = known.middle(figures), min(figures), max(figures)
    how = "mean" if known.middle is fmean else "median"
    spread = f"from {low:{known.form}} to {high:{known.form}}"
    count = f"{len(seeds)} seed{'s' * (len(seeds) != 1)} from {seeds.start}"
    count += "" if len(seeds) >= known.seeds else f" of the {known.seeds} that make the figure"
    yield f"{study:<14} {called}: {how} {middle:{known.form}}, {spread}, {count}"
    if told := known.reached(figures):
        yield f"{'':<14} {told}"


def main(words: Sequence[str] | None = None) -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.studies")
    parser.add_argument("studies", nargs="*", metavar="STUDY", help=", ".join(KNOWN))
    parser.add_argument("--seeds", type=int, help="how many; left out: each study's own")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--workers", type=int, help="left out: the cores we may use")
    parser.add_argument("--trials", type=int, help="left out: each study's own")
    for name in GIVEN:
        parser.add_argument(f"--{name}", type=Path, metavar="FOLDER", help="where its files are")
    given = parser.parse_args(words)
    if strangers := set(given.studies) - set(KNOWN):
        parser.error(f"there is no study {min(strangers)}")
    for study in given.studies or KNOWN:
        keys = {"study.workers": given.workers, "study.trials": given.trials}
        if study in GIVEN:
            if getattr(given, study) is None:
                print(f"{study:<14} not run: name the folder of its files with --{study}")
                continue
            keys["data.path"] = getattr(given, study).absolute()
        settings = [f"{key}={value}" for key, value in keys.items() if value is not None]
        count = given.seeds or KNOWN[study].seeds
        for line in measured(study, range(given.first, given.first + count), settings):
            print(line, flush=True)


if __name__ == "__main__":
    main()
