"""NumPy archives: named arrays, never pickled, and never larger than they look."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

from hpsearch.data.arrays import from_arrays
from hpsearch.data.readers import reader
from hpsearch.data.table import Dialect, Table, listed, quoted
from hpsearch.errors import DataError

LARGEST = 4 << 30
"""Bytes of all arrays that are read."""
_FREE = 64 << 20
_RATIO = 50
"""Above _FREE bytes, arrays may be this many times larger than the file: 486 KB can hold 512 MB."""

_LAYOUTS = (
    (("x", "y"),),
    (("X", "y"),),
    (("X", "Y"),),
    (("data", "target"),),
    (("x_train", "y_train"), ("x_test", "y_test")),
    (("X_train", "y_train"), ("X_test", "y_test")),
    (("train_x", "train_y"), ("test_x", "test_y")),
)
"""Names of (features, targets), and of the rows a file keeps for testing."""


@reader(".npz")
def read(path: Path, dialect: Dialect) -> Table:
    """Read features and targets, by their usual names; `y` may be missing when predicting.

    Raises:
        DataError: not an archive of plain arrays, or too large, or names that are not known.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {Path(info.filename).stem: info for info in archive.infolist()}
            layout = _layout(members, path.name)
            wanted = [name for pair in layout for name in pair if name in members]
            wanted += [name for name in ("feature_names",) if name in members]
            _check_size(path, [members[name] for name in wanted])
            arrays = {name: _array(archive, members[name], path.name) for name in wanted}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError) as error:
        raise DataError(f"{path.name} is not a sound npz file: {error}.") from None
    xs = [arrays[x] for x, _ in layout]
    if any(x.dtype.kind not in "biuf" for x in xs):
        raise DataError(f"{path.name}: the features are words; from npz only numbers are read.")
    ys = [arrays[y] for _, y in layout if y in arrays]
    names = [str(word) for word in arrays["feature_names"]] if "feature_names" in arrays else None
    return from_arrays(path.name, xs, ys, names)


def _layout(there: Collection[str], name: str) -> tuple[tuple[str, str], ...]:
    """The pairs of arrays to read: the first layout whose features are there."""
    for first, *more in _LAYOUTS:
        if first[0] in there:
            return (first, *(pair for pair in more if set(pair) | set(first) <= set(there)))
    raise DataError(
        f"{name} holds {listed(there) or 'no arrays'}; features and targets must be called"
        " x and y, or x_train, y_train, x_test and y_test."
    )


def _check_size(path: Path, infos: list[zipfile.ZipInfo]) -> None:
    """Sum what the archive declares before any of it is read."""
    declared = sum(info.file_size for info in infos)
    allowed = min(LARGEST, max(_FREE, _RATIO * path.stat().st_size))
    if declared > allowed:
        raise DataError(
            f"{path.name} declares {declared / 2**20:,.0f} MiB of arrays, more than the"
            f" {allowed / 2**20:,.0f} MiB a file of its size may hold; save it uncompressed"
            " (numpy.savez) or with fewer rows."
        )


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str) -> np.ndarray:
    """One array, once its own header agrees with the archive's about its size."""
    what = f"{name}: array {quoted(Path(info.filename).stem)}"
    try:
        with archive.open(info) as file:
            version = npy.read_magic(file)
            head = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = head(file)
            if dtype.hasobject:
                raise DataError(f"{what} holds Python objects, which are never loaded.")
            if dtype.kind not in "biufUS":
                raise DataError(f"{what} holds {dtype}; numbers, booleans or words are needed.")
            size = math.prod(shape) * dtype.itemsize
            if size > info.file_size or min(shape, default=0) < 0:
                raise DataError(f"{what} is cut short: its header promises {size:,} bytes.")
            flat = np.frombuffer(file.read(size), dtype)
            if len(flat) != math.prod(shape):
                raise DataError(f"{what} is cut short.")
            return flat.reshape(shape, order="F" if fortran else "C")
    except (ValueError, EOFError, zlib.error, SyntaxError, UnicodeError) as error:
        raise DataError(f"{what} cannot be read: {str(error) or 'it ends early'}.") from None
