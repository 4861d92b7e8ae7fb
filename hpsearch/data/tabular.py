"""Data understood and split: what trials and retraining take their rows from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np
import polars as pl

from hpsearch.data.columns import Block, Column, Number
from hpsearch.data.dealing import Ties
from hpsearch.data.encoder import Encoder
from hpsearch.data.fitting import fit
from hpsearch.data.folding import ONE, Evaluation, Fold, in_a_row
from hpsearch.data.forgetting import seen
from hpsearch.data.split import Split
from hpsearch.data.table import Dialect
from hpsearch.data.target import Target
from hpsearch.data.weighing import balanced
from hpsearch.study.options import ClassWeight, Task
from nncore.dataset import Dataset

Kind = Literal["number", "array", "boolean", "category", "target", "name", "left out"]


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
    weights: np.ndarray | None = None
    """What each row to learn from counts for, as a `Dataset` has them."""


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
    evaluation: Evaluation = ONE
    """How trials are judged; with folds, the split has no validation rows."""
    class_weight: ClassWeight = "none"
    encoding: str | None = None
    """Of a text file, as guessed or given."""
    numbers: np.ndarray | None = None
    """What the file calls each row that has a target; None: it counts them from 0."""

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
                # one zero, not two; and whatever the precision it is kept in
                _digest(digest.update, series.to_numpy().astype(np.float64) + 0.0)
        target = self.target
        _digest(digest.update, f"{target.task}{target.names}{target.labels}".encode())
        _digest(digest.update, target.values)
        for part in (self.split.train, self.split.validation, self.split.test):
            _digest(digest.update, part)
        for tie in (self.ties.groups, self.ties.order):  # folds go by them too
            if tie is not None:
                _digest(digest.update, tie)
        for fold in self.evaluation.folds:
            _digest(digest.update, fold.train)
            _digest(digest.update, fold.validation)
        return digest.hexdigest()[:32]

    def meaning(self) -> dict[str, Any]:
        """What gives a trial its meaning and only the data tells, by full name; None: not set."""
        told = {f"data.{key}": value for key, value in self.evaluation.to_json().items()}
        return {**told, "data.fingerprint": self.fingerprint}

    def prepare(self, normalize: str) -> Prepared:
        """Training and validation rows, by an encoder fitted on the training rows."""
        fold = Fold(self.split.train, self.split.validation)
        encoder = self._encoder(normalize, fold.train)
        x = encoder.encode_clean(self.clean[fold.train])
        x_valid = encoder.encode_clean(self.clean[fold.validation])
        return self._prepared(encoder, fold, x, x_valid)

    def prepared(self, normalize: str) -> Iterator[Prepared]:
        """What a trial learns from, made when asked for: a data set for each fold, or the one.

        Each fold has an encoder of its own, fitted on its own training rows; the inputs are the
        same in number and order. Where every encoder would do the same, rows of all folds are
        slices of one array.
        """
        folds = self.evaluation.folds
        if not folds:
            yield self.prepare(normalize)
            return
        row = in_a_row(folds) if self._alike(normalize) else None
        if row is None:
            for fold in folds:
                yield self._fold(normalize, fold)
            return
        x = self._encoder(normalize, folds[0].train).encode_clean(self.clean[row.rows])
        for fold, (train, validation) in zip(folds, row.slices, strict=True):
            encoder = self._encoder(normalize, fold.train)
            yield self._prepared(encoder, fold, x[train], x[validation])

    def _fold(self, normalize: str, fold: Fold) -> Prepared:
        encoder = self._encoder(normalize, fold.train)
        frames = seen(self.clean[fold.train], self.clean[fold.validation], self.inputs)
        x, x_valid = (encoder.encode_clean(frame) for frame in frames)
        # an input that was never on has weights that mean nothing: it stays off
        signs = slice(encoder.scaled, None)
        x_valid[:, signs] *= x[:, signs].any(axis=0)
        return self._prepared(encoder, fold, x, x_valid)

    def _prepared(
        self, encoder: Encoder, fold: Fold, x: np.ndarray, x_valid: np.ndarray
    ) -> Prepared:
        y, scale = self._targets(encoder, fold.train), _scale(encoder)
        weights = self._weights(fold.train)
        if not len(fold.validation):
            return Prepared(Dataset(x, y, y_scale=scale, weights=weights), encoder)
        y_valid = self._targets(encoder, fold.validation)
        return Prepared(Dataset(x, y, x_valid, y_valid, scale, weights), encoder)

    def _alike(self, normalize: str) -> bool:
        """Whether a row becomes the same inputs whichever rows the encoder was fitted on."""
        return normalize in ("none", "scale255") and all(
            (isinstance(column, Number) and not column.indicator)
            or (isinstance(column, Block) and column.octets)
            for column in self.inputs
        )

    def final(self, normalize: str) -> Final:
        """Training and validation rows as one, by an encoder fitted on both.

        Its inputs are those of `prepare`, in number and order: only figures are fitted anew.
        """
        together = np.sort(np.concatenate([self.split.train, self.split.validation]))
        encoder = self._encoder(normalize, together)
        x, y = self._rows(encoder, together)
        x_test, y_test = self._rows(encoder, self.split.test)
        weights = self._weights(together)
        return Final(x, y, x_test, y_test, _scale(encoder), encoder, weights)

    def _encoder(self, normalize: str, rows: np.ndarray) -> Encoder:
        return fit(self.clean, self.inputs, normalize, self.target, rows, self.dialect)

    def _rows(self, encoder: Encoder, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Inputs (rows, features) and targets, as nncore.Dataset wants them."""
        return encoder.encode_clean(self.clean[rows]), self._targets(encoder, rows)

    def _weights(self, rows: np.ndarray) -> np.ndarray | None:
        """What rows to learn from count for; by their own counts, so that no other row tells."""
        return None if self.class_weight == "none" else balanced(self.target.values[rows])

    def _targets(self, encoder: Encoder, rows: np.ndarray) -> np.ndarray:
        values = self.target.values[rows]
        if self.task == "regression":
            return encoder.target_scale.apply(values).astype(np.float32)
        if self.task == "multiclass":
            return values
        return values.reshape(len(values), self.outputs).astype(np.float32)


def _digest(update: Callable[[bytes], object], part: np.ndarray | bytes) -> None:
    """Add a part so that two different lists of parts never look alike."""
    raw = part if isinstance(part, bytes) else np.ascontiguousarray(part).tobytes()
    update(len(raw).to_bytes(8, "little"))
    update(raw)


def _scale(encoder: Encoder) -> np.ndarray | None:
    if encoder.task != "regression":
        return None
    return np.array(encoder.target_scale.scale, np.float64)
