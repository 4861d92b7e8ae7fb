"""A table's columns as clean cells: numbers, words and arrays, each read strictly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from hpsearch.data.cells import strict_block, strict_booleans, strict_numbers
from hpsearch.data.columns import Block, Category, Column
from hpsearch.data.table import Table


def clean_frame(table: Table, columns: Sequence[Column]) -> pl.DataFrame:
    """The columns wanted: numbers with nan for empty cells, words as String.

    Numbers are Float32 where that holds every one of them exactly, else Float64; arrays stay as
    they are.

    Raises:
        DataError: a cell does not fit; names row and column.
    """
    decimal = table.dialect.decimal
    cleaned: dict[str, pl.Series | np.ndarray] = {}
    for column in columns:
        if isinstance(column, Category):
            cleaned[column.name] = table.frame[column.name].cast(pl.String)
        elif isinstance(column, Block):
            cleaned[column.name] = strict_block(table, column.name, column.size)
        elif column.words:
            cleaned[column.name] = _narrow(strict_booleans(table, column.name, column.words))
        else:
            cleaned[column.name] = _narrow(strict_numbers(table, column.name, decimal))
    return pl.DataFrame(cleaned)


def _narrow(values: np.ndarray) -> np.ndarray:
    """In single precision where nothing is lost: whole numbers, and what came so from its file."""
    narrow = values.astype(np.float32)
    return narrow if np.array_equal(narrow, values, equal_nan=True) else values
