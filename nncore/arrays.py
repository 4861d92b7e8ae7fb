"""The words signatures are written in.

What is handed in and comes out keeps the rows of a batch in its second-last axis and their features
in its last. With members (independent networks of one shape, trained together) there is one more
axis, in front: shapes are written (..., rows, width), where ... is empty or holds the members.

Inside a network a batch lies the other way up, (..., width, rows): a unit's numbers lie side by
side, and the biases need only one more row, of ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
"""float32, C-contiguous; float64 in gradient checks."""

Targets = npt.NDArray[Any]
"""Class ids, shape (rows,), int64; or numbers, one a unit, shape (rows, outputs), float32."""

Shape = tuple[int, ...]

Figure = float | npt.NDArray[Any]
"""A number; with members one of each, shape (members,)."""

ZERO = np.zeros((), np.float32)  # as 0-d arrays: a Python 0 makes the ufunc look for a type
ONE = np.ones((), np.float32)
