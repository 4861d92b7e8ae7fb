"""One array in NumPy's own format: plain numbers and words, never a pickle."""

from __future__ import annotations

import math
import tokenize
import warnings
from typing import IO

import numpy as np
from numpy.lib import format as npy

from hpsearch.errors import DataError

_DAMAGE = (
    *(ValueError, TypeError, LookupError, SyntaxError, RecursionError, OverflowError),
    tokenize.TokenError,  # headers of old versions are taken apart as Python's own text
)


def read_array(file: IO[bytes], most: int, what: str, kinds: str = "biufUS") -> np.ndarray:
    """The array that begins here, of at most `most` bytes, with `kinds` of numbers or words.

    A structured array is read where "V" is among the kinds; its fields must be plain.

    Raises:
        DataError: it holds something else, or its header promises more than there is.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd but readable headers
            version = npy.read_magic(file)
            head = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = head(file)
        _check_type(dtype, what, kinds)
        size = math.prod(shape) * dtype.itemsize
        if size > most or min(shape, default=0) < 0:
            raise DataError(f"{what} is cut short: its header promises {size:,} bytes.")
        flat = np.frombuffer(file.read(size), dtype)
        if len(flat) != math.prod(shape):
            raise DataError(f"{what} is cut short.")
        return flat.reshape(shape, order="F" if fortran else "C")
    except _DAMAGE as error:
        raise DataError(f"{what} cannot be read: {str(error).strip('.')}.") from None


def _check_type(dtype: np.dtype, what: str, kinds: str) -> None:
    if dtype.hasobject:
        raise DataError(
            f"{what} holds Python objects, which are never loaded; save numbers"
            " or words: array.astype(float), or array.astype(str)."
        )
    fields = [dtype[name] for name in dtype.names] if dtype.names else [dtype]
    if (dtype.names and "V" not in kinds) or any(one.kind not in kinds for one in fields):
        raise DataError(f"{what} holds {dtype}; numbers, booleans or words are needed.")
    if dtype.itemsize == 0 or any(one.shape for one in fields if dtype.names):
        raise DataError(f"{what} holds {dtype}: one number or word a field is needed.")
