"""What each row counts for, so that rare classes weigh as much as common ones."""

from __future__ import annotations

import numpy as np


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
