"""Trials as a table: one row each, a column for every figure and hyperparameter."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable

from hpsearch.export.exporters import Trials, TrialsExporter
from hpsearch.store.records import TrialRecord
from hpsearch.study.events import STANDARD_ERROR
from hpsearch.study.space import Value

BEFORE = ("number", "state", "value", "standard_error")
AFTER = ("best_epoch", "epochs", "planned", "parameters", "seed", "seconds", "started", "finished")


class CsvExporter(TrialsExporter):
    """Full precision, names in full; lists as JSON writes them; nothing where there is no value."""

    def text(self, given: Trials) -> str:
        figures = _names(trial.figures for trial in given.trials)
        figures = [name for name in figures if name != STANDARD_ERROR]
        searched = _names([given.facts.space, *(trial.params for trial in given.trials)])
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow([*BEFORE, *figures, *AFTER, *searched, "reason"])
        for trial in given.trials:
            table.writerow(_cells(trial, figures, searched))
        return text.getvalue()


def _names(keyed: Iterable[Iterable[str]]) -> list[str]:
    """Every name, in the order in which they are first met."""
    return list(dict.fromkeys(name for names in keyed for name in names))


def _cells(trial: TrialRecord, figures: list[str], searched: list[str]) -> list[object]:
    return [
        *(getattr(trial, name) for name in BEFORE),
        *(trial.figures.get(name) for name in figures),
        *(getattr(trial, name) for name in AFTER),
        *(_cell(trial.params.get(name)) for name in searched),
        trial.reason,
    ]


def _cell(value: Value | None) -> object:
    return json.dumps(value) if isinstance(value, bool | tuple) else value


EXPORTER = CsvExporter("{name}-trials.csv")
