"""The numbers a network learns from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nncore.arrays import Array, Targets
from nncore.checks import finite, numbers


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows to learn from and, if there are any, rows to judge by.

    >>> data = Dataset(np.zeros((8, 3), np.float32), np.zeros(8, np.int64))
    >>> data.rows, data.features
    (8, 3)
    >>> Dataset(np.full((8, 3), np.nan), data.y)
    Traceback (most recent call last):
    ValueError: x holds nan in row 0, feature 0. Fill missing values before training.

    Raises:
        ValueError: shapes do not fit each other, or x holds no numbers, NaN or infinity.
    """

    x: Array
    """Shape (rows, features), float32; may be memory-mapped."""
    y: Targets
    """Class ids (rows,), int64, for categorical cross-entropy; else (rows, outputs), float32."""
    x_valid: Array | None = None
    y_valid: Targets | None = None
    y_scale: Array | None = None
    """The units of a standardised regression target, shape (outputs,): rmse and mae use them."""
    weights: Array | None = None
    """What each row counts for in the loss that is minimised, shape (rows,), or (rows, outputs) for
    units that are on or off; best with a mean of 1, or the learning rate is another. Figures are
    measured without them, so that what is shown does not depend on how a network was trained."""

    def __post_init__(self) -> None:
        if (self.x_valid is None) != (self.y_valid is None):
            raise ValueError("Validation rows come as x_valid and y_valid, both or neither.")
        self._check("x", self.x, self.y)
        if self.y_scale is not None:
            self._check_scale(np.asarray(self.y_scale))
        if self.weights is not None:
            self._check_weights(self.weights)
        if self.x_valid is not None and self.y_valid is not None:
            self._check("x_valid", self.x_valid, self.y_valid)
            if self.x_valid.shape[1] != self.features:
                raise ValueError(
                    f"x has {self.features} features, but x_valid has {self.x_valid.shape[1]}."
                )

    def _check(self, name: str, x: Array, y: Targets) -> None:
        numbers(name, x)
        numbers(f"the targets of {name}", y)
        if x.ndim != 2:
            raise ValueError(f"{name} has shape {x.shape}; it is (rows, features).")
        if len(x) == 0:
            raise ValueError(f"{name} has no rows.")
        if len(x) != len(y):
            raise ValueError(f"{name} has {len(x)} rows, but its targets have {len(y)}.")
        finite(name, x, "Fill missing values before training.")

    def _check_scale(self, scale: Array) -> None:
        fits = scale.shape in ((), self.y.shape[1:])
        if not fits or not np.all((scale > 0.0) & np.isfinite(scale)):
            raise ValueError(
                f"y_scale is {self.y_scale}; it is one number above 0 for each output, shape "
                f"{self.y.shape[1:]}."
            )

    def _check_weights(self, weights: Array) -> None:
        wide = self.y.ndim == 2 and weights.shape == self.y.shape
        if weights.shape != (self.rows,) and not wide:
            raise ValueError(
                f"weights has shape {weights.shape}; it is ({self.rows},), one number a row."
            )
        bad = np.flatnonzero(~((weights >= 0.0) & np.isfinite(weights)))
        if len(bad):
            raise ValueError(f"A weight is {weights.flat[bad[0]]}; it is 0 or more.")

    @property
    def rows(self) -> int:
        """How many rows there are to learn from."""
        return len(self.x)

    @property
    def features(self) -> int:
        """How many numbers a row has."""
        return self.x.shape[1]
