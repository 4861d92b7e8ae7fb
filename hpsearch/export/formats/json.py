"""Trials as JSON: one object, with the study and a list."""

from __future__ import annotations

import json
from typing import Any

from hpsearch.export.exporters import Trials, TrialsExporter
from hpsearch.store.records import TrialRecord

FACTS = ("name", "metric", "direction", "task", "space", "meaning", "data", "created", "seconds")
"""What is told of the study."""
OWN = ("number", "state", "value", "standard_error", "best_epoch", "epochs", "planned")
REST = ("parameters", "seed", "seconds", "started", "finished", "attempt", "slot", "reason")
"""What is told of a trial, beside its figures and params."""


class JsonExporter(TrialsExporter):
    """Everything the store knows of each trial, but for its curve. No NaN: what is not is null."""

    def text(self, given: Trials) -> str:
        told = {
            "study": {name: getattr(given.facts, name) for name in FACTS},
            "trials": [_trial(trial) for trial in given.trials],
        }
        return json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _trial(trial: TrialRecord) -> dict[str, Any]:
    return {
        **{name: getattr(trial, name) for name in OWN},
        "figures": dict(trial.figures),
        "params": dict(trial.params),
        **{name: getattr(trial, name) for name in REST},
    }


EXPORTER = JsonExporter("{name}-trials.json")
