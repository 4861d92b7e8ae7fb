"""A model's predictions for a table that comes some rows at a time."""

from __future__ import annotations

import polars as pl

from hpsearch.data.matching import Matching
from hpsearch.models.predictions import Predictions, without
from hpsearch.models.saved import SavedModel


class Predicting:
    """Predicts the next rows whenever it is given some, and says at the end what it noticed."""

    def __init__(self, model: SavedModel, name: str = "the table", strict: bool = False) -> None:
        self._model = model
        self._matching = Matching(model.encoder, name, strict)
        self._lost, self._first = 0, 0

    @property
    def rows(self) -> int:
        """How many have been predicted."""
        return self._matching.rows

    def __call__(self, frame: pl.DataFrame) -> Predictions:
        """Predictions for the next rows; their notes are among `notes`.

        Raises:
            DataError: columns are missing, or a cell does not fit; names row and column.
        """
        before = self.rows
        outputs = self._model.outputs(self._matching.encode(frame))
        found = Predictions.of(outputs, self._model.encoder, ())
        if len(found.lost):
            self._first = self._first if self._lost else before + int(found.lost[0])
            self._lost += len(found.lost)
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed about all rows so far: a sentence each."""
        lost = (without(self._lost, self._first),) if self._lost else ()
        return (*self._matching.notes, *lost)
