"""Which trials of a study are meant."""

from __future__ import annotations

from dataclasses import dataclass

from hpsearch.errors import RunError, UsageError
from hpsearch.export.exporters import Trials
from hpsearch.store.folder import RunFolder
from hpsearch.store.reader import Reader
from hpsearch.store.records import Counts, StudyFacts, TrialRecord
from hpsearch.study.events import FINISHED
from hpsearch.view.fields import fields
from hpsearch.view.query import parse
from hpsearch.view.status import settled


@dataclass(frozen=True)
class Wanted:
    """What a person asked for; None: it was not said."""

    number: int | None = None
    top: int | None = None
    """How many of the best."""
    where: str | None = None
    """A query; see `view.query`."""

    def __post_init__(self) -> None:
        if self.number is not None and (self.top is not None or self.where is not None):
            raise UsageError("--trial names one trial; leave --top and --where out.")


def each(reader: Reader, facts: StudyFacts, wanted: Wanted) -> tuple[TrialRecord, ...]:
    """The trials to be written out one by one, best first: the best one, if nothing was said.

    Raises:
        RunError, UsageError: there is none, and why.
    """
    if wanted.number is not None:
        return (numbered(reader, facts, wanted.number),)
    first = best(reader, facts)
    if wanted.where is None and wanted.top is None:
        return (first,)
    every = reader.leaderboard(facts.direction)
    complete = [trial for trial in _matching(every, facts, wanted) if trial.state == "complete"]
    if not complete:
        raise UsageError(f"No complete trial of {facts.name} fits --where {wanted.where!r}.")
    return tuple(complete[: wanted.top or 1])


def every(run: RunFolder, wanted: Wanted) -> Trials:
    """The trials to be written out together, by number: all of them, if nothing was said.

    The best first, where some of the best were asked for.

    Raises:
        UsageError: there is none.
    """
    alive = run.alive  # before the store is read: an engine writes its end, then lets go
    with Reader(run) as reader, reader.still():
        facts = reader.study()
        ranked = settled(reader.leaderboard(facts.direction), alive)
        found = [trial for trial in ranked if wanted.number in (None, trial.number)]
        found = _matching(found, facts, wanted)[: wanted.top]
        curves = reader.curves(trial.number for trial in found)
    if not found:
        raise UsageError(
            f"{facts.name} has no {_called(wanted)}; `hpsearch top` lists those it has."
        )
    if wanted.top is None:
        found.sort(key=lambda trial: trial.number)
    return Trials(facts, found, curves)


def _called(wanted: Wanted) -> str:
    if wanted.number is not None:
        return f"trial {wanted.number}"
    return "trials yet" if wanted.where is None else f"trial that fits --where {wanted.where!r}"


def _matching(
    trials: tuple[TrialRecord, ...] | list[TrialRecord], facts: StudyFacts, wanted: Wanted
) -> list[TrialRecord]:
    if wanted.where is None:
        return list(trials)
    return parse(wanted.where, fields(facts, trials)).apply(trials)


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
