"""A trained network to ask, or several whose answers are averaged."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np

from nncore.activations import Activation, Sigmoid, Softmax
from nncore.arrays import Array
from nncore.network import Network


class Ensemble:
    """A trained network or several, to be asked from any thread, pickled and copied."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._one_at_a_time = Lock()  # the network writes into memory of its own

    def __call__(self, x: Array) -> Array:
        """Predictions of shape (rows, outputs), float64; the mean over members."""
        z = self.logits(x)
        z = z.astype(np.float64)  # in float32 the probabilities of a row would sum to 1 ± 1e-7
        y = np.empty_like(z)
        with np.errstate(over="ignore", under="ignore"):
            self.network.sequential.output.f(z, y)
        return y if self.network.members is None else y.mean(axis=0)

    def logits(self, x: Array) -> Array:
        """What comes before the output activation, shape (..., rows, outputs)."""
        with self._one_at_a_time:
            return self.network.logits(x)

    def __reduce__(self) -> Any:
        return Ensemble, (self.network,)


def joint(output: Activation, z: Array) -> Array:
    """One network's logits that say what several say on average: f of them is the mean of f.

    >>> z = np.array([[[2.0, 0.0, 1.0]], [[-1.0, 0.5, 3.0]]])
    >>> mean, again = np.empty_like(z), np.empty((1, 3))
    >>> Softmax().f(z, mean), Softmax().f(joint(Softmax(), z), again)
    (None, None)
    >>> bool(np.allclose(mean.mean(axis=0), again))
    True

    Args:
        output: what makes predictions of logits: softmax, sigmoid or linear.
        z: logits, shape (members, rows, outputs).

    Returns:
        Shape (rows, outputs), float64: of values their mean; of probabilities the logarithm of
        their mean, or of their mean's odds, finite wherever z is.
    """
    z = z.astype(np.float64)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if isinstance(output, Softmax):
            z -= z.max(axis=-1, keepdims=True)
            z -= np.log(np.exp(z).sum(axis=-1, keepdims=True))
            return np.logaddexp.reduce(z, axis=0) - np.log(len(z))
        if isinstance(output, Sigmoid):
            # log Σ p − log Σ (1 − p), of which each is exact where the other rounds to nothing
            on, off = -np.logaddexp(0.0, -z), -np.logaddexp(0.0, z)
            return np.logaddexp.reduce(on, axis=0) - np.logaddexp.reduce(off, axis=0)
        return z.mean(axis=0)
