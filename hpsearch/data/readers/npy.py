"""One NumPy array: a table of numbers, or named fields; never pickled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from hpsearch.data.arrays import LARGEST, from_arrays, from_named, layout, named_column
from hpsearch.data.npyformat import read_array
from hpsearch.data.readers import folder, reader
from hpsearch.data.table import Dialect, Table, counted
from hpsearch.data.text import tidied
from hpsearch.errors import DataError


@reader(".npy")
def read(path: Path, dialect: Dialect) -> Table:
    """Read one array.

    With fields it is a table of these. A row of numbers is features and, last, the target, unless
    `data.target` names another column (x0, x1, …). Rows of a higher shape are features alone,
    such as images to predict.

    Raises:
        DataError: not an array of plain numbers or fields.
    """
    array = _array(path)
    if array.dtype.names:
        return _fields(path.name, array, dialect)
    if array.dtype.kind not in "biuf":
        raise DataError(f"{path.name} holds words; of arrays only numbers are read.")
    if array.ndim < 2 or array.shape[1] < 1:
        raise DataError(
            f"{path.name} has shape {array.shape}; rows of features and a target are (rows,"
            " columns). Features and targets of their own go into a folder, as x.npy and y.npy."
        )
    if array.ndim > 2:
        return from_arrays(path.name, [array], [])
    names = [f"x{at}" for at in range(array.shape[1])]
    table = from_arrays(path.name, [array], [], names)
    return replace(table, targets=(names[-1],), guessed=True)


@folder(".npy")
def read_folder(path: Path, dialect: Dialect) -> Table:
    """Read x.npy and y.npy, or x_train.npy, y_train.npy, x_test.npy and y_test.npy.

    Raises:
        DataError: other names, or arrays that do not fit.
    """
    files = {one.stem: one for one in sorted(path.iterdir()) if one.suffix.lower() == ".npy"}
    pairs = layout(files, path.name)
    wanted = [name for pair in pairs for name in pair if name in files]
    return from_named(path.name, {name: _array(files[name]) for name in wanted}, pairs)


def _array(path: Path) -> np.ndarray:
    size = path.stat().st_size
    if size > LARGEST:
        raise DataError(f"{path.name} is larger than {LARGEST >> 30} GiB; take fewer rows.")
    with path.open("rb") as file:
        return read_array(file, size, path.name, kinds="biufUSV")


def _fields(name: str, array: np.ndarray, dialect: Dialect) -> Table:
    if array.ndim != 1 or not len(array):
        raise DataError(f"{name} has shape {array.shape}; an array with fields is (rows,).")
    fields = array.dtype.names or ()
    frame = pl.DataFrame({field: named_column(array[field]) for field in fields})
    frame, said = tidied(frame, dialect.nothing)
    note = f"{name}: {counted(len(array), 'row')} × {counted(len(fields), 'column')}."
    settled = Dialect(null_values=dialect.null_values)
    return Table(name, frame, settled, (note, *said), first_row=0)
