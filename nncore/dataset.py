"""The numbers a network learns from, and the mini-batches they are dealt in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nncore.arrays import Array, Shape, Targets
from nncore.buffers import carve

CHUNK = 2**18
"""Numbers gathered at once: about 1 MB, so that batches are still in the cache when used."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows to learn from and, if there are any, rows to judge by."""

    x: Array
    """Shape (rows, features), float32; may be memory-mapped."""
    y: Targets
    """Class ids (rows,), int64, for categorical cross-entropy; else (rows, outputs), float32."""
    x_valid: Array | None = None
    y_valid: Targets | None = None
    y_scale: Array | None = None
    """The units of a standardised regression target, shape (outputs,): rmse and mae use them."""

    def __post_init__(self) -> None:
        if (self.x_valid is None) != (self.y_valid is None):
            raise ValueError("Validation rows come as x_valid and y_valid, both or neither.")
        self._check("x", self.x, self.y)
        if self.x_valid is not None and self.y_valid is not None:
            self._check("x_valid", self.x_valid, self.y_valid)
            if self.x_valid.shape[1] != self.features:
                raise ValueError(
                    f"x has {self.features} features, but x_valid has {self.x_valid.shape[1]}."
                )

    def _check(self, name: str, x: Array, y: Targets) -> None:
        if x.ndim != 2:
            raise ValueError(f"{name} has shape {x.shape}; it is (rows, features).")
        if len(x) == 0:
            raise ValueError(f"{name} has no rows.")
        if len(x) != len(y):
            raise ValueError(f"{name} has {len(x)} rows, but its targets have {len(y)}.")
        # one sum finds any NaN or infinity in one pass and without a copy
        with np.errstate(invalid="ignore", over="ignore"):
            if not np.isfinite(np.sum(x, dtype=np.float64)):
                bad = np.argwhere(~np.isfinite(x))
                if len(bad):
                    row, feature = bad[0]
                    raise ValueError(
                        f"{name} holds {x[row, feature]} in row {row}, feature {feature}. Fill "
                        "missing values before training."
                    )

    @property
    def rows(self) -> int:
        """How many rows there are to learn from."""
        return len(self.x)

    @property
    def features(self) -> int:
        """How many numbers a row has."""
        return self.x.shape[1]


class Batches:
    """Deals rows out in shuffled mini-batches, always into the same memory.

    Rows are gathered a chunk of batches at a time; the last batch may be smaller. Class ids come
    out as one-hot rows.
    """

    def __init__(
        self,
        x: Array,
        y: Targets,
        outputs: int,
        size: int,
        rngs: Sequence[np.random.Generator],
        members: int | None,
    ) -> None:
        """Args:
        rngs: shuffle the rows, one a member.
        """
        self._x, self._y, self._rngs = x, y, rngs
        self.sizes = [min(size, len(x) - start) for start in range(0, len(x), size)]
        lead: Shape = () if members is None else (members,)
        self._order = np.empty((*lead, len(x)), np.intp)
        self._rows = np.arange(len(x))
        self._table = np.eye(outputs, dtype=x.dtype) if y.ndim == 1 else None

        wide = x.shape[1] + outputs
        rows = size * max(1, CHUNK // (size * wide))
        rows = min(rows, size * len(self.sizes))
        copies = members or 1
        x_memory = np.empty(copies * rows * x.shape[1], x.dtype)
        y_memory = np.empty(copies * rows * outputs, x.dtype)
        self._ids = np.empty(copies * rows, np.int64)
        self._lead, self._chunk = lead, rows
        whole, last = divmod(len(x), rows)
        self._gathered = {
            count: self._views(x_memory, y_memory, count, size, x.shape[1], outputs)
            for count in {rows if whole else last, last or rows}
        }

    def _views(
        self, x: Array, y: Array, rows: int, size: int, features: int, outputs: int
    ) -> tuple[Array, Array, list[tuple[Array, Array]]]:
        """A chunk of `rows`, whole and cut into batches."""
        xs, ys = carve(x, self._lead, rows, features), carve(y, self._lead, rows, outputs)
        cuts = [slice(a, min(a + size, rows)) for a in range(0, rows, size)]
        return xs, ys, [(xs[..., cut, :], ys[..., cut, :]) for cut in cuts]

    def shuffled(self) -> Iterator[tuple[Array, Array]]:
        """Each row once, in a new order: (x, targets) of (..., up to size, features | outputs)."""
        for rng, order in zip(self._rngs, self._order.reshape(-1, len(self._rows)), strict=True):
            order[...] = self._rows
            rng.shuffle(order)
        for start in range(0, len(self._rows), self._chunk):
            order = self._order[..., start : start + self._chunk]
            x, target, batches = self._gathered[order.shape[-1]]
            # mode="clip", because "raise" would gather into a buffer and copy
            np.take(self._x, order, axis=0, out=x, mode="clip")
            if self._table is None:
                np.take(self._y, order, axis=0, out=target, mode="clip")
            else:
                ids = self._ids[: order.size].reshape(order.shape)
                np.take(self._y, order, out=ids, mode="clip")
                np.take(self._table, ids, axis=0, out=target, mode="clip")
            yield from batches
