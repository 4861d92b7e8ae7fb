"""What the two search estimators share: parameters, the search in `fit`, and asking the model."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from scipy.sparse import issparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import (
    assert_all_finite,
    check_is_fitted,
    column_or_1d,
    validate_data,
)

from hpsearch.data.columns import Block
from hpsearch.data.given import as_frame, series, usable
from hpsearch.errors import HpsearchError
from hpsearch.models.asking import Model
from hpsearch.searching import within
from hpsearch.searching.asked import Asked, ask, without_data
from hpsearch.searching.faces import Face
from hpsearch.searching.handed import Handed
from hpsearch.searching.result import rows_of
from hpsearch.searching.search import run
from hpsearch.store.records import TrialRecord


class EstimatorError(HpsearchError, ValueError):
    """What an estimator was given does not make sense: a ValueError, as scikit-learn has it."""


class SearchEstimator(BaseEstimator):
    """What the classifier and the regressor share: all but the targets."""

    n_features_in_: int
    study_: str
    notes_: tuple[str, ...]
    leaderboard_: list[dict[str, Any]]
    best_params_: dict[str, Any]
    best_score_: float
    best_trial_: int
    best_epoch_: int
    n_iter_: int
    model_: Model

    def __init__(
        self,
        study: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        *,
        trials: int = 20,
        timeout: float | str | None = None,
        workers: int = 1,
        metric: str = "val_cost",
        random_state: int | np.random.RandomState | None = None,
        verbose: bool = False,
    ) -> None:
        self.study = study
        self.trials = trials
        self.timeout = timeout
        self.workers = workers
        self.metric = metric
        self.random_state = random_state
        self.verbose = verbose

    def _search(self, rows: Handed, task: str) -> None:
        """Search over these rows, and train the best trial once more on all of them.

        Raises:
            EstimatorError: study or rows make no sense, or nothing came of the search.
        """
        try:
            asked = self._asked(rows, task)
            settled = within.settle(asked, "X")
            trials = self._trials(asked, settled)
            best = next((one for one in trials if one.state == "complete"), None)
            if best is None:
                raise EstimatorError(_nothing(trials))
            saved = within.retrained(settled, best)
        except EstimatorError:
            raise
        except HpsearchError as error:
            raise EstimatorError(str(error)) from None
        assert best.value is not None
        assert best.best_epoch is not None  # as a complete one has
        self.study_ = without_data(settled.study.resolved())
        self.notes_ = settled.data.notes
        self.leaderboard_ = rows_of(trials, settled.study.space)
        self.best_params_ = dict(best.params)
        self.best_score_ = best.value
        self.best_trial_ = best.number
        self.best_epoch_ = best.best_epoch
        self.n_iter_ = len(trials)
        self.model_ = Model(saved)

    def _asked(self, rows: Handed, task: str) -> Asked:
        """The study, over these rows and no others."""
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        asked = ask(self.study, {"target": [0]}, "target", {})
        values = {
            **{name: one for name, one in asked.values.items() if name != "data.target"},
            "study.name": "estimator",
            "study.trials": self.trials,
            "study.workers": self.workers,
            "study.metric": self.metric,
            "study.seed": seed,
            "data.task": task,
            "data.test": 0.0,
            **({} if self.timeout is None else {"study.timeout": self.timeout}),
            **({"data.target": list(rows.targets)} if rows.targets else {}),
        }
        return replace(asked, rows=rows, values=values)

    def _trials(self, asked: Asked, settled: within.Settled) -> tuple[TrialRecord, ...]:
        """Every trial, best first: searched in here, or by an engine with several workers."""
        if settled.study.study.workers == 1:
            return within.search(settled, self._hear).trials
        try:
            with tempfile.TemporaryDirectory(prefix="hpsearch-") as place:
                return run(asked, Path(place).resolve(), Face(None)).trials
        except KeyboardInterrupt:  # it tells where to go on from, which is gone by now
            raise KeyboardInterrupt from None

    def _hear(self, trial: TrialRecord) -> None:
        if self.verbose:
            value = "" if trial.value is None else f"  {self.metric} {trial.value:.6g}"
            print(f"#{trial.number} {trial.state}{value}")  # noqa: T201  # what `verbose` asks for

    def _rows(self, X: Any, y: Any) -> tuple[np.ndarray | pl.DataFrame, np.ndarray]:
        """Checked rows, numbers or a frame, and their targets as a dense array."""
        y = self._targets(y)
        x = self._features(X, first=True)
        check_consistent_length(x, y)
        return x, y

    def _targets(self, y: Any) -> np.ndarray:
        if y is None:
            name = type(self).__name__
            raise EstimatorError(f"{name} requires y to be passed, but the target y is None.")
        y = np.asarray(y.toarray() if issparse(y) else y)
        if y.ndim != 2 or y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if y.dtype.kind == "c":
            raise EstimatorError("y holds complex numbers, which nothing here predicts.")
        assert_all_finite(y, input_name="y")
        return _of_objects(y) if y.dtype.kind == "O" else y

    def _features(self, X: Any, first: bool) -> np.ndarray | pl.DataFrame:
        """X as numbers, or as a frame with names of its columns."""
        if not _has_columns(X):
            x: Any = validate_data(
                self, X, reset=first, ensure_all_finite="allow-nan", ensure_min_samples=1 + first
            )
            return x.astype(np.float64) if x.dtype == np.longdouble else x  # which Polars has not
        try:
            frame = as_frame(X)
        except HpsearchError as error:
            raise EstimatorError(str(error)) from None
        assert frame is not None
        known: Any = X if hasattr(X, "shape") else frame
        validate_data(self, known, reset=first, skip_check_array=True)
        if frame.height < 1 + first:
            raise EstimatorError(f"Found a frame with {frame.height} sample(s); that is too few.")
        frame.columns = self._names()
        for column in frame.get_columns():
            if column.dtype.is_float() and column.is_infinite().any():
                raise EstimatorError(f"X holds infinity, in column {column.name!r}.")
        return frame

    def _names(self) -> list[str]:
        """What columns are called in the study: as in the frame of `fit`, else x0, x1, …"""
        named = getattr(self, "feature_names_in_", None)
        return [f"x{at}" for at in range(self.n_features_in_)] if named is None else list(named)

    def _handed(self, x: np.ndarray | pl.DataFrame, y: np.ndarray) -> Handed:
        """Rows and targets as a search takes them."""
        if isinstance(x, np.ndarray):
            return Handed(None, (), {"x": x, "y": y})
        columns = y.reshape(len(y), -1).T
        names = [f"target{at}" if len(columns) > 1 else "target" for at in range(len(columns))]
        while any(name in x.columns for name in names):
            names = [f"{name}_" for name in names]
        pairs = zip(names, columns, strict=True)
        return Handed(x.with_columns(series(name, one) for name, one in pairs), tuple(names))

    def _outputs(self, X: Any) -> tuple[Any, np.ndarray]:
        """What the network says, as the model puts it, and as it is: shape (rows, outputs).

        Raises:
            NotFittedError: before `fit`.
            EstimatorError: a cell does not fit, or is too far from all that was learnt from.
        """
        check_is_fitted(self)
        x = self._features(X, first=False)
        saved = self.model_.saved
        if isinstance(x, np.ndarray):
            block = isinstance(saved.encoder.columns[0], Block)
            named = {saved.encoder.names[0]: x} if block else dict(zip(self._names(), x.T))  # noqa: B905  # as many, as checked
            x = pl.DataFrame({name: np.ascontiguousarray(one) for name, one in named.items()})
        try:
            if _has_columns(X):
                x = usable(saved.encoder, x)
            said = self.model_.outputs(x)
        except HpsearchError as error:
            raise EstimatorError(str(error)) from None
        if len(said.lost):
            raise EstimatorError(said.notes[-1])
        return said, np.asarray(said.outputs, np.float64)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.target_tags.multi_output = True
        return tags


def _has_columns(X: Any) -> bool:
    """Whether X is a frame rather than an array."""
    if isinstance(X, np.ndarray | list | tuple) or issparse(X):
        return False
    if isinstance(X, Mapping | pl.LazyFrame):
        return True
    return hasattr(X, "columns") or hasattr(X, "__dataframe__")


def _of_objects(y: np.ndarray) -> np.ndarray:
    """Targets that came as objects: as numbers where they all are, and none of them empty.

    Raises:
        EstimatorError: cells are empty.
    """
    cells = y.ravel().tolist()
    if empty := cells.count(None):
        raise EstimatorError(
            f"y has no value in {empty:,} of {len(cells):,} cells; leave out such rows."
        )
    known = all(isinstance(cell, bool | int | float | np.generic) for cell in cells)
    return np.array(cells).reshape(y.shape) if known else y


def _nothing(trials: tuple[TrialRecord, ...]) -> str:
    """Why there is no best trial."""
    if not trials:
        return "The time was up before the first trial was over: raise timeout."
    states = [one.state for one in trials]
    have = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    why = f" The first: {trials[0].reason}" if trials[0].reason else ""
    return f"No trial is complete, so there is no best one: {have}.{why}"
