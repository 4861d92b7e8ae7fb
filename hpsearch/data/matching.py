"""Tables to predict from: read like the training file, and their columns found by name."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import polars as pl
from polars.selectors import by_name

from hpsearch.data.arrays import FILE
from hpsearch.data.blocks import packed
from hpsearch.data.columns import Block, Category, Column, Number
from hpsearch.data.encoder import Encoder
from hpsearch.data.readers import read
from hpsearch.data.surprises import Surprises
from hpsearch.data.table import Dialect, Table, first_row, listed, quoted
from hpsearch.data.text import is_utf8
from hpsearch.errors import DataError

Say = Callable[[str], None]
_MEND = "Mend it, or empty it: an empty cell is filled in."
"""What to do about a cell that cannot be read, where there is no study file to say it in."""


def read_like(
    encoder: Encoder, path: Path, say: Say = lambda note: None, tell: Say = lambda note: None
) -> pl.DataFrame:
    """Read a file to predict from, written like the one an encoder was fitted on.

    What was guessed is guessed anew where it does not lead to the columns needed; UTF-8 is known
    as such whatever the training file was; decimal marks are made those of the training file, and
    numbers with signs such as % and EUR are read as there.

    Args:
        say: hears how this file is written otherwise than the training file: a sentence each.
        tell: hears what the reader noticed, likewise.

    Raises:
        DataError: the file cannot be read.
    """
    utf8 = encoder.dialect.encoding is not None and path.is_file() and is_utf8(path)
    table = read_as(encoder, lambda dialect: read(path, dialect), utf8)
    for note in noticed(table):
        tell(note)
    for difference in differences(encoder, table):
        say(difference)
    return with_decimals_of(encoder, table)


def dialect_like(encoder: Encoder, utf8: bool) -> Dialect:
    """How the training file was written, as a reader takes it.

    Args:
        utf8: whether the file to read is in UTF-8, whatever that one was in.
    """
    dialect = encoder.dialect
    if dialect.written is None:
        given = replace(dialect, written=())
    else:
        given = replace(dialect, written=tuple(_signs_of(encoder).items()))
    return replace(given, encoding=None) if utf8 else given


def read_as(encoder: Encoder, reads: Callable[[Dialect], Table], utf8: bool) -> Table:
    """A table as the training file was read; or, where that leads nowhere, as it looks."""
    given = dialect_like(encoder, utf8)
    loose = replace(given, separator=None, decimal=None, encoding=None)
    try:
        table = reads(given)
    except DataError:
        if given.separator is None:
            raise
        table = reads(loose)
    return table if set(encoder.names) & set(table.frame.columns) else reads(loose)


def differences(encoder: Encoder, table: Table) -> Iterator[str]:
    """How a table is written otherwise than the training file."""
    trained, here = encoder.dialect.encoding, table.dialect.encoding
    if None not in (trained, here) and _codec(here) != _codec(trained):
        yield f"{table.name} is {here} text, unlike the training file ({trained})."
    yield from _other_signs(_signs_of(encoder), table)


def noticed(table: Table) -> Iterator[str]:
    """What a reader noticed, without what a study file could say against it: there is none."""
    yield from (_ADVICE.sub("", note) for note in table.notes)


_ADVICE = re.compile(r" \(guessed; data\.[^)]*\)|; data\.null_values overrides")


def _signs_of(encoder: Encoder) -> dict[str, str]:
    """The columns of numbers, and the sign that each had in training or ""."""
    dialect = encoder.dialect
    told = dict(dialect.written or ())
    numbers = () if dialect.written is None else _numbers(encoder)
    return {name: told.get(name, "") for name in numbers}


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


def with_decimals_of(encoder: Encoder, table: Table) -> pl.DataFrame:
    """A table's cells with the decimal mark of the training file."""
    ours, theirs = encoder.dialect.decimal or ".", table.dialect.decimal or "."
    frame = table.frame
    texts = frame.select(pl.col(pl.String)).columns
    names = [name for name in _numbers(encoder) if name in texts]
    if ours == theirs or not names:
        return frame
    cells = by_name(names)  # pl.col would take a column called * for all of them
    holds = [
        frame.select(pl.any_horizontal(cells.str.contains(mark, literal=True).any())).item()
        for mark in (ours, theirs)
    ]
    if holds == [True, False]:  # no file of its own says how: Parquet, or quotes round each number
        return frame
    # Not the other way round as well: a mark that groups thousands stays an error.
    swap = cells.str.replace_all(ours, "?", literal=True)
    return frame.with_columns(swap.str.replace_all(theirs, ours, literal=True))


def encode(
    encoder: Encoder,
    frame: pl.DataFrame,
    name: str = "the table",
    strict: bool = False,
    rows: np.ndarray | None = None,
) -> tuple[np.ndarray, tuple[str, ...]]:
    """Inputs, float32 (rows, width), in the frame's order; and what was noticed.

    Columns are found by name, in any order; others are ignored. A missing one counts as empty in
    every row, unless half of all are missing: then it is another table.

    Args:
        name: what errors call the table.
        strict: refuse a missing column instead.
        rows: where the frame's rows stood before some were left out, from 0.

    Raises:
        DataError: columns are missing, which names them; or a cell does not fit, which names row
            and column.
    """
    matching = Matching(encoder, name, strict)
    return matching.encode(frame, rows), matching.notes


class Matching:
    """Encodes a table that comes some rows at a time: see `encode`."""

    def __init__(self, encoder: Encoder, name: str = "the table", strict: bool = False) -> None:
        self._encoder, self._name, self._strict = encoder, name, strict
        self._surprises = Surprises(encoder)
        self._columns: tuple[str, ...] = ()
        self.rows = 0
        """How many have been encoded."""

    def encode(self, frame: pl.DataFrame, rows: np.ndarray | None = None) -> np.ndarray:
        """The next rows, as inputs.

        Args:
            rows: where they stood before some were left out.
        """
        encoder = self._encoder
        for block in (column for column in encoder.columns if isinstance(column, Block)):
            frame = packed(frame, block)
        missing = [column for column in encoder.columns if column.name not in frame.columns]
        if missing:
            _refuse_another_table(encoder, missing, frame, self._name, self._strict)
        nothing = pl.Series([None] * frame.height if missing else [], dtype=pl.String)
        whole = frame.with_columns(nothing.alias(column.name) for column in missing)
        dialect, first = encoder.dialect, first_row(self._name) + self.rows
        table = Table(self._name, whole, dialect, mend=_MEND, first_row=first, rows=rows)
        x = encoder.encode(table, self._surprises, [column.name for column in missing])
        self._columns = tuple(frame.columns)
        self.rows += frame.height
        return x

    @property
    def notes(self) -> tuple[str, ...]:
        """What was noticed so far: a sentence each."""
        encoder, columns = self._encoder, self._columns
        missing = [column for column in encoder.columns if column.name not in columns]
        known = {*encoder.names, *encoder.targets, FILE}
        strangers = [column for column in columns if column not in known]
        notes = [_told(column, encoder, strangers, self._name) for column in missing]
        there = [column for column in columns if column in encoder.names]
        if there != [column for column in encoder.names if column in there]:
            notes.append(
                "The columns stand in another order than in training; found by their names."
            )
        if strangers:
            notes.append(f"Ignored, as the model was trained without: {listed(strangers)}.")
        return (*notes, *self._surprises.notes())


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
