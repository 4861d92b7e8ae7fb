"""A study's facts: held against what earlier runs wrote down, and written down for this one."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from typing import Any

from hpsearch.data import Data
from hpsearch.engine import pruning
from hpsearch.engine.capacity import Capacity
from hpsearch.engine.order import Order
from hpsearch.errors import StudyFileError
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from hpsearch.study.options import StudyOptions
from hpsearch.study.space import range_to_json
from hpsearch.study.studyfile import StudyFile
from hpsearch.view.command import near, run_command
from nncore.metrics import direction

_BUDGETS = ("complete_trials", "timeout", "cpu_time", "patience", "stop_at")


def meaning_of(study: StudyFile, data: Data) -> dict[str, Any]:
    """What gives a trial its meaning, the data's fingerprint among it, by full name."""
    meaning = {**study.meaning(), **data.meaning()}
    return {name: value for name, value in meaning.items() if value is not None}


def hold_meaning(
    order: Order, study: StudyFile, data: Data, facts: Mapping[str, Any], now: Mapping[str, Any]
) -> None:
    """Refuse a study whose trials so far mean something else.

    Args:
        facts: what earlier runs wrote down; empty where there were none.
        now: what `meaning_of` gives.

    Raises:
        StudyFileError: what has changed, and how to start anew.
    """
    if "meaning" not in facts:
        return
    before = {**facts["meaning"], "data.fingerprint": now["data.fingerprint"]}
    changes = studyfile.differences(before, now)
    if facts["meaning"].get("data.fingerprint") != now["data.fingerprint"] and not changes:
        rows = sum(facts["data"]["rows"].values()), sum(data.rows.values())
        count = f"{rows[0]:,} → {rows[1]:,} rows" if rows[0] != rows[1] else f"{rows[0]:,} rows"
        changes.append(f"{data.name} itself has changed ({count})")
    if changes:
        name = study.study.name
        listed = "\n".join(f"  {change}" for change in changes)
        anew = run_command(order.study, order.overrides, order.runs, "--fork", f"{name}-2")
        raise StudyFileError(
            f"{near(order.study)}: the study {name!r} has trials that mean something else:\n"
            f"{listed}\nPut it back, or start anew:\n  {anew}"
        )


def write_down(
    store: Store,
    study: StudyFile,
    data: Data,
    room: Capacity,
    facts: Mapping[str, Any],
    meaning: Mapping[str, Any],
) -> None:
    """Say what the study is; and in notes, what is new beside `facts`, which earlier runs wrote.

    How many trials are asked for is not among it: people may have raised that since.
    """
    now, options = time.time(), study.study
    told, searching = _of_data(data), _searching(options)
    store.set(
        name=options.name,
        metric=options.metric,
        direction=direction(options.metric),
        task=data.task,
        workers=room.workers,
        max_workers=room.slots,
        state="running",
        why="",
        created=facts.get("created", now),
        seconds=facts.get("seconds", 0.0),
        beat=now,
        epochs=pruning.planned_epochs(study),
        space={name: range_to_json(range_) for name, range_ in study.space.items()},
        meaning=meaning,
        overrides=dict(study.overrides),
        toml=study.resolved(),
        path=str(study.path),
        data=told,
        engine={"pid": os.getpid(), "host": socket.gethostname(), "started": now},
        searching=searching,
        larger={},
        budgets={key: value for key in _BUDGETS if (value := getattr(options, key)) is not None},
    )
    if facts.get("data") != told:
        for note in data.notes:
            store.note("note", note)
    store.note("note", room.note)
    before = facts.get("searching", searching)
    for what, value in searching.items():
        if before.get(what) != value:
            store.note("note", f"the {what} is {value} from now on; it was {before.get(what)}")


def _of_data(data: Data) -> dict[str, Any]:
    return {
        "fingerprint": data.fingerprint,
        "rows": dict(data.rows),
        "features": data.features,
        "outputs": data.outputs,
        "evaluation": data.evaluation.to_json(),
        "notes": list(data.notes),
    }


def _searching(options: StudyOptions) -> dict[str, str]:
    return {"sampler": options.sampler, "pruner": pruning.chosen(options)}
