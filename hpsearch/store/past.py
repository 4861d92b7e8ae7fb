"""What earlier runs left of each trial, as the engine goes on with it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hpsearch.store.soundness import wrong_cell, wrong_memory
from hpsearch.study.events import State, Trial
from hpsearch.study.space import Params


@dataclass(frozen=True)
class Past:
    """A trial as an earlier run left it."""

    trial: Trial
    state: State
    memory: Mapping[str, Any]
    """What the searcher wanted to remember of it."""
    value: float | None
    curve: Mapping[int, float]
    """The study's metric by epoch, as far as it was kept."""
    attempt: int
    """How often it was taken up."""
    failures: int
    """How many of these ended by the trainer's own death or exception."""
    seconds: float
    told: int | None = None
    """The how-manieth end of a trial this was."""


@dataclass(frozen=True)
class Best:
    """The best epoch of a trial so far."""

    epoch: int
    value: float
    figures: Mapping[str, float]


def history(db: sqlite3.Connection) -> list[Past]:
    """Every trial, in the order of their numbers."""
    curves: dict[int, dict[int, float]] = {}
    query = "SELECT trial, number, value FROM epoch WHERE value IS NOT NULL"
    for trial, number, value in db.execute(query):
        curves.setdefault(trial, {})[number] = value
    failures = dict(
        db.execute(
            "SELECT trial, count(*) FROM attempt WHERE outcome IN ('died', 'raised') GROUP BY trial"
        ).fetchall()
    )
    names = "number, params, seed, state, memory, value, attempt, seconds, told"
    cursor, found = db.execute(f"SELECT {names} FROM trial ORDER BY number"), []
    while rows := cursor.fetchmany(512):  # what is remembered takes most of a database
        if wrong := wrong_cell("trial", names.split(", "), rows):
            raise ValueError(wrong)
        found += [
            Past(
                trial=Trial(number, params_from_json(params), seed),
                state=state,
                memory=_memory(number, memory),
                value=value,
                curve=curves.get(number, {}),
                attempt=attempt,
                failures=failures.get(number, 0),
                seconds=seconds,
                told=told,
            )
            for number, params, seed, state, memory, value, attempt, seconds, told in rows
        ]
    return found


def _memory(number: int, text: str) -> Mapping[str, Any]:
    memory = json.loads(text)
    if wrong := wrong_memory(number, memory):
        raise ValueError(wrong)
    return memory


def best_of(db: sqlite3.Connection, number: int, ascending: bool) -> Best | None:
    """A trial's best epoch, from the epochs that are kept."""
    order = "ASC" if ascending else "DESC"
    row = db.execute(
        "SELECT number, value, figures FROM epoch WHERE trial = ? AND value IS NOT NULL"
        f" ORDER BY value {order}, number LIMIT 1",
        (number,),
    ).fetchone()
    return None if row is None else Best(row[0], row[1], json.loads(row[2]))


def params_from_json(text: str) -> Params:
    """Parameters as the rest of the code holds them: lists become tuples."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in json.loads(text).items()
    }
