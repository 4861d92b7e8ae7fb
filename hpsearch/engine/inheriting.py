"""A study's first run takes over what fork and warm start name; later runs read what was taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from hpsearch.engine import pruning
from hpsearch.engine.aside import write_aside
from hpsearch.engine.heritage import Heritage, Kin, heritage, source_of
from hpsearch.engine.order import Order
from hpsearch.store.folder import RunFolder, weights_file
from hpsearch.store.past import Best, Past
from hpsearch.store.reader import Reader
from hpsearch.store.records import EpochRecord
from hpsearch.store.writer import Store
from hpsearch.study.events import EpochDone, Trial
from hpsearch.study.space import Config, Params
from hpsearch.study.studyfile import StudyFile

Said = Callable[[str], None]
TOO_LATE = (
    "study.warm_start has changed, but only a study's first run takes it up: --fork NAME begins a"
    " new study that does, with the trials of this one."
)


def inherit(
    order: Order,
    study: StudyFile,
    store: Store,
    meaning: Mapping[str, Any],
    size: Callable[[Config], int],
    say: Said,
) -> tuple[StudyFile, tuple[Past, ...]]:
    """The study with what it shall try first, and the trials to learn from before its own.

    Raises:
        RunError: a run that is named cannot be read.
    """
    facts = store.facts()
    if facts:
        taken = facts.get("heritage", {"before": [], "tries": [], "from": []})
        if list(study.study.warm_start) != taken.get("from", list(study.study.warm_start)):
            say(TOO_LATE)
            store.note("warning", TOO_LATE)
        return _as_before(study, taken)
    warm = [
        heritage(source_of(name, study.path, order.runs), study, meaning, size)
        for name in study.study.warm_start
    ]
    before = [kin.past for source in warm for kin in source.kin]
    tries = [params for source in warm for params in source.tries]
    if order.fork is not None:
        folder = RunFolder(order.fork)
        taken = heritage(folder, study, meaning, size)
        _adopt(folder, taken, store, RunFolder(order.runs / study.study.name), study, len(before))
        warm, tries = [taken, *warm], [*taken.tries, *tries]
    for source in warm:
        say(source.said)
        store.note("note", source.said)
    if warm:
        learnt, names = [_to_json(past) for past in before], list(study.study.warm_start)
        store.set(heritage={"before": learnt, "tries": tries, "from": names})
    return replace(study, enqueue=(*study.enqueue, *tries)), tuple(before)


def _as_before(study: StudyFile, taken: Mapping[str, Any]) -> tuple[StudyFile, tuple[Past, ...]]:
    tries = tuple(_params(entry) for entry in taken["tries"])
    before = tuple(_from_json(fields) for fields in taken["before"])
    return replace(study, enqueue=(*study.enqueue, *tries)), before


def _adopt(
    folder: RunFolder,
    taken: Heritage,
    store: Store,
    mine: RunFolder,
    study: StudyFile,
    before: int,
) -> None:
    """Make another study's trials this one's: numbered from 0, with epochs, rungs and weights."""
    metric, epochs = study.study.metric, pruning.planned_epochs(study)
    with Reader(folder) as reader:
        for number, kin in enumerate(taken.kin):
            told = tuple(_done(epoch) for epoch in reader.epochs(kin.record.number))
            trial = replace(kin.past.trial, number=number)
            optuna = before + number
            attrs = pruning.marks(study.study, epochs, optuna, kin.past.curve)
            memory = {**kin.past.memory, "optuna": optuna, "attrs": attrs}
            past = replace(kin.past, trial=trial, memory=memory)
            store.adopted(past, _best(kin), told, metric, kin.record.planned, _size(kin))
            _adopt_weights(weights_file(folder.models, kin.record.number), mine.models, number)


def _adopt_weights(theirs: Path, models: Path, number: int) -> None:
    """Have what is kept of its best epoch, too; the engine lets go of more than the study keeps."""
    if theirs.is_file():
        write_aside(weights_file(models, number), theirs.read_bytes())


def _best(kin: Kin) -> Best | None:
    record = kin.record
    if record.value is None or record.best_epoch is None:
        return None
    figures = {name: figure for name, figure in record.figures.items() if figure is not None}
    return Best(record.best_epoch, record.value, figures)


def _size(kin: Kin) -> int:
    return kin.record.parameters or 0


def _done(epoch: EpochRecord) -> EpochDone:
    figures = {name: figure for name, figure in epoch.figures.items() if figure is not None}
    rate, norm = epoch.learning_rate or 0.0, epoch.gradient_norm or 0.0
    return EpochDone(epoch.number, figures, rate, norm, epoch.seconds)


def _to_json(past: Past) -> dict[str, Any]:
    return {
        "params": dict(past.trial.params),
        "inner": past.memory["params"],
        "state": past.state,
        "value": past.value,
        "curve": {str(number): value for number, value in past.curve.items()},
    }


def _from_json(fields: Mapping[str, Any]) -> Past:
    memory = {"params": fields["inner"], "attrs": {}, "pruned": None}
    curve = {int(number): value for number, value in fields["curve"].items()}
    trial = Trial(0, _params(fields["params"]), 0)
    return Past(trial, fields["state"], memory, fields["value"], curve, 0, 0, 0.0)


def _params(fields: Mapping[str, Any]) -> Params:
    return {name: tuple(v) if isinstance(v, list) else v for name, v in fields.items()}
