"""Data sets that need no file: those that come with scikit-learn, and those that are made."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hpsearch.data.arrays import from_arrays
from hpsearch.data.table import Table, counted
from hpsearch.errors import DataError
from nncore.registry import Registry

source: Registry[Callable[[str], Table]] = Registry("data source")
"""By what stands before the colon: `sklearn:digits` asks the source called sklearn for digits."""

FRESH = {"function": 5000}
"""Test rows made beside the others, where results are known for so many; else as many again."""
_MOST_ROWS = 10_000_000


def read(name: str) -> Table:
    """Read a bundled set such as `sklearn:digits`, or make one such as `generated:spiral`.

    Raises:
        DataError: there is none of that name; the nearest is offered.
    """
    kind, colon, which = name.partition(":")
    try:
        if not colon:
            raise LookupError(
                f"A source is written kind:name, such as 'sklearn:digits', not {name!r}."
            )
        return source[kind](which)
    except LookupError as error:
        raise DataError(str(error)) from None


_sets: Registry[str] = Registry("bundled data set")
for _name in ("digits", "iris", "wine", "breast_cancer", "diabetes", "linnerud"):
    _sets(_name)(f"load_{_name}")

_FETCHED = ("california_housing", "covtype", "kddcup99", "lfw_people", "olivetti_faces", "rcv1")


def bundled_names() -> tuple[str, ...]:
    """Every source that can be named, such as `sklearn:digits`."""
    from nncore.generated import generators

    return (
        *(f"sklearn:{name.replace('_', '-')}" for name in _sets),
        *(f"generated:{name}" for name in generators),
    )


@source("sklearn")
def _sklearn(name: str) -> Table:
    key = name.replace("-", "_").lower()
    if key in _FETCHED:
        raise LookupError(
            f"sklearn:{name} does not come with scikit-learn but from the network, which nothing"
            " here reads; fetch it, and save it as a file: npz, Parquet or CSV."
        )
    loader = _sets[key]
    from sklearn import datasets  # a second to import, and only here

    bunch = getattr(datasets, loader)()
    y = bunch.target
    words = [str(word) for word in getattr(bunch, "target_names", ())]
    if y.ndim == 1 and words and y.dtype.kind in "iu" and not words[0].isdigit():
        y = np.array(words)[y]
    names = [str(word) for word in bunch.feature_names]
    label = f"sklearn:{name}"
    note = f"{label}: {len(y):,} rows × {len(names)} features."
    targets = words if y.ndim == 2 else None
    return from_arrays(label, [bunch.data], [y], names, note, targets)


@source("generated")
def _generated(which: str) -> Table:
    """`NAME`, `NAME:ROWS` or `NAME:ROWS:SEED`; test rows are made afresh, with the next seed."""
    from nncore.generated import generators

    name, *numbers = which.split(":")
    label = f"generated:{which}"
    make = generators[name.replace("-", "_").lower()]
    if len(numbers) > 2 or not all(one.isdecimal() and len(one) < 10 for one in numbers):
        raise LookupError(
            f"{label!r} is not generated:NAME, generated:NAME:ROWS or generated:NAME:ROWS:SEED,"
            " such as generated:spiral:300:0."
        )
    seed = int(numbers[1]) if len(numbers) > 1 else 0
    rows = int(numbers[0]) if numbers else None
    if rows is not None and not 10 <= rows <= _MOST_ROWS:
        raise LookupError(f"{label!r}: from 10 to {_MOST_ROWS:,} rows are made, not {rows:,}.")
    x, y = make(seed, rows) if rows is not None else make(seed)
    fresh = FRESH.get(name, len(x))
    x_test, y_test = make(seed + 1, fresh)
    note = (
        f"{label}: {len(x):,} rows × {counted(x.shape[1], 'feature')} made with seed {seed}, and"
        f" {len(x_test):,} fresh ones for testing."
    )
    return from_arrays(label, [x, x_test], [y, y_test], None, note)


@source("openml")
def _openml(name: str) -> Table:
    raise LookupError(
        f"openml:{name} is not built yet: nothing here reads from the network. Download the set,"
        " save it as a file (CSV, Parquet, npz), and name it as path."
    )
