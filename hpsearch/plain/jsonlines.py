"""A JSON object a line, for programs; nothing else on standard output. The last is the summary."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from typing import Any

from hpsearch.plain.stream import Batch, Happening
from hpsearch.plain.summary import near
from hpsearch.plain.terminal import Terminal
from hpsearch.store.folder import RunFolder
from hpsearch.view.status import Status, best_json, trial_json

VERSION = 1
"""Of what the lines mean; a key may be added without a new one."""


class JsonLines:
    """Writes what happens as JSON lines."""

    def __init__(self, out: Terminal) -> None:
        self._out = out

    def __enter__(self) -> JsonLines:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def aside(self) -> AbstractContextManager[None]:
        """Others may write whenever they like."""
        return nullcontext()

    def show(self, batch: Batch) -> None:
        """Write this batch's lines."""
        for happening in batch.happenings:
            self._write(happening.time, happening.what, _body(happening, batch))

    def close(self, status: Status, folder: RunFolder, now: float) -> None:
        """Write the summary."""
        body = {**status.to_json(), "why": status.study.why, "run_folder": near(folder.path)}
        self._write(now, "summary", body)

    def _write(self, at: float, what: str, body: dict[str, Any]) -> None:
        line = {"v": VERSION, "t": round(at, 3), "e": what, **body}
        self._out.say(json.dumps(line, allow_nan=False, separators=(",", ":")))


def _body(happening: Happening, batch: Batch) -> dict[str, Any]:
    study, trial = batch.study, happening.trial
    match happening.what:
        case "study_start":
            return {
                "name": study.name,
                "metric": study.metric,
                "direction": study.direction,
                "task": study.task,
                "state": batch.status.state,
                "trials": asdict(batch.status.counts),
                "workers": study.workers,
                "best": best_json(batch.status.best),
            }
        case "trial_start" if trial is not None:
            return {
                "trial": trial.number,
                "worker": trial.slot,
                "attempt": trial.attempt,
                "planned": trial.planned,
                "params": dict(trial.params),
            }
        case "trial_end" if trial is not None:
            shown = trial_json(trial, study.metric)
            del shown["number"]
            return {"trial": trial.number, **shown, "reason": trial.reason}
        case "best":
            value = trial.value if trial is not None else None
            return {"trial": happening.number, "value": value, "text": happening.text}
        case "state":
            return {"state": happening.kind, "text": happening.text}
    return {"kind": happening.kind, "trial": happening.number, "text": happening.text}
