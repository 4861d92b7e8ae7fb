"""What a network said of some rows, in the words and units of its target."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from hpsearch.data.encoder import Encoder
from hpsearch.data.table import counted
from nncore.arrays import Array


@dataclass(frozen=True, eq=False)
class Predictions:
    """One prediction a row, in the order of the rows."""

    outputs: Array
    """Probabilities or standardised values, shape (rows, outputs); finite."""
    lost: Array
    """The rows, by number, whose outputs were not finite; they have no prediction."""
    encoder: Encoder
    notes: tuple[str, ...]
    """What was noticed about the rows: a sentence each."""

    @classmethod
    def of(cls, outputs: Array, encoder: Encoder, notes: tuple[str, ...]) -> Predictions:
        """Set aside what a network could not say: values too far from all it was trained on."""
        lost = np.flatnonzero(~np.isfinite(outputs).all(axis=1))
        if len(lost):
            outputs = outputs.copy()
            outputs[lost] = 0.0
            notes = (*notes, without(len(lost), int(lost[0])))
        return cls(outputs, lost, encoder, notes)

    def table(self, proba: bool = False) -> pl.DataFrame:
        """A column `prediction`, or `prediction_<target>` for each of several.

        Args:
            proba: also `proba_<class>` for each class.

        Raises:
            DataError: `proba` of a regression.
        """
        parts = [self.encoder.predictions(self.outputs)]
        if proba:
            parts.append(self.encoder.probabilities(self.outputs))
        whole = pl.concat(parts, how="horizontal")
        if not len(self.lost):
            return whole
        keep = np.ones(len(self.outputs), bool)
        keep[self.lost] = False
        known = pl.Series(keep)
        return whole.select(pl.when(known).then(pl.col(name)).alias(name) for name in whole.columns)


def without(rows: int, first: int) -> str:
    """That some rows get no prediction; `first` counts from 0."""
    return (
        f"{counted(rows, 'row')} without a prediction, with values too far from those in training"
        f" to compute with; the first is row {first + 1:,} of the data."
    )
