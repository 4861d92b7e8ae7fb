"""Data that a program hands over: the rows that a file of them would hold.

Numbers in arrays are what an npz file holds, everything else a Parquet file, so that a search over
them is a search over a file: it can be gone on with from the command line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from hpsearch.data.arrays import from_named, layout
from hpsearch.data.given import as_frame, series
from hpsearch.data.nested import from_frame
from hpsearch.data.table import Dialect, Table, check_known, listed
from hpsearch.errors import DataError

_NUMBERS = "biuf"
_PAIR = "data is a file's path, a frame with target=COLUMN, or arrays: (X, y)"


@dataclass(frozen=True)
class Handed:
    """Rows, as one frame or as arrays by the names that npz files have."""

    frame: pl.DataFrame | None = None
    targets: tuple[str, ...] = ()
    """Of a frame, the columns to predict."""
    arrays: Mapping[str, np.ndarray] = field(default_factory=dict)

    @property
    def ending(self) -> str:
        """Of the file that holds it."""
        return ".npz" if self.frame is None else ".parquet"

    def write(self, path: Path) -> None:
        """Write the rows into a file, in the format of `ending`.

        Raises:
            OSError: it cannot be written.
        """
        if self.frame is None:
            with path.open("wb") as file:
                np.savez(file, allow_pickle=False, **self.arrays)  # type: ignore[arg-type]  # its keywords are arrays, but for this one
        else:
            # Compressed, columns of few words are so small that their reader takes fright.
            self.frame.write_parquet(path, compression="uncompressed", statistics=False)

    def table(self, name: str) -> Table:
        """The rows as the file's reader would give them.

        Raises:
            DataError: there are none, or shapes do not fit each other.
        """
        if self.frame is None:
            return from_named(name, self.arrays, layout(self.arrays, name))
        return from_frame(name, self.frame, Dialect())


def hand_over(data: Any, targets: tuple[str, ...] = ()) -> Handed:
    """Take rows as a person has them.

    Args:
        data: a frame (Polars, pandas, a mapping of columns, whatever speaks Arrow) that holds the
            target; or (X, y), or (X, y, X_test, y_test) where rows for testing are set apart. X is
            a frame or an array, shape (rows, columns) or (rows, …); y is (rows,), or
            (rows, targets).
        targets: of a frame that holds them, the columns to predict.

    Raises:
        DataError: it is none of these, or shapes do not fit each other.
    """
    if isinstance(data, tuple):
        return _apart(data, targets)
    frame = as_frame(data)
    if frame is None:
        kind = type(data).__name__
        shape = f" of shape {data.shape}" if isinstance(data, np.ndarray) else ""
        raise DataError(f"{_PAIR}; not {kind}{shape}.")
    if targets:
        check_known(targets, Table("The frame", frame), "target")
    return Handed(frame, targets)


def _apart(data: tuple[Any, ...], targets: tuple[str, ...]) -> Handed:
    """Features and targets that come one by one."""
    if len(data) not in (2, 4):
        raise DataError(f"{_PAIR}, or (X, y, X_test, y_test); this is a tuple of {len(data)}.")
    if any(part is None for part in data):
        raise DataError(f"{'X' if data[0] is None else 'y'} is None; {_PAIR}.")
    frame = as_frame(data[0])
    ys = [_target(y) for y in data[1::2]]
    if frame is None:
        xs = [_features(x) for x in data[::2]]
        names = ("x", "y", "x_test", "y_test")
        parts = [part for pair in zip(xs, ys, strict=True) for part in pair]
        for x, y in zip(xs, ys, strict=True):
            _as_long(len(x), len(y))
        if targets:
            raise DataError(
                f"target names {listed(targets)}, a column of a frame, but X is an array: y is the"
                " target. Leave target out."
            )
        if all(part.dtype.kind != "O" for part in parts):
            return Handed(None, (), dict(zip(names, parts, strict=False)))
        if len(data) == 4 or xs[0].ndim != 2:
            raise DataError("Words, or empty cells, beside images or test rows: use files.")
        frame = pl.DataFrame([series(f"x{at}", cells) for at, cells in enumerate(xs[0].T)])
    elif len(data) == 4:
        raise DataError("Test rows go with arrays; of frames, give one and data.test, their share.")
    (y,) = ys
    _as_long(frame.height, len(y))
    return _beside(frame, y, _names(data[1], y, targets))


def _beside(frame: pl.DataFrame, y: np.ndarray, names: tuple[str, ...]) -> Handed:
    """A frame of features with its targets."""
    if both := [name for name in names if name in frame.columns]:
        raise DataError(
            f"X has a column {listed(both)}, which is what y would be called; rename it, or hand"
            " over the frame alone with target=COLUMN."
        )
    columns = [series(name, cells) for name, cells in zip(names, y.reshape(len(y), -1).T)]  # noqa: B905  # counted by _names
    return Handed(frame.with_columns(columns), names)


def _names(given: Any, y: np.ndarray, targets: tuple[str, ...]) -> tuple[str, ...]:
    """What to call the targets: as they are called already, or as asked."""
    width = 1 if y.ndim == 1 else y.shape[1]
    if targets:
        if len(targets) != width:
            raise DataError(f"target names {listed(targets)}, and y has shape {y.shape}.")
        return targets
    own = [getattr(given, "name", None)] if width == 1 else list(getattr(given, "columns", ()))
    if len(own) == width and all(isinstance(name, str) and name for name in own):
        return tuple(str(name) for name in own)
    return ("target",) if width == 1 else tuple(f"target{at}" for at in range(width))


def _features(given: Any) -> np.ndarray:
    """X as an array of numbers, or of objects where it has something else in it."""
    x = _array("X", given)
    if x.ndim < 2:
        raise DataError(
            f"X has shape {x.shape}; rows come first, so a single feature is X.reshape(-1, 1)."
        )
    if x.dtype.kind in _NUMBERS:
        return x
    if x.dtype.kind == "c":
        raise DataError("X holds complex numbers, which no network here takes.")
    if x.dtype.kind == "O":
        try:
            return x.astype(np.float64)
        except (TypeError, ValueError):
            pass
    return x.astype(object)


def _target(given: Any) -> np.ndarray:
    """y as an array of numbers or words, or of objects where cells are empty."""
    frame = as_frame(given)
    y = _array("y", given if frame is None else frame.to_numpy())
    if y.ndim not in (1, 2) or 0 in y.shape:
        raise DataError(f"y has shape {y.shape}; it is (rows,), or (rows, targets).")
    if y.dtype.kind in "cMmV":
        raise DataError(f"y holds {y.dtype}, which is neither numbers nor words.")
    if y.dtype.kind == "b":
        return y.astype(np.int8)  # what is predicted is then 0 and 1, equal to what was given
    if y.dtype.kind != "O":
        return y
    cells = [cell for row in y.reshape(len(y), -1) for cell in row]
    if all(isinstance(cell, str) for cell in cells):
        return y.astype(str)
    if all(isinstance(cell, bool | np.bool_) for cell in cells):
        return y.astype(np.int8)
    if all(isinstance(cell, int | float | np.number) for cell in cells):
        return np.array(y.tolist())
    return y


def _array(name: str, given: Any) -> np.ndarray:
    if hasattr(given, "todense"):
        raise DataError(f"{name} is a sparse matrix; networks here take dense ones: .toarray().")
    try:
        return np.asarray(given)
    except (TypeError, ValueError) as error:
        raise DataError(f"{name} is no array: {str(error).rstrip('.')}.") from None


def _as_long(rows: int, targets: int) -> None:
    if rows != targets:
        raise DataError(f"X has {rows:,} rows and y {targets:,}; each row has its target.")
