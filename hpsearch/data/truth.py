"""The targets of new rows, read as those were that an encoder was fitted with."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import polars as pl

from hpsearch.data.cells import numbers, strict_numbers
from hpsearch.data.encoder import Encoder
from hpsearch.data.rows import empty
from hpsearch.data.table import Table, first_row, listed, quoted
from hpsearch.errors import DataError

_MEND = "Mend it, or empty it: rows without a target are left out."


def with_targets(encoder: Encoder, frame: pl.DataFrame, name: str) -> np.ndarray:
    """Which rows have all targets, a mask.

    Raises:
        DataError: a target's column is missing, or empty in every row.
    """
    for target in encoder.targets:
        if target not in frame.columns:
            near = get_close_matches(target, frame.columns, n=1)
            hint = f" Did you mean {quoted(near[0])}?" if near else ""
            raise DataError(
                f"{name} has no column {quoted(target)}, the target, so nothing can be compared"
                f" with it.{hint} It has: {listed(frame.columns)}."
            )
    there = np.ones(frame.height, bool)
    for target in encoder.targets:
        there &= ~empty(frame[target]).to_numpy()
    if not len(there):
        raise DataError(f"{name} has no rows to compare.")
    if not there.any():
        raise DataError(f"{name}: {listed(encoder.targets)} is empty in every row.")
    return there


def targets(
    encoder: Encoder, frame: pl.DataFrame, name: str, rows: np.ndarray | None = None
) -> np.ndarray:
    """The targets of rows that all have them.

    Args:
        rows: where they stood before some were left out, from 0.

    Returns:
        Class numbers, int64 (rows,), for several classes; 0 and 1, float32 (rows, targets), for
        words of which there are two; standardised, float32 (rows, targets), for a regression.

    Raises:
        DataError: a cell is no number, or a class that the model does not know.
    """
    first = first_row(name)
    table = Table(name, frame, encoder.dialect, mend=_MEND, first_row=first, rows=rows)
    if encoder.task == "regression":
        decimal = encoder.dialect.decimal
        columns = [strict_numbers(table, target, decimal) for target in encoder.targets]
        return encoder.target_scale.apply(np.stack(columns, axis=1)).astype(np.float32)
    pairs = zip(encoder.targets, encoder.labels, strict=True)
    ids = [_ids(table, target, words) for target, words in pairs]
    return ids[0] if encoder.task == "multiclass" else np.stack(ids, axis=1).astype(np.float32)


def _ids(table: Table, target: str, words: Sequence[str]) -> np.ndarray:
    """The number of each row's class; 1 and 1.0 are one where every class is a number."""
    column, decimal = table.frame[target], table.dialect.decimal
    known, strange = numbers(pl.Series(words, dtype=pl.String), decimal)
    if strange.any() or np.isnan(known).any():
        places = dict(zip(words, range(len(words)), strict=True))
        text = column.cast(pl.String)
        ids = text.replace_strict(places, default=-1, return_dtype=pl.Int64).to_numpy()
    else:
        values, _ = numbers(column, decimal)
        order = np.argsort(known)
        at = np.minimum(np.searchsorted(known[order], values), len(words) - 1)
        ids = np.where(known[order][at] == values, order[at], -1)
    if (ids < 0).any():
        row = int(np.argmax(ids < 0))
        raise DataError(
            f"{table.place(row, target)}: {quoted(str(column[row]))} is no class that the model"
            f" knows. It knows {listed(words)}. {table.mend}"
        )
    return ids.astype(np.int64)
