"""What each row counts for, so that rare classes weigh as much as common ones."""

from __future__ import annotations

import numpy as np

from hpsearch.data.table import quoted
from hpsearch.data.target import Target

UNEVEN = 0.8
"""Above this share of one class, accuracy and cost say little of the others."""


def balanced(values: np.ndarray) -> np.ndarray:
    """n / (k · count) for every row, as scikit-learn's "balanced"; float32 with a mean of 1.

    Args:
        values: class numbers, shape (rows,), of which k different ones occur; or labels that are
            0 or 1, shape (rows, labels): then each label has weights of its own.

    >>> balanced(np.array([0, 0, 0, 1])).tolist()
    [0.6666666865348816, 0.6666666865348816, 0.6666666865348816, 2.0]
    """
    if values.ndim == 2:
        return np.stack([balanced(label) for label in values.T], axis=1)
    _, kind, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (len(values) / (len(counts) * counts[kind])).astype(np.float32)


def uneven(target: Target, rows: np.ndarray) -> str | None:
    """Which class most of the rows are of, in words; None where none is that common."""
    values = target.values[rows]
    if target.task == "regression" or not len(rows):
        return None
    if target.task == "multilabel":
        most = float(np.maximum(values.mean(axis=0), 1 - values.mean(axis=0)).max())
        what = "one of the labels is the same"
    else:
        counts = np.bincount(values)
        most = float(counts.max() / counts.sum())
        what = f"{quoted(target.classes[int(counts.argmax())])} is the class"
    return f"{what} in {most:.0%} of the rows" if most > UNEVEN else None
