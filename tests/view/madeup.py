"""Made-up studies, written by hand into real databases: what views are tried on."""

from __future__ import annotations

import json
import math
import random
import sqlite3
from pathlib import Path
from typing import Any

from hpsearch.store.folder import RunFolder
from hpsearch.store.schema import TABLES, VERSION

SPACE = {
    "network.layer_dims": "{ depth = [1, 3], width = [16, 256], log = true }",
    "network.activation": '{ choice = ["relu", "tanh"] }',
    "training.optimizer": '{ choice = ["gd", "momentum", "adam"] }',
    "training.learning_rate": "{ float = [1e-4, 1e-1], log = true }",
    "training.beta1": "{ float = [0.8, 0.99] }",
    "training.mini_batch_size": "{ choice = [16, 32, 64] }",
    "training.keep_prob": "{ float = [0.5, 0.95] }",
}
TOML = '[study]\nname = "digits"\n\n[data]\nsource = "sklearn:digits"\n'
BEGIN = 1_800_000_000.0
"""When made-up studies began, in Unix seconds."""


def facts(**others: Any) -> dict[str, Any]:
    """The rows of table study."""
    return {
        "name": "digits",
        "metric": "val_cost",
        "direction": "minimize",
        "task": "multiclass",
        "trials": 60,
        "workers": 2,
        "max_workers": 2,
        "state": "running",
        "why": "started",
        "created": BEGIN,
        "seconds": 31.5,
        "beat": BEGIN + 31.5,
        "epochs": 40,
        "space": SPACE,
        "meaning": {},
        "toml": TOML,
        "path": "studies/digits.toml",
        "data": {"notes": []},
        "engine": {"pid": 1, "host": "here", "started": BEGIN},
        "optuna": {},
        **others,
    }


class MadeUp:
    """A run folder whose engine is the test."""

    def __init__(self, place: Path, seed: int = 0, **others: Any) -> None:
        place.mkdir(parents=True, exist_ok=True)
        self.folder = RunFolder(place)
        self.dice = random.Random(seed)
        self.told = 0
        self.db = sqlite3.connect(self.folder.db, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = OFF")
        self.db.executescript(TABLES)
        self.db.execute(f"PRAGMA user_version = {VERSION}")
        self.folder.toml.write_text(TOML, encoding="utf-8")
        self.say(**facts(**others))

    def say(self, **others: Any) -> None:
        """Set facts about the study."""
        for key, value in others.items():
            self.db.execute("INSERT OR REPLACE INTO study VALUES (?, ?)", (key, json.dumps(value)))

    def note(self, kind: str, text: str, trial: int | None = None, at: float = BEGIN) -> None:
        """Write an event."""
        self.db.execute(
            "INSERT INTO event (time, kind, trial, text) VALUES (?, ?, ?, ?)",
            (at, kind, trial, text),
        )

    def params(self) -> dict[str, Any]:
        """Something drawn from SPACE, conditional parts left out now and then."""
        dice = self.dice
        drawn = {
            "network.layer_dims": [
                dice.choice([16, 32, 64, 128]) for _ in range(dice.randint(1, 3))
            ],
            "network.activation": dice.choice(["relu", "tanh"]),
            "training.optimizer": dice.choice(["gd", "momentum", "adam"]),
            "training.learning_rate": 10 ** dice.uniform(-4, -1),
            "training.mini_batch_size": dice.choice([16, 32, 64]),
        }
        if drawn["training.optimizer"] != "gd":
            drawn["training.beta1"] = dice.uniform(0.8, 0.99)
        if dice.random() < 0.5:
            drawn["training.keep_prob"] = dice.uniform(0.5, 0.95)
        return drawn

    def trial(self, number: int, state: str, value: float | None = None, **others: Any) -> None:
        """Write a trial, ended where its state says so."""
        ended = state in ("complete", "pruned", "diverged", "failed")
        epochs = {"complete": 40, "waiting": 0}.get(state, self.dice.randint(1, 39))
        figures: dict[str, float] = {}
        if value is not None:
            accuracy = max(0.0, 1 - value / 3)
            figures = {"val_cost": value, "val_accuracy": accuracy, "train_cost": value * 0.6}
        row = {
            "number": number,
            "state": state,
            "seed": number * 7,
            "params": json.dumps(self.params()),
            "memory": json.dumps({"notes": "x" * 400}),
            "told": self.told if ended else None,  # from 0, as the engine counts
            "planned": 40,
            "epochs": epochs,
            "value": value,
            "best_epoch": None if value is None else max(1, epochs - 3),
            "figures": json.dumps(figures),
            "parameters": 4810,
            "slot": None if state == "waiting" else number % 2,
            "attempt": int(state != "waiting"),
            "asked": BEGIN + number * 0.5,
            "started": None if state == "waiting" else BEGIN + number * 0.5,
            "finished": BEGIN + number * 0.5 + 1 if ended else None,
            "seconds": 0.0 if state == "waiting" else 0.8 + self.dice.random(),
            "reason": {"diverged": "the cost was nan after epoch 3", "failed": "MemoryError"}.get(
                state, ""
            ),
            **others,
        }
        self.told += ended
        marks = ", ".join("?" * len(row))
        self.db.execute(
            f"INSERT OR REPLACE INTO trial ({', '.join(row)}) VALUES ({marks})",
            tuple(row.values()),
        )

    def epoch(self, trial: int, number: int, value: float) -> None:
        """Write one epoch of a trial."""
        self.db.execute(
            "INSERT OR REPLACE INTO epoch VALUES (?, ?, ?, ?, ?, ?, ?)",
            (trial, number, value, json.dumps({"val_cost": value}), 0.01, 1.5, 0.02),
        )

    def fill(self, finished: int, running: int = 2, waiting: int = 0) -> MadeUp:
        """Add trials of all states, in the shares a median pruner gives."""
        self.db.execute("BEGIN")
        for number in range(finished):
            state = self.dice.choices(["complete", "pruned", "diverged", "failed"], [70, 24, 4, 2])[
                0
            ]
            value = math.exp(self.dice.gauss(-1.5, 0.8))
            self.trial(number, state, value if state in ("complete", "pruned") else None)
        for number in range(finished, finished + running):
            self.trial(number, "running", math.exp(self.dice.gauss(-1, 0.5)))
        for number in range(finished + running, finished + running + waiting):
            self.trial(number, "waiting")
        self.db.execute("COMMIT")
        return self

    def close(self) -> None:
        """Stop writing."""
        self.db.close()
