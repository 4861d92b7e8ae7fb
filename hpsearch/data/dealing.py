"""Rows that hang together, dealt into parts: whole groups, or cut where time moves on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Ties:
    """What a split and its folds must respect: of every row that has a target.

    Each is None where nothing is asked; `groups` and `order` are never both there.
    """

    strata: np.ndarray | None = None
    """A small whole number, such as the row's class: parts get alike shares of each."""
    groups: np.ndarray | None = None
    """A whole number from 0; rows of one number stay on one side."""
    order: np.ndarray | None = None
    """A whole number that rises with time; rows of one moment have one number."""

    def only(self, rows: np.ndarray) -> Ties:
        """Of these rows alone, in their order."""
        return Ties(*(None if fact is None else fact[rows] for fact in vars(self).values()))


def deal_groups(
    groups: np.ndarray,
    strata: np.ndarray | None,
    shares: Sequence[float],
    rng: np.random.Generator,
) -> np.ndarray:
    """Which part each row falls to, numbered like `shares`: whole groups, dealt by `rng`.

    Largest group first, each to the part that lacks its rows most, rare classes counting as much
    as common ones; so sizes and classes come as near to the shares as whole groups allow. No part
    with a share above 0 is empty, unless there are fewer groups than such parts.
    """
    names, group = np.unique(groups, return_inverse=True)
    stratum = np.zeros(len(group), np.int64) if strata is None else strata
    rows = np.zeros((len(names), int(stratum.max()) + 1))
    np.add.at(rows, (group, stratum), 1.0)
    totals = rows.sum(axis=0)
    lacking = np.outer(np.asarray(shares) / np.sum(shares), totals)
    weighed = rows / np.maximum(totals, 1.0)
    turn = rng.permutation(len(names))
    turn = turn[np.argsort(-rows[turn].sum(axis=1), kind="stable")]
    empty = {part for part, share in enumerate(shares) if share > 0}
    part_of = np.empty(len(names), np.int64)
    for left, at in zip(range(len(names), 0, -1), turn, strict=True):
        # The part whose squared lack, over all classes, shrinks most.
        gain = lacking @ weighed[at]
        open_ = sorted(empty) if left <= len(empty) else np.flatnonzero(np.asarray(shares) > 0)
        part = int(open_[int(np.argmax(gain[open_]))])
        part_of[at] = part
        lacking[part] -= rows[at]
        empty.discard(part)
    return part_of[group]


def cut_by_time(order: np.ndarray, sizes: Sequence[int]) -> np.ndarray | None:
    """Which part each row falls to, part 0 the oldest; None: too few moments for the parts.

    A part is as near to its size as can be without a moment in two parts.
    """
    turn = np.argsort(order, kind="stable")
    changes = np.flatnonzero(np.diff(order[turn])) + 1
    wanted = np.cumsum(sizes)[:-1]
    part, cut = np.zeros(len(order), np.int64), 0
    for at, end in enumerate(wanted):
        # As many changes must be left as there are cuts to come.
        after = changes[changes > cut]
        last = len(after) - (len(wanted) - 1 - at)
        if sizes[at] and last < 1:
            return None
        if sizes[at]:
            after = after[:last]
            cut = int(after[np.argmin(np.abs(after - end))])
        part[turn[cut:]] = at + 1
    return part
