"""Tables to predict from: read like the training file, and their columns found by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import polars as pl

from hpsearch.data.arrays import FILE
from hpsearch.data.blocks import packed
from hpsearch.data.columns import Block, Category, Column, Number
from hpsearch.data.encoder import Encoder
from hpsearch.data.readers import read
from hpsearch.data.table import Table, listed, quoted
from hpsearch.errors import DataError

_MEND = "Mend it, or empty it: an empty cell is filled in."
"""What to do about a cell that cannot be read, where there is no study file to say it in."""


def read_like(encoder: Encoder, path: Path) -> pl.DataFrame:
    """Read a file to predict from, written like the one an encoder was fitted on.

    What was guessed is guessed anew where it does not lead to the columns needed; decimal marks
    are made those of the training file.

    Raises:
        DataError: the file cannot be read.
    """
    loose = replace(encoder.dialect, separator=None, decimal=None, encoding=None)
    try:
        table = read(path, encoder.dialect)
    except DataError:
        if encoder.dialect.separator is None:
            raise
        table = read(path, loose)
    if not set(encoder.names) & set(table.frame.columns):
        table = read(path, loose)
    return _with_decimals_of(encoder, table)


def _with_decimals_of(encoder: Encoder, table: Table) -> pl.DataFrame:
    ours, theirs = encoder.dialect.decimal or ".", table.dialect.decimal or "."
    frame = table.frame
    if ours == theirs:
        return frame
    ours_too = encoder.targets if encoder.task == "regression" else ()
    wanted = [*(number.name for number in encoder.numbers), *ours_too]
    names = [name for name in wanted if name in frame.columns]
    # Not the other way round as well: a mark that groups thousands stays an error.
    swap = pl.col(names).str.replace_all(ours, "?", literal=True)
    return frame.with_columns(swap.str.replace_all(theirs, ours, literal=True))


def encode(
    encoder: Encoder, frame: pl.DataFrame, name: str = "the table", strict: bool = False
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Inputs, float32 (rows, width), in the frame's order; and what was noticed.

    Columns are found by name, in any order; others are ignored. A missing one counts as empty in
    every row, unless half of all are missing: then it is another table.

    Args:
        name: what errors call the table.
        strict: refuse a missing column instead.

    Raises:
        DataError: columns are missing, which names them; or a cell does not fit, which names row
            and column.
    """
    for block in (column for column in encoder.columns if isinstance(column, Block)):
        frame = packed(frame, block)
    missing = [column for column in encoder.columns if column.name not in frame.columns]
    strangers = [
        column for column in frame.columns if column not in (*encoder.names, *encoder.targets, FILE)
    ]
    if missing:
        _refuse_another_table(encoder, missing, frame, name, strict)
    notes = [_told(column, encoder, strangers, name) for column in missing]
    there = [column for column in frame.columns if column in encoder.names]
    if there != [column for column in encoder.names if column in there]:
        notes.append("The columns stand in another order than in training; found by their names.")
    if strangers:
        notes.append(f"Ignored, as the model was trained without: {listed(strangers)}.")
    nothing = pl.Series([None] * frame.height, dtype=pl.String)
    whole = frame.with_columns(nothing.alias(column.name) for column in missing)
    table = Table(name, whole, encoder.dialect, mend=_MEND)
    x, surprises = encoder.encode(table, [column.name for column in missing])
    return x, (*notes, *surprises)


def _refuse_another_table(
    encoder: Encoder, missing: Sequence[Column], frame: pl.DataFrame, name: str, strict: bool
) -> None:
    arrays = any(isinstance(column, Block) for column in missing)
    if not (strict or arrays or 2 * len(missing) >= len(encoder.columns)):
        return
    raise DataError(
        f"{name} lacks {listed(column.name for column in missing)}, which the model was trained"
        f" on. It has: {listed(frame.columns)}."
    )


def _told(column: Column, encoder: Encoder, strangers: Sequence[str], name: str) -> str:
    """What becomes of a missing column."""
    if isinstance(column, Category):
        became = "encoded as empty" if column.missing else "encoded as no category"
    else:
        fills = dict(zip((n.name for n in encoder.numbers), encoder.fills, strict=False))
        fill = f"{fills[column.name]:g}"
        if isinstance(column, Number) and column.words and fill in ("0", "1"):
            fill = quoted(column.words[int(fill)])
        became = f"filled with {fill}, the median in training"
    near = get_close_matches(column.name.casefold(), [s.casefold() for s in strangers], n=1)
    hint = next((s for s in strangers if s.casefold() in near), None)
    asked = f" (is it {quoted(hint)}?)" if hint else ""
    return (
        f"WARNING: {name} has no column {quoted(column.name)}{asked}: read as empty in every row,"
        f" so {became}. Predictions are worse without it; --strict refuses them."
    )
