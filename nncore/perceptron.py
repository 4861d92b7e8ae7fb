"""The perceptron: one neuron that answers yes or no, and learns only from its mistakes."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from nncore.arrays import Array, Targets
from nncore.checks import finite, numbers, whole


class NotSeparated(UserWarning):
    """A perceptron still made mistakes when its epochs were over."""


@dataclass(frozen=True, eq=False)
class Perceptron:
    """Yes where Σ wᵢxᵢ + b is above 0.

    Learned by Rosenblatt's rule: after each row, w ← w + (y − ŷ) x and b ← b + (y − ŷ), with y the
    truth and ŷ the answer, both 0 or 1. A right answer changes nothing; a wrong "no" adds the row
    to the weights, a wrong "yes" takes it off, so that the same row next time gets a sum that is
    higher, or lower, by Σ xᵢ² + 1. There is no learning rate: weights begin at 0, and a rate would
    only make all of them longer.

    If a line (in more dimensions a plane) parts the classes, the rule finds one after at most
    (R/γ)² mistakes, however the rows are ordered: R is the length of the longest row and γ the
    distance of the nearest row from the best plane, both with a 1 appended to each row for the
    bias. Otherwise it never settles. Rosenblatt 1958, https://doi.org/10.1037/h0042519;
    Novikoff 1962 for the bound.
    """

    weights: Array
    """Shape (features,), float64."""
    bias: float
    mistakes: tuple[int, ...]
    """Wrong answers in each epoch, while it was learning. 0 in the last if it has converged."""

    @property
    def converged(self) -> bool:
        """Whether it went through all rows without a mistake."""
        return self.mistakes[-1] == 0

    def __call__(self, x: Array) -> Array:
        """Answers 0 or 1, int64, shape (rows,), for x of shape (rows, features).

        Raises:
            ValueError: x is not of that shape, or holds NaN or infinity.
        """
        x = _rows(x, len(self.weights))
        return (x @ self.weights + self.bias > 0.0).astype(np.int64)


def train_perceptron(x: Array, y: Targets, epochs: int = 1000, seed: int = 0) -> Perceptron:
    """Learn until an epoch passes without a mistake, and for `epochs` of them at most.

    Warns with `NotSeparated` when it has not converged by then; the perceptron is that of the
    last row, and says `converged` False.

    >>> x = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    >>> both = train_perceptron(x, np.array([0, 0, 0, 1]))
    >>> both(x), both.converged
    (array([0, 0, 0, 1]), True)

    Args:
        x: shape (rows, features).
        y: 0 or 1, shape (rows,).
        seed: decides the order of the rows, new in each epoch.

    Raises:
        ValueError: x or y is not of that shape, or holds something else.
    """
    x, y = _rows(x), np.asarray(y)
    if y.shape != (len(x),):
        raise ValueError(f"y has shape {y.shape}; it is one answer for each of the {len(x)} rows.")
    if not np.isin(y, (0, 1)).all():
        other = y[~np.isin(y, (0, 1))][0]
        raise ValueError(f"y holds {other}; a perceptron learns yes and no, written 1 and 0.")
    whole("epochs", epochs)
    rng = np.random.default_rng(whole("seed", seed, 0))
    weights, bias, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(epochs):
        wrong = 0
        for row in rng.permutation(len(x)):
            answer = float(x[row] @ weights + bias > 0.0)
            error = float(y[row]) - answer
            if error:
                weights += error * x[row]
                bias += error
                wrong += 1
        mistakes.append(wrong)
        if not wrong:
            break
    learned = Perceptron(weights, bias, tuple(mistakes))
    if not learned.converged:
        still = int(np.count_nonzero(learned(x) != y))
        warnings.warn(
            f"The perceptron has not converged: {still} of {len(x)} rows are wrong after {epochs} "
            "epochs. Perhaps no plane parts the classes; a network with a hidden layer can bend.",
            NotSeparated,
            stacklevel=2,
        )
    return learned


def _rows(x: Array, features: int | None = None) -> Array:
    x = np.asarray(x)
    numbers("x", x)
    if x.ndim != 2 or not len(x) or x.shape[1] != (features or x.shape[1]):
        raise ValueError(
            f"x has shape {x.shape}; it is (rows, {features or 'features'}), one row or more."
        )
    finite("x", x, "Fill or leave out what is missing.")
    return x.astype(np.float64, copy=False)
