"""What a reader hands over: columns by name, text still text, and where each row came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import numpy as np
import polars as pl

from hpsearch.errors import DataError

NOTHING = (
    *("", "NA", "N/A", "n/a", "na", "#N/A", "<NA>", "NaN", "nan", "NAN"),
    *("NULL", "Null", "null", "None", "?", "-", "--", "."),
)
"""Words that say a cell is empty, unless `null_values` says otherwise."""


@dataclass(frozen=True)
class Dialect:
    """How a file is to be read. None: to be guessed, or not a matter for this format."""

    separator: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    null_values: tuple[str, ...] | None = None
    """None: the usual words, NOTHING."""
    image_size: tuple[int, int] | None = None
    """(height, width) that images are resized to."""
    channels: int | None = None
    """Of an image: 1 for gray, 3 for red, green and blue."""
    written: tuple[tuple[str, str], ...] | None = None
    """Columns of numbers that carry a sign, and that sign, such as % or EUR. None: not known."""

    @property
    def nothing(self) -> tuple[str, ...]:
        """Every word read as an empty cell; the empty word always is."""
        return NOTHING if self.null_values is None else ("", *self.null_values)


@dataclass(frozen=True)
class Table:
    """One file, read and not yet understood."""

    name: str
    """What errors call it, such as `houses.csv`."""
    frame: pl.DataFrame
    """Text columns are stripped, with empty cells as nulls; numbers are numbers. A column of
    arrays of one size (pl.Array) holds images and the like: one input for each of their numbers."""
    dialect: Dialect = Dialect()
    """As guessed or given: nothing is None that matters for the format."""
    notes: tuple[str, ...] = ()
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    """Columns of the file that are not in the frame, each with what it holds instead."""
    targets: tuple[str, ...] = ()
    """Where the format tells features and targets apart (npz), the columns that are targets."""
    guessed: bool = False
    """Whether these targets are only a guess, so that others in data.target free them."""
    asides: tuple[str, ...] = ()
    """Columns that only say which row it is, such as an image's file: never learnt from."""
    held: int = 0
    """How many rows, at the end, the file itself sets aside for testing."""
    mend: str = (
        "Mend it, name it in data.null_values to have it read as empty, or leave the column out"
        " with data.drop."
    )
    """What to do about a cell that cannot be read."""
    first_row: int = 2
    """What the file calls the first row of the frame: a header is row 1; arrays count from 0."""

    rows: np.ndarray | None = field(default=None, compare=False, repr=False)
    """Where the frame's rows stood before some were left out; None: all are there."""

    def place(self, row: int, column: str) -> str:
        """Where a cell stands, in the file's own counting."""
        return f"{self.name}: row {self.number(row):,}, column {quoted(column)}"

    def number(self, row: int) -> int:
        """What the file calls a row of the frame."""
        return (row if self.rows is None else int(self.rows[row])) + self.first_row

    @property
    def numbers(self) -> np.ndarray:
        """What the file calls each row of the frame, int64 (rows,)."""
        places = np.arange(self.frame.height) if self.rows is None else self.rows
        return places + self.first_row

    def only(self, kept: np.ndarray) -> Table:
        """The table without the rows for which the mask says no."""
        if kept.all():
            return self
        rows = np.arange(len(kept)) if self.rows is None else self.rows
        held = int(kept[len(kept) - self.held :].sum()) if self.held else 0
        return replace(self, frame=self.frame.filter(kept), rows=rows[kept], held=held)


def first_row(name: str) -> int:
    """What a file of that name calls its first row, as its reader does; a frame given is row 1.

    >>> first_row("new.csv"), first_row("new.parquet"), first_row("new.npz"), first_row("images")
    (2, 1, 0, 0)
    """
    ending = name.lower().rpartition(".")[2]
    if ending in ("csv", "tsv", "tab"):
        return 2
    return int(ending in ("jsonl", "ndjson", "parquet", "pq", "the table"))


def quoted(text: str, limit: int = 40) -> str:
    r"""`text` in quotes, shortened, with whatever could disturb a terminal escaped.

    >>> print(quoted("a\x1b[31m"))
    'a\x1b[31m'
    """
    short = text if len(text) <= limit else text[: limit - 1] + "…"
    return repr(short)


def listed(names: Iterable[str], limit: int = 12) -> str:
    """Names in quotes, the first few of them.

    >>> listed(["a", "b", "c"], limit=2)
    "'a', 'b' and 1 more"
    """
    every = [quoted(name) for name in names]
    if len(every) <= limit:
        return ", ".join(every)
    return f"{', '.join(every[:limit])} and {len(every) - limit:,} more"


def counted(number: int, thing: str) -> str:
    """A number of things.

    >>> counted(1, "row"), counted(1200, "row")
    ('1 row', '1,200 rows')
    """
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def check_known(wanted: Iterable[str], table: Table, key: str) -> None:
    """Refuse names that are not columns, with the nearest that are.

    Raises:
        DataError: names the column, the key it stands in, and what there is.
    """
    known = table.frame.columns
    for name in wanted:
        if name in known:
            continue
        near = get_close_matches(name, known, n=1, cutoff=0.6)
        hint = f" Did you mean {quoted(near[0])}?" if near else ""
        several = [part.strip() for part in name.split(",")]
        if set(several) <= set(known):
            hint = f" Name each by itself: {listed(several)}."
        numbers = all(_number_like(column) for column in known)
        header = " Row 1 holds numbers: is the header missing?" if numbers else ""
        raise DataError(
            f"{table.name} has no column {quoted(name)}, which {key} names.{hint}"
            f" It has: {listed(known)}.{header}"
        )


def _number_like(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True
