"""Which rows are for training, which for judging trials, and which are kept for the end."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from hpsearch.data.dealing import Ties, cut_by_time, deal_groups
from hpsearch.errors import DataError

Rows = np.ndarray
"""Row numbers, int64, ascending: a split keeps the order of the file."""

FREE = Ties()
"""Rows that have nothing to do with each other."""


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
    ties: Ties = FREE,
    held: int = 0,
) -> Split:
    """Deal the rows out; seeded by `seed` alone.

    Alike in every stratum; with groups as nearly so as whole groups allow; by time the oldest
    rows for training, then validation, and the newest for testing.

    Args:
        held: how many rows, at the end, are for testing already; shares are of the others.

    Raises:
        DataError: too few rows, groups or moments for three sets.
    """
    free = rows - held
    for_test, for_validation = sizes(free, 0.0 if held else test, validation)
    if free - for_test - for_validation < 2 or (validation > 0 and for_validation < 1):
        raise DataError(
            f"{rows:,} rows with a target are too few for shares of {test:g} for testing and"
            f" {validation:g} for validation; give more rows, or set data.test and"
            " data.validation."
        )
    wanted = (free - for_test - for_validation, for_validation, for_test)
    rng = np.random.default_rng(seed)
    part = _parts(ties.only(np.arange(free)), wanted, rng)
    return Split(
        train=np.flatnonzero(part == 0),
        validation=np.flatnonzero(part == 1),
        test=np.arange(free, rows) if held else np.flatnonzero(part == 2),
    )


def _parts(ties: Ties, wanted: tuple[int, int, int], rng: np.random.Generator) -> np.ndarray:
    """0, 1 or 2 for each row: training, validation, testing; `wanted` is how many of each."""
    needed = sum(size > 0 for size in wanted)
    if ties.order is not None:
        part = cut_by_time(ties.order, wanted)
        if part is None:
            count = len(np.unique(ties.order))
            raise DataError(
                f"data.order has {count:,} different values, too few to cut {needed} parts by time;"
                " name a finer column, or take data.order out."
            )
        return part
    if ties.groups is not None:
        if (count := len(np.unique(ties.groups))) < needed:
            raise DataError(
                f"data.group makes {count:,} group{'s' * (count != 1)} of the rows, and"
                f" {needed} parts need one each; name a finer column, or take data.group out."
            )
        return deal_groups(ties.groups, ties.strata, wanted, rng)
    return _deal_rows(ties.strata, wanted, rng)


def _deal_rows(
    strata: np.ndarray | None, wanted: tuple[int, int, int], rng: np.random.Generator
) -> np.ndarray:
    """The exact number for each part, alike in every stratum."""
    free = sum(wanted)
    strata = np.zeros(free, np.int64) if strata is None else strata
    # Shuffle, then sort by stratum: each stratum is one run of rows in random order.
    order = rng.permutation(free)
    order = order[np.argsort(strata[order], kind="stable")]
    counts = np.bincount(strata)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    test_counts = _share_out(counts, wanted[2], rng)
    validation_counts = _share_out(counts - test_counts, wanted[1], rng)
    rank = np.arange(free) - starts[strata[order]]
    ends = test_counts[strata[order]], (test_counts + validation_counts)[strata[order]]
    part = np.empty(free, np.int64)
    part[order] = np.where(rank < ends[0], 2, np.where(rank < ends[1], 1, 0))
    return part


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
