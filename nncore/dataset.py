"""The numbers a network learns from, and the mini-batches they are dealt in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nncore.arrays import Array, Targets
from nncore.buffers import carve
from nncore.checks import finite, numbers
from nncore.members import lead

CHUNK = 2**18
"""Numbers gathered at once: about 1 MB, so that batches are still in the cache when used."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows to learn from and, if there are any, rows to judge by.

    >>> data = Dataset(np.zeros((8, 3), np.float32), np.zeros(8, np.int64))
    >>> data.rows, data.features
    (8, 3)
    >>> Dataset(np.full((8, 3), np.nan), data.y)
    Traceback (most recent call last):
    ValueError: x holds nan in row 0, feature 0. Fill missing values before training.

    Raises:
        ValueError: shapes do not fit each other, or x holds no numbers, NaN or infinity.
    """

    x: Array
    """Shape (rows, features), float32; may be memory-mapped."""
    y: Targets
    """Class ids (rows,), int64, for categorical cross-entropy; else (rows, outputs), float32."""
    x_valid: Array | None = None
    y_valid: Targets | None = None
    y_scale: Array | None = None
    """The units of a standardised regression target, shape (outputs,): rmse and mae use them."""
    weights: Array | None = None
    """What each row counts for in the loss that is minimised, shape (rows,), or (rows, outputs) for
    units that are on or off; best with a mean of 1, or the learning rate is another. Figures are
    measured without them, so that what is shown does not depend on how a network was trained."""

    def __post_init__(self) -> None:
        if (self.x_valid is None) != (self.y_valid is None):
            raise ValueError("Validation rows come as x_valid and y_valid, both or neither.")
        self._check("x", self.x, self.y)
        if self.y_scale is not None:
            self._check_scale(np.asarray(self.y_scale))
        if self.weights is not None:
            self._check_weights(self.weights)
        if self.x_valid is not None and self.y_valid is not None:
            self._check("x_valid", self.x_valid, self.y_valid)
            if self.x_valid.shape[1] != self.features:
                raise ValueError(
                    f"x has {self.features} features, but x_valid has {self.x_valid.shape[1]}."
                )

    def _check(self, name: str, x: Array, y: Targets) -> None:
        numbers(name, x)
        numbers(f"the targets of {name}", y)
        if x.ndim != 2:
            raise ValueError(f"{name} has shape {x.shape}; it is (rows, features).")
        if len(x) == 0:
            raise ValueError(f"{name} has no rows.")
        if len(x) != len(y):
            raise ValueError(f"{name} has {len(x)} rows, but its targets have {len(y)}.")
        finite(name, x, "Fill missing values before training.")

    def _check_scale(self, scale: Array) -> None:
        fits = scale.shape in ((), self.y.shape[1:])
        if not fits or not np.all((scale > 0.0) & np.isfinite(scale)):
            raise ValueError(
                f"y_scale is {self.y_scale}; it is one number above 0 for each output, shape "
                f"{self.y.shape[1:]}."
            )

    def _check_weights(self, weights: Array) -> None:
        wide = self.y.ndim == 2 and weights.shape == self.y.shape
        if weights.shape != (self.rows,) and not wide:
            raise ValueError(
                f"weights has shape {weights.shape}; it is ({self.rows},), one number a row."
            )
        bad = np.flatnonzero(~((weights >= 0.0) & np.isfinite(weights)))
        if len(bad):
            raise ValueError(f"A weight is {weights.flat[bad[0]]}; it is 0 or more.")

    @property
    def rows(self) -> int:
        """How many rows there are to learn from."""
        return len(self.x)

    @property
    def features(self) -> int:
        """How many numbers a row has."""
        return self.x.shape[1]


Batch = tuple[Array, ...]
"""x and targets, and weights where rows have any."""


class Batches:
    """Deals rows out in shuffled mini-batches, always into the same memory.

    Rows are gathered a chunk of batches at a time; the last batch may be smaller. Class ids come
    out as one-hot rows. Members that learn from tables of different lengths go at the pace of the
    shortest: each epoch deals as many rows of every table, shuffled anew, so that all get their
    turn.

    >>> x, y = np.arange(10.0).reshape(5, 2), np.arange(5)
    >>> rng = np.random.default_rng(0)
    >>> batches = Batches([(x, y)], outputs=5, size=2, rngs=[rng], members=None)
    >>> [x.shape for x, one_hot in batches.shuffled()]
    [(2, 2), (2, 2), (1, 2)]
    """

    def __init__(
        self,
        tables: Sequence[tuple[Array, Targets]],
        outputs: int,
        size: int,
        rngs: Sequence[np.random.Generator],
        members: int | None,
        weights: Sequence[Array] = (),
    ) -> None:
        """Args:
        tables: (x, y) for all members, or one each.
        rngs: shuffle the rows, one a member.
        weights: of the rows of each table, (rows, 1 or outputs) in x's precision; or none.
        """
        self._tables, self._rngs = tables, rngs
        (x, y), axes, copies = tables[0], lead(members), members or 1
        self.rows = min(len(x) for x, _ in tables)
        """Rows dealt in an epoch."""
        self.sizes = [min(size, self.rows - start) for start in range(0, self.rows, size)]
        self._order = np.empty((*axes, self.rows), np.intp)
        self._each = self._order.reshape(copies, self.rows)
        longest = max(len(x) for x, _ in tables)
        self._whole, self._rows = np.empty(longest, np.intp), np.arange(longest)
        self._table = np.eye(outputs, dtype=x.dtype) if y.ndim == 1 else None

        wide = x.shape[1] + outputs
        rows = size * max(1, CHUNK // (size * wide))
        rows = min(rows, size * len(self.sizes))
        x_memory = np.empty(copies * rows * x.shape[1], x.dtype)
        y_memory = np.empty(copies * rows * outputs, x.dtype)
        self._ids = np.empty(copies * rows, np.int64)
        self._lead, self._chunk = axes, rows
        self._weights = weights
        widths = [x.shape[1], outputs, *(each.shape[1] for each in weights[:1])]
        memory = [x_memory, y_memory, *(np.empty(copies * rows * n, x.dtype) for n in widths[2:])]
        whole, last = divmod(self.rows, rows)
        self._gathered = {
            count: self._views(memory, widths, count, size)
            for count in {rows if whole else last, last or rows}
        }

    def _views(
        self, memory: Sequence[Array], widths: Sequence[int], rows: int, size: int
    ) -> tuple[list[Array], list[Batch]]:
        """A chunk of `rows`, whole and cut into batches."""
        every = [carve(m, self._lead, rows, n) for m, n in zip(memory, widths, strict=True)]
        cuts = [slice(a, min(a + size, rows)) for a in range(0, rows, size)]
        return every, [tuple(part[..., cut, :] for part in every) for cut in cuts]

    def shuffled(self) -> Iterator[Batch]:
        """Each row once, in a new order: x, targets and any weights of up to `size` rows.

        Their shapes are (..., rows, features), (..., rows, outputs) and (..., rows, 1 or outputs).
        """
        self._shuffle()
        for start in range(0, self.rows, self._chunk):
            order = self._order[..., start : start + self._chunk]
            (x, target, *weights), batches = self._gathered[order.shape[-1]]
            if weights:
                self._weigh(order, weights[0])
            if len(self._tables) == 1:
                self._gather(*self._tables[0], order, x, target)
            else:
                for own in zip(self._tables, order, x, target, strict=True):
                    self._gather(*own[0], *own[1:])
            yield from batches

    def _shuffle(self) -> None:
        """Draw every member's order of rows."""
        for k, (rng, order) in enumerate(zip(self._rngs, self._each, strict=True)):
            x, _ = self._tables[k % len(self._tables)]  # of one table, everybody's
            whole = self._whole[: len(x)]
            whole[...] = self._rows[: len(x)]
            rng.shuffle(whole)
            order[...] = whole[: self.rows]

    def _weigh(self, order: Array, rows: Array) -> None:
        """Write the weights of the rows of `order`."""
        if len(self._weights) == 1:
            np.take(self._weights[0], order, axis=0, out=rows, mode="clip")
        else:
            for own, ids, into in zip(self._weights, order, rows, strict=True):
                np.take(own, ids, axis=0, out=into, mode="clip")

    def _gather(self, x: Array, y: Targets, order: Array, rows: Array, target: Array) -> None:
        """Write the rows of `order` and their targets."""
        # mode="clip", because "raise" would gather into a buffer and copy
        np.take(x, order, axis=0, out=rows, mode="clip")
        if self._table is None:
            np.take(y, order, axis=0, out=target, mode="clip")
        else:
            ids = self._ids[: order.size].reshape(order.shape)
            np.take(y, order, out=ids, mode="clip")
            np.take(self._table, ids, axis=0, out=target, mode="clip")
