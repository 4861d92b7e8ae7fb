"""Which rows are for training, which for judging trials, and which are kept for the end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hpsearch.errors import DataError

Rows = np.ndarray
"""Row numbers, int64, ascending: a split keeps the order of the file."""


@dataclass(frozen=True, eq=False)
class Split:
    """Three sets of rows without a row in common."""

    train: Rows
    validation: Rows
    test: Rows

    @property
    def sizes(self) -> dict[str, int]:
        """How many rows each has."""
        return {
            "train": len(self.train),
            "validation": len(self.validation),
            "test": len(self.test),
        }


def sizes(rows: int, test: float, validation: float) -> tuple[int, int]:
    """How many rows are for testing and for validation; both are shares of all rows.

    >>> sizes(1797, 0.2, 0.2)
    (360, 359)
    """
    for_test = math.ceil(rows * test - 1e-9)
    both = math.ceil(rows * (test + validation) - 1e-9)
    return for_test, both - for_test


def split(
    rows: int,
    seed: int,
    test: float,
    validation: float,
    strata: np.ndarray | None = None,
    held: int = 0,
) -> Split:
    """Deal the rows out, alike in every stratum; seeded by `seed` alone.

    Args:
        strata: for each row a small whole number, such as its class; None: one stratum.
        held: how many rows, at the end, are for testing already.

    Raises:
        DataError: too few rows for three sets.
    """
    for_test, for_validation = sizes(rows, test, validation)
    if held:
        for_test = 0
    free = rows - held
    if free - for_test - for_validation < 2 or (validation > 0 and for_validation < 1):
        raise DataError(
            f"{rows:,} rows with a target are too few for shares of {test:g} for testing and"
            f" {validation:g} for validation; give more rows, or set data.test and"
            " data.validation."
        )
    rng = np.random.default_rng(seed)
    strata = np.zeros(free, np.int64) if strata is None else strata[:free]
    # Shuffle, then sort by stratum: each stratum is one run of rows in random order.
    order = rng.permutation(free)
    order = order[np.argsort(strata[order], kind="stable")]
    counts = np.bincount(strata)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    test_counts = _share_out(counts, for_test, rng)
    validation_counts = _share_out(counts - test_counts, for_validation, rng)
    rank = np.arange(free) - starts[strata[order]]
    ends = test_counts[strata[order]], (test_counts + validation_counts)[strata[order]]
    tested, validated = rank < ends[0], (rank >= ends[0]) & (rank < ends[1])
    return Split(
        train=np.sort(order[rank >= ends[1]]),
        validation=np.sort(order[validated]),
        test=np.arange(free, rows) if held else np.sort(order[tested]),
    )


def _share_out(counts: np.ndarray, total: int, rng: np.random.Generator) -> np.ndarray:
    """How many of `total` rows each stratum gives: its share, and the last row of none.

    The largest remainders get the rows that rounding down leaves over; ties are drawn.
    """
    most = np.maximum(counts - 1, 0)
    if total > most.sum():
        raise DataError(
            f"With {len(counts):,} classes in {counts.sum():,} rows, too few rows are left for"
            " training once every class has one there; give more rows for each class."
        )
    exact = counts * (total / max(counts.sum(), 1))
    given = np.minimum(np.floor(exact + 1e-9).astype(np.int64), most)
    turn = np.lexsort((rng.random(len(counts)), given - exact))
    while (left := total - given.sum()) > 0:
        open_ = turn[given[turn] < most[turn]][:left]
        given[open_] += 1
    return given
