"""Tables to predict from: read like the training file, and their columns found by name."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from hpsearch.data.text import is_utf8
from hpsearch.errors import DataError

_MEND = "Mend it, or empty it: an empty cell is filled in."
"""What to do about a cell that cannot be read, where there is no study file to say it in."""


def read_like(
    encoder: Encoder, path: Path, say: Callable[[str], None] = lambda note: None
) -> pl.DataFrame:
    """Read a file to predict from, written like the one an encoder was fitted on.

    What was guessed is guessed anew where it does not lead to the columns needed; UTF-8 is known
    as such whatever the training file was; decimal marks are made those of the training file, and
    numbers with signs such as % and EUR are read as there.

    Args:
        say: hears how this file is written otherwise than the training file: a sentence each.

    Raises:
        DataError: the file cannot be read.
    """
    dialect = encoder.dialect
    trained, told = dialect.encoding, dict(dialect.written or ())
    numbers = () if dialect.written is None else _numbers(encoder)
    signs = {name: told.get(name, "") for name in numbers}
    given = replace(dialect, written=tuple(signs.items()))
    if trained is not None and path.is_file() and is_utf8(path):
        given = replace(given, encoding=None)
    loose = replace(given, separator=None, decimal=None, encoding=None)
    try:
        table = read(path, given)
    except DataError:
        if dialect.separator is None:
            raise
        table = read(path, loose)
    if not set(encoder.names) & set(table.frame.columns):
        table = read(path, loose)
    if trained is not None and _codec(table.dialect.encoding) != _codec(trained):
        say(f"{path.name} is {table.dialect.encoding} text, unlike the training file ({trained}).")
    for sentence in _other_signs(signs, table):
        say(sentence)
    return _with_decimals_of(encoder, table)


def _numbers(encoder: Encoder) -> tuple[str, ...]:
    """The columns whose cells are numbers, a regression's targets among them."""
    numbers = [number.name for number in encoder.numbers if not number.words]
    return (*numbers, *(encoder.targets if encoder.task == "regression" else ()))


def _codec(encoding: str | None) -> str | None:
    try:
        return codecs.lookup(encoding or "utf-8").name.removesuffix("-sig")
    except LookupError:  # of another version of Python
        return encoding


def _other_signs(signs: Mapping[str, str], table: Table) -> Iterator[str]:
    """Of each column whose numbers carry another sign here than in training, what that means."""
    here = dict(table.dialect.written or ())
    for name, trained in signs.items():
        found = here.get(name, "")
        if name not in table.frame.columns or found == trained:
            continue
        if table.frame[name].dtype != pl.String or table.frame[name].is_null().all():
            continue
        percent = "%" in (found, trained)
        then = "; 12 % is read as 0.12, and a bare 12 as 12." if percent else "; read as it is."
        yield (
            f"WARNING: column {quoted(name)} is written with {_sign(found)} here, and in training"
            f" with {_sign(trained)}{then}"
        )


def _sign(sign: str) -> str:
    return quoted(sign) if sign else "no sign"


def _with_decimals_of(encoder: Encoder, table: Table) -> pl.DataFrame:
    ours, theirs = encoder.dialect.decimal or ".", table.dialect.decimal or "."
    frame = table.frame
    if ours == theirs:
        return frame
    names = [name for name in _numbers(encoder) if name in frame.columns]
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
