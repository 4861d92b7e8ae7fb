"""Bytes to text: which encoding a file is in, and where it breaks its own rules."""

from __future__ import annotations

import codecs
import csv
import io
import math
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import polars.selectors as cs

from hpsearch.data.table import quoted
from hpsearch.errors import DataError

LARGEST = 1 << 30
"""Bytes; a larger table would not fit beside its arrays on the machines this is made for."""

_AT_ONCE = 1 << 20
"""Bytes read together."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: Path, encoding: str | None) -> tuple[str, str]:
    """A file's text without its byte order mark, and the encoding it was read with.

    Raises:
        DataError: too large, not text, or not in that encoding; names row and column.
    """
    if path.stat().st_size > LARGEST:
        raise DataError(f"{path.name} is larger than 1 GiB; take fewer rows, or write an npz file.")
    raw = path.read_bytes()
    encoding = encoding or _guess(raw, path.name)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise _misread(error, path.name, encoding) from None
    except (LookupError, UnicodeError, ValueError) as error:
        raise DataError(
            f"{path.name} cannot be read with data.encoding = {quoted(encoding)} ({error});"
            " usual ones are utf-8, utf-16, cp1252 and latin-1."
        ) from None
    text = text.removeprefix("\ufeff")
    if (nul := text.find("\0")) >= 0:
        raise DataError(
            f"{place(text, nul, path.name)} holds a NUL byte, which no text has: is the file"
            " damaged, or binary?"
        )
    return text, encoding


def is_utf8(path: Path) -> bool:
    """Whether a file's bytes are UTF-8, which text of an older encoding hardly ever is.

    Raises:
        DataError: the file cannot be read.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while some := file.read(_AT_ONCE):
                if decoder.getstate()[0] or not some.isascii():  # ten times as fast as decoding
                    decoder.decode(some)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    except OSError as error:
        raise DataError(f"{path.name} cannot be read: {error.strerror or error}.") from None
    return True


def _guess(raw: bytes, name: str) -> str:
    """utf-8, unless a mark or the bytes say otherwise."""
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return encoding
    head = raw[:4096]
    if len(head) >= 4 and head.count(0) * 3 >= len(head):
        return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        # Umlauts of an older encoding look broken one by one; a damaged utf-8 file also
        # holds many that are whole.
        sample = raw[max(0, error.start - 65536) : error.start + 65536]
        loose = sample.decode("utf-8", "surrogateescape")
        broken = len(re.findall("[\udc80-\udcff]", loose))
        whole = len(re.findall("[^\x00-\x7f\udc80-\udcff]", loose))
        if whole > broken:
            raise _misread(error, name, "utf-8") from None
        return "cp1252"
    return "utf-8"


def _misread(error: UnicodeDecodeError, name: str, encoding: str) -> DataError:
    try:
        before = error.object[: error.start].decode(encoding, "replace").removeprefix("\ufeff")
    except UnicodeError:  # a codec that is not for files knows no "replace"
        before = error.object[: error.start].decode("latin-1")
    return DataError(
        f"{place(before, len(before), name)}: byte 0x{error.object[error.start]:02x} is not"
        f" {encoding} text; save the file as utf-8, or give its encoding as data.encoding."
    )


def tidied(frame: pl.DataFrame, nothing: tuple[str, ...]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """The frame with words stripped, those for nothing as nulls; and a sentence counting them.

    Where a word is a number, such as -999, columns of numbers have it for nothing, too.
    """
    words = [word.strip() for word in nothing]
    texts = frame.select(pl.col(pl.String).str.strip_chars())
    seen: dict[str, int] = {}
    changed = _emptied(frame, words, seen)
    for column in texts.get_columns():
        empty = column.is_in(words)
        if empty.any():
            for word, count in column.filter(empty).value_counts().iter_rows():
                if word:
                    seen[word] = seen.get(word, 0) + count
            column = column.set(empty, None)
        changed.append(column)
    frame = frame.with_columns(changed)
    if not seen:
        return frame, ()
    most = sorted(seen.items(), key=lambda pair: (-pair[1], pair[0]))
    counts = ", ".join(f"{quoted(word)} ({count:,})" for word, count in most)
    return frame, (f"Read as empty: {counts}; data.null_values overrides.",)


def _emptied(frame: pl.DataFrame, words: list[str], seen: dict[str, int]) -> list[pl.Series]:
    """The columns of numbers in which some cell is one of the words, without them."""
    numbers = {word: number for word in words if (number := _number(word)) is not None}
    changed: list[pl.Series] = []
    for column in frame.select(cs.numeric()).get_columns() if numbers else ():
        cells = column.cast(pl.Float64)
        empty = pl.Series([False]).new_from_index(0, len(column))
        for word, number in numbers.items():
            if column.dtype == pl.Float32:  # which has -999.9 as the nearest number it knows
                number = pl.Series([number], dtype=pl.Float32)[0]
            found = (cells == number).fill_null(False)
            if found.any():
                seen[word] = seen.get(word, 0) + int(found.sum())
                empty |= found
        if empty.any():
            changed.append(column.set(empty, None))
    return changed


def _number(word: str) -> float | None:
    try:
        number = float(word)
    except ValueError:
        return None
    return None if math.isnan(number) else number


def place(text: str, at: int, name: str, separator: str | None = None) -> str:
    """The row and column in which a character of a text stands, for an error."""
    before = text[:at]
    separator = separator or guess_separator(text)[0]
    row, cells = 1, [""]
    for row, cells in enumerate(records(before, separator), start=1):  # noqa: B007  # the last one
        pass
    if before.endswith(("\n", "\r")):
        row, cells = row + 1, [""]
    return f"{name}: row {row:,}, column {max(len(cells), 1)}"


def records(text: str, separator: str, strict: bool = False) -> Iterable[list[str]]:
    """The rows of a text as lists of cells; an empty line is an empty list."""
    lines = iter_lines(text)
    return csv.reader(
        lines, delimiter=separator, strict=strict, skipinitialspace=not separator.isspace()
    )


def iter_lines(text: str) -> Iterable[str]:
    """Lines with their ends, split at \\n, \\r and \\r\\n and nowhere else."""
    return io.StringIO(text, newline="")


def closed_early(line: str, separator: str) -> int:
    """The cell of a line, from 1, in which something follows a closing quote."""
    mark = re.escape(separator)
    cell = re.compile(rf' *(?:"(?:[^"]|"")*"(?={mark}|[\r\n]|\Z)|(?! *")[^{mark}\r\n]*)({mark})?')
    at = column = 0
    while (found := cell.match(line, at)) is not None:
        at, column = found.end(), column + 1
        if found[1] is None:
            break
    return column + (found is None)


SEPARATORS = (",", ";", "\t", "|")


def guess_separator(text: str) -> tuple[str, bool]:
    """The separator that cuts the first rows into the same number of cells, and whether one did.

    >>> guess_separator("a;b;c\\n1,5;2;3\\n")
    (';', True)
    """
    sample = text[:65536]
    best, best_score = ",", (0.0, 0)
    for separator in SEPARATORS:
        widths = _widths(sample, separator)
        if not widths or widths[0] < 2:
            continue
        alike = sum(width == widths[0] for width in widths) / len(widths)
        score = (alike, widths[0])
        if score > best_score:
            best, best_score = separator, score
    return best, best_score[1] > 1


def _widths(sample: str, separator: str) -> list[int]:
    """How many cells each of the first rows has, the header's first; the cut last one left out."""
    widths: list[int] = []
    try:
        for row in records(sample, separator):
            if row:
                widths.append(len(row))
            if len(widths) == 100:
                break
    except csv.Error:
        pass
    return widths[:-1] if len(widths) > 2 else widths
