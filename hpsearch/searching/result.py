"""What came of a search: its trials, the best of them, curves, and a model made of one."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpsearch.errors import ModelError, UsageError
from hpsearch.export import choosing
from hpsearch.export.configuration import configuration
from hpsearch.store.folder import RunFolder, find
from hpsearch.store.reader import Reader
from hpsearch.store.records import Counts, EpochRecord, StudyFacts, TrialRecord
from hpsearch.study.events import STANDARD_ERROR
from hpsearch.study.space import Params
from hpsearch.view.columns import Board
from hpsearch.view.command import near
from hpsearch.view.format import duration
from hpsearch.view.status import settled, true_state
from hpsearch.view.table import table

if TYPE_CHECKING:
    import polars as pl

    from hpsearch.models.asking import Model

SHOWN = 5
"""Trials that a result shows of itself."""
_WIDTH = 100
_BEFORE = ("number", "state", "value", "standard_error")
_AFTER = ("best_epoch", "epochs", "parameters", "seconds")


@dataclass(frozen=True)
class Trial:
    """One configuration that was tried, and what came of it."""

    number: int
    state: str
    """complete, pruned, diverged or failed; running or waiting where it is not over."""
    value: float | None
    """The study's metric at the best epoch; None for diverged and failed ones."""
    standard_error: float | None
    """Of the value, where several networks were trained in folds or repeats."""
    params: Params
    """What was drawn, by the study file's full names."""
    figures: dict[str, float | None]
    """Every metric at the best epoch: train_cost, val_cost, val_accuracy, …"""
    epochs: int
    """Trained."""
    best_epoch: int | None
    """From 1."""
    parameters: int | None
    """Weights and biases of its network."""
    seconds: float
    reason: str
    """Why it ended as it did: a sentence, or nothing."""
    _of: Result = field(repr=False, compare=False)

    @property
    def study(self) -> str:
        """A study file without ranges that trains it again: what `hpsearch export` writes.

        Paths in it are as seen from the current folder.

        Raises:
            UsageError: it has no best epoch, and why.
        """
        return self._of._text(self.number)

    @property
    def curve(self) -> list[dict[str, Any]]:
        """A row for each epoch: `epoch` (from 1), its figures by name, and `learning_rate`."""
        with Reader(RunFolder(self._of.folder)) as reader:
            return _curve(reader.epochs(self.number))

    def retrain(self, folder: Path | str | None = None, force: bool = False) -> Model:
        """Train it once more, on all but the test rows: what `hpsearch retrain` does.

        Args:
            folder: where to keep the model, for `hpsearch.load` and `hpsearch predict`; None keeps
                it in memory alone.
            force: replace what is there.

        Raises:
            UsageError: the trial has no best epoch.
            StudyFileError: the data is not what it was.
            ModelError: the folder is not free, or cannot be written.
            RunError: the training diverged, or does not fit in memory.
        """
        from hpsearch.models.asking import DataWarning, Model
        from hpsearch.models.folders import check_free
        from hpsearch.models.retraining import prepare
        from hpsearch.study import studyfile

        if folder is not None:
            try:
                check_free(Path(folder), force)
            except ModelError as error:  # it speaks of the command's options
                said = str(error).replace("--force", "force=True").replace(" with -o", "")
                raise ModelError(said) from None
        retraining = prepare(studyfile.parse(self.study, Path.cwd() / "best.toml"))
        for note in retraining.notes:
            warnings.warn(note, DataWarning, stacklevel=2)
        saved = retraining.run()
        if folder is not None:
            saved.save(folder, force)
        return Model(saved)


@dataclass(frozen=True, repr=False)
class Result:
    """A search as it stands: what `hpsearch.search` and `hpsearch.result` give."""

    name: str
    folder: Path
    """Of the run: what the commands `hpsearch top`, `attach`, `export` take."""
    state: str
    """finished, stopped or failed; running, paused or stopping while it goes on; gone where its
    engine died."""
    why: str
    """Why it ended: a sentence."""
    metric: str
    """What trials are ranked by, such as val_cost."""
    direction: str
    """minimize or maximize."""
    seconds: float
    """Wall time of all runs together."""
    _facts: StudyFacts = field(repr=False)
    _counts: Counts = field(repr=False)
    _trials: tuple[TrialRecord, ...] = field(repr=False)
    """Best first."""

    @classmethod
    def of(cls, folder: RunFolder) -> Result:
        """What a run folder holds.

        Raises:
            RunError: there is no study in it, or it cannot be read.
        """
        alive = folder.alive  # before the store is read: an engine writes its end, then lets go
        with Reader(folder) as reader, reader.still():
            facts = reader.study()
            trials = settled(reader.leaderboard(facts.direction), alive)
            counts = reader.counts(facts.trials)
        return cls(
            facts.name,
            folder.path.resolve(),
            true_state(facts.state, alive),
            facts.why,
            facts.metric,
            facts.direction,
            facts.seconds,
            facts,
            counts,
            tuple(trials),
        )

    @property
    def trials(self) -> tuple[TrialRecord, ...]:
        """Every trial as the store has it, best first."""
        return self._trials

    @property
    def best(self) -> Trial:
        """The best complete trial.

        Raises:
            RunError: none is complete; says what there is instead.
        """
        if self._trials and self._trials[0].state == "complete":
            return self._trial(self._trials[0])
        with Reader(RunFolder(self.folder)) as reader:
            return self._trial(choosing.best(reader, self._facts))

    def trial(self, number: int) -> Trial:
        """The trial of that number.

        Raises:
            UsageError: there is none.
        """
        for record in self._trials:
            if record.number == number:
                return self._trial(record)
        raise UsageError(f"{self.name} has no trial {number!r}; it has {len(self._trials):,}.")

    @property
    def leaderboard(self) -> list[dict[str, Any]]:
        """A row for each trial, best first, with the same keys in each.

        `number`, `state`, `value` (the study's metric), `standard_error`, every figure at the best
        epoch, `best_epoch`, `epochs`, `parameters`, `seconds`, every searched value by its full
        name, and `reason`. None where a trial has none of it.
        """
        return rows_of(self._trials, self._facts.space)

    @property
    def curves(self) -> dict[int, list[dict[str, Any]]]:
        """Every trial's curve by its number, best first; see `Trial.curve`."""
        with Reader(RunFolder(self.folder)) as reader:
            return {trial.number: _curve(reader.epochs(trial.number)) for trial in self._trials}

    def to_polars(self) -> pl.DataFrame:
        """The leaderboard as a frame of Polars."""
        import polars as pl

        return pl.DataFrame(self.leaderboard, infer_schema_length=None, strict=False)

    def retrain(self, folder: Path | str | None = None, force: bool = False) -> Model:
        """Train the best trial once more, on all but the test rows; see `Trial.retrain`.

        Raises:
            RunError: no trial is complete; or as `Trial.retrain`.
        """
        return self.best.retrain(folder, force)

    def __repr__(self) -> str:
        done = f"{self._counts.finished} of {self._counts.asked} trials"
        lines = [f"<Result {self.name}: {self.state}, {done} in {duration(self.seconds)}"]
        top = self._trials[:SHOWN]
        if top:
            complete = top[0] if top[0].state == "complete" else None
            shown = table(Board(self._facts, top, complete), _WIDTH)
            lines += [shown.header, *shown.lines]
            if shown.alike:
                lines.append(f"  all: {', '.join(shown.alike)}")
        lines.append(f"  in {shlex.quote(near(self.folder))}>")
        return "\n".join(lines)

    def _trial(self, record: TrialRecord) -> Trial:
        return Trial(
            record.number,
            record.state,
            record.value,
            record.standard_error,
            dict(record.params),
            {name: one for name, one in record.figures.items() if name != STANDARD_ERROR},
            record.epochs,
            record.best_epoch,
            record.parameters,
            record.seconds,
            record.reason,
            self,
        )

    def _text(self, number: int) -> str:
        with Reader(RunFolder(self.folder)) as reader:
            record = choosing.numbered(reader, self._facts, number)
        return configuration(self._facts, record, Path.cwd(), "best.toml").text


def result(name: Path | str | None = None, runs: Path | str | None = None) -> Result:
    """What a search has found so far, whoever runs or ran it.

    Args:
        name: a study's name, its run folder, or its study file; None: the one that runs, or the
            newest.
        runs: where run folders are; None: HPSEARCH_RUNS, else runs/ in the current folder.

    Raises:
        UsageError: there is no such run; offers the nearest.
        RunError: it cannot be read.
    """
    return Result.of(RunFolder(find(name, runs)))


def rows_of(trials: Sequence[TrialRecord], space: Iterable[str]) -> list[dict[str, Any]]:
    """A row for each trial, with the same keys in each: see `Result.leaderboard`."""
    figures = [name for name in _every(t.figures for t in trials) if name != STANDARD_ERROR]
    searched = _every([space, *(trial.params for trial in trials)])
    return [
        {
            **{name: getattr(trial, name) for name in _BEFORE},
            **{name: trial.figures.get(name) for name in figures},
            **{name: getattr(trial, name) for name in _AFTER},
            **{name: _plain(trial.params.get(name)) for name in searched},
            "reason": trial.reason,
        }
        for trial in trials
    ]


def _curve(epochs: Sequence[EpochRecord]) -> list[dict[str, Any]]:
    names = _every(epoch.figures for epoch in epochs)
    return [
        {
            "epoch": epoch.number,
            **{name: epoch.figures.get(name) for name in names},
            "learning_rate": epoch.learning_rate,
        }
        for epoch in epochs
    ]


def _every(keyed: Iterable[Iterable[str]]) -> list[str]:
    """Every name, in the order in which they are first met."""
    return list(dict.fromkeys(name for names in keyed for name in names))


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
