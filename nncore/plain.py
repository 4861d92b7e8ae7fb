"""A neural network for reading: each piece as its formula says, with nothing clever about it.

Nothing here is reused, stacked or prepared: every call makes its result anew, and what `backward`
needs, `forward` kept. The fast kernels in `layers`, `activations` and `losses` do the same sums in
memory of their own, and the tests hold the two to each other.

A network of these pieces learns in four lines:

>>> hidden, relu = DenseLayer(2, 16), ReLU()
>>> output, loss = DenseLayer(16, 2, seed=1), SoftmaxLoss()
>>> x, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])  # exclusive or
>>> for _ in range(300):
...     mean_loss = loss.forward(output.forward(relu.forward(hidden.forward(x))), y)
...     _ = hidden.backward(relu.backward(output.backward(loss.backward())))
...     hidden.step(0.5)
...     output.step(0.5)
>>> loss.p.argmax(axis=1)
array([0, 1, 1, 0])
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nncore.arrays import Array


@dataclass(frozen=True)
class Neuron:
    """One unit: Σ weightᵢ · inputᵢ + bias.

    >>> Neuron(weights=[0.5, -1.0, 4.0], bias=1.0)([2.0, 3.0, 1.0])
    3.0
    """

    weights: Sequence[float]
    """One an input."""
    bias: float

    def __call__(self, inputs: Sequence[float]) -> float:
        """What the neuron says of one example.

        Raises:
            ValueError: there are more or fewer inputs than weights.
        """
        total = self.bias
        for weight, value in zip(self.weights, inputs, strict=True):
            total += weight * value
        return total


class DenseLayer:
    """Neurons side by side that all see the same inputs: z = x W + b.

    Column j of W holds neuron j's weights, b[0, j] its bias. The first weights are small and
    random, so that no two neurons start alike; He's spread √(2 / n_inputs) keeps numbers of the
    same size from layer to layer.
    """

    def __init__(self, n_inputs: int, n_neurons: int, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.W: Array = rng.normal(0.0, np.sqrt(2.0 / n_inputs), (n_inputs, n_neurons))
        self.b: Array = np.zeros((1, n_neurons))

    def forward(self, x: Array) -> Array:
        """z of shape (rows, n_neurons) for x of shape (rows, n_inputs)."""
        self.x = x
        return x @ self.W + self.b

    def backward(self, dz: Array) -> Array:
        """dL/dx from dL/dz, keeping dL/dW in `dW` and dL/db in `db`.

        z[r, j] = Σᵢ x[r, i] W[i, j] + b[j], so W[i, j] touches the loss through neuron j of every
        row r, and each time x[r, i] times as much: dW[i, j] = Σᵣ x[r, i] dz[r, j]. A bias counts
        once a row. x[r, i] touches all neurons of its row: dx[r, i] = Σⱼ dz[r, j] W[i, j].
        """
        self.dW: Array = self.x.T @ dz
        self.db: Array = dz.sum(axis=0, keepdims=True)
        return dz @ self.W.T

    def step(self, learning_rate: float) -> None:
        """Gradient descent: a little way against the slope."""
        self.W = self.W - learning_rate * self.dW
        self.b = self.b - learning_rate * self.db


class ReLU:
    """max(z, 0): what is positive passes, and its gradient with it."""

    def forward(self, z: Array) -> Array:
        """Same shape as z."""
        self.z = z
        return np.maximum(z, 0.0)

    def backward(self, dy: Array) -> Array:
        """dL/dz from dL/dy."""
        return dy * (self.z > 0.0)


def softmax(z: Array) -> Array:
    """exp(zₖ) / Σⱼ exp(zⱼ) in each row: probabilities, shape (rows, classes).

    Taking the largest z off its row changes no probability, and keeps exp from overflowing.

    >>> softmax(np.log([[1.0, 2.0, 1.0]])).round(2)
    array([[0.25, 0.5 , 0.25]])
    """
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def one_hot(ids: Array, classes: int) -> Array:
    """A row of zeros with a single 1 for each class id.

    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]])
    """
    return np.eye(classes)[ids]


class SoftmaxLoss:
    """Mean of −log p[class] over the rows, with p = softmax(z); in nats.

    Targets are class ids, shape (rows,), or one-hot rows, shape (rows, classes).
    """

    def forward(self, z: Array, y: Array) -> float:
        """The mean loss of logits z, shape (rows, classes)."""
        self.p = softmax(z)
        self.target = one_hot(y, z.shape[1]) if y.ndim == 1 else y
        # log p from z, not from p: a p so small that it became 0 has no logarithm
        shifted = z - z.max(axis=1, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        return float(-(self.target * log_p).sum() / len(z))

    def backward(self) -> Array:
        """dL/dz = (p − target) / rows: by how much each probability is too high."""
        return (self.p - self.target) / len(self.p)
