"""The split: exact shares, alike in every class, decided by its seed alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    parts = split(len(strata), seed, test, validation, strata)
    together = np.concatenate([parts.train, parts.validation, parts.test])
    assert sorted(together) == list(range(len(strata)))
    assert (len(parts.test), len(parts.validation)) == sizes(len(strata), test, validation)
    assert set(strata[parts.train]) == set(strata)
    for rows in (parts.train, parts.validation, parts.test):
        assert (np.diff(rows) > 0).all()


@given(st.integers(0, 2**32), st.lists(st.integers(10, 200), min_size=2, max_size=6))
def test_each_class_has_its_share_in_each_part(seed: int, counts: list[int]) -> None:
    strata = np.repeat(np.arange(len(counts)), counts)
    parts = split(len(strata), seed, 0.2, 0.2, strata)
    for rows in (parts.validation, parts.test):
        for count, there in zip(
            counts, np.bincount(strata[rows], minlength=len(counts)), strict=True
        ):
            assert abs(there - 0.2 * count) <= 1.5


def test_the_seed_alone_decides() -> None:
    strata = np.arange(100) % 3
    first, again, other = (split(100, seed, 0.2, 0.2, strata) for seed in (5, 5, 6))
    assert (first.train == again.train).all()
    assert (first.test == again.test).all()
    assert not np.array_equal(first.test, other.test)


def test_shares_are_of_all_rows() -> None:
    assert sizes(1797, 0.2, 0.2) == (360, 359)
    assert sizes(10, 0.1, 0.2) == (1, 2)


def test_a_class_with_one_row_stays_in_training() -> None:
    strata = np.array([0] * 49 + [1])
    for seed in range(20):
        assert 49 in split(50, seed, 0.2, 0.2, strata).train


def test_rows_set_aside_by_the_file_are_the_test_rows() -> None:
    parts = split(100, 0, 0.0, 0.2, None, held=30)
    assert parts.test.tolist() == list(range(70, 100))
    assert parts.sizes == {"train": 50, "validation": 20, "test": 30}


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_too_few_rows_are_refused(rows: int) -> None:
    with pytest.raises(DataError, match="too few"):
        split(rows, 0, 0.2, 0.2)


def test_as_many_classes_as_rows_are_refused() -> None:
    with pytest.raises(DataError, match="classes"):
        split(20, 0, 0.2, 0.2, np.arange(20))
