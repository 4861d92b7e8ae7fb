"""Comma-separated values with a header row, read strictly.

Three ways in, one result (a test holds them to each other): a text without quotes, or with simple
ones that can be taken off, goes straight to polars once every row is known to have as many cells as
the header; any other is taken apart row by row, since polars neither names the row it stumbles over
nor minds one that is too short.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path

import polars as pl

from hpsearch.data.notation import plain, shape
from hpsearch.data.readers import reader
from hpsearch.data.table import Dialect, Table, counted, quoted
from hpsearch.data.text import (
    closed_early,
    guess_separator,
    iter_lines,
    read_text,
    records,
    tidied,
)
from hpsearch.errors import DataError

_CHUNK = 20_000


@reader(".tab")
@reader(".tsv")
@reader(".csv")
def read(path: Path, dialect: Dialect) -> Table:
    """Read every cell as text, with empty ones as nulls.

    Raises:
        DataError: the file breaks the rules of CSV; names file, row and column.
    """
    text, encoding = read_text(path, dialect.encoding)
    return parsed(text, encoding, dialect, path.name)


def parsed(
    text: str,
    encoding: str,
    dialect: Dialect,
    name: str,
    skipped: int = 0,
    floats: Collection[str] = (),
) -> Table:
    """The table in a text.

    Args:
        encoding: as the text was read.
        name: what errors call the file.
        skipped: rows of the file between its header and the first row here.
        floats: columns that may be read as numbers at once, where every cell is one or empty.

    Raises:
        DataError: as `read`.
    """
    text = text.rstrip("\r\n")
    if not text.strip():
        raise DataError(f"{name} is empty; its first row must name the columns.")
    separator = _separator(text, dialect.separator, name)
    if '"' in text or not separator.isascii():  # polars wants one byte
        frame = _read_simply_quoted(text, separator, name, skipped, floats)
        frame = _read_quoted(text, separator, name, skipped) if frame is None else frame
    else:
        frame = _read_plain(text, separator, name, skipped, floats)
    if frame.height == 0:
        raise DataError(f"{name}: row 1 names the columns, and no row follows.")
    frame, emptied = tidied(frame, dialect.nothing)
    decimal = dialect.decimal or _guess_decimal(frame, separator)
    if decimal == separator and '"' not in text:
        raise DataError(
            f"{name}: {quoted(decimal)} cannot be both data.decimal and data.separator."
        )
    given = [dialect.separator, dialect.decimal, dialect.encoding]
    how = "" if all(given) else " (guessed; data.separator, .decimal and .encoding override)"
    notes = [
        f"{name}: {counted(frame.height, 'row')} × {counted(frame.width, 'column')}, separator"
        f" {quoted(separator)}, decimal {quoted(decimal)}, encoding {encoding}{how}."
    ]
    notes += emptied
    frame, said, written = plain(frame, decimal, dict(dialect.written or ()))
    notes += said
    settled = Dialect(separator, decimal, encoding, dialect.null_values, written=written)
    return Table(name, frame, settled, tuple(notes))


def _separator(text: str, given: str | None, name: str) -> str:
    if re.match(r'"?sep=', text):
        raise DataError(
            f"{name}: row 1 is a note for a spreadsheet program ({quoted(text[:6])}); delete it,"
            " so that row 1 names the columns."
        )
    if given is None:
        return guess_separator(text)[0]
    if len(given) != 1 or given in '"\r\n':
        raise DataError(f"data.separator must be one character, such as ';', not {quoted(given)}.")
    return given


def _header(cells: list[str], name: str) -> list[str]:
    """The columns' names, which must be there and differ."""
    names = [cell.strip() for cell in cells]
    if not names:
        raise DataError(f"{name}: row 1 is empty; it must name the columns.")
    seen: dict[str, int] = {}
    for at, column in enumerate(names):
        if not column:
            index = " (pandas writes such a column unless index=False)" if at == 0 else ""
            raise DataError(
                f"{name}: row 1, column {at + 1} has no name{index}; name it or take it out."
            )
        if (first := seen.setdefault(column, at)) != at:
            raise DataError(
                f"{name}: row 1, columns {first + 1} and {at + 1} are both called"
                f" {quoted(column)}; rename one."
            )
    return names


def _ragged(name: str, row: int, cells: int, expected: int) -> DataError:
    return DataError(
        f"{name}: row {row:,} has {counted(cells, 'cell')}, but the header has {expected:,};"
        f" look near column {min(cells, expected) + (cells > expected)}, or set data.separator."
    )


def _read_plain(
    text: str, separator: str, name: str, skipped: int = 0, floats: Collection[str] = ()
) -> pl.DataFrame:
    """A text without quotes: a line is a row, and a separator is a separator."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    head, _, body = text.partition("\n")
    names = _header(head.split(separator), name)
    raw = body.encode()
    if not _all_as_wide(raw, separator, len(names)):
        for row, line in enumerate(body.split("\n") if body else (), start=2 + skipped):
            if line.count(separator) + 1 != len(names) and line.strip():
                raise _ragged(name, row, line.count(separator) + 1, len(names))
    if not body:
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String))
    if not body.strip():
        raise DataError(f"{name}: row 1 names the columns, and no row follows.")
    frame = _cells(raw, separator, names, floats, name)
    if frame is None or not _finite(frame):
        frame = _cells(raw, separator, names, (), name)
    assert frame is not None  # as text, any cell is what it is
    return frame


def _cells(
    body: bytes, separator: str, names: Sequence[str], floats: Collection[str], name: str
) -> pl.DataFrame | None:
    """The cells of lines that are all as wide; None where one of `floats` is not a number."""
    # Polars counts the cells of the very first line, and takes a mark there for none of them.
    first = "0" + separator * (len(names) - 1) + "\n"
    try:
        frame = pl.read_csv(
            first.encode() + body,
            has_header=False,
            schema={c: pl.Float64 if c in floats else pl.String for c in names},
            separator=separator,
            quote_char=None,
            truncate_ragged_lines=True,  # only blank lines with spaces are left to be ragged
        )
    except pl.exceptions.PolarsError as error:
        if floats:
            return None
        raise DataError(f"{name} cannot be read: {str(error).splitlines()[0]}.") from None
    return frame.slice(1)


def _finite(frame: pl.DataFrame) -> bool:
    """Whether no number is nan or infinite: of these only the text can tell what it was."""
    numbers = frame.select(pl.col(pl.Float64).is_finite().all())
    return all(numbers.row(0)) if numbers.width else True


def _all_as_wide(body: bytes, separator: str, cells: int) -> bool:
    """Whether each line has so many cells: many times faster than looking at each."""
    marks = separator.encode() + b"\n"
    found = body.translate(None, bytes(set(range(256)) - set(marks))) + b"\n"
    line = separator.encode() * (cells - 1) + b"\n"
    return found == line * (len(found) // cells)


_AWAY = "\x1f"
"""Stands for a separator inside a cell while a text is read without its quotes."""


_EMPTY = re.compile(r'"(?<=\n")[^\S\n]*"(?=\n|\Z)')
"""A line that is one empty cell in quotes: a blank one, which is lost without them at the end."""


def _read_simply_quoted(
    text: str, separator: str, name: str, skipped: int = 0, floats: Collection[str] = ()
) -> pl.DataFrame | None:
    """A text whose quotes each hold a whole cell of one line, without them; None for any other.

    Several times faster than taking rows apart one by one. A line in which a quote stays open has
    an odd number of them, so one is left over, and the text is not of this kind.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    mark = re.escape(separator)
    if _AWAY in text or not separator.isascii() or _EMPTY.search(text):
        return None
    # That it begins with the quote makes the search for it four times as fast.
    cell = re.compile(rf'"(?<![^\n{mark}]")([^"\n]*)"(?![^\n{mark}])')
    bare = cell.sub(lambda found: found[1].replace(separator, _AWAY), text)
    if '"' in bare or _AWAY in bare.partition("\n")[0]:
        return None
    frame = _read_plain(bare, separator, name, skipped, floats)
    if _AWAY in bare:
        frame = frame.with_columns(
            pl.col(pl.String).str.replace_all(_AWAY, separator, literal=True)
        )
    return frame


def _read_quoted(text: str, separator: str, name: str, skipped: int = 0) -> pl.DataFrame:
    """A text with quotes, in which a cell may hold separators and line ends."""
    rows = _numbered(text, separator, name, skipped)
    _, first = next(rows)
    names = _header(first, name)
    chunks = [pl.DataFrame(schema=dict.fromkeys(names, pl.String))]
    while chunk := list(islice(rows, _CHUNK)):
        for row, cells in chunk:
            if len(cells) != len(names):
                if any(cell.strip() for cell in cells) or len(cells) > 1:
                    raise _ragged(name, row + skipped, len(cells), len(names))
                cells[:] = [""] * len(names)
        columns = zip(*(cells for _, cells in chunk), strict=True)
        chunks.append(
            pl.DataFrame(
                [pl.Series(n, c, dtype=pl.String) for n, c in zip(names, columns, strict=True)]
            )
        )
    return pl.concat(chunks)


def _numbered(
    text: str, separator: str, name: str, skipped: int
) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number, as a spreadsheet counts them."""
    row = 1
    try:
        for row, cells in enumerate(records(text, separator, strict=True), start=1):
            yield row, cells
            row += 1
    except csv.Error as error:
        raise _broken_quote(text, separator, name, row, skipped, str(error)) from None


def _broken_quote(
    text: str, separator: str, name: str, row: int, skipped: int, problem: str
) -> DataError:
    """Say where the row began that the strict parser could not end."""
    lines = iter_lines(text)
    loose = csv.reader(lines, delimiter=separator, strict=True)
    for _ in range(row - 1):
        next(loose, None)
    line = next(iter(lines), "")
    column = len(next(iter(records(line, separator)), [""]))
    if "expected after" in problem and line.count('"') % 2:
        what = "opens a quote that its line does not close"
    elif "expected after" in problem:
        what = "has text after a closing quote; write a quote inside a cell twice"
        column = closed_early(line, separator)
    else:
        what = "opens a quote that is never closed"
    return DataError(f"{name}: row {row + skipped:,}, column {column} {what}.")


def _guess_decimal(frame: pl.DataFrame, separator: str) -> str:
    """A comma where the first rows hold numbers with commas and none with points.

    Never in a file separated by commas: there, quoted "1,234" is a thousand.
    """
    if separator == ",":
        return "."
    head = frame.head(1000)
    counts = [
        sum(int(column.str.contains(pattern).sum()) for column in head.get_columns())
        for pattern in (shape(",", r",\d+([eE][+-]?\d+)?"), shape(".", r"\.\d+([eE][+-]?\d+)?"))
    ]
    return "," if counts[0] > counts[1] else "."
