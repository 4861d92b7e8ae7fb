"""A retrained model for programs: what `hpsearch.load` gives."""

from __future__ import annotations

import warnings
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data.given import frame_of
from hpsearch.data.matching import read_like
from hpsearch.errors import DataError
from hpsearch.models.evaluation import Evaluation, evaluate
from hpsearch.models.predictions import Predictions
from hpsearch.models.saved import SavedModel


class DataWarning(UserWarning):
    """Something was noticed about rows: a column that is missing, a category never seen."""


class Model:
    """A retrained model, to be asked about tables and arrays.

    A table is a frame of Polars or pandas, or a mapping of columns, found by name; a path is read
    as `hpsearch predict` reads it; an array is (rows, columns), with the columns in the order of
    `columns`, or (rows, …) for images and the like. What is noticed about the rows is a
    `DataWarning`.
    """

    def __init__(self, saved: SavedModel) -> None:
        self.saved = saved
        self._one_at_a_time = Lock()  # the network writes into memory of its own

    def __reduce__(self) -> Any:
        return Model, (self.saved,)

    def __repr__(self) -> str:
        size, rows = self.saved.network.parameters, self.saved.rows.get("train", 0)
        many = f"{self.saved.members} networks of " if self.saved.members > 1 else ""
        return f"<Model {self.saved.name}: {self.task}, {many}{size:,} parameters, {rows:,} rows>"

    @property
    def task(self) -> str:
        """binary, multiclass, multilabel or regression."""
        return self.saved.task

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs, in the order that arrays have."""
        return self.saved.encoder.names

    @property
    def targets(self) -> tuple[str, ...]:
        """What it predicts."""
        return self.saved.encoder.targets

    @property
    def classes(self) -> tuple[str, ...]:
        """In the order of `predict_proba`; of several labels their names, of a regression ()."""
        return self.saved.encoder.classes

    def predict(self, data: Any) -> np.ndarray:
        """Classes as the training file wrote them, or numbers in the target's own units.

        Returns:
            Shape (rows,), or (rows, targets) for several targets; NaN, or None among words, where
            a row is too far from all in training to compute with.

        Raises:
            DataError: columns are missing, or a cell does not fit; names row and column.
        """
        table = self._asked(data).table()
        columns = [table[name].to_numpy() for name in table.columns]
        return columns[0] if len(columns) == 1 else np.stack(columns, axis=1)

    def predict_proba(self, data: Any) -> np.ndarray:
        """The probability of each class, or of each label, float64 (rows, classes).

        Raises:
            DataError: as `predict`; and of a regression, which has none.
        """
        if self.task == "regression":
            raise DataError("A regression has no classes, and so no probabilities: use predict.")
        table = self._asked(data).table(proba=True)
        p = table.select(f"proba_{name}" for name in self.classes).to_numpy()
        # Of float32 they sum to one within 1e-7, which scikit-learn's figures would warn of.
        return p / p.sum(axis=1, keepdims=True) if self.task == "multiclass" else p

    def evaluate(self, data: Any) -> Evaluation:
        """Figures on rows whose targets are known; `figures` has them by name.

        Looks at the model's test rows are counted by the command, not here.

        Raises:
            DataError: as `predict`; and where the targets are missing.
        """
        frame, name, notes = self._table(data)
        with self._one_at_a_time:
            found = evaluate(self.saved, frame, name)
        _warn((*notes, *found.notes), 3)
        return found

    def outputs(self, frame: pl.DataFrame, name: str = "the table") -> Predictions:
        """What the network says of a frame as a reader would have made it; warns of nothing.

        Args:
            name: what errors call it.

        Raises:
            DataError: as `predict`.
        """
        with self._one_at_a_time:
            return self.saved.predict(frame, name)

    def _asked(self, data: Any) -> Predictions:
        frame, name, notes = self._table(data)
        found = self.outputs(frame, name)
        _warn((*notes, *found.notes), 4)
        return found

    def _table(self, data: Any) -> tuple[pl.DataFrame, str, tuple[str, ...]]:
        """Rows, what to call them, and how a file is written otherwise than the training file."""
        if not isinstance(data, str | Path):
            return frame_of(self.saved.encoder, data), "the table", ()
        notes: list[str] = []
        return read_like(self.saved.encoder, Path(data), notes.append), Path(data).name, (*notes,)


def _warn(notes: tuple[str, ...], level: int) -> None:
    """Warn of each at the line `level` calls up, without what only a command line has."""
    for note in notes:
        said = note.removeprefix("WARNING: ").replace("; --strict refuses them", "")
        warnings.warn(said, DataWarning, stacklevel=level)


def load(folder: Path | str) -> Model:
    """The model in a folder that `hpsearch retrain` wrote.

    Raises:
        ModelError: there is none, it is damaged, or of a format not known here.
    """
    return Model(SavedModel.load(folder))
