"""How rows are dealt into folds, and what each fold sees of them."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpsearch.data.columns import Category, Number
from hpsearch.data.dealing import Ties
from hpsearch.data.folding import Evaluation, Fold, divide, fold, in_a_row
from hpsearch.data.split import Split
from hpsearch.data.table import Dialect
from hpsearch.data.tabular import Data
from hpsearch.data.target import Target
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


@given(st.integers(2, 12), st.lists(st.integers(0, 4), min_size=24, max_size=90), st.integers(0, 9))
def test_every_row_judges_once_and_folds_learn_from_as_many(count, classes, seed):
    classes = np.array(classes)
    rows = np.arange(0, 2 * len(classes), 2)
    strata = np.repeat(classes, 2)
    strata = np.unique(strata, return_inverse=True)[1]
    folds = fold(rows, count, seed, Ties(strata))
    alone = np.bincount(strata[rows])[strata[rows]] == 1
    judging = np.sort(np.concatenate([one.validation for one in folds]))
    np.testing.assert_array_equal(judging, rows[~alone])
    assert len({len(one.train) for one in folds}) == 1
    sizes = [len(one.validation) for one in folds]
    assert max(sizes) - min(sizes) <= 1
    left_out = 0
    for one in folds:
        assert not set(one.train) & set(one.validation)
        assert len(set(one.train)) == len(one.train)
        left_out += len(rows) - len(one.train) - len(one.validation)
        of_class = [np.bincount(strata[o.validation], minlength=5) for o in folds]
        assert np.ptp(of_class, axis=0).max() <= 1
    assert left_out < count


def test_folds_are_a_matter_of_the_seed():
    def dealt(seed):
        return [one.validation.tolist() for one in fold(np.arange(40), 4, seed)]

    assert dealt(3) == dealt(3) != dealt(4)


def test_a_group_is_never_on_both_sides():
    groups = np.random.default_rng(0).integers(0, 30, 300)
    folds = fold(np.arange(300), 5, 0, Ties(groups=groups))
    for one in folds:
        assert not set(groups[one.train]) & set(groups[one.validation])
        assert 40 < len(one.validation) < 80


def test_folds_by_time_learn_from_what_came_before():
    order = np.random.default_rng(0).permutation(120)
    folds = fold(np.arange(120), 4, 0, Ties(order=order))
    last = -1
    for one in folds:
        assert order[one.train].max() < order[one.validation].min()
        assert (len(one.train), len(one.validation)) == (60, 15)
        assert order[one.validation].min() > last
        last = order[one.validation].max()
    assert last == 119


@pytest.mark.parametrize(
    ("rows", "ties", "said"),
    [
        (9, Ties(), "9 rows to learn from are too few for folds = 5"),
        (40, Ties(groups=np.arange(40) % 3), "makes 3 groups of the rows"),
        (40, Ties(order=np.arange(40) // 20), "data.order has 2 different values"),
    ],
)
def test_what_cannot_be_dealt_is_said(rows, ties, said):
    with pytest.raises(DataError, match=said):
        fold(np.arange(rows), 5, 0, ties)


@pytest.mark.parametrize(
    "ties", [Ties(), Ties(np.arange(101) % 3), Ties(order=np.arange(101)[::-1].copy())]
)
def test_the_rows_of_all_folds_stand_in_one_list(ties):
    folds = fold(np.arange(101), 4, 0, ties)
    row = in_a_row(folds)
    assert row is not None
    assert len(row.rows) < 2 * 101
    for one, (train, validation) in zip(folds, row.slices, strict=True):
        np.testing.assert_array_equal(row.rows[train], one.train)
        np.testing.assert_array_equal(row.rows[validation], one.validation)
    mixed = [Fold(np.array([2, 0]), np.array([1])), Fold(np.array([1, 2]), np.array([0]))]
    assert in_a_row(mixed) is None


OPTIONS = DataOptions(test=0.2, validation="auto")


@pytest.mark.parametrize(
    ("rows", "change", "members", "validation"),
    [
        (2000, {}, 5, None),
        (2600, {}, 1, 0.2),
        (8, {}, 1, 0.2),
        (2000, {"validation": 0.3}, 1, 0.3),
        (2000, {"repeats": 3}, 3, 0.2),
        (2600, {"folds": 7}, 7, None),
    ],
)
def test_auto_is_five_folds_for_few_rows(rows, change, members, validation):
    options = DataOptions(**{**vars(OPTIONS), **change})
    split, evaluation = divide(rows, options, Ties(), 0)
    assert (evaluation.members, evaluation.validation) == (members, validation)
    assert bool(evaluation.why) == (not change)
    assert len(split.test) == -(-rows // 5)
    assert (len(split.validation) == 0) == bool(evaluation.folds)
    whole, _ = divide(rows, DataOptions(test=0.2, validation=0.2), Ties(), 0)
    np.testing.assert_array_equal(split.test, whole.test)


def table(rows=40, **columns):
    rng = np.random.default_rng(0)
    words = np.where(np.arange(rows) < 6, "scarce", np.where(np.arange(rows) % 2, "odd", "even"))
    inputs = (Number("a", True), Category("w", ("even", "odd", "scarce"), True, False))
    clean = pl.DataFrame({"a": np.arange(rows, dtype=float), "w": words.tolist()})
    target = Target("regression", ("t",), rng.normal(size=(rows, 1)), (), (), ())
    folds = (
        Fold(np.arange(4, rows), np.arange(4)),  # two rows are scarce here
        Fold(np.arange(rows - 4), np.arange(rows - 4, rows)),
    )
    split = Split(np.arange(rows), np.arange(0), np.arange(0))
    clean = clean.with_columns(**columns)
    return Data(
        "t", (), (), target, inputs, clean, split, Ties(), Dialect(), Evaluation(None, folds)
    )


def test_each_fold_is_scaled_by_its_own_training_rows():
    data = table()
    for one, made in zip(data.evaluation.folds, data.prepared("standard"), strict=True):
        dataset = made.dataset
        assert dataset.x_valid is not None
        assert dataset.x[:, 0].mean() == pytest.approx(0, abs=1e-6)
        assert dataset.x[:, 0].std() == pytest.approx(1, abs=1e-6)
        assert dataset.y.mean() == pytest.approx(0, abs=1e-6)
        own = data.target.values[one.train].std()
        assert dataset.y_scale == pytest.approx([own])


def test_a_fold_knows_only_the_words_its_training_rows_show():
    first, second = table().prepared("none")
    # a, its sign, even, odd, scarce, rest
    np.testing.assert_array_equal(first.dataset.x[:2, 2:], [[0, 0, 0, 1]] * 2)
    np.testing.assert_array_equal(first.dataset.x_valid[:, 2:], [[0, 0, 0, 1]] * 4)
    np.testing.assert_array_equal(second.dataset.x[:6, 2:], [[0, 0, 1, 0]] * 6)


def test_an_input_that_no_training_row_turns_on_stays_off():
    gaps = pl.Series([np.nan, *range(1, 40)])
    first, second = table(a=gaps).prepared("none")
    assert not first.dataset.x_valid[:, 1].any()
    assert second.dataset.x[0, 1] == 1


def test_folds_that_see_rows_alike_share_them():
    rng = np.random.default_rng(0)
    clean = pl.DataFrame({"a": rng.normal(size=40), "b": rng.normal(size=40)})
    inputs = (Number("a", False), Number("b", False))
    target = Target("binary", ("t",), np.arange(40) % 2, ("n", "y"), (("n", "y"),), ())
    folds = fold(np.arange(40), 5, 0, Ties(target.values))
    split = Split(np.arange(40), np.arange(0), np.arange(0))
    data = Data(
        "t", (), (), target, inputs, clean, split, Ties(), Dialect(), Evaluation(None, folds)
    )
    for normalize in ("none", "standard"):
        made = list(data.prepared(normalize))
        owners = {id(one.dataset.x.base) for one in made if one.dataset.x.base is not None}
        assert len(owners) == (normalize == "none")
    for one, own in zip(folds, data.prepared("none"), strict=True):
        np.testing.assert_array_equal(own.dataset.x, clean[one.train].to_numpy().astype("f4"))
        np.testing.assert_array_equal(own.dataset.y_valid[:, 0], target.values[one.validation])
