"""How trials are judged: by a share of the rows, in folds, or by repeating with other seeds.

Folds and repeats are trained together, as members of one training, so folds are as long as each
other: the longer ones leave a row out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hpsearch.data.dealing import Ties, cut_by_time, deal_groups
from hpsearch.data.split import FREE, Rows, Split, split
from hpsearch.data.table import counted
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions

AUTO_ROWS = 2_000
"""Below so many rows to learn from, `auto` takes folds: a share of them would say little."""
AUTO_FOLDS = 5
AUTO_SHARE = 0.2


@dataclass(frozen=True, eq=False)
class Fold:
    """What one member of a training learns from, and what it is judged by."""

    train: Rows
    """In an order of its own: the folds that come after its own, all around."""
    validation: Rows


@dataclass(frozen=True, eq=False)
class Evaluation:
    """How trials are judged, with nothing left to `auto`."""

    validation: float | None
    """The share of all rows that is held back; None with folds."""
    folds: tuple[Fold, ...] = ()
    repeats: int | None = None
    """How many seeds are trained on the same rows."""
    why: str = ""
    """What `auto` went by."""

    @property
    def left_out(self) -> int:
        """How many folds leave a row out, so that all learn from as many."""
        rows = [len(fold.train) + len(fold.validation) for fold in self.folds]
        return sum(count < max(rows) for count in rows)

    @property
    def members(self) -> int:
        """How many networks a trial trains."""
        return len(self.folds) or self.repeats or 1

    def to_json(self) -> dict[str, Any]:
        """By the keys of the [data] table; None where a key does not apply."""
        folds = len(self.folds) or None
        return {"validation": self.validation, "folds": folds, "repeats": self.repeats}


ONE = Evaluation(None)
"""One network, and nothing to judge it by but what the split holds back."""


def divide(rows: int, options: DataOptions, ties: Ties, held: int) -> tuple[Split, Evaluation]:
    """Which rows are for what. With folds, all that are not for testing are for training.

    Args:
        held: how many rows, at the end, are for testing already.

    Raises:
        DataError: too few rows, groups or moments.
    """

    def parts(validation: float) -> Split:
        test = 0.0 if held else options.test
        return split(rows, options.split_seed, test, validation, ties, held)

    share = AUTO_SHARE if options.validation == "auto" else options.validation
    if options.repeats is not None:
        return parts(share), Evaluation(share, repeats=options.repeats)
    if options.folds is not None:
        whole = parts(0.0)
        return whole, Evaluation(None, _folds(whole.train, options.folds, options, ties))
    if options.validation != "auto":
        return parts(share), Evaluation(share)
    whole = parts(0.0)
    count = len(whole.train)
    if count >= AUTO_ROWS:
        why = f"a share of {share:g}, as there are {AUTO_ROWS:,} rows or more to learn from"
        return parts(share), Evaluation(share, why=why)
    try:
        folds = _folds(whole.train, AUTO_FOLDS, options, ties)
    except DataError:
        why = f"a share of {share:g}, as the rows cannot be dealt into {AUTO_FOLDS} folds"
        return parts(share), Evaluation(share, why=why)
    why = f"{AUTO_FOLDS} folds, as there are fewer than {AUTO_ROWS:,} rows to learn from"
    return whole, Evaluation(None, folds, why=why)


def _folds(rows: Rows, count: int, options: DataOptions, ties: Ties) -> tuple[Fold, ...]:
    return fold(rows, count, options.split_seed, ties)


def fold(rows: Rows, count: int, seed: int, ties: Ties = FREE) -> tuple[Fold, ...]:
    """Deal rows into folds; seeded by `seed` alone.

    Alike in every stratum, and a class of one row stays in every fold's training. By time each
    fold is judged by a stretch of the later half, and learns from as many rows just before it.
    Whole groups cannot be cut, so with groups the folds are not equally long.

    Args:
        ties: of every row there is, not of `rows` alone.

    Raises:
        DataError: too few rows, groups or moments for so many folds.
    """
    if len(rows) < 2 * count:
        raise DataError(
            f"{counted(len(rows), 'row')} to learn from are too few for folds = {count}: each"
            " needs two; write fewer folds, or give more rows."
        )
    own = ties.only(rows)
    if own.order is not None:
        return _by_time(rows, own.order, count)
    rng = np.random.default_rng([seed, count])
    if own.groups is not None:
        return _by_group(rows, own, count, rng)
    part = _dealt(own.strata, len(rows), count, rng)
    blocks = [rows[part == k] for k in range(count)]
    always = rows[part < 0]
    trains = [np.concatenate([always, *_around(blocks, k)]) for k in range(count)]
    shortest = min(map(len, trains))
    return tuple(Fold(train[:shortest], block) for train, block in zip(trains, blocks, strict=True))


def _dealt(
    strata: np.ndarray | None, rows: int, count: int, rng: np.random.Generator
) -> np.ndarray:
    """Each row's fold; -1 for the only row of a stratum, which no fold can do without."""
    order = rng.permutation(rows)
    part = np.full(rows, -1, np.int64)
    if strata is not None:
        # each stratum is one run of rows in random order, and dealt where the last one ended
        order = order[np.argsort(strata[order], kind="stable")]
        order = order[np.bincount(strata)[strata[order]] > 1]
    part[order] = np.arange(len(order)) % count
    return part


def _around(blocks: Sequence[Rows], k: int) -> list[Rows]:
    """Every block but that one, beginning behind it."""
    return [*blocks[k + 1 :], *blocks[:k]]


def _by_group(rows: Rows, own: Ties, count: int, rng: np.random.Generator) -> tuple[Fold, ...]:
    assert own.groups is not None
    groups = len(np.unique(own.groups))
    if groups < count:
        raise DataError(
            f"data.group makes {counted(groups, 'group')} of the rows, and folds = {count} need"
            " one each; write fewer folds, or take data.group out."
        )
    part = deal_groups(own.groups, own.strata, [1.0] * count, rng)
    blocks = [rows[part == k] for k in range(count)]
    return tuple(Fold(np.concatenate(_around(blocks, k)), block) for k, block in enumerate(blocks))


def _by_time(rows: Rows, order: np.ndarray, count: int) -> tuple[Fold, ...]:
    ahead = len(rows) // (2 * count)
    part = cut_by_time(order, [len(rows) - count * ahead, *[ahead] * count])
    if part is None:
        raise DataError(
            f"data.order has {len(np.unique(order)):,} different values, too few for folds ="
            f" {count}, which are stretches of time; write fewer folds, or take data.order out."
        )
    turn = np.argsort(order, kind="stable")
    begins = np.searchsorted(part[turn], np.arange(1, count + 1))
    length, ends = begins[0], [*begins[1:], len(rows)]
    return tuple(
        Fold(rows[turn[begin - length : begin]], rows[turn[begin:end]])
        for begin, end in zip(begins, ends, strict=True)
    )


@dataclass(frozen=True, eq=False)
class InARow:
    """Rows in an order in which each fold's two sets stand next to each other."""

    rows: Rows
    """Some of them twice."""
    slices: tuple[tuple[slice, slice], ...]
    """For each fold where its training and its validation rows stand."""


def in_a_row(folds: Sequence[Fold]) -> InARow | None:
    """The rows of all folds as one list of which each fold takes slices; None where none is found.

    Dealt folds go around: blocks 0 1 2 0 1, so that what stands behind each block is all others.
    Folds by time follow each other, with what they learn from in front of each.
    """
    blocks = [fold.validation for fold in folds]
    ends = np.cumsum([len(block) for block in blocks])
    around = np.concatenate([*blocks, *blocks[:-1]])
    forward = np.concatenate([folds[0].train, *blocks])
    behind, before = [], []
    for fold, end in zip(folds, map(int, ends), strict=True):
        begin, length = end - len(fold.validation), len(fold.train)
        behind.append((slice(end, end + length), slice(begin, end)))
        first = len(folds[0].train) + begin
        own = slice(first, first + len(fold.validation))
        before.append((slice(first - length, first), own))
    for rows, slices in ((around, behind), (forward, before)):
        if all(
            np.array_equal(rows[train], fold.train)
            for fold, (train, _) in zip(folds, slices, strict=True)
        ):
            return InARow(rows, tuple(slices))
    return None
