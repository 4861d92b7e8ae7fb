"""What each column is good for: a number, a boolean, a category, or nothing.

Judged by the training rows alone, so that nothing is learnt from rows meant for checking.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from hpsearch.data.cells import WORDS, numbers
from hpsearch.data.table import listed, quoted

MOST_LEVELS = 30
"""Levels of a category that get an input of their own; all others share the rest."""
FEWEST_ROWS = 3
"""A level seen in fewer training rows is rare, and part of the rest."""
_MOSTLY = 0.95
_COVERED = 0.2
_MANY_NUMBERS, _FEW_WORDS = 10, 3
"""Different ones: of a column of numbers in which some cells say that they are not known."""

_ROUNDING = 1e-12
"""Of a number's size: what a normalizer takes for no spread at all."""
_DATE = (
    r"^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}"
    r"|\d{1,2}[ -]?[A-Za-z]{3,9}\.?,?[ -]\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
    r"([ T]\d{1,2}:\d{2}.*)?$|^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$"
)
_ID_NAME = re.compile(r"(?i:(^|[_\s.-])(id|idx|index|uuid|guid)$|^unnamed)|[a-z]I[dD]$")


@dataclass(frozen=True)
class Number:
    """A column that is one input, standardised; empty cells get the median."""

    name: str
    indicator: bool
    """Whether a second input says that the cell was empty."""
    words: tuple[str, str] | None = None
    """For booleans: how 0 and 1 are written."""

    @property
    def width(self) -> int:
        """How many inputs it takes."""
        return 1 + self.indicator


@dataclass(frozen=True)
class Category:
    """A column of words: an input for each level, one for the rest, one for empty cells."""

    name: str
    levels: tuple[str, ...]
    rest: bool
    """Whether training rows held rare levels. Without them, a level never seen is all zeros:
    an input that was never on has weights that mean nothing."""
    missing: bool

    @property
    def width(self) -> int:
        """How many inputs it takes."""
        return len(self.levels) + self.rest + self.missing


@dataclass(frozen=True)
class Block:
    """A column of arrays of one size, such as the pixels of images: an input for each number."""

    name: str
    size: int
    """Numbers in each array."""
    octets: bool
    """Whether they are bytes, 0 to 255, as pixels are."""

    @property
    def width(self) -> int:
        """How many inputs it takes."""
        return self.size


@dataclass(frozen=True)
class Unusable:
    """A column that is left out, and why."""

    name: str
    reason: str
    harmless: bool = False
    """Whether it may be left out although asked for by name: it carries nothing."""


Column = Number | Category | Block


def judge(
    column: pl.Series,
    rows: np.ndarray,
    decimal: str | None,
    asked: bool = False,
    table: bool = True,
) -> Column | Unusable:
    """What the training rows of a column show it to be.

    Args:
        column: its cells in the training rows.
        rows: where those rows stand in the file.
        asked: named in `features`, so identifiers are taken at their word.
        table: a file of columns, not of arrays, where a constant pixel keeps its place.
    """
    if isinstance(column.dtype, pl.Array):
        octets = column.dtype.inner == pl.UInt8
        return Block(column.name, column.dtype.size, octets)
    values, bad = numbers(column, decimal)
    known = values[~np.isnan(values)]
    wrong = int(bad.sum())
    filled = len(known) + wrong
    if filled == 0:
        return Unusable(column.name, "every cell is empty", harmless=True)
    gaps = filled < len(column)
    if column.dtype.is_numeric() or len(known) > _MOSTLY * filled:
        number = Number(column.name, indicator=gaps)
        if not table or wrong:  # what is wrong is named when all rows are read
            return number
        return _judge_numbers(number, known, rows, asked)
    slip = str(column[int(bad.argmax())])
    return _judge_text(column.cast(pl.String).drop_nulls(), gaps, len(known), slip)


def _judge_numbers(
    number: Number, known: np.ndarray, rows: np.ndarray, asked: bool
) -> Column | Unusable:
    if number.indicator:
        return number
    if (known == known[0]).all():
        return _constant(number.name, f"{known[0]:g}")
    if known.std() <= _ROUNDING * np.abs(known).max():
        why = f"numbers such as {known[0]:g} that differ in digits beyond what is computed with"
        return Unusable(number.name, why, harmless=True)
    if asked or (known != np.round(known)).any() or len(np.unique(known)) < len(known):
        return number
    # From here every value is a different whole number.
    if _ID_NAME.search(number.name):
        return Unusable(number.name, "an identifier: a different whole number in every row")
    if len(known) >= 10 and np.ptp(known - rows) == 0:
        return Unusable(number.name, "it only counts the rows")
    return number


def _constant(name: str, value: str) -> Unusable:
    return Unusable(name, f"every row says {quoted(value)}", harmless=True)


def _judge_text(text: pl.Series, gaps: bool, number_like: int, slip: str) -> Column | Unusable:
    """`text` is without its empty cells, of which `slip` is the first that is no number.

    Args:
        gaps: whether there were empty cells.
        number_like: how many cells are numbers.
    """
    name = text.name
    spellings = set(text.str.to_lowercase().unique())
    for words in WORDS:
        if spellings == set(words):
            return Number(name, indicator=gaps, words=words)
    if text.str.contains(_DATE).sum() > _MOSTLY * len(text):
        return Unusable(name, f"dates or times such as {quoted(text[0])}; a number is needed")
    counts = sorted(text.value_counts().iter_rows(), key=lambda pair: (-pair[1], pair[0]))
    if len(counts) == 1 and not gaps:
        return _constant(name, text[0])
    levels = [(level, n) for level, n in counts[:MOST_LEVELS] if n >= FEWEST_ROWS]
    covered = sum(n for _, n in levels)
    if covered < _COVERED * len(text):
        return Unusable(name, _why_not_category(text, len(counts), number_like, slip))
    return Category(name, tuple(level for level, _ in levels), covered < len(text), gaps)


def words_among_numbers(column: pl.Series, decimal: str | None) -> str:
    """What to do about a few words that make each number of a column a word; "" without any."""
    if column.dtype != pl.String:
        return ""
    values, bad = numbers(column, decimal)
    counts = column.filter(pl.Series(bad)).value_counts()
    words = [word for _, word in sorted((-n, str(word)) for word, n in counts.iter_rows())]
    known = np.unique(values[~np.isnan(values)])
    if not 0 < len(words) <= _FEW_WORDS or len(known) < _MANY_NUMBERS:
        return ""
    given = " ".join(f"--null-value {quoted(word)}" for word in words)
    return (
        f"Column {quoted(column.name)} holds {len(known):,} different numbers and {listed(words)},"
        " so that each of them is taken for a category; where that means that a number is not"
        f" known, init's {given}, or data.null_values, reads it as empty."
    )


def twins(column: pl.Series) -> list[str]:
    """Words of a column that differ in case only, those of one group listed together."""
    by_fold: dict[str, set[str]] = {}
    for word in column.drop_nulls().unique():
        by_fold.setdefault(word.casefold(), set()).add(word)
    return sorted(listed(sorted(words)) for words in by_fold.values() if len(words) > 1)


def words_apart(column: pl.Series) -> str:
    """That words of a column which differ in case only are told apart; "" where none do."""
    if column.dtype != pl.String or not (pairs := twins(column)):
        return ""
    more = f" and {len(pairs) - 3:,} more" if len(pairs) > 3 else ""
    return (
        f"Column {quoted(column.name)}: words that differ in case only are kept apart:"
        f" {'; '.join(pairs[:3])}{more}; write them alike in the file if they are one."
    )


def _why_not_category(text: pl.Series, distinct: int, number_like: int, slip: str) -> str:
    if number_like * 2 > len(text):
        share = f"{number_like / len(text):.0%} numbers"
        return (
            f"neither numbers nor categories: {share}, and such as {quoted(slip)}; write these as"
            " the others are, leave them empty, or have init's --null-value, or data.null_values,"
            " read them as empty"
        )
    if text.str.contains(r"\s").sum() * 2 > len(text):
        return f"free text: {distinct:,} different in {len(text):,} rows, such as {quoted(text[0])}"
    if distinct == len(text):
        return f"an identifier: a different word in every row, such as {quoted(text[0])}"
    if distinct > _MOSTLY * len(text):
        return (
            f"an identifier: {distinct:,} different words in {len(text):,} rows, such as"
            f" {quoted(text[0])}"
        )
    return f"too many categories: {distinct:,} in {len(text):,} rows, most of them rare"
