"""Data sets that need no file: those that come with scikit-learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hpsearch.data.arrays import from_arrays
from hpsearch.data.table import Table
from hpsearch.errors import DataError
from nncore.registry import Registry

source: Registry[Callable[[str], Table]] = Registry("data source")
"""By what stands before the colon: `sklearn:digits` asks the source called sklearn for digits."""


def read(name: str) -> Table:
    """Read a bundled set such as `sklearn:digits`.

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
for _name in ("digits", "iris", "wine", "breast_cancer", "diabetes"):
    _sets(_name)(f"load_{_name}")


def bundled_names() -> tuple[str, ...]:
    """Every source that can be named, such as `sklearn:digits`."""
    return tuple(f"sklearn:{name.replace('_', '-')}" for name in _sets)


@source("sklearn")
def _sklearn(name: str) -> Table:
    loader = _sets[name.replace("-", "_").lower()]
    from sklearn import datasets  # a second to import, and only here

    bunch = getattr(datasets, loader)()
    y = bunch.target
    words = getattr(bunch, "target_names", None)
    if words is not None and np.asarray(words).dtype.kind == "U":
        y = np.asarray(words)[y]
    names = [str(word) for word in bunch.feature_names]
    label = f"sklearn:{name}"
    note = f"{label}: {len(y):,} rows × {len(names)} features."
    return from_arrays(label, [bunch.data], [y], names, note)
