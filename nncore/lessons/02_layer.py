"""A layer: several neurons that look at the same inputs.

One neuron has one opinion. Put two side by side, let both see the same three inputs, and you have
a *layer*: three numbers in, two numbers out. Each neuron has weights of its own, so write them as
columns next to each other, a row for each input:

              neuron 0   neuron 1
    sunshine    0.5        1.0
    rain       −1.0        0.0          W, shape (3 inputs, 2 neurons)
    friends     4.0       −2.0
    bias        1.0        0.5          b, shape (2,)

For the inputs x = [2, 3, 1], neuron 0 says 2·0.5 − 3·1 + 1·4 + 1 = 3.0 as before, and neuron 1,
who likes to be alone, says 2·1 + 3·0 − 1·2 + 0.5 = 0.5.

**From many dot products to one matrix product.** z = x W + b says all of it: entry j of `x @ W`
is the dot product of x with *column* j of W. You can tell what comes out by the shapes alone:
where two shapes meet they must agree, and what remains is the result.

    (3,) @ (3, 2)  →  (2,)          the 3s meet and vanish, the 2 remains

This rule finds most mistakes in neural networks. When something is wrong, print the shapes.

**Parameters** are all the numbers that can be learned: inputs × neurons weights and one bias for
each neuron, here 3 · 2 + 2 = 8.
"""

from __future__ import annotations

import numpy as np

from nncore.plain import DenseLayer, Neuron

X = np.array([2.0, 3.0, 1.0])
W = np.array([[0.5, 1.0], [-1.0, 0.0], [4.0, -2.0]])
B = np.array([1.0, 0.5])


def main() -> None:
    """Two neurons, one by one and then together."""
    for j in range(2):
        neuron = Neuron(W[:, j].tolist(), float(B[j]))
        print(f"neuron {j}: weights {W[:, j]}, bias {B[j]} → {neuron(X.tolist())}")

    z = X @ W + B
    print(f"\nboth at once: x @ W + b = {z}")
    print(f"shapes: {X.shape} @ {W.shape} + {B.shape} → {z.shape}\n")

    try:
        print(X @ W.T)
    except ValueError:
        print(f"{X.shape} @ {W.T.shape} does not work: the 3 meets a 2. W lies on its side.\n")

    layer = DenseLayer(n_inputs=3, n_neurons=2)
    layer.W, layer.b = W, B[None, :]
    print(f"a DenseLayer with these weights says {layer.forward(X[None, :])[0]}")
    print(f"parameters: {W.size} weights + {B.size} biases = {W.size + B.size}")
