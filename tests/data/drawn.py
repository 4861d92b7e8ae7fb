"""Tables as people send them: drawn with every habit of spreadsheets, and broken in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from hpsearch.data.table import NOTHING, Dialect

Cells = list[str]

_WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=6)
_ODD = st.sampled_from(
    [
        *("", " ", "NA", "-", "?", "nan", " x ", '"', '""', "a,b", "c;d", "e|f", "g\th", "'", "#"),
        *("zwei\nZeilen", "=1+1", "\u00a0", "\ufeff", "\u2028", "Köln", "😀", "sep=;", "\u202e"),
    ]
)
_DATES = st.dates().map(str) | st.dates().map(lambda day: f"{day:%d.%m.%y}")
_HUGE = st.integers(2**53, 10**30).map(str)


def _number(mark: str) -> st.SearchStrategy[str]:
    whole, rest = st.integers(-9999, 9999), st.integers(0, 999)
    plain = st.builds(lambda a, b: f"{a}{mark}{b}", whole, rest)
    return plain | whole.map(str) | st.integers(-40, 40).map("1e{}".format)


def _columns(mark: str) -> dict[str, st.SearchStrategy[str]]:
    """What the cells of a column are like, by kind."""
    return {
        "numbers": _number(mark),
        "counts": st.integers(0, 9).map(str),
        "huge": _HUGE,
        "percents": st.integers(0, 100).map("{} %".format),
        "euros": st.integers(0, 10**6).map("€{}".format),
        "words": st.sampled_from(["Köln", "Ulm", "Graz", "Bad Aibling, Süd"]),
        "truths": st.sampled_from(["yes", "no", "YES"]),
        "dates": _DATES,
        "odd": _ODD,
        "free": _WORDS,
        "nothing": st.just(""),
        "constant": st.just("same"),
        "slips": _number(mark) | _ODD,
    }


@dataclass(frozen=True)
class Drawn:
    """A table's cells, and the bytes of a file that holds them."""

    raw: bytes
    dialect: Dialect
    """How it is written."""
    names: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    """As a reader should find them: stripped, empty ones None."""


@dataclass(frozen=True)
class Hand:
    """How somebody writes a table."""

    separator: str
    mark: str
    """Before decimals."""
    encoding: str
    end: str
    quotes: bool
    """Around every cell."""
    tail: str
    """Behind the last row."""

    def line(self, cells: Sequence[str]) -> str:
        """A row."""
        return self.separator.join(map(self._cell, cells)) + self.end

    def _cell(self, text: str) -> str:
        special = any(char in text for char in ('"', self.separator, "\r", "\n"))
        return '"' + text.replace('"', '""') + '"' if self.quotes or special else text

    @property
    def dialect(self) -> Dialect:
        """The same as a study file would say it."""
        return Dialect(self.separator, self.mark, self.encoding)


@st.composite
def hands(draw) -> Hand:
    """Any of the ways."""
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    return Hand(
        separator,
        draw(st.sampled_from([".", ","] if separator != "," else ["."])),
        draw(st.sampled_from(["utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])),
        draw(st.sampled_from(["\n", "\n", "\r\n", "\r"])),
        draw(st.booleans()),
        draw(st.sampled_from(["", "", "\n", "\r\n\r\n"])),
    )


def _encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@st.composite
def headers(draw, encoding: str, width: int) -> list[str]:
    """Names that differ, strange ones among them."""
    strange = ["id", "größe", "Preis in €", "a;b", "c,d", 'e"f', "0", "x y", "True", "*", "^.*$"]
    some = (st.sampled_from(strange) | _WORDS).filter(lambda name: _encodable(name, encoding))
    kept = some.filter(lambda name: name.strip() and not name.startswith(("\ufeff", "sep=")))
    return draw(st.lists(kept, min_size=width, max_size=width, unique_by=str.strip))


@st.composite
def tables(draw, least: int = 1, most: int = 12, kinds: Any = None) -> Drawn:
    """A sound table.

    Args:
        least, most: rows.
        kinds: of its columns, in order; None: any.
    """
    hand = draw(hands())
    known = _columns(hand.mark)
    any_kinds = st.lists(st.sampled_from(sorted(known)), min_size=1, max_size=6)
    kinds = draw(any_kinds) if kinds is None else list(kinds)
    names = draw(headers(hand.encoding, len(kinds)))
    height = draw(st.integers(least, most))
    gaps = st.sampled_from(["", " ", "NA", "N/A", "null", "?"])
    columns = []
    for kind in kinds:
        cells = known[kind].filter(lambda text: _encodable(text, hand.encoding))
        cells = cells | gaps if draw(st.booleans()) else cells
        columns.append(draw(st.lists(cells, min_size=height, max_size=height)))
    rows: list[Cells | None] = [list(row) for row in zip(*columns, strict=True)]
    for _ in range(draw(st.integers(0, 2)) if height > 2 else 0):
        rows.insert(draw(st.integers(0, len(rows) - 1)), None)
    return _written(hand, names, rows)


def _written(hand: Hand, names: Sequence[str], rows: Sequence[Cells | None]) -> Drawn:
    """A table as a file; None is a blank line."""
    lines = [hand.line(names)]
    lines += [hand.end if row is None else hand.line(row) for row in rows]
    text = "".join(lines).rstrip("\r\n") + hand.tail
    found = [tuple(map(_found, row or [""] * len(names))) for row in rows]
    if len(names) == 1:  # an empty cell there is a blank line, of which those at the end go
        while rows and hand.line(rows[len(found) - 1] or [""]).strip("\r\n") == "" and found:
            found.pop()
    assume(any(cell for row in found for cell in row))  # or there is no row, which is said
    stripped = tuple(name.strip() for name in names)
    return Drawn(text.encode(hand.encoding), hand.dialect, stripped, tuple(found))


def _found(cell: str) -> str | None:
    return None if cell.strip() in NOTHING else cell.strip()


# One thing that is wrong ------------------------------------------------------------------------


@dataclass(frozen=True)
class Broken:
    """A table with one mistake, and what the answer must name."""

    raw: bytes
    dialect: Dialect
    row: int
    """As spreadsheets count: the header is row 1."""
    column: str = ""
    """As the answer names it; "": only the row."""


@st.composite
def broken(draw) -> Broken:
    """A table with one mistake that no reader may pass over."""
    hand = draw(hands())
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 8))
    plain = st.integers(0, 99).map(str)
    names = [f"c{at}" for at in range(width)]
    rows = [[draw(plain) for _ in names] for _ in range(height)]
    row, column = draw(st.integers(0, height - 1)), draw(st.integers(0, width - 1))
    lines = [hand.line(cells) for cells in [names, *rows]]
    return draw(st.sampled_from(_WOUNDS))(hand, lines, [names, *rows], row + 1, column)


def _wide(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    lines[row] = hand.line([*rows[row], "7"])
    return _broken(hand, lines, row)


def _narrow(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    lines[row] = hand.line(rows[row][1:])
    return _broken(hand, lines, row)


def _twice(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    other = (column + 1) % len(rows[0])
    rows[0][other] = f" {rows[0][column]}"
    lines[0] = hand.line(rows[0])
    return _broken(hand, lines, 0, f"columns {min(column, other) + 1} and {max(column, other) + 1}")


def _nameless(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    rows[0][column] = " "
    lines[0] = hand.line(rows[0])
    return _broken(hand, lines, 0, f"column {column + 1}")


def _unclosed(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    cells = hand.line(rows[row]).removesuffix(hand.end).split(hand.separator)
    cells[column] = '"' + cells[column].strip('"')
    lines[row] = hand.separator.join(cells) + hand.end
    return _broken(hand, lines, row)


def _behind(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    cells = hand.line(rows[row]).removesuffix(hand.end).split(hand.separator)
    cells[column] = f'"{rows[row][column]}"x'
    lines[row] = hand.separator.join(cells) + hand.end
    return _broken(hand, lines, row, f"column {column + 1}")


def _nul(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    rows[row][column] += "\0"
    lines[row] = hand.line(rows[row])
    return _broken(hand, lines, row, f"column {column + 1}")


def _misread(hand: Hand, lines: Cells, rows: list[Cells], row: int, column: int) -> Broken:
    """A byte that is no UTF-8."""
    assume(hand.encoding == "utf-8")
    rows[row][column] += "\udcff"
    lines[row] = hand.line(rows[row])
    return _broken(hand, lines, row, f"column {column + 1}")


_WOUNDS: tuple[Callable[[Hand, Cells, list[Cells], int, int], Broken], ...] = (
    *(_wide, _narrow, _twice, _nameless, _unclosed, _behind, _nul, _misread),
)


def _broken(hand: Hand, lines: Cells, row: int, column: str = "") -> Broken:
    raw = "".join(lines).encode(hand.encoding, "surrogateescape")
    return Broken(raw, hand.dialect, row + 1, column)


# Tables to learn from ---------------------------------------------------------------------------

_LEARNT = ("numbers", "counts", "huge", "percents", "euros", "words", "truths", "odd", "slips")


@st.composite
def lessons(draw) -> tuple[Drawn, str]:
    """A table of enough rows for a split, and its target."""
    kinds = draw(st.lists(st.sampled_from(_LEARNT), min_size=1, max_size=4))
    made = draw(tables(24, 40, [*kinds, draw(st.sampled_from(["truths", "words", "numbers"]))]))
    return made, made.names[-1]
