"""Everything between an order and the first trial: read, check, lock, compare, go on."""

from __future__ import annotations

import logging
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hpsearch import data as tables
from hpsearch import faults
from hpsearch.data import Data
from hpsearch.engine import pruning
from hpsearch.engine.capacity import Capacity, capacity
from hpsearch.engine.heritage import source_of
from hpsearch.engine.inheriting import inherit
from hpsearch.engine.jobs import parameters_of
from hpsearch.engine.leftovers import forget
from hpsearch.engine.order import Order
from hpsearch.engine.pruning import planned_epochs
from hpsearch.engine.room import unwritable
from hpsearch.engine.soundness import hold_data, hold_options, hold_space
from hpsearch.engine.steered import Steered
from hpsearch.errors import RunError, StudyFileError
from hpsearch.store import inbox
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Past
from hpsearch.store.writer import Store
from hpsearch.study import studyfile
from hpsearch.study.recipe import Shape, training_bytes
from hpsearch.study.space import range_to_json
from hpsearch.study.studyfile import StudyFile
from hpsearch.system import Lock
from hpsearch.view.command import near, run_command
from nncore.metrics import Direction
from nncore.metrics import direction as better

_BUDGETS = ("complete_trials", "timeout", "cpu_time", "patience", "stop_at")


@dataclass(frozen=True)
class Opened:
    """A study that is ready to run, and locked."""

    study: StudyFile
    """Settled: nothing is open but the ranges."""
    data: Data
    direction: Direction
    folder: RunFolder
    lock: Lock
    store: Store
    capacity: Capacity
    seconds: float
    """Wall time of all runs before this one."""
    training_cpu: float
    """CPU seconds of all trainers before this run."""
    trials: int
    """Asked for in all."""
    before: tuple[Past, ...]
    """Trials of other studies to learn from."""
    steered: Steered
    """What people have set while it ran."""
    filed: frozenset[str]
    """Commands that lay in the inbox before this run began, by their ids."""


def open_study(
    order: Order, study: StudyFile, say: Callable[[str], None], threads: int | None = None
) -> Opened:
    """Read the data of a study that was read, and take its run folder.

    Nothing is written before study and data are found sound.

    Args:
        order: what to run.
        study: its file.
        say: told what is made of the data.
        threads: of the cluster that trains; None: this machine does.

    Raises:
        HpsearchError: the data, the folder, or what earlier runs left does not allow it.
    """
    folder = RunFolder(order.runs / study.study.name)
    hold_options(study)
    hold_data(study)
    loaded = tables.load(study.data, say)
    study = study.settle(loaded.task, loaded.features, loaded.outputs)
    hold_space(study, parameters_of(loaded))
    largest = training_bytes(study, Shape.of(loaded), loaded.evaluation.members)
    room = capacity(study.study, largest, threads)
    if not folder.db.exists():
        for name in study.study.warm_start:
            source_of(name, study.path, order.runs)
    lock = Lock(folder.lock)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        forget(lock.acquire())
        _log_into(folder.logs)
    except OSError as error:
        raise unwritable(folder.path, error) from None
    faults.at("engine opened")
    filed = frozenset(inbox.filed(folder.inbox))
    store = Store(folder.db)
    facts = store.facts()
    steered = Steered.of(facts, study.study)
    if steered.workers is not None:
        room = replace(room, workers=min(steered.workers, room.slots))
    trials = steered.trials or study.study.trials
    meaning = {**study.meaning(), **loaded.meaning()}
    meaning = {name: value for name, value in meaning.items() if value is not None}
    _refuse_another_meaning(order, study, facts, meaning, loaded)
    text = study.resolved()
    study, before = inherit(order, study, store, meaning, parameters_of(loaded), say)
    direction = better(study.study.metric)
    _write_down(store, study, loaded, direction, room, facts, meaning)
    store.set(trials=trials, steered=steered.to_json(), reach=order.reach.words())
    if facts:
        store.note("state", f"goes on, with {trials} trials asked for in all")
    store.flush()
    faults.at("engine written")
    _write_text(folder.toml, text)
    return Opened(
        study,
        loaded,
        direction,
        folder,
        lock,
        store,
        room,
        float(facts.get("seconds", 0.0)),
        float(facts.get("training_cpu", 0.0)),
        trials,
        before,
        steered,
        filed,
    )


def _refuse_another_meaning(
    order: Order,
    study: StudyFile,
    facts: Mapping[str, Any],
    now: Mapping[str, Any],
    data: Data,
) -> None:
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


def _write_down(
    store: Store,
    study: StudyFile,
    data: Data,
    direction: Direction,
    room: Capacity,
    facts: Mapping[str, Any],
    meaning: Mapping[str, Any],
) -> None:
    now = time.time()
    options = study.study
    told = {
        "fingerprint": data.fingerprint,
        "rows": dict(data.rows),
        "features": data.features,
        "outputs": data.outputs,
        "evaluation": data.evaluation.to_json(),
        "notes": list(data.notes),
    }
    searching = {"sampler": options.sampler, "pruner": pruning.chosen(options)}
    store.set(
        name=options.name,
        metric=options.metric,
        direction=direction,
        task=data.task,
        trials=options.trials,
        workers=room.workers,
        max_workers=room.slots,
        state="running",
        why="",
        created=facts.get("created", now),
        seconds=facts.get("seconds", 0.0),
        beat=now,
        epochs=planned_epochs(study),
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


def _log_into(folder: Path) -> None:
    """From here on, whatever this process says goes into its log."""
    folder.mkdir(exist_ok=True)
    log = os.open(folder / "engine.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr
    )
    logging.captureWarnings(True)


def _write_text(path: Path, text: str) -> None:
    aside = path.with_suffix(".new")
    try:
        faults.at("write study")
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        raise RunError(f"{near(path)} cannot be written: {error.strerror or error}.") from None
