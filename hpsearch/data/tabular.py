"""Data understood and split: what trials and retraining take their rows from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import polars as pl

from hpsearch.data.columns import Column
from hpsearch.data.dealing import Ties
from hpsearch.data.encoder import Encoder, fit
from hpsearch.data.split import Split
from hpsearch.data.table import Dialect
from hpsearch.data.target import Target
from hpsearch.study.options import Task
from nncore.dataset import Dataset

Kind = Literal["number", "array", "boolean", "category", "target", "left out"]


@dataclass(frozen=True)
class ColumnReport:
    """One column of the file, for `check` and `init`."""

    name: str
    kind: Kind
    missing: int
    """Empty cells, in all rows."""
    inputs: int
    """How many inputs of the network it becomes."""
    detail: str
    """How it is encoded; or, left out, why."""


@dataclass(frozen=True, eq=False)
class Final:
    """What `retrain` learns from: training and validation rows together, and the test rows."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    """Without rows where the study keeps none for testing."""
    y_test: np.ndarray
    y_scale: np.ndarray | None
    encoder: Encoder


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a trial learns from, and how it was made."""

    dataset: Dataset
    encoder: Encoder


@dataclass(frozen=True, eq=False)
class Data:
    """A table understood and split, not yet scaled."""

    name: str
    notes: tuple[str, ...]
    """What was read, guessed, dropped and counted: a sentence each."""
    columns: tuple[ColumnReport, ...]
    target: Target
    inputs: tuple[Column, ...]
    """The columns that are used, as the training rows show them."""
    clean: pl.DataFrame
    """The cells of these columns, in every row that has a target."""
    split: Split
    ties: Ties
    """Of every row that has a target: what folds must respect as the split did."""
    dialect: Dialect
    """As guessed or given; encoders keep it."""

    @property
    def task(self) -> Task:
        """binary, multiclass, multilabel or regression."""
        return self.target.task

    @property
    def classes(self) -> tuple[str, ...]:
        """As written in the file, in the order of the outputs; () for regression."""
        return self.target.classes

    @property
    def features(self) -> int:
        """How many inputs a row becomes."""
        return sum(column.width for column in self.inputs)

    @property
    def outputs(self) -> int:
        """How many numbers the network gives."""
        return self.target.outputs

    @property
    def rows(self) -> dict[str, int]:
        """How many rows are for train, validation and test."""
        return self.split.sizes

    @cached_property
    def fingerprint(self) -> str:
        """Hex; of the cells used, the targets and the split, whatever the file is called."""
        digest = hashlib.sha256()
        for column in self.inputs:
            _digest(digest.update, f"{column!r}".encode())
            series = self.clean[column.name]
            if series.dtype == pl.String:
                _digest(digest.update, series.str.len_bytes().fill_null(2**32 - 1).to_numpy())
                _digest(digest.update, series.drop_nulls().str.join("").item().encode())
            elif series.dtype == pl.Array(pl.UInt8, column.width):
                _digest(digest.update, series.to_numpy())
            else:
                _digest(digest.update, series.to_numpy() + 0.0)  # one zero, not two
        target = self.target
        _digest(digest.update, f"{target.task}{target.names}{target.labels}".encode())
        _digest(digest.update, target.values)
        for part in (self.split.train, self.split.validation, self.split.test):
            _digest(digest.update, part)
        return digest.hexdigest()[:32]

    def prepare(self, normalize: str) -> Prepared:
        """Training and validation rows, by an encoder fitted on the training rows."""
        encoder = self._encoder(normalize, self.split.train)
        x, y = self._rows(encoder, self.split.train)
        if not len(self.split.validation):
            return Prepared(Dataset(x, y, y_scale=_scale(encoder)), encoder)
        x_valid, y_valid = self._rows(encoder, self.split.validation)
        return Prepared(Dataset(x, y, x_valid, y_valid, y_scale=_scale(encoder)), encoder)

    def final(self, normalize: str) -> Final:
        """Training and validation rows as one, by an encoder fitted on both.

        Its inputs are those of `prepare`, in number and order: only figures are fitted anew.
        """
        together = np.sort(np.concatenate([self.split.train, self.split.validation]))
        encoder = self._encoder(normalize, together)
        x, y = self._rows(encoder, together)
        x_test, y_test = self._rows(encoder, self.split.test)
        return Final(x, y, x_test, y_test, _scale(encoder), encoder)

    def _encoder(self, normalize: str, rows: np.ndarray) -> Encoder:
        return fit(self.clean, self.inputs, normalize, self.target, rows, self.dialect)

    def _rows(self, encoder: Encoder, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (rows, features) and targets, as nncore.Dataset wants them."""
        values = self.target.values[rows]
        if self.task == "regression":
            y = encoder.target_scale.apply(values).astype(np.float32)
        elif self.task == "multiclass":
            y = values
        else:
            y = values.reshape(len(values), self.outputs).astype(np.float32)
        return encoder.encode_clean(self.clean[rows]), y


def _digest(update: Callable[[bytes], object], part: np.ndarray | bytes) -> None:
    """Add a part so that two different lists of parts never look alike."""
    raw = part if isinstance(part, bytes) else np.ascontiguousarray(part).tobytes()
    update(len(raw).to_bytes(8, "little"))
    update(raw)


def _scale(encoder: Encoder) -> np.ndarray | None:
    if encoder.task != "regression":
        return None
    return np.array(encoder.target_scale.scale, np.float64)
