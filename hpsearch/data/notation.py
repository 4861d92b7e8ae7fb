"""Numbers as people write them: 1,234.50 with thousands apart, $5, 12 %."""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from hpsearch.data.cells import numbers
from hpsearch.data.table import counted, quoted

_MOSTLY = 0.95
"""Above this share of such cells a column is one of numbers; the others are named as mistakes."""
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


def plain(frame: pl.DataFrame, decimal: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The frame with such cells as bare numbers, where a whole column is written so; and notes.

    A percentage becomes a share: 12 % is 0.12. Columns in which two ways are mixed stay as they
    are: nobody knows what a single 12 € among bare numbers means.
    """
    changed, notes = [], []
    for column in frame.get_columns():
        found = _plain(column, decimal) if column.dtype == pl.String else None
        if found is not None:
            cells, first, count = found
            changed.append(cells)
            notes.append(
                f"Column {quoted(column.name)}: {counted(count, 'cell')} such as"
                f" {quoted(column[first])} read as the number {cells[first]}."
            )
    return frame.with_columns(changed), tuple(notes)


def _plain(column: pl.Series, decimal: str) -> tuple[pl.Series, int, int] | None:
    """The column with bare numbers, and the first such row and how many there are; or None."""
    filled = len(column) - column.null_count()
    values, odd = numbers(column, decimal)
    odd = pl.Series(odd)
    if filled == 0 or not odd.any():
        return None
    fraction = rf"(?:{re.escape(decimal)}\d+)?"
    written = odd & column.str.contains(shape(decimal, fraction)).fill_null(False)
    count, others = int(written.sum()), filled - int(odd.sum())
    if not count or count + others <= _MOSTLY * filled:
        return None
    cells = column.filter(written)
    if _mixed(cells, decimal, values[~np.isnan(values)]):
        return None
    digits = cells.str.replace_all("−", "-").str.replace_all(rf"[^0-9{re.escape(decimal)}-]", "")
    if (percent := cells.str.ends_with("%")).any():
        shares = digits.str.replace_all(decimal, ".", literal=True).cast(pl.Float64) / 100
        text = shares.round(12).cast(pl.String).str.replace_all(".", decimal, literal=True)
        digits = digits.zip_with(~percent, text)
    rows = written.arg_true()
    return column.clone().scatter(rows, digits), int(rows[0]), count


def _mixed(cells: pl.Series, decimal: str, bare: np.ndarray) -> bool:
    """Whether cells differ in how they are written, among themselves or from the bare numbers."""
    for sign in ("%", _CURRENCY):
        if 0 < int(cells.str.contains(sign).sum()) < len(cells) + len(bare):
            return True
    known = re.escape(_THOUSANDS.get(decimal, "#"))
    marks = cells.str.extract(rf"\d([{known}])\d{{3}}").str.replace(r"\s", " ").drop_nulls()
    if len(marks) and (np.abs(bare) >= 1000).any():
        return True
    return marks.n_unique() > 1 or cells.str.extract(f"({_CURRENCY})").drop_nulls().n_unique() > 1
