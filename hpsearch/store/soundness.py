"""What a run's tables may hold. A cell of another kind is found where it is read, and named.

SQLite keeps whatever it is given in any column, and JSON has no types: without this, a database
that was damaged, or that somebody made up, would be found out by the arithmetic done with it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from hpsearch.study.events import State

LARGEST = 1e11
"""No count, no duration and no Unix time is larger; calendars end soon after."""


@dataclass(frozen=True)
class Column:
    """What the cells of a column may be."""

    kinds: frozenset[type]
    bounded: bool = False
    """Numbers are neither negative nor beyond `LARGEST`."""
    words: frozenset[str] = frozenset()
    """The only ones there are."""

    def holds(self, cells: Sequence[object]) -> bool:
        """Whether all of these may stand there."""
        if not self.kinds.issuperset(map(type, cells)):
            return False
        if self.words:
            return self.words.issuperset(cells)
        numbers: Any = [cell for cell in cells if cell is not None] if self.bounded else ()
        return not numbers or (min(numbers) >= 0 and max(numbers) <= LARGEST)


_NONE = type(None)
_WORD = Column(frozenset({str}))
_FIGURE = Column(frozenset({int, float, _NONE}))
"""What training came to: infinity is told as none by whoever reads it."""
_COUNT = Column(frozenset({int}), bounded=True)
_TIME = Column(frozenset({int, float}), bounded=True)
_PERHAPS_COUNT = Column(frozenset({int, _NONE}), bounded=True)
_PERHAPS_TIME = Column(frozenset({int, float, _NONE}), bounded=True)
COLUMNS: Mapping[str, Mapping[str, Column]] = {
    "trial": {
        "number": _COUNT,
        "state": Column(frozenset({str}), words=frozenset(get_args(State))),
        "seed": Column(frozenset({int})),
        "params": _WORD,
        "memory": _WORD,
        "told": _PERHAPS_COUNT,
        "planned": _COUNT,
        "epochs": _COUNT,
        "value": _FIGURE,
        "best_epoch": _PERHAPS_COUNT,
        "figures": _WORD,
        "parameters": _PERHAPS_COUNT,
        "slot": _PERHAPS_COUNT,
        "attempt": _COUNT,
        "started": _PERHAPS_TIME,
        "finished": _PERHAPS_TIME,
        "seconds": _TIME,
        "reason": _WORD,
    },
    "epoch": {
        "number": _COUNT,
        "value": _FIGURE,
        "figures": _WORD,
        "learning_rate": _FIGURE,
        "gradient_norm": _FIGURE,
        "seconds": _TIME,
    },
    "attempt": {
        "number": _COUNT,
        "slot": _COUNT,
        "pid": _PERHAPS_COUNT,
        "host": _WORD,
        "started": _TIME,
        "ended": _PERHAPS_TIME,
        "outcome": Column(frozenset({str, _NONE})),
        "reason": _WORD,
    },
    "event": {
        "id": _COUNT,
        "time": _TIME,
        "kind": _WORD,
        "trial": _PERHAPS_COUNT,
        "text": _WORD,
    },
}
"""By table and name."""


def wrong_cell(table: str, names: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """The first cell that may not stand there, in words; empty where all may.

    Args:
        names: of the columns, in the order of the cells.
    """
    for name, cells in zip(names, zip(*rows, strict=True), strict=False):
        column = COLUMNS[table][name]
        if not column.holds(cells):
            cell = next(cell for cell in cells if not column.holds((cell,)))
            return f"{table}: {name} is {cell!r:.60}"
    return ""


STATES = ("running", "paused", "stopping", "stopped", "finished", "failed")
_ENDS = [math.isfinite, math.isfinite]
_RANGE = {**dict.fromkeys(("float", "int", "depth", "width"), _ENDS), "choice": [object]}
FACTS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "metric", "task", "why", "toml", "path"), str),
    **dict.fromkeys(("trials", "workers", "max_workers", "epochs"), int),
    **dict.fromkeys(("created", "seconds", "beat", "cpu", "training_cpu"), float),
    "direction": {"minimize", "maximize"},
    "state": set(STATES),
    "space": {...: (_RANGE, str)},
    "meaning": {},
    "overrides": {},
    "larger": {},
    "budgets": {...: (float, str)},
    "reach": [str],
    "pace": [float],
    "steered": {
        "file_trials": int,
        **dict.fromkeys(("trials", "workers", "file_workers"), (int, None)),
        "prune": {...: str},
    },
    "heritage": {"before": [{}], "tries": [{}], "from": [str]},
    "engine": {"pid": int, "host": str, "started": float},
    "searching": {...: str},
    "data": {
        **dict.fromkeys(("features", "outputs"), int),
        "fingerprint": str,
        "notes": [str],
        "rows": {...: int},
        "evaluation": {...: (float, None)},
    },
}
"""What the facts of a study are, where they are told: a type, words, or one of several; a list of
as many, or of any number of one kind; a mapping in which `...` stands for every other key."""


def wrong_fact(facts: Mapping[str, Any]) -> str:
    """The first fact that is of another kind, in words; empty where all are as they may be."""
    for key, expected in FACTS.items():
        if key in facts and (found := _unlike(facts[key], expected, key)):
            return f"study: {found}"
    return ""


MEMORY: Mapping[str, Any] = {"optuna": int, "params": {}, "attrs": {}, "pruned": (int, None)}
"""What the searcher wants to be told of a trial; all of it."""


def wrong_memory(number: int, memory: object) -> str:
    """What is missing in what was remembered of a trial, or of another kind; empty if nothing."""
    found = _unlike(memory, MEMORY, "memory")
    if isinstance(memory, dict) and (missing := MEMORY.keys() - memory.keys()):
        found = f"memory has no {min(missing)}"
    return found and f"trial {number}: {found}"


def _unlike(value: Any, expected: Any, place: str) -> str:
    wrong = f"{place} is {value!r:.60}"
    match expected:
        case type():
            return "" if _is(value, expected) else wrong
        case set():
            return "" if isinstance(value, str) and value in expected else wrong
        case tuple():
            return "" if any(_unlike(value, one, place) == "" for one in expected) else wrong
        case None:
            return "" if value is None else wrong
        case list():
            if not isinstance(value, list):
                return wrong
            kinds = expected if len(expected) > 1 else expected * len(value)
            if len(kinds) != len(value):
                return wrong
            each = (_unlike(one, kind, place) for one, kind in zip(value, kinds, strict=True))
            return next(filter(None, each), "")
        case math.isfinite:
            return "" if type(value) in (int, float) and math.isfinite(value) else wrong
    if not isinstance(value, dict):
        return wrong
    kinds = {name: expected.get(name, expected.get(...)) for name in value}
    each = (_unlike(value[name], kind, f"{place}.{name}") for name, kind in kinds.items() if kind)
    return next(filter(None, each), "")


def _is(value: object, kind: type) -> bool:
    if kind in (str, object):
        return isinstance(value, kind)
    kinds = (int, float) if kind is float else (int,)
    return type(value) in kinds and abs(value) <= LARGEST  # type: ignore[operator]  # a number
