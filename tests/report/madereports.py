"""Made-up studies of every kind that a report has to stand."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hpsearch.study.space import Choice, Float, Layers, range_to_json
from tests.view.madeup import MadeUp

SPACE = {
    "network.layer_dims": Layers((1, 3), (16, 256), log=True),
    "network.activation": Choice(("relu", "tanh")),
    "training.optimizer": Choice(("gd", "momentum", "adam")),
    "training.learning_rate": Float(1e-4, 1e-1, log=True),
    "training.beta1": Float(0.8, 0.99),
    "training.mini_batch_size": Choice((16, 32, 64)),
    "training.keep_prob": Float(0.5, 0.95),
}
DATA = {"features": 64, "outputs": 10, "notes": ["two rows are alike"], "fingerprint": "c0ffee"}
ENDED = {"state": "finished", "why": "all trials are finished", "data": DATA}
HOSTILE = "<script>alert('1')</script>\"'>&<img src=x onerror=alert(2)>\x1b[31m\u202e]]>"
"""What nobody should call a column, and somebody will."""


def made(place: Path, ended: int, curves: int = 0, **others: Any) -> MadeUp:
    """A finished study of so many trials, the first `curves` of which have curves."""
    space = {name: range_to_json(found) for name, found in SPACE.items()}
    study = MadeUp(place, **{"space": space, "trials": ended, **ENDED, **others})
    study.fill(ended, running=0)
    learn(study, curves)
    return study


def learn(study: MadeUp, curves: int) -> None:
    """Give the first trials curves of several figures."""
    study.db.execute("BEGIN")
    known = "SELECT number, value, epochs FROM trial WHERE number < ? AND value IS NOT NULL"
    for number, value, epochs in study.db.execute(known, (curves,)).fetchall():
        for epoch in range(1, epochs + 1):
            cost = value * (1 + 3 * math.exp(-epoch / 6))
            study.epoch(number, epoch, cost)
            figures = {"val_cost": cost, "val_accuracy": 1 / (1 + cost), "train_cost": cost * 0.7}
            study.db.execute(
                "UPDATE epoch SET figures = ? WHERE trial = ? AND number = ?",
                (json.dumps(figures), number, epoch),
            )
    study.db.execute("COMMIT")


def folds(place: Path) -> MadeUp:
    """Trials with standard errors."""
    study = made(place, 0, trials=4)
    for number in range(4):
        figures = {"val_cost": 0.1 + number / 50, "standard_error": 0.021, "val_accuracy": 0.9}
        study.trial(number, "complete", 0.1 + number / 50, figures=json.dumps(figures))
    return study


def unsound(place: Path) -> MadeUp:
    """Values that are no numbers, or nearly beyond them, and curves that break off."""
    study = made(place, 12, curves=12)
    for number, value in enumerate((1e300, 1e-300, 5e-324, math.inf, -1e300)):
        study.trial(20 + number, "complete", value)
    figures = '{"val_cost": NaN, "val_accuracy": Infinity, "train_cost": null}'
    study.trial(30, "complete", 0.5, figures=figures)
    for number in range(1, 5):
        study.epoch(30, number, math.inf if number % 2 else 0.5)
    return study


def hostile(place: Path) -> MadeUp:
    """Markup in every name and sentence."""
    study = made(
        place,
        0,
        name=HOSTILE,
        metric=HOSTILE,
        task=HOSTILE,
        why=HOSTILE,
        toml=f"# </code></pre>{HOSTILE}",
        path=f"studies/{HOSTILE}.toml",
        space={HOSTILE: {"choice": [HOSTILE, "b"]}, "x": HOSTILE},
        overrides={"data.target": HOSTILE},
        meaning={"data.path": HOSTILE, "study.seed": HOSTILE, HOSTILE: HOSTILE},
        data={**DATA, "notes": [HOSTILE], "fingerprint": HOSTILE, "rows": {HOSTILE: 3}},
        trials=4,
    )
    for number in range(3):
        figures = {HOSTILE: 0.5, "val_cost": 0.4}
        drawn = {HOSTILE: HOSTILE if number else "b", "x": HOSTILE}
        study.trial(number, "complete", 0.5 - number / 9, params=json.dumps(drawn),
                    figures=json.dumps(figures))  # fmt: skip
        study.epoch(number, 1, 0.5)
        study.epoch(number, 2, 0.4)
    study.trial(3, "failed", params="{}", reason=HOSTILE)
    return study


def only(state: str) -> Callable[[Path], MadeUp]:
    """Three trials, all in that state."""

    def build(place: Path) -> MadeUp:
        study = made(place, 0, trials=3, state="stopped")
        for number in range(3):
            study.trial(number, state, 0.3 if state == "pruned" else None)
        return study

    return build


def running(place: Path) -> MadeUp:
    """Some trials have ended, two run, three wait."""
    study = MadeUp(place, trials=60, data=DATA).fill(20, running=2, waiting=3)
    learn(study, 22)
    return study


STUDIES: dict[str, Callable[[Path], MadeUp]] = {
    "ordinary": lambda place: made(place, 60, curves=30),
    "empty": lambda place: made(place, 0, trials=10),
    "one trial": lambda place: made(place, 1, curves=1),
    "two trials": lambda place: made(place, 2),
    "running": running,
    "all waiting": only("waiting"),
    "all pruned": only("pruned"),
    "all failed": only("failed"),
    "all diverged": only("diverged"),
    "folds": folds,
    "unsound": unsound,
    "hostile": hostile,
    "searches nothing": lambda place: made(place, 5, curves=5, space={}),
    "a share to maximise": lambda place: made(
        place, 40, curves=9, metric="val_accuracy", direction="maximize"
    ),
    "a regression": lambda place: made(place, 30, task="regression", metric="val_mae"),
}
