"""Pruners by the study file's names, and the epochs at which each decides (its rungs).

Only at a rung does a trainer wait for the engine's verdict, so everything between is free.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.pruners import (
    BasePruner,
    HyperbandPruner,
    MedianPruner,
    NopPruner,
    PercentilePruner,
    SuccessiveHalvingPruner,
    ThresholdPruner,
)

from hpsearch.engine.samplers import check_options
from hpsearch.errors import StudyFileError
from hpsearch.study.options import StudyOptions
from hpsearch.study.space import Choice, Float, Int
from hpsearch.study.studyfile import StudyFile

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
    """The study's pruner, for trials of up to `epochs` epochs.

    Raises:
        StudyFileError: Optuna's pruner has no such option, or refuses its value.
    """
    name = chosen(options)
    kind, defaults = _KINDS[name](epochs)
    ours = {"max_resource", "n_warmup_steps", "interval_steps"}
    check_options("pruner", name, kind, options.pruner_options, ours)
    try:
        return kind(**{**defaults, **options.pruner_options})
    except (ValueError, TypeError) as error:
        raise StudyFileError(f"study.pruner_options: {error}") from None


def rungs(options: StudyOptions, epochs: int) -> frozenset[int]:
    """The epochs at which the pruner decides."""
    name = chosen(options)
    if name == "none":
        return frozenset()
    if name in ("halving", "hyperband"):
        _, defaults = _KINDS[name](epochs)
        given: Mapping[str, Any] = {**defaults, **options.pruner_options}
        found, rung = set[int](), int(given["min_resource"])
        while rung < epochs:
            found.add(rung)
            rung *= int(given["reduction_factor"])
        return frozenset(found)
    return frozenset(range(max(1, epochs // 6), epochs, max(1, epochs // 20)))


def _interval(epochs: int) -> dict[str, Any]:
    # The rungs decide when to ask; the pruner then always answers.
    return {"n_warmup_steps": 0, "interval_steps": 1}


def _halving(epochs: int) -> dict[str, Any]:
    return {"min_resource": max(1, epochs // 20), "reduction_factor": _REDUCTION}


_KINDS: Mapping[str, Any] = {
    "none": lambda epochs: (NopPruner, {}),
    "median": lambda epochs: (MedianPruner, {"n_startup_trials": 5, **_interval(epochs)}),
    "percentile": lambda epochs: (
        PercentilePruner,
        {"percentile": 25.0, "n_startup_trials": 5, **_interval(epochs)},
    ),
    "threshold": lambda epochs: (ThresholdPruner, _interval(epochs)),
    "halving": lambda epochs: (SuccessiveHalvingPruner, _halving(epochs)),
    # "auto" would prune nothing until one trial is complete.
    "hyperband": lambda epochs: (HyperbandPruner, {"max_resource": epochs, **_halving(epochs)}),
}
