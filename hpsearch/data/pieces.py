"""A file to predict from, some rows at a time, so that a large one does not fill the memory.

A large CSV file in UTF-8 is cut between rows; how it is written is settled by its first piece, as
the whole of a small one's is. Parquet is unpacked, and JSON lines in UTF-8 are read, some rows at a
time. Every other file is read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import polars as pl

from hpsearch.data.encoder import Encoder
from hpsearch.data.matching import (
    Say,
    dialect_like,
    differences,
    noticed,
    read_as,
    read_like,
    with_decimals_of,
)
from hpsearch.data.nested import from_frame
from hpsearch.data.readers import jsonl
from hpsearch.data.readers.csv import parsed
from hpsearch.data.rehearsal import rehearse
from hpsearch.data.slices import frames, lines
from hpsearch.data.table import Dialect, Table, counted, quoted
from hpsearch.data.text import is_utf8
from hpsearch.errors import DataError

AT_ONCE = 8 << 20
"""Bytes of a piece."""
_HEAD = 1 << 20
"""Bytes by which it is judged how a file ends its lines."""
_MARK = b"\xef\xbb\xbf"


def pieces(
    encoder: Encoder,
    path: Path,
    say: Say = lambda note: None,
    tell: Say = lambda note: None,
    text: Collection[str] = (),
    at_once: int | None = None,
) -> Iterator[pl.DataFrame]:
    """A file's rows in order, as `read_like` reads them; a small file's all in one piece.

    What is noticed is said after the last piece, since it is about all of them; how the file is
    written otherwise than the training file before the piece that shows it.

    Args:
        say, tell: see `read_like`.
        text: columns of numbers that are wanted as they are written.
        at_once: bytes of a piece.

    Raises:
        DataError: the file cannot be read; a row that breaks the rules is named when it comes.
    """
    at_once = at_once or AT_ONCE
    in_pieces = _in_pieces(path, at_once)
    if in_pieces is None:
        yield read_like(encoder, path, say, tell)
        return
    said: set[str] = set()
    told: dict[str, None] = {}
    rows, width = 0, 0
    for table in in_pieces(encoder, path, at_once, text):
        for sentence in differences(encoder, table):
            if sentence not in said:
                said.add(sentence)
                say(sentence)
        if not rows:
            told.update(dict.fromkeys([*noticed(table)][1:]))
        rows, width = rows + table.frame.height, table.frame.width
        yield with_decimals_of(encoder, table)
    size = f"{counted(rows, 'row')} × {counted(width, 'column')}"
    tell(f"{path.name}: {size}, read in pieces; what is said of its cells is of the first of them.")
    for sentence in told:
        tell(sentence)


def _of_csv(encoder: Encoder, path: Path, at_once: int, text: Collection[str]) -> Iterator[Table]:
    dialect: Dialect | None = None
    floats: frozenset[str] = frozenset()
    rows = 0
    with path.open("rb") as file:
        for part in texts(file, at_once):
            _refuse_nul(part, path.name, rows)
            if dialect is None:
                table = _first(encoder, part, path.name)
                like, found = dialect_like(encoder, utf8=True), table.dialect
                dialect = replace(like, separator=found.separator, decimal=found.decimal)
                floats = _floats(encoder, found) - set(text)
            else:
                table = parsed(part, "utf-8", dialect, path.name, rows, floats)
            rows += table.frame.height
            yield table


def _of_json_lines(
    encoder: Encoder, path: Path, at_once: int, _: Collection[str]
) -> Iterator[Table]:
    dialect, rows, keys = dialect_like(encoder, utf8=True), 0, ()
    with path.open("rb") as file:
        for part in lines(file, at_once):
            _refuse_nul(part, path.name, rows)
            table = jsonl.parsed(part, "utf-8", dialect, path.name, rows, keys)
            _refuse_left_out(encoder, table, rows)
            rows, keys = rows + table.frame.height, table.frame.columns
            yield table


def _refuse_left_out(encoder: Encoder, table: Table, rows: int) -> None:
    """Refuse lines without a column that others have: it would quietly count as empty in them."""
    for name in encoder.names:
        if what := table.left_out.get(name):
            where = f"rows {rows + 1:,} to {rows + table.frame.height:,}"
            raise DataError(f"{table.name}: {where}: column {quoted(name)} holds {what}.")


def _of_parquet(encoder: Encoder, path: Path, at_once: int, _: Collection[str]) -> Iterator[Table]:
    dialect = dialect_like(encoder, utf8=False)
    rehearse(frames.__module__, path)
    for frame in frames(path, at_once):
        yield from_frame(path.name, frame, dialect)


def texts(file: BinaryIO, at_once: int) -> Iterator[str]:
    """The file's header with some of its rows, and then with the next.

    A line's end inside quotes ends no row. Blank lines stay in front of the row after them: at the
    end of a text they would not count as rows.
    """
    header, rest = b"", b""
    while some := file.read(at_once):
        rest += some
        if not header:
            end = _header(rest)
            header, rest = rest[:end].removeprefix(_MARK), rest[end:]
        if header and (end := _whole_rows(rest)):
            yield (header + rest[:end]).decode()
            rest = rest[end:]
    if rest.strip(b"\r\n"):
        yield (header + rest).decode()


def _header(raw: bytes) -> int:
    """Where the first row ends; 0: it does not yet."""
    end = raw.find(b"\n") + 1
    while end and raw.count(b'"', 0, end) % 2:
        end = raw.find(b"\n", end) + 1
    return end


def _whole_rows(raw: bytes) -> int:
    """Where the last row ends that is whole and not blank; 0: there is none."""
    end = raw.rfind(b"\n") + 1
    quotes = raw.count(b'"', 0, end)
    while end:
        before = raw.rfind(b"\n", 0, end - 1) + 1
        if quotes % 2 == 0 and raw[before:end].strip(b"\r\n"):
            return end
        quotes -= raw.count(b'"', before, end)
        end = before
    return 0


_KINDS = {
    ".csv": _of_csv,
    ".tsv": _of_csv,
    ".tab": _of_csv,
    ".jsonl": _of_json_lines,
    ".ndjson": _of_json_lines,
    ".parquet": _of_parquet,
    ".pq": _of_parquet,
}
"""Files that come in pieces, by how their names end."""


def _in_pieces(path: Path, at_once: int) -> Callable[..., Iterator[Table]] | None:
    """What reads a file in pieces; None: it is small, or has to be read at once."""
    kind = _KINDS.get(path.suffix.lower())
    if kind is None or not path.is_file() or path.stat().st_size <= at_once:
        return None
    if kind is _of_parquet:
        return kind
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if b"\0" in head[:4096] or (kind is _of_csv and b"\r" in head.replace(b"\r\n", b"")):
        return None  # rows that end in a carriage return alone: the header would not end there
    return kind if is_utf8(path) else None


def _refuse_nul(text: str, name: str, rows: int) -> None:
    if "\0" in text:
        raise DataError(
            f"{name} holds a NUL byte below row {rows + 1:,}, which no text has: is the file"
            " damaged, or binary?"
        )


def _first(encoder: Encoder, text: str, name: str) -> Table:
    return read_as(encoder, lambda given: parsed(text, "utf-8", given, name), utf8=True)


def _floats(encoder: Encoder, dialect: Dialect) -> frozenset[str]:
    """Columns that are numbers as everybody writes them."""
    if {dialect.decimal, encoder.dialect.decimal or "."} != {"."}:
        return frozenset()
    return frozenset(number.name for number in encoder.numbers if number.words is None)
