"""Which trial of a study is meant."""

from __future__ import annotations

from hpsearch.errors import RunError, UsageError
from hpsearch.store.reader import Reader
from hpsearch.store.records import Counts, StudyFacts, TrialRecord
from hpsearch.study.events import FINISHED


def best(reader: Reader, facts: StudyFacts) -> TrialRecord:
    """The best complete trial.

    Raises:
        RunError: none is complete; says what there is instead.
    """
    found = reader.best(facts.direction)
    if found is None:
        raise RunError(_nothing(facts.name, reader.counts(facts.trials)))
    return found


def numbered(reader: Reader, facts: StudyFacts, number: int) -> TrialRecord:
    """The trial of that number, if there is anything to write out of it.

    Raises:
        UsageError: there is no such trial, or it has no best epoch, and why.
    """
    trial = reader.trial(number)
    if trial is None:
        raise UsageError(f"{facts.name} has no trial {number}; `hpsearch top` lists those it has.")
    if trial.state not in FINISHED:
        raise UsageError(f"Trial {number} of {facts.name} is {trial.state}; wait for its end.")
    if trial.best_epoch is None or trial.value is None:
        why = f": {trial.reason.rstrip('.')}" if trial.reason else ""
        raise UsageError(
            f"Trial {number} of {facts.name} {_ended(trial)}{why}. There is nothing to export; "
            "leave --trial out for the best one."
        )
    return trial


def _ended(trial: TrialRecord) -> str:
    verbs = {"failed": "failed", "diverged": "diverged"}
    return verbs.get(trial.state, f"is {trial.state} without a value")


def _nothing(name: str, counts: Counts) -> str:
    there = [
        f"{number} {state}"
        for state in ("pruned", "diverged", "failed", "running", "waiting")
        if (number := getattr(counts, state))
    ]
    have = f"it has {', '.join(there)}" if there else "it has no trials yet"
    return f"No trial of {name} is complete, so there is no best one to export: {have}."
