"""Pruners by the study file's names, and the epochs at which each decides (its rungs).

Only at a rung does a trainer wait for the engine's verdict, so everything between is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from optuna import Study
from optuna.pruners import (
    BasePruner,
    HyperbandPruner,
    MedianPruner,
    NopPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
)
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial

from hpsearch.engine import signature
from hpsearch.study.kinds import shown
from hpsearch.study.options import StudyOptions
from hpsearch.study.space import Choice, Float, Int
from hpsearch.study.studyfile import StudyFile

STUDY_NAME = "hpsearch"
"""What Optuna's study is called: hyperband's brackets depend on it."""
_TABLE = "study.pruner_options"
_OURS = ("max_resource", "n_warmup_steps", "interval_steps")
"""Options that follow from the epochs."""
_REDUCTION = 3
"""Of three trials that reach a rung of halving or hyperband, one goes on."""


def planned_epochs(study: StudyFile) -> int:
    """The most epochs a trial of this study may train."""
    match study.space.get("training.epochs"):
        case None:
            return int(study.fixed["training.epochs"])  # type: ignore[arg-type]  # as checked
        case Int(high=high) | Float(high=high):
            return int(high)
        case Choice(options):
            return max(int(option) for option in options)  # type: ignore[arg-type]  # as checked
        case range_:
            raise AssertionError(f"epochs are a number, not {range_}")


def chosen(options: StudyOptions) -> str:
    """What `auto` means: hyperband needs more than ten trials in each of its brackets."""
    if options.pruner != "auto":
        return options.pruner
    return "median" if options.trials < 300 else "hyperband"


def make(options: StudyOptions, epochs: int) -> BasePruner:
    """The study's pruner, for trials of up to `epochs` epochs; `mistakes` found it sound."""
    kind, defaults = _KINDS[chosen(options)](epochs)
    return kind(**{**defaults, **options.pruner_options})


def mistakes(options: StudyOptions, epochs: int) -> signature.Mistakes:
    """What is wrong with the study's pruner options."""
    name, given = chosen(options), options.pruner_options
    if found := signature.mistakes(_TABLE, name, _KINDS[name](epochs)[0], given, _OURS):
        return found
    if name == "threshold" and not {"lower", "upper"}.intersection(given):
        sentence = f"of {options.metric} beyond which a trial is pruned"
        return [(_TABLE, f"threshold has no bound; write upper or lower, the value {sentence}.")]
    if name in ("halving", "hyperband") and given:
        return _rung_mistakes(name, {**_halving(epochs), **given}, epochs)
    try:
        make(options, epochs)
    except (ValueError, TypeError) as error:
        return [(_TABLE, str(error))]
    return []


def _rung_mistakes(name: str, given: Mapping[str, Any], epochs: int) -> signature.Mistakes:
    """Rungs that no trial reaches: Optuna would stumble over them, or never prune."""
    low = given["min_resource"]
    if isinstance(low, str):
        sentence = f"{shown(low)} does not fit; write a whole number from 1."
        return [(f"{_TABLE}.min_resource", sentence)]
    first = _first_rung(given)
    if first < epochs:
        return []
    word = " or min_early_stopping_rate" if name == "halving" else ""
    sentence = f"{name} would decide after {first} epochs for the first time, but trials have"
    return [(_TABLE, f"{sentence} {epochs}; lower min_resource{word}.")]


def _first_rung(given: Mapping[str, Any]) -> int:
    """The first epoch at which halving or hyperband decides."""
    rate = min(64, given.get("min_early_stopping_rate", 0))
    return given["min_resource"] * given["reduction_factor"] ** rate


def leads(study: Study, trial: FrozenTrial) -> bool:
    """Whether an epoch of a trial is better than all of every complete trial.

    Halving looks at the epoch of a rung alone. A network that was best at its fifth epoch and has
    overfitted by its ninth would be pruned, and the best that the search has seen lost with it.
    """
    try:
        best = study.best_value
    except ValueError:  # none is complete
        return False
    seen = trial.intermediate_values.values()
    if study.direction == StudyDirection.MAXIMIZE:
        return max(seen) > best
    return min(seen) < best


class Halving(SuccessiveHalvingPruner):
    """Successive halving that lets go on who leads."""

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether a trial is to end."""
        return super().prune(study, trial) and not leads(study, trial)


class Brackets(HyperbandPruner):
    """Hyperband that lets go on who leads, and remembers who is in which bracket.

    Optuna computes that for every trial anew.
    """

    def __init__(
        self,
        min_resource: int,
        max_resource: int,
        reduction_factor: int,
        bootstrap_count: int = 0,
    ) -> None:
        super().__init__(min_resource, max_resource, reduction_factor, bootstrap_count)
        self._known: dict[int, int] = {}

    def prune(self, study: Study, trial: FrozenTrial) -> bool:
        """Whether a trial is to end."""
        return super().prune(study, trial) and not leads(study, trial)

    def _get_bracket_id(self, study: Study, trial: FrozenTrial) -> int:
        if not self._pruners:  # brackets are set up at the first verdict
            return super()._get_bracket_id(study, trial)
        number = trial.number
        if number not in self._known:
            self._known[number] = super()._get_bracket_id(study, trial)
        return self._known[number]

    def of(self, number: int) -> SuccessiveHalvingPruner:
        """What prunes in the bracket of Optuna's trial of that number."""
        study: Any = SimpleNamespace(study_name=STUDY_NAME)
        if not self._pruners:
            self._try_initialization(study)
        trial: Any = SimpleNamespace(number=number)
        return self._pruners[self._get_bracket_id(study, trial)]


def marks(
    options: StudyOptions, epochs: int, number: int, curve: Mapping[int, float]
) -> dict[str, float]:
    """What halving and hyperband hold later trials against: a trial's value at each of its rungs.

    Optuna keeps it as the trial's attributes when it is asked; a trial that is taken over from
    another study was asked there, perhaps in another bracket.

    Args:
        options: of the study.
        epochs: the most that a trial may train.
        number: Optuna's, of the trial.
        curve: the metric by epoch.
    """
    pruner = make(options, epochs)
    halving = pruner.of(number) if isinstance(pruner, Brackets) else pruner
    if not isinstance(halving, SuccessiveHalvingPruner):
        return {}
    found: dict[str, float] = {}
    first = halving._min_resource * halving._reduction_factor**halving._min_early_stopping_rate
    for epoch in sorted(rungs(options, epochs).intersection(curve)):
        while epoch >= first * halving._reduction_factor ** len(found):
            found[f"completed_rung_{len(found)}"] = curve[epoch]
    return found


def rungs(options: StudyOptions, epochs: int) -> frozenset[int]:
    """The epochs at which the pruner decides."""
    name = chosen(options)
    if name == "none":
        return frozenset()
    if name in ("halving", "hyperband"):
        _, defaults = _KINDS[name](epochs)
        given: Mapping[str, Any] = {**defaults, **options.pruner_options}
        found, rung = set[int](), _first_rung(given)
        while rung < epochs:
            found.add(rung)
            rung *= given["reduction_factor"]
        return frozenset(found)
    return frozenset(range(max(1, epochs // 6), epochs, max(1, epochs // 20)))


def _halving(epochs: int) -> dict[str, Any]:
    return {"min_resource": max(1, epochs // 20), "reduction_factor": _REDUCTION}


# The rungs decide when to ask; the pruner then always answers.
_ALWAYS = {"n_warmup_steps": 0, "interval_steps": 1}

_KINDS: Mapping[str, Any] = {
    "none": lambda epochs: (NopPruner, {}),
    "median": lambda epochs: (MedianPruner, {"n_startup_trials": 5, **_ALWAYS}),
    "percentile": lambda epochs: (
        PercentilePruner,
        {"percentile": 25.0, "n_startup_trials": 5, **_ALWAYS},
    ),
    "threshold": lambda epochs: (ThresholdPruner, _ALWAYS),
    "halving": lambda epochs: (Halving, _halving(epochs)),
    # "auto" would prune nothing until one trial is complete.
    "hyperband": lambda epochs: (Brackets, {"max_resource": epochs, **_halving(epochs)}),
}
