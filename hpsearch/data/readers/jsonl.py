"""JSON lines: an object a line, its keys the columns."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl

from hpsearch.data.nested import flat, told
from hpsearch.data.readers import reader
from hpsearch.data.table import Dialect, Table, counted, quoted
from hpsearch.data.text import read_text, tidied
from hpsearch.errors import DataError

_MOST_COLUMNS = 100_000


@reader(".jsonl")
@reader(".ndjson")
def read(path: Path, dialect: Dialect) -> Table:
    """Read every key of every line; a key that a line lacks is an empty cell.

    Raises:
        DataError: a line is not an object of plain values; names row and column.
    """
    text, encoding = read_text(path, dialect.encoding)
    return parsed(text.rstrip(), encoding, dialect, path.name)


def parsed(
    text: str, encoding: str, dialect: Dialect, name: str, above: int = 0, known: Iterable[str] = ()
) -> Table:
    """The table of a text, or of some lines of one.

    Args:
        above: how many rows stand above these.
        known: the keys that those had: columns, whether these have them or not.

    Raises:
        DataError: as `read`.
    """
    columns: dict[str, list[Any]] = {key: [] for key in known}
    row = 0
    for row, line in enumerate(text.split("\n"), start=1):
        place = f"{name}: row {above + row:,}"
        for key, value in _object(line, place).items():
            if key not in columns and len(columns) == _MOST_COLUMNS:
                raise DataError(f"{place} has more than {_MOST_COLUMNS:,} keys.")
            cells = columns.setdefault(key, [])
            cells += [None] * (row - 1 - len(cells))
            cells.append(value)
    if not columns:
        raise DataError(f"{name} has no rows: each line must be an object with keys.")
    frame = pl.DataFrame([_column(name, cells, row) for name, cells in columns.items()])
    frame, left_out = flat(frame)
    frame, said = tidied(frame, dialect.nothing)
    note = f"{name}: {counted(row, 'row')} × {counted(len(columns), 'key')}, {encoding}."
    settled = Dialect(encoding=dialect.encoding, null_values=dialect.null_values)
    notes = (note, *told(left_out), *said)
    return Table(name, frame, settled, notes, left_out=left_out, first_row=1)


def _object(line: str, place: str) -> dict[str, Any]:
    try:
        said = json.loads(line, object_pairs_hook=_once, parse_constant=_constant)
    except json.JSONDecodeError as error:
        what = error.msg if line.strip() else "the line is empty"
        raise DataError(
            f"{place}, character {error.pos + 1:,}: {what}; a JSON object is needed."
        ) from None
    except _Refused as error:
        raise DataError(f"{place}, {error}") from None
    except (RecursionError, ValueError):
        raise DataError(f"{place} is nested too deeply, or holds a number too long.") from None
    if not isinstance(said, dict):
        raise DataError(f"{place} holds {_kind(said)}, where an object {{…}} is needed.")
    if not all(said):
        raise DataError(f"{place}: a key is empty; name it or take it out.")
    return said


class _Refused(Exception):
    """What an object holds that a row cannot; begins with the column."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _Refused(f"column {quoted(twice)}: the key stands there twice.")
    for key, value in pairs:
        if isinstance(value, str) and not value.isascii():
            _check_text(value, key)
        if not key.isascii():
            _check_text(key, key)
    return said


def _check_text(text: str, key: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise _Refused(f"column {quoted(key)}: half of a character, {quoted(text)}.") from None


def _constant(word: str) -> None:
    """NaN, which some programs write for nothing, is nothing; infinity is no number."""
    if word != "NaN":
        raise _Refused(f"{word} is too large to compute with; write null where there is no number.")


def _column(name: str, cells: list[Any], rows: int) -> pl.Series:
    """Numbers, booleans, words or lists; where they are mixed, all of them as words."""
    cells = cells + [None] * (rows - len(cells))
    kinds = {_kind(cell) for cell in cells if cell is not None}
    if kinds == {"a whole number"} and all(c is None or abs(c) < 2**63 for c in cells):
        return pl.Series(name, cells, pl.Int64)
    if kinds and kinds <= {"a whole number", "a number"}:
        return pl.Series(name, [None if c is None else _float(c) for c in cells], pl.Float64)
    if kinds == {"true or false"}:
        return pl.Series(name, cells, pl.Boolean)
    if kinds == {"a list"} and all(c is not None and all(map(_is_number, c)) for c in cells):
        return pl.Series(name, [[_float(one) for one in c] for c in cells], pl.List(pl.Float64))
    if kinds & {"a list", "an object"}:
        return pl.Series(name, [{"a": None}] * rows)  # a record, which cannot be used
    words = [c if c is None or isinstance(c, str) else json.dumps(c) for c in cells]
    return pl.Series(name, words, pl.String)


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a whole number", float: "a number", str: "a word"}
    return kinds.get(type(value), "a list" if isinstance(value, list) else "an object")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _float(number: float) -> float:
    try:
        return float(number)
    except OverflowError:  # refused later, with its row and column
        return math.inf if number > 0 else -math.inf
