"""Class weights: scikit-learn's, of the training rows alone, and nowhere in what is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.utils.class_weight import compute_sample_weight

from hpsearch.data import load
from hpsearch.data.weighing import balanced
from hpsearch.errors import DataError
from hpsearch.study.options import DataOptions


@given(st.lists(st.integers(0, 4), min_size=1, max_size=60))
def test_balanced_is_scikit_learns(classes: list[int]) -> None:
    values = np.array(classes)
    weights = balanced(values)
    assert weights == pytest.approx(compute_sample_weight("balanced", values), rel=1e-6)
    assert weights.mean() == pytest.approx(1.0, rel=1e-5)


def test_each_label_is_balanced_by_itself() -> None:
    labels = np.random.default_rng(0).random((50, 3)) < [0.1, 0.5, 0.8]
    weights = balanced(labels.astype(float))
    for label, weight in zip(labels.T, weights.T, strict=True):
        assert weight == pytest.approx(compute_sample_weight("balanced", label), rel=1e-6)


def table(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pl.DataFrame(
        {
            "a": rng.normal(size=200),
            "rare": np.where(rng.random(200) < 0.2, "yes", "no"),
            "other": np.where(rng.random(200) < 0.6, "on", "off"),
            "price": rng.normal(size=200),
        }
    )
    frame.write_csv(folder / "t.csv")
    return folder / "t.csv"


@pytest.mark.parametrize("target", [("rare",), ("rare", "other")])
def test_training_rows_are_weighed_by_their_own_counts(
    tmp_path: Path, target: tuple[str, ...]
) -> None:
    path = table(tmp_path)
    plain = load(DataOptions(path=path, target=target, features=("a",)))
    even = load(DataOptions(path=path, target=target, features=("a",), class_weight="balanced"))
    assert plain.prepare("standard").dataset.weights is None
    assert plain.final("standard").weights is None
    (said,) = [note for note in even.notes if note.startswith("Class weights")]
    assert ("'no' 0.6" in said and "'yes' 2." in said) == (len(target) == 1)
    weights = even.prepare("standard").dataset.weights
    assert weights is not None
    assert np.array_equal(weights, balanced(even.target.values[even.split.train]))
    final = even.final("standard")
    assert final.weights is not None
    assert len(final.weights) == len(final.x)


def test_numbers_have_no_classes_to_weigh(tmp_path: Path) -> None:
    options = DataOptions(path=table(tmp_path), target=("price",), class_weight="balanced")
    with pytest.raises(DataError, match="about classes"):
        load(options)
