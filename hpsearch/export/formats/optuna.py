"""A study as Optuna keeps its own: for optuna-dashboard, or to go on with Optuna.

The one exporter that knows Optuna. What stood in the store under our names stands there as
Optuna's attributes; a layers range is a depth and a width for each layer, as the search drew it.
"""

from __future__ import annotations

import json
import shlex
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from hpsearch.errors import UsageError
from hpsearch.export.configuration import as_it_was, ends
from hpsearch.export.exporters import StorageExporter, Trials
from hpsearch.store.records import StudyFacts, TrialRecord
from hpsearch.study.recipe import Shape, network_parameters
from hpsearch.study.space import Float, Params, Space

if TYPE_CHECKING:
    import optuna

    from hpsearch.engine.drawing import Drawing

_STATES = {
    "complete": "COMPLETE",
    "pruned": "PRUNED",
    "diverged": "FAIL",
    "failed": "FAIL",
    "running": "RUNNING",
    "waiting": "WAITING",
}
_TOLD = ("seed", "best_epoch", "epochs", "planned", "parameters", "seconds", "reason")
"""What stands in a trial's user attributes, beside its number, figures and hyperparameters."""


class OptunaExporter(StorageExporter):
    """Every trial with its distributions, state, value, and value after each epoch."""

    def store(self, given: Trials, address: str, replace: bool) -> str:
        import optuna

        url = address if "://" in address else f"sqlite:///{address}"
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        made, drawing = [], _drawing(given.facts)
        trials = sorted(given.trials, key=lambda trial: trial.number)
        shown = _shown(drawing)
        with _sentences(url):
            for trial in trials:
                told = given.curves.get(trial.number, ())
                made.append(_made(trial, _inner(drawing, trial.params), shown, told))
            storage = _storage(url)
            try:
                study = _new(storage, given.facts, url, replace)
                study.add_trials(made)
                _fill(storage, study.study_name, trials, given.curves)
            finally:
                storage.remove_session()
                storage.engine.dispose()
        return f"optuna-dashboard {shlex.quote(url)}"


def _storage(url: str) -> optuna.storages.RDBStorage:
    """Optuna's storage at an address.

    A file is written without waiting for the disk: Optuna commits every trial by itself, and what
    is exported can be exported again.
    """
    import optuna
    from sqlalchemy import event

    storage = optuna.storages.RDBStorage(url)
    if url.startswith("sqlite"):
        event.listen(storage.engine, "connect", _hurried)
        storage.engine.dispose()  # connections from now on hear of it
    return storage


def _hurried(connection: Any, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA journal_mode = MEMORY")


def _new(
    storage: optuna.storages.RDBStorage, facts: StudyFacts, url: str, replace: bool
) -> optuna.Study:
    import optuna

    direction: Any = facts.direction
    create = partial(
        optuna.create_study,
        storage=storage,
        study_name=facts.name,
        direction=direction,
        # drawing nothing; whoever goes on chooses a sampler
        sampler=optuna.samplers.RandomSampler(seed=0),
    )
    try:
        study = create()
    except optuna.exceptions.DuplicatedStudyError:
        if not replace:
            raise UsageError(
                f"{url} holds a study {facts.name} already; --force replaces it there."
            ) from None
        optuna.delete_study(study_name=facts.name, storage=storage)
        study = create()
    study.set_metric_names([facts.metric])
    for key in ("metric", "task", "meaning"):
        study.set_user_attr(key, getattr(facts, key))
    return study


def _fill(
    storage: optuna.storages.RDBStorage,
    name: str,
    trials: Sequence[TrialRecord],
    curves: Mapping[int, Sequence[float | None]],
) -> None:
    """Write curves and attributes of a study's trials, all at once.

    Optuna asks the database three times for every value, which takes minutes for a thousand
    trials. Its tables are those of this major version, as reading back shows in the tests.
    """
    from sqlalchemy import MetaData, insert, select

    names = ("studies", "trials", "trial_intermediate_values", "trial_user_attributes")
    (known := MetaData()).reflect(storage.engine, only=names)
    studies, rows, values, attributes = (known.tables[one] for one in names)
    with storage.engine.begin() as connection:
        ids = connection.scalars(
            select(rows.c.trial_id)
            .join(studies, studies.c.study_id == rows.c.study_id)
            .where(studies.c.study_name == name)
            .order_by(rows.c.number)
        )
        by_id = dict(zip(ids, trials, strict=True))
        reported = [
            {"trial_id": at, "step": step, "intermediate_value": value}
            | {"intermediate_value_type": "FINITE"}
            for at, trial in by_id.items()
            for step, value in enumerate(curves.get(trial.number, ()), 1)
            if value is not None
        ]
        told = [
            {"trial_id": at, "key": key, "value_json": json.dumps(value)}
            for at, trial in by_id.items()
            for key, value in _told(trial).items()
        ]
        for table, wanted in ((values, reported), (attributes, told)):
            if wanted:
                connection.execute(insert(table), wanted)


def _told(trial: TrialRecord) -> dict[str, Any]:
    """A trial's user attributes."""
    return {
        "number": trial.number,
        "state": trial.state,
        "params": dict(trial.params),
        **{name: value for name, value in trial.figures.items() if value is not None},
        **{name: getattr(trial, name) for name in _TOLD},
    }


def _made(
    trial: TrialRecord,
    inner: Mapping[str, Any],
    distributions: Mapping[str, Any],
    curve: Iterable[float | None],
) -> optuna.trial.FrozenTrial:
    """A trial as Optuna has it, but for its curve and attributes."""
    from optuna.trial import FrozenTrial, TrialState

    state = TrialState[_STATES[trial.state]]
    told = [value for value in curve if value is not None]
    value = trial.value if trial.state == "complete" else None
    if trial.state == "pruned" and told:
        value = told[-1]  # a pruned trial's value is, as Optuna has it, its last report's
    started = _time(trial.started) if trial.state != "waiting" else None
    return FrozenTrial(
        number=-1,  # given by Optuna, as is the id
        trial_id=-1,
        state=state,
        value=value,
        datetime_start=started,
        datetime_complete=_time(trial.finished or trial.started) if state.is_finished() else None,
        params=dict(inner),
        distributions={name: distributions[name] for name in inner},
        user_attrs={},
        system_attrs={},
        intermediate_values={},
    )


def _time(seconds: float | None) -> datetime:
    return datetime.fromtimestamp(seconds or 0.0)


def _drawing(facts: StudyFacts) -> Drawing:
    """What the trials of a study were drawn from."""
    from hpsearch.engine.candidates import Candidates
    from hpsearch.engine.drawing import Drawing

    study, task = as_it_was(facts), facts.task
    shape = Shape(*ends(facts), task)  # type: ignore[arg-type]  # a task, as stored
    space: Space = Candidates(study, lambda config: network_parameters(config, shape)).space
    return Drawing(space, study.fixed)


def _inner(drawing: Drawing, params: Params) -> dict[str, Any]:
    """A trial's values by Optuna's names; stepped ones as they are, not as their steps."""
    inner = drawing.inner(params)
    return {name: params[name] if _stepped(drawing, name) else inner[name] for name in inner}


def _shown(drawing: Drawing) -> dict[str, Any]:
    """Distributions by Optuna's names; stepped ones of the values themselves."""
    from optuna.distributions import FloatDistribution

    shown: dict[str, Any] = dict(drawing.all)
    for name, range_ in drawing.space.items():
        if isinstance(range_, Float) and range_.step is not None:
            low, high, step = (Decimal(str(n)) for n in (range_.low, range_.high, range_.step))
            # Optuna would cut off the end that a step misses by a rounding.
            whole = (high - low) % step == 0
            shown[name] = FloatDistribution(
                range_.low, range_.high, step=range_.step if whole else None
            )
    return shown


def _stepped(drawing: Drawing, name: str) -> bool:
    range_ = drawing.space.get(name)
    return isinstance(range_, Float) and range_.step is not None


@contextmanager
def _sentences(url: str) -> Iterator[None]:
    """What a database has against being written to, as a sentence."""
    from optuna.exceptions import OptunaError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of experimental arguments
            yield
    except (OptunaError, SQLAlchemyError, ImportError, RuntimeError, ValueError) as error:
        why = str(error.__cause__ or error).strip().splitlines()[0]
        raise UsageError(f"{url} cannot be written as a storage of Optuna: {why}") from None


EXPORTER = OptunaExporter("{name}-optuna.db")
