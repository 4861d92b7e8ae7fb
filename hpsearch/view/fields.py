"""What can be asked of a trial, by name: for queries, columns and orders.

The names are the study file's, beside the figures of its metrics and a few facts of the trial.
A value that a study holds fixed can be asked for like one that it searches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.names import ALIASES, resolve
from hpsearch.study.space import NEEDS, Value, applies

Read = Callable[[TrialRecord], Value | None]
"""Reads one value of a trial; None where it has none."""

FACTS = (
    "number",
    "state",
    "value",
    "gap",
    "best_epoch",
    "epochs",
    "planned",
    "parameters",
    "seconds",
    "slot",
    "attempt",
    "seed",
    "reason",
)
"""Facts of a trial that are no metric and no hyperparameter. `gap` is val_cost - train_cost."""

_METRICS = (
    "cost",
    "accuracy",
    "balanced_accuracy",
    "f1",
    "roc_auc",
    "rmse",
    "mae",
    "r2",
)
FIGURES = (*(f"val_{name}" for name in _METRICS), "train_cost", "train_accuracy", "train_rmse")
"""Figures that can be asked for also where no trial has one yet."""


@dataclass(frozen=True)
class Fields:
    """The names of one study, and how each is read from a trial."""

    params: tuple[str, ...]
    """What it searches, by full names, in the study file's order."""
    figures: tuple[str, ...] = FIGURES
    fixed: Mapping[str, Value] = field(default_factory=dict)
    """What it does not search, by full names."""
    metric: str = "val_cost"
    direction: str = "minimize"

    @property
    def names(self) -> tuple[str, ...]:
        """Every name, in the order in which a person would look for them."""
        return (*FACTS, *self.figures, *self.params, *self.fixed)

    def resolve(self, written: str) -> str:
        """The name that is meant.

        Raises:
            NoSuchName: none is, or several are.
        """
        return resolve(written, self.names)

    def reader(self, name: str) -> Read:
        """How to read the value of that full name."""
        if name == self.metric or name == "value":
            return attrgetter("value")
        if name == "gap":
            return gap
        if name in FACTS:
            return attrgetter(name)
        if "." not in name:
            return lambda trial: trial.figures.get(name)
        if name in self.fixed:
            return self._fixed(name)
        return lambda trial: trial.params.get(name)

    def _fixed(self, name: str) -> Read:
        """A fixed value, of those trials in which it takes effect."""
        value = self.fixed[name]
        if name not in NEEDS:
            return lambda _: value
        chooser = NEEDS[name][0]
        if chooser not in self.params:
            return lambda _: value if applies(name, self.fixed) else None
        return lambda trial: value if applies(name, trial.params) else None


def fields(study: StudyFacts, trials: Iterable[TrialRecord] = ()) -> Fields:
    """What can be asked of a study's trials; figures that only some of `trials` have included."""
    seen = dict.fromkeys(name for trial in trials for name in trial.figures)
    fixed = {
        name: _value(value)
        for name, value in study.meaning.items()
        if name not in study.space
        and (name.startswith(("network.", "training.")) or name == "data.normalize")
    }
    return Fields(
        tuple(study.space),
        tuple(dict.fromkeys((study.metric, *FIGURES, *seen))),
        fixed,
        study.metric,
        study.direction,
    )


USUAL = Fields(tuple(dict.fromkeys((*(n for n in ALIASES.values() if "." in n), *NEEDS))))
"""The names that most studies know, where there is no study yet."""


def gap(trial: TrialRecord) -> float | None:
    """How much worse a trial does on rows it has not seen: val_cost - train_cost."""
    val, train = trial.figures.get("val_cost"), trial.figures.get("train_cost")
    return None if val is None or train is None else val - train


def size(value: Value) -> float | None:
    """A value as a number; layers by all their units, since the larger network lies further up."""
    if isinstance(value, tuple):
        return float(sum(value))
    return None if isinstance(value, str) else float(value)


def _value(value: object) -> Value:
    if isinstance(value, list | tuple):
        return tuple(value)
    return value if isinstance(value, bool | int | float | str) else str(value)
