"""IDX, the format of MNIST's own files, plain and gzipped.

A file is two zero bytes, one for the type and one for the number of dimensions, a size for each
dimension (four bytes, the highest first), and the numbers. http://yann.lecun.com/exdb/mnist
"""

from __future__ import annotations

import gzip
import math
import re
import struct
import zlib
from pathlib import Path
from typing import IO

import numpy as np

from hpsearch.data.arrays import check_size, from_named
from hpsearch.data.readers import folder, reader
from hpsearch.data.table import Dialect, Table, counted, listed
from hpsearch.errors import DataError

_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}
_IMAGES = re.compile(r"images?([-._]idx)\d", re.IGNORECASE)
_LABELS = re.compile(r"labels?[-._]idx\d", re.IGNORECASE)
_TEST = re.compile(r"t10k|test", re.IGNORECASE)


@reader(".idx")
@reader(".idx.gz")
@reader("-ubyte")
@reader("-ubyte.gz")
def read(path: Path, dialect: Dialect) -> Table:
    """Read one file of images, and the labels beside it, where its name says which they are.

    Raises:
        DataError: the file is not what its first bytes say, or labels do not fit.
    """
    if _LABELS.search(path.name):
        raise DataError(f"{path.name} holds labels; name the file of the images beside it.")
    arrays = {"x": _array(path)}
    labels = _labels(path)
    if labels is not None:
        arrays["y"] = _array(labels)
    what = "no labels beside it" if labels is None else f"targets from {labels.name} beside it"
    return from_named(path.name, arrays, [("x", "y")], f"{path.name}: {_about(arrays)}, {what}.")


@folder("-ubyte")
@folder("-ubyte.gz")
def read_folder(path: Path, dialect: Dialect) -> Table:
    """Read MNIST's four files: the t10k ones become the test rows.

    Raises:
        DataError: one is missing or damaged, or there are files of several sets.
    """
    images = sorted(one for one in path.iterdir() if _IMAGES.search(one.name) and one.is_file())
    # Unpacked and packed, a file is one: the first of the two is the unpacked.
    images = list({one.name.removesuffix(".gz"): one for one in reversed(images)}.values())
    tests = [one for one in images if _TEST.match(one.name)]
    trains = [one for one in images if one not in tests]
    if len(trains) != 1 or len(tests) > 1:
        raise DataError(
            f"{path.name} holds images of several sets, or none for training:"
            f" {listed(one.name for one in images)}; name one file of images."
        )
    arrays: dict[str, np.ndarray] = {}
    for part, files in (("train", trains), ("test", tests)):
        for file in files:
            labels = _labels(file)
            if labels is None:
                raise DataError(f"{path.name}: there are no labels for {file.name} beside it.")
            arrays |= {f"x_{part}": _array(file), f"y_{part}": _array(labels)}
    pairs = [("x_train", "y_train"), ("x_test", "y_test")][: 1 + len(tests)]
    note = f"{path.name}: {_about(arrays)} from {trains[0].name}"
    note += f", and {len(arrays['x_test']):,} test rows from {tests[0].name}" if tests else ""
    return from_named(path.name, arrays, pairs, f"{note}, with their labels.")


def _about(arrays: dict[str, np.ndarray]) -> str:
    x = next(iter(arrays.values()))
    if x.ndim < 2:
        return counted(x.size, "number")
    return f"{counted(len(x), 'row')} of {' × '.join(f'{size:,}' for size in x.shape[1:])} numbers"


def _labels(images: Path) -> Path | None:
    """The file of labels beside a file of images; packed or not, as there is one."""
    name = _IMAGES.sub(r"labels\g<1>1", images.name)
    if name == images.name:
        return None
    for other in (name, name.removesuffix(".gz"), f"{name}.gz"):
        if (file := images.with_name(other)).is_file():
            return file
    return None


def _array(path: Path) -> np.ndarray:
    """The numbers of one file, (rows, …)."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not packed:
                return _unpacked(raw, path)
            with gzip.GzipFile(fileobj=raw) as file:
                return _unpacked(file, path)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path.name} is not a sound gzip file: {str(error)[:80]}.") from None


def _unpacked(file: IO[bytes] | gzip.GzipFile, path: Path) -> np.ndarray:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES or not 1 <= head[3] <= 8:
        raise DataError(
            f"{path.name} is not an IDX file: it begins with {head.hex(' ') or 'nothing'}, where"
            " 00 00, a type and a number of dimensions should stand."
        )
    dtype, dimensions = np.dtype(_TYPES[head[2]]), head[3]
    sizes = file.read(4 * dimensions)
    if len(sizes) < 4 * dimensions:
        raise DataError(f"{path.name} is cut short, among the sizes of its dimensions.")
    shape = struct.unpack(f">{dimensions}I", sizes)
    size = math.prod(shape) * dtype.itemsize
    check_size(path.name, path.stat().st_size, size)
    numbers = file.read(size)
    row = math.prod(shape[1:]) * dtype.itemsize
    if len(numbers) < size:
        raise DataError(
            f"{path.name} is cut short: its header promises {shape[0]:,} rows, but it ends in row"
            f" {len(numbers) // max(row, 1):,}."
        )
    if file.read(1):
        raise DataError(f"{path.name} goes on after row {shape[0] - 1:,}, its last by the header.")
    return np.frombuffer(numbers, dtype).reshape(shape)
