"""The split: exact shares, alike in every class, decided by its seed alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.data.dealing import Ties, cut_by_time, deal_groups
from hpsearch.data.split import sizes, split
from hpsearch.errors import DataError

_shares = st.sampled_from([0.0, 0.1, 0.15, 0.2, 0.25, 0.3])


@given(
    st.integers(0, 2**32),
    _shares,
    _shares,
    st.lists(st.integers(0, 4), min_size=20, max_size=200),
)
def test_every_row_is_in_one_part_and_every_class_in_training(
    seed: int, test: float, validation: float, classes: list[int]
) -> None:
    _, strata = np.unique(classes, return_inverse=True)
    parts = split(len(strata), seed, test, validation, Ties(strata))
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(len(strata)))
    assert (len(parts.test), len(parts.validation)) == sizes(len(strata), test, validation)
    assert set(strata[parts.train]) == set(strata)
    for rows in (parts.train, parts.validation, parts.test):
        assert (np.diff(rows) > 0).all()


@given(st.integers(0, 2**32), st.lists(st.integers(10, 200), min_size=2, max_size=6))
def test_each_class_has_its_share_in_each_part(seed: int, counts: list[int]) -> None:
    strata = np.repeat(np.arange(len(counts)), counts)
    parts = split(len(strata), seed, 0.2, 0.2, Ties(strata))
    for rows in (parts.validation, parts.test):
        for count, there in zip(
            counts, np.bincount(strata[rows], minlength=len(counts)), strict=True
        ):
            assert abs(there - 0.2 * count) <= 1.5


def test_the_seed_alone_decides() -> None:
    strata = np.arange(100) % 3
    first, again, other = (split(100, seed, 0.2, 0.2, Ties(strata)) for seed in (5, 5, 6))
    assert (first.train == again.train).all()
    assert (first.test == again.test).all()
    assert not np.array_equal(first.test, other.test)


def test_shares_are_of_all_rows() -> None:
    assert sizes(1797, 0.2, 0.2) == (360, 359)
    assert sizes(10, 0.1, 0.2) == (1, 2)


def test_a_class_with_one_row_stays_in_training() -> None:
    strata = np.array([0] * 49 + [1])
    for seed in range(20):
        assert 49 in split(50, seed, 0.2, 0.2, Ties(strata)).train


def test_rows_set_aside_by_the_file_are_the_test_rows() -> None:
    parts = split(100, 0, 0.0, 0.2, held=30)
    assert parts.test.tolist() == list(range(70, 100))
    assert parts.sizes == {"train": 56, "validation": 14, "test": 30}  # a fifth of the other 70


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_too_few_rows_are_refused(rows: int) -> None:
    with pytest.raises(DataError, match="too few"):
        split(rows, 0, 0.2, 0.2)


def test_as_many_classes_as_rows_are_refused() -> None:
    with pytest.raises(DataError, match="classes"):
        split(20, 0, 0.2, 0.2, Ties(np.arange(20)))


@given(
    st.integers(0, 2**32),
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=30, max_size=150),
)
def test_no_group_is_on_both_sides(seed: int, facts: list[tuple[int, int]]) -> None:
    groups, strata = np.array(facts).T
    few = len(np.unique(groups)) < 3
    ties = Ties(np.unique(strata, return_inverse=True)[1], groups)
    if few:
        with pytest.raises(DataError, match="group"):
            split(len(groups), seed, 0.2, 0.2, ties)
        return
    parts = split(len(groups), seed, 0.2, 0.2, ties)
    sides = [set(groups[rows]) for rows in (parts.train, parts.validation, parts.test)]
    assert all(sides)
    assert len(set.union(*sides)) == sum(map(len, sides))
    assert sum(parts.sizes.values()) == len(groups)


def test_whole_groups_come_near_to_the_shares_and_keep_classes_alike() -> None:
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(60), rng.integers(1, 12, 60))
    strata = (rng.random(60) < 0.3).astype(np.int64)[groups]  # one class a group: the hard case
    parts = split(len(groups), 3, 0.2, 0.2, Ties(strata, groups))
    for rows, share in ((parts.train, 0.6), (parts.validation, 0.2), (parts.test, 0.2)):
        assert abs(len(rows) / len(groups) - share) < 0.03
        assert abs(strata[rows].mean() - strata.mean()) < 0.05


def test_folds_may_be_dealt_by_the_same_rule() -> None:
    groups = np.arange(100) // 4
    part = deal_groups(groups, None, [0.2] * 5, np.random.default_rng(0))
    assert np.bincount(part).tolist() == [20] * 5
    assert (part.reshape(-1, 4) == part[::4, None]).all()


@given(st.lists(st.integers(0, 30), min_size=20, max_size=200))
def test_by_time_no_moment_is_in_two_parts_and_the_newest_are_tested(moments: list[int]) -> None:
    order = np.array(moments)
    if len(np.unique(order)) < 3:
        with pytest.raises(DataError, match="different values"):
            split(len(order), 0, 0.2, 0.2, Ties(order=order))
        return
    parts = split(len(order), 0, 0.2, 0.2, Ties(order=order))
    assert order[parts.train].max() < order[parts.validation].min()
    assert order[parts.validation].max() < order[parts.test].min()


def test_by_time_distinct_moments_give_exact_shares() -> None:
    order = np.random.default_rng(0).permutation(50)
    parts = split(50, 0, 0.2, 0.2, Ties(order=order))
    assert parts.sizes == {"train": 30, "validation": 10, "test": 10}
    assert cut_by_time(order, (40, 0, 10)).tolist() == np.where(order < 40, 0, 2).tolist()
