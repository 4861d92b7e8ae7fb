"""Which rows of a table can be used, and what holds them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from hpsearch.data.dealing import Ties
from hpsearch.data.moments import ranks
from hpsearch.data.table import Table, check_known, counted, listed, quoted
from hpsearch.data.target import Target
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


def filled(table: Table, names: Sequence[str], why: str) -> tuple[Table, tuple[str, ...]]:
    """The table without rows in which one of the columns is empty, and a word about them.

    Raises:
        DataError: there is no row with all of them.
    """
    kept = np.ones(table.frame.height, bool)
    for name in names:
        kept &= ~empty(table.frame[name]).to_numpy()
    if kept.all():
        return table, ()
    if not kept.any():
        raise DataError(f"{table.name}: {listed(names)} is empty in every row.")
    lost, first = int((~kept).sum()), int(np.argmin(kept))
    sentence = (
        f"{counted(lost, 'row')} without {listed(names)}, {why}: left out"
        f" (first: row {table.number(first):,})."
    )
    return table.only(kept), (sentence,)


def empty(column: pl.Series) -> pl.Series:
    """Whether each cell is empty; among numbers, nan is how that is written."""
    gaps = column.is_null()
    return gaps | column.is_nan().fill_null(False) if column.dtype.is_float() else gaps


def tying(table: Table, options: DataOptions, targets: Iterable[str]) -> tuple[str, ...]:
    """The column by which rows are grouped or ordered, if there is one.

    Raises:
        DataError: there is no such column, or it is the target; or there are two.
    """
    named = {"data.group": options.group, "data.order": options.order}
    columns = {key: name for key, name in named.items() if name is not None}
    if len(columns) > 1:
        raise DataError("data.group and data.order cannot both decide the split; take one out.")
    for key, name in columns.items():
        check_known([name], table, key)
        if name in targets:
            raise DataError(f"{key} names {quoted(name)}, which data.target names too.")
    return tuple(columns.values())


def ties(table: Table, target: Target, options: DataOptions) -> Ties:
    """What the split and its folds must respect.

    Raises:
        DataError: the column that orders the rows has a cell that cannot be read.
    """
    strata = _strata(target)
    if options.order is not None:
        return Ties(strata, order=ranks(table, options.order))
    if options.group is not None:
        return Ties(strata, groups=_numbered(table.frame[options.group]))
    return Ties(strata)


def _numbered(column: pl.Series) -> np.ndarray:
    """A number for each different cell, in the order in which they first appear."""
    different = column.unique(maintain_order=True)
    codes = column.replace_strict(different, range(len(different)), return_dtype=pl.Int64)
    return codes.to_numpy()


def _strata(target: Target) -> np.ndarray | None:
    """What is to be alike in every part; nothing for numbers."""
    if target.task == "regression":
        return None
    return _combinations(target.values) if target.task == "multilabel" else target.values


def _combinations(labels: np.ndarray) -> np.ndarray:
    """A stratum for each combination of labels with ten rows or more; one for all others."""
    _, ids, counts = np.unique(labels, axis=0, return_inverse=True, return_counts=True)
    common = counts >= 10
    strata = np.where(common, np.cumsum(common), 0)[ids.ravel()]
    return np.unique(strata, return_inverse=True)[1]
