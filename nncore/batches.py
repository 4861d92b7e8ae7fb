"""The mini-batches rows are dealt in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np

from nncore.arrays import Array, Shape, Targets
from nncore.buffers import carve, turned
from nncore.members import lead

CHUNK = 2**18
"""Numbers gathered at once: about 1 MB, so that batches are still in the cache when used."""

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
        *,
        joined: bool = False,
        most: int | None = None,
    ) -> None:
        """Args:
        tables: (x, y) for all members, or one each.
        rngs: shuffle the rows, one a member.
        weights: of the rows of each table, (rows, 1 or outputs) in x's precision; or none.
        joined: whether x comes with a row of ones below.
        most: rows to deal in an epoch, where a table has more; None: as many as the shortest has.
        """
        self._tables, self._rngs, self._weights = tables, rngs, weights
        (x, y), axes, copies = tables[0], lead(members), members or 1
        self.rows = most or min(len(x) for x, _ in tables)
        """Rows dealt in an epoch."""
        self.sizes = [min(size, self.rows - start) for start in range(0, self.rows, size)]
        self._order = np.empty((*axes, self.rows), np.intp)
        self._each = self._order.reshape(copies, self.rows)
        longest = max(len(x) for x, _ in tables)
        self._whole, self._rows = np.empty(longest, np.intp), np.arange(longest)
        self._table = np.eye(outputs, dtype=x.dtype) if y.ndim == 1 else None

        self._features = features = x.shape[1]
        wide = features + outputs
        count = min(max(1, CHUNK // (size * wide)), len(self.sizes))
        self._chunk = count * size
        self._ids = np.empty(copies * self._chunk, np.int64)
        entering = _entering(features, size) if joined else _Rows
        self._parts = [
            entering(features, axes, size, count, x.dtype, joined),
            *(
                _Columns(width, axes, size, count, x.dtype)
                for width in (outputs, *(each.shape[1] for each in weights[:1]))
            ),
        ]
        self._cut = {
            rows: list(zip(*(part.batches(rows) for part in self._parts), strict=True))
            for rows in {min(self._chunk, self.rows), self.rows % self._chunk or self._chunk}
        }

    def shuffled(self) -> Iterator[Batch]:
        """Each row once, in a new order: x, targets and any weights of up to `size` rows.

        Their shapes are (..., rows, features), (..., rows, outputs) and (..., rows, 1 or outputs).
        """
        for x, *others in self.dealt():
            yield (turned(x[..., : self._features, :]), *map(turned, others))

    def dealt(self) -> Iterator[Batch]:
        """The same the other way up, as a network takes it: x with its row of ones, if so asked."""
        self._shuffle()
        for start in range(0, self.rows, self._chunk):
            order = self._order[..., start : start + self._chunk]
            rows = order.shape[-1]
            x, target, *weights = (part.gathered(rows) for part in self._parts)
            if weights:
                self._weigh(order, weights[0])
            if len(self._tables) == 1:
                self._gather(*self._tables[0], order, x, target)
            else:
                for own in zip(self._tables, order, x, target, strict=True):
                    self._gather(*own[0], *own[1:])
            for part in self._parts:
                part.turn(rows)
            yield from self._cut[rows]

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


class _Rows:
    """Rows as they are gathered, a chunk at a time; batches are views of them."""

    def __init__(
        self, width: int, axes: Shape, size: int, count: int, dtype: Any, ones: bool = False
    ) -> None:
        self._width, self._axes, self._size = width, axes, size
        self._memory = np.empty(prod(axes) * count * size * width, dtype)

    def gathered(self, rows: int) -> Array:
        """Where to write a chunk, shape (..., rows, width)."""
        return carve(self._memory, *self._axes, rows, self._width)

    def turn(self, rows: int) -> None:
        """Called when `rows` have been written."""

    def batches(self, rows: int) -> list[Array]:
        """Views of shape (..., width, up to size)."""
        return self._views(self.gathered(rows))

    def _views(self, chunk: Array) -> list[Array]:
        size, rows = self._size, chunk.shape[-2]
        return [turned(chunk[..., start : start + size, :]) for start in range(0, rows, size)]


class _Columns(_Rows):
    """Rows turned over, whole batches at once, so that a feature's numbers lie side by side."""

    def __init__(
        self, width: int, axes: Shape, size: int, count: int, dtype: Any, ones: bool = False
    ) -> None:
        super().__init__(width, axes, size, count, dtype)
        self._whole = np.ones((count, *axes, width + ones, size), dtype)
        self._last: dict[int, Array] = {}

    def turn(self, rows: int) -> None:
        width, (whole, last) = self._width, divmod(rows, self._size)
        chunk = self.gathered(rows)
        many = chunk[..., : rows - last, :].reshape(*self._axes, whole, self._size, width)
        self._whole[:whole, ..., :width, :] = turned(np.moveaxis(many, -3, 0))
        if last:
            self._last[last][..., :width, :] = turned(chunk[..., rows - last :, :])

    def batches(self, rows: int) -> list[Array]:
        whole, last = divmod(rows, self._size)
        if last:
            self._last[last] = np.ones((*self._whole.shape[1:-1], last), self._whole.dtype)
        return [*self._whole[:whole], *([self._last[last]] if last else [])]


class _Padded(_Rows):
    """Rows that each end in a one."""

    def __init__(
        self, width: int, axes: Shape, size: int, count: int, dtype: Any, ones: bool = True
    ) -> None:
        super().__init__(width, axes, size, count, dtype)
        self._whole = np.ones((*axes, count * size, width + ones), dtype)

    def turn(self, rows: int) -> None:
        self._whole[..., :rows, : self._width] = self.gathered(rows)

    def batches(self, rows: int) -> list[Array]:
        return self._views(self._whole[..., :rows, :])


def _entering(features: int, size: int) -> type[_Rows]:
    """How a batch goes in fastest with a row of ones: whole, or as a view of padded rows.

    To turn it over costs time, but the products of a large batch are quicker then.
    """
    return _Columns if features <= 16 or size >= 128 else _Padded
