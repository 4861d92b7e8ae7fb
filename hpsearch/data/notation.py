"""Numbers as people write them: 1,234.50 with thousands apart, $5, 12 %."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import polars as pl

from hpsearch.data.cells import numbers
from hpsearch.data.table import counted, quoted

_MOSTLY = 0.95
"""Above this share of such cells a column is one of numbers; the others are named as mistakes."""
NOT_KNOWN: Mapping[str, str] = MappingProxyType({})
_CURRENCY = r"[$€£¥₹₽₩₺₪]|USD|EUR|GBP|CHF|JPY"
_SIGN = "[+−-]?"
_THOUSANDS = {".": ",'’", ",": ".'’ \u00a0\u202f"}
"""What sets thousands apart, by the decimal mark."""


def shape(decimal: str, fraction: str) -> str:
    """A pattern for one cell; `fraction` is how what follows the decimal mark may look."""
    marks = re.escape(_THOUSANDS.get(decimal, ""))
    whole = rf"[1-9]\d{{0,2}}(?:[{marks}]\d{{3}})+|\d+" if marks else r"\d+"
    before, after = rf"(?:(?:{_CURRENCY})\s?)?", rf"(?:\s?(?:{_CURRENCY}|%))?"
    return rf"^{_SIGN}{before}{_SIGN}(?:{whole}){fraction}{after}$"


def plain(
    frame: pl.DataFrame, decimal: str, known: Mapping[str, str] = NOT_KNOWN
) -> tuple[pl.DataFrame, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """The frame with such cells as bare numbers, where a whole column is written so.

    A percentage becomes a share: 12 % is 0.12. Columns in which two ways are mixed stay as they
    are: nobody knows what a single 12 € among bare numbers means.

    Args:
        known: columns of numbers and the sign that each carries, or "": of these every cell that
            is written so is read, whatever the others hold.

    Returns:
        The frame; a note for each column that was changed; each such column's sign.
    """
    changed, notes, signs = [], [], []
    for column in frame.get_columns():
        found = _plain(column, decimal, known.get(column.name))
        if found is None:
            continue
        cells, rows, sign = found
        first = int(rows[column.gather(rows).str.len_chars().arg_max() or 0])  # tells most
        changed.append(cells)
        if sign:
            signs.append((column.name, sign))
        notes.append(
            f"Column {quoted(column.name)}: {counted(len(rows), 'cell')} such as"
            f" {quoted(column[first])} read as the number {cells[first]}."
        )
    return frame.with_columns(changed), tuple(notes), tuple(signs)


def _plain(
    column: pl.Series, decimal: str, known: str | None
) -> tuple[pl.Series, pl.Series, str] | None:
    """The column with bare numbers, the rows that were not, and their sign; or None."""
    if column.dtype != pl.String:
        return None
    filled = len(column) - column.null_count()
    values, odd = numbers(column, decimal)
    odd = pl.Series(odd)
    if filled == 0 or not odd.any():
        return None
    fraction = rf"(?:{re.escape(decimal)}\d+)?"
    every = odd & column.str.contains(shape(decimal, fraction)).fill_null(False)
    written = every
    if known is not None:
        written = every & (_signs(column).fill_null("") == known)
    if known is None or not written.any():
        written, count = every, int(every.sum())
        others = filled - int(odd.sum())
        if not count or count + others <= _MOSTLY * filled:
            return None
        if _mixed(column.filter(written), decimal, values[~np.isnan(values)]):
            return None
    cells, rows = column.filter(written), written.arg_true()
    sign = _signs(cells).fill_null("")[0]
    digits = cells.str.replace_all("−", "-").str.replace_all(rf"[^0-9{re.escape(decimal)}-]", "")
    if sign == "%":
        shares = digits.str.replace_all(decimal, ".", literal=True).cast(pl.Float64) / 100
        digits = shares.round(12).cast(pl.String).str.replace_all(".", decimal, literal=True)
    return column.clone().scatter(rows, digits), rows, sign


def _signs(cells: pl.Series) -> pl.Series:
    return cells.str.extract(f"(%|{_CURRENCY})")


def _mixed(cells: pl.Series, decimal: str, bare: np.ndarray) -> bool:
    """Whether cells differ in how they are written, among themselves or from the bare numbers."""
    for sign in ("%", _CURRENCY):
        if 0 < int(cells.str.contains(sign).sum()) < len(cells) + len(bare):
            return True
    known = re.escape(_THOUSANDS.get(decimal, "#"))
    marks = cells.str.extract(rf"\d([{known}])\d{{3}}").str.replace(r"\s", " ").drop_nulls()
    if len(marks) and (np.abs(bare) >= 1000).any():
        # 1.234 may be a slip where others write 1234; 1.234,50 and 1.234.500 group thousands.
        twice = rf"\d[{known}]\d{{3}}[{known}{re.escape(decimal)}]\d"
        if int(cells.str.contains(twice).sum()) < len(marks):
            return True
    return marks.n_unique() > 1 or cells.str.extract(f"({_CURRENCY})").drop_nulls().n_unique() > 1
