"""Everything between an order and the first trial: read, check, lock, compare, go on."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from hpsearch import data as tables
from hpsearch import faults
from hpsearch.data import Data
from hpsearch.engine.capacity import Capacity, capacity
from hpsearch.engine.facts import hold_meaning, meaning_of, write_down
from hpsearch.engine.heritage import source_of
from hpsearch.engine.inheriting import inherit
from hpsearch.engine.jobs import parameters_of
from hpsearch.engine.leftovers import forget
from hpsearch.engine.order import Order
from hpsearch.engine.room import unwritable
from hpsearch.engine.soundness import hold_data, hold_options, hold_space
from hpsearch.engine.steered import Steered
from hpsearch.errors import RunError
from hpsearch.store import inbox
from hpsearch.store.folder import RunFolder
from hpsearch.store.past import Past
from hpsearch.store.writer import Store
from hpsearch.study.recipe import Shape, training_bytes
from hpsearch.study.studyfile import StudyFile
from hpsearch.system import Lock
from hpsearch.view.command import near
from nncore.metrics import Direction, direction


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
    study, data = _sound(study, say)
    largest = training_bytes(study, Shape.of(data), data.evaluation.members)
    room = capacity(study.study, largest, threads)
    if not folder.db.exists():
        _hold_sources(order, study)
    lock = _take(folder)
    faults.at("engine opened")
    filed = frozenset(inbox.filed(folder.inbox))
    store = Store(folder.db)
    facts = store.facts()
    steered = Steered.of(facts, study.study)
    if steered.workers is not None:
        room = replace(room, workers=min(steered.workers, room.slots))
    trials = steered.trials or study.study.trials
    meaning = meaning_of(study, data)
    hold_meaning(order, study, data, facts, meaning)
    study, before = inherit(order, study, store, meaning, parameters_of(data), say)
    write_down(store, study, data, room, facts, meaning)
    store.set(trials=trials, steered=steered.to_json(), reach=order.reach.words())
    if facts:
        store.note("state", f"goes on, with {trials} trials asked for in all")
    store.flush()
    faults.at("engine written")
    _write_text(folder.toml, study.resolved())
    return Opened(
        study=study,
        data=data,
        direction=direction(study.study.metric),
        folder=folder,
        lock=lock,
        store=store,
        capacity=room,
        seconds=float(facts.get("seconds", 0.0)),
        training_cpu=float(facts.get("training_cpu", 0.0)),
        trials=trials,
        before=before,
        steered=steered,
        filed=filed,
    )


def _sound(study: StudyFile, say: Callable[[str], None]) -> tuple[StudyFile, Data]:
    """The study as its data settle it, and these: each held to what the other asks for."""
    hold_options(study)
    hold_data(study)
    data = tables.load(study.data, say)
    study = study.settle(data.task, data.features, data.outputs)
    hold_space(study, parameters_of(data))
    return study, data


def _hold_sources(order: Order, study: StudyFile) -> None:
    """Refuse a first run whose `warm_start` names a run that is not there."""
    for name in study.study.warm_start:
        source_of(name, study.path, order.runs)


def _take(folder: RunFolder) -> Lock:
    """Lock a run folder, and tidy up after whoever had it last."""
    lock = Lock(folder.lock)
    try:
        folder.path.mkdir(parents=True, exist_ok=True)
        forget(lock.acquire())
        _log_into(folder.logs)
    except OSError as error:
        raise unwritable(folder.path, error) from None
    return lock


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
