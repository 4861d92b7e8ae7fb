"""Values that people give, refused in a sentence where they make no sense."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np


def whole(name: str, value: Any, least: int = 1) -> int:
    """`value`, if it is a whole number from `least`.

    Raises:
        ValueError: it is not; says what it is.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or int(value) < least:
        raise ValueError(f"{name} is {value!r}; it is a whole number, {least} or more.")
    return int(value)


def number(name: str, value: Any) -> float:
    """`value`, if it is a number at all.

    Raises:
        ValueError: it is not; says what it is.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{name} is {value!r}; it is a number.")
    return float(value)


def positive(name: str, value: Any) -> float:
    """`value`, if it is a finite number above 0.

    Raises:
        ValueError: it is not; says what it is.
    """
    if not 0.0 < number(name, value) < float("inf"):
        raise ValueError(f"{name} is {value:g}; it is a number above 0.")
    return float(value)


def numbers(name: str, array: Any) -> None:
    """Refuse what is no array of numbers.

    Raises:
        ValueError: it is a list, say, or holds text; says what it is.
    """
    if not isinstance(array, np.ndarray):
        kind = type(array).__name__
        raise ValueError(f"{name} is of type {kind}; it is an array: np.asarray({name}).")
    if array.dtype.kind not in "buif":
        raise ValueError(
            f"{name} is of type {array.dtype}; it holds numbers. If these are some: "
            f"{name}.astype(float)."
        )


def finite(name: str, array: Any, way: str, columns: str = "feature") -> None:
    """Refuse NaN and infinity in an array of numbers.

    Args:
        way: what to do about it; a sentence.
        columns: what the second axis counts.

    Raises:
        ValueError: says which it is and where the first stands.
    """
    # one sum finds any NaN or infinity in one pass and without a copy
    with np.errstate(invalid="ignore", over="ignore"):
        if np.isfinite(np.sum(array, dtype=np.float64)):
            return
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        where = ", ".join(
            f"{axis} {at}" for axis, at in zip(("row", columns), bad[0], strict=False)
        )
        raise ValueError(f"{name} holds {array[tuple(bad[0])]} in {where}. {way}")
